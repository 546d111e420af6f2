"""The state machine of a resource and its parts: its calls in any order."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from counterfoil.contracts.phases.laws.context import LawContext
from counterfoil.contracts.phases.laws.declared import living, making
from counterfoil.contracts.phases.laws.declared.calls import NotSent, StepEnds
from counterfoil.contracts.phases.laws.declared.choices import CHOICES, Draw, drawing
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.laws.declared.things import Thing
from counterfoil.specs.laws import Laws, Resource

_AT_ONCE = 3  # refusals that a step asks for


@contextmanager
def step(context: LawContext, run: Run | None = None) -> Iterator[None]:
    """A step that ends where nothing can be said: of what has become of the things of the run nothing is known then."""
    try:
        yield
    except NotSent as reason:
        context.unjudged = context.unjudged or reason
    except StepEnds as reason:
        context.unjudged = context.unjudged or reason
        if run is not None:
            run.living.clear()


class ResourceMachine(RuleBasedStateMachine):
    """The calls of a resource and its parts, in any order. A subclass has the context and the declaration."""

    context: LawContext
    laws: Laws
    family: tuple[str, ...]

    @initialize(choices=CHOICES)
    def begin(self, choices: bytes) -> None:
        """Begin with one of each, and with two of what is a part."""
        self.context.begin(afresh=True)
        self.run = Run(self.context, self.laws, self.family)
        #: where the refusals go on that the run has not asked for yet: chance alone would ask for some of them never
        self.refused: int | None = None
        draw = drawing(choices)
        with step(self.context, self.run):
            for kind in self.family:
                for _ in range(2 if self.run.resources[kind].within else 1):
                    making.make(self.run, kind, draw)

    @classmethod
    def resources(cls) -> list[Resource]:
        """What is declared of the family."""
        return [cls.laws.resources[name] for name in cls.family]

    def _thing(self, draw: Draw, part: str) -> Thing | None:
        """A living thing of which something is declared."""
        able = [each for each in self.run.living if getattr(self.run.resource(each), part)]
        return able[draw(len(able))] if able else None

    @rule(choices=CHOICES)
    def make(self, choices: bytes) -> None:
        """Make one more."""
        draw = drawing(choices)
        kinds = [each for each in self.family if len(self.run.of(each)) < self.run.resources[each].most]
        if kinds:
            with step(self.context, self.run):
                making.make(self.run, kinds[-1 - draw(len(kinds))], draw)

    @precondition(lambda self: any(each.change for each in self.resources()))
    @rule(choices=CHOICES)
    def change(self, choices: bytes) -> None:
        """Change one."""
        draw = drawing(choices)
        thing = self._thing(draw, "change")
        if thing is not None:
            calls = self.run.resource(thing).change
            begin = draw(len(calls))
            with step(self.context, self.run):
                for call in [*calls[begin:], *calls[:begin]][:2]:
                    living.change(self.run, thing, call, draw)

    @precondition(lambda self: any(each.remove or each.empty for each in self.resources()))
    @rule(choices=CHOICES)
    def remove(self, choices: bytes) -> None:
        """Remove one, or all parts of one."""
        draw = drawing(choices)
        emptied = [each for each in self.family if self.run.resources[each].empty and len(self.run.of(each)) > 1]
        with step(self.context, self.run):
            if emptied and not draw(2):
                whole = self.run.of(emptied[0])[0].whole
                assert whole is not None
                living.empty(self.run, whole, emptied[0], draw)
                return
            thing = self._thing(draw, "remove")
            if thing is not None:
                living.remove(self.run, thing, draw)

    @precondition(lambda self: any(each.states for each in self.resources()))
    @rule(choices=CHOICES)
    def act(self, choices: bytes) -> None:
        """Move one into another state."""
        draw = drawing(choices)
        thing = self._thing(draw, "states")
        if thing is not None:
            with step(self.context, self.run):
                living.act(self.run, thing, draw)

    @precondition(lambda self: any(each.owner for each in self.resources()))
    @rule(choices=CHOICES)
    def reach(self, choices: bytes) -> None:
        """Let a stranger try."""
        draw = drawing(choices)
        thing = self._thing(draw, "owner")
        if thing is not None:
            with step(self.context, self.run):
                living.reach(self.run, thing, draw)

    @precondition(lambda self: any(each.list or each.read for each in self.resources()))
    @rule(choices=CHOICES)
    def look_for(self, choices: bytes) -> None:
        """Look for one, rather for a new one: what is new is what a list may lack."""
        draw = drawing(choices)
        whole = [each for each in self.run.living if each.whole is None]
        if whole:
            with step(self.context, self.run):
                living.look_for(self.run, whole[-1 - draw(len(whole))], draw)

    @rule(choices=CHOICES)
    def ask_for_the_impossible(self, choices: bytes) -> None:
        """Ask for what must be refused, or for what nobody has made."""
        draw = drawing(choices)
        refusals = [(kind, name) for kind in self.family for name in self.run.resources[kind].refuses]
        with step(self.context, self.run):
            if refusals and draw(4) < 3:
                begin = (draw(len(refusals)) if self.refused is None else self.refused) % len(refusals)
                self.refused = begin + _AT_ONCE
                for kind, name in [*refusals[begin:], *refusals[:begin]][:_AT_ONCE]:
                    making.refuse(self.run, kind, name, draw)
            else:
                living.ask_for_nobody(self.run, self.family[draw(len(self.family))], draw)
