"""How the framework writes an array: JSON and XML as they were seen of its decorators."""

import pytest
from defusedxml.ElementTree import ParseError, fromstring

from counterfoil.mockserver.shopscript import writing

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ORDER = "contact_id=1&items[0][sku_id]=1"


def inside(tree) -> str:
    """The XML between the root's tags, without white space between elements."""
    text = writing.xml(tree).decode().removeprefix(HEAD).strip()
    lines = [line.strip() for line in text.splitlines()]
    return "".join(lines).removeprefix("<response>").removesuffix("</response>").replace("<response/>", "")


@pytest.mark.parametrize(
    ("tree", "xml"),
    [
        ({"items": [{"a": 1}, {"a": 2}]}, "<items><item><a>1</a></item><item><a>2</a></item></items>"),
        ({"entries": [{"a": 1}]}, "<entries><entry><a>1</a></entry></entries>"),
        ({"address": [{"a": 1}]}, "<address><addres><a>1</a></addres></address>"),
        ({"data": [{"a": 1}, {"a": 2}]}, "<data><a>1</a></data><data><a>2</a></data>"),
        ({"tags": ["a", "b"]}, "<tags>a</tags><tags>b</tags>"),
        ({"items": {"97": {"a": 1}, "98": {"a": 2}}}, "<items><item><a>1</a></item><item><a>2</a></item></items>"),
        ({"items": []}, ""),
        ([{"id": 1}, {"id": 2}], "<id>1</id><id>2</id>"),
        ([1, 2], ""),
        ({"_element": "order", "0": {"id": 1}, "1": 2}, "<order><id>1</id></order><order>2</order>"),
        ({"params": {"7": "x", "a": "y"}}, "<params><a>y</a></params>"),
        ({"params": {"a:b": "1", "г": "2", "x.y": "3"}}, "<params><a:b>1</a:b><г>2</г><x.y>3</x.y></params>"),
        ({"params": {"_element": "x", "a": "1"}}, "<params><a>1</a></params>"),
        ({"a": None, "b": False, "c": True}, "<a/><b/><c>1</c>"),
    ],
)
def test_xml_follows_the_names_and_the_first_members(tree, xml):
    """Wrapped and singular only where a key ends in `s` and its first member is an array; else the key repeats."""
    assert xml == inside(tree)


@pytest.mark.parametrize("name", ["a b", "<", "7a", "-a", ""])
def test_a_key_that_is_no_xml_name_fails(name):
    """PHP's DOM throws."""
    with pytest.raises(writing.NoName):
        writing.xml({"params": {name: "x", "y": "z"}})


def test_xml_is_indented():
    """Each element on a line of its own."""
    assert f"{HEAD}<response>\n  <a>\n    <b>1</b>\n  </a>\n</response>\n" == writing.xml({"a": {"b": 1}}).decode()


def test_a_control_character_breaks_the_xml():
    """It leaves as a raw byte."""
    with pytest.raises(ParseError):
        fromstring(writing.xml({"a": "x\x01y"}).decode())


def test_a_control_character_leaves_over_the_wire_as_it_is(caller):
    """The raw byte, so that no reader of XML takes it."""
    answer = caller.post("shop.order.add", f"{ORDER}&comment=a%01b", "format=xml")

    assert (200, True) == (answer.status_code, b"<comment>a\x01b</comment>" in answer.data)
    with pytest.raises(ParseError):
        fromstring(answer.text)


@pytest.mark.parametrize("name", ["a%20b", "%3C", "7a"])
def test_an_order_with_an_odd_parameter_spoils_every_later_xml(caller, name):
    """The order is made, the answer is a 500, and so is each list or reading with it; JSON keeps the name."""
    answer = caller.post("shop.order.add", f"{ORDER}&params[{name}]=x", "format=xml")

    assert (500, "text/xml; charset=utf-8") == (answer.status_code, answer.content_type)
    assert ("server_error", "Invalid Character Error") == tuple(each.text for each in fromstring(answer.text))
    assert "x" in caller.get("shop.order.getInfo", "id=1").json["params"].values()
    for method in ("shop.order.search", "shop.order.getInfo"):
        assert 500 == caller.get(method, "id=1&format=xml").status_code
    caller.order()
    assert 500 == caller.get("shop.order.search", "format=xml").status_code
    assert 200 == caller.get("shop.order.getInfo", "id=2&format=xml").status_code


def test_xml_leaves_a_parameter_with_a_whole_number_out(caller):
    """Without a word; JSON has it."""
    caller.order(f"{ORDER}&params[7]=x&params[a:b]=y")

    text = caller.get("shop.order.getInfo", "id=1&format=xml").text

    assert ">x<" not in text
    assert "<a:b>y</a:b>" in text
    assert "x" == caller.get("shop.order.getInfo", "id=1").json["params"]["7"]


def test_a_reserved_parameter_is_never_written(caller):
    """`_element` is in no answer, JSON or XML."""
    order = caller.order(f"{ORDER}&params[_element]=x&params[a]=b")

    assert ("b", False) == (order["params"]["a"], "_element" in order["params"])
    assert "_element" not in caller.get("shop.order.getInfo", "id=1&format=xml").text


def test_an_array_without_members_is_an_empty_list():
    """Also `params`; in XML it is no element."""
    assert b'{"params":[]}' == writing.json({"params": []})
    assert "" == inside({"params": []})


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"_element": "item", "0": {"id": 1}, "1": {"id": 2}}, b'[{"id":1},{"id":2}]'),
        ({"_element": "item"}, b"[]"),
        ({"orders": {"_element": "order", "0": {"_element": "x", "a": "b"}}}, b'{"orders":[{"a":"b"}]}'),
        ({"0": "a", "1": 'the "_element": of a text'}, b'{"0":"a","1":"the \\"_element\\": of a text"}'),
    ],
)
def test_json_drops_what_only_names_the_members_in_xml(tree, text):
    """`_element` is never written, and what it stands in is the list that it was."""
    assert text == writing.json(tree)
