"""Harmless even if accepted: what may be sent to somebody's deployment, as one table.

In a careful run nothing is sent that would do something if the target accepted it. That a request must be refused is no
reason to send it: a broken target may accept it all the same. So what changes or removes names only what exists nowhere,
and what creates carries no right credentials and has nothing to order: two reasons at once to refuse it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Sent, Withheld
from counterfoil.contracts.safety import contents
from counterfoil.contracts.safety.contents import Value
from counterfoil.contracts.safety.credentials import carries_right
from counterfoil.contracts.safety.nowhere import exists_nowhere
from counterfoil.contracts.safety.readings import Reading, pays, readings
from counterfoil.contracts.safety.rules import NEEDS_WRITES, Rules

MONEY = "moves money, which is never done at a deployment"
ACTS = "sends mail, sets up a server or tries a password, which is never done at a deployment"


class Intent(Enum):
    """Why a request may be sent."""

    READS = "changes nothing"
    HARMLESS = "does nothing even if it is accepted"
    CHANGES = "changes something"
    CREATES = "creates something"


class Opened(Enum):
    """Whether the request carries anything that opens the target."""

    RIGHT = "right credentials, or a session, whatever stands beside them"
    WRONG = "no credentials where some are needed, or wrong ones"
    NEEDLESS = "none are needed"


class Names(Enum):
    """What the request names."""

    NOTHING = "nothing"
    NOWHERE = "only what exists nowhere, and all that the operation has to be told"
    SOMETHING = "what may exist"


class Row(NamedTuple):
    """A request of that kind may be sent in a careful run. `is_empty` asks for there being nothing to order."""

    effects: tuple[str, ...]
    opened: tuple[Opened, ...]
    names: tuple[Names, ...]
    is_empty: tuple[bool, ...]
    intent: Intent


_ANY_OPENED, _ANY_NAMES, _ANY = tuple(Opened), tuple(Names), (True, False)

#: what is in no row is not sent
TABLE = (
    Row(("reads", "session"), _ANY_OPENED, _ANY_NAMES, _ANY, Intent.READS),
    Row(("changes", "removes"), _ANY_OPENED, (Names.NOWHERE,), _ANY, Intent.HARMLESS),
    Row(("creates",), (Opened.WRONG,), (Names.NOTHING, Names.NOWHERE), (True,), Intent.HARMLESS),
    Row(("creates",), (Opened.NEEDLESS,), (Names.NOWHERE,), (True,), Intent.HARMLESS),
)


def decided(effect: str, opened: Opened, names: Names, *, is_empty: bool) -> Intent | None:
    """What the table says; None where such a request is not sent in a careful run."""
    for row in TABLE:
        if effect in row.effects and opened in row.opened and names in row.names and is_empty in row.is_empty:
            return row.intent
    return None


def intent_of(request: Request, sent: Sent, target: Target, rules: Rules) -> Intent:
    """Why the request may be sent, by the worst that anybody may read out of it. Raises Withheld."""
    every = readings(request, sent, target.contract)
    doing = [each for each in every if each.effect not in ("reads", "session")]
    if any(_pays(each, sent, target) for each in doing):
        raise Withheld(MONEY)
    if any(each.effect == "acts" for each in doing):
        raise Withheld(ACTS)
    intents = [_careful(each, sent, target) for each in doing]
    if None not in intents:
        return Intent.HARMLESS if intents else Intent.READS
    worst = next((each for each in doing if each.effect == "creates"), doing[0])
    if not rules.writes:
        raise Withheld(f"{NEEDS_WRITES}, since it {worst.effect} something there")
    if worst.operation is None:
        raise Withheld(f"names no operation of {target.contract.name}, and may be one that {worst.effect} something")
    return Intent.CREATES if worst.effect == "creates" else Intent.CHANGES


def _pays(reading: Reading, sent: Sent, target: Target) -> bool:
    if reading.operation is None:
        return reading.effect == "pays"
    return pays(reading.operation, sent, target.contract, broken_by(sent, reading.operation, target.contract))


def _careful(reading: Reading, sent: Sent, target: Target) -> Intent | None:
    """What the table says of the request, read so; nothing, where nobody can say what it holds."""
    found = contents.values(sent)
    if found is None or reading.operation is None:
        return None
    opened = _opened(reading, sent, target)
    is_empty = contents.is_empty(found, reading.operation, target)
    return decided(reading.effect, opened, _names(reading, sent, found, target), is_empty=is_empty)


def _opened(reading: Reading, sent: Sent, target: Target) -> Opened:
    if carries_right(sent, target):
        return Opened.RIGHT
    assert reading.operation is not None
    own = reading.operation.raw.get("security")
    ways = target.contract.document.get("security") if own is None else own
    if own is None and not ways:  # credentials that are fields like others are in no security scheme
        entry = target.installation.entry
        return Opened.WRONG if entry.credentials.names() or entry.never else Opened.NEEDLESS
    return Opened.NEEDLESS if not ways or {} in ways else Opened.WRONG


def _names(reading: Reading, sent: Sent, found: list[Value], target: Target) -> Names:
    assert reading.operation is not None
    named = list(contents.ids(found, target))
    if not all(exists_nowhere(value.text) for value in named):
        return Names.SOMETHING
    wanted = {name.lower() for name in contents.identifying(reading.operation, target)}
    told = {name.lower() for value in named for name in value.names}
    if not wanted and reading.effect != "creates":
        wanted = contents.decisive(reading.operation, sent, named, target)
        return Names.NOWHERE if wanted else Names.NOTHING
    return Names.NOWHERE if named and wanted <= told else Names.NOTHING


def unknown_ids(sent: Sent, target: Target, owned: set[str]) -> Iterator[Value]:
    """The ids by number that nobody gave: an example's are not the target's."""
    known = {str(value) for value in target.ids.values()} | {each.partition("=")[2] for each in owned}
    vocabulary = {name.lower() for name in target.installation.entry.properties}
    for value in contents.values(sent) or ():
        names = {name.lower() for name in value.names}
        text = value.text.strip()
        if names & vocabulary and text.isdecimal() and text not in known and not exists_nowhere(text):
            yield value
