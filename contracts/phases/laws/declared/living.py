"""Living: what is changed, moved, removed and looked for is as its calls have made it, and nobody else's business."""

from typing import Any

import jsonschema_rs

from counterfoil.contracts.phases.laws.declared.calls import NotSent, StepEnds, in_notations
from counterfoil.contracts.phases.laws.declared.choices import Draw, chosen
from counterfoil.contracts.phases.laws.declared.compared import different, entries, found, plain, same
from counterfoil.contracts.phases.laws.declared.compared import first as first_of
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.contracts.phases.laws.declared.things import Thing
from counterfoil.reports.mismatch import told as as_json
from counterfoil.specs.laws import Action, Along, Call, Remove
from counterfoil.specs.pointers import NOWHERE

_NOTHING_LIKE_THIS = "no_such_action"


def change(run: Run, thing: Thing, call: Call, draw: Draw) -> None:
    """Change a thing."""
    run.look(thing)
    before, others = thing.shown, _others(run, thing)
    said = run.things.on(call, thing, draw)
    if not said.accepted:
        run.unchanged([thing.whole or thing], run.law(thing, "refused", call), f"{call.operation} was {said.outcome}")
        return
    run.look(thing)
    law, is_there = run.law(thing, "changed", call), thing.shown is not NOWHERE
    # of a part nobody promises that it keeps its id: where as many are there as before, it may have another one
    may_be_another = not is_there and thing.whole is not None and len(_others(run, thing)) == len(others) + 1
    kept = run.law(thing, "changed", call, "chosen") if may_be_another else law
    run.hold(kept, is_there, f"After {call.operation}, {thing.kind} {thing.key} is not there.")
    if not is_there:
        run.forget(thing)
        return
    run.as_answered(thing, call, said)
    run.as_asked(law, call, thing.shown, said.asked)
    besides = [*run.undescribed(thing), *run.besides(thing), *call.touches]
    besides += [each for each in call.shows if each.startswith("/")]
    law = run.law(thing, "alone", call)
    run.hold(law, same(before, thing.shown, besides), different(before, thing.shown, besides))
    _hold_others(run, thing, others, call)


def _others(run: Run, thing: Thing) -> list[Any]:
    """The other parts of the same whole."""
    if thing.whole is None:
        return []
    parts = run.things.parts(thing.kind, thing.whole.shown)
    return [each for each in parts if run.things.key(thing.kind, each) != thing.key]


def _hold_others(run: Run, thing: Thing, before: list[Any], call: Call) -> None:
    if thing.whole is not None:
        after = _others(run, thing)
        besides = [f"/*{each}" for each in run.besides(thing)]
        law = run.law(thing, "alone", call)
        run.hold(law, same(before, after, besides), f"The others: {different(before, after, besides)}.")


