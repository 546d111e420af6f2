"""The classic API of WHMCS: how it is spoken, and who answers."""

from counterfoil.mockserver.engine.vendor import ContractBinding
from counterfoil.mockserver.whmcs.classic.dialect import Classic
from counterfoil.mockserver.whmcs.classic.routes import HANDLERS

BINDING = ContractBinding(dialect=Classic, handlers=HANDLERS)
