"""What a run creates: marked, written down before it is sent, and its own only when reading it back proves that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from counterfoil.contracts.checks.outcome import Outcome, outcome
from counterfoil.contracts.generate.examples import usual_fields
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Sent, Withheld
from counterfoil.contracts.profile.model import Mark
from counterfoil.contracts.safety.contents import values
from counterfoil.contracts.safety.created import Begun, Created, Done, Step, now
from counterfoil.contracts.safety.ownership import in_own, own_of
from counterfoil.contracts.safety.run_state import SharedState
from counterfoil.contracts.safety.undo import steps
from counterfoil.specs.pointers import at_pointer, escaped, steps_of

#: an id that nobody guesses: who answers it has just made it
_UNGUESSABLE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_-]{16,}")
UNPROVEN = "reading it back does not prove that the run has made it"


class Listing:
    """The things that can be listed, as the calls that made them were answered. `texts` are by the ids that undo them."""

    def __init__(self, target: Target, operation: str, mark: Mark) -> None:
        self._target, self._mark = target, mark
        self._maker = Request(target.contract.operations[operation])

    def entries(self) -> list[Any]:
        """What the target lists. Raises Withheld, Unreachable, ValueError where it refuses."""
        contract = self._target.contract
        lists = contract.operations[self._mark.found_by]
        media = next(iter(lists.request.values()), None)
        query, body = usual_fields(contract, lists)
        (body if media else query).update(self._mark.given)
        media_type = media.media_type if media else None
        exchange = self._target.send(Request(lists, query=query, body=body if media else None, media_type=media_type))
        got = outcome(exchange, contract)
        if not got.accepted:
            raise ValueError(f"{self._mark.found_by} is answered {exchange.status}: {got}")
        found = at_pointer(exchange.tree, self._mark.entries)
        if isinstance(found, dict):
            return [found]  # where a list of one is that one
        return found if isinstance(found, list) else []

    def undoing(self, entry: Any) -> list[Step]:
        """What undoes the thing in this entry."""
        return steps(self._target.contract, self._maker, 200, {}, _as_answered(entry, self._mark.names))

    def texts(self) -> dict[str, str]:
        """What is said of each thing, by its ids."""
        return {
            own: msgspec.json.encode(entry).decode().lower()
            for entry in self.entries()
            for own in own_of(self.undoing(entry), self._target.contract)
        }


def _as_answered(entry: Any, names: Mapping[str, str]) -> Any:
    """An entry of a list, as the call that made the thing was answered; both names are properties or JSON pointers."""
    if not names:
        return entry
    answer: dict[str, Any] = {}
    for name, own in names.items():
        *above, last = steps_of(name) if name.startswith("/") else [name]
        inner = answer
        for step in above:
            inner = inner.setdefault(step, {})
        inner[last] = at_pointer(entry, own if own.startswith("/") else f"/{escaped(own)}")
    return answer


class Creations:
    """What one contract's part of a run creates, over all processes that share the state."""

    def __init__(self, contract: str, marks: dict[str, Mark], shared: SharedState, file: Created | None) -> None:
        self._contract, self._marks, self._shared, self._file = contract, marks, shared, file

    def listing(self, target: Target, request: Request) -> Listing | None:
        """How what the request makes is found again; None where nobody says."""
        mark = self._marks.get(request.operation.id)
        return Listing(target, request.operation.id, mark) if mark and mark.found_by else None

    def before(self, target: Target, request: Request) -> dict[str, str] | None:
        """What is there before the call; None where that cannot be read."""
        return _texts(self.listing(target, request))

    def begin(self, target: Target, request: Request, number: int, mark: str) -> None:
        """Write down what is about to be created."""
        if self._file:
            shown, url = target.prepare(request).curl, target.base_url
            line = Begun(number, now(), self._contract, request.operation.id, url, mark, shown)
            self._file.add(line, target.mask())

    def turned_away(self, target: Target, number: int) -> None:
        """Write down that the call was not answered, but turned away."""
        self._add(target, Done(number, accepted=False, outcome="turned away"))

    def end(
        self,
        target: Target,
        request: Request,
        exchange: Exchange,
        got: Outcome,
        number: int,
        mark: str,
        before: dict[str, str] | None,
    ) -> Exchange:
        """Write down what came of the call, and which of it is the run's own.

        The exchange says if the target has answered something that it had not just made.
        """
        line = Done(number, got.accepted, str(got))
        if got.accepted:
            undo = steps(target.contract, request, exchange.status, exchange.headers, exchange.tree)
            made = new_in(undo, target.prepare(request), target)
            known = self._known_again(made)
            doubt = f"{request.operation.id} answers what exists: {', '.join(known)}" if known else ""
            there = [each for each in made if before and each in before]
            if not doubt and not self._is_proven(target, request, made, mark, before):
                doubt = (
                    f"{request.operation.id} answers what exists: {', '.join(there)}"
                    if there
                    else self._unproven(request)
                )
            if doubt and not doubt.startswith(UNPROVEN):
                exchange = replace(exchange, warning=doubt)
                with self._shared.held() as state:
                    state.stopped = state.stopped or f"{doubt}: nothing more is created or changed there"
            elif not doubt:
                with self._shared.held() as state:
                    state.owned.setdefault(self._contract, []).extend(made)
            line = Done(number, got.accepted, str(got), _ids(exchange.tree, made), [] if doubt else undo, doubt)
        self._add(target, line)
        return exchange

    def _unproven(self, request: Request) -> str:
        """Why it is not known to be the run's own: where it was looked for, since it may have been put elsewhere."""
        mark = self._marks.get(request.operation.id)
        return f"{UNPROVEN}; it was looked for by {mark.found_by}" if mark and mark.found_by else UNPROVEN

    def note(self, target: Target, request: Request, exchange: Exchange, number: int) -> None:
        """Write down, afterwards, what a call has created, or may have, that nobody was careful with."""
        self.begin(target, request, number, "")
        got = outcome(exchange, target.contract)
        if got.unclear:
            return
        undo = steps(target.contract, request, exchange.status, exchange.headers, exchange.tree)
        made = new_in(undo, target.prepare(request), target)
        self._add(target, Done(number, got.accepted, str(got), _ids(exchange.tree, made), [], UNPROVEN))

    def _add(self, target: Target, line: Done) -> None:
        if self._file:
            self._file.add(line, target.mask())

    def _known_again(self, made: list[str]) -> list[str]:
        """Which of these were answered before, to another call."""
        with self._shared.held() as state:
            answered = state.answered.setdefault(self._contract, [])
            again = [each for each in made if each in answered]
            answered.extend(each for each in made if each not in answered)
        return again

    def _is_proven(
        self, target: Target, request: Request, made: list[str], mark: str, before: dict[str, str] | None
    ) -> bool:
        """Whether it was not there before, and is there now with its mark, where it could have one."""
        with self._shared.held() as state:
            owned = set(state.owned.get(self._contract, ()))
        if in_own(target.prepare(request), target.contract, owned):
            return True  # a part of what is the run's own
        listing = self.listing(target, request)
        if listing is None:
            return any(_UNGUESSABLE.fullmatch(each.partition("=")[2]) for each in made)
        after = _texts(listing)
        if not made or before is None or after is None:
            return False
        return all(each not in before and each in after and mark.lower() in after[each] for each in made)


