"""The laws of the WHMCS REST API that no data says well: what carts come to, what is ordered, and who is let in."""

from counterfoil.contracts.apis.whmcs_rest.laws.carts import CARTS
from counterfoil.contracts.apis.whmcs_rest.laws.doors import DOORS
from counterfoil.contracts.apis.whmcs_rest.laws.orders import ORDERS
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (CARTS, ORDERS, DOORS)
