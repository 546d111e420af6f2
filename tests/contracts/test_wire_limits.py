"""Bodies that are made to choke a reader are unreadable, and nothing else: they cost neither the run nor its time."""

import gzip
import json
import time

import pytest

from counterfoil.contracts.checks.leaks import _INSIDES
from counterfoil.contracts.wire import wire

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
