"""Who answers which function."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.catalogue import routes as catalogue
from counterfoil.mockserver.whmcs.classic.clients import routes as clients
from counterfoil.mockserver.whmcs.classic.invoices import ledger
from counterfoil.mockserver.whmcs.classic.invoices import routes as invoices
from counterfoil.mockserver.whmcs.classic.orders import routes as orders
from counterfoil.mockserver.whmcs.classic.services import routes as services
from counterfoil.mockserver.whmcs.classic.system import routes as system
from counterfoil.mockserver.whmcs.model.installation import Installation


def unknown_action(installation: Installation, call: Call) -> Body:
    """Refuse what names no function."""
    raise Refusal("action_not_found" if call.function else "empty_action")


HANDLERS: dict[str, Handler] = {
    **orders.HANDLERS,
    **clients.HANDLERS,
    **services.HANDLERS,
    **catalogue.HANDLERS,
    **invoices.HANDLERS,
    **ledger.HANDLERS,
    **system.HANDLERS,
    "unknown_action": unknown_action,
}
