"""Two answers to the same request, and every way in which they differ."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from counterfoil.contracts.checks.outcome import Outcome, outcome
from counterfoil.contracts.diff.normalise import Contradiction, Normaliser
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.contracts.wire.described import Described, described
from counterfoil.reports.difference import Kind, Severity
from counterfoil.specs import Contract
from counterfoil.specs.pointers import escaped
from counterfoil.specs.schemas import schemas_of

Path = tuple[str | int, ...]
#: a kind, a place, and what else tells one difference there from another
Spot = tuple[str, str, str]

#: what ends the comparison of two answers: they do not mean the same
OTHER_MEANING = frozenset(("unanswered", "status", "outcome"))

#: of these a web server or the way decides, answer by answer
_OF_THE_WAY = frozenset(
    ("connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "transfer-encoding")
)
_NAMES = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class Silence:
    """A request that is not answered, and why."""

    why: str


@dataclass(frozen=True)
class AnswerDifference:
    """One way in which two answers differ.

    `detail` is what has the same cause as others of its kind, `where` the place in A's answer, `place` all places like it.
    `reason` says why it has to differ, if it has to; one that is not `learnable` is none the less for differing always.
    """

    kind: Kind
    severity: Severity
    detail: str
    what: str
    where: str
    place: str
    values: tuple[Any, Any]
    reason: str | None = None
    learnable: bool = True

    @property
    def spot(self) -> Spot:
        """What has to differ in a target by itself, for this to be excused."""
        if self.kind == "header":
            return self.kind, self.where, self.detail
        types = " ".join(sorted(_kind(value) for value in self.values)) if self.kind == "type" else ""
        return self.kind, self.where, types


def unanswered(a: Exchange | Silence, b: Exchange | Silence) -> AnswerDifference:
    """The difference between an answer and none."""
    told = [each.why if isinstance(each, Silence) else f"status {each.status}" for each in (a, b)]
    if isinstance(b, Silence):
        return AnswerDifference("unanswered", "breaking", "B", "B does not answer", "", "", (told[0], told[1]))
    return AnswerDifference("unanswered", "changed", "A", "A does not answer, and B does", "", "", (told[0], told[1]))


def differences(a: Exchange, b: Exchange, contract: Contract, normaliser: Normaliser) -> Iterator[AnswerDifference]:
    """Every way in which B's answer differs from A's; what differs because it has to says so."""
    return _Comparison(a, b, contract, normaliser).all()


class _Comparison:
    def __init__(self, a: Exchange, b: Exchange, contract: Contract, normaliser: Normaliser) -> None:
        self._a, self._b, self._contract, self._normaliser = a, b, contract, normaliser
        self._values: list[tuple[Path, str, Any, Any]] = []
        self._charsets = (a.charset or "utf-8").lower(), (b.charset or "utf-8").lower()

    def all(self) -> Iterator[AnswerDifference]:
        a, b = self._a, self._b
        one, two = outcome(a, self._contract), outcome(b, self._contract)
        meant = _meant(one, a.status), _meant(two, b.status)
        other = AnswerDifference("outcome", "changed", "-".join(meant), f"A: {meant[0]}; B: {meant[1]}", "", "", meant)
        if a.status != b.status:
            what = f"A answers {a.status}, B answers {b.status}"
            severity: Severity = "breaking" if a.status < 500 else "changed"
            yield AnswerDifference("status", severity, f"{a.status}-{b.status}", what, "", "", meant)
            return
        yield from self._headers()
        if a.media_type != b.media_type:
            types = a.media_type or "no media type", b.media_type or "no media type"
            what = f"A answers with {types[0]}, B with {types[1]}"
            yield AnswerDifference("media_type", "breaking", "-".join(types), what, "", "", types)
        elif _mean_the_same(one, two):
            yield from self._body()
        else:
            yield replace(other, severity="breaking") if one.accepted else other

    def _headers(self) -> Iterator[AnswerDifference]:
        headers = self._a.answer.headers if self._a.answer else {}
        documented = {name.lower(): (name, node) for name, node in headers.items()}
        one, two = ({name.lower(): (name, v) for name, v in each.headers.items()} for each in (self._a, self._b))
        for key in dict.fromkeys((*one, *two)):
            if key in _OF_THE_WAY:
                continue
            known, place = key in documented, f"header {key}"
            name, node = documented.get(key) or ((one.get(key) or two[key])[0], {})
            values = one.get(key, ("", None))[1], two.get(key, ("", None))[1]
            if key not in two:
                severity: Severity = "breaking" if node.get("required") else "changed" if known else "noise"
                what = f"B lacks the header {name}{'' if known else ', which is not documented'}"
                yield AnswerDifference("header", severity, f"missing {key}", what, place, place, values)
            elif key not in one:
                severity = "changed" if known else "noise"
                what = f"B has the header {name}{'' if known else ', which is not documented'}"
                yield AnswerDifference("header", severity, f"extra {key}", what, place, place, values)
            elif known and values[0] != values[1]:
                what = f"the header {name} differs"
                plain = AnswerDifference("header", "changed", f"value {key}", what, place, place, values)
                yield self._reasoned(plain, key, f"the header {name}")

    def _body(self) -> Iterator[AnswerDifference]:
        a, b = self._a, self._b
        charsets = self._charsets
        if charsets[0] != charsets[1]:
            what = f"A answers in {charsets[0]}, B in {charsets[1]}"
            yield AnswerDifference("media_type", "changed", "-".join(charsets), what, "", "", charsets)
        if (a.unreadable is None) != (b.unreadable is None):
            broken = "B" if b.unreadable else "A"
            severity: Severity = "breaking" if broken == "B" else "changed"
            what = f"the body of {broken} cannot be read as {a.media_type}"
            told = a.unreadable or "readable", b.unreadable or "readable"
            yield AnswerDifference("type", severity, f"unreadable at {broken}", what, "", "", told)
            return
        yield from self._node((), "", a.tree, b.tree)
        for path, place, one, two in self._values:  # at last, when all ids of the answers are known to each other
            name, label = _name(path), _label(path)
            plain = AnswerDifference("value", "changed", name, f"{label} differs", _pointer(path), place, (one, two))
            yield self._reasoned(plain, name, label)

    def _reasoned(self, plain: AnswerDifference, name: str, label: str) -> AnswerDifference:
        """The difference with the reason for it, or with what speaks against it."""
        reason = self._normaliser.reason(name, *plain.values)
        if isinstance(reason, Contradiction):
            return replace(plain, detail=f"{plain.detail} {reason}", what=f"{label} {reason}", learnable=False)
        return replace(plain, reason=reason)

    def _node(self, path: Path, place: str, a: Any, b: Any, loose: bool = False) -> Iterator[AnswerDifference]:
        """What differs from here on; `loose` of two things that need not be the same, only how they are made."""
        if isinstance(a, dict) and isinstance(b, dict):
            yield from self._object(path, place, a, b, loose)
        elif isinstance(a, list) and isinstance(b, list):
            yield from self._list(path, place, a, b, loose)
        elif _kind(a) != _kind(b):
            label = _label(path)
            what = f"{label} is {_kind(a)} at A, {_kind(b)} at B"
            severity = self._weight(path, a, b)
            yield AnswerDifference(
                "type", severity, f"{_name(path)} {_slug(a)}-{_slug(b)}", what, _pointer(path), place, (a, b)
            )
        elif a != b and not loose and not self._are_the_same_bytes(a, b):
            self._normaliser.link(_name(path), a, b)
            self._values.append((path, place, a, b))

    def _are_the_same_bytes(self, a: Any, b: Any) -> bool:
        """Whether only the encodings differ that both sides name, which is told once and not of each text."""
        if self._charsets[0] == self._charsets[1] or not isinstance(a, str) or not isinstance(b, str):
            return False
        try:
            return a.encode(self._charsets[0]) == b.encode(self._charsets[1])
        except (UnicodeEncodeError, LookupError):
            return False

    def _object(
        self, path: Path, place: str, a: dict[str, Any], b: dict[str, Any], loose: bool
    ) -> Iterator[AnswerDifference]:
        is_key, required = self._keys(path), self._required(path)
        called = {(self._normaliser.key(name) if is_key(name) else name): name for name in a}
        odd = [
            name for name in (*(n for n in called if n not in b), *(n for n in b if n not in called)) if is_key(name)
        ]
        if odd and not loose:
            yield self._members(path, place, a, b, f"not in both: {', '.join(odd[:5])}")
        for name_b, name in called.items():
            below = f"{place}/{'*' if is_key(name) else escaped(name)}"
            if name_b in b:
                yield from self._node((*path, name), below, a[name], b[name_b], loose)
            elif name not in odd and (name in required or not loose):
                severity: Severity = "breaking" if name in required else "changed"
                what = f"B lacks `{name}`{', which is required' if name in required else ''}"
                yield AnswerDifference("missing", severity, name, what, _pointer((*path, name)), below, (a[name], None))
        for name, value in b.items():
            if name not in called and name not in odd and not (loose and self._is_documented(path, name)):
                below = f"{place}/{escaped(name)}"
                what = f"B has `{name}` besides"
                yield AnswerDifference("extra", "changed", name, what, _pointer((*path, name)), below, (None, value))

    def _list(self, path: Path, place: str, a: list[Any], b: list[Any], loose: bool) -> Iterator[AnswerDifference]:
        if len(a) != len(b) and not loose:
            yield self._members(path, place, a, b)
        same = _same(a, b, self._normaliser)
        if same is None:  # nobody knows which member is which; lists of other lengths hold other things
            loose = loose or len(a) != len(b)
            same = [(index, index) for index in range(min(len(a), len(b)))]
        positions = [at for _, at in same]
        if positions != sorted(positions) and not loose:
            what = f"{_label(path)} stands in another order"
            yield AnswerDifference("order", "changed", _name(path), what, _pointer(path), place, (_ids(a), _ids(b)))
        for index, at in same:
            yield from self._node((*path, index), f"{place}/*", a[index], b[at], loose)

    def _members(self, path: Path, place: str, a: Any, b: Any, which: str = "") -> AnswerDifference:
        told = [f"{len(each)} member{'' if len(each) == 1 else 's'}" for each in (a, b)]
        shown = (f"{told[0]} {which}".rstrip(), f"{told[1]} {which}".rstrip())
        what = f"{_label(path)} has other members"
        return AnswerDifference("members", "changed", _name(path), what, _pointer(path), place, shown)

    @cached_property
    def _described(self) -> dict[Path, Described]:
        """What the contract says of each place of A's answer."""
        return self._of(self._a)

    @cached_property
    def _described_at_b(self) -> dict[Path, Described]:
        return self._of(self._b)

    def _of(self, exchange: Exchange) -> dict[Path, Described]:
        if exchange.media is None:
            return {}
        return {each.path: each for each in described(self._contract, exchange.media.schema, exchange.tree, "")}

    def _keys(self, path: Path) -> Callable[[str], bool]:
        """Tells of a name whether it is the key of a map, as far as the contract says so, and not a property."""
        here = self._described.get(path)
        schemas = [schema for schema, _ in here.schemas] if here else []
        is_map = any(isinstance(s.get("additionalProperties"), dict) or "patternProperties" in s for s in schemas)
        names = here.said.names if here else set()
        return lambda name: is_map and name not in names

    def _required(self, path: Path) -> set[str]:
        here = self._described.get(path)
        return {name for schema, _ in here.schemas for name in schema.get("required", ())} if here else set()

    def _is_documented(self, path: Path, name: str) -> bool:
        return (*path, name) in self._described_at_b

    def _weight(self, path: Path, a: Any, b: Any) -> Severity:
        """How grave another type is: clients live with what the contract allows, with null, and with PHP's empty map."""
        places = (self._described, a), (self._described_at_b, b)
        allowed = all(path in known and _holds(known[path], value, self._contract) for known, value in places)
        lenient = allowed or a is None or b is None or (a in ({}, []) and b in ({}, []))
        return "changed" if lenient else "breaking"


