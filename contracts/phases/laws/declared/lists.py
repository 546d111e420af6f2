"""Lists: their pages are the whole list, in its order; their filters filter; what they say of themselves is so."""

from collections.abc import Sequence
from functools import partial
from itertools import cycle
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.declared import making
from counterfoil.contracts.phases.laws.declared.calls import Calls, Ids, NotSent, Said, in_notations
from counterfoil.contracts.phases.laws.declared.choices import CHOICES, Draw, drawing
from counterfoil.contracts.phases.laws.declared.compared import different, entries, first, plain
from counterfoil.contracts.phases.laws.declared.machine import step
from counterfoil.contracts.phases.laws.declared.named import list_laws
from counterfoil.contracts.phases.laws.declared.run import Run
from counterfoil.reports.mismatch import told as as_json
from counterfoil.specs.laws import Filter, Laws, Pages
from counterfoil.specs.pointers import NOWHERE

_MOST_PAGES = 8
_MOST_VALUES = 3


class Reader:
    """Reads one list in one caller's name."""

    def __init__(self, context: LawContext, laws: Laws, operation: str, draw: Draw) -> None:
        self.context, self.laws, self.operation, self.draw = context, laws, operation, draw
        self.pages: Pages = laws.lists[operation]
        self.calls = Calls(context, laws)
        self.of = list_laws(context.world.contract, operation, self.pages)
        callers = self.calls.callers(self.pages.by)
        if not callers:
            raise NotSent(f"needs a caller in the profile: {' or '.join(self.pages.by)}")
        self.caller, self.ids, held = self._held(callers[draw(len(callers))])
        self.given = self.calls.asked({**self.pages.given, **held}, draw)

    def _held(self, caller: str) -> tuple[str, Ids, dict[str, Any]]:
        """What the list is of: the thing that holds enough to be read in pages, made once."""
        for kind, many in self.pages.holding.items():
            fill = partial(self._fill, kind, many)
            held: tuple[str, Ids, dict[str, Any]] | None = self.context.once(f"{kind} for {self.operation}", fill)
            if held is not None:
                return held
        return caller, Ids(), {}

    def _fill(self, kind: str, many: int) -> tuple[str, Ids, dict[str, Any]] | None:
        """Make enough; None where the list needs nothing of it, or is read as it is."""
        within = self.laws.resources[kind].within
        run = Run(self.context, self.laws, self.laws.family(within.resource if within else kind))
        whole = None
        try:
            for number in range(many):
                made = making.make(run, kind, drawing([0, *[number] * 9]))  # not what is drawn: this is done but once
                whole = made.whole if made else None
        except NotSent:
            if within:
                raise
        return (whole.caller, run.things.ids(whole), {}) if whole else None

    def read(self, **given: Any) -> tuple[list[Any], Said]:
        """The entries that are read so. Ends the step where there are none to speak of."""
        asked = {**self.given, **given}
        said = self.calls.send(self.calls.request(self.operation, asked, self.caller, self.ids), asked, self.caller)
        if not said.accepted:
            raise NotSent(f"{self.operation} is {said.outcome}")
        return entries(said.exchange.tree, self.pages.entries), said

    def hold(self, kind: str, holds: bool, why: str) -> None:
        """Hold one of the list's laws."""
        self.context.hold(self.of[kind], holds, f"{self.operation}: {why}")

    def whole(self) -> list[Any] | None:
        """The whole list; None where it is longer than its largest page."""
        page = self.pages.page
        if page is None:
            return self.read()[0]
        every, said = self.read(**{page.size: page.most})
        total = said.at(self.pages.total)
        longer = str(total).isdecimal() and int(total) > page.most
        return None if longer or len(every) >= page.most else every


