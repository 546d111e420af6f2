"""The control plane, `/_mock/*`: health, reset, worlds, snapshot, clock, settings, faults, defects, liberties, journal.

It is described by its own OpenAPI document, `control.yaml`, served at `/openapi/control.json`. A request acts on the
world that it is sent to (`/w/<name>/_mock/reset`, or the header `X-Mock-World`).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from flask import Response, request

from counterfoil import __version__
from counterfoil.mockserver import orderable, outbox
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.asked import Unusable, body, converted
from counterfoil.mockserver.engine import wire
from counterfoil.mockserver.engine.faults import Fault
from counterfoil.mockserver.engine.journal import shown
from counterfoil.mockserver.engine.registry import UnknownVariation
from counterfoil.mockserver.engine.variation import Variation
from counterfoil.mockserver.engine.worlds import World
from counterfoil.mockserver.follow import asked_filter, stream
from counterfoil.mockserver.guard import Guard

_WORLD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


class NewWorld(msgspec.Struct, forbid_unknown_fields=True):
    """What a world is made with."""

    name: str
    seed: int | None = None
    #: the moment at which its clock stands still
    clock: datetime | None = None


class ClockOrder(msgspec.Struct, forbid_unknown_fields=True):
    """How to change a world's clock; the fields are applied in this order."""

    #: stand still at this moment
    set: datetime | None = None
    #: move by so many seconds, hours or days
    advance: dict[str, float] | None = None
    #: true: go on by itself; false: stand still
    tick: bool | None = None


class DefectsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Which defects a world's program has from now on."""

    #: their names; all others are switched off
    defects: list[str]


class LibertiesOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Which liberties a world's program takes from now on."""

    #: their names; all others are switched off
    liberties: list[str]


class StrictOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of parameters that the mock ignores."""

    #: off: nothing; tell: a header names them; refuse: nothing is done
    strict: Literal["off", "tell", "refuse"]


class Control:
    """What the control plane can do. Each method answers one route with a status and a body."""

    def __init__(self, app: Mock) -> None:
        self._app = app

    def health(self) -> tuple[int, Any]:
        """Whether the mock runs, and what it serves."""
        return 200, {
            "status": "ok",
            "counterfoil": __version__,
            "contracts": sorted(self._app.endpoints),
            "worlds": len(list(self._app.worlds)),
        }

    def reset(self) -> tuple[int, Any]:
        """The world back to the seeded installation."""
        world = self._app.world()
        with world.lock:
            world.reset()
        return 200, _world(world)

    def list_worlds(self) -> tuple[int, Any]:
        """All worlds."""
        return 200, {"worlds": [_world(world) for world in self._app.worlds]}

    def make_world(self) -> tuple[int, Any]:
        """A new world."""
        asked = body(NewWorld)
        if not _WORLD_NAME.fullmatch(asked.name):
            raise Unusable("A world's name is 1 to 100 letters, digits, '.', '_' and '-', a letter or digit first.")
        here = self._app.world()
        clock = _naive(asked.clock) if asked.clock else None
        world = self._app.worlds.make(asked.name, asked.seed, clock, here.variations)
        if world is None:
            raise Unusable(f"There is a world {asked.name!r} already; DELETE it first.", 409, "world_exists")
        world.strict = here.strict
        return 201, _world(world)

    def drop_world(self, name: str) -> tuple[int, Any]:
        """Delete a world."""
        if not self._app.worlds.drop(name):
            raise Unusable(
                f"There is no world {name!r} that could be deleted (main always stays).", 404, "unknown_world"
            )
        return 200, {"dropped": name}

    def read_snapshot(self) -> tuple[int, Any]:
        """All state of the world."""
        world = self._app.world()
        with world.lock:
            return 200, world.snapshot()

    def restore_snapshot(self) -> tuple[int, Any]:
        """The world with the state of a snapshot."""
        world, snapshot = self._app.world(), body(dict[str, Any])
        with world.lock:
            try:
                world.restore(snapshot)
            except ValueError as error:
                raise Unusable(str(error)) from error
        return 200, _world(world)

    def read_clock(self) -> tuple[int, Any]:
        """The world's time."""
        return 200, _clock(self._app.world())

    def move_clock(self) -> tuple[int, Any]:
        """The world's clock, set, moved, started or stopped."""
        world, order = self._app.world(), body(ClockOrder)
        with world.lock:
            world.live()
            if order.set is not None:
                world.clock.put(_naive(order.set))
            if order.advance is not None:
                try:
                    world.clock.advance(timedelta(**order.advance))
                except (TypeError, OverflowError) as error:
                    raise Unusable('advance takes {"days": 40} or hours, minutes, seconds, weeks.') from error
            if order.tick is not None:
                world.clock.tick() if order.tick else world.clock.put(world.clock.now())
            world.live()
            return 200, _clock(world)

    def read_settings(self) -> tuple[int, Any]:
        """The settings of all vendors."""
        world = self._app.world()
        with world.lock:
            return 200, _settings(self._app, world)

    def change_settings(self) -> tuple[int, Any]:
        """Change some settings, or none if one of the values is not allowed."""
        world, changes = self._app.world(), body(dict[str, dict[str, Any]])
        with world.lock:
            made = {}
            for vendor, changed in changes.items():
                if vendor not in _vendors(self._app):
                    raise Unusable(f"There is no vendor {vendor!r} here; there are: {', '.join(_vendors(self._app))}.")
                settings = world.state(vendor).settings
                unknown = changed.keys() - set(settings.__struct_fields__)
                if unknown:
                    known = ", ".join(settings.__struct_fields__)
                    raise Unusable(f"{vendor} has no setting {', '.join(sorted(unknown))}; it has: {known}.")
                whole = {**msgspec.to_builtins(settings), **changed}
                made[vendor] = converted(whole, type(settings), "A setting does not allow this value")
            for vendor, settings in made.items():
                world.state(vendor).settings = settings
            return 200, _settings(self._app, world)

    def read_faults(self) -> tuple[int, Any]:
        """The faults in force."""
        return 200, {"faults": [msgspec.to_builtins(each.shown) for each in self._app.world().faults]}

    def set_faults(self) -> tuple[int, Any]:
        """Other faults."""
        world, faults = self._app.world(), body(list[Fault])
        for fault in faults:
            orderable.check(fault, self._app.endpoints, world)
        with world.lock:
            world.faults = []
            world.order(faults)
        return self.read_faults()

    def add_fault(self) -> tuple[int, Any]:
        """One more fault."""
        world, fault = self._app.world(), body(Fault)
        orderable.check(fault, self._app.endpoints, world)
        with world.lock:
            return 201, msgspec.to_builtins(world.order([fault])[0])

    def remove_fault(self, name: str) -> tuple[int, Any]:
        """One fault less."""
        world = self._app.world()
        with world.lock:
            if not world.call_off(name):
                raise Unusable(f"There is no fault {name[:80]!r}; GET /_mock/faults lists them.", 404, "unknown_fault")
        return self.read_faults()

    def read_defects(self) -> tuple[int, Any]:
        """All defects of the contracts that are served, and which of them are on in the world."""
        from counterfoil.mockserver import defects  # a mock that nobody asks for them does without

        on = self._app.world().variations
        return 200, {"defects": [_variation(each, each in on) for each in defects.CATALOGUE.of(self._app.endpoints)]}

    def set_defects(self) -> tuple[int, Any]:
        """The world with these defects on and all others off. Its state stays."""
        from counterfoil.mockserver import defects

        world, order = self._app.world(), body(DefectsOrder)
        try:
            wanted = defects.CATALOGUE.named(order.defects, self._app.endpoints)
        except UnknownVariation as error:
            raise Unusable(str(error)) from error
        with world.lock:
            world.vary((*(each for each in world.variations if each.keeps_contract), *wanted))
        return self.read_defects()

    def read_liberties(self) -> tuple[int, Any]:
        """All liberties of the contracts that are served, and which of them the world's program takes."""
        from counterfoil.mockserver import liberties

        on = self._app.world().variations
        shown = [
            {**_variation(each, each in on), "instead_of": list(liberties.CHOSEN.instead_of(each)),
             "apart": sorted(each.apart)}
            for each in liberties.CATALOGUE.of(self._app.endpoints)
        ]  # fmt: skip
        return 200, {"liberties": shown}

    def set_liberties(self) -> tuple[int, Any]:
        """The world with these liberties and no others. Its state stays, unless one of them changes what is seeded."""
        from counterfoil.mockserver import liberties

        world, order = self._app.world(), body(LibertiesOrder)
        try:
            wanted = liberties.CATALOGUE.named(order.liberties, self._app.endpoints)
        except UnknownVariation as error:
            raise Unusable(str(error)) from error
        with world.lock:
            world.vary((*wanted, *(each for each in world.variations if not each.keeps_contract)))
        return self.read_liberties()

    def read_strictness(self) -> tuple[int, Any]:
        """What becomes of parameters that the mock ignores."""
        return 200, {"strict": self._app.world().strict or "off"}

    def set_strictness(self) -> tuple[int, Any]:
        """Another answer to parameters that the mock ignores."""
        strict = body(StrictOrder).strict
        self._app.world().strict = None if strict == "off" else strict
        return self.read_strictness()

    def read_outbox(self) -> tuple[int, Any]:
        """The messages that would have been sent, those that the query asks for."""
        world = self._app.world()
        with world.lock:
            return 200, {"messages": outbox.messages(world, request.args)}

    def clear_outbox(self) -> tuple[int, Any]:
        """No messages."""
        world = self._app.world()
        with world.lock:
            outbox.clear(world)
        return 200, {"messages": []}

    def read_journal(self) -> tuple[int, Any]:
        """The world's last exchanges, those that the query asks for."""
        journal = self._app.world().journal
        wanted = asked_filter(request.args, self._app.endpoints)
        entries = [shown(entry) for entry in wanted.of(journal)]
        return 200, {"requests": journal.requests, "entries": entries}

    def follow_journal(self) -> tuple[int, Any]:
        """The world's exchanges as they happen."""
        return 200, stream(self._app.world().journal, asked_filter(request.args, self._app.endpoints))

    def clear_journal(self) -> tuple[int, Any]:
        """The journal without its entries."""
        world = self._app.world()
        with world.lock:
            world.journal.clear()
        return 200, {"requests": world.journal.requests, "entries": []}


