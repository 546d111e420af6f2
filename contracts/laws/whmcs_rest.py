"""The laws of the WHMCS REST API: what its carts add up to, what its lists hold, and what is nobody else's business."""

from contracts.laws.trial import Trial
from contracts.laws.whmcs_cart import CART
from contracts.laws.whmcs_owners import OWNERS
from contracts.laws.whmcs_pages import PAGES

TRIALS: tuple[Trial, ...] = (CART, PAGES, OWNERS)
