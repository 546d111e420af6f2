"""The laws of the Shop-Script order API: what an order holds, how it moves, and where it is found."""

from counterfoil.contracts.apis.shopscript.laws.concurrent import TOGETHER
from counterfoil.contracts.apis.shopscript.laws.orders import ORDERS
from counterfoil.contracts.apis.shopscript.laws.pages import PAGES
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (ORDERS, PAGES, TOGETHER)
