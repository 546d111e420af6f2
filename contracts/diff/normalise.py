"""Which values differ because they have to: ids, moments, hosts, sessions and tokens of two installations."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from counterfoil.contracts.http.exchange import Sent
from counterfoil.contracts.wire import wire


class Contradiction(str):
    """What speaks against values that differ, even where values always do."""

    __slots__ = ()


_ANOTHER_TIME = Contradiction("is another time, though both clocks agree")
_ANOTHER_NOTATION = Contradiction("is written in another way")
_NO_TIME = Contradiction("is a time at one side only")

_SECONDS = 5.0
_ISO = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_RFC = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
_DMY = r"\d\d[./]\d\d[./]\d{4}(?: \d\d:\d\d(?::\d\d)?)?"
_MOMENT = re.compile(rf"(?<![\w-])(?:{_ISO}|{_RFC}|{_DMY})(?![\w-])")
_ORIGIN = re.compile(r"https?://[^/\s\"'<>]+")
_ID_IN_URL = re.compile(r"(?<=[?&])\w*id=[\w-]+")
_AN_ID = re.compile(r"(?:(?:^|_|[a-z])(?:id|ids|uuid)|I[dD]s?|UUID|Uuid)$")
_NO_ID = re.compile(r"(?:pa|val|vo|gr|hybr|solid|avo)id$", re.IGNORECASE)
_LIKE_AN_ID = re.compile(r"(?=.*\d)[\w#:-]{1,80}")
_TOKEN = re.compile(r"[A-Za-z0-9_+/-]{12,}={0,2}|[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{10,}){2}")
_TURNS = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[a-z0-9])|(?<=[0-9])(?=[A-Za-z])")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_LONG_NUMBER = 6  # a shorter one may be an amount: it is taken for an id only where an id belongs


class Normaliser:
    """What is known of two sides that are asked the same, each in its own words.

    It learns what A calls a thing, and what B calls it: the ids of the profiles, what earlier answers gave to go on
    with, what the requests carried. `bases` are the URLs of both; `mark` stands before a number in what the run creates.
    """

    def __init__(self, bases: tuple[str, str], same_clock: bool = False, mark: str = "") -> None:
        self._bases = bases
        self._mark = re.compile(rf"{re.escape(mark)}-\d+" if mark else "(?!)")
        self._same_clock = same_clock
        self._known: dict[str, str] = {}
        self._fixed: dict[str, tuple[str, str]] = {}
        self._states: tuple[Collection[str], Collection[str]] = ((), ())

    def name(self, a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
        """Take what has the same name on both sides for the same thing."""
        for name in a.keys() & b.keys():
            self._pair(a[name], b[name])

    def fix(self, properties: Mapping[str, str], a: Mapping[str, Any], b: Mapping[str, Any]) -> None:
        """Know which property carries which known id: where one side has the known one, the other has to have it, too."""
        for name, known in properties.items():
            if known in a and known in b:
                self._fixed[name] = (wire.text(a[known]), wire.text(b[known]))

    def sent(self, a: Sent, b: Sent) -> None:
        """Take what stands in the same place of both requests for the same thing."""
        there, here = dict(_leaves(a)), dict(_leaves(b))
        for place in there.keys() & here.keys():
            self._pair(there[place], here[place])

    def opened(self, a: Collection[str], b: Collection[str]) -> None:
        """Know the states of sessions that each side has given out."""
        self._states = (a, b)

    def link(self, name: str, a: Any, b: Any) -> None:
        """Take two values for one thing if they stand where an id belongs."""
        for one, two in _ids(name, a, b):
            self._pair(one, two)

    def key(self, name: str) -> str:
        """What B calls what is the key `name` of a map at A."""
        return self._known.get(name, name)

    def reason(self, name: str, a: Any, b: Any) -> str | None:
        """Why the values may differ under a property of that name; None where they may not, as far as is known.

        A Contradiction says why they may never.
        """
        if not _is_scalar(a) or not _is_scalar(b):
            return None
        one, two = wire.text(a), wire.text(b)
        told = self._time(a, b)
        if told is not None:
            return told
        fixed = self._fixed.get(name)
        if fixed is not None and (one == fixed[0]) != (two == fixed[1]):
            return None
        if self._known.get(one) == two and not _may_be_an_amount(one):
            return "id"
        if _ids(name, a, b):
            return "id"
        return self._of_texts(a, b) if isinstance(a, str) and isinstance(b, str) else None

    def _pair(self, a: Any, b: Any) -> None:
        if _is_scalar(a) and _is_scalar(b) and a != b:
            one, two = wire.text(a), wire.text(b)
            if one and two and not _is_fraction(one) and not _is_fraction(two):
                self._known.setdefault(one, two)

    def _time(self, a: Any, b: Any) -> str | None:
        one, two = _moment(a), _moment(b)
        if one is None and two is None:
            return None
        if not isinstance(a, str) or not isinstance(b, str):  # a large number may be a time, and may be another thing
            return "time" if one and two and not self._same_clock else None
        if one is None or two is None:
            return _NO_TIME
        if _skeleton(a) != _skeleton(b):
            return _ANOTHER_NOTATION
        apart = abs((one - two).total_seconds())
        return _ANOTHER_TIME if self._same_clock and apart > _SECONDS else "time"

    def _of_texts(self, a: str, b: str) -> str | None:
        if a in self._states[0] and b in self._states[1]:
            return "session"
        a, b = (_without_base(text, base) for text, base in zip((a, b), self._bases, strict=True))
        if a == b:
            return "host"
        a, b = (self._mark.sub("{mark}", text) for text in (a, b))
        if a == b:
            return "mark"
        a = self._in_words_of_b(a)
        if a == b:
            return "id"
        if not self._same_clock:
            a, b = (_MOMENT.sub(lambda moment: _skeleton(moment[0]), text) for text in (a, b))
            if a == b:
                return "time"
        a, b = (_ID_IN_URL.sub("{id}", text) for text in (a, b))
        if a == b:
            return "id"
        if _ORIGIN.match(a) and _ORIGIN.sub("", a, count=1) == _ORIGIN.sub("", b, count=1):
            return "host"
        return "token" if _is_token(a) and _is_token(b) else None

    def _in_words_of_b(self, text: str) -> str:
        if not self._known:
            return text
        names = "|".join(re.escape(name) for name in sorted(self._known, key=len, reverse=True))
        pattern = rf"(?<![\w.])(?:{names})(?!\w|\.\d)"
        return re.sub(pattern, lambda match: self._known[match[0]], text)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_fraction(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and not text.lstrip("-").isdecimal()


def _may_be_an_amount(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and (len(text) < _LONG_NUMBER or _is_fraction(text))


def _is_id(name: str, value: Any) -> bool:
    """Whether the property is called an id, and the value looks like one."""
    if not _AN_ID.search(name) or _NO_ID.search(name) or not _is_scalar(value) or isinstance(value, float):
        return False
    return value > 0 if isinstance(value, int) else bool(_LIKE_AN_ID.fullmatch(value))


def _ids(name: str, a: Any, b: Any) -> list[tuple[Any, Any]]:
    """The ids that the values are, side by side: one each, or a text each that lists as many; else none."""
    texts = isinstance(a, str) and isinstance(b, str) and a.count(",") == b.count(",")
    pairs = list(zip(a.split(","), b.split(","), strict=True)) if texts else [(a, b)]
    return pairs if all(_is_id(name, one) and _is_id(name, two) for one, two in pairs) else []


def _moment(value: Any) -> datetime | None:
    """The moment that the value tells; None where it tells none."""
    if isinstance(value, int) and not isinstance(value, bool) and 1_000_000_000 < value < 3_000_000_000:
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    for read in (
        datetime.fromisoformat,
        parsedate_to_datetime,
        lambda text: datetime.strptime(re.sub("[./]", "-", text[:10]), "%d-%m-%Y"),  # noqa: DTZ007
    ):
        try:
            moment = read(value)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _skeleton(value: Any) -> str:
    return re.sub("[A-Za-z]{3}", "Aaa", re.sub(r"\d", "9", str(value)))


def _without_base(text: str, base: str) -> str:
    return text.replace(base, "{target}").replace(urlsplit(base).netloc, "{host}")


def _is_token(text: str) -> bool:
    """Whether the text looks as if it had been drawn by lot: long, of one piece, and neither word nor number for long."""
    return bool(_TOKEN.fullmatch(text)) and len(_TURNS.findall(text)) >= 4


def _leaves(sent: Sent) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for place, pairs in (("query", sent.query), ("field", sent.fields)):
        yield from (((place, index, name), value) for index, (name, value) in enumerate(pairs))
    yield from ((("path", name), value) for name, value in sent.path.items())
    yield from _below(("body",), sent.tree)


def _below(place: tuple[Any, ...], node: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _below((*place, key), value)
    else:
        yield place, node
