"""`counterfoil diff` asks two targets the same, and tells in what they differ and in what they differ because they have to."""

import re
from typing import Any

import pytest
import requests

from counterfoil.contracts.diff.normalise import Contradiction, Normaliser
from tests.contracts.comparing import ORDERS, SHOP, Diff, Middleman, Serve, everywhere, with_value


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_a_mock_does_not_differ_from_itself(compare: Diff, mock: str, seed: int) -> None:
    """Exit code 0, and not even a value that is bound to differ."""
    run = compare(mock, mock, "--api", "shopscript", "--seed", str(seed))

    assert (0, [], []) == (run.code, run.report.differences, run.report.recognised)
    assert run.report.answers > 250
    assert "No difference" in run.said


def test_the_same_seed_sends_the_same(compare: Diff, serve: Serve, mock: str) -> None:
    """The examples are varied in the same way; another seed varies them otherwise."""
    runs = []
    for seed in ("4", "4", "5"):
        sent: list[str] = []
        b = serve(Middleman(mock, passes_on=lambda text, sent=sent: sent.append(text) or text).app())
        compare(mock, b, "--api", "shopscript", "--only", "search_orders: examples", "--seed", seed)
        runs.append([re.sub("/w/[^/]+/", "/", text) for text in sent])

    assert len(runs[0]) > 10
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("api", "only"),
    [("whmcs-classic", "get_invoice"), ("whmcs-rest", "checkout"), ("billmanager", "empty_cart"), ("shopscript", "")],
)
def test_mocks_with_other_seeds_and_clocks_do_not_differ(
    compare: Diff, mock: str, other: str, api: str, only: str
) -> None:
    """They are compared in worlds of one seed and one moment."""
    run = compare(mock, other, "--api", api, "--level", "smoke", "--only", only)

    assert (0, []) == (run.code, run.report.differences)
    assert run.report.answers > 50


SPOILT: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "a field that is dropped": (
        {"spoil": everywhere(lambda node: {name: each for name, each in node.items() if name != "currency"})},
        ("missing", "breaking", "B lacks `currency`, which is required"),
    ),
    "a field that is added": (
        {"spoil": everywhere(lambda node: {**node, "margin": 3})},
        ("extra", "changed", "B has `margin` besides"),
    ),
    "another type": (
        {"spoil": with_value("total", str)},
        ("type", "breaking", "`total` is a number at A, a text at B"),
    ),
    "another price": (
        {"spoil": with_value("price", lambda price: price + 1)},
        ("value", "changed", "`price` differs"),
    ),
    "another status": ({"status": {200: 203}}, ("status", "breaking", "A answers 200, B answers 203")),
    "another media type": (
        {"content_type": ("application/json", "text/html")},
        ("media_type", "breaking", "A answers with application/json, B with text/html"),
    ),
    "another encoding": (
        {"content_type": ("utf-8", "latin-1")},
        ("media_type", "changed", "A answers in utf-8, B in latin-1"),
    ),
    "a notation of dates": (
        {"spoil": with_value("create_datetime", lambda time: time.replace(" ", "T"))},
        ("value", "changed", "`create_datetime` is written in another way"),
    ),
    "a time that is off": (
        {"spoil": with_value("create_datetime", lambda time: time.replace("2026-01", "2026-03"))},
        ("value", "changed", "`create_datetime` is another time, though both clocks agree"),
    ),
    "a list that is cut": (
        {"spoil": with_value("items", lambda items: items[:-1])},
        ("members", "changed", "`items` has other members"),
    ),
    "a connection that ends": ({"hangs_up": "getInfo"}, ("unanswered", "breaking", "B does not answer")),
}


@pytest.mark.parametrize("named", SPOILT)
def test_a_difference_is_found_and_classified(compare: Diff, serve: Serve, mock: str, named: str) -> None:
    """Exit code 1; one cause is one line, with a count and an example for each side."""
    made, expected = SPOILT[named]
    b = serve(Middleman(mock, **made).app())

    run = compare(mock, b, *ORDERS)

    assert 1 == run.code
    assert [expected] == run.found
    (found,) = (each for each in run.report.differences if each.severity != "noise")
    assert found.count == sum(found.operations.values()) > 1
    assert mock in found.example.a.curl
    assert b in found.example.b.curl or "hangs_up" in made
    assert f"{found.count} ×  {expected[2]}" in run.said


def test_a_list_in_another_order_is_one_difference(compare: Diff, serve: Serve, mock: str) -> None:
    """Its members are known by their ids, and compared with their like."""
    b = serve(Middleman(mock, spoil=with_value("items", lambda items: items[::-1])).app())

    run = compare(mock, b, *SHOP, "--only", "add_order")

    assert [("order", "changed", "`items` stands in another order")] == run.found


def test_other_ids_are_recognised_and_followed(compare: Diff, serve: Serve, mock: str) -> None:
    """Each side is asked with the ids that it gave out itself; that they differ does not count."""
    other = with_value("id", lambda number: number + 7000 if isinstance(number, int) else number)
    back = re.compile(r"\b7(\d{3})\b")
    b = Middleman(mock, spoil=other, passes_on=lambda text: back.sub(lambda match: str(int(match[1])), text))

    run = compare(mock, serve(b.app()), *ORDERS)

    assert (0, []) == (run.code, run.found)
    assert {"id"} <= run.reasons


def test_a_slow_side_is_told_by_its_median(compare: Diff, serve: Serve, mock: str) -> None:
    """One takes twenty times as long as the other, in every operation: one line."""
    b = serve(Middleman(mock, seconds=0.15).app())

    run = compare(mock, b, *SHOP, "--only", "list_order_actions")

    assert [("time", "changed", "B takes at least 10 times as long")] == run.found
    assert "ms in the median" in run.report.differences[0].example.b.says


