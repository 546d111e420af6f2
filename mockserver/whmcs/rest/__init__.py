"""The REST API of WHMCS: how it is spoken, and who answers."""

from counterfoil.mockserver.vendor import Spoken
from counterfoil.mockserver.whmcs.rest.dialect import Rest
from counterfoil.mockserver.whmcs.rest.routes import HANDLERS

SPOKEN = Spoken(dialect=Rest, handlers=HANDLERS)
