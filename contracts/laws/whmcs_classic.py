"""The laws of the WHMCS classic API: what an order makes and costs, how it moves, and where it is shown."""

from contracts.laws.classic_clients import CLIENTS
from contracts.laws.classic_lists import LISTS
from contracts.laws.classic_orders import ORDERS
from contracts.laws.classic_together import TOGETHER
from contracts.laws.trial import Trial

TRIALS: tuple[Trial, ...] = (ORDERS, LISTS, CLIENTS, TOGETHER)