def remove(run: Run, thing: Thing, draw: Draw) -> None:
    """Remove a thing, once its state allows it, and then the same again."""
    call = run.resource(thing).remove
    assert call is not None
    run.look(thing)
    if call.begins and not _may_be_removed(run, thing, call, draw):
        return
    others = _others(run, thing)
    said = run.things.on(call, thing, draw)
    law = run.law(thing, "removed", call)
    if call.leaves is not None and jsonschema_rs.is_valid(call.leaves, thing.shown):  # it was removed in another way
        run.hold(
            run.law(thing, "once", call, call.again), not said.accepted, f"{call.operation} is accepted once more."
        )
        return
    if not said.accepted:
        if call.sure:
            run.hold(run.law(thing, "removed", call, call.sure), False, f"It is {said.outcome}.")
        run.unchanged([thing.whole or thing], run.law(thing, "refused", call), f"{call.operation} was {said.outcome}")
        return
    run.forget(thing)
    for each in call.along:
        there = _of_thing(run, thing, each)
        run.hold(law, not there, f"{thing.kind} {thing.key} was removed, and {each.operation} still shows {there}.")
    run.look(thing)
    left = thing.shown
    if call.leaves is None:
        run.hold(law, left is NOWHERE, f"{thing.kind} {thing.key} was removed, and is there: {as_json(plain(left))}.")
    else:
        run.hold(law, left is not NOWHERE, f"{thing.kind} {thing.key} was removed, and cannot be read any more.")
        fits = jsonschema_rs.is_valid(call.leaves, left)
        run.hold(law, fits, f"What is left of {thing.kind} {thing.key} is {as_json(plain(left))}.")
    if thing.whole is not None:
        after = _others(run, thing)
        besides = [f"/*{each}" for each in run.besides(thing)]
        run.hold(law, same(others, after, besides), f"The others: {different(others, after, besides)}.")
        run.as_answered(thing, call, said)
    elif run.resource(thing).list and call.leaves is None:
        _, every = run.listed(thing)
        there = thing.key in [run.things.key(thing.kind, each) for each in every]
        run.hold(law, not there, f"{thing.kind} {thing.key} was removed, and is listed.")
    again = run.things.on(call, thing, draw)
    run.hold(run.law(thing, "once", call, call.again), not again.accepted, f"{call.operation} is accepted once more.")


def _may_be_removed(run: Run, thing: Thing, call: Remove, draw: Draw) -> bool:
    """Whether the state of a thing allows to remove it; where it does not, that is refused, and an action may lead there."""
    states = run.resource(thing).states
    assert states is not None
    state = str(first_of(thing.shown, states.at))
    if state in call.begins:
        return True
    said = run.things.on(call, thing, draw)
    law = run.law(thing, "forbidden", call, states.evidence)
    run.hold(law, not said.accepted, f"{call.operation} of a {thing.kind} that is {state} is {said.outcome}.")
    if said.accepted:
        run.forget(thing)
        return False
    run.unchanged([thing], run.law(thing, "refused", call), f"{call.operation} was {said.outcome}")
    ways = [name for name, each in states.actions.items() if state in each.begins and each.end in call.begins]
    if ways:
        name = ways[draw(len(ways))]
        move(run, thing, name, (states.actions[name], True), state, draw)
    return str(first_of(thing.shown, states.at)) in call.begins


def _of_thing(run: Run, thing: Thing, call: Along) -> int:
    """How many there are of what goes with a thing."""
    said = run.things.on(call, thing, lambda _: 0)
    if call.entries is None or call.by is None or not said.accepted:
        return int(said.accepted)
    return sum(str(plain(first_of(each, call.by))) == thing.key for each in entries(said.exchange.tree, call.entries))


def empty(run: Run, whole: Thing, kind: str, draw: Draw) -> None:
    """Remove all parts of a whole."""
    call = run.resources[kind].empty
    assert call is not None
    said = run.things.on(call, whole, draw)
    if not said.accepted:
        return
    run.look(whole)
    left = run.things.parts(kind, whole.shown)
    run.hold(run.law(kind, "emptied", call), not left, f"{len(left)} are left.")
    run.living = [each for each in run.living if not (each.kind == kind and each.whole is whole)]


def act(run: Run, thing: Thing, draw: Draw) -> None:
    """Do what the state of a thing allows, or what it does not."""
    states = run.resource(thing).states
    assert states is not None
    run.look(thing)
    state = str(first_of(thing.shown, states.at))
    allowed = [name for name, action in states.actions.items() if state in action.begins]
    if states.offered:
        asking = Call(operation=states.offered.operation, given=states.offered.given)
        said = run.things.on(asking, thing, draw)
        offered = [str(each) for each in found(said.exchange.tree, states.offered.names)]
        if not offered and allowed:
            raise run.ends(f"what {asking.operation} offers cannot be told")
        law = run.law(thing, "offered", asking, states.offered.evidence)
        why = f"{state} offers {', '.join(offered) or 'nothing'} instead of {', '.join(allowed) or 'nothing'}."
        run.hold(law, sorted(offered) == sorted(allowed), why)
        allowed = offered
    others = [name for name in states.actions if name not in allowed]
    one = next(iter(states.actions.values()))
    if all(action.operation == one.operation for action in states.actions.values()) and "{action}" in str(one.given):
        others.append(_NOTHING_LIKE_THIS)
    names = allowed if allowed and (not others or draw(3)) else others
    if names:
        name = names[(draw(len(names)) + run.acts) % len(names)]
        run.acts += 1
        move(run, thing, name, (states.actions.get(name, one), name in allowed), state, draw)


