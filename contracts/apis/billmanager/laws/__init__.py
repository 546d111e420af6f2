"""The laws of BILLmanager: what its carts remember, and what ordering them leaves behind."""

from counterfoil.contracts.apis.billmanager.laws.carts import CARTS
from counterfoil.contracts.apis.billmanager.laws.concurrent import TOGETHER
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (CARTS, TOGETHER)
