"""`counterfoil test` ends with the exit code that says what happened, and with a sentence where it could not begin."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask
import pytest

from counterfoil.command import COMMANDS
from counterfoil.mockserver.create import create_app
from counterfoil.reports import results

ROOT = Path(__file__).parents[2]
Serve = Callable[[flask.Flask], str]


def start(*arguments: str) -> "subprocess.Popen[str]":
    """The command in a process of its own."""
    command = [sys.executable, "-m", "counterfoil", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


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
        (["shop.example"], "with its scheme, as in https://shop.example"),
        (["localhost:8080"], "with its scheme, as in http://localhost:8080"),
        (["127.0.0.1:8080/w/one"], "with its scheme, as in http://127.0.0.1:8080/w/one"),
        (["ftp://shop.example"], "with its scheme, as in https://shop.example"),
        (["http://shop.example:http"], "'http://shop.example:http' is no URL: Port could not be cast"),
        (["http://[::1"], "'http://[::1' is no URL: Invalid IPv6 URL"),
        ([""], "the URL is empty: is the variable that it comes from not set?"),
        (["http://127.0.0.1:1", "http://127.0.0.1:2"], "'http://127.0.0.1:2' is a second one; `counterfoil diff`"),
        (["https://me:hush@shop.example"], "the URL names a user (https://shop.example)"),
        (["me:hush@shop.example"], "as in https://shop.example"),
        (["http://127.0.0.1:1/s/api/v2/", "--api", "whmcs-rest"], "leave /api/v2 off, as in http://127.0.0.1:1/s"),
        (["http://127.0.0.1:1/billmgr", "--api", "billmanager"], "leave /billmgr off, as in http://127.0.0.1:1"),
        (["http://127.0.0.1:1/api.php/shop.order.add", "--api", "shopscript"], "leave /api.php/shop.order.add off"),
        (["http://127.0.0.1:1", "--level", "thorough"], "smoke, gate, deep"),
        (["http://127.0.0.1:1", "--api", "woocommerce"], "there are: "),
        (["http://127.0.0.1:1", "--api", "shopscript", "--overlay", "nowhere"], "has an overlay"),
        (["http://127.0.0.1:1", "--profile", "{profile}"], "shop.toml:2: [shopscript] uri: there is no key `uri`"),
        (["--profile", "{empty}"], "the URL of shopscript is empty"),
        (["--api", "shopscript", "--bogus"], "No such option"),
        (["--api", "shopscript", "--levl", "smoke"], "'--level'"),
    ],
)
def test_wrong_usage_is_explained_without_a_traceback(
    tmp_path: Path, counterfoil: Any, arguments: list[str], told: str
) -> None:
    """Exit code 2, and a sentence that says what to do; nothing is written, and no password is repeated."""
    profile, empty = tmp_path / "shop.toml", tmp_path / "empty.toml"
    profile.write_text('[shopscript]\nuri = "x"\n')
    empty.write_text('[shopscript]\nurl = ""\n')

    paths = {"profile": profile, "empty": empty}
    ended = counterfoil("test", *(each.format(**paths) for each in arguments), "--out", tmp_path / "out")

    assert (2, "") == (ended.code, ended.out)
    assert told in ended.err
    assert not any(word in ended.err for word in ("Traceback", "hush"))
    assert not (tmp_path / "out").exists()


@pytest.mark.end_to_end
def test_wrong_usage_is_explained_in_a_shell() -> None:
    """As above, in a process of its own."""
    process = start("test", "shop.example")
    out, err = process.communicate(timeout=60)

    assert (2, "", 1) == (process.returncode, out, len(err.splitlines()))
    assert "with its scheme" in err


@pytest.mark.parametrize(("name", "told"), [("tset", "Did you mean 'test'?"), ("shop", "There are: serve, init, test")])
def test_a_mistyped_command_is_told_with_the_one_that_was_meant(counterfoil: Any, name: str, told: str) -> None:
    """Or with all that there are."""
    ended = counterfoil(name, "--api", "shopscript")

    assert 2 == ended.code
    assert told in ended.err


def test_arguments_are_read_without_what_they_may_not_need() -> None:
    """Neither a wrong argument nor `--help` waits for what sends requests, makes them up or runs tests."""
    wrong = [[name, *rest] for name in COMMANDS for rest in (["--bogus"], ["--help"])]
    wrong += [["test", *rest] for rest in ([""], ["shop.example"], ["--api", "nobody"], ["--shard", "3/2"])]
    wrong += [["diff", "shop.example", "http://127.0.0.1:1"], ["audit", "--api", "nobody"], ["init", "--api", "nobody"]]
    wrong += [["init", "staging.example"], ["init", "https://staging.example"]]
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom counterfoil.command import main\n"
        f"print([CliRunner().invoke(main, arguments).exit_code for arguments in {wrong}])\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    codes, loaded = run.stdout.splitlines()

    assert str([2, 0] * len(COMMANDS) + [2] * (len(wrong) - 2 * len(COMMANDS))) == codes
    assert set() == {name.partition(".")[0] for name in loaded.split()} & HEAVY


#: what takes long to import
HEAVY = {"schemathesis", "hypothesis", "pytest", "requests", "jsonschema", "jsonschema_rs", "flask", "granian", "rich"}


def test_a_target_that_does_not_answer_is_unreachable(tmp_path: Path, counterfoil: Any) -> None:
    """Exit code 3."""
    ended = counterfoil("test", "http://127.0.0.1:1", "--api", "shopscript", "--out", tmp_path)
    assert (ended.code, "does not answer" in ended.err) == (3, True)


def test_refused_credentials_are_told_before_anything_is_tested(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Exit code 3: every case would fail and say nothing."""
    url = mount(_shop({"error": "invalid_token"}, 401))
    ended = counterfoil("test", url, "--api", "shopscript", "--out", tmp_path)
    assert (ended.code, "--profile" in ended.err) == (3, True)


