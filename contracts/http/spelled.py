"""Finds a text however it is spelled: escaped for JSON, an address or HTML, in capitals, in hexadecimal, in base64.

Every way is looked for in one pass: what is escaped is read first, with the place where each sign stood, and the text is
then searched as what it means. Of what is cut, its beginning is found: coded, wherever it stands, since no word looks like
it; as it is, where the text ends. Of what is made like a token, any run is found that is too long to stand there by chance.
"""

import re
from base64 import b64encode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import html5
from itertools import pairwise

Span = tuple[int, int]

#: one sign that stands for another, also within another spelling of the same kind; and what is no ASCII
_SIGN = re.compile(
    r"\\+u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})|%(?:25)*([0-9a-fA-F]{2})"
    r"|&(?:amp;)*#(?:[xX]0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}));|&(?:amp;)*([a-zA-Z]{2,8};)"
    r"|\\+([nrt])|\\+(?=(.))|([^\x00-\x7f])",
    re.DOTALL,
)
_BARE = 8
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}
#: so many signs of base64 are no word that stands there by chance
_LEAST = 8
_BLANK = " \t\r\n"
#: what is made of letters, digits and these signs is a token: no words, no address, no name with its password
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
#: so many signs of a token tell too much of it, and stand nowhere by chance
LEAST_RUN = 12
#: any such run has one of the blocks in it into which a token is divided
_BLOCK = LEAST_RUN // 2


def spans(text: str, value: str) -> list[Span]:
    """Where the value stands in the text in any spelling, from the first to the last, none over another."""
    plain = _read(text)
    found = _coded_spans(text, plain.source_lower, value)
    if plain.text != text:  # base64 has slashes, which JSON may escape
        found += [plain.origin(each) for each in _coded_spans(plain.text, plain.lower, value)]
    if any(way in plain.lower for way in _lower_ways(value)):
        found += [plain.origin(match.span()) for match in _any_case(value).finditer(plain.text)]
    found += [plain.origin(each) for each in _cut_at_the_end(plain.text, value)]
    return list(_apart(sorted(found)))


def _coded_spans(text: str, lower: str, value: str) -> list[Span]:
    """Where the value, or its beginning, stands in hexadecimal or base64. Nearly every text has none, and is soon done."""
    if _hexadecimal(value)[:_LEAST] not in lower and not any(begun in text for begun in _begun_in_base64(value)):
        return []
    return [match.span() for match in _coded(value).finditer(text)] + list(_cut_coded(text, value))


def _cut_coded(text: str, value: str) -> Iterator[Span]:
    """Where the value begins in hexadecimal or base64, and does not go on to its end."""
    beginnings, ways = _coded_beginnings(value)
    for match in beginnings.finditer(text) if beginnings else ():
        begin = match.start()
        yield begin, max(begin + _alike(text, begin, way) for way in ways)


def _alike(text: str, begin: int, way: str) -> int:
    """How many signs of the text are those of the coded value."""
    there = text[begin : begin + len(way)]
    if there == way:
        return len(way)
    return next((at for at, (one, other) in enumerate(zip(there, way, strict=False)) if one != other), len(there))


