"""The REST API of WHMCS: how it is spoken, and who answers."""

from counterfoil.mockserver.engine.vendor import ContractBinding
from counterfoil.mockserver.whmcs.rest.dialect import Rest
from counterfoil.mockserver.whmcs.rest.routes import HANDLERS

BINDING = ContractBinding(dialect=Rest, handlers=HANDLERS)
