"""What is known of a target: the ids that a profile gives, checked by reading, and those that reading finds."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.generate.examples import usual_fields
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Withheld
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.model import Discovery, Entry, Scalar
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.profile.secret_names import SECRET_NAME
from counterfoil.contracts.run.candidates import Candidate, Query, candidates, fault_of, in_texts, is_whole
from counterfoil.reports.results import KnownId

#: so many are asked about one by one, until one is right
_MOST = 25


@dataclass
class Known:
    """Every id that is known of an installation, and by which operation it was found; those of the profile by none.

    `unfit` are ids of the profile that are not what they are to be, with what is wrong with them: they are not used.
    `missing` could be found, but were not there.
    """

    ids: dict[str, Scalar] = field(default_factory=dict)
    found_by: dict[str, str] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def discovered(target: Target, entry: Entry, *, check: bool = True) -> Known:
    """The ids of the entry as far as they fit, and those that the target tells. See `discovered_together`."""
    return discovered_together({target.contract.name: (target, entry)}, check=check)[target.contract.name]


def discovered_together(targets: Mapping[str, tuple[Target, Entry]], *, check: bool = True) -> dict[str, Known]:
    """The ids of one installation, which keeps several contracts: what one of them tells, the others know, too.

    With `check`, the ids that are given are looked at as well.

    Raises:
        Unreachable: nothing answers.
        ProfileError: an id is to be found by an operation that the contract lacks, or that does more than read.
    """
    for target, entry in targets.values():
        for name, how in entry.discover.items():
            for asked in (how.operation, *(more.operation for more in how.also)):
                operation = target.contract.operations.get(asked)
                if operation is None or operation.effect != "reads":
                    told = f"is no operation of {target.contract.name} that only reads"
                    raise ProfileError(f"[{target.contract.name}.discover] {name}: {asked} {told}")
    given = {name: value for _, entry in targets.values() for name, value in entry.ids.items()}
    known = Known(dict(given))
    searches = [_Search(target, entry, known) for target, entry in targets.values()]
    for name in given if check else ():
        fault = next((fault for search in searches if (fault := search.fault(name, given[name]))), "")
        if fault:
            known.unfit[name] = f"{name} {given[name]} {fault}"
            del known.ids[name]
    for _ in searches:  # what the last one finds may be what the first one looks by
        for search in searches:
            search.find_all()
    of_all = {}
    for name, (_, entry) in targets.items():
        of_all[name] = Known(
            {one: value for one, value in known.ids.items() if _is_of(one, entry)},
            {one: by for one, by in known.found_by.items() if _is_of(one, entry)},
            {one: why for one, why in known.unfit.items() if _is_of(one, entry)},
            tuple(one for one in entry.discover if one not in known.ids and _is_of(one, entry)),
        )
    return of_all


def _is_of(name: str, entry: Entry) -> bool:
    """Whether the contract knows the id at all; what only helps to find one begins with an underscore."""
    return not name.startswith("_") and (name in entry.ids or name in entry.discover or name in entry.meanings)


def shown(known: Known, mask: Mask) -> dict[str, KnownId]:
    """The ids as the run's header holds them, but for those that are secrets."""
    return {
        name: KnownId(value, known.found_by.get(name, ""))
        for name, value in known.ids.items()
        if mask.text(str(value)) == str(value) and not SECRET_NAME.search(name)
    }


class _NotKnown(LookupError):
    """An id that another one is found by is not known."""