def _cut_at_the_end(text: str, value: str) -> Iterator[Span]:
    """Where the text ends within the value, of which so much stands there that it is no other word."""
    end = len(_without_ellipsis(text))
    for whole in _lower_ways(value):
        last = text[max(0, end + 1 - len(whole)) : end].lower()
        begun = last.find(whole[: max(_LEAST, len(whole) // 2)])
        if begun >= 0 and whole.startswith(last[begun:]):
            yield end - len(last) + begun, end


def _without_ellipsis(text: str) -> str:
    """The text that somebody has cut, without what says so."""
    bare = text.rstrip(_BLANK)
    return next((bare.removesuffix(each).rstrip(_BLANK) for each in _ELLIPSES if bare.endswith(each)), bare)


def runs(text: str, value: str) -> list[Span]:
    """Where so much of the value stands in the text that it tells it, whatever was cut off, if the value is a token."""
    blocks = _blocks(value)
    if not blocks:
        return []
    plain = _read(text)
    places = sorted((at, within) for block, within in blocks.items() for at in _places(block, plain.lower))
    return list(_apart(sorted(plain.origin(each) for each in _runs(plain.lower, value.lower(), places))))


def _places(block: str, text: str) -> Iterator[int]:
    at = text.find(block)
    while at >= 0:
        yield at
        at = text.find(block, at + len(block))


def _goes_on(text: str, at: int, way: str, within: int) -> bool:
    """Whether the sign before the block or the one behind it is the value's, too."""
    before, behind = text[at - 1 : at], text[at + _BLOCK : at + _BLOCK + 1]
    return (within > 0 and before == way[within - 1]) or behind == (way[within + _BLOCK : within + _BLOCK + 1] or None)


def _runs(text: str, way: str, places: Iterable[tuple[int, int]]) -> Iterator[Span]:
    """From each block as far as the text goes on as the value does, to both sides; nothing is looked at twice."""
    over = 0
    for at, within in places:
        if at < over or not _goes_on(text, at, way, within):
            continue
        before = _alike(text[max(over, at - within) : at][::-1], 0, way[:within][::-1])
        begin, end = at - before, at + _alike(text, at, way[within:])
        if end - begin >= LEAST_RUN:
            yield begin, end
            over = end


@lru_cache
def _blocks(value: str) -> dict[str, int]:
    """Into what a token is divided, and where each block begins in it; nothing of what is no token, or a short one."""
    way = value.lower()
    if len(way) <= LEAST_RUN or not _TOKEN.fullmatch(value):
        return {}
    every = range(0, len(way) - _BLOCK + 1, _BLOCK)
    return {way[at : at + _BLOCK]: at for at in reversed(every)}


def spans_behind(text: str, pattern: str) -> list[Span]:
    """Where the group `value` of a regular expression stands in the text, read as what it means."""
    plain = _read(text)
    return list(_apart(sorted(plain.origin(match.span("value")) for match in re.finditer(pattern, plain.text))))


@lru_cache(maxsize=4)
def _read(text: str) -> "_Meant":
    return _Meant(text)


def meant(value: str) -> str:
    """The value as it stands in a text that is read as what it means: a sign for each byte of UTF-8."""
    return value.encode("utf-8", "surrogatepass").decode("latin-1")


#: how a text ends that somebody has cut, if it does not end at once
_ELLIPSES = ("...", meant("…"))


class _Meant:
    """A text, read: each escaped sign as itself, everything in bytes of UTF-8, and where each stood."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self._starts, self._ends = [0], [0]  # where a piece begins in what is meant, and where in the text
        length = at = 0
        starts, ends = self._starts, self._ends
        for match in _SIGN.finditer(text):
            begin, end = match.span()
            sign = _sign(match)
            starts += (length, length + begin - at)
            ends += (at, begin)
            pieces += (text[at:begin], sign)
            length += begin - at + len(sign)
            at = end
        starts.append(length)
        ends.append(at)
        pieces.append(text[at:])
        self.text = "".join(pieces)
        self.lower, self.source_lower = self.text.lower(), text.lower()

    def origin(self, span: Span) -> Span:
        """Where in the text stood what stands there in what is meant."""
        return self._at(span[0]), self._at(span[1] - 1, after=True)

    def _at(self, place: int, *, after: bool = False) -> int:
        piece = bisect_right(self._starts, place) - 1
        within = place - self._starts[piece]
        is_sign = piece % 2 == 0 and 0 < piece < len(self._starts) - 1  # pieces take turns, and the first is empty
        if not is_sign:
            return self._ends[piece] + within + after
        return self._ends[piece + 1] if after else self._ends[piece]


def _sign(match: re.Match[str]) -> str:
    if match.lastindex == _BARE:
        return ""  # a backslash before a sign says the sign
    unit, byte, percent, hexadecimal, decimal, name, blank, _, other = match.groups()
    if percent is not None:
        return chr(int(percent, 16))  # a byte of UTF-8, of which a sign may have several
    if blank is not None:
        return _BLANKS[blank]
    if name is not None:
        return meant(html5.get(name, match.group()))
    number = int(unit or byte or hexadecimal or "0", 16) if decimal is None else int(decimal)
    return meant(other or (chr(number) if number < 0x110000 else "\ufffd"))


@lru_cache
def _any_case(value: str) -> re.Pattern[str]:
    """The value as it is meant, in any case."""
    return re.compile("|".join(map(re.escape, _ways(value))), re.IGNORECASE)


@lru_cache
def _ways(value: str) -> tuple[str, ...]:
    """The value as it is meant; a pair of surrogates, which JSON writes as two, as both."""
    units = value.encode("utf-16-le", "surrogatepass")
    pairs = "".join(chr(units[at] | units[at + 1] << 8) for at in range(0, len(units), 2))
    cases = (value, pairs, value.replace(" ", "+"), value.upper(), value.lower())  # bytes of UTF-8 have no case
    # what looks escaped in the value itself is read so in a text, too
    return tuple(dict.fromkeys([*map(meant, cases), *(_Meant(case.rstrip("\\")).text for case in cases)]))


@lru_cache
def _lower_ways(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(way.lower() for way in _ways(value)))


@lru_cache
def _begun_in_base64(value: str) -> tuple[str, ...]:
    """What stands at the beginning of the value in base64, one way or another."""
    return tuple(dict.fromkeys(begun for way in _base64(value) if (begun := way[:_LEAST])))


@lru_cache
def _coded(value: str) -> re.Pattern[str]:
    """The value in hexadecimal or base64, alone or among others."""
    ways = [f"(?i:{re.escape(_hexadecimal(value))})", *(re.escape(own) for own in _base64(value) if len(own) >= _LEAST)]
    return re.compile("|".join(sorted(ways, key=len, reverse=True)))


@lru_cache
def _coded_beginnings(value: str) -> tuple[re.Pattern[str] | None, tuple[str, ...]]:
    """What it begins with, coded: half of it or a run, more than any text has by chance; and the whole of each way."""
    hexadecimal = _hexadecimal(value)
    ways = dict.fromkeys((hexadecimal, hexadecimal.upper()), 2 * LEAST_RUN)
    ways |= dict.fromkeys(_base64(value), 8 * LEAST_RUN // 6)
    least = {way: max(2 * _LEAST, min(len(way) // 2, run)) for way, run in ways.items()}
    begun = tuple(way for way, signs in least.items() if len(way) > signs)
    pattern = "|".join(re.escape(way[: least[way]]) for way in begun)
    return (re.compile(pattern) if begun else None), begun


@lru_cache
def _hexadecimal(value: str) -> str:
    return value.encode("utf-8", "surrogatepass").hex()


def _base64(value: str) -> tuple[str, ...]:
    """The value in base64, alone or among others: what its neighbours have no part in."""
    data = value.encode("utf-8", "surrogatepass")
    found = []
    for encode in (b64encode, urlsafe_b64encode):
        for before in range(3):
            coded = encode(bytes(before) + data).decode().rstrip("=")
            found.append(coded[-(-before * 8 // 6) : len(coded) if (before + len(data)) % 3 == 0 else -1])
    return tuple(dict.fromkeys(found))


def _apart(found: list[Span]) -> Iterator[Span]:
    """The spans, those that overlap as one."""
    joined: list[Span] = []
    for begin, end in found:
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    assert all(one[1] <= other[0] for one, other in pairwise(joined))
    return iter(joined)
