"""What the documents say is true."""

import re
from pathlib import Path

import click
import pytest
import yaml

from counterfoil.command import COMMANDS, main
from counterfoil.contracts.cli.init import variables_of
from counterfoil.contracts.profile import profile
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports import baseline
from counterfoil.specs import names

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    path
    for pattern in ("*.md", "specs/*.md", "reports/*.md", "docs/*.md", "contracts/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
]


def commands(group: click.Command, prefix: str = "") -> dict[str, click.Command]:
    """Every command below the group by its full name."""
    found = {prefix: group}
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found |= commands(group.get_command(context, name), f"{prefix} {name}".strip())
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_leads_somewhere(path: Path) -> None:
    """Every relative link of a document is a file or a folder."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())

    assert [] == [link for link in links if not (path.parent / link).exists()]


def test_every_command_in_the_readme_exists() -> None:
    """And every command that exists is in the README."""
    said = set(re.findall(r"(?:`|\$ |/|^)counterfoil ([a-z]+)\b", README, re.MULTILINE))

    assert set(COMMANDS) == said


def test_every_option_in_the_readme_exists() -> None:
    """An option that a reader tries is taken by some command, or belongs to pip, curl, Python or pytest."""
    known = {name for command in commands(main).values() for each in command.params for name in each.opts}
    others = {"--quiet", "--editable", "--help"}

    assert set() == set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - known - others


def test_the_exit_codes_are_those_of_the_command() -> None:
    """The table of the README lists each once."""
    table = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)

    assert sorted(int(code) for code in Exit) == sorted(map(int, table))


def test_every_contract_is_in_the_readme_and_in_the_page_on_contracts() -> None:
    """A contract that nobody reads about is not found."""
    page = (ROOT / "specs/README.md").read_text()

    for name in names():
        assert f"| `{name}` |" in README
        assert f"| `{name}` |" in page


def test_the_folders_of_the_house_are_there() -> None:
    """The README's table of the house names what a listing shows."""
    table = README.partition("## The house")[2]
    folders = re.findall(r"^\| `(\w+)/` \|", table, re.MULTILINE)

    assert {"specs", "mockserver", "contracts", "reports", "tests"} <= set(folders)
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_profile_in_the_readme_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it stands there, with its two variables set, and without a warning; the baseline, too."""
    block, accepted = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "counterfoil.toml").write_text(block)
    (tmp_path / "baseline.toml").write_text(accepted)
    for name in variables_of("whmcs-classic"):
        assert f"export {name}=" in README or f" {name}=" in README
        monkeypatch.setenv(name, "word")

    known = profile.read(tmp_path / "counterfoil.toml")

    assert ("https://billing.staging.example.com", ()) == (known.of("whmcs-classic").url, known.warnings)
    assert "paypal" == known.of("whmcs-classic").ids["payment_method"]
    assert 1 == len(baseline.read(tmp_path / "baseline.toml").entries)


def test_the_seeded_credentials_in_the_readme_are_the_suites_own() -> None:
    """A run without a profile opens the mock with what the README says."""
    for value in ("counterfoil-identifier", "counterfoil-secret", "counterfoil-token"):
        assert value in README
        assert value in (ROOT / "contracts/profile/seeded.toml").read_text()


def test_the_control_plane_s_paths_in_the_readme_are_documented() -> None:
    """`/_mock/…` is described by its own OpenAPI document."""
    documented = set(yaml.safe_load((ROOT / "mockserver/control.yaml").read_text())["paths"])

    assert set(re.findall(r"/_mock/[a-z]+", README)) <= documented
