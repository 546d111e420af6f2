"""The laws of the WHMCS classic API: what an order makes and costs, how it moves, and where it is shown."""

from counterfoil.contracts.apis.whmcs_classic.laws.clients import CLIENTS
from counterfoil.contracts.apis.whmcs_classic.laws.concurrent import TOGETHER
from counterfoil.contracts.apis.whmcs_classic.laws.lists import LISTS
from counterfoil.contracts.apis.whmcs_classic.laws.orders import ORDERS
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (ORDERS, LISTS, CLIENTS, TOGETHER)
