"""PHP forms: `a[0][b]=1` read into a tree by PHP's rules, and the tree's texts read as what a schema says they are."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from counterfoil.specs import Contract

MAX_FIELDS = 1000  # PHP's max_input_vars; PHP drops the rest, we say so
MAX_DEPTH = 64  # PHP's max_input_nesting_level; PHP drops the field, we say so


class MalformedForm(ValueError):
    """The query or the body cannot be read as fields; the message says why."""


class Tree(dict[str, Any]):
    """A PHP array: keys are kept as text, and it knows which number `[]` takes next."""

    __slots__ = ("next",)

    def __init__(self) -> None:
        self.next: int | None = None

    def put(self, key: "_Key", value: Any) -> None:
        """Set the value under the key, or append it."""
        name, number = key
        if name is None:
            number = self.next or 0
            name = str(number)
        self[name] = value
        if number is not None and (self.next is None or number >= self.next):
            self.next = number + 1


#: a step into a tree: its name (None appends), and the number that PHP takes it for, if it is one
_Key = tuple[str | None, int | None]

_INDEX = re.compile(r"0|-?[1-9][0-9]{0,17}")
_APPENDS = frozenset(("", " ", "\t", "\n", "\r", "\v", "\f"))  # PHP looks past one white space
_PLAIN = str.maketrans(". ", "__")
_UNCLOSED = str.maketrans(". [", "___")
_CACHED_NAME = 100  # clients send the same short names again and again; long ones are not worth the memory


def tree(pairs: Iterable[tuple[str, str]]) -> Tree:
    """The fields as PHP's `$_GET` and `$_POST` have them; later fields win.

    Raises:
        MalformedForm: more than 1000 fields, or brackets deeper than 64.
    """
    result = Tree()
    for count, (name, value) in enumerate(pairs):
        if count == MAX_FIELDS:
            raise MalformedForm(f"more than {MAX_FIELDS} fields")
        _put(result, _keys(name), value)
    return result


def _put(node: Tree, keys: tuple[_Key, ...], value: str) -> None:
    if len(keys) > 1:
        for key in keys[:-1]:
            below = None if key[0] is None else node.get(key[0])
            if not isinstance(below, Tree):
                below = Tree()
                node.put(key, below)
            node = below
    if keys:
        node.put(keys[-1], value)


def _keys(name: str) -> tuple[_Key, ...]:
    """The path that a field's name spells; empty where PHP ignores the field."""
    name = name.partition("\0")[0].lstrip(" ")
    head, bracket, rest = name.partition("[")
    if not head:
        return ()
    keys: list[_Key] = [(head.translate(_PLAIN), None)]
    while bracket:
        inner, closed, rest = rest.partition("]")
        if not closed:
            if len(keys) == 1:  # PHP takes an unclosed bracket for a part of the plain name
                return ((f"{keys[0][0]}_{inner.translate(_UNCLOSED)}", None),)
            break
        if len(keys) > MAX_DEPTH:
            raise MalformedForm(f"brackets deeper than {MAX_DEPTH} in the field {name[:40]!r}…")
        number = int(inner) if _INDEX.fullmatch(inner) else None
        keys.append((None, None) if inner in _APPENDS else (inner, number))
        bracket = rest[:1] if rest[:1] == "[" else ""
        rest = rest[1:]
    return tuple(keys)


def _quoted_keys(name: str) -> tuple[_Key, ...]:
    return _keys(_unquoted(name))


_cached_keys = lru_cache(maxsize=2048)(_quoted_keys)


