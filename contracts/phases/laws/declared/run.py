"""One run of the declared laws: the things that are there by now, and what holds of each of them however it was reached."""

from collections.abc import Iterator
from typing import Any

from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.declared.calls import Calls, Said, StepEnds
from counterfoil.contracts.phases.laws.declared.choices import NOBODY, Draw
from counterfoil.contracts.phases.laws.declared.compared import (
    different,
    entries,
    first,
    found,
    matching,
    plain,
    same,
    without,
)
from counterfoil.contracts.phases.laws.declared.named import Named
from counterfoil.contracts.phases.laws.declared.things import Thing, Things
from counterfoil.reports.mismatch import told as as_json
from counterfoil.specs.laws import Call, Laws, Resource
from counterfoil.specs.pointers import NOWHERE, escaped, steps_of
from counterfoil.specs.schemas import schemas_of


class Run:
    """What a run knows."""

    def __init__(self, context: LawContext, laws: Laws, family: tuple[str, ...]) -> None:
        self.context, self.family = context, family
        self.resources = laws.resources
        self.calls = Calls(context, laws)
        self.things = Things(self.calls, self.resources)
        contract = context.world.contract
        self.named = {name: Named(contract, laws, name) for name in self.resources}
        self.living: list[Thing] = []
        #: how many actions were tried: each time another one comes first, since chance alone would leave some out
        self.acts = 0
        #: of all runs on a deployment, where what earlier ones have made is still there
        self._seen: set[tuple[str, str]] = context.once(f"ids of {family[0]}", set)
        self._largest: dict[str, int] = context.once(f"largest ids of {family[0]}", dict)
        self._constants: dict[tuple[str, ...], tuple[Any, str]] = context.once(f"constants of {family[0]}", dict)

    def law(self, thing: Thing | str, kind: str, call: Call | None = None, *said: str | None) -> Law:
        """A law of a thing's kind."""
        return self.named[thing if isinstance(thing, str) else thing.kind].law(kind, call, *said)

    def hold(self, law: Law, holds: bool, why: str) -> None:
        """Hold a law."""
        self.context.hold(law, holds, why)

    def of(self, kind: str) -> list[Thing]:
        """The living things of a kind."""
        return [each for each in self.living if each.kind == kind]

    def resource(self, thing: Thing) -> Resource:
        """What is declared of the thing's kind."""
        return self.resources[thing.kind]

    def besides(self, thing: Thing) -> list[str]:
        """What may differ between two readings of the thing."""
        return self.resources[thing.kind].besides

    def undescribed(self, thing: Thing) -> list[str]:
        """What a thing shows besides what the contract describes: nobody says what becomes of that."""
        call = self.resource(thing).read
        if call is None or call.at is None or call.at.startswith("$") or not isinstance(thing.shown, dict):
            return []
        answers = self.calls.contract.operations[call.operation].answers.values()
        media = next((media for answer in answers if answer.status < 300 for media in answer.media.values()), None)
        schemas, schema = schemas_of(self.calls.contract), media.schema if media else {}
        for step in steps_of(call.at):
            schema = schemas.properties(schema).get(step, {})
        known = schemas.properties(schema)
        return [f"/{escaped(name)}" for name in thing.shown if known and name not in known]

    # what holds whatever was done

    def new(self, kind: str, number: Any, shown: Any, call: Call) -> None:
        """Hold that an id was never there before, and is larger than those that were; and so for the other ids in it."""
        identity = self.resources[kind].id
        known = [(kind, number)]
        known += [(of, each) for of, place in identity.also.items() for each in found(shown, place)]
        keys = [(of, key) for of, each in known if (key := str(plain(each))) not in ("0", "None")]
        twice = [f"{of} {key}" for of, key in keys if (of, key) in self._seen or keys.count((of, key)) > 1]
        self.hold(self.law(kind, "unique", call), not twice, f"There was {' and '.join(twice)} before.")
        self._seen.update(keys)
        for of, key in keys if identity.grows else ():
            before = self._largest.get(of, 0)
            if key.isdecimal():
                law = self.law(kind, "grows", call, identity.grows)
                self.hold(law, int(key) > before, f"After {of} {before} comes {key}.")
                self._largest[of] = max(before, int(key))

    def distinct(self, kind: str, parts: list[Any], call: Call) -> None:
        """Hold that the ids of the parts of a whole are all different."""
        keys = [self.things.key(kind, each) for each in parts]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        self.hold(self.law(kind, "unique", call), not twice, f"There is {', '.join(twice)} more than once.")

    def constants(self, thing: Thing) -> None:
        """Hold what is the same everywhere."""
        for name, told in self.resource(thing).constant.items():
            for entry in found(thing.shown, told.of):
                value = plain(first(entry, told.is_))
                by = tuple(as_json(plain(first(entry, each))) for each in told.by)
                known, of = self._constants.setdefault((thing.kind, name, *by), (value, thing.key))
                whose = ", ".join(by) or "the same"
                why = f"It is {as_json(value)} in {thing.key}, but {as_json(known)} in {of}, by {whose}."
                self.hold(self.named[thing.kind].constant(name), value == known, why)

    def references(self, thing: Thing) -> None:
        """Hold that what is named is there, and says the same."""
        for name, told in self.resource(thing).refers.items():
            meant = {str(plain(first(each, told.id))): each for each in found(thing.shown, told.to)}
            law = self.named[thing.kind].reference(name)
            for entry in found(thing.shown, told.of):
                key = str(plain(first(entry, told.by)))
                if key == "None":
                    continue
                self.hold(law, key in meant, f"{told.by} is {key}, but there are {', '.join(meant)}.")
                for place in told.same if key in meant else ():
                    mine, others = plain(first(entry, place)), plain(first(meant[key], place))
                    self.hold(law, mine == others, f"{place} is {as_json(mine)}, but {as_json(others)} in {key}.")

    def as_asked(self, law: Law, call: Call, shown: Any, asked: Any) -> None:
        """Hold that what was asked for is shown."""
        for place, wanted, told in self._asked_and_told(call, shown, asked):
            is_told = f"is {as_json(told)}" if told else "is not there"
            self.hold(law, wanted == told, f"Asked was {as_json(wanted)}, and {place} {is_told}.")

    def paired(self, call: Call, shown: list[Any], asked: list[Any]) -> list[tuple[Any, Any]]:
        """Each part with what was asked for: nobody promises that they stand in the order in which they were asked for."""
        if len(shown) == len(asked) and (order := matching([self._fitting(call, shown, each) for each in asked])):
            shown = [shown[at] for at in order]
        return list(zip(shown, asked, strict=False))

    def _fitting(self, call: Call, shown: list[Any], asked: Any) -> list[int]:
        """Which of the parts are as it was asked for."""
        every = enumerate(shown)
        return [at for at, each in every if all(a == b for _, a, b in self._asked_and_told(call, each, asked))]

    def _asked_and_told(self, call: Call, shown: Any, asked: Any) -> Iterator[tuple[str, Any, Any]]:
        """Each place where something has to be shown as it was asked for, with both."""
        for place, source in call.shows.items():
            wanted, told = [each for each in found(asked, source) if each is not None], found(shown, place)
            if (wanted or source.startswith("$")) and not self.is_free(call, place, shown):
                yield place, plain(wanted), plain(told)

    def is_free(self, call: Call, place: str, shown: Any) -> bool:
        """Whether nobody promises that what was asked for stands there."""
        schema = call.unless.get(place)
        return schema is not None and schemas_of(self.context.world.contract).holds(schema, shown)

    def as_answered(self, thing: Thing, call: Call, said: Said) -> None:
        """Hold that what the answer to a call showed of the thing, or of its whole, is read again."""
        if call.at is None:
            return
        answered = said.at(call.at)
        subject = thing.whole or thing
        if answered is NOWHERE or not isinstance(answered, dict) or subject.shown is NOWHERE:
            return
        besides = self.besides(subject)
        why = f"{call.operation} has answered otherwise: {different(answered, subject.shown, besides)}."
        alike = same(answered, subject.shown, besides)
        if subject is not thing:  # a whole is answered as a whole, and not only what was asked for
            alike = plain(without(answered, besides)) == plain(without(subject.shown, besides))
        self.hold(self.law(thing, "kept", call), alike, why)

    def unchanged(self, things: list[Thing], law: Law, after: str) -> None:
        """Hold that things are as they were."""
        for thing in things:
            shown = self.things.read(thing)
            if thing.shown is not NOWHERE:
                why = f"After {after}, {thing.kind} {thing.key} is different: "
                self.hold(law, shown is not NOWHERE, f"After {after}, {thing.kind} {thing.key} is not there.")
                besides = self.besides(thing)
                self.hold(law, same(thing.shown, shown, besides), why + different(thing.shown, shown, besides))
            thing.shown = shown

    def look(self, thing: Thing) -> None:
        """Read a thing, and what it is a part of."""
        if thing.whole is not None:
            self.look(thing.whole)
            assert self.resource(thing).within is not None
            shown = self.things.parts(thing.kind, thing.whole.shown)
            thing.shown = next((each for each in shown if self.things.key(thing.kind, each) == thing.key), NOWHERE)
        else:
            thing.shown = self.things.read(thing)

    def forget(self, thing: Thing) -> None:
        """The thing is not there any more, nor are its parts."""
        self.living = [each for each in self.living if each is not thing and not self.is_within(each, thing)]

    @staticmethod
    def is_within(thing: Thing | None, whole: Thing) -> bool:
        """Whether a thing is a part of another one, or of its parts."""
        while thing is not None:
            thing = thing.whole
            if thing is whole:
                return True
        return False

    def total(self, kind: str, draw: Draw) -> int | None:
        """How many of a kind there are, where an answer says so and nobody else is at work."""
        listing = self.resources[kind].list
        if listing is None or listing.total is None or not self.context.alone:
            return None
        given = {name: value for name, value in listing.given.items() if "{id}" not in str(value)}
        caller = next(iter(self.calls.callers(self.resources[kind].by)), "")
        asked = self.calls.asked(given, draw)
        said = self.calls.send(self.calls.request(listing.operation, asked, caller), asked, caller)
        told = said.at(listing.total)
        return int(told) if said.accepted and str(told).isdecimal() else None

    def nobody(self, kind: str) -> Thing:
        """A thing that nobody has made."""
        resource = self.resources[kind]
        known = next((each for each in self.living if each.kind == kind), None)
        is_number = known is None or str(known.id).isdecimal()
        whole = next((each for each in self.living if resource.within and each.kind == resource.within.resource), None)
        caller = next(iter(self.calls.callers(resource.by)), "")
        made_up = NOBODY if is_number else f"no-such-{kind.replace('_', '-')}"
        return Thing(kind, made_up, whole.caller if whole else caller, whole)

    def listed(self, thing: Thing, caller: str | None = None) -> tuple[Said, list[Any]]:
        """The list that has the thing, or would have it."""
        listing = self.resource(thing).list
        assert listing is not None
        said = self.things.on(listing, thing, lambda _: 0, caller)
        return said, entries(said.exchange.tree, listing.entries) if said.accepted else []

    def ends(self, why: str) -> StepEnds:
        """What ends a step of which nothing can be said."""
        return StepEnds(why)

    def kinds(self) -> Iterator[str]:
        """The kinds of the run, wholes before their parts."""
        yield from self.family
