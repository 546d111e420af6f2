"""Bodies that are made to choke a reader are unreadable, and nothing else: they cost neither the run nor its time."""

import gzip
import json
import time
from contextlib import suppress

import pytest

from counterfoil.contracts.checks.leaks import _INSIDES
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of

_DEEP = 50_000


@pytest.mark.parametrize(
    ("body", "media_type", "notation"),
    [
        (b"[" * _DEEP + b"]" * _DEEP, "application/json", None),
        (b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, "application/json", None),
        (b'{"id": ' + b"9" * 5000 + b"}", "application/json", None),
        (b'{"total": 1e999}', "application/json", None),
        (b'{"total": -1E+4000}', "application/json", None),
        (b"<a>" * _DEEP + b"</a>" * _DEEP, "text/xml", None),
        (b"<a>" * _DEEP + b"</a>" * _DEEP, "text/xml", "dollar"),
        (b"<r>" + b"<a/>" * 500_000 + b"</r>", "text/xml", None),
        (b"a[]=&" * 20_000, "application/x-www-form-urlencoded", None),
        (b"a[]=;" * 20_000, "text/plain", None),
        (b"a" + b"[b]" * 3_000_00 + b"=1", "application/x-www-form-urlencoded", None),
        (b"a/" * 200_000 + b"a=1", "text/plain", "lines"),
        (b'{"a": "\\ud800"}', "application/json", None),
        (gzip.compress(b"{}", mtime=0), "application/json", None),
        (b"{}", "application/json; x", None),
        (b"\xff\xfe", "application/json", None),
        (
            b'<!DOCTYPE r [<!ATTLIST a x CDATA "' + b"v" * 60_000 + b'">]><r>' + b"<a/>" * 90_000 + b"</r>",
            "text/xml",
            None,
        ),
        (b'<r xmlns:x="' + b"u" * 60_000 + b'">' + b"<x:a/>" * 90_000 + b"</r>", "text/xml", None),
        (b"<r " + b"".join(b'a%d="" ' % each for each in range(210_000)) + b"/>", "text/xml", None),
        (b'<?xml version="1.0" encoding="cp037"?>' + ("<r>" + "<a/>" * 300_000).encode("cp037"), "text/xml", None),
        (("<r>" + "<a/>" * 300_000 + "</r>").encode("utf-16"), "text/xml", None),
        (b"[" + b'{"a":1},' * 900_000 + b"1]", "application/json", None),
        (b"a&" * 2_000_000, "application/x-www-form-urlencoded", None),
        (b"a=" + b";" * 4_000_000, "text/plain", None),
    ],
    ids=lambda value: repr(value)[:24] if isinstance(value, bytes) else None,
)
def test_a_body_that_chokes_readers_is_unreadable_and_raises_nothing_else(
    body: bytes, media_type: str, notation: str | None
) -> None:
    """Depth, digits, exponents, elements, fields and broken text end as one kind of error."""
    try:
        tree = wire.read(body, media_type, None, notation)
    except wire.Unreadable as error:
        tree = str(error)[:500]

    assert json.dumps(tree)  # what is read can be walked by whoever comes next


@pytest.mark.parametrize("text", ["3e123abc", "9" * 500, "1E+999"])
def test_a_text_is_no_number(text: str) -> None:
    """An id or a key that looks like a huge number is a text like any other."""
    assert {"id": text} == wire.read(json.dumps({"id": text}).encode(), "application/json")


def test_an_unknown_charset_is_unreadable() -> None:
    """A charset that nobody has heard of, or that is no text encoding at all, makes a body unreadable."""
    for charset in ("klingon", "rot13", "zlib", "\x00", "idna"):
        with pytest.raises(wire.Unreadable):
            wire.read(b'{"a": 1}\x00\xff', "application/json", charset)


def test_no_body_is_read_as_a_charset_that_takes_the_longer_the_more_there_is() -> None:
    """Python can write names in that, and no server writes an answer in it; what servers do write is read."""
    before = time.process_time()
    for charset in ("punycode", "IDNA", "unicode_escape", "raw-unicode-escape"):
        with pytest.raises(wire.Unreadable, match="no charset of the web"):
            wire.read(b"{" * 4_000_000, "application/json", charset)

    assert time.process_time() - before < 1
    assert {"a": "é"} == wire.read('{"a": "é"}'.encode("utf-16"), "application/json", "utf-16")
    for charset in ("utf-16", "iso-8859-1"):
        assert "é" == wire.read(f'<?xml version="1.0" encoding="{charset}"?><r>é</r>'.encode(charset), "text/xml")


