"""What the documents say is true."""

import re
from pathlib import Path

import click
import pytest
import yaml

from counterfoil.command import COMMANDS, main
from counterfoil.contracts.run.verdict import Exit
from counterfoil.specs import names

ROOT = Path(__file__).parent.parent
HOME = "https://github.com/counterfoil/counterfoil"
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DOCUMENTS = [
    path
    for pattern in ("*.md", "specs/*.md", "reports/*.md", "docs/**/*.md", "contracts/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands(group: click.Command, prefix: str = "") -> dict[str, click.Command]:
    """Every command below the group by its full name."""
    found = {prefix: group}
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found |= commands(group.get_command(context, name), f"{prefix} {name}".strip())
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_link_leads_somewhere(path: Path) -> None:
    """Every relative link of a document is a file or a folder, and so is every link to the project's own repository."""
    text = path.read_text()
    here = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    home = re.findall(rf"{HOME}/(?:blob|tree)/main/([^)#\s]+)", text)

    assert [] == [link for link in here if not (path.parent / link).exists()]
    assert [] == [link for link in home if not (ROOT / link).exists()]


def test_the_readme_can_be_read_anywhere_and_at_once() -> None:
    """It is short, and its links lead somewhere on a page of another site, too."""
    assert 150 >= len(README.splitlines())
    assert [] == re.findall(r"\]\((?!https:)[^)]+", README)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_a_file_that_a_document_names_is_there(path: Path) -> None:
    """Whatever stands in backticks and begins with one of our folders; `<contract>` stands for each of them."""
    named = re.findall(
        r"`((?:specs|mockserver|contracts|reports|counterfoil|tests|docs)/[\w./<>-]+)`", path.read_text()
    )
    patterns = [re.sub(r"<[^>]+>", "*", each) for each in named if not each.startswith("reports/runs")]

    outputs = {"reports/contract"} | {each for each in patterns if each.startswith("reports/contract/")}
    assert [] == [each for each in patterns if each not in outputs and not list(ROOT.glob(each))]


def test_every_command_in_the_documents_exists() -> None:
    """And every command that exists is in them."""
    text = "\n".join(path.read_text() for path in PAGES)
    said = set(re.findall(r"(?:`|\$ |/)counterfoil ([a-z]+)\b", text))

    assert {*COMMANDS, "help"} == said


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_option_in_a_document_exists(path: Path) -> None:
    """An option that a reader tries is taken by some command, or belongs to pip, Ruff, MkDocs or pytest."""
    known = {name for command in commands(main).values() for name in option_names(command)}
    others = {"--quiet", "--editable", "--help", "--check", "--strict"}

    assert set() == set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", path.read_text())) - known - others


def option_names(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}


def test_the_lines_that_are_not_run_by_a_test_are_run_by_ci() -> None:
    """What stands in a block for a shell, without what it prints: `.ci/run` takes the README's lines from the README."""
    script = (ROOT / ".ci/run").read_text()
    blocks = {
        name_of(path): re.findall(r"^```sh\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL) for path in PAGES
    }
    lines = {name: "".join(found).splitlines() for name, found in blocks.items() if found}

    assert ["counterfoil test", "pytest -q -n 3"] == [
        re.search(r"(counterfoil test|pytest -q -n 3)$", line)[1] for line in lines.pop("README.md")
    ]
    assert {"CONTRIBUTING.md"} == set(lines)
    assert [] == [line for line in lines["CONTRIBUTING.md"] if line not in script]


@pytest.mark.parametrize("path", [ROOT / "README.md", ROOT / "docs/ci/README.md"], ids=name_of)
def test_the_exit_codes_are_those_of_the_command(path: Path) -> None:
    """The table lists each once."""
    table = re.findall(r"^\| (\d+) \|", path.read_text(), re.MULTILINE)

    assert sorted(int(code) for code in Exit) == sorted(map(int, table))


def test_every_contract_is_in_the_readme_and_in_the_page_on_contracts() -> None:
    """A contract that nobody reads about is not found."""
    page = (ROOT / "specs/README.md").read_text()

    for name in names():
        assert f"| `{name}` |" in README
        assert f"| `{name}` |" in page


def test_the_folders_of_the_house_are_there() -> None:
    """The table of the house names what a listing shows."""
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## The rooms of the house")[2]
    folders = re.findall(r"^\| `(\w+)/` \|", table, re.MULTILINE)

    assert {"specs", "mockserver", "contracts", "reports", "counterfoil", "tests", "docs"} == set(folders)
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_rooms_of_the_suite_are_in_the_architecture() -> None:
    """Each has its row, and no row is about a room that is gone."""
    page = (ROOT / "docs/architecture.md").read_text()
    rooms = {path.parent.name for path in (ROOT / "contracts").glob("*/__init__.py")}

    assert rooms == set(re.findall(r"^\| `contracts/(\w+)/` \|", page, re.MULTILINE))


def test_what_the_architecture_names_is_there() -> None:
    """Whatever stands behind the name of a module, `module.py`, `Class.method`, is defined in it."""
    page = (ROOT / "docs/architecture.md").read_text()
    named = re.findall(r"`(\w+/[\w/]+\.py)`, `([\w.]+)`", page)

    assert len(named) > 20
    assert [] == [
        (module, name)
        for module, name in named
        if not all(
            re.search(rf"^ *(def|class) {part}\b", (ROOT / module).read_text(), re.MULTILINE)
            for part in name.split(".")
        )
    ]


def test_the_seeded_credentials_in_the_documents_are_the_suites_own() -> None:
    """A run without a profile opens the mock with what the page on it says."""
    page = (ROOT / "docs/mock.md").read_text()

    for value in ("counterfoil-identifier", "counterfoil-secret", "counterfoil-token"):
        assert value in page
        assert value in (ROOT / "contracts/profile/seeded.toml").read_text()


def test_the_control_plane_s_paths_in_the_documents_are_documented() -> None:
    """`/_mock/…` is described by its own OpenAPI document, and each of its parts by the page on the mock."""
    documented = set(yaml.safe_load((ROOT / "mockserver/control.yaml").read_text())["paths"])
    said = {path: set(re.findall(r"/_mock/[a-z]+", path.read_text())) for path in PAGES}

    assert set() == {each for paths in said.values() for each in paths} - documented
    assert {"/_mock/reset", "/_mock/worlds", "/_mock/clock", "/_mock/faults", "/_mock/defects"} <= said[
        ROOT / "docs/mock.md"
    ]
