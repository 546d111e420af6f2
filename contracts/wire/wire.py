"""Bytes and trees: how a request's tree becomes a form, and how an answer's body becomes a tree."""

import codecs
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from counterfoil.contracts.wire.notations import NOTATIONS, NotInNotation
from counterfoil.specs import forms

Pairs = forms.Pairs
#: a scalar and a tree as a form has them
text, fields = forms.text, forms.fields

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"

_BOUNDARY = "counterfoil-9f2b7c1d5e8a4630"


class Unreadable(ValueError):
    """A body that is not what its media type says it is; the message says why."""


class Ambiguous(Unreadable):
    """A body that two readers may take for two different things, or one of them for nothing; the message says why."""


def urlencoded(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as a query string or an urlencoded body, brackets percent-encoded as PHP does it."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


def multipart(pairs: Iterable[tuple[str, str]]) -> tuple[bytes, str]:
    """The pairs as a multipart body, and the Content-Type that names its boundary; the same pairs, the same bytes."""
    pairs = list(pairs)
    boundary = _BOUNDARY
    while any(boundary in value for _, value in pairs):
        boundary += "x"
    parts = []
    for name, value in pairs:
        # a browser percent-encodes what would end the quoted name
        quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"\r\n\r\n{value}\r\n')
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"{MULTIPART}; boundary={boundary}"


def parsed_query(encoded: str) -> Pairs:
    """The pairs of a query string or an urlencoded body."""
    return parse_qsl(encoded, keep_blank_values=True, errors="replace", separator="&")


_INDEX = re.compile(r"0|-?[1-9][0-9]{0,17}")
_OPEN = re.compile(r"\[([^\]]*)\]")


def tree(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The pairs as PHP's `$_POST` has them: keys are texts, `[]` appends, a later field wins."""
    result: dict[str, Any] = {}
    for name, value in pairs:
        keys = _keys(name)
        if not keys:
            continue
        node = result
        for spelled in keys[:-1]:
            key = spelled or _next(node)
            if not isinstance(node.get(key), dict):
                node[key] = {}
            node = node[key]
        node[_next(node) if keys[-1] == "" and len(keys) > 1 else keys[-1]] = value
    return result


#: PHP drops a field that is nested deeper
_DEEPEST_FIELD = 64


def is_unclear(pairs: Pairs, brackets: bool, lists: Collection[str] = ()) -> bool:
    """Whether servers differ about what the pairs say, so that nobody can call them wrong.

    Bytes that are no text are read in many ways; so is a name that comes twice, or once with brackets and once without,
    unless it is one of those that may be repeated.
    """
    if any("\0" in part or "\ufffd" in part for pair in pairs for part in pair):
        return True
    seen: dict[str, Any] = {}
    return any(_comes_again(_keys(name), seen) for name, _ in pairs if brackets and name not in lists)


def _comes_again(keys: list[str], seen: dict[str, Any]) -> bool:
    """Whether a field stands at, below or above one of those seen, or deeper than PHP goes; it is one of them now."""
    node = seen
    for depth, spelled in enumerate(keys, 1):
        key = spelled or _next(node)
        if depth > _DEEPEST_FIELD or (key in node and (depth == len(keys) or not node[key])):
            return True
        node = node.setdefault(key, {})
    return False


def _keys(name: str) -> list[str]:
    """The path that a field's name spells, by PHP's rules; empty where PHP ignores the field."""
    name = name.partition("\0")[0].lstrip(" ")
    head, bracket, rest = name.partition("[")
    if not head:
        return []
    head = head.translate({46: "_", 32: "_"})
    if not bracket:
        return [head]
    if "]" not in rest:  # PHP takes an unclosed bracket for a part of the plain name
        return [f"{head}_{rest.translate({46: '_', 32: '_', 91: '_'})}"]
    keys, position, whole = [head], 0, "[" + rest
    while match := _OPEN.match(whole, position):
        keys.append("" if match[1].strip() == "" and len(match[1]) <= 1 else match[1])
        position = match.end()
    return keys


def _next(node: dict[str, Any]) -> str:
    taken = [int(key) for key in node if _INDEX.fullmatch(key)]
    return str(max(taken) + 1) if taken else "0"


def read(body: bytes, media_type: str, charset: str | None = None, notation: str | None = None) -> Any:
    """The tree that a body holds, by its media type; a text that is nobody's tree stays a text.

    `notation` is the contract's word (`x-notation`) for how such a body is read, where it has one.

    Raises:
        Unreadable: the body is not what its media type says it is, or is made so that readers choke on it. Nothing else
            is raised, whatever the bytes are.
    """
    try:
        return _shallow(_read(body, media_type, charset, notation))
    except Unreadable:
        raise
    except RecursionError as error:
        raise Ambiguous(_TOO_DEEP) from error
    except (ValueError, ArithmeticError, MemoryError, LookupError) as error:
        raise Ambiguous(f"readers choke on it: {type(error).__name__}: {str(error)[:200]}") from error


def _read(body: bytes, media_type: str, charset: str | None, notation: str | None) -> Any:
    if notation is not None:
        return _noted(body, charset, notation)
    if media_type == JSON or media_type.endswith("+json"):
        return _json(_decoded(body, charset))
    if media_type.endswith(("/xml", "+xml")):
        return _element(_parsed(body))
    if media_type == FORM:
        if body.count(b"&") > _MOST_VALUES:
            raise Ambiguous(f"more than {_MOST_VALUES:,} fields")
        return tree(_few(parsed_query(_decoded(body, charset))))
    decoded = _decoded(body, charset)
    return nvp(decoded) if media_type == "text/plain" and _NVP.match(decoded) else decoded


def _noted(body: bytes, charset: str | None, notation: str) -> Any:
    form, reader = NOTATIONS[notation]
    try:
        return reader(_parsed(body) if form == "xml" else _decoded(body, charset))
    except NotInNotation as error:
        raise Unreadable(str(error)) from error


def can_read(media_type: str) -> bool:
    """Whether bodies of this media type are looked into."""
    return (
        media_type in (JSON, FORM) or media_type.endswith(("+json", "/xml", "+xml")) or media_type.startswith("text/")
    )


#: how Python writes names and its own source: no charset of the web, and to read one takes the longer, the more there is
_NO_CHARSETS = ("punycode", "idna", "unicode_escape", "unicode-escape", "raw_unicode_escape", "raw-unicode-escape")


def _decoded(body: bytes, charset: str | None) -> str:
    try:
        if charset and codecs.lookup(charset).name in _NO_CHARSETS:
            raise Ambiguous(f"{charset} is no charset of the web")
        return body.decode(charset or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        raise Ambiguous(f"the bytes are not {charset or 'utf-8'} text: {error}") from error


def _json(body: str) -> Any:
    if body.startswith("\ufeff"):
        raise Ambiguous("a byte order mark, which is no part of JSON")
    if body.count(",") > _MOST_VALUES and _has_too_many(body):
        raise Ambiguous(f"more than {_MOST_VALUES:,} values")  # which would take the memory before they are counted
    try:
        tree = json.loads(body, parse_constant=_no_number, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error
    if _is_perhaps_huge(body):  # a hook for every number would cost every answer, this one only the odd one
        json.loads(body, parse_int=_measured, parse_float=_measured)
    if _SURROGATE.search(body) and _is_cut(tree):
        raise Ambiguous("JSON with one half of a surrogate pair, which is no character")
    return tree


#: some readers go no deeper than a hundred or a few hundred levels
_DEEPEST = 100
_TOO_DEEP = "it is nested deeper than many readers go"
#: what no answer of an order API comes near; each costs a reader a hundred bytes or more
_MOST_ELEMENTS = _MOST_VALUES = 100_000
_MOST_FIELDS = 10_000
#: characters in which so many values mostly stand, where there are so many
_ENOUGH = 10 * _MOST_VALUES
#: up to its end or to that of the body, so that no sign is looked at twice
_STRING = re.compile(r'"[^"\\]*+(?:\\[\s\S][^"\\]*+)*+(?:"|\\?\Z)')
#: a reader that knows namespaces writes the whole of one before each name: so many bytes may that come to
_MOST_NAMED = 32 * 1024 * 1024
_NAMESPACE = re.compile(rb"xmlns(?::[^\s=\"']{0,100})?\s{0,100}=\s{0,100}(?:\"[^\"]*|'[^']*)")
#: more digits than any amount or id has, or an exponent that makes a float infinite
_MOST_DIGITS = 400
_DIGITS = re.compile(f"(?<![0-9])[0-9]{{{_MOST_DIGITS}}}")
_EXPONENT = re.compile(r"[0-9][eE]\+?[0-9]{3}")


def _has_too_many(body: str) -> bool:
    """Whether there are more values than anybody reads. Mostly the beginning tells, and the rest need not be looked at."""
    beginnings = (body[:end] for end in (_ENOUGH, len(body)))
    return any(_STRING.sub("", each).count(",") > _MOST_VALUES for each in beginnings)


def _is_perhaps_huge(body: str) -> bool:
    """Whether a number may be in it that is larger than readers hold: so many digits in a row fill a whole block of half as many."""
    half = _MOST_DIGITS // 2
    blocks = (body[at : at + half].isdigit() for at in range(0, len(body) - half + 1, half))
    return _EXPONENT.search(body) is not None or (any(blocks) and _DIGITS.search(body) is not None)


def _measured(number: str) -> float:
    """The number, if it is one that readers can hold."""
    if len(number) > _MOST_DIGITS or not math.isfinite(float(number)):
        raise Ambiguous("a JSON number that is larger than the numbers of many readers")
    return float(number)


def _shallow(node: Any) -> Any:
    """The tree, if everybody who comes next can walk it in a moment."""
    depth, values, level = 0, 0, [node]
    while level:
        members = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list)]
        level = [below for each in members for below in each]
        depth, values = depth + bool(members), values + len(level)
        if depth > _DEEPEST:
            raise Ambiguous(_TOO_DEEP)
        if values > _MOST_VALUES:
            raise Ambiguous(f"more than {_MOST_VALUES:,} values")
    return node


def _no_number(word: str) -> Any:
    raise Unreadable(f"{word} is no JSON number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise Ambiguous(f"a JSON object with two members {twice!r}: some readers take the first, some the last")
    return members


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def _is_cut(node: Any) -> bool:
    """Whether a text in the tree has half a character in it."""
    if isinstance(node, dict):
        return any(_is_cut(name) or _is_cut(below) for name, below in node.items())
    if isinstance(node, list):
        return any(map(_is_cut, node))
    return isinstance(node, str) and any("\ud800" <= letter <= "\udfff" for letter in node)


#: as every encoding has them that a web server sends XML in, but for UTF-16
_ASCII = bytes(range(0x20, 0x7F))
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}?\bencoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def _parsed(body: bytes) -> Any:
    """The root of an XML document. Raises Unreadable."""
    try:
        source = body.decode("utf-16") if body.startswith(_UTF_16) else body
        body = source.encode("utf-8", "replace") if isinstance(source, str) else body
        declared = _XML_ENCODING.search(body)
        if declared and source is body and _ASCII.decode(declared[1].decode()) != _ASCII.decode():
            raise Ambiguous(f"XML in {declared[1].decode()}, in which not even ASCII stands as it is")
        if max(body.count(b"<"), body.count(b"=")) > 2 * _MOST_ELEMENTS:
            raise Ambiguous(f"XML with more than {_MOST_ELEMENTS:,} elements or attributes")
        longest = max(map(len, _NAMESPACE.findall(body)), default=0)
        if longest * (body.count(b"<") + body.count(b":")) > _MOST_NAMED:
            raise Ambiguous("XML with namespaces that make all its names long")
        # what every element has unless it says otherwise makes as much of a little as entities do
        root = fromstring(source, forbid_dtd=b"<!ATTLIST" in body)
    except Unreadable:
        raise
    except DefusedXmlException as error:
        raise Unreadable("XML with a document type or entities of its own, which careful readers refuse") from error
    except (SyntaxError, ValueError, LookupError) as error:  # ParseError is a SyntaxError
        raise Unreadable(f"not XML: {error}") from error
    level, depth = [root], 0
    while level:
        level, depth = [child for each in level for child in each], depth + 1
        if depth > _DEEPEST:
            raise Ambiguous(_TOO_DEEP)
    return root


def _few(pairs: Pairs) -> Pairs:
    # to count where `[]` stands takes the longer, the more there are
    most = _MOST_FIELDS if any("[]" in name for name, _ in pairs) else _MOST_VALUES
    if len(pairs) > most:
        raise Ambiguous(f"more than {most:,} fields")
    return pairs


def _element(element: Any) -> Any:
    children: dict[str, Any] = {}
    repeated: set[str] = set()
    for child in element:
        # a key that is no XML name stands in an attribute of its <item>
        name = child.attrib.get("key", child.tag) if child.tag == "item" else child.tag
        value = _element(child)
        if name in repeated:
            children[name].append(value)
        elif name in children:
            children[name] = [children[name], value]
            repeated.add(name)
        else:
            children[name] = value
    return children or (element.text or "")


_NVP = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_.\[\]-]*=")


def nvp(body: str) -> dict[str, Any]:
    """`name=value` pairs joined by `;`, names with brackets read into a tree. A `;` inside a value stays in it."""
    if body.count(";") > 2 * _MOST_VALUES:
        raise Ambiguous(f"more than {_MOST_VALUES:,} fields")
    pairs: list[tuple[str, list[str]]] = []
    for part in body.strip().split(";"):
        if _NVP.match(part):
            name, _, value = part.partition("=")
            pairs.append((name.strip(), [value]))
        elif pairs and part:
            pairs[-1][1].append(part)
    return tree(_few([(name, ";".join(parts)) for name, parts in pairs]))
