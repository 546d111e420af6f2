"""Making: what is made is new, as it was asked for, and there; what cannot be made makes nothing."""

from typing import Any

from counterfoil.contracts.phases.laws.declared.calls import Ids, NotSent, Said
from counterfoil.contracts.phases.laws.declared.choices import Draw
from counterfoil.contracts.phases.laws.declared.compared import different, entries, first, plain, same
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.laws.declared.sources import Source
from counterfoil.contracts.phases.laws.declared.things import Thing
from counterfoil.reports.mismatch import told as as_json
from counterfoil.specs.laws import Make, Refused
from counterfoil.specs.pointers import NOWHERE

#: of the fields without which a call must be refused, how many are left out at a time, each in a call of its own
_LEFT_OUT = 3


def make(run: Run, kind: str, draw: Draw) -> Thing | None:
    """Make one, and what it is a part of where there is none; None where it is refused."""
    resource = run.resources[kind]
    whole, caller = None, ""
    if resource.within:
        wholes = run.of(resource.within.resource)
        whole = wholes[draw(len(wholes))] if wholes else make(run, resource.within.resource, draw)
        if whole is None:
            return None
        caller = whole.caller
    else:
        callers = run.calls.callers(resource.by)
        if not callers:
            raise NotSent(f"needs a caller in the profile: {' or '.join(resource.by)}")
        caller = callers[draw(len(callers))]
    call = resource.make
    if call is None:
        return take(run, kind, caller, draw)
    source = Source.made(run, call, caller, draw) if call.of else None
    asked = run.calls.asked(call.given, draw, **({source.thing.kind: source.thing.id} if source else {}))
    thing, _ = ask(run, kind, asked, caller, whole)
    if thing is not None and source:
        source.used(run, call, thing)
    if thing is not None and call.again and not draw(4):
        again(run, call, thing, asked)
    if thing is not None and call.ignores and not draw(3):
        beside(run, call, thing, asked, draw)
    return thing


def beside(run: Run, call: Make, thing: Thing, asked: dict[str, Any], draw: Draw) -> None:
    """Make another one like it, with something beside that changes nothing."""
    more = run.calls.asked(call.ignores, draw)
    odd = {**asked, **{name: [*asked.get(name, ()), *extra] for name, extra in more.items()}}
    request = run.calls.request(call.operation, odd, thing.caller, run.things.ids(thing.whole))
    said = run.calls.send(request, odd, thing.caller)
    law = run.law(thing, "ignored", call, call.ignored)
    run.hold(law, said.accepted, f"It is {said.outcome}: {as_json(odd)}.")
    if said.accepted and thing.whole is None:
        if call.at is not None:
            run.as_asked(law, call, said.at(call.at), asked)
        number = said.at(call.id) if call.id else first(said.at(call.at), run.resource(thing).id.at)
        other = Thing(thing.kind, number, thing.caller)
        run.look(other)
        run.as_asked(law, call, other.shown, asked)
        if other.shown is not NOWHERE:
            run.living.append(other)


def take(run: Run, kind: str, caller: str, draw: Draw) -> Thing | None:
    """One of those that are there already."""
    if run.resources[kind].known:
        thing = Thing(kind, run.calls.asked({"id": {"one-of": run.resources[kind].known}}, draw)["id"], caller)
        run.look(thing)
        if thing.shown is NOWHERE:
            return None
        run.living.append(thing)
        return thing
    listing = run.resources[kind].list
    assert listing is not None
    said = run.calls.call(listing, draw, caller)
    every = entries(said.exchange.tree, listing.entries) if said.accepted else []
    if not every:
        return None
    shown = every[draw(len(every))]
    thing = Thing(kind, first(shown, run.resources[kind].id.at), caller, shown=shown)
    read = run.resources[kind].read
    if read:
        thing.shown = run.things.read(thing)
        why = f"It is listed, but cannot be read: {kind} {thing.key}."
        run.hold(run.law(kind, "kept", read), thing.shown is not NOWHERE, why)
        besides = run.besides(thing)
        told = f"{kind} {thing.key} is listed otherwise: {different(shown, thing.shown, besides)}"
        run.hold(run.law(kind, "kept", read), same(shown, thing.shown, besides), told)
    run.living.append(thing)
    return thing


