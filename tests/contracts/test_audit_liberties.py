"""The audit's third part: what the documents allow raises no false alarm, and what is not allowed is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterfoil.contracts.audit.liberties import Judged, Program, programs
from counterfoil.contracts.cli.audit import audit
from counterfoil.contracts.run.verdict import Exit


def liberty(name: str, contract: str = "shopscript", apart: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": name, "contract": contract, "operations": ["get_order"], "apart": list(apart)}


def test_each_liberty_is_taken_alone_and_as_many_as_can_go_together() -> None:
    """Before them comes the mock's own program, with which the others are compared."""
    found = list(programs([liberty("one"), liberty("two", apart=("one", "three")), liberty("three")]))

    assert [(), ("one",), ("two",), ("three",), ("one", "three")] == [each.liberties for each in found]
    assert ["without any", "one", "two", "three", "2 at once"] == [each.name for each in found]
    assert frozenset({"get_order"}) == found[1].operations
    assert frozenset() == found[-1].operations


def test_contracts_are_not_mixed() -> None:
    """What goes together is of one contract, and one alone is not taken twice."""
    found = list(programs([liberty("one"), liberty("other", "billmanager")]))

    assert [("shopscript", ()), ("billmanager", ()), ("shopscript", ("one",)), ("billmanager", ("other",))] == [
        (each.contract, each.liberties) for each in found
    ]


@pytest.mark.parametrize(
    ("judged", "noticed"),
    [
        (Judged(Program("shopscript", ("one",)), notes=("a",)), False),
        (Judged(Program("shopscript", ("one",)), alarms={"a": "warning"}), True),
        (Judged(Program("shopscript", ("one",)), trouble=("KeyError",)), True),
    ],
)
def test_what_breaks_warns_or_stumbles_is_a_false_alarm(judged: Judged, noticed: bool) -> None:
    """A note is none."""
    assert noticed == judged.noticed


def test_programs_differ_where_some_case_is_answered_otherwise() -> None:
    """A liberty that changes no answer is none that anybody could see."""
    own = Judged(Program("shopscript", ()), answers={"a": "1", "b": "2"})

    assert not Judged(Program("shopscript", ("one",)), answers={"a": "1"}).differs(own)
    assert Judged(Program("shopscript", ("one",)), answers={"a": "1", "b": "3"}).differs(own)


@pytest.mark.end_to_end
def test_other_words_raise_no_false_alarm(tmp_path: Path) -> None:
    """The suite knows refusals by what a document says of them."""
    path = tmp_path / "audit.json"
    arguments = ["--api", "shopscript", "--level", "smoke", "--liberty", "photos_are_gravatars", "--json", str(path)]
    told = CliRunner().invoke(audit, arguments)
    rows = json.loads(path.read_text())["liberties"]

    assert Exit.HOLDS == told.exit_code, told.output
    assert "✓ shopscript photos_are_gravatars: no false alarm" in told.output
    assert [[], ["photos_are_gravatars"]] == [row["program"]["liberties"] for row in rows]
    assert all(row["cases"]["passed"] > 5 for row in rows)


def test_an_unknown_liberty_is_wrong_usage() -> None:
    """The message says where they are listed."""
    told = CliRunner().invoke(audit, ["--api", "shopscript", "--liberty", "nothing"])

    assert Exit.USAGE == told.exit_code
    assert "GET /_mock/liberties lists them" in told.output
