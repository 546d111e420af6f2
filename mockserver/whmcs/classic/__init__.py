"""The installation spoken to through the classic API."""

from counterfoil.mockserver.vendor import Spoken
from counterfoil.mockserver.whmcs.classic.dialect import Classic
from counterfoil.mockserver.whmcs.classic.routes import HANDLERS

SPOKEN = Spoken(dialect=Classic, handlers=HANDLERS)
