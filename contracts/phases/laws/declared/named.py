"""The laws that follow from what a contract declares: their names, their sentences, and how well each is founded."""

from collections.abc import Iterable

from counterfoil.contracts.phases.laws.context import Law
from counterfoil.specs import Contract
from counterfoil.specs.evidence import weakest
from counterfoil.specs.laws import Call, Laws, Pages, evidence_of

#: kind -> the end of the name, and the sentence; {it} is the resource
SENTENCES = {
    "made": ("can_be_made", "What may be asked for is made."),
    "unique": ("ids_are_unique", "No two of {it} have the same id."),
    "grows": ("ids_grow", "The id of {it} is larger than those before."),
    "added": ("is_added_alone", "What adds {it} adds what was asked for, and leaves what was there."),
    "asked": ("is_as_asked", "Of {it}, what was asked for is shown."),
    "kept": ("is_read_as_answered", "What was answered of {it} is read again."),
    "listed": ("is_listed", "What there is of {it} is listed once, as it is, and nothing else."),
    "found": ("is_found", "What looks for {it} finds it, once, as it is, and nothing else."),
    "changed": ("changes_as_asked", "What is changed of {it} is as the change says."),
    "alone": ("changes_alone", "What changes {it} changes nothing else."),
    "removed": ("removed_is_gone", "What is removed of {it} is gone, and nothing else."),
    "once": ("is_removed_once", "What is removed of {it} cannot be removed again."),
    "emptied": ("emptied_is_empty", "What is emptied has none of {it}."),
    "first": ("begins_as_told", "What is new of {it} is in its first state."),
    "allowed": ("does_what_its_state_allows", "What the state of {it} allows is done."),
    "forbidden": ("refuses_what_its_state_forbids", "What the state of {it} does not allow is refused."),
    "offered": ("keeps_its_workflow", "A state of {it} offers what the contract says, and leads there."),
    "moved": ("moves_as_told", "What moves {it} leads to the state that is told, and changes nothing else."),
    "refused": ("refused_changes_nothing", "A refused call makes nothing of {it} and changes nothing."),
    "unknown": ("unknown_is_refused", "What nobody has made of {it} is not there."),
    "owned": ("is_its_owners", "To anybody but its owner, {it} does not exist."),
    "touched": ("is_left_alone_by_strangers", "Nobody but its owner changes {it}."),
    "ignored": ("leaves_out_what_is_unknown", "What is unknown changes nothing of {it} that is made beside."),
    "carried": (
        "has_what_it_is_made_of",
        "What there was to make {it} of is in it, and is used up as the contract says.",
    ),
    "stock": ("takes_its_stock", "What {it} takes is not in stock any more."),
    "another": ("same_call_makes_another", "The same call twice makes two of {it}."),
    "taken": ("same_call_is_refused", "The same call a second time is refused, and changes nothing of {it}."),
    "apart": ("at_once_have_ids_of_their_own", "Several of {it} that are made at once have different ids."),
    "all_there": ("at_once_are_all_there", "Of {it}, all that are made at once are there as they were asked for."),
    "counted": ("at_once_are_counted", "So many more of {it} are there as are made at once."),
    "moved_once": ("moves_once", "Of the same action on {it} by several callers at once, one is done."),
    "single": ("is_removed_by_one_caller", "Of the same removal of {it} at once, one is done."),
    "notations": ("notations_agree", "All notations say the same of {it}."),
}