def _unquoted(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text
    except UnicodeDecodeError as error:
        raise MalformedForm("a field is not UTF-8") from error


def query(text: str) -> Tree:
    """The fields of a query string or an urlencoded body. Raises MalformedForm."""
    result = Tree()
    fields = text.split("&") if text else []
    if len(fields) > MAX_FIELDS and sum(map(bool, fields)) > MAX_FIELDS:
        raise MalformedForm(f"more than {MAX_FIELDS} fields")
    encoded = "%" in text or "+" in text
    for field in fields:
        if not field:
            continue
        name, _, value = field.partition("=")
        keys = _cached_keys(name) if len(name) <= _CACHED_NAME else _quoted_keys(name)
        if encoded:
            value = _unquoted(value)
        if len(keys) == 1:  # a plain name, as nearly all are: the first step always has one
            result[keys[0][0]] = value  # type: ignore[index]
        else:
            _put(result, keys, value)
    return result


def utf8(data: bytes, what: str) -> str:
    """The text of the query or the body. Raises MalformedForm, saying what is none."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedForm(f"{what} is not UTF-8") from error


_options = lru_cache(maxsize=256)(parse_options_header)


def body(data: bytes, content_type: str) -> Tree:
    """The fields of a form body, urlencoded or multipart; empty for any other type. Raises MalformedForm."""
    if not data:
        return Tree()
    media_type, options = _options(content_type)
    if media_type == "application/x-www-form-urlencoded":
        return query(utf8(data, "the body"))
    if media_type != "multipart/form-data":
        return Tree()
    parser = FormDataParser(silent=False, max_form_parts=MAX_FIELDS, max_form_memory_size=None)
    try:
        _, fields, _ = parser.parse(BytesIO(data), media_type, len(data), options)
    except RequestEntityTooLarge as error:
        raise MalformedForm(f"more than {MAX_FIELDS} fields") from error
    except ValueError as error:
        raise MalformedForm(f"the multipart body cannot be read ({error or 'it is cut short'})") from error
    return tree((name, value) for name, value in fields.items(multi=True) if name is not None)  # PHP drops the nameless


Coercer = Callable[[Any], Any]

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
YES = frozenset(("true", "on", "1", "yes"))
NO = frozenset(("false", "off", "0", "no", ""))


def _integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value) if "." in value else int(value)
    return value


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        word = value.lower()
        return True if word in YES else False if word in NO else value
    return value


def _same(value: Any) -> Any:
    return value


class Coercion:
    """Compiles a contract's schemas into functions that read a form's texts as what the schema says they are.

    What cannot be read so stays as it is, for the validator to refuse by name.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._known: dict[str, Coercer] = {}

    def compile(self, schema: Any) -> Coercer:
        """The function for one schema."""
        if not isinstance(schema, dict):
            return _same
        ref = schema.get("$ref")
        if ref is not None:
            if ref not in self._known:
                self._known[ref] = lambda value: self._known[ref](value)  # noqa: PLW0108 - a schema may refer to itself
                self._known[ref] = self.compile(self._contract.deref({"$ref": ref}))
            return self._known[ref]
        parts = [self.compile(part) for part in schema.get("allOf", ())]
        branches = schema.get("oneOf") or schema.get("anyOf")
        if branches and any("type" in self._contract.deref(b) or "oneOf" in self._contract.deref(b) for b in branches):
            parts.append(_first_that_changes([self.compile(branch) for branch in branches]))
        own = self._typed(schema)
        if own is not _same:
            parts.append(own)
        if not parts:
            return _same
        if len(parts) == 1:
            return parts[0]

        def every(value: Any) -> Any:
            for part in parts:
                value = part(value)
            return value

        return every

    def _typed(self, schema: dict[str, Any]) -> Coercer:
        types = schema.get("type", ())
        types = (types,) if isinstance(types, str) else types
        if "object" in types or ("properties" in schema and not types):
            return self._object(schema)
        if "array" in types:
            return self._array(schema)
        for name, coercer in (("integer", _integer), ("number", _number), ("boolean", _boolean)):
            if name in types and "string" not in types:
                return coercer
        return _same

    def _object(self, schema: dict[str, Any]) -> Coercer:
        properties = {name: self.compile(below) for name, below in schema.get("properties", {}).items()}
        typed = {name: coercer for name, coercer in properties.items() if coercer is not _same}
        other = self.compile(schema.get("additionalProperties"))
        if "patternProperties" in schema:
            patterns = [(re.compile(name), self.compile(below)) for name, below in schema["patternProperties"].items()]
            return _by_patterns(typed, patterns)
        if not typed and other is _same:
            return _same

        def coerce(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            if other is _same:
                for name in typed.keys() & value.keys():
                    value[name] = typed[name](value[name])
            else:
                for name in value:
                    value[name] = properties.get(name, other)(value[name])
            return value

        return coerce

    def _array(self, schema: dict[str, Any]) -> Coercer:
        item = self.compile(schema.get("items"))

        def coerce(value: Any) -> Any:
            if isinstance(value, Tree) and all(map(_INDEX.fullmatch, value)):
                return [item(each) for each in value.values()]
            return value

        return coerce


def _by_patterns(typed: dict[str, Coercer], patterns: list[tuple[re.Pattern[str], Coercer]]) -> Coercer:
    def coerce(value: Any) -> Any:
        for name in value if isinstance(value, dict) else ():
            fitting = (coercer for pattern, coercer in patterns if pattern.search(name))
            value[name] = typed.get(name, next(fitting, _same))(value[name])
        return value

    return coerce


def _first_that_changes(branches: list[Coercer]) -> Coercer:
    def coerce(value: Any) -> Any:
        if isinstance(value, dict):
            for branch in branches:
                value = branch(value)
                if not isinstance(value, dict):
                    break
            return value
        for branch in branches:
            read = branch(value)
            if read is not value:
                return read
        return value

    return coerce
