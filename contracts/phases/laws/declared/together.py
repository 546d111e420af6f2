"""Callers at once: of what they make, each has an id of its own and is there as it was asked for."""

from collections import Counter
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.phases.laws.context import LawContext, Stopped, Unreadable
from counterfoil.contracts.phases.laws.declared import making
from counterfoil.contracts.phases.laws.declared.calls import NotSent, Said, StepEnds, judged
from counterfoil.contracts.phases.laws.declared.choices import CHOICES, Draw, drawing
from counterfoil.contracts.phases.laws.declared.compared import entries, first, found, plain
from counterfoil.contracts.phases.laws.declared.machine import step
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.laws.declared.things import Thing
from counterfoil.reports.mismatch import told as as_json
from counterfoil.specs.laws import Call, Laws
from counterfoil.specs.pointers import NOWHERE

_FEW = 2  # where only so many orders may be placed


class TogetherMachine(RuleBasedStateMachine):
    """Callers who make, and remove, at the same time. A subclass has the context and the declaration."""

    context: LawContext
    laws: Laws
    kind: str

    @rule(choices=CHOICES)
    def at_once(self, choices: bytes) -> None:
        """Make one each; and move or remove the same one."""
        draw = drawing(choices)
        self.context.begin()
        resource = self.laws.resources[self.kind]
        root = resource.within.resource if resource.within else self.kind
        run = Run(self.context, self.laws, self.laws.family(root))
        with step(self.context, run):
            self._make(run, draw)
            if resource.remove and resource.together and resource.together.once:
                self._once(run, resource.remove, "single", resource.together.once, draw)
            for name, action in resource.states.actions.items() if resource.states else ():
                if action.once:
                    self._once(run, action, "moved_once", action.once, draw, action=name)

    def _make(self, run: Run, draw: Draw) -> None:
        resource = run.resources[self.kind]
        call, together = resource.make, resource.together
        assert call is not None
        assert together is not None
        whole = making.make(run, resource.within.resource, draw) if resource.within else None
        if resource.within and whole is None:
            return
        if whole is not None and resource.empty:
            run.things.on(resource.empty, whole, draw)
        caller = whole.caller if whole else next(iter(run.calls.callers(resource.by)), None)
        if caller is None:
            raise NotSent(f"needs a caller in the profile: {' or '.join(resource.by)}")
        before = run.total(self.kind, draw)
        many = _FEW if self.context.world.careful else together.callers
        asked = [run.calls.asked(call.given, draw) for _ in range(many)]
        requests = [run.calls.request(call.operation, each, caller, run.things.ids(whole)) for each in asked]
        answers = self._sent(requests, asked)
        made = [said for said in answers if said.accepted]
        if whole is not None:
            self._hold_parts(run, call, made, whole)
            return
        numbers = [said.at(call.id) if call.id else first(said.at(call.at), resource.id.at) for said in made]
        ids = [(self.kind, number) for number in numbers if number is not NOWHERE]
        ids += [
            (of, each) for of, at in resource.id.also.items() for said in made for each in found(said.at(call.at), at)
        ]
        keys = sorted(f"{of} {plain(number)}" for of, number in ids)
        twice = sorted({key for key in keys if keys.count(key) > 1})
        law = run.law(self.kind, "apart", call, together.evidence)
        run.hold(law, not twice, f"There is {', '.join(twice)} more than once.")
        for number, said in sorted(zip(numbers, made, strict=True), key=lambda each: str(each[0])):
            thing = Thing(self.kind, number, caller)
            run.look(thing)
            law = run.law(self.kind, "all_there", call, together.evidence)
            run.hold(law, thing.shown is not NOWHERE, f"{self.kind} {thing.key} was made, and is not there.")
            run.as_asked(law, call, thing.shown, said.asked)
        after = run.total(self.kind, draw)
        if before is not None and after is not None:
            law = run.law(self.kind, "counted", resource.list, together.evidence)
            run.hold(
                law, after == before + len(made), f"There were {before}; after {len(made)} more there are {after}."
            )

    def _hold_parts(self, run: Run, call: Call, made: list[Said], whole: Thing) -> None:
        resource = run.resources[self.kind]
        assert resource.together is not None
        run.look(whole)
        parts = run.things.parts(self.kind, whole.shown)
        keys = [run.things.key(self.kind, each) for each in parts]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        law = run.law(self.kind, "apart", call, resource.together.evidence)
        run.hold(law, not twice, f"There is {', '.join(twice)} more than once.")
        each = resource.make.each if resource.make else None
        lines = [line for said in made for line in (entries(said.asked, each) if each else [said.asked])]
        law = run.law(self.kind, "all_there", call, resource.together.evidence)
        run.hold(law, len(parts) == len(lines), f"Of {len(lines)}, {len(parts)} are there.")
        for place, source in call.shows.items():
            wanted = Counter(str(plain(value)) for line in lines if (value := found(line, source)))
            told = Counter(str(plain(value)) for part in parts if (value := found(part, place)))
            if not any(run.is_free(call, place, part) for part in parts):
                why = f"Asked was {as_json(dict(wanted))}, and {place} is {as_json(dict(told))}."
                run.hold(law, wanted <= told, why)

    def _sent(self, requests: list[Any], asked: list[dict[str, Any]]) -> list[Said]:
        try:
            answers = self.context.together(requests)
        except Stopped as stopped:
            if stopped.others_go_on:
                raise NotSent(str(stopped.error)) from stopped
            raise
        except Unreadable as unreadable:
            raise StepEnds(str(unreadable)) from unreadable
        return [judged(*answer, each) for answer, each in zip(answers, asked, strict=True)]

    def _once(self, run: Run, call: Call, kind: str, evidence: str, draw: Draw, **told: str) -> None:
        """Let all callers do the same with one that is new."""
        together = run.resources[self.kind].together
        assert together is not None
        thing = making.make(run, self.kind, draw)
        if thing is None:
            return
        given = [run.calls.asked(call.given, draw, id=thing.id, **told) for _ in range(together.callers)]
        requests = [run.calls.request(call.operation, each, thing.caller, run.things.ids(thing)) for each in given]
        done = sum(said.accepted for said in self._sent(requests, given))
        why = f"Of {len(given)} calls of {call.operation} on {self.kind} {thing.key}, {done} are done."
        run.hold(run.law(self.kind, kind, call, evidence), done == 1, why)
