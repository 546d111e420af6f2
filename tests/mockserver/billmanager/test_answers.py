"""What an answer looks like: five notations of one tree, two languages, and what cannot be read."""

import json
import re
import xml.etree.ElementTree as ET

import jsonschema_rs
import pytest

from counterfoil.mockserver.billmanager import messages
from counterfoil.specs import Contract

FORM = "application/x-www-form-urlencoded"

AUTH = "authinfo=demo:demo"
ORDER = "func=v2.vds.order.param&order_period=1&pricelist=111&sok=ok&clicked_button=order"
CONFIRM = "func=cartorder.create.confirm"
TYPES = {
    "xml": "text/xml; charset=utf-8", "xjson": "application/json; charset=utf-8", "devel": "text/xml; charset=utf-8",
    "text": "text/plain; charset=utf-8", "json": "application/json; charset=utf-8",
}  # fmt: skip


def from_xml(element: ET.Element) -> dict:
    """An element as the contract describes it."""
    tree: dict = {f"${name}": value for name, value in element.attrib.items()}
    for child in element:
        below = from_xml(child)
        if child.tag not in tree:
            tree[child.tag] = below
        elif isinstance(tree[child.tag], list):
            tree[child.tag].append(below)
        else:
            tree[child.tag] = [tree[child.tag], below]
    if element.text or not tree:
        tree["$"] = element.text or ""
    return tree


def from_lines(text: str) -> dict:
    """The same, from paths."""
    root: dict = {}
    for line in filter(None, text.split("\n")):
        path, _, value = line.partition("=")
        *steps, last = path.split("/")
        node = root
        if not last.startswith("@"):
            steps.append(last)
        for step in steps:
            name, number = re.fullmatch(r"([^\[]+)(?:\[(\d+)\])?", step).groups()
            if number is None:
                node = node.setdefault(name, {})
            else:
                siblings = node.setdefault(name, [])
                if len(siblings) < int(number):
                    siblings.append({})
                node = siblings[int(number) - 1]
        plain = re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), value)
        node[f"${last[1:]}" if last.startswith("@") else "$"] = plain
    return root


def facts(answer, out: str) -> dict:
    """An answer's `doc`, without what only a developer sees."""
    assert (200, TYPES[out]) == (answer.status_code, answer.content_type)
    if out == "text":
        return from_lines(answer.text)
    if out in ("json", "xjson"):
        return json.loads(answer.text)["doc"]
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    doc = from_xml(ET.fromstring(answer.text))
    if out == "devel":
        assert doc["messages"].pop("$name") == doc["$func"]
        assert doc.pop("messages")["msg"]["$"]
        if "form" not in doc["metadata"]:
            assert {"$name", "$type"} == set(doc.pop("metadata"))
    return doc


ASKED = [
    pytest.param("func=auth&username=demo&password=demo", id="auth"),
    pytest.param(f"func=cart&{AUTH}", id="cart"),
    pytest.param(f"func=basket&{AUTH}", id="basket"),
    pytest.param(f"func=order&{AUTH}", id="list of one"),
    pytest.param(f"func=soft&{AUTH}", id="list of none"),
    pytest.param(f"func=subaccount&{AUTH}", id="list of two"),
    pytest.param(f"func=v2.vds.order.pricelist&{AUTH}", id="tariffs"),
    pytest.param(f"{ORDER}&{AUTH}", id="into the cart"),
    pytest.param(f"{ORDER}&skipbasket=on&{AUTH}", id="at once"),
    pytest.param(f"func=v2.vds.order.param&pricelist=111&{AUTH}", id="order form"),
    pytest.param(f"func=cart.empty&{AUTH}", id="form without fields"),
    pytest.param(f"func=cart.empty&sok=ok&{AUTH}", id="done"),
    pytest.param(f"{CONFIRM}&{AUTH}", id="form"),
    pytest.param(f"{CONFIRM}&paymethod_id=0&sok=ok&{AUTH}", id="confirmed"),
    pytest.param(f"{CONFIRM}&paymethod_id=1&sok=ok&{AUTH}", id="to be paid"),
    pytest.param("func=cart", id="nobody"),
    pytest.param(f"{ORDER}&{AUTH}&autoprolong=%0D%0A%3Cb%3E%5C%09", id="refused with awkward text"),
    pytest.param(f"{ORDER}&{AUTH}&lang=ru&datacenter=7", id="refused in Russian"),
]


