"""The laws of the WHMCS REST API: what its carts add up to, what becomes of them, and what is nobody else's business."""

from counterfoil.contracts.apis.whmcs_rest.laws.cart import CART
from counterfoil.contracts.apis.whmcs_rest.laws.checkout import CHECKOUT
from counterfoil.contracts.apis.whmcs_rest.laws.concurrent import TOGETHER
from counterfoil.contracts.apis.whmcs_rest.laws.owners import OWNERS
from counterfoil.contracts.apis.whmcs_rest.laws.pages import PAGES
from counterfoil.contracts.phases.laws.runner import StatefulTest

STATEFUL_TESTS: tuple[StatefulTest, ...] = (CART, CHECKOUT, PAGES, OWNERS, TOGETHER)
