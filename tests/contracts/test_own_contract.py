"""A contract of one's own is a folder: it is taken wherever a name is, and what is wrong with it is told at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from counterfoil.command import main
from counterfoil.contracts.phases import laws
from counterfoil.contracts.phases.laws import LawsError
from counterfoil.contracts.run.stateful_tests import stateful_tests
from counterfoil.specs import Contract

OPENAPI = """
openapi: 3.1.0
info: {title: Corner shop, version: '1'}
paths:
  /things:
    get:
      operationId: list_things
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Things'}
              examples: {things_listed: {value: []}}
"""
MORE = "components: {schemas: {Things: {type: array}}}"
CASE = """
cases:
  - description: the things are listed
    clause: Corner shop
    steps: [{call: list_things, query: {near: '{place}'}, expect: things_listed}]
"""
LAWS = """
from counterfoil.contracts.phases.laws import Law, StatefulTest

LAW = Law("nothing_is_lost", "Nothing is lost.", "list_things")
STATEFUL_TESTS = (StatefulTest("corner-shop", "things", "things that stay", "list_things", (LAW,), machine=lambda context: None),)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contract in two files, with a case and a law."""
    folder = tmp_path / "corner_shop"
    (folder / "cases").mkdir(parents=True)
    for name, text in {"openapi": OPENAPI, "more": MORE, "cases/things": CASE}.items():
        (folder / f"{name}.yaml").write_text(text)
    (folder / "laws.py").write_text(LAWS)
    (tmp_path / "profile.toml").write_text('[corner-shop.ids]\nplace = "here"\n')
    return folder


def told(*arguments: object) -> tuple[int, str]:
    """The exit code of `counterfoil`, and what it says."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def hold(folder: Path, *more: object) -> tuple[int, str]:
    """What `counterfoil test` says of it, at a place where nothing answers."""
    profile = folder.parent / "profile.toml"
    return told(
        "test", "http://127.0.0.1:1", "--api", folder, "--profile", profile, "--out", folder.parent / "out", *more
    )


def test_it_has_its_folder_s_name_and_is_united_from_its_files(folder: Path) -> None:
    """As the contracts that are shipped."""
    contract = Contract.load(str(folder))

    assert ("corner-shop", folder, ["list_things"]) == (contract.name, contract.own, list(contract.operations))
    assert ["things"] == [trial.name for trial in stateful_tests(contract)]


def test_it_is_shown_and_checked_like_the_others(folder: Path) -> None:
    """`specs show` and `specs lint` take the folder for a name."""
    code, shown = told("specs", "show", folder)
    assert (0, True) == (code, "list_things  GET /things" in shown)

    assert (0, f"{folder}: good\n") == told("specs", "lint", folder)

    (folder / "openapi.yaml").write_text(OPENAPI.replace("list_things", "listThings"))
    code, problems = told("specs", "lint", folder)
    assert (1, True) == (code, "'listThings' is not snake_case" in problems)


def test_what_is_right_is_tested(folder: Path) -> None:
    """With nothing wrong in it, the first that is told is that nobody answers."""
    code, said = hold(folder)

    assert (3, True) == (code, "does not answer" in said)


def test_no_mock_answers_it(folder: Path) -> None:
    """Without a URL there is nothing to start."""
    code, said = told("test", "--api", folder, "--profile", folder.parent / "profile.toml")

    assert (2, True) == (code, "no mock answers corner-shop: give the URL" in said)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("openapi.yaml", None, "no openapi.yaml in it"),
        ("openapi.yaml", OPENAPI.replace("      operationId: list_things\n", ""), "'operationId' is missing"),
        ("openapi.yaml", OPENAPI.replace("'200'", "default"), "answers 'default'"),
        ("more.yaml", "components: {}", "#/components/schemas/Things points to nothing"),
        ("cases/things.yaml", CASE.replace("list_things", "buy"), "'buy' is no operation of corner-shop"),
        ("cases/things.yaml", CASE.replace("{place}", "{nowhere}"), "[corner-shop] of the profile has no such id"),
        ("cases/things.yaml", CASE.replace("query", "session: me, query"), "the profile has no account 'me'"),
        ("laws.py", "import nothing_of_this_name", "laws.py: ModuleNotFoundError"),
        ("laws.py", "STATEFUL_TESTS = 1", "STATEFUL_TESTS has to be there"),
        ("laws.py", LAWS.replace("corner-shop", "shop"), "is of 'shop', but this is 'corner-shop'"),
        ("../profile.toml", "[corner-shopp]", "there is no contract 'corner-shopp'"),
    ],
)
def test_a_mistake_in_it_is_told_before_anything_is_sent(folder: Path, file: str, text: str | None, said: str) -> None:
    """Exit code 2, and the message names the place."""
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)

    code, answered = hold(folder)

    assert (2, True) == (code, said in answered), answered


def test_a_name_belongs_to_one_contract(folder: Path) -> None:
    """Neither a shipped contract nor another folder can have it, too."""
    shipped = folder.rename(folder.parent / "whmcs_rest")
    code, said = hold(shipped)
    assert (2, True) == (code, "'whmcs-rest' is the name of a contract that is shipped" in said)

    folder = shipped.rename(folder)
    other = folder.parent / "corner-shop"
    other.mkdir()
    (other / "openapi.yaml").write_text(OPENAPI + MORE)
    code, said = hold(folder, "--api", other)
    assert (2, True) == (code, "are both called corner-shop" in said)


def test_a_folder_that_is_not_there_is_no_contract(folder: Path) -> None:
    """The message says which contracts there are."""
    code, said = hold(folder.parent / "nowhere")

    assert (2, True) == (code, "There is no contract" in said and "whmcs-rest" in said), said


def test_laws_are_carried_out_once(folder: Path) -> None:
    """However often they are asked for; another folder of that name has its own."""
    first = laws.written("corner-shop", folder)
    assert first is laws.written("corner-shop", folder)

    (folder / "laws.py").unlink()
    assert () == laws.written("corner-shop", folder)

    other = folder.parent / "other" / "corner-shop"
    other.mkdir(parents=True)
    (other / "laws.py").write_text("STATEFUL_TESTS = ()")
    assert () == laws.written("corner-shop", other)

    (other / "laws.py").write_text("STATEFUL_TESTS = 1 / 0")
    with pytest.raises(LawsError, match="ZeroDivisionError"):
        laws.written("corner-shop", other / ".." / "corner-shop")
