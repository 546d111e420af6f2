"""Makes the application: the chosen vendors, under the overlays that were chosen, with control plane and pages."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import Response, request

from counterfoil.mockserver import vendors
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.control import add_control
from counterfoil.mockserver.cors import AS_LIVE
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.worlds import Worlds
from counterfoil.mockserver.guard import Guard
from counterfoil.mockserver.log import teller
from counterfoil.mockserver.pages import add_pages
from counterfoil.mockserver.unanswered import error_answer
from counterfoil.specs import Contract


def create_app(  # noqa: PLR0913 - what a mock can be told, each by its name
    served: Sequence[str] | None = None,
    *,
    overlays: Sequence[str] = (),
    seed: int = 1,
    stands_at: datetime | None = None,
    cors: Collection[str] = (AS_LIVE,),
    token: str | None = None,
    control_origins: Collection[str] = (),
    hosts: Collection[str] = (),
    log: str | None = None,
) -> Mock:
    """The mock of the named vendors (all, if none is named).

    `cors` are the origins that browsers may call from; `*` lets all in, without their credentials. `stands_at` stops every
    world's clock there; `token` is asked of whoever uses the control plane. `control_origins` are those of other pages that
    may use it, and `hosts` the names by which it may be asked, besides addresses and localhost. `log` is the style in which each request is
    written to standard error.

    Raises:
        SpecError: a contract or an overlay cannot be used.
    """
    chosen = {name: vendor for name, vendor in vendors.ALL.items() if served is None or name in served}
    endpoints = {
        name: Endpoint(Contract.load(name, vendors.overlays_of(name, overlays)), vendor, binding)
        for vendor in chosen.values()
        for name, binding in vendor.contracts.items()
    }
    guard = Guard(token, control_origins, hosts)
    app = Mock(Worlds(chosen, seed, stands_at, teller(log) if log else None), endpoints, cors, guard)
    add_control(app, guard)
    add_pages(app)
    app.register_error_handler(Exception, _error_response)
    return app


def _error_response(error: Exception) -> Response:
    answer = error_answer(error, request.path)
    return Response(answer.body, answer.status, answer.headers, content_type=answer.content_type)
