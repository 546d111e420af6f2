"""Requests that are odd in one way each, as no careful client writes them and every server meets them some day.

Texts of every script, numbers that no variable holds, depth, names that come twice, brackets too many or too few, bytes
that are no text. What such a request means is judged by the contract, like everything that is sent; where nobody can say
what it means, only its answer is looked at.
"""

import json
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from counterfoil.contracts.generate.generation_schema import function_names
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.wire import nesting, wire
from counterfoil.contracts.wire.described import Described, described
from counterfoil.contracts.wire.places import put
from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of

#: Cyrillic, Chinese, Hebrew against the direction, letters that are put together, signs beyond 16 bits and without width
_SCRIPTS = "Жé中\u202eא\u202ce\u0301\u0327😀𝒳\u200b\ufeff"
_TEXTS = (_SCRIPTS, "x" * 3_000, "", "   ")
_NUMBERS: tuple[int | float, ...] = (2**31, 2**63, 10**40, -0.0)
#: as they stand behind `=`: a slash in two bytes, a NUL, a sign that escapes nothing, a byte of another encoding
_ENCODED = ("%C0%AF", "1%00", "100%", "%zz", "%E9")
_NOT_FREE = frozenset(("enum", "const", "pattern", "format"))
_PHP_DEPTH = 60


def edge_cases(request: Request, contract: Contract, never: Collection[str], seed: int) -> list[Request]:
    """The request made odd in many ways, each way once, in an order that the seed decides; texts come first.

    Properties that are `never` made up stay as they are, and so does the name of the function.
    """
    never = {*never, *(name.lower() for name in function_names(contract, request.operation))}
    draw = random.Random(f"{seed}{request.operation.id}")  # noqa: S311 - what is drawn decides what is tested
    odd = _EdgeCases(request, contract, never, draw)
    scripts, long, *texts = odd.texts()
    others = [*texts, *odd.numbers(), *odd.depths(), *odd.repeated(), *odd.brackets(), *odd.bytes()]
    draw.shuffle(others)
    return [each for each in (scripts, long, *others) if each is not None]


