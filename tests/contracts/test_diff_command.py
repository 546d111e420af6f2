"""`counterfoil diff` says what came of it by its exit code, in words and in files, and tells no secret."""

import re
import subprocess
import sys
from pathlib import Path

import flask
import msgspec
import pytest
import requests
from click.testing import CliRunner

from counterfoil.contracts.cli.diff import diff
from counterfoil.mockserver.create import create_app
from counterfoil.reports.difference import Difference, DiffReport
from tests.contracts.comparing import METHODS, ORDERS, ROOT, Diff, Middleman, Serve, with_value


def test_no_session_is_told_in_any_output(compare: Diff, serve: Serve, mock: str, tmp_path: Path) -> None:
    """Neither the state of a session nor the password that opens it."""
    given: set[str] = set()

    class Noting(Middleman):
        def _made(self, came: requests.Response, of_mock: bool) -> flask.Response:
            given.add(came.headers.get("X-Api-State", "-") * (not of_mock))
            return super()._made(came, of_mock)

    b = serve(Noting(mock, spoil=lambda tree: {**tree, "margin": 3}).app())

    run = compare(
        mock, b, "--api", "whmcs-rest", "--level", "smoke", "--only", "verify_user_session", "--out", str(tmp_path)
    )

    assert 1 == run.code
    outputs = "".join([run.said, *(path.read_text() for path in tmp_path.iterdir())])
    states = given - {"", "-"}
    assert len(states) > 5
    assert [] == [state for state in states if state in outputs]
    assert not re.search(r'"password(?:\\?": ?\\?"|=)counterfoil\b', outputs)


def test_the_page_can_be_pasted_into_a_ticket(compare: Diff, serve: Serve, mock: str, tmp_path: Path) -> None:
    """`diff.md` has a table by operation, and for each cause the two commands; `diff.json` is the data."""
    b = serve(Middleman(mock, spoil=with_value("total", str)).app())

    run = compare(mock, b, *ORDERS, "--out", str(tmp_path / "out"))

    page = (tmp_path / "out/diff.md").read_text()
    assert re.search(r"^\| ✕ \| `\w+` .*is a number at A, a text at B", page, re.MULTILINE)
    assert 2 == page.count("```sh\ncurl -sS -X ")
    assert run.report == msgspec.json.decode((tmp_path / "out/diff.json").read_bytes(), type=DiffReport)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["shop.example", "{mock}", "--api", "shopscript"], 2, "with its scheme"),
        (["{mock}", "{mock}", "--api", "woocommerce"], 2, "there are: "),
        (["{mock}", "{shop}", "--mock-b", "--api", "whmcs-rest"], 2, "serves shopscript, but not whmcs-rest"),
        (["{mock}", "{mock}", "--api", "shopscript", "--overlay", "nowhere"], 2, "has an overlay"),
        (["{mock}", "{mock}", "--profile", "x.toml", "--profile-a", "y.toml"], 2, "--profile describes both"),
        (["{mock}", "{other}"], 2, "say which contract"),
        (["{mock}", "http://127.0.0.1:1", "--api", "shopscript"], 3, "does not answer"),
        (["{mock}", "{other}", "--api", "shopscript"], 3, "refuses the credentials"),
        (["{mock}", "{other}", "--api", "shopscript", "--writes"], 2, "--writes needs --out"),
        (["{mock}", "{mock}", "--api", "shopscript", "--only", "no such thing"], 4, "Nothing was compared"),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    serve: Serve, mock: str, arguments: list[str], code: int, told: str
) -> None:
    """With a sentence, and without a traceback."""
    refusing = flask.Flask("refusing")

    @refusing.route("/<path:path>", methods=METHODS)
    def answer(path: str) -> tuple[object, int]:
        return {"error": "invalid_token"}, 404 if path.startswith("_mock") else 401

    urls = {"mock": mock, "shop": serve(create_app(["shopscript"])), "other": serve(refusing)}

    ended = CliRunner().invoke(diff, [each.format(**urls) for each in arguments])

    assert code == ended.exit_code, ended.output
    assert told in ended.output
    assert isinstance(ended.exception, SystemExit)


def test_it_is_a_command_of_counterfoil(mock: str) -> None:
    """As it is called in a shell."""
    command = [sys.executable, "-m", "counterfoil", "diff", mock, mock, *ORDERS]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert ended.stdout.startswith("✓ No difference in ")


def test_an_id_says_what_differs(compare: Diff, serve: Serve, mock: str) -> None:
    """It is the same in every run: contract, kind and cause."""
    b = serve(Middleman(mock, spoil=with_value("total", str)).app())

    found: Difference = compare(mock, b, *ORDERS).report.differences[0]

    assert "shopscript:type:total number-text" == found.id
    assert "get_order /total" in found.places