def test_a_text_of_many_numbers_is_read_in_one_pass() -> None:
    """Each of them a little shorter than what is too long."""
    text, before = ("9" * 399 + "x") * 2_500, time.process_time()

    assert {"a": text} == wire.read(json.dumps({"a": text}).encode(), "application/json")
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize("right", [0, 5_000])
def test_of_many_mistakes_in_one_answer_the_first_are_looked_at(right: int) -> None:
    """A list whose every element lacks thirty properties has no three hundred thousand errors to be told of."""
    contract, before = Contract.load("shopscript"), time.process_time()
    schema = {"properties": {"orders": {"items": {"required": [f"p{each}" for each in range(30)]}}}}
    good = dict.fromkeys((f"p{each}" for each in range(30)), 1)

    found = schemas_of(contract).broken(schema, {"orders": [good] * right + [{} for _ in range(10_000)]}, "")

    assert 30 == len(found)
    assert time.process_time() - before < 3


@pytest.mark.parametrize(
    "body", ['"' + '\\",' * 400_000, '["' + "a," * 400_000 + '"]', '"\\\n' * 200_000 + "," * 150_000]
)
def test_a_text_that_never_ends_is_looked_through_once(body: str) -> None:
    """Before a body is parsed, its texts are left out to count its values."""
    before = time.process_time()

    with suppress(wire.Unreadable):
        wire.read(body.encode(), "application/json")

    assert time.process_time() - before < 3


def test_a_mistake_about_a_long_text_does_not_repeat_all_of_it() -> None:
    """A finding for each clause would have eight million signs each."""
    schema = {"properties": {"orders": {"type": "array"}, "name": {"maxLength": 10}, "all": {"const": "x" * 200_000}}}
    long = "x" * 8_000_000

    found = schemas_of(Contract.load("shopscript")).broken(schema, {"orders": long, "name": [long, {"a": long}]}, "")

    assert ["/orders:type"] == [each.id for each in found]
    assert max(len(each.message) for each in found) < 200_000


@pytest.mark.parametrize(("digits", "is_read"), [(300, True), (400, False), (999, False)])
@pytest.mark.parametrize("before", [0, 1, 199, 200, 399])
def test_a_number_of_too_many_digits_is_found_wherever_it_stands(digits: int, is_read: bool, before: int) -> None:
    """Of a body, blocks are looked at, and one of them lies within it."""
    body = json.dumps({"a": "x" * before, "b": int("9" * digits)}).encode()

    if is_read:
        assert int("9" * digits) == wire.read(body, "application/json")["b"]
    else:
        with pytest.raises(wire.Ambiguous):
            wire.read(body, "application/json")


def test_a_value_of_many_parts_is_read_in_one_pass() -> None:
    """A hundred thousand `;` in one value are one value."""
    assert {"a": ";".join(["1", *["x"] * 100_000])} == wire.nvp("a=1" + ";x" * 100_000)


@pytest.mark.parametrize("text", ["\n" * 400_000, " at " * 100_000, " /var/a.a" * 50_000, "Warning: a in b " * 30_000])
def test_what_a_server_shows_of_its_inside_is_looked_for_in_one_pass(text: str) -> None:
    """No text makes the patterns for stack traces and paths go over it again and again."""
    steps = []
    for size in (len(text) // 8, len(text)):
        before = time.process_time()
        for pattern in _INSIDES.values():
            list(pattern.finditer(text[:size]))
        steps.append(time.process_time() - before)

    assert steps[1] < 8 * 4 * max(steps[0], 0.01)  # eight times the text: eight times the work, not sixty-four


def test_a_long_list_of_pairs_is_read_whole() -> None:
    """A list of a thousand services, with what is in each, is nothing out of the way."""
    body = ";".join(f"products[product][{row}][f{name}]=1" for row in range(1000) for name in range(17))

    tree = wire.read(body.encode(), "text/plain")

    assert {"products": {"product"}} == {name: {*below} for name, below in tree.items()}
