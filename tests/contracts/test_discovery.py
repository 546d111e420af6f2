"""Ids that a profile lacks are found by reading, and the run says which."""

import json
from collections.abc import Callable

import flask
import msgspec
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.profile.model import Discovery, Entry
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.run.discovery import discovered, shown
from counterfoil.mockserver.create import create_app
from counterfoil.specs import Contract, names

Serve = Callable[[flask.Flask], str]

#: what reading finds with the client alone; nobody has ordered of the shop yet
FOUND = {"billmanager": 8, "shopscript": 0, "whmcs-classic": 17, "whmcs-rest": 27}


@pytest.fixture(scope="module")
def mock() -> flask.Flask:
    return create_app()


@pytest.mark.parametrize("contract", names())
def test_a_target_tells_what_stands_where_the_seeded_id_does(contract: str, mock: flask.Flask, serve: Serve) -> None:
    """Nearly always that very id; whom a run acts on is never found, but given."""
    known = seeded().of(contract)
    given = {name: known.ids[name] for name in ("client",) if name in known.ids}
    entry = msgspec.structs.replace(known, ids=given)
    target = Target.described(Contract.load(contract), serve(mock), entry)

    found = discovered(target, entry)

    assert FOUND[contract] == len(found.found_by)
    others = {name for name in found.found_by if found.ids[name] != known.ids[name]}
    assert others <= {"addon"}
    assert not {"client", "contact", "user", "other_client"} & known.discover.keys()
    assert {*known.discover} == {*found.found_by, *found.missing}
    target.close()


def test_what_is_given_is_not_looked_for(mock: flask.Flask, serve: Serve) -> None:
    """The seeded profile has everything, so that nothing is asked."""
    target = Target.described(Contract.load("whmcs-rest"), serve(mock), seeded().of("whmcs-rest"))

    found = discovered(target, seeded().of("whmcs-rest"))

    assert (0, {}, seeded().of("whmcs-rest").ids) == (target.requests, found.found_by, found.ids)


def _answering(serve: Serve, answer: object, contract: str, **discover: Discovery) -> tuple[Target, Entry]:
    app = flask.Flask("shop")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def told(path: str) -> flask.Response:
        return flask.Response(json.dumps(answer), content_type="application/json")

    entry = Entry(discover=discover, ids={"given": 5})
    return Target.described(Contract.load(contract), serve(app), entry), entry


def test_a_pointer_or_a_query_says_where_an_id_stands(serve: Serve) -> None:
    """Of several, the first that finds something; numbers are seen as texts; none is what another one is already."""
    orders = [{"id": 5, "state": "new"}, {"id": "7", "state": "new"}, {"id": 9, "state": "paid"}]
    target, entry = _answering(
        serve, {"offset": 0, "limit": 9, "count": 3, "orders": orders}, "shopscript",
        first=Discovery("search_orders", "/orders/0/id"),
        other=Discovery("search_orders", "$.orders[?@.state=='new'].id", but=["given"]),
        second=Discovery("search_orders", ["$.orders[?@.state=='lost'].id", "$.orders[?@.id=='{other}'].state"]),
        none=Discovery("search_orders", "$.orders[?@.state=='lost'].id"),
        below=Discovery("search_orders", "$.orders[?@.id=='{none}'].id"),
        wrong=Discovery("search_orders", "$.orders[?"),
    )  # fmt: skip

    found = discovered(target, entry)

    assert {"given": 5, "first": "5", "other": "7", "second": "new"} == found.ids
    assert ("none", "below", "wrong") == found.missing
    assert 1 == target.requests


def test_a_refusal_finds_nothing(serve: Serve) -> None:
    """The id stays missing, and the cases that need it are skipped."""
    target, entry = _answering(
        serve, {"error": "invalid_token", "orders": [1]}, "shopscript", one=Discovery("search_orders", "/orders/0")
    )

    assert ("one",) == discovered(target, entry).missing


@pytest.mark.parametrize("operation", ["add_order", "nowhere"])
def test_only_what_reads_is_asked(serve: Serve, operation: str) -> None:
    """Anything else is a mistake in the profile, and is told before anything is sent."""
    target, entry = _answering(serve, {}, "shopscript", one=Discovery(operation, "/a"))

    with pytest.raises(ProfileError, match=rf"\[shopscript.discover\] one: {operation} is no operation"):
        discovered(target, entry)
    assert 0 == target.requests


def test_every_way_to_find_an_id_is_one_of_its_contract() -> None:
    """Its operation only reads, it can be depended on without going round, and the id has a meaning."""
    for name, entry in seeded().entries.items():
        contract = Contract.load(name)
        for found, how in entry.discover.items():
            assert "reads" == contract.operations[how.operation].effect, found
            assert found in entry.ids
        assert entry.ids.keys() == entry.meanings.keys()


def test_a_secret_is_not_among_the_ids_that_are_shown(serve: Serve) -> None:
    """The report says what was used, but for what opens doors."""
    target, entry = _answering(serve, {}, "shopscript")
    entry = msgspec.structs.replace(entry, ids={"sku": 1, "expired_token": "hush-hush"})

    assert ["sku"] == list(shown(discovered(target, entry), target.mask()))