@pytest.mark.parametrize("query", ASKED)
def test_all_notations_carry_the_same_facts(caller, query):
    """What is read back from each is one tree."""
    seen = {}
    for out in TYPES:
        caller.client.post("/_mock/reset")
        caller.order(addon_5=1, addon_12=2)
        caller.order(pricelist=111)
        seen[out] = facts(caller.send(f"{query}&out={out}"), out)

    expected = seen.pop("xjson")
    assert dict.fromkeys(seen, expected) == seen


@pytest.mark.parametrize("query", ASKED)
def test_what_leaves_is_what_the_contract_says(caller, query):
    """Also with what is added to every answer, and what a developer sees."""
    contract = Contract.load("billmanager")
    operation = {
        "auth": "log_in", "cart": "get_cart", "basket": "get_basket", "order": "list_orders", "soft": "list_services",
        "subaccount": "list_accounts", "v2.vds.order.pricelist": "list_tariffs", "v2.vds.order.param": "order_item",
        "cart.empty": "empty_cart", "cartorder.create.confirm": "confirm_cart_order",
    }[re.match("func=([^&]+)", query)[1]]  # fmt: skip
    schema = contract.operations[operation].answers[200].media["text/xml"].schema
    caller.order()

    doc = from_xml(ET.fromstring(caller.send(f"{query}&out=devel").text))

    jsonschema_rs.validator_for(contract.rooted(schema)).validate({"doc": doc})
    assert {"$lang", "$func", "metadata", "messages"} <= doc.keys()


@pytest.mark.parametrize("several", [False, True])
def test_a_panel_may_have_its_orders_in_a_list(caller, several: bool):
    """A client of a live panel reads them from there; the contract takes both."""
    contract = Contract.load("billmanager")
    schema = contract.operations["list_orders"].answers[200].media["text/xml"].schema
    caller.order()
    doc = caller.ask("order")
    row = doc.pop("elem")
    doc["list"] = {"$name": "openlist", "elem": [row, row] if several else row}

    assert jsonschema_rs.validator_for(contract.rooted(schema)).is_valid({"doc": doc})
    assert "/billmgr" == doc["$binary"]


@pytest.mark.parametrize(
    ("func", "kind"), [("cart", "list"), ("order", "list"), ("cart.empty&sok=ok", "action"), ("cart.empty", "form")]
)
def test_a_developer_sees_what_a_function_is(caller, func, kind):
    """Its kind, and how it is called, in the language that was asked for."""
    doc = from_xml(ET.fromstring(caller.send(f"func={func}&{AUTH}&out=devel&lang=ru").text))

    name = func.partition("&")[0]
    assert (name, kind) == (doc["metadata"]["$name"], doc["metadata"]["$type"])
    assert ("form" in doc["metadata"]) is (kind == "form")
    assert name == doc["messages"]["$name"]
    assert re.search("[а-я]", doc["messages"]["msg"]["$"])


@pytest.mark.parametrize("out", ["", "&out="])
def test_without_out_the_answer_is_xml(caller, out):
    """A program that says nothing gets no page."""
    answer = caller.send(f"func=cart&{AUTH}{out}")

    assert TYPES["xml"] == answer.content_type
    assert "0.00" == ET.fromstring(answer.text).findtext("total/cost")


@pytest.mark.parametrize("out", ["html", "bjson", "XML", "sjson"])
def test_an_unknown_notation_is_refused_in_xml(caller, out):
    """Before anybody asks who calls."""
    answer = caller.send(f"func=cart&out={out}")

    error = ET.fromstring(answer.text).find("error")
    assert (TYPES["xml"], "value", "out") == (answer.content_type, error.get("type"), error.get("object"))


