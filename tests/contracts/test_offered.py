"""What a target may lack is no finding: the cases of an operation that it says it has not are skipped, and say so."""

from pathlib import Path

import flask
import pytest
from click.testing import CliRunner

from counterfoil.command import main
from counterfoil.reports.results import Results, read

OPENAPI = """
openapi: 3.1.0
info: {title: Desk, version: '1'}
x-function: action
x-outcome: {refused: {required: [error], properties: {error: {type: string}}}, named-by: error}
paths:
  /desk#List:
    post:
      operationId: list_things
      x-effect: reads
      requestBody: &list
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [action]
              properties: {action: {const: list}, most: {type: integer, minimum: 1}}
            examples: {typical: {value: {action: list}}}
      responses: &listed
        '200':
          description: All of them.
          content:
            application/json:
              schema: {type: object, properties: {things: {type: array}, error: {type: string}}}
              examples:
                things_listed: {value: {things: []}}
                wrong: {x-evidence: chosen, value: {error: wrong}}
  /desk#Sell:
    post:
      operationId: sell_thing
      x-effect: changes
      x-optional: {required: [error], properties: {error: {const: no such function}}}
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [action, id]
              properties: {action: {const: sell}, id: {type: integer, minimum: 1}}
            examples: {typical: {value: {action: sell, id: 7}}}
      responses: *listed
"""
CASES = """
cases:
  - description: a thing is sold
    clause: Desk
    steps: [{call: sell_thing, with: {id: 7}, expect: things_listed}]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """The folder of the contract."""
    (tmp_path / "desk" / "cases").mkdir(parents=True)
    (tmp_path / "desk" / "openapi.yaml").write_text(OPENAPI)
    (tmp_path / "desk" / "cases" / "things.yaml").write_text(CASES)
    return tmp_path / "desk"


def server(said: str) -> flask.Flask:
    """A program that lists, and says to everything else what it is told to say."""
    app = flask.Flask("desk")

    @app.post("/desk")
    def answer() -> dict[str, object]:
        form = flask.request.form
        if form.get("action") != "list":
            return {"error": said}
        most = form.get("most", "1")
        return {"things": []} if most.isdecimal() and int(most) else {"error": "wrong"}

    return app


def held(desk: Path, url: str, level: str) -> tuple[int, Results]:
    """The exit code of a run, and its results."""
    out = desk.parent / "out"
    arguments = ["test", url, "--api", str(desk), "--level", level, "--free", "--out", str(out)]
    told = CliRunner().invoke(main, arguments)
    return told.exit_code, read(out / "results.jsonl")


@pytest.mark.parametrize("level", ["smoke", "gate"])
def test_what_is_not_offered_is_skipped(desk: Path, mount, level: str) -> None:
    """In every phase: its cases, its clauses, and what is made up for it."""
    code, results = held(desk, mount(server("no such function")), level)

    assert 0 == code
    of_it = [each for each in results.results if each.operation == "sell_thing"]
    assert {("skipped", "lacking")} == {(each.verdict, each.cause) for each in of_it}
    assert {"sell_thing is not offered here"} == {each.reason for each in of_it}
    assert {"passed"} == {each.verdict for each in results.results if each.operation == "list_things"}


def test_another_refusal_is_a_finding(desk: Path, mount) -> None:
    """Where the answer does not say so, a thing that is not sold is wrong."""
    code, results = held(desk, mount(server("out of stock")), "smoke")

    assert 1 == code
    assert "failed" in {each.verdict for each in results.results if each.operation == "sell_thing"}