def move(run: Run, thing: Thing, name: str, how: tuple[Action, bool], state: str, draw: Draw) -> None:
    """Do an action on a thing whose state allows it, or does not."""
    states, (action, allows) = run.resource(thing).states, how
    assert states is not None
    before = thing.shown
    said = run.things.on(action, thing, draw, action=name)
    evidence = "chosen" if state in action.chosen else states.evidence
    law = run.law(thing, "allowed" if allows else "forbidden", action, evidence)
    run.hold(law, said.accepted is allows, f"{name} of a {thing.kind} that is {state} is {said.outcome}.")
    if not said.accepted:
        status = said.exchange.status
        run.hold(
            law, allows or states.refusal in (None, status), f"{name} of a {thing.kind} that is {state}: {status}."
        )
        run.unchanged([thing], run.law(thing, "refused", action), f"{name} was {said.outcome}")
        return
    run.look(thing)
    law = run.law(thing, "moved", action, states.evidence)
    run.hold(law, thing.shown is not NOWHERE, f"After {name}, {thing.kind} {thing.key} is not there.")
    now = str(first_of(thing.shown, states.at))
    leads = run.law(thing, "offered", action, states.offered.evidence) if states.offered else law
    known = name in states.actions and state in action.begins
    run.hold(leads, not known or now == action.end, f"{name} leads from {state} to {now} instead of {action.end}.")
    hidden = [*run.undescribed(thing), *run.besides(thing), states.at, *states.touches, *action.touches]
    run.hold(law, same(before, thing.shown, hidden), different(before, thing.shown, hidden))
    told = {"id": thing.id, "action": name, "before": state, "after": now, "": thing.shown}
    for place, template in action.tells.items():
        wanted, says = chosen(template, told, draw), said.at(place)
        why = f"{place} of the answer is {as_json(plain(says))} instead of {as_json(plain(wanted))}."
        run.hold(law, plain(wanted) == plain(says), why)


def reach(run: Run, thing: Thing, draw: Draw) -> None:
    """Let a stranger try what its owner may do."""
    resource = run.resource(thing)
    owner = resource.owner
    assert owner is not None
    strangers = [each for each in run.calls.callers(owner.strangers) if each != thing.caller]
    if owner.of and thing.caller not in owner.of:
        return  # anybody may have it
    if not strangers:
        raise NotSent("the profile knows no other caller")
    start = draw(len(strangers))
    run.look(thing)
    tries = [each for each in (resource.read, *resource.change, resource.remove, *owner.calls) if each is not None]
    shared = (
        resource.within is not None and not run.resources[resource.within.resource].known
    )  # else each has their own
    tries += [resource.make] if resource.make and shared else []
    parts = [run.resources[name] for name in run.things.below(thing.kind)]
    tries += [call for part in parts for call in (part.make, part.empty) if call is not None]
    begin = draw(len(tries)) if tries else 0
    turned = [*tries[begin:], *tries[:begin]]
    for number in range(max(len(strangers), min(len(tries), 3)) if tries else 0):
        call, stranger = turned[number % len(turned)], strangers[(start + number) % len(strangers)]
        said = run.things.on(call, thing, draw, stranger)
        seen = said.accepted and (call is not resource.read or said.at(call.at) is not NOWHERE)
        law = run.law(thing, "owned", call, owner.evidence)
        run.hold(law, not seen, f"{call.operation} of {stranger} on the {thing.kind} {thing.key} is {said.outcome}.")
        run.unchanged([thing], run.law(thing, "touched"), f"{call.operation} of {stranger}")
    if resource.list:
        stranger = strangers[start]
        said, every = run.listed(thing, stranger)
        law = run.law(thing, "owned", resource.list, owner.evidence)
        there = thing.key in [run.things.key(thing.kind, each) for each in every]
        run.hold(law, not there, f"The list of {stranger} has the {thing.kind} {thing.key}.")


