"""The laws of the WHMCS classic API that no data says well: what an order makes, costs and takes, and how it moves."""

from counterfoil.contracts.apis.whmcs_classic.laws.concurrent import TOGETHER
from counterfoil.contracts.apis.whmcs_classic.laws.orders import ORDERS
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (ORDERS, TOGETHER)