def _holds(here: Described, value: Any, contract: Contract) -> bool:
    return all(schemas_of(contract).holds(schema, value) for schema, _ in here.schemas)


def _mean_the_same(one: Outcome, two: Outcome) -> bool:
    """Whether the outcomes are, or may be, the same: what cannot be told is compared by the bodies, which say more."""
    if one.unclear or two.unclear:
        return True
    if one.accepted or two.accepted:
        return one.accepted and two.accepted
    return {*one.candidates} == {*two.candidates} or not {*one.candidates}.isdisjoint(two.candidates)


def _meant(got: Outcome, status: int) -> str:
    return got.label(status) or " or ".join(got.candidates) or str(got)


def _kind(value: Any) -> str:
    return "null" if value is None else _NAMES[type(value)]


def _slug(value: Any) -> str:
    return _kind(value).rpartition(" ")[2]


def _pointer(path: Path) -> str:
    return "".join(f"/{escaped(str(step))}" for step in path)


def _name(path: Path) -> str:
    """The name of the nearest property; `$` is the value of the element that it stands in."""
    return next((step for step in reversed(path) if isinstance(step, str) and step != "$"), "")


def _label(path: Path) -> str:
    return f"`{_name(path)}`" if _name(path) else "the body"


def _ids(members: list[Any]) -> list[Any]:
    return [_identity(each) for each in members]


def _identity(member: Any) -> Any:
    """What tells a member of a list from the others: its id; None where it has none."""
    if isinstance(member, dict):
        return member.get("id", next((v for name, v in member.items() if name.lower().endswith("id")), None))
    return None


def _same(a: list[Any], b: list[Any], normaliser: Normaliser) -> list[tuple[int, int]] | None:
    """Which member of A is which of B, by their ids; None where ids do not tell."""
    for members in (a, b):
        ids = [str(each) for each in _ids(members)]
        if "None" in ids or len(set(ids)) < len(ids):
            return None
    at = {str(each): index for index, each in enumerate(_ids(b))}
    wanted = [(index, normaliser.key(str(each))) for index, each in enumerate(_ids(a))]
    found = [(index, at[name]) for index, name in wanted if name in at]
    return found if found and len(found) * 2 >= min(len(a), len(b)) else None
