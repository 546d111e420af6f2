"""Targets behind the guard, and what becomes of a request to them, for the tests."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Withheld
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.rules import Rules
from counterfoil.specs import Contract, names

Serve = Callable[[flask.Flask], str]
CONTRACTS = {name: Contract.load(name) for name in names()}


def guarded(contract: str, url: str = "http://127.0.0.1:1", folder: Path | None = None, **rules: Any) -> Target:
    entry = seeded().of(contract)
    target = Target.described(CONTRACTS[contract], url, entry)
    return behind(target, Guard(Rules(run="abc", **rules), entry, contract, careful=True, folder=folder))


def ask(contract: str, operation: str, **fields: Any) -> Request:
    known = CONTRACTS[contract].operations[operation]
    media = next(iter(known.request), None)
    return Request(known, **{"media_type": media, **fields})


def judged(target: Target, request: Request) -> str:
    """What becomes of the request: its intent, or the first words of the reason."""
    try:
        return target.guard.judge(target, request).name
    except Withheld as reason:
        return str(reason).split(",")[0].split(":")[0]


ORDER = {"action": "AddOrder", "clientid": 1, "pid": 1, "paymentmethod": "mailin"}
FOREIGN = "would change something there that the run did not create"


def shop(answers: Callable[[int], flask.Response]) -> tuple[flask.Flask, list[float]]:
    """A shop that gives the answers that it is told to, by their number, and when it was asked."""
    app, times = flask.Flask("shop"), list[float]()

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> flask.Response:
        times.append(time.monotonic())
        return answers(len(times))

    return app, times


def accepted(_: int = 0) -> flask.Response:
    return flask.Response(json.dumps({"id": 77}), content_type="application/json")


def judged_fully(target: Target, request: Request) -> str:
    with pytest.raises(Withheld) as withheld:
        target.send(request)
    return str(withheld.value)