def test_headers_that_nobody_documents_are_noise(compare: Diff, serve: Serve, mock: str) -> None:
    """They are told, and do not count: exit code 0."""
    b = serve(Middleman(mock, headers={"X-Powered-By": "PHP"}).app())

    run = compare(mock, b, *ORDERS)

    assert (0, []) == (run.code, run.found)
    noise = [(each.kind, each.what) for each in run.report.differences]
    assert ("header", "B has the header X-Powered-By, which is not documented") in noise


def test_a_required_header_that_is_gone_breaks_clients(compare: Diff, serve: Serve, mock: str) -> None:
    """The REST API's answers carry the next state of the session in one."""
    b = serve(Middleman(mock, lacks=("X-Api-State", "/cart")).app())

    run = compare(mock, b, "--api", "whmcs-rest", "--level", "smoke", "--only", "list_carts")

    assert [("header", "breaking", "B lacks the header X-Api-State")] == run.found


def test_other_settings_are_found(compare: Diff, mock: str) -> None:
    """What the owner of a mock has set counts, in every world in which it is asked."""
    requests.post(f"{mock}/_mock/worlds", json={"name": "euros"}, timeout=5).raise_for_status()
    b = f"{mock}/w/euros"
    requests.patch(f"{b}/_mock/settings", json={"shopscript": {"currency": "EUR"}}, timeout=5).raise_for_status()

    run = compare(mock, b, *ORDERS)

    assert [("value", "changed", "`currency` differs")] == run.found
    example = run.report.differences[0].example
    assert ('"USD"', '"EUR"') == (example.a.says, example.b.says)


def test_two_worlds_of_one_mock_are_two_targets(compare: Diff, mock: str) -> None:
    """A world with a mistake in its program differs from an honest one by that."""
    for name, defects in (("honest", []), ("spoilt", ["order_total_forgets_the_quantity"])):
        requests.post(f"{mock}/_mock/worlds", json={"name": name}, timeout=5).raise_for_status()
        url = f"{mock}/w/{name}/_mock/defects"
        requests.put(url, json={"defects": defects}, timeout=5).raise_for_status()

    run = compare(f"{mock}/w/honest", f"{mock}/w/spoilt", *SHOP, "--only", "add_order")

    assert [("value", "changed", "`total` differs")] == run.found


def test_an_answer_that_cannot_be_judged_says_why(compare: Diff, serve: Serve, mock: str) -> None:
    """No side of an example is empty, be it neither accepted nor refused."""
    b = serve(Middleman(mock, status={200: 203}).app())

    (found,) = compare(mock, b, *ORDERS).report.differences

    assert "not judged (nobody documents an answer 203" in found.example.b.says
    assert found.example.a.says


@pytest.mark.parametrize(
    ("name", "a", "b", "reason"),
    [
        ("id", 17, 2044, "id"),
        ("order_id", "17", "2044", "id"),
        ("productids", "25,26", "175,176", "id"),
        ("productids", "25,26", "175", None),
        ("uuid", "5b0c1f6e-0a52-4f5e-9a55-2f1f6b7c8d9e", "8d9e1f6e-0a52-4f5e-9a55-2f1f6b7c5b0c", "id"),
        ("created", "2026-01-05 09:00:00", "2026-02-11 10:30:00", "time"),
        ("at", 1767603600, 1770805800, "time"),
        ("message", "Paid on 2026-01-05, thank you", "Paid on 2026-02-11, thank you", "time"),
        ("message", "Order 4711 is open", "Order 5822 is open", "id"),
        ("number", "#4711", "#5822", "id"),
        ("url", "http://a.example/pay/1", "https://b.example/pay/1", "host"),
        ("url", "https://pay.example/x?invoiceid=3", "https://pay.example/x?invoiceid=9", "id"),
        ("url", "https://one.example/x", "https://two.example/x", "host"),
        ("key", "8f3a1c9b77de42a0", "0b7c55ef12a94d3e", "token"),
        ("price", "10.00", "12.00", None),
        ("quantity", 4711, 5822, None),
        ("paid", 1, 2, None),
        ("name", "Starter", "Business", None),
        ("url", "https://one.example/x", "https://two.example/y", None),
        ("client_id", 7, 9, None),
    ],
)
def test_values_are_excused_for_a_reason_only(name: str, a: Any, b: Any, reason: str | None) -> None:
    """Ids, times, hosts and tokens may differ. Words and amounts may not, nor the id that both profiles know."""
    normaliser = Normaliser(("http://a.example", "https://b.example"))
    normaliser.name({"order": 4711}, {"order": 5822})
    normaliser.fix({"client_id": "client"}, {"client": 7}, {"client": 8})

    assert reason == normaliser.reason(name, a, b)


def test_a_time_is_not_excused_by_being_one() -> None:
    """Where both clocks agree, it is the same; anywhere, it is written in the same way."""
    bases = ("http://a.example", "http://b.example")

    assert "time" == Normaliser(bases, same_clock=True).reason("due", "2026-01-05 09:00:00", "2026-01-05 09:00:02")
    assert isinstance(Normaliser(bases, same_clock=True).reason("due", "2026-01-05", "2026-02-05"), Contradiction)
    assert isinstance(Normaliser(bases).reason("due", "2026-01-05", "05.01.2026"), Contradiction)
    assert isinstance(Normaliser(bases).reason("due", "2026-01-05", "never"), Contradiction)