ROUTES: tuple[tuple[str, str, Callable[..., tuple[int, Any]]], ...] = (
    ("health", "GET", Control.health),
    ("reset", "POST", Control.reset),
    ("worlds", "GET", Control.list_worlds),
    ("worlds", "POST", Control.make_world),
    ("worlds/<name>", "DELETE", Control.drop_world),
    ("snapshot", "GET", Control.read_snapshot),
    ("snapshot", "PUT", Control.restore_snapshot),
    ("clock", "GET", Control.read_clock),
    ("clock", "POST", Control.move_clock),
    ("settings", "GET", Control.read_settings),
    ("settings", "PATCH", Control.change_settings),
    ("faults", "GET", Control.read_faults),
    ("faults", "PUT", Control.set_faults),
    ("faults", "POST", Control.add_fault),
    ("faults/<name>", "DELETE", Control.remove_fault),
    ("defects", "GET", Control.read_defects),
    ("defects", "PUT", Control.set_defects),
    ("liberties", "GET", Control.read_liberties),
    ("liberties", "PUT", Control.set_liberties),
    ("strict", "GET", Control.read_strictness),
    ("strict", "PUT", Control.set_strictness),
    ("outbox", "GET", Control.read_outbox),
    ("outbox", "DELETE", Control.clear_outbox),
    ("journal", "GET", Control.read_journal),
    ("journal", "DELETE", Control.clear_journal),
    ("journal/stream", "GET", Control.follow_journal),
)


def add_control(app: Mock, guard: Guard) -> None:
    """Give the app its control plane; where there is a token, every request to it but `health` must carry it."""
    control = Control(app)
    for rule, method, act in ROUTES:

        def view(act: Callable[..., tuple[int, Any]] = act, **path: str) -> Response:
            if act is not Control.health and not guard.has_token(request.environ):
                raise Unusable(
                    "The control plane requires its token: send the header 'Authorization: Bearer …' with what "
                    "'counterfoil serve' printed.", 401, "token_required",
                )  # fmt: skip
            return _answer(*act(control, **path))

        app.add_url_rule(f"/_mock/{rule}", f"{method} {rule}", view, methods=[method], provide_automatic_options=False)

    @app.errorhandler(Unusable)
    def unusable(error: Unusable) -> Response:
        return _answer(error.status, {"error": error.error, "message": str(error), "mock": "counterfoil"})


def _answer(status: int, body: Any) -> Response:
    return (
        body
        if isinstance(body, Response)
        else Response(wire.json(body), status, content_type="application/json; charset=utf-8")
    )


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _world(world: World) -> dict[str, Any]:
    base = request.host_url.rstrip("/")
    return {"name": world.name, "seed": world.seed, "base_url": f"{base}/w/{world.name}", **_clock(world)}


def _clock(world: World) -> dict[str, Any]:
    return {"now": f"{world.clock.now().isoformat()}Z", "ticks": world.clock.ticks}


def _vendors(app: Mock) -> list[str]:
    return sorted({endpoint.vendor.name for endpoint in app.endpoints.values()})


def _settings(app: Mock, world: World) -> dict[str, Any]:
    return {name: msgspec.to_builtins(world.state(name).settings) for name in _vendors(app)}


def _variation(variation: Variation, on: bool) -> dict[str, Any]:
    shown = {name: getattr(variation, name) for name in ("name", "contract", "kind", "sentence")}
    return {**shown, "operations": sorted(variation.operations), "on": on}
