"""The laws of the WHMCS REST API that no data says well: what carts add up to, and what becomes of a checkout."""

from counterfoil.contracts.apis.whmcs_rest.laws.checkout import CHECKOUT
from counterfoil.contracts.apis.whmcs_rest.laws.doors import DOORS
from counterfoil.contracts.apis.whmcs_rest.laws.filled import FILLED_CARTS
from counterfoil.contracts.apis.whmcs_rest.laws.ordered import ONE_ORDER
from counterfoil.contracts.apis.whmcs_rest.laws.totals import TOTALS_OF_CARTS
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (TOTALS_OF_CARTS, FILLED_CARTS, ONE_ORDER, CHECKOUT, DOORS)