def new_in(undo: list[Step], sent: Sent, target: Target) -> list[str]:
    """What the answer names that the request did not name already."""
    asked = {f"{value.names[-1]}={value.text}" for value in values(sent) or ()}
    return [each for each in dict.fromkeys(own_of(undo, target.contract)) if each not in asked]


def _texts(listing: Listing | None) -> dict[str, str] | None:
    if listing is None:
        return None
    try:
        return listing.texts()
    except (Withheld, ValueError):
        return None


def _ids(tree: object, made: list[str]) -> dict[str, object]:
    """The ids in an answer, by name, those first by which it is undone."""
    own = {name: value for name, _, value in (each.partition("=") for each in made)}
    found = dict(_found(tree, 3))
    return {name: found.get(name, own.get(name)) for name in (*own, *found)}


def _found(tree: object, depth: int) -> Iterator[tuple[str, object]]:
    if isinstance(tree, dict) and depth:
        for name, value in tree.items():
            plain = value.get("$") if isinstance(value, dict) and "$" in value else value
            if isinstance(plain, dict):
                yield from ((f"{name}.{key}", below) for key, below in _found(plain, depth - 1))
            elif str(name).lower().endswith(("id", "ids", "uuid")) and isinstance(plain, str | int):
                yield str(name), plain
