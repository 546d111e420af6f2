"""Makes the application: the chosen vendors, under the overlays that were chosen, with control plane and pages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec
from flask import Response, request

from counterfoil.mockserver import vendors
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.control import add_control
from counterfoil.mockserver.cors import AS_LIVE
from counterfoil.mockserver.engine.pipeline import Endpoint
from counterfoil.mockserver.engine.vendor import Vendor
from counterfoil.mockserver.engine.worlds import Worlds
from counterfoil.mockserver.guard import Guard
from counterfoil.mockserver.log import teller
from counterfoil.mockserver.pages import add_pages
from counterfoil.mockserver.unanswered import error_answer
from counterfoil.specs import Contract, SpecError


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
    seed_file: Path | None = None,
    snapshot: Path | None = None,
    public_url: str | None = None,
    strict: str | None = None,
) -> Mock:
    """The mock of the named vendors (all, if none is named).

    `cors` are the origins that browsers may call from; `*` lets all in, without their credentials. `stands_at` stops every
    world's clock there; `token` is asked of whoever uses the control plane. `control_origins` are those of other pages that
    may use it, and `hosts` the names by which it may be asked, besides addresses and localhost. `log` is the style in which each request is
    written to standard error. `seed_file` holds an installation of one's own, `snapshot` a state to begin with.
    `public_url` is where clients find the mock, if that is not what their requests say. `strict` says whether to `tell` of parameters
    that the mock ignores, or to `refuse` them.

    Raises:
        SpecError: a contract or an overlay cannot be used.
    """
    chosen = {name: vendor for name, vendor in vendors.ALL.items() if served is None or name in served}
    worlds = Worlds(chosen, seed, stands_at, teller(log) if log else None)
    begin = partial(_install, worlds, chosen)
    if seed_file is not None or snapshot is not None:
        begin(seed_file, snapshot)
    endpoints = {
        name: Endpoint(Contract.load(name, vendors.overlays_of(name, overlays)), vendor, binding)
        for vendor in chosen.values()
        for name, binding in vendor.contracts.items()
    }
    guard = Guard(token, control_origins, hosts)
    app = Mock(worlds, endpoints, cors, guard)
    app.install = begin
    for world in worlds:
        world.strict = strict
    app.public_url = public_url
    add_control(app, guard)
    add_pages(app)
    app.register_error_handler(Exception, _error_response)
    return app


def _install(
    worlds: Worlds, shipped: Mapping[str, Vendor], seed_file: Path | None, snapshot: Path | None = None
) -> None:  # fmt: skip
    """Let all worlds begin with what the files hold. Raises SpecError; nothing has changed then."""
    from counterfoil.mockserver import seeds  # a mock of what is shipped does without

    vendors_ = shipped if seed_file is None else seeds.installed(seed_file, shipped)
    try:
        worlds.install(vendors_, None if snapshot is None else msgspec.json.decode(snapshot.read_bytes()))
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise SpecError(f"{snapshot}: {error}") from error


def _error_response(error: Exception) -> Response:
    answer = error_answer(error, request.path)
    return Response(answer.body, answer.status, answer.headers, content_type=answer.content_type)
