"""Makes the application: the chosen vendors, under the overlays that were chosen, with control plane and pages."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, request

from counterfoil.mockserver import vendors
from counterfoil.mockserver.app import AS_LIVE, Mock
from counterfoil.mockserver.control import add_control
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.worlds import Worlds
from counterfoil.mockserver.pages import add_pages
from counterfoil.mockserver.unanswered import error_answer
from counterfoil.specs import Contract


def create_app(
    served: Sequence[str] | None = None,
    *,
    overlays: Sequence[str] = (),
    seed: int = 1,
    stands_at: datetime | None = None,
    cors: str | None = AS_LIVE,
    token: str | None = None,
) -> Mock:
    """The mock of the named vendors (all, if none is named).

    `cors` is the origin that browsers may call from; without one nobody may. `stands_at` stops every world's clock there; `token` is asked of whoever uses the control plane.

    Raises:
        SpecError: a contract or an overlay cannot be used.
    """
    chosen = {name: vendor for name, vendor in vendors.ALL.items() if served is None or name in served}
    endpoints = {
        name: Endpoint(Contract.load(name, vendors.overlays_of(name, overlays)), vendor, binding)
        for vendor in chosen.values()
        for name, binding in vendor.contracts.items()
    }
    app = Mock(Worlds(chosen, seed, stands_at), endpoints, cors)
    add_control(app, token)
    add_pages(app)
    app.register_error_handler(Exception, _error_response)
    return app


def _error_response(error: Exception) -> Response:
    answer = error_answer(error, request.path)
    return Response(answer.body, answer.status, answer.headers, content_type=answer.content_type)