class Named:
    """The laws of one resource."""

    def __init__(self, contract: Contract, laws: Laws, name: str) -> None:
        self.name, self.resource, self.notations = name, laws.resources[name], laws.notations
        self._contract, self._laws = contract, laws
        self._it = self.resource.summary or f"a {name.replace('_', ' ')}"

    def law(self, kind: str, call: Call | None = None, *said: str | None) -> Law:
        """The law of that kind, as the answers of a call show it."""
        ending, sentence = SENTENCES[kind]
        call = call or self.shown_by
        own = evidence_of(self._contract, call.operation, *said, call.evidence, self.resource.evidence)
        evidence = weakest((own, evidence_of(self._contract, self.shown_by.operation, "documented")))
        more = [*self.notations.promises] if kind == "notations" and self.notations else []
        more += self.resource.owner.promises if kind == "owned" and self.resource.owner else []
        promises = tuple(dict.fromkeys((*self.resource.promises, *call.promises, *more)))
        return Law(
            f"{self.name}_{ending}",
            sentence.format(it=self._it),
            call.operation,
            evidence,
            fundamental=kind == "unique",
            promises=promises,
        )

    @property
    def shown_by(self) -> Call:
        """The call whose answer shows the resource, or what it is a part of."""
        resource = self.resource
        while resource.within:
            resource = self._laws.resources[resource.within.resource]
        call = resource.read or resource.list or resource.make
        assert call is not None
        return call

    def refusal(self, name: str) -> Law:
        """The law that a call is refused."""
        call = self.resource.refuses[name]
        evidence = evidence_of(self._contract, call.operation, call.evidence, self.resource.evidence)
        words = name.replace("_", " ")
        sentence = f"Of {self._it}, {words} is refused."
        return Law(f"{self.name}_refuses_{name}", sentence, call.operation, evidence, promises=tuple(call.promises))

    def constant(self, name: str) -> Law:
        """The law that something is the same everywhere."""
        told = self.resource.constant[name]
        by = " and ".join(each.rpartition("/")[2] for each in told.by)
        sentence = f"Of {self._it}, {told.is_.rpartition('/')[2]} is the same wherever {by or 'anything'} is."
        evidence = evidence_of(self._contract, self.shown_by.operation, told.evidence, self.resource.evidence)
        return Law(f"{self.name}_{name}", sentence, self.shown_by.operation, evidence, promises=tuple(told.promises))

    def reference(self, name: str) -> Law:
        """The law that what is named is there."""
        told = self.resource.refers[name]
        sentence = f"Of {self._it}, what {told.by.rpartition('/')[2]} names is there, and says the same."
        evidence = evidence_of(self._contract, self.shown_by.operation, told.evidence, self.resource.evidence)
        return Law(f"{self.name}_{name}", sentence, self.shown_by.operation, evidence, promises=tuple(told.promises))

    def all(self) -> Iterable[Law]:  # noqa: C901 - one part of the declaration after another
        """The laws that the declaration makes, each once."""
        it = self.resource
        if it.make:
            kinds = ["unique", "refused"] + ["asked"] * bool(it.make.shows) + ["kept"] * bool(it.read or it.within)
            kinds += ["made"] * bool(it.make.sure) + ["added"] * bool(it.within) + ["grows"] * bool(it.id.grows)
            kinds += ["another"] * (it.make.again == "another") + ["taken"] * (it.make.again == "refused")
            kinds += ["ignored"] * bool(it.make.ignores)
            kinds += ["carried"] * bool(it.make.of) + ["stock"] * bool(it.make.of and it.make.of.takes)
            yield from (self.law(kind, it.make) for kind in kinds)
        if it.read and not it.make:
            yield self.law("kept", it.read)
        if it.list:
            yield self.law("listed", it.list)
        if it.list and it.list.find:
            yield self.law("found", it.list)
        if it.change:
            yield from (self.law(kind, it.change[0]) for kind in ("changed", "alone"))
        if it.remove:
            yield from (self.law(kind, it.remove) for kind in ("removed", "once"))
        if it.empty:
            yield self.law("emptied", it.empty)
        if it.states:
            kinds = ["allowed", "forbidden", "moved"] + ["offered"] * bool(it.states.offered)
            kinds += ["first"] * bool(it.states.first)
            yield from (self.law(kind, next(iter(it.states.actions.values())), it.states.evidence) for kind in kinds)
        if self.notations and it.read and not it.within:
            yield self.law("notations", it.read, self.notations.evidence)
        if it.read or it.remove:
            yield self.law("unknown", it.read or it.remove, it.unknown)
        if it.owner:
            yield from (self.law("owned", None, it.owner.evidence), self.law("touched"))
        yield from (self.refusal(name) for name in it.refuses)
        yield from (self.constant(name) for name in it.constant)
        yield from (self.reference(name) for name in it.refers)


def list_laws(contract: Contract, operation: str, pages: Pages) -> dict[str, Law]:
    """The laws of a list, by their kind."""
    page = pages.page.evidence if pages.page else None
    usual = pages.page.usual.evidence if pages.page and pages.page.usual else None
    letters = next((each.letters for each in pages.filters.values() if each.letters), None)
    told = {
        "whole": ("pages_are_the_list", "The pages of the list together are the whole list, each entry once.", page),
        "sized": ("page_size_is_kept", "Every page but the last has as many entries as were asked for.", page),
        "beyond": ("page_beyond_is_empty", "A page beyond the last is empty.", pages.beyond),
        "told": ("page_says_where_it_stands", "What a page says of itself and of the whole list is so.", None),
        "usual": ("usual_page_size", "A page of which nobody says the size has the usual one.", usual or page),
        "order": ("order_is_kept", "The list is in its order.", pages.order.evidence if pages.order else None),
        "filters": ("filters_filter", "Filters let through what fits them, all of it, and nothing else.", None),
        "letters": ("filters_read_any_letters", "A filter takes capital and small letters for the same.", letters),
        "notations": ("notations_agree", "All notations say the same of the list.", None),
    }
    return {
        kind: Law(
            f"{operation}_{ending}",
            sentence,
            operation,
            evidence_of(contract, operation, own, pages.evidence),
            promises=tuple(pages.promises),
        )
        for kind, (ending, sentence, own) in told.items()
    }
