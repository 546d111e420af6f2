"""Odd requests are the same for the same seed, each odd in one way, and never called wrong where nobody can say."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.generate.edge_cases import edge_cases
from counterfoil.contracts.generate.variations import variations, written
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.profile.model import Credentials, Entry
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract
from counterfoil.specs.reading import read

FORM_SALE = {"action": "sell", "item": 1, "gift": True, "lines": [{"sku": 1, "quantity": 2}], "password": "s3same"}


@pytest.fixture
def sale(till: Contract) -> Request:
    return Request(till.operations["sell"], body=FORM_SALE, media_type=wire.FORM)


@pytest.fixture(scope="module")
def shelf() -> Contract:
    """The till's contract with JSON in place of the form, and a note that takes any text."""
    document = read(Path(__file__).parent / "till.yaml")
    content = document["paths"]["/till#sell"]["post"]["requestBody"]["content"]
    content["application/json"] = content.pop(wire.FORM)
    properties = document["components"]["schemas"]["Sale"]["properties"]
    properties["note"] = {"type": "string"}
    return Contract("shelf", document)


def test_the_same_seed_makes_the_same_odd_requests(till: Contract, sale: Request) -> None:
    """Another seed makes them in another order."""
    first, again, other = ([written(each) for each in edge_cases(sale, till, (), seed)] for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_the_same_seed_makes_the_same_variations(sale: Request) -> None:
    """Every property is once missing and once of another kind."""
    first, again, other = ([written(each) for each, _ in variations([sale], seed)] for seed in (1, 1, 2))

    assert first == again != other
    assert sorted(first) == sorted(other)


def test_no_two_odd_requests_are_the_same_on_the_wire(till: Contract, sale: Request) -> None:
    """None is sent for nothing."""
    target = Target.described(till, "http://nowhere")
    made = edge_cases(sale, till, (), 1)

    sent = [(each.url, each.body) for each in map(target.prepare, made)]

    assert len(set(sent)) == len(sent) > 10
    target.close()


def test_the_function_s_name_and_what_is_never_made_up_stay_as_they_are(till: Contract, sale: Request) -> None:
    """Else it would be another operation's request, or a login."""
    target = Target.described(till, "http://nowhere")

    for each in map(target.prepare, edge_cases(sale, till, {"password"}, 1)):
        fields = dict(each.fields)
        assert ("sell", "s3same") == (fields["action"], fields["password"])
    target.close()


def test_texts_of_every_script_stand_wherever_any_text_may(shelf: Contract) -> None:
    """Also where the example has none; the request stays valid."""
    request = Request(shelf.operations["sell"], body={"action": "sell", "item": 1}, media_type=wire.JSON)
    target = Target.described(shelf, "http://nowhere")

    scripts, long, *_ = edge_cases(request, shelf, {"password", "voucher_token"}, 1)

    assert {"action": "sell", "item": 1, "note": scripts.body["note"]} == scripts.body
    assert max(scripts.body["note"]) > "\uffff"
    assert 3_000 == len(long.body["note"])
    assert {} == broken_by(target.prepare(scripts), request.operation, shelf)
    target.close()


@pytest.mark.parametrize("media_type", [wire.FORM, wire.JSON])
def test_every_kind_of_oddity_is_made(till: Contract, shelf: Contract, media_type: str) -> None:
    """In a form and in JSON, each as far as it can be written there."""
    contract = till if media_type == wire.FORM else shelf
    request = Request(contract.operations["sell"], body=FORM_SALE, media_type=media_type)
    target = Target.described(contract, "http://nowhere")
    bodies = [target.prepare(each).body for each in edge_cases(request, contract, (), 1)]
    target.close()

    def some(part: bytes) -> bool:
        return any(part in body for body in bodies)

    assert all(some(str(number).encode()) for number in (2**31, 2**63, 10**40))
    assert some(b"-0")
    twice = re.compile(r'"(\w+)": 2, .*"\1": ')
    if media_type == wire.FORM:
        assert all(
            some(part) for part in (b"=%C0%AF", b"=1%00", b"=100%", b"=%zz", b"=%E9", b"%5B%5D=", b"%5Ba%5D" * 50)
        )
        assert any(
            len(names) > len(set(names))
            for names in ([p.partition("=")[0] for p in b.decode().split("&")] for b in bodies)
        )
    else:
        assert all(some(part) for part in (b"[" * 1_000, "é".encode("latin-1"), "\ufeff".encode(), b"\x00"))
        assert any(twice.search(body.decode("utf-8", "replace")) for body in bodies)


def test_parameters_of_a_query_come_twice_with_brackets_and_in_odd_bytes(till: Contract) -> None:
    """Where there is no body, the query is odd."""
    request = Request(till.operations["list_sales"], query={"shop": "north"})
    target = Target.described(till, "http://nowhere")
    queries = [target.prepare(each).url.partition("?")[2] for each in edge_cases(request, till, (), 1)]
    target.close()

    assert any(query.count("shop=") == 2 or query.count("limit=") == 2 for query in queries)
    assert any("%5B%5D=" in query for query in queries)
    assert any(query.endswith("=%C0%AF") for query in queries)
    assert any(f"limit={10**40}" in query for query in queries)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"action=sell&item=0", {"body:/item:minimum"}),
        (b"action=sell&item=0&item=1", None),
        (b"action=sell&item=0&item[]=1", None),
        (b"action=sell&item=0&other=%C0%AF", None),
        (b"action=sell&item=0%00", None),
        (b"action=sell&item=0&other" + b"%5Ba%5D" * 70 + b"=1", None),
        (b"action=sell&item=%20%20", {"body:/item:required"}),
    ],
)
def test_where_nobody_can_say_what_a_form_means_nobody_calls_it_wrong(
    till: Contract, raw: bytes, says: set[str] | None
) -> None:
    """A field that comes twice, or bytes that are no text, are read in many ways."""
    target = Target.described(till, "http://nowhere")
    sent = target.prepare(Request(till.operations["sell"], raw=raw, media_type=wire.FORM))

    broken = broken_by(sent, till.operations["sell"], till)

    assert says == (None if broken is None else set(broken))
    target.close()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"action": "sell"}', {"body:/item:required"}),
        (b'{"action": "sell",}', {"body:/:json"}),
        (b'{"action": "sell", "action": "sell"}', None),
        ('\ufeff{"action": "sell"}'.encode(), None),
        ('{"action": "é"}'.encode("latin-1"), None),
        (b"[" * 5_000 + b"]" * 5_000, None),
        (b'{"action": "sell", "item": ' + b"[" * 200 + b"]" * 200 + b"}", None),
    ],
)
def test_where_nobody_can_say_what_json_means_nobody_calls_it_wrong(
    shelf: Contract, raw: bytes, says: set[str] | None
) -> None:
    """What is plainly no JSON is wrong to everybody."""
    target = Target.described(shelf, "http://nowhere")
    sent = target.prepare(Request(shelf.operations["sell"], raw=raw, media_type=wire.JSON))

    broken = broken_by(sent, shelf.operations["sell"], shelf)

    assert says == (None if broken is None else set(broken))
    target.close()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"shop": "   "}, set()),
        ({"shop": ""}, {"query:/shop:required"}),
        ({"shop": "north", "limit": "  "}, set()),
        ({"shop": "north", "limit": "x"}, {"query:/limit:type"}),
    ],
)
def test_a_blank_parameter_counts_as_absent_or_as_a_text(till: Contract, query: dict[str, str], says: set[str]) -> None:
    """Whatever makes the request valid: then somebody may take it."""
    target = Target.described(till, "http://nowhere")
    sent = target.prepare(Request(till.operations["list_sales"], query=query))

    assert says == (broken_by(sent, till.operations["list_sales"], till) or {}).keys()
    target.close()


def test_a_tail_stands_behind_the_query_as_it_is_written(till: Contract) -> None:
    """And is judged with it."""
    target = Target.described(till, "http://nowhere", Entry(credentials=Credentials(query={"key": "k"})))
    request = Request(till.operations["list_sales"], query={"shop": "north"}, tail="limit=%zz")

    sent = target.prepare(request)

    assert sent.url == "http://nowhere/till/sales?shop=north&key=k&limit=%zz"
    assert {"query:/limit:type"} == (broken_by(sent, request.operation, till) or {}).keys()
    assert broken_by(target.prepare(replace(request, tail="shop=south")), request.operation, till) is None
    target.close()


def test_a_huge_number_is_written_out(shelf: Contract) -> None:
    """No exponent, no loss of digits."""
    target = Target.described(shelf, "http://nowhere")
    body: dict[str, Any] = {"action": "sell", "item": 10**40}
    sent = target.prepare(Request(shelf.operations["sell"], body=body, media_type=wire.JSON))

    assert json.loads(sent.body) == body
    target.close()