def test_messages_are_in_the_language_that_was_asked_for(caller):
    """Or else in the panel's own; another one is refused in that."""

    def told(query: str) -> tuple:
        doc = caller.send(f"func=nothing&{AUTH}&out=xjson{query}").json["doc"]
        return doc["$lang"], doc["error"]["$lang"], doc["error"]["msg"]["$"]

    english, russian = "The function 'nothing' was not found", "Не удалось найти функцию 'nothing'"
    assert ("en", "en", english) == told("") == told("&lang=en")
    assert ("ru", "ru", russian) == told("&lang=ru")
    caller.settings(language="ru")
    assert ("ru", "ru", russian) == told("")
    assert ("en", "en", english) == told("&lang=en")
    assert ("ru", "Поле 'lang' имеет недопустимое значение: 'de'") == told("&lang=de")[1:]


def test_every_refusal_is_told_in_both_languages(caller):
    """No text is missing, and no Russian one is English."""
    refusals = {name for operation in Contract.load("billmanager").operations.values() for name in operation.examples}

    assert set() == {name for name in messages.REFUSALS if name not in refusals} - {"empty_value", "unreadable"}
    for english, russian in [*messages.REFUSALS.values(), *messages.WORDS.values(), *messages.TITLES.values()]:
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", russian))
        assert not re.search("[а-я]", english)
        assert re.search("[а-я]", russian)
    assert Contract.load("billmanager").operations.keys() == messages.TITLES.keys()


def test_a_form_is_shown_in_the_language_too(caller):
    """Its choices and its sum."""
    shown = caller.order(sok=None, lang="ru")

    assert {"$": "Общая сумма: 5.00 EUR"} == shown["orderinfo"]
    assert ["месяц", "3 мес."] == [val["$"] for val in shown["slist"][0]["val"][:2]]


@pytest.mark.parametrize(
    ("query", "form", "kind"),
    [
        ("func=cart&lang=%ff", "", "xml"),
        ("", "a=%ff", "xml"),
        ("out=xjson", "a=%ff", "xjson"),
        ("out=text", "&".join(f"a{n}=1" for n in range(1001)), "text"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(caller, query, form, kind):
    """In the notation that was asked for, as far as that could be read."""
    refused = facts(caller.send(query, form, "POST"), kind)

    assert ("value", "request") == caller.error(refused)
    assert refused["error"]["msg"]["$"].startswith("The request cannot be read: ")


def test_a_request_that_is_too_large_is_refused(caller):
    """The limit is 8 MiB."""
    refused = facts(caller.send("out=xjson", "a" * 8_388_609, "POST"), "xjson")

    assert ("limit", "request") == caller.error(refused)
    assert "8388608" in refused["error"]["msg"]["$"]


def test_a_body_that_is_no_form_is_not_read(caller):
    """As if nothing had been sent."""
    body = {"order_period": 1, "pricelist": 111, "sok": "ok", "clicked_button": "order"}

    answer = caller.client.post(f"/billmgr?func=v2.vds.order.param&out=xjson&{AUTH}", json=body)

    assert "wizard_unavailable" == answer.json["doc"]["error"]["$type"]


def test_a_form_may_be_multipart(caller):
    """The same fields in parts make the same item."""
    fields = dict(pair.split("=") for pair in f"{ORDER}&{AUTH}".split("&"))

    answer = caller.client.post("/billmgr?out=xjson", data=fields, content_type="multipart/form-data")

    assert "lineitem.id" in answer.json["doc"]


def test_a_fault_is_told_with_the_facts_that_it_was_given(caller):
    """An order to refuse fills the contract's example."""
    fault = {
        "operation": "order_item", "refusal": "not_enough_money", "times": 1,
        "facts": {"lang": "en", "message": "No money today"},
    }  # fmt: skip
    assert 200 == caller.client.put("/_mock/faults", json=[fault]).status_code

    refused, made = caller.order(), caller.order()

    assert ("balance", "No money today") == (refused["error"]["$type"], refused["error"]["msg"]["$"])
    assert "lineitem.id" in made


@pytest.mark.parametrize("field", ["func", "sok", "clicked_button", "id", "elid", "out", "project"])
@pytest.mark.parametrize("func", ["cart", "basket", "v2.order.param", "payment"])
def test_a_field_in_brackets_is_no_failure_of_the_mock(client, func, field):
    """Whatever is asked so is answered."""
    answer = client.post("/billmgr?authinfo=davis:counterfoil", data=f"func={func}&{field}[]=a", content_type=FORM)

    assert answer.status_code < 500, answer.text
