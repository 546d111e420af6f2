"""The resources of a run, as its calls have made them: what was asked, what was shown last, whose they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from counterfoil.contracts.phases.laws.declared.calls import USUAL, Calls, Ids, Said, StepEnds
from counterfoil.contracts.phases.laws.declared.choices import Draw
from counterfoil.contracts.phases.laws.declared.compared import entries, first, plain
from counterfoil.specs.laws import Call, Resource
from counterfoil.specs.pointers import NOWHERE


@dataclass
class Thing:
    """One resource of the run. `whole` is the thing that it is a part of; `linked` is what links say of calls on it."""

    kind: str
    id: Any
    caller: str = USUAL
    whole: "Thing | None" = None
    shown: Any = NOWHERE
    asked: Any = None
    linked: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The id, however it is written."""
        return str(plain(self.id))


class Things:
    """Reads the resources of a run."""

    def __init__(self, calls: Calls, resources: dict[str, Resource]) -> None:
        self.calls, self.resources = calls, resources

    def ids(self, thing: Thing | None) -> Ids:
        """What requests are told of a thing, and of what it is a part of."""
        named: dict[str, Any] = {}
        linked: dict[str, dict[str, Any]] = {}
        while thing is not None:
            named = {self.resources[thing.kind].id.name: thing.id, **named}
            linked = {**thing.linked, **linked}
            thing = thing.whole
        return Ids(named, linked)

    def on(self, call: Call, thing: Thing, draw: Draw, caller: str | None = None, **more: Any) -> Said:
        """The answer to a call on a thing, in its owner's name or another's."""
        told = {"id": thing.id, "": thing.shown, **more}
        return self.calls.call(call, draw, thing.caller if caller is None else caller, self.ids(thing), **told)

    def read(self, thing: Thing, caller: str | None = None) -> Any:
        """The thing as it is shown now; NOWHERE where it is not there. Raises StepEnds."""
        resource = self.resources[thing.kind]
        if thing.whole is not None:
            assert resource.within is not None
            whole = self.read(thing.whole, caller)
            return next(
                (each for each in entries(whole, resource.within.entries) if self.key(thing.kind, each) == thing.key),
                NOWHERE,
            )
        call = resource.read or resource.list
        assert call is not None
        said = self.on(call, thing, lambda _: 0, caller)
        if not said.accepted:
            return NOWHERE
        if resource.read:
            return self.shown(resource.read, said)
        assert resource.list is not None
        every = entries(said.exchange.tree, resource.list.entries)
        return next((each for each in every if self.key(thing.kind, each) == thing.key), NOWHERE)

    @staticmethod
    def shown(call: Call, said: Said) -> Any:
        """What the answer to a call shows. Raises StepEnds where it is accepted and shows nothing at all."""
        if said.exchange.tree is None:
            raise StepEnds(f"the answer of {call.operation} is empty")
        return said.at(call.at)

    def key(self, kind: str, shown: Any) -> str:
        """The id that a representation shows, however it is written."""
        value = first(shown, self.resources[kind].id.at)
        return "" if value is NOWHERE else str(plain(value))

    def parts(self, kind: str, whole: Any) -> list[Any]:
        """The entries of a whole that are of this kind."""
        within = self.resources[kind].within
        assert within is not None
        return entries(whole, within.entries)

    def below(self, kind: str) -> Iterator[str]:
        """The kinds that are parts of this one."""
        yield from (name for name, each in self.resources.items() if each.within and each.within.resource == kind)
