"""Laws that a contract declares (`x-laws`), as stateful tests: they run on any target, and need no program."""

from functools import lru_cache

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.declared.calls import Calls
from counterfoil.contracts.phases.laws.declared.choices import needed
from counterfoil.contracts.phases.laws.declared.lists import ListsMachine, tally_law
from counterfoil.contracts.phases.laws.declared.machine import ResourceMachine
from counterfoil.contracts.phases.laws.declared.named import Named, list_laws
from counterfoil.contracts.phases.laws.declared.together import TogetherMachine
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest
from counterfoil.specs import Contract
from counterfoil.specs.declared import laws_of
from counterfoil.specs.laws import Laws, Resource

__all__ = ["declared_tests"]

_SIZES = {"smoke": (4, 8), "gate": (10, 12), "deep": (30, 25)}
#: the same where there are states, too, which one step after the other leads through
_WITH_STATES = {"smoke": (6, 12), "gate": (10, 16), "deep": (30, 30)}
#: the same where nothing is made or changed, but only read
_READ = {"smoke": (4, 8), "gate": (6, 10), "deep": (20, 20)}
#: how many times each list is read, at least so many in all
_LISTS = {"smoke": (1, 6), "gate": (3, 12), "deep": (12, 24)}
_AT_ONCE = {"smoke": (1, 1), "gate": (4, 1), "deep": (30, 2)}


@lru_cache
def declared_tests(contract: Contract) -> tuple[StatefulTest, ...]:
    """The stateful tests of what the contract declares. Raises SpecError."""
    laws = laws_of(contract)
    roots = [name for name, resource in laws.resources.items() if resource.within is None]
    tests = [_of_family(contract, laws, name) for name in roots]
    tests += [_at_once(contract, laws, name) for name, resource in laws.resources.items() if resource.together]
    return (*tests, *([_of_lists(contract, laws)] if laws.lists else []))


def _of_family(contract: Contract, laws: Laws, name: str) -> StatefulTest:
    family = laws.family(name)
    resources = [laws.resources[each] for each in family]
    every = (law for each in family for law in Named(contract, laws, each).all())
    words = " and ".join(
        resource.summary or each.replace("_", " ") for each, resource in zip(family, resources, strict=True)
    )

    def machine(context: LawContext) -> Machine:
        return type("Machine", (ResourceMachine,), {"context": context, "laws": laws, "family": family})

    def lacks(target: Target) -> str | None:
        return _lacks(target, laws, name)

    operation = Named(contract, laws, name).shown_by.operation
    told = f"{words}: made, read, changed and removed in any order"
    needs, sizes = _needs(laws, name), _sizes(resources)
    return StatefulTest(contract.name, name, told, operation, _once(every), machine, needs, lacks, sizes)


def _sizes(family: list[Resource]) -> dict[str, tuple[int, int]]:
    if any(each.states for each in family):
        return _WITH_STATES
    return _SIZES if any(each.make or each.change or each.remove for each in family) else _READ


def _lacks(target: Target, laws: Laws, name: str) -> str | None:
    """What the profile does not say, without which nothing of the resource can be tried."""
    resource = laws.resources[name]
    calls = Calls(LawContext.sketch(target), laws)
    if resource.by and not calls.callers(resource.by):
        return f"needs one of these callers in the profile: {', '.join(resource.by)}"
    return None


def _needs(laws: Laws, *names: str) -> tuple[str, ...]:
    """The known ids without which nothing of the resources can be made."""
    made = [laws.resources[name].make for name in names]
    known = (each for make in made if make for each in needed(make.given))
    return tuple(dict.fromkeys(each for each in known if each not in laws.resources))


def _at_once(contract: Contract, laws: Laws, name: str) -> StatefulTest:
    resource = laws.resources[name]
    named, together = Named(contract, laws, name), resource.together
    root = resource.within.resource if resource.within else name
    assert together is not None
    kinds = ["apart", "all_there"]
    kinds += ["counted"] * bool(resource.list and resource.list.total) + ["single"] * bool(together.once)
    kinds += ["moved_once"] * bool(resource.states and any(each.once for each in resource.states.actions.values()))
    every = tuple(named.law(kind, resource.make, together.evidence) for kind in kinds)

    def machine(context: LawContext) -> Machine:
        return type("Machine", (TogetherMachine,), {"context": context, "laws": laws, "kind": name})

    def lacks(target: Target) -> str | None:
        return _lacks(target, laws, root)

    told = f"callers who make {resource.summary or name.replace('_', ' ')} at once"
    operation = resource.make.operation if resource.make else named.shown_by.operation
    return StatefulTest(
        contract.name, f"{name} at once", told, operation, every, machine, _needs(laws, root, name), lacks, _AT_ONCE
    )


def _of_lists(contract: Contract, laws: Laws) -> StatefulTest:
    names = (*laws.lists, *laws.tallies)
    every = [law for name, pages in laws.lists.items() for law in list_laws(contract, name, pages).values()]
    every += [tally_law(None, name, laws) for name in laws.tallies]

    def machine(context: LawContext) -> Machine:
        return type("Machine", (ListsMachine,), {"context": context, "laws": laws, "names": names})

    told = "lists that are read in pages, by filters and in every notation"
    sizes = {level: (times, max(len(names), least // times)) for level, (times, least) in _LISTS.items()}
    return StatefulTest(contract.name, "lists", told, names[0], _once(every), machine, sizes=sizes)


def _once(laws: object) -> tuple[Law, ...]:
    """Each law once, by its name."""
    found: dict[str, Law] = {}
    for law in laws:  # type: ignore[attr-defined]
        found.setdefault(law.name, law)
    return tuple(found.values())
