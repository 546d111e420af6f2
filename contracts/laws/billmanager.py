"""The laws of BILLmanager: what its carts remember, and what ordering them leaves behind."""

from contracts.laws.bill_carts import CARTS
from contracts.laws.bill_together import TOGETHER
from contracts.laws.trial import Trial

TRIALS: tuple[Trial, ...] = (CARTS, TOGETHER)
