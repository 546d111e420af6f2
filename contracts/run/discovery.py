"""Finds ids that a profile does not give: by reading, and nothing else, what the target says that it has."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jsonpath_rfc9535 import JSONPathError, find

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.generate.examples import constants, parameter_constants
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Withheld
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.profile.model import Discovery, Entry, Scalar
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.profile.secret_names import SECRET_NAME
from counterfoil.reports.results import KnownId
from counterfoil.specs.pointers import at_pointer


@dataclass(frozen=True)
class Known:
    """Every id that is known of a target, and by which operation it was found; those of the profile by none.

    `missing` are those that could be found, but were not there.
    """

    ids: Mapping[str, Scalar]
    found_by: Mapping[str, str]
    missing: tuple[str, ...] = ()


def discovered(target: Target, entry: Entry) -> Known:
    """The ids of the entry, and those that the target tells.

    Raises:
        Unreachable: nothing answers.
        ProfileError: an id is to be found by an operation that the contract lacks, or that does more than read.
    """
    search = _Search(target, entry.discover, dict(entry.ids))
    for name, how in entry.discover.items():
        operation = target.contract.operations.get(how.operation)
        if operation is None or operation.effect != "reads":
            told = f"is no operation of {target.contract.name} that only reads"
            raise ProfileError(f"[{target.contract.name}.discover] {name}: {how.operation} {told}")
    for name in entry.discover:
        search.known(name)
    missing = tuple(name for name in entry.discover if name not in search.ids)
    return Known(search.ids, search.found_by, missing)


def shown(known: Known, mask: Mask) -> dict[str, KnownId]:
    """The ids as the run's header holds them, but for those that are secrets."""
    return {
        name: KnownId(value, known.found_by.get(name, ""))
        for name, value in known.ids.items()
        if mask.text(str(value)) == str(value) and not SECRET_NAME.search(name)
    }


@dataclass
class _Search:
    target: Target
    how: Mapping[str, Discovery]
    ids: dict[str, Scalar]
    found_by: dict[str, str] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)
    _answers: dict[str, Any] = field(default_factory=dict)

    def known(self, name: str) -> Scalar | None:
        """The id of that name, which is looked for the first time that somebody asks."""
        if name in self.ids or name in self._tried or name not in self.how:
            return self.ids.get(name)
        self._tried.add(name)
        how = self.how[name]
        try:
            given = {key: self._filled(value) for key, value in how.given.items()}
            picks = [str(self._filled(pick)) for pick in ([how.pick] if isinstance(how.pick, str) else how.pick)]
        except LookupError:
            return None  # what it depends on is not known
        others = {str(self.known(other)) for other in how.but}
        tree = self._answer(how.operation, given)
        value = next((each for pick in picks for each in _picked(tree, pick) if each not in others), None)
        if value is None:
            return None
        usual = seeded().of(self.target.contract.name).ids.get(name)
        self.ids[name] = int(value) if isinstance(usual, int) and value.isdecimal() else value
        self.found_by[name] = how.operation
        return self.ids[name]

    def _filled(self, value: Scalar) -> Scalar:
        """The value with `{name}` replaced by that id, and `{today}` by the date. Raises LookupError."""
        if not isinstance(value, str):
            return value
        for name in [*self.how, *self.ids]:
            if f"{{{name}}}" in value:
                known = self.known(name)
                if known is None:
                    raise LookupError(name)
                value = value.replace(f"{{{name}}}", str(known))
        if "{today}" in value:
            value = value.replace("{today}", datetime.now(UTC).date().isoformat())
        return value

    def _answer(self, name: str, given: Mapping[str, Any]) -> Any:
        """What the operation answers to these arguments, or nothing where it refuses, or may not be asked."""
        key = f"{name} {sorted(given.items())}"
        if key not in self._answers:
            self._answers[key] = None
            with suppress(Withheld):
                exchange = self._asked(name, given)
                if exchange.unreadable is None and outcome(exchange, self.target.contract).accepted:
                    self._answers[key] = _in_texts(exchange.tree)
        return self._answers[key]

    def _asked(self, name: str, given: Mapping[str, Any]) -> Exchange:
        contract = self.target.contract
        operation = contract.operations[name]
        in_path = {each.name for each in operation.parameters if each.place == "path"}
        path = {key: value for key, value in given.items() if key in in_path}
        rest = {key: value for key, value in given.items() if key not in in_path}
        media = next(iter(operation.request.values()), None)
        if media is None:
            return self.target.send(Request(operation, path, {**parameter_constants(operation), **rest}))
        body = {**constants(contract, media.schema), **rest}
        query = parameter_constants(operation)
        return self.target.send(Request(operation, path, query, body=body, media_type=media.media_type))


def _in_texts(node: Any) -> Any:
    """The tree with its numbers as texts: targets write them either way, and a query is to find both."""
    if isinstance(node, dict):
        return {key: _in_texts(below) for key, below in node.items()}
    if isinstance(node, list):
        return [_in_texts(below) for below in node]
    return str(node) if isinstance(node, int | float) and not isinstance(node, bool) else node


def _picked(tree: Any, pick: str) -> list[str]:
    """What the pointer or the query leads to, as far as it can be an id."""
    if pick.startswith("$"):
        try:
            values = list(find(pick, tree).values()) if isinstance(tree, dict | list) else []
        except JSONPathError:
            values = []  # an id that was found makes no query of it
    else:
        values = [at_pointer(tree, pick)]
    return [value for value in values if isinstance(value, str) and value]