def ask(run: Run, kind: str, asked: dict[str, Any], caller: str, whole: Thing | None) -> tuple[Thing | None, Said]:
    """Send the call that makes one; what it has made, if it was accepted."""
    call = run.resources[kind].make
    assert call is not None
    if whole is not None:
        run.look(whole)
    ids = run.things.ids(whole)
    request = run.calls.request(call.operation, asked, caller, ids)
    said = run.calls.send(request, asked, caller)
    if call.sure and not said.accepted:
        run.hold(run.law(kind, "made", call, call.sure), False, f"It is {said.outcome}: {as_json(asked)}.")
    if not said.accepted:
        run.unchanged(_all(run, whole), run.law(kind, "refused", call), f"{call.operation} was {said.outcome}")
        return None, said
    if whole is not None:
        return _added(run, kind, call, said, whole), said
    return _made(run, kind, call, said, run.calls.links(request, said.exchange), caller), said


def _all(run: Run, whole: Thing | None) -> list[Thing]:
    """What is looked at after a refused call: the whole, and of all others the newest."""
    return [whole] if whole is not None else [each for each in run.living if each.whole is None][-2:]


def _made(run: Run, kind: str, call: Make, said: Said, linked: dict[str, Any], caller: str) -> Thing:
    resource = run.resources[kind]
    answered = said.at(call.at)
    number = said.at(call.id) if call.id else first(answered, resource.id.at)
    if number is NOWHERE or isinstance(number, dict | list):
        raise run.ends(f"the answer of {call.operation} has no id")
    thing = Thing(kind, number, caller, asked=said.asked, linked=linked)
    run.look(thing)
    run.new(kind, number, answered if thing.shown is NOWHERE else thing.shown, call)
    run.hold(run.law(kind, "kept", call), thing.shown is not NOWHERE, f"{kind} {thing.key} was made, and is not there.")
    if thing.shown is NOWHERE:
        return thing
    run.living.append(thing)
    run.as_answered(thing, call, said)
    run.as_asked(run.law(kind, "asked", call), call, thing.shown, said.asked)
    if resource.states and resource.states.first:
        state = first(thing.shown, resource.states.at)
        law = run.law(kind, "first", None, resource.states.evidence)
        run.hold(law, str(state) == resource.states.first, f"The state is {state}.")
    run.constants(thing)
    run.references(thing)
    return thing


def _added(run: Run, kind: str, call: Make, said: Said, whole: Thing) -> Thing | None:
    """What was added to a whole."""
    before = run.things.parts(kind, whole.shown)
    run.look(whole)
    after = run.things.parts(kind, whole.shown)
    run.distinct(kind, after, call)
    known = {run.things.key(kind, each) for each in before}
    kept = [each for each in after if run.things.key(kind, each) in known]
    new = [each for each in after if run.things.key(kind, each) not in known]
    wanted = entries(said.asked, call.each) if call.each else [said.asked]
    law, besides = run.law(kind, "added", call), run.resources[kind].besides
    run.hold(law, len(new) == len(wanted), f"Asked was for {len(wanted)}, and {len(new)} are there.")
    run.hold(law, same(before, kept, [f"/*{each}" for each in besides]), f"What was there: {different(before, kept)}.")
    things = []
    for shown, asked in run.paired(call, new, wanted):
        number = first(shown, run.resources[kind].id.at)
        run.new(kind, number, shown, call)
        thing = Thing(kind, number, whole.caller, whole, shown, asked)
        run.as_asked(run.law(kind, "asked", call), call, shown, asked)
        run.living.append(thing)
        things.append(thing)
    if things:
        run.as_answered(things[-1], call, said)
        run.constants(things[-1])
        run.references(things[-1])
    return things[-1] if things else None


