"""Bodies in a notation that the contract names: XML with attributes, and lines of text, both read into one tree."""

from typing import Any

import pytest

from counterfoil.contracts.http.client import Request, Target, read_reply
from counterfoil.contracts.http.connection import Reply
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<doc lang="en"><auth id="f3" level="16">f3</auth>
  <list name="lineitems"><elem><id>1</id></elem><elem><id>2</id></elem></list>
  <list name="empty"/>
  <ok/></doc>"""
LINES = rb"""@lang=en
auth/@id=f3
auth/@level=16
auth=f3
list[1]/@name=lineitems
list[1]/elem[1]/id=1
list[1]/elem[2]/id=2
list[2]/@name=empty
ok=
"""
TREE = {
    "doc": {
        "$lang": "en",
        "auth": {"$id": "f3", "$level": "16", "$": "f3"},
        "list": [
            {"$name": "lineitems", "elem": [{"id": {"$": "1"}}, {"id": {"$": "2"}}]},
            {"$name": "empty"},
        ],
        "ok": {"$": ""},
    }
}


def test_xml_with_attributes_is_read_as_its_json_form() -> None:
    """Attributes are `$name`, text is `$`; one child is an object, several are an array."""
    assert TREE == wire.read(XML, "text/xml", "utf-8", "dollar")


def test_lines_are_read_as_the_same_tree() -> None:
    """A line per text says what the XML says."""
    assert TREE == wire.read(LINES, "text/plain", "utf-8", "lines")


def test_a_text_of_several_lines_stands_in_one_line() -> None:
    r"""`\n` in a value is a line feed, and `\\` a backslash."""
    assert {"doc": {"msg": {"$": "a\nb\\n"}}} == wire.read(rb"msg=a\nb\\n", "text/plain", "utf-8", "lines")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"no equals sign", "not path=value"),
        (b"a[0]=1", "cannot be followed"),
        (b"a//b=1", "cannot be followed"),
        (b"a[2]=1", r"a\[2\] stands before a\[1\]"),
        (b"a=1\na[1]=2", "with and without a number"),
    ],
)
def test_lines_that_are_none_are_refused_with_the_line(body: bytes, told: str) -> None:
    """What cannot be read is named, so that a report can say why."""
    with pytest.raises(wire.Unreadable, match=told):
        wire.read(body, "text/plain", "utf-8", "lines")


def test_xml_that_is_none_is_unreadable_in_a_notation_too() -> None:
    """The notation begins where XML ends."""
    with pytest.raises(wire.Unreadable, match="not XML"):
        wire.read(b"<doc>", "text/xml", None, "dollar")


def _read(contract: str, operation: str, media_type: str, body: bytes) -> tuple[str, Any]:
    """Under which type an answer is read, and what comes of it."""
    known = Contract.load(contract)
    target = Target.described(known, "http://127.0.0.1:1", Entry())
    sent = target.prepare(Request(known.operations[operation]))
    reply = Reply(200, {"Content-Type": media_type}, body)
    exchange = read_reply(known, known.operations[operation], sent, reply, 0.0)
    return exchange.media_type, exchange.tree


@pytest.mark.parametrize("media_type", ["text/json; charset=UTF-8", "text/x-json", "text/html"])
def test_json_is_read_under_whatever_type_a_panel_sends_it(media_type: str) -> None:
    """No document names one; and a named list that is alone may be in an array."""
    body = b'{"doc": {"total": {"cost": {"$": "0.00"}}, "list": [{"$name": "lineitems"}]}}'
    read, tree = _read("billmanager", "get_cart", media_type, body)

    assert "application/json" == read
    assert {"$name": "lineitems"} == tree["doc"]["list"]


def test_pairs_are_read_as_a_page_but_a_page_is_no_pairs() -> None:
    """What PHP prints is `text/html` unless it says otherwise."""
    assert ("text/plain", {"result": "success"}) == _read(
        "whmcs-classic", "accept_order", "text/html", b"result=success;"
    )
    assert "text/html" == _read("whmcs-classic", "accept_order", "text/html", b"<h1>Bad Gateway</h1>")[0]
