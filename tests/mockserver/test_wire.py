"""One logical tree as JSON, XML, name=value pairs and lines."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring

from counterfoil.mockserver.engine import wire


def test_json_keeps_the_digits_of_decimals() -> None:
    """12.5000 leaves as the number 12.5000, whatever a float would make of it."""
    assert b'{"a":12.5000,"b":100000000000.0001}' == wire.json(
        {"a": Decimal("12.5000"), "b": Decimal("100000000000.0001")}
    )


def test_xml_repeats_the_element_of_a_list() -> None:
    """As WHMCS does; nothing and false are empty, true is 1."""
    tree = {"orders": {"order": [{"id": 1, "paid": True}, {"id": 2, "paid": False}]}, "note": None}

    assert (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<api version="1"><orders><order><id>1</id><paid>1</paid></order>'
        b"<order><id>2</id><paid/></order></orders><note/></api>"
    ) == wire.xml(tree, "api", ' version="1"')


@pytest.mark.parametrize("text", ["a\x00b\x1f", "<b>&amp;\"'", "]]>", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\ufffe"])  # fmt: skip
def test_xml_holds_any_text(text: str) -> None:
    """What XML cannot hold becomes U+FFFD; the rest comes back as it was."""
    root = fromstring(wire.xml({"t": text, text: "key"}, "r"))

    kept = "".join("\ufffd" if c in "\x00\x1f\ufffe" else c for c in text)
    assert kept == root[0].text
    assert ("item", kept) == (root[1].tag, root[1].get("key"))


def test_pairs_are_joined_by_semicolons_and_flattened_with_brackets() -> None:
    """The old format of WHMCS."""
    tree = {
        "result": "success",
        "orders": {"order": [{"id": 1, "at": datetime(2026, 1, 5, 9), "on": date(2026, 1, 5)}]},
    }

    assert (
        b"result=success;orders[order][0][id]=1;orders[order][0][at]=2026-01-05 09:00:00;orders[order][0][on]=2026-01-05"
    ) == wire.pairs(tree)


DOC = {
    "doc": {
        "$lang": "en",
        "auth": {"$id": "a1", "$": "a1"},
        "lineitem.id": {"$": "7"},
        "list": {"$name": "orders", "elem": [{"id": {"$": "1"}}, {"id": {"$": "2"}, "val": [{"$": "x"}, {"$": "y"}]}]},
        "metadata": {"$type": "list"},
        "ok": {"$": ""},
    }
}


def test_dollar_xml_says_what_is_an_attribute_and_what_is_text() -> None:
    """As BILLmanager does: `$name` is an attribute, `$` the text, what repeats is a list."""
    assert (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<doc lang="en"><auth id="a1">a1</auth><lineitem.id>7</lineitem.id>'
        b'<list name="orders"><elem><id>1</id></elem><elem><id>2</id><val>x</val><val>y</val></elem></list>'
        b'<metadata type="list"/><ok/></doc>'
    ) == wire.dollar_xml(DOC)


@pytest.mark.parametrize("text", ["a\x00b\x1f", "<b>&amp;\"'", "]]>", "\ufffe", "a\tb\nc\rd\r\ne"])
def test_dollar_xml_holds_any_text(text: str) -> None:
    """In an attribute and in an element, line ends and all; what XML cannot hold becomes U+FFFD."""
    root = fromstring(wire.dollar_xml({"doc": {"$a": text, "b": {"$": text}}}))

    kept = "".join("\ufffd" if c in "\x00\x1f\ufffe" else c for c in text)
    assert (kept, kept) == (root.get("a"), root.findtext("b"))


def test_lines_have_a_path_for_each_scalar() -> None:
    """An attribute has an `@`, what repeats is numbered, what is empty has nothing after its `=`."""
    assert (
        b"@lang=en\nauth/@id=a1\nauth=a1\nlineitem.id=7\nlist/@name=orders\nlist/elem[1]/id=1\nlist/elem[2]/id=2\n"
        b"list/elem[2]/val[1]=x\nlist/elem[2]/val[2]=y\nmetadata/@type=list\nok=\n"
    ) == wire.lines(DOC)


def test_a_line_holds_any_text() -> None:
    """Line ends are escaped, and the backslash that escapes them."""
    assert b"msg=a=b\\nc\\rd\\\\n\\\\\n" == wire.lines({"doc": {"msg": {"$": "a=b\nc\rd\\n\\"}}})