def again(run: Run, call: Make, thing: Thing, asked: dict[str, Any]) -> None:
    """Send the call that made one again."""
    if call.again == "refused":
        ids = run.things.ids(thing.whole)
        said = run.calls.send(run.calls.request(call.operation, asked, thing.caller, ids), asked, thing.caller)
        law = run.law(thing, "taken", call)
        run.hold(law, not said.accepted, f"{call.operation} accepts the same a second time.")
        run.unchanged([thing], law, "the same was asked for again")
        return
    law = run.law(thing, "another", call)
    request = run.calls.request(call.operation, asked, thing.caller, run.things.ids(thing.whole))
    said = run.calls.send(request, asked, thing.caller)
    if not said.accepted:
        return
    if thing.whole is not None:
        before = run.things.parts(thing.kind, thing.whole.shown)
        run.look(thing.whole)
        after = run.things.parts(thing.kind, thing.whole.shown)
        many = len(entries(asked, call.each)) if call.each else 1
        run.hold(law, len(after) == len(before) + many, f"There were {len(before)}, and are {len(after)}.")
        run.living = [each for each in run.living if each.whole is not thing.whole or _stays(run, each, after)]
        return
    number = said.at(call.id) if call.id else first(said.at(call.at), run.resource(thing).id.at)
    run.hold(law, str(number) != str(thing.id), f"The answer is {thing.kind} {number} again.")
    run.unchanged([thing], law, "the same was asked for again")
    run.living.append(_made(run, thing.kind, call, said, run.calls.links(request, said.exchange), thing.caller))
    run.living = list({id(each): each for each in run.living}.values())


def _stays(run: Run, thing: Thing, after: list[Any]) -> bool:
    shown = next((each for each in after if run.things.key(thing.kind, each) == thing.key), NOWHERE)
    thing.shown = shown
    return shown is not NOWHERE


def refuse(run: Run, kind: str, name: str, draw: Draw) -> None:
    """Ask for what must be refused, and see that nothing has come of it."""
    resource, call = run.resources[kind], run.resources[kind].refuses[name]
    living = run.of(kind)
    thing = living[draw(len(living))] if living else None
    kinds = [resource.within.resource] if resource.within else []
    wholes = [each for each in run.living if each.kind in kinds]
    whole = thing.whole if thing else wholes[draw(len(wholes))] if wholes else None
    if whole is None and resource.within:
        whole = make(run, resource.within.resource, draw)
    caller = thing.caller if thing else whole.caller if whole else next(iter(run.calls.callers(resource.by)), "")
    caller = caller if call.by is None else call.by
    told = {"id": thing.id, "": thing.shown} if thing else {}
    begin = draw(len(call.without)) if call.without else 0
    for left_out in [*call.without[begin:], *call.without[:begin]][:_LEFT_OUT] or [""]:
        asked = _refused_arguments(run, kind, call, draw, told, left_out)
        _refuse(run, kind, name, (thing, whole, caller), asked, draw)


def _refuse(
    run: Run, kind: str, name: str, of: tuple[Thing | None, Thing | None, str], asked: dict[str, Any], draw: Draw
) -> None:
    call, (thing, whole, caller) = run.resources[kind].refuses[name], of
    ids = run.things.ids(thing) if thing else run.things.ids(whole) if whole else Ids()
    watched = _all(run, whole)
    for each in watched:
        run.look(each)
    before, kept = run.total(kind, draw), _kept(run, call, caller)
    request = run.calls.request(call.operation, asked, caller, ids)
    said = run.calls.send(request, asked, caller)
    run.hold(run.named[kind].refusal(name), not said.accepted, f"{call.operation} accepts {as_json(asked)}.")
    if said.accepted:
        for each in watched:
            run.look(each)
        return
    law = run.law(kind, "refused", call)
    run.unchanged(watched, law, f"{call.operation} was {said.outcome}")
    after = run.total(kind, draw)
    run.hold(law, before == after, f"There were {as_json(before)}, and are {as_json(after)}.")
    now = _kept(run, call, caller)
    if plain(kept) != plain(now) and not run.context.alone:  # others may have ordered just then: it is tried once more
        run.calls.send(request, asked, caller)
        kept, now = now, _kept(run, call, caller)
    run.hold(law, plain(kept) == plain(now), f"Something else is different: {different(kept, now)}")


def _kept(run: Run, call: Refused, caller: str) -> list[Any]:
    """What else a refused call must not change."""
    return [run.calls.call(each, lambda _: 0, caller).at(each.at) for each in call.keeps]


def _refused_arguments(
    run: Run, kind: str, call: Refused, draw: Draw, told: dict[str, Any], left_out: str
) -> dict[str, Any]:
    made = run.resources[kind].make
    base = made.given if made and (call.without or call.instead) else {}
    asked = run.calls.asked({**base, **call.instead, **call.given}, draw, **told)
    return {name: value for name, value in asked.items() if name != left_out}
