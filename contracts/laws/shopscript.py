"""The laws of the Shop-Script order API: what an order holds, how it moves, and where it is found."""

from contracts.laws.shop_orders import ORDERS
from contracts.laws.shop_pages import PAGES
from contracts.laws.shop_together import TOGETHER
from contracts.laws.trial import Trial

TRIALS: tuple[Trial, ...] = (ORDERS, PAGES, TOGETHER)
