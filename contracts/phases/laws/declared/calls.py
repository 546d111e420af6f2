"""The calls of a declared law: what is sent in whose name, and what the answer shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.generate.examples import usual_fields
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.phases.laws.context import LawContext, Stopped, Unreadable
from counterfoil.contracts.phases.laws.declared.choices import NOBODY, Draw, Lacking, chosen
from counterfoil.contracts.phases.laws.declared.compared import different, first, plain, without
from counterfoil.contracts.safety.undo import Values
from counterfoil.contracts.wire.described import only_described
from counterfoil.specs import Contract
from counterfoil.specs.laws import Call, Caller, Laws
from counterfoil.specs.pointers import NOWHERE
from counterfoil.specs.schemas import schemas_of
from counterfoil.specs.view import Operation

#: the caller that the profile speaks of
USUAL = ""


class StepEnds(Exception):
    """The step ends here, and nothing is said of it; the message says why."""


class NotSent(StepEnds):
    """It ends since a call must not be made, or cannot; so nothing has changed."""


@dataclass(frozen=True)
class Said:
    """An answer to a declared call, what it means, and what was asked."""

    exchange: Exchange
    outcome: Outcome
    asked: Mapping[str, Any]

    @property
    def accepted(self) -> bool:
        """Whether the call was done."""
        return self.outcome.accepted

    def at(self, place: str | None) -> Any:
        """What stands at a place of the answer, or in a header of it; NOWHERE where nothing does."""
        if place is None:
            return NOWHERE
        if place.startswith("header:"):
            name = place.removeprefix("header:").lower()
            return next((value for each, value in self.exchange.headers.items() if each.lower() == name), NOWHERE)
        return first(self.exchange.tree, place)


def in_notations(
    contract: Contract, told: tuple[Said, Said], besides: Iterable[str], places: Iterable[str] = ()
) -> tuple[bool, str]:
    """Whether two answers say the same in two notations, and where they do not.

    What no document names may stand in one of them alone: a gateway adds its own to JSON, and leaves XML as it is.
    """
    one, other = (without(plain(each.exchange.tree, besides), places) for each in told)
    if one == other:
        return True, ""
    named = (
        only_described(contract, media.schema, exchange.tree) if (media := exchange.media) else exchange.tree
        for exchange in (each.exchange for each in told)
    )
    one, other = (without(plain(tree, besides), places) for tree in named)
    return bool(one == other), different(one, other)


@dataclass(frozen=True)
class Ids:
    """What a call is told of a resource: its ids by the names that requests have, and what links say, by operation."""

    named: Mapping[str, Any] = field(default_factory=dict)
    linked: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Calls:
    """Sends the calls that a contract declares."""

    def __init__(self, context: LawContext, laws: Laws) -> None:
        self.context, self.laws = context, laws
        self.contract = context.world.contract

    def callers(self, names: list[str]) -> list[str]:
        """Those of the callers of whom the profile knows enough."""
        return [name for name in names or [USUAL] if name == USUAL or self.knows(name)]

    def knows(self, name: str) -> bool:
        """Whether the profile says how to call as this caller."""
        caller = self.laws.callers[name]
        if caller.session not in (None, "none") and caller.session not in self.context.world.accounts:
            return False
        try:
            self._credentials(caller)
        except Lacking:
            return False
        return True

    def _credentials(self, caller: Caller) -> dict[str, str | None]:
        filled: dict[str, str | None] = chosen(caller.credentials, self.context.ids, lambda _: 0)
        return filled

    def values(self, **more: Any) -> dict[str, Any]:
        """What a template may name."""
        number = next(self.context.once("fresh texts", lambda: count(1)))
        return {**self.context.ids, "nowhere": NOBODY, "fresh": f"{self.context.fresh}{number}", **more}

    def request(self, operation: str, asked: Mapping[str, Any], caller: str = USUAL, ids: Ids | None = None) -> Request:
        """A call of the operation in the caller's name: what it is given, and the ids that it takes."""
        known, ids = self.contract.operations[operation], ids or Ids()
        who = self.laws.callers.get(caller, Caller())
        body = self._takes(known)
        query, usual = usual_fields(self.contract, known)
        places: dict[str, dict[str, Any]] = {"path": {}, "query": query, "header": {}, "body": usual}
        homes = {each.name: each.place for each in known.parameters}
        told = {name: value for name, value in ids.named.items() if name in homes or name in body}
        linked = {name.rpartition(".")[2]: value for name, value in ids.linked.get(operation, {}).items()}
        for name, value in {**self._known(known), **told, **linked, **asked}.items():
            places[homes.get(name, "body" if known.request else "query")][name] = value
        return Request(
            known,
            places["path"],
            places["query"],
            {name: str(value) for name, value in places["header"].items()},
            places["body"] or None if known.request else None,
            credentials=self._credentials(who),
            session=who.session,
        )

    def _takes(self, operation: Operation) -> frozenset[str]:
        media = next(iter(operation.request.values()), None)
        return frozenset(schemas_of(self.contract).properties(media.schema)) if media else frozenset()

    def _known(self, operation: Operation) -> dict[str, Any]:
        """Known ids, where the path asks for them."""
        names = self.context.world.installation.entry.properties
        asked = {
            each.name: names[each.name] for each in operation.parameters if each.place == "path" and each.name in names
        }
        return {name: self.context.ids[known] for name, known in asked.items() if known in self.context.ids}

    def send(self, request: Request, asked: Mapping[str, Any], caller: str = USUAL) -> Said:
        """The answer. Raises StepEnds where nothing can be told from it, or where the call must not be made."""
        try:
            exchange, outcome = self.context.send(request, f"({caller}) " if caller else "")
        except Stopped as stopped:
            if stopped.others_go_on:
                raise NotSent(str(stopped.error)) from stopped
            raise
        except Unreadable as unreadable:
            raise StepEnds(str(unreadable)) from unreadable
        return judged(exchange, outcome, asked)

    def call(self, call: Call, draw: Draw, caller: str = USUAL, ids: Ids | None = None, **more: Any) -> Said:
        """The answer to a declared call, its choices made."""
        asked = self.asked(call.given, draw, **more)
        return self.send(self.request(call.operation, asked, caller, ids), asked, caller)

    def asked(self, given: Mapping[str, Any], draw: Draw, **more: Any) -> dict[str, Any]:
        """What a call is given. Raises StepEnds where an id is lacking."""
        try:
            asked: dict[str, Any] = chosen(given, self.values(**more), draw)
        except Lacking as lacking:
            told = f'needs the known id "{lacking}" in the profile'
            raise NotSent(told) from Stopped(NoAccount(told))
        return asked

    def links(self, request: Request, exchange: Exchange) -> dict[str, dict[str, Any]]:
        """For each operation that a link of the answer leads to, what it says of its parameters."""
        answer = self.contract.deref(request.operation.raw["responses"].get(str(exchange.status), {}))
        linked: dict[str, dict[str, Any]] = {}
        for name, written in answer.get("links", {}).items():
            link, values = self.contract.deref(written), Values(request, exchange.headers, exchange.tree)
            parameters = {key: values.of(value) for key, value in link.get("parameters", {}).items()}
            if not name.startswith("undo") and not values.lacking and parameters:
                linked[link["operationId"]] = parameters
        return linked


def judged(exchange: Exchange, outcome: Outcome, asked: Mapping[str, Any]) -> Said:
    """An answer of which something can be told. Raises StepEnds."""
    if exchange.status >= 500:
        raise StepEnds(f"{exchange.operation.id} fails with {exchange.status}")
    if outcome.unclear:
        raise StepEnds(f"what {exchange.operation.id} has answered cannot be told: {outcome.unclear}")
    return Said(exchange, outcome, asked)