class _Search:
    """Looks for the ids of one contract. What it finds goes into `known`, which others may share."""

    def __init__(self, target: Target, entry: Entry, known: Known) -> None:
        self._target, self._entry, self._known = target, entry, known
        self._asked_for: set[str] = set()
        self._answers: dict[str, Any] = {}

    def find_all(self) -> None:
        """Look for whatever is not known yet."""
        self._asked_for.clear()
        for name in self._entry.discover:
            if not name.startswith("_"):  # what only helps is looked for when somebody asks
                self._value(name)

    def fault(self, name: str, value: Scalar) -> str:
        """What keeps the id from being what it is to be; an empty text if nothing does, or if reading cannot tell."""
        how = self._entry.discover.get(name)
        if how is None or not how.among or how.all:
            return ""
        try:
            lists = list(self._lists(how, str(value)))
        except _NotKnown:
            return ""
        if not lists:
            return ""
        same = [each for found, _ in lists for each in found if each.value == str(value)]
        if not same:
            whole = all(is_whole(found, given) for found, given in lists)
            return f"is not among what {how.operation} tells" if whole and not how.some else ""
        if all(each.fault for each in same):
            return same[0].fault
        twin = next((other for other in how.but if str(self._known.ids.get(other)) == str(value)), None)
        return f"is `{twin}`, too" if twin else self._fault_elsewhere(str(value), how)

    def _fault_elsewhere(self, value: str, how: Discovery) -> str:
        """What other operations find wrong with what would be right otherwise."""
        for more in how.also:
            try:
                given = {key: self._filled(each, value) for key, each in more.given.items()}
                unless = {told: self._text(sign, value) for told, sign in more.unless.items()}
            except _NotKnown:
                return f"cannot be looked at by {more.operation}"
            tree = self._answer(more.operation, given)
            fault = fault_of(tree, unless) if tree is not None else ""
            if fault:
                return fault
        return ""

    def _value(self, name: str) -> Scalar | None:
        """The id of that name, which is looked for the first time that somebody asks."""
        ids, how = self._known.ids, self._entry.discover.get(name)
        if name in ids or name in self._asked_for or name in self._known.unfit or how is None:
            return ids.get(name, self._entry.known.get(name))
        self._asked_for.add(name)
        others = {each for other in how.but for each in str(self._value(other)).split(",")}
        try:
            right = (
                each.value
                for found, _ in self._lists(how)
                for each in found
                if not each.fault and each.value not in others
            )
            if how.all:
                value = ",".join(right)
            else:
                few = islice(right, _MOST) if how.also else right
                value = next((each for each in few if not self._fault_elsewhere(each, how)), "")
        except _NotKnown:
            return None
        if not value:
            return None
        usual = seeded().of(self._target.contract.name).ids.get(name)
        ids[name] = int(value) if isinstance(usual, int) and value.isdecimal() else value
        self._known.found_by[name] = how.operation
        return ids[name]

    def _lists(self, how: Discovery, it: str = "") -> Iterator[tuple[list[Candidate], dict[str, Scalar]]]:
        """What the operation offers for each way to fill its arguments, as far as it may be asked and answers."""
        picks = [how.pick] if isinstance(how.pick, str) else how.pick
        prefer = []
        for sign in how.prefer:
            with suppress(_NotKnown):
                prefer.append(self._text(sign))
        query = Query(
            [self._text(pick) for pick in picks],
            self._text(how.among),
            {self._text(told): self._text(sign) for told, sign in how.unless.items()},
            prefer,
        )
        ways = [
            self._tried(value, it) if isinstance(value, list) else [self._filled(value, it)]
            for value in how.given.values()
        ]
        for way in product(*ways):
            given = dict(zip(how.given, way, strict=True))
            tree = self._answer(how.operation, given)
            if tree is not None:
                yield candidates(tree, replace(query, argument=str(given.get(how.argument, "")))), given

    def _tried(self, values: Sequence[Scalar], it: str) -> Iterator[Scalar]:
        """Each of the values that can be filled; of an id that is a list, each element."""
        for value in values:
            with suppress(_NotKnown):
                filled = self._filled(value, it)
                yield from filled.split(",") if isinstance(filled, str) else [filled]

    def _filled(self, value: Scalar, it: str = "") -> Scalar:
        return self._text(value, it) if isinstance(value, str) else value

    def _text(self, value: str, it: str = "") -> str:
        """The text with `{name}` replaced by that id, `{it}` by the one that is looked at, `{today}` by the date.

        Raises:
            _NotKnown: there is no such id.
        """
        if "{it}" in value:
            if not it:
                raise _NotKnown("it")
            value = value.replace("{it}", it)
        for name in [*self._entry.discover, *self._known.ids, *self._entry.known]:
            if f"{{{name}}}" in value:
                known = self._value(name)
                if known is None:
                    raise _NotKnown(name)
                value = value.replace(f"{{{name}}}", str(known))
        now = datetime.now(UTC)
        return value.replace("{today}", now.date().isoformat()).replace("{now}", f"{now:%Y%m%d%H%M%S}")

    def _answer(self, name: str, given: Mapping[str, Any]) -> Any:
        """What the operation answers to these arguments, or nothing where it refuses, or may not be asked."""
        key = f"{name} {sorted(given.items())}"
        if key not in self._answers:
            self._answers[key] = None
            with suppress(Withheld):
                exchange = self._asked(name, given)
                if exchange.unreadable is None and outcome(exchange, self._target.contract).accepted:
                    self._answers[key] = in_texts(exchange.tree)
        return self._answers[key]

    def _asked(self, name: str, given: Mapping[str, Any]) -> Exchange:
        contract = self._target.contract
        operation = contract.operations[name]
        in_path = {each.name for each in operation.parameters if each.place == "path"}
        path = {key: value for key, value in given.items() if key in in_path}
        rest = {key: value for key, value in given.items() if key not in in_path}
        media = next(iter(operation.request.values()), None)
        query, body = usual_fields(contract, operation)
        if media is None:
            return self._target.send(Request(operation, path, {**query, **rest}))
        return self._target.send(Request(operation, path, query, body={**body, **rest}, media_type=media.media_type))
