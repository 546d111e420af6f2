"""The laws of the WHMCS REST API: what its carts add up to, what becomes of them, and what is nobody else's business."""

from contracts.laws.trial import Trial
from contracts.laws.whmcs_cart import CART
from contracts.laws.whmcs_checkout import CHECKOUT
from contracts.laws.whmcs_owners import OWNERS
from contracts.laws.whmcs_pages import PAGES
from contracts.laws.whmcs_together import TOGETHER

TRIALS: tuple[Trial, ...] = (CART, CHECKOUT, PAGES, OWNERS, TOGETHER)
