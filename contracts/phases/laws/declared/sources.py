"""What a resource is made of, such as the cart of an order: it is in it, and used up."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from counterfoil.contracts.phases.laws.declared.calls import StepEnds
from counterfoil.contracts.phases.laws.declared.choices import Draw
from counterfoil.contracts.phases.laws.declared.compared import different, first, found, plain, same
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.laws.declared.things import Thing
from counterfoil.specs import sums
from counterfoil.specs.laws import Make
from counterfoil.specs.pointers import NOWHERE


@dataclass
class Source:
    """A thing that another one is made of; and of what that takes, how many are in stock."""

    thing: Thing
    stock: dict[str, Decimal]

    @classmethod
    def made(cls, run: Run, call: Make, caller: str, draw: Draw) -> "Source":
        """One that is made for it. Raises StepEnds where that cannot be."""
        from counterfoil.contracts.phases.laws.declared.making import ask, take  # which make what is made of something

        assert call.of is not None
        make = run.resources[call.of.resource].make
        if make is None:
            thing = take(run, call.of.resource, caller, draw)
        else:
            thing, _ = ask(run, call.of.resource, run.calls.asked(make.given, draw), caller, None)
        if thing is None:
            raise StepEnds(f"there is no {call.of.resource} to begin with")
        for part, many in call.of.holding.items():
            adding = run.resources[part].make
            assert adding is not None
            for _ in range(many):
                ask(run, part, run.calls.asked(adding.given, draw), caller, thing)
        run.look(thing)
        source = cls(thing, {})
        source.stock = {key: left for key in source._wanted(call) if (left := source._left(run, call, key)) is not None}
        return source

    def _wanted(self, call: Make) -> Counter[str]:
        """How many of what its lines name."""
        wanted = Counter[str]()
        takes = call.of.takes if call.of else None
        if takes is None:
            return wanted
        for line in found(self.thing.shown, takes.lines):
            key, many = plain(first(line, takes.what)), plain(first(line, takes.many))
            if str(many).isdecimal():
                wanted[str(key)] += int(many)
        return wanted

    @staticmethod
    def _left(run: Run, call: Make, key: str) -> Decimal | None:
        assert call.of is not None
        assert call.of.takes is not None
        shown = run.things.read(Thing(call.of.takes.source, key))
        left = plain(first(shown, call.of.takes.stock)) if shown is not NOWHERE else None
        try:
            return None if left is None else sums.number(left)
        except sums.Unknown:
            return None

    def used(self, run: Run, call: Make, thing: Thing) -> None:
        """Hold that the thing has what it was made of, and what has become of that."""
        assert call.of is not None
        before, wanted = self.thing.shown, self._wanted(call)
        law = run.law(thing, "carried", call, call.of.evidence)
        for place, source in call.of.carries.items():
            had, has = first(before, source), first(thing.shown, place)
            run.hold(law, same(had, has), f"{source} was there, and {place} is not that: {different(had, has)}.")
        run.look(self.thing)
        if call.of.empties:
            left = [each for part in call.of.holding for each in run.things.parts(part, self.thing.shown)]
            run.hold(law, not left, f"{len(left)} are left in {self.thing.kind} {self.thing.key}.")
            run.living = [each for each in run.living if each.whole is not self.thing]
        law = run.law(thing, "stock", call, call.of.evidence)
        for key, had in self.stock.items():
            now = self._left(run, call, key)
            holds = run.context.may_be_left(had - wanted[key], now)
            run.hold(law, holds, f"Of {had} of {key}, {wanted[key]} were taken, and there are {now}.")