def look_for(run: Run, thing: Thing, draw: Draw) -> None:
    """Look for a thing in its list, by what finds it, and in every notation."""
    resource = run.resource(thing)
    listing = resource.list
    run.look(thing)
    if thing.shown is NOWHERE:
        return
    if listing:
        said, every = run.listed(thing)
        total = said.at(listing.total)
        if said.accepted and (
            total is NOWHERE or str(plain(total)) == str(len(every))
        ):  # else it may be on another page
            _hold_once(run, thing, every, "listed", listing)
    if listing and listing.find:
        finding = Call(operation=listing.operation, given=listing.find)
        said = run.things.on(finding, thing, draw)
        if said.accepted:
            every = found(said.exchange.tree, listing.entries)
            every = every[0] if every and isinstance(every[0], list) else every
            _hold_once(run, thing, every, "found", listing)
            total = said.at(listing.total)
            alone = len(every) == 1 and (total is NOWHERE or str(plain(total)) == "1")
            why = f"{as_json(plain(total))} are found for {as_json(plain(said.asked))}, {len(every)} shown."
            run.hold(run.law(thing, "found", listing), alone, why)
    notations = run.calls.laws.notations
    if notations and thing.whole is None and (resource.read or listing):
        _hold_notations(run, thing, draw)


def _hold_once(run: Run, thing: Thing, every: list[Any], kind: str, call: Call) -> None:
    mine = [each for each in every if run.things.key(thing.kind, each) == thing.key]
    law, besides = run.law(thing, kind, call), run.besides(thing)
    run.hold(law, len(mine) == 1, f"{thing.kind} {thing.key} is there {len(mine)} times.")
    for each in mine:
        run.hold(law, same(thing.shown, each, besides), different(thing.shown, each, besides))


def _hold_notations(run: Run, thing: Thing, draw: Draw) -> None:
    notations = run.calls.laws.notations
    call = run.resource(thing).read or run.resource(thing).list
    assert notations is not None
    assert call is not None
    ways = ({**call.given, notations.parameter: value} for value in notations.values)
    law = run.law(thing, "notations", call, notations.evidence)
    told = []
    for number, given in enumerate(ways):
        try:
            told.append(run.things.on(Call(operation=call.operation, given=given), thing, draw))
        except NotSent:
            raise
        except StepEnds as reason:
            run.hold(
                law, not number, f"{notations.values[number]} cannot be read, and {notations.values[0]} can: {reason}."
            )
            raise
    first, *others = told
    for value, other in zip(notations.values[1:], others, strict=True):
        alike, differs = in_notations(run.calls.contract, (first, other), notations.besides, run.besides(thing))
        run.hold(law, alike, f"{notations.values[0]} and {value} differ: {differs}.")


def ask_for_nobody(run: Run, kind: str, draw: Draw) -> None:
    """Ask for what nobody has made."""
    resource, thing = run.resources[kind], run.nobody(kind)
    if resource.within and thing.whole is None:
        return
    calls = [each for each in (resource.read, resource.remove, *resource.change) if each is not None]
    if not calls:
        return
    call = calls[draw(len(calls))]
    said = run.things.on(call, thing, draw)
    seen = said.accepted and (call is not resource.read or said.at(call.at) is not NOWHERE)
    run.hold(
        run.law(kind, "unknown", call, resource.unknown),
        not seen,
        f"{call.operation} of {thing.key} is {said.outcome}.",
    )
