"""`counterfoil cleanup` goes where its caller says, and does what the contract says: what a file asks for is no authority."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest
from click.testing import CliRunner, Result

from counterfoil.contracts.cli.cleanup import cleanup
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.safety.created import Begun, Created, Done, Run, Step
from counterfoil.contracts.safety.undo import as_linked
from counterfoil.specs import Contract

Serve = Callable[[flask.Flask], str]
DELETES = Step("undo_1_delete", "delete_order", body={"id": 77}, done=["order_not_found", "action_unavailable"])


def shop() -> tuple[flask.Flask, list[tuple[str, dict[str, Any]]]]:
    """A shop that does whatever it is asked, and what that was."""
    app, asked = flask.Flask("shop"), list[tuple[str, dict[str, Any]]]()

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> flask.Response:
        asked.append((path, flask.request.values.to_dict()))
        return flask.Response(json.dumps({"status": "ok"}), content_type="application/json")

    return app, asked


def left(folder: Path, url: str, *undo: Step, contract: str = "shopscript", **run: Any) -> None:
    """What a run has left: one order, with what undoes it."""
    created = Created(folder / "created.jsonl")
    created.add(Run("abc", "now", **{"profile": None, "overlays": {}, **run}), Mask({}))
    created.add(Begun(1, "now", contract, "add_order", url, "", "curl"), Mask({}))
    created.add(Done(1, accepted=True, outcome="accepted", ids={"id": 77}, undo=list(undo)), Mask({}))


def clean(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cleanup, [str(folder), *arguments])


def test_an_order_is_undone_where_the_caller_says(tmp_path: Path, serve: Serve) -> None:
    """By the link of the contract, with the credentials of the caller's profile."""
    app, asked = shop()
    url = serve(app)
    left(tmp_path, url, DELETES)

    ended = clean(tmp_path, url)

    assert (0, True) == (ended.exit_code, "1 undone, 0 left" in ended.output), ended.output
    assert [("api.php/shop.order.delete", "77")] == [(path, said["id"]) for path, said in asked]


def test_a_file_of_another_target_is_refused(tmp_path: Path, serve: Serve) -> None:
    """Nothing is sent to the target that the file names, nor to the one that the caller does."""
    theirs, asked_of_theirs = shop()
    ours, asked_of_ours = shop()
    left(tmp_path, serve(theirs), DELETES)

    ended = clean(tmp_path, serve(ours))

    assert (2, True) == (ended.exit_code, "nothing was sent" in ended.output), ended.output
    assert [] == asked_of_theirs == asked_of_ours


def test_a_file_names_neither_target_nor_profile_nor_contract(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What opens the target stands in the profile that the caller names, and a contract of one's own is named again."""
    monkeypatch.chdir(tmp_path)
    app, asked = shop()
    url = serve(app)
    (tmp_path / "theirs.toml").write_text(f'[shopscript]\nurl = "{url}"\n')
    left(tmp_path, url, DELETES, profile=str(tmp_path / "theirs.toml"))
    (tmp_path / "own").mkdir()
    left(tmp_path / "own", url, DELETES, contract="own", own={"own": str(tmp_path / "own")})

    nowhere, own = clean(tmp_path), clean(tmp_path / "own", url)

    assert (2, True) == (nowhere.exit_code, "where is shopscript?" in nowhere.output), nowhere.output
    assert (2, True) == (own.exit_code, "--api FOLDER" in own.output), own.output
    assert [] == asked


@pytest.mark.parametrize(
    "step",
    [
        Step("undo_1_delete", "act_on_order", body={"id": 77, "action": "pay"}),
        Step("undo_1_delete", "delete_order", body={"id": 77}, query={"force": "1"}),
        Step("undo_1_delete", "delete_order", body={"id": {"$ne": 0}}),
        Step("undo_1_delete", "delete_order", body={"id": 77, "all": "1"}),
        Step("undo_9_more", "delete_order", body={"id": 77}),
        Step("delete", "delete_order", body={"id": 77}),
    ],
)
def test_only_what_the_contract_links_is_sent(tmp_path: Path, serve: Serve, step: Step) -> None:
    """A file chooses the id and nothing else; what moves money is in no link."""
    app, asked = shop()
    url = serve(app)
    left(tmp_path, url, step)

    ended = clean(tmp_path, url)

    assert (1, True) == (ended.exit_code, "no link of the contract" in ended.output), ended.output
    assert [] == asked


def test_every_link_is_known_again() -> None:
    """What a run writes down, cleanup carries out."""
    contract = Contract.load("shopscript")

    assert DELETES == as_linked(contract, "add_order", DELETES)


def test_what_nothing_proves_to_be_the_run_s_own_is_left(tmp_path: Path, serve: Serve) -> None:
    """It says so, and touches nothing."""
    app, asked = shop()
    url = serve(app)
    created = Created(tmp_path / "created.jsonl")
    left(tmp_path, url)
    doubt = "reading it back does not prove that the run has made it"
    created.add(Done(1, accepted=True, outcome="accepted", ids={"id": 7}, doubt=doubt), Mask({}))

    ended = clean(tmp_path, url)

    assert (1, True, []) == (ended.exit_code, doubt in ended.output, asked), ended.output
