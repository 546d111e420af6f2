"""Bytes become trees and trees become bytes, by PHP's rules and by what each media type promises."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.contracts.wire import wire

_scalars = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_names = st.from_regex("[a-z][a-z0-9_]{0,5}", fullmatch=True)
_trees = st.dictionaries(
    _names,
    st.recursive(_scalars, lambda below: st.dictionaries(_names, below, min_size=1, max_size=3), max_leaves=6),
    max_size=4,
)


@given(_trees)
def test_a_tree_survives_the_way_through_a_form(tree: dict[str, object]) -> None:
    """What is flattened into brackets is read back as it was."""
    encoded = wire.urlencoded(wire.fields(tree))
    assert wire.tree(wire.parsed_query(encoded)) == tree


@pytest.mark.parametrize(
    ("tree", "pairs"),
    [
        ({"items": [{"sku": 1}, {"sku": 2}]}, [("items[0][sku]", "1"), ("items[1][sku]", "2")]),
        ({"pid": {"0": 1, "3": 5}}, [("pid[0]", "1"), ("pid[3]", "5")]),
        ({"yes": True, "no": False, "none": None}, [("yes", "true"), ("no", "false"), ("none", "")]),
        (
            {"price": Decimal("9.90"), "big": 1e20, "whole": 2.0},
            [("price", "9.90"), ("big", "1" + "0" * 20), ("whole", "2")],
        ),
        ({"empty": [], "also": {}}, []),
    ],
)
def test_a_tree_is_flattened_as_php_does_it(tree: object, pairs: wire.Pairs) -> None:
    """Lists count, maps name, an empty list leaves nothing."""
    assert wire.fields(tree) == pairs


@pytest.mark.parametrize(
    ("encoded", "tree"),
    [
        ("a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        ("a[][x]=1&a[][y]=2", {"a": {"0": {"x": "1"}, "1": {"y": "2"}}}),
        ("a[5]=1&a[]=2", {"a": {"5": "1", "6": "2"}}),
        ("a=1&a=2", {"a": "2"}),
        ("a.b c=1", {"a_b_c": "1"}),
        ("a[b.c]=1&", {"a": {"b.c": "1"}}),
        ("a[b=1", {"a_b": "1"}),
        ("[a]=1&=2", {}),
        ("a%5B0%5D=x%20y", {"a": {"0": "x y"}}),
    ],
)
def test_a_form_is_read_by_the_rules_of_php(encoded: str, tree: object) -> None:
    """Empty brackets append, a later field wins, names are mended."""
    assert wire.tree(wire.parsed_query(encoded)) == tree


def test_a_multipart_body_is_the_same_for_the_same_pairs() -> None:
    """The boundary is fixed, and moves out of the way of a value that holds it."""
    body, content_type = wire.multipart([("a[0]", "1")])
    assert (body, content_type) == wire.multipart([("a[0]", "1")])
    assert b'name="a[0]"\r\n\r\n1\r\n' in body
    boundary = content_type.partition("boundary=")[2]
    _, other = wire.multipart([("a", f"--{boundary}")])
    assert other != content_type


@pytest.mark.parametrize(
    ("body", "media_type", "tree"),
    [
        (b'{"a": [1, null]}', "application/json", {"a": [1, None]}),
        (b"<r v='1'><a>1</a><l><i>1</i><i>2</i></l><e/><b><![CDATA[x&y]]></b></r>", "text/xml",
         {"a": "1", "l": {"i": ["1", "2"]}, "e": "", "b": "x&y"}),
        (b'<r><item key="a b">1</item></r>', "application/xml", {"a b": "1"}),
        (b"result=success;orders[order][0][id]=7;note=a;b", "text/plain",
         {"result": "success", "orders": {"order": {"0": {"id": "7"}}}, "note": "a;b"}),
        (b"plain words", "text/plain", "plain words"),
    ],
)  # fmt: skip
def test_an_answer_is_read_by_its_media_type(body: bytes, media_type: str, tree: object) -> None:
    """JSON, XML and pairs become trees; other text stays text."""
    assert wire.read(body, media_type) == tree


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{", "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b"<a>", "text/xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text/xml"),
        (b'{"a": "\xff"}', "application/json"),
        (b'{"a": 1}}', "application/json"),
        (b'\xef\xbb\xbf{"a": 1}', "application/json"),
        (b'{"a": {"b": 1, "b": 1}}', "application/json"),
        (b'{"a": ["\\ud83d"]}', "application/json"),
        (b"[" * 200 + b"]" * 200, "application/json"),
        (b"[" * 5_000, "application/json"),
        (b"<a/><b/>", "text/xml"),
        (b"<?xml version='1.0' encoding='utf-16'?><a/>", "text/xml"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_unreadable(body: bytes, media_type: str) -> None:
    """The reader says so instead of guessing."""
    with pytest.raises(wire.Unreadable):
        wire.read(body, media_type)


@pytest.mark.parametrize(
    ("encoded", "unclear"),
    [
        ("a=1&b=2", False),
        ("a=1&a=1", True),
        ("a[]=1&a[]=2", False),
        ("a[0]=1&a[]=2", False),
        ("a[]=1&a[0]=2", True),
        ("a=1&a[]=2", True),
        ("a[b]=1&a=2", True),
        ("a[b][c]=1&a[b][d]=2", False),
        ("l=1&l=2", False),
        ("a=%FF", True),
        ("a%00b=1", True),
        ("a" + "[b]" * 70 + "=1", True),
    ],
)
def test_a_name_that_comes_twice_is_unclear(encoded: str, unclear: bool) -> None:
    """So are bytes that are no text; what is a list may be repeated, and `[]` appends."""
    assert unclear is wire.is_unclear(wire.parsed_query(encoded), True, {"l"})
