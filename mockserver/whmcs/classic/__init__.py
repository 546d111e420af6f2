"""The installation spoken to through the classic API."""

from mockserver.vendor import Spoken
from mockserver.whmcs.classic.dialect import Classic
from mockserver.whmcs.classic.routes import HANDLERS

SPOKEN = Spoken(dialect=Classic, handlers=HANDLERS)