def test_a_mock_that_wants_a_token_says_where_to_put_it(
    tmp_path: Path, counterfoil: Any, mount: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3 without it, or with another one; with it, the run is as on any mock."""
    url = mount(create_app(["shopscript"], token="s3cret"))

    for token, expected in (("", 3), ("other", 3), ("…", 3), ("s3cret", 0)):
        monkeypatch.setenv("COUNTERFOIL_CONTROL_TOKEN", token)
        ended = counterfoil(
            "test", url, "--mock", "--api", "shopscript", "--level", "smoke", "--out", tmp_path, "--", "-k", "actions"
        )
        assert expected == ended.code, ended.told
        assert bool(ended.code) == ("set COUNTERFOIL_CONTROL_TOKEN" in ended.err)


def test_a_deployment_must_be_told_which_contract_it_keeps(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Testing it against all of them would blame it for what it never promised."""
    ended = counterfoil("test", mount(_shop({})), "--out", tmp_path)
    assert (ended.code, "--api" in ended.err) == (2, True)


def _is_reported_broken(code: int, out: str, folder: Path) -> None:
    """The results are there with their footer, and the folder is named last."""
    run = results.read(folder / "results.jsonl")
    assert (code, run.footer.exit_code, out.splitlines()[-1]) == (1, 1, str(folder))
    assert any(f.check == "body_schema" for result in run.results for f in result.findings)
    assert {path.name for path in folder.iterdir()} >= {"results.jsonl", "junit.xml", "report.html", "summary.md"}
    assert "counterfoil-token" not in (folder / "results.jsonl").read_text()


def test_a_broken_contract_is_reported(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Exit code 1; the results are there with their footer, and the folder is named last."""
    url = mount(_shop({"nothing": "right"}))
    words = ("--free", "--api", "shopscript", "--level", "smoke", "--out", tmp_path, "--", "-k", "not laws")
    ended = counterfoil("test", url, *words)
    _is_reported_broken(ended.code, ended.out, tmp_path)


@pytest.mark.end_to_end
def test_a_broken_contract_is_reported_by_several_processes(tmp_path: Path, serve: Serve) -> None:
    """Exit code 1; xdist changes nothing."""
    url = serve(_shop({"nothing": "right"}))
    process = start(
        *("test", url, "--free", "--api", "shopscript", "--level", "smoke", "--out", str(tmp_path)),
        *("--", "-n", "2", "-k", "not laws"),
    )
    out, _ = process.communicate(timeout=120)
    _is_reported_broken(process.returncode, out, tmp_path)


@pytest.mark.parametrize("hurry", [(), ("--max-time", "60")])
def test_where_nothing_is_accepted_nothing_holds(
    tmp_path: Path, counterfoil: Any, mount: Serve, hurry: tuple[str, ...]
) -> None:
    """Exit code 3, also of a run that may not take long: it has tried everything, and every answer was a refusal."""
    url = mount(_shop({"error": "invalid_param", "error_description": "No."}, 400))
    ended = counterfoil("test", url, "--api", "shopscript", "--level", "smoke", "--out", tmp_path, *hurry)
    assert (3, True) == (ended.code, "no request of any operation was accepted" in ended.out), ended.out


def test_nothing_tested_is_no_success(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Exit code 4."""
    url = mount(_shop({}))
    ended = counterfoil("test", url, "--api", "shopscript", "--out", tmp_path, "--", "-k", "nothing at all")
    assert (ended.code, "Nothing was tested of shopscript" in ended.out) == (4, True)


def test_options_of_the_users_own_tests_are_not_for_the_suite(
    tmp_path: Path, counterfoil: Any, mount: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CI may set them for everything."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--cov --nonsense")
    ended = counterfoil(
        "test", mount(_shop({})), "--api", "shopscript", "--out", tmp_path, "--", "-k", "nothing at all"
    )
    assert 4 == ended.code


def test_what_pytest_does_not_understand_is_wrong_usage(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Exit code 2, and an older run's results in the same folder are not taken for this one's."""
    (tmp_path / "results.jsonl").write_text("an older run")
    ended = counterfoil("test", mount(_shop({})), "--api", "shopscript", "--out", tmp_path, "--", "--nonsense")
    assert (ended.code, "--nonsense" in ended.err) == (2, True)


@pytest.mark.end_to_end
def test_an_interrupted_run_keeps_what_it_saw(tmp_path: Path, serve: Serve) -> None:
    """Exit code 130, with a footer that says so."""
    asked = threading.Event()
    url = serve(_shop({}, asked=asked))
    process = start("test", url, "--api", "shopscript", "--level", "deep", "--out", str(tmp_path))
    while not (tmp_path / "results.jsonl").exists() and process.poll() is None:
        asked.wait(0.05)
    asked.clear()
    asked.wait(30)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert results.read(tmp_path / "results.jsonl").footer.exit_code == 130


def test_the_parts_of_a_run_make_up_the_whole(tmp_path: Path, counterfoil: Any, mount: Serve) -> None:
    """Each case is in one part, and the merged report has all of them."""
    url = mount(create_app(["shopscript"]))

    def cases(folder: Path) -> set[str]:
        return {result.id for result in results.read(folder / "results.jsonl").results}

    for name, part in (("whole", "1/1"), ("first", "1/2"), ("second", "2/2")):
        shop = (url, "--api", "shopscript", "--level", "smoke", "--shard", part, "--out", tmp_path / name)
        assert 0 == counterfoil("test", *shop).code
    parts = [tmp_path / name for name in ("first", "second")]
    assert 0 == counterfoil("report", *parts, "--out", tmp_path / "merged").code

    assert not cases(tmp_path / "first") & cases(tmp_path / "second")
    assert cases(tmp_path / "whole") == cases(tmp_path / "merged")


def test_a_case_can_be_run_alone(tmp_path: Path, counterfoil: Any) -> None:
    """By the id that reports have; one that there is not is told, and is no pass."""
    shop = ("--api", "shopscript", "--level", "smoke", "--out", tmp_path, "--case")
    alone = counterfoil("test", *shop, "shopscript/laws/order")
    tried = [result.id for result in results.read(tmp_path / "results.jsonl").results]
    unknown = counterfoil("test", *shop, "shopscript/laws/none")

    assert (0, ["shopscript/laws/order"]) == (alone.code, tried)
    assert unknown.code
    assert "there is no case 'shopscript/laws/none'" in unknown.out


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "a/b", "1/2/3"])
def test_a_part_that_there_is_not_is_wrong_usage(counterfoil: Any, part: str) -> None:
    """The message says how one is written."""
    ended = counterfoil("test", "--shard", part)

    assert 2 == ended.code
    assert "as in 2/8" in ended.err