class _EdgeCases:
    def __init__(self, request: Request, contract: Contract, never: Collection[str], draw: random.Random) -> None:
        self._request, self._contract, self._draw = request, contract, draw
        operation = request.operation
        media = operation.request.get(request.media_type or "")
        self._is_json = media is not None and media.media_type.endswith("json")
        self._is_form = media is not None and media.media_type == wire.FORM
        #: whether somebody reads brackets in names, as forms have them
        self._reads_forms = any(wire.FORM in each.request for each in contract.operations.values())
        self._body: dict[str, Any] = request.body if isinstance(request.body, dict) else {}
        self._query = {each.name: each for each in operation.parameters if each.place == "query"}
        self._query = {name: each for name, each in self._query.items() if name.lower() not in never}
        self._schema = media.schema if media else {}
        inside = [each for each in described(contract, self._schema, self._body, "") if each.path]
        self._inside = [each for each in inside if str(each.path[-1]).lower() not in never]
        absent = schemas_of(contract).properties(self._schema) if media else {}
        self._absent = {n: s for n, s in absent.items() if n not in self._body and n.lower() not in never}

    def texts(self) -> Iterator[Request | None]:
        """The same text in every place that takes any text."""
        free = [each.path for each in self._inside if isinstance(each.value, str) and _is_free(each)]
        free += [(name,) for name, schema in self._absent.items() if self._is_text(schema)]
        asked = [name for name, parameter in self._query.items() if self._is_text(parameter.schema)]
        for text in _TEXTS:
            request = self._request
            for path in free:
                request = replace(request, body=put(request.body, path, text))
            request = replace(request, query={**request.query, **dict.fromkeys(asked, text[:1000])})
            yield request if free or asked else None

    def numbers(self) -> Iterator[Request]:
        """A huge number, or a zero with a sign, in place of another."""
        places = [each.path for each in self._inside if isinstance(each.value, int | float) and each.value is not True]
        asked = [name for name, each in self._query.items() if self._types(each.schema) & {"integer", "number"}]
        in_path = [name for name, value in self._request.path.items() if isinstance(value, int)]
        where = [*(("body", p) for p in places), *(("query", n) for n in asked), *(("path", n) for n in in_path)]
        for number in _NUMBERS if where else ():
            kind, place = self._draw.choice(where)
            yield self._with(kind, place, number)

    def _with(self, kind: str, place: Any, value: Any) -> Request:
        if kind == "body":
            return replace(self._request, body=put(self._body, place, value))
        if kind == "query":
            return replace(self._request, query={**self._request.query, place: value})
        return replace(self._request, path={**self._request.path, place: value})

    def depths(self) -> Iterator[Request]:
        """A value that lies deep, in place of one that does not; and for JSON, nothing but depth."""
        deep: Any = "x"
        for _ in range(_PHP_DEPTH):
            deep = {"a": deep}
        if self._inside:
            yield self._with("body", self._draw.choice(self._inside).path, deep)
        if self._is_json:
            yield replace(self._request, raw=b"[" * 5_000 + b"]" * 5_000)

    def repeated(self) -> Iterator[Request]:
        """A name that comes twice, with two values."""
        if self._query:
            name = self._draw.choice(list(self._query))
            query = {name: 1, **self._request.query}
            yield replace(self._request, query=query, tail=wire.urlencoded([(name, "2")]))
        names = self._plain_names()
        if self._is_json and names:
            name = json.dumps(self._draw.choice(names))
            inside = json.dumps(self._body, ensure_ascii=False)[1:]
            yield replace(self._request, raw=f"{{{name}: 2, {inside}".encode())
        if self._is_form and names:
            yield self._form([(self._draw.choice(names), "2")])

    def brackets(self) -> Iterator[Request]:
        """`pid[]` in place of `pid`, and the other way round."""
        meaning = [
            name for name, each in self._query.items() if self._reads_forms or "array" in self._types(each.schema)
        ]
        for name in self._some([n for n in meaning if n in self._request.query] or meaning):
            value = self._request.query.get(name, 1)
            others = {key: below for key, below in self._request.query.items() if key != name}
            yield replace(self._request, query={**others, f"{name}[]": value})
        lists = [each for each in self._inside if isinstance(each.value, list) and each.value]
        for each in self._some(lists):
            yield self._with("body", each.path, each.value[0])
        plain = [each for each in self._inside if not isinstance(each.value, dict | list)]
        for each in self._some(plain):
            yield self._with("body", each.path, [each.value])
        for name in self._some(self._plain_names() if self._is_form else []):
            others = {key: below for key, below in self._body.items() if key != name}
            yield replace(self._request, body={**others, f"{name}[]": self._body[name]})

    def bytes(self) -> Iterator[Request]:
        """What stands for no character, or for one only in another encoding."""
        for encoded in _ENCODED:
            if self._is_form:
                name = self._draw.choice([*self._plain_names(), *self._absent] or ["odd"])
                yield self._form([], f"{wire.urlencoded([(name, '')])}{encoded}")
            else:
                name = self._draw.choice([*self._query] or ["odd"])
                others = {key: value for key, value in self._request.query.items() if key != name}
                yield replace(self._request, query=others, tail=f"{wire.urlencoded([(name, '')])}{encoded}")
        if self._is_json:
            written = json.dumps({**self._body, "odd": "é"}, ensure_ascii=False)
            for encoding in ("latin-1", "utf-16", "utf-8-sig"):
                yield replace(self._request, raw=written.encode(encoding, "replace"))

    def _form(self, more: wire.Pairs, tail: str = "") -> Request:
        """The request with more fields behind its own, or with one that no encoder writes in place of its own."""
        pairs = nesting.fields(self._body, self._contract.brackets)
        own = [pair for pair in pairs if f"{wire.urlencoded([(pair[0], '')])}" != tail[: tail.find("=") + 1]]
        parts = [wire.urlencoded([*own, *more]), tail]
        return replace(self._request, raw="&".join(filter(None, parts)).encode())

    def _plain_names(self) -> list[str]:
        """The properties of the body that hold neither a list nor a map."""
        return [str(e.path[0]) for e in self._inside if len(e.path) == 1 and not isinstance(e.value, dict | list)]

    def _some(self, members: Sequence[Any]) -> list[Any]:
        return [self._draw.choice(members)] if members else []

    def _types(self, schema: Any) -> set[str]:
        declared = schemas_of(self._contract).deref(schema).get("type", ())
        return {declared} if isinstance(declared, str) else set(declared)

    def _is_text(self, schema: Any) -> bool:
        schema = schemas_of(self._contract).deref(schema)
        return isinstance(schema, dict) and "string" in self._types(schema) and not schema.keys() & _NOT_FREE


def _is_free(each: Described) -> bool:
    """Whether any text may stand there."""
    return not any(schema.keys() & _NOT_FREE for schema, _ in each.schemas)