def read_in_pages(reader: Reader, draw: Draw) -> None:
    """Read a list as a whole, and then in pages of a size that makes few enough of them."""
    page, whole = reader.pages.page, reader.whole()
    if page is None or whole is None:
        return
    _hold_order(reader, whole)
    if page.usual:
        usual, _ = reader.read()
        due = min(len(whole), page.usual.size)
        reader.hold("usual", len(usual) == due, f"there are {len(usual)} entries instead of {due}.")
    size = max(1 + draw(7), -(-len(whole) // _MOST_PAGES))
    last, read = max(1, -(-len(whole) // size)), list[Any]()
    for number in range(1, last + 1):
        start = (number - 1) * size
        part, said = reader.read(**{page.size: size, **_where(page.number, number, page.offset, start)})
        due = min(size, len(whole) - start)
        reader.hold("sized", len(part) == due, f"page {number} of {last} has {len(part)} entries instead of {due}.")
        _hold_told(reader, said, whole, part, number, size)
        read += part
    why = f"in pages of {size}: {different(whole, read)}"
    reader.hold("whole", plain(read) == plain(whole), why)
    if reader.pages.beyond:
        part, said = reader.read(**{page.size: size, **_where(page.number, last + 1, page.offset, len(whole))})
        again = [each for each in plain(part) or () if each in (plain(whole) or ())]
        reader.hold("whole", not again, f"page {last + 1} of {last} has entries again: {as_json(again[:1])}")
        reader.hold("beyond", not part, f"page {last + 1} of {last} has {len(part)} entries.")
        _hold_told(reader, said, whole, part, last + 1, size)


def _where(number: str | None, page: int, offset: str | None, start: int) -> dict[str, int]:
    return {number: page} if number else {str(offset): start}


def _hold_told(reader: Reader, said: Said, whole: Sequence[Any], part: Sequence[Any], number: int, size: int) -> None:
    pages = max(1, -(-len(whole) // size))
    is_ = {"size": size, "number": number, "offset": (number - 1) * size, "returned": len(part), "pages": pages}
    page = reader.pages.page
    if page and page.offset and number > pages:
        is_["offset"] = len(whole)
    wanted = {place: is_[meaning] for place, meaning in reader.pages.tells.items()}
    if reader.pages.total:
        wanted[reader.pages.total] = len(whole)
    told = {place: said.at(place) for place in wanted}
    told = {place: value for place, value in told.items() if value is not NOWHERE and value is not None}
    due = {place: wanted[place] for place in told}
    reader.hold(
        "told", plain(told) == plain(due), f"page {number} says {as_json(plain(told))} instead of {as_json(due)}."
    )


def _hold_order(reader: Reader, whole: Sequence[Any]) -> None:
    order = reader.pages.order
    if order is not None:
        keys = [_sortable(first(each, order.by)) for each in whole]
        due = sorted(keys, reverse=order.descending)
        reader.hold("order", keys == due, f"the order is {as_json([key[1] or key[2] for key in keys][:20])}.")


def _sortable(value: Any) -> tuple[bool, int, str]:
    text = str(plain(value))
    return (False, int(text), "") if text.isdecimal() else (True, 0, text)


def filter_it(reader: Reader, draw: Draw) -> None:
    """Read a list by values that some of its entries have, and by two filters at once."""
    whole, ways = reader.whole(), list(reader.pages.filters.values())
    if not whole or not ways:
        return
    way = ways[draw(len(ways))]
    values = _values(whole, way, draw)
    for some in [values] if way.several else [[value] for value in values]:
        _hold_filtered(reader, whole, [(way, some)])
    for each in ways:
        for value in _values(whole, each, draw)[:1] if each.letters else ():
            _hold_filtered(reader, whole, [(each, [value])], "letters")
    fits = [values and plain(first(each, way.at)) == plain(values[0]) for each in whole]
    for other in [each for each in ways if values and each.parameter != way.parameter]:
        for chosen in (True, False):  # of the entries that the first value lets through, and of the others
            among = [each for each, it_fits in zip(whole, fits, strict=True) if it_fits is chosen]
            for value in _values(among, other, draw)[:1]:
                _hold_filtered(reader, whole, [(way, values[:1]), (other, [value])])


def _values(among: Sequence[Any], way: Filter, draw: Draw) -> list[Any]:
    """A few of the values by which a filter lets some of these entries through."""
    known = {str(plain(value)): value for each in among if (value := first(each, way.at)) not in (NOWHERE, None, "")}
    values = list(known.values())
    begin = draw(len(values)) if values else 0
    return [*values[begin:], *values[:begin]][:_MOST_VALUES]


def _hold_filtered(
    reader: Reader, whole: Sequence[Any], filters: list[tuple[Filter, list[Any]]], kind: str = "filters"
) -> None:
    """Hold that the list, read by filters, has the entries that fit all of them."""
    asked, due = dict[str, Any](), list(whole)
    for way, values in filters:
        text = way.written.replace("{value}", ",".join(str(plain(value)) for value in values))
        text = text.lower() if kind == "letters" else text
        asked[way.parameter] = text if kind == "letters" or way.several or way.written != "{value}" else values[0]
        fitting = [plain(value) for value in values]
        due = [each for each in due if plain(first(each, way.at)) in fitting]
    page = reader.pages.page
    let_through, _ = reader.read(**asked, **({page.size: page.most} if page else {}))
    why = f"{as_json(asked)} lets {len(let_through)} of {len(due)} through. {different(due, let_through)}"
    reader.hold(kind, plain(let_through) == plain(due), why)


def compare_notations(reader: Reader, draw: Draw) -> None:
    """Read a list in every notation."""
    notations = reader.laws.notations
    known = reader.context.world.contract.operations[reader.operation]
    media = next(iter(known.request.values()), None)
    if notations is None or not (media or any(each.name == notations.parameter for each in known.parameters)):
        return
    page = {reader.pages.page.size: 1 + draw(5)} if reader.pages.page else {}
    start, *others = [reader.read(**page, **{notations.parameter: value})[1] for value in notations.values]
    for value, other in zip(notations.values[1:], others, strict=True):
        alike, differs = in_notations(reader.calls.contract, (start, other), notations.besides)
        reader.hold("notations", alike, f"{notations.values[0]} and {value} differ: {differs}")


class ListsMachine(RuleBasedStateMachine):
    """Lists that are read in pages, by filters, and in every notation. A subclass has the context and the declaration."""

    context: LawContext
    laws: Laws
    #: the lists, and what is tallied
    names: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__()
        self._turns = cycle(self.names)

    @rule(choices=CHOICES)
    def read(self, choices: bytes) -> None:
        """Read the next of the lists: which one is not drawn, so that none is left out by chance."""
        name = next(self._turns)
        self.context.begin()
        with step(self.context):
            if name in self.laws.tallies:
                self._tally(name)
                return
            draw = drawing(choices)
            reader = Reader(self.context, self.laws, name, draw)
            read_in_pages(reader, draw)
            filter_it(reader, draw)
            compare_notations(reader, draw)

    def _tally(self, name: str) -> None:
        """Compare what is counted with what is listed, where nobody else can change it meanwhile."""
        if not self.context.alone:
            return
        tally = self.laws.tallies[name]
        reader = Reader(self.context, self.laws, tally.list, lambda _: 0)
        said = reader.calls.send(reader.calls.request(tally.operation, {}, reader.caller), {}, reader.caller)
        counted = {
            str(first(each, tally.by)): int(first(each, tally.count))
            for each in entries(said.exchange.tree, tally.entries)
        }
        there = {}
        for value in counted:
            every, listed = reader.read(**{tally.filter: value})
            total = listed.at(reader.pages.total)
            there[value] = int(total) if str(total).isdecimal() else len(every)
        law = tally_law(self.context, name, self.laws)
        self.context.hold(law, counted == there, f"Counted are {as_json(counted)}, listed {as_json(there)}.")


def tally_law(context: LawContext | None, name: str, laws: Laws) -> Law:
    """The law that counts are those of a list."""
    tally = laws.tallies[name]
    sentence = f"What {tally.operation} counts is what {tally.list} has."
    evidence = tally.evidence or "implied"
    return Law(name, sentence, tally.operation, evidence, promises=tuple(tally.promises))
