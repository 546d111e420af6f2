"""Requests that are sent together are under way together, and their answers come in the order of the requests."""

from collections.abc import Callable
from threading import Barrier

import flask
import pytest

from counterfoil.contracts.http.client import Request, Target, Unreachable
from counterfoil.contracts.http.concurrent import together
from counterfoil.contracts.profile.model import Entry
from counterfoil.specs import Contract


@pytest.fixture
def meeting() -> flask.Flask:
    """Answers nobody before four have come."""
    app, come = flask.Flask("meeting"), Barrier(4)

    @app.get("/till/sales")
    def sales() -> flask.Response:
        come.wait(5)
        return flask.jsonify({"page": flask.request.args["page"]})

    return app


def asked(till: Contract) -> list[Request]:
    return [Request(till.operations["list_sales"], query={"page": page}) for page in range(4)]


def test_all_are_under_way_before_one_is_answered(
    till: Contract, meeting: flask.Flask, serve: Callable[[flask.Flask], str]
) -> None:
    """Whoever is first to be answered, the answers come in the order of the requests; and all of them are counted."""
    target = Target.described(till, serve(meeting))

    answers = together(target, asked(till))
    target.close()

    assert ["0", "1", "2", "3"] == [answer.tree["page"] for answer in answers]
    assert 4 == target.requests


def test_a_target_that_does_not_answer_is_named(till: Contract) -> None:
    """It is as unreachable as it is to one caller alone."""
    target = Target.described(till, "http://127.0.0.1:9")

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        together(target, asked(till))


def test_a_twin_is_in_the_same_world(till: Contract, serve: Callable[[flask.Flask], str]) -> None:
    """It sends the same credentials to the same place, over a connection and in sessions of its own."""
    target = Target.described(till, serve(flask.Flask("nothing")), Entry(headers={"X-Mine": "1"}))

    twin = target.twin()

    assert target.installation == twin.installation
    assert target.sessions is not twin.sessions
    assert target.connection is not twin.connection
    twin.close()
    target.close()
