"""The REST API of WHMCS: how it is spoken, and who answers."""

from mockserver.vendor import Spoken
from mockserver.whmcs.rest.dialect import Rest
from mockserver.whmcs.rest.routes import HANDLERS

SPOKEN = Spoken(dialect=Rest, handlers=HANDLERS)
