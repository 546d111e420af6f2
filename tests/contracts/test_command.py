"""`counterfoil test` ends with the exit code that says what happened, and with a sentence where it could not begin."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import flask
import pytest

from counterfoil.mockserver.create import create_app
from counterfoil.reports import results

ROOT = Path(__file__).parents[2]
Serve = Callable[[flask.Flask], str]


def _start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "counterfoil", "test", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "SHOP": "x"}
    )


def _run(*arguments: str) -> tuple[int, str, str]:
    process = _start(*arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def _shop(body: object, status: int = 200, asked: threading.Event | None = None) -> flask.Flask:
    """A shop that gives the same answer to everything."""
    app = flask.Flask("shop")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> tuple[object, int]:
        if path.startswith("_mock"):
            return {"error": "not here"}, 404
        if asked is not None:
            asked.set()
        return body, status

    return app


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["shop.example"], "with its scheme"),
        (["http://127.0.0.1:1", "--level", "thorough"], "smoke, gate, deep"),
        (["http://127.0.0.1:1", "--api", "woocommerce"], "there are: "),
        (["http://127.0.0.1:1", "--api", "shopscript", "--overlay", "nowhere"], "no.* overlay|has an overlay"),
        (["http://127.0.0.1:1", "--profile", "{profile}"], r"shop\.toml:2: .*there is no key `uri`"),
        (["--api", "shopscript", "--bogus"], "No such option"),
    ],
)
def test_wrong_usage_is_explained_without_a_traceback(tmp_path: Path, arguments: list[str], told: str) -> None:
    """Exit code 2, and a sentence that says what to do."""
    profile = tmp_path / "shop.toml"
    profile.write_text('[shopscript]\nuri = "x"\n')
    code, _, err = _run(*(argument.format(profile=profile) for argument in arguments), "--out", str(tmp_path))
    assert (code, "Traceback" in err) == (2, False)
    assert re.search(told, err)


def test_a_target_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    """Exit code 3."""
    code, _, err = _run("http://127.0.0.1:1", "--api", "shopscript", "--out", str(tmp_path))
    assert (code, "does not answer" in err) == (3, True)


def test_refused_credentials_are_told_before_anything_is_tested(tmp_path: Path, serve: Serve) -> None:
    """Exit code 3: every case would fail and say nothing."""
    url = serve(_shop({"error": "invalid_token"}, 401))
    code, _, err = _run(url, "--api", "shopscript", "--out", str(tmp_path))
    assert (code, "--profile" in err) == (3, True)


def test_a_mock_that_wants_a_token_says_where_to_put_it(tmp_path: Path, serve: Serve) -> None:
    """Exit code 3 without it, or with another one; with it, the run is as on any mock."""
    url = serve(create_app(["shopscript"], token="s3cret"))
    run = (url, "--api", "shopscript", "--level", "smoke", "--out", str(tmp_path), "--", "-k", "actions")

    for token, expected in (("", 3), ("other", 3), ("…", 3), ("s3cret", 0)):
        os.environ["COUNTERFOIL_CONTROL_TOKEN"] = token
        try:
            code, out, err = _run(*run)
        finally:
            del os.environ["COUNTERFOIL_CONTROL_TOKEN"]
        assert expected == code, out + err
        assert bool(code) == ("set COUNTERFOIL_CONTROL_TOKEN" in err)


def test_a_deployment_must_be_told_which_contract_it_keeps(tmp_path: Path, serve: Serve) -> None:
    """Testing it against all of them would blame it for what it never promised."""
    code, _, err = _run(serve(_shop({})), "--out", str(tmp_path))
    assert (code, "--api" in err) == (2, True)


@pytest.mark.parametrize("more", [[], ["--", "-n", "2"]])
def test_a_broken_contract_is_reported(tmp_path: Path, serve: Serve, more: list[str]) -> None:
    """Exit code 1; the results are there with their footer, and the folder is named last. xdist changes nothing."""
    url = serve(_shop({"nothing": "right"}))
    code, out, _ = _run(url, "--api", "shopscript", "--level", "smoke", "--out", str(tmp_path), *more)
    run = results.read(tmp_path / "results.jsonl")
    assert (code, run.footer.exit_code, out.splitlines()[-1]) == (1, 1, str(tmp_path))
    assert any(f.check == "body_schema" for result in run.results for f in result.findings)
    assert {path.name for path in tmp_path.iterdir()} >= {"results.jsonl", "junit.xml", "report.html", "summary.md"}
    assert "counterfoil-token" not in (tmp_path / "results.jsonl").read_text()


def test_nothing_tested_is_no_success(tmp_path: Path, serve: Serve) -> None:
    """Exit code 4."""
    url = serve(_shop({}))
    code, out, _ = _run(url, "--api", "shopscript", "--out", str(tmp_path), "--", "-k", "nothing at all")
    assert (code, "Nothing was tested of shopscript" in out) == (4, True)


def test_what_pytest_does_not_understand_is_wrong_usage(tmp_path: Path, serve: Serve) -> None:
    """Exit code 2, and an older run's results in the same folder are not taken for this one's."""
    (tmp_path / "results.jsonl").write_text("an older run")
    code, _, err = _run(serve(_shop({})), "--api", "shopscript", "--out", str(tmp_path), "--", "--nonsense")
    assert (code, "--nonsense" in err) == (2, True)


def test_an_interrupted_run_keeps_what_it_saw(tmp_path: Path, serve: Serve) -> None:
    """Exit code 130, with a footer that says so."""
    asked = threading.Event()
    url = serve(_shop({}, asked=asked))
    process = _start(url, "--api", "shopscript", "--level", "deep", "--out", str(tmp_path))
    while not (tmp_path / "results.jsonl").exists() and process.poll() is None:
        asked.wait(0.05)
    asked.clear()
    asked.wait(30)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert results.read(tmp_path / "results.jsonl").footer.exit_code == 130


def test_the_parts_of_a_run_make_up_the_whole(tmp_path: Path) -> None:
    """Each case is in one part, and the merged report has all of them."""

    def cases(folder: Path) -> set[str]:
        return {result.id for result in results.read(folder / "results.jsonl").results}

    for name, part in (("whole", "1/1"), ("first", "1/2"), ("second", "2/2")):
        shop = ("--api", "shopscript", "--level", "smoke", "--shard", part, "--out", str(tmp_path / name))
        assert 0 == _run(*shop)[0]
    parts = [str(tmp_path / name) for name in ("first", "second")]
    merge = [sys.executable, "-m", "counterfoil", "report", *parts, "--out", str(tmp_path / "merged")]
    assert 0 == subprocess.run(merge, cwd=ROOT, capture_output=True, check=False).returncode

    assert not cases(tmp_path / "first") & cases(tmp_path / "second")
    assert cases(tmp_path / "whole") == cases(tmp_path / "merged")


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "a/b", "1/2/3"])
def test_a_part_that_there_is_not_is_wrong_usage(part: str) -> None:
    """The message says how one is written."""
    code, _, told = _run("--shard", part)

    assert 2 == code
    assert "as in 2/8" in told
