"""The command `counterfoil` as a whole: what every terminal can show, and what it says of its parts."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from counterfoil import __version__
from counterfoil.command import main
from counterfoil.contracts.cli.options import UsageError, check_place
from counterfoil.contracts.profile.read import ProfileError, read

TWO = """
[shopscript]
url = "https://shop.my-company.net"
[shopscript.credentials.query]
access_token = "${SHOP_TOKEN}"
[billmanager]
url = "https://bill.my-company.net"
[billmanager.accounts.client]
username = "me"
password = "${BILL_PASSWORD}"
"""


@pytest.mark.parametrize("charset", ["koi8-r", "cp1251", "ascii", "latin-1"])
def test_signs_that_a_charset_lacks_are_plain_ones(charset: str) -> None:
    """What the terminal cannot show ends nothing in a traceback, and reads the same."""
    CliRunner().invoke(main, ["-V"])
    shown = "✓ Holds… ✕ 語".encode(charset, errors="counterfoil-plain").decode(charset)

    assert shown.replace("…", "...") in ("+ Holds... x ?", "✓ Holds... ✕ ?")


def test_the_version_is_told_by_a_letter() -> None:
    """As with other commands."""
    assert CliRunner().invoke(main, ["-V"]).output == f"counterfoil, version {__version__}\n"


def test_help_is_a_command_too() -> None:
    """Of one command, of all, and with advice for one that there is not."""
    of_cleanup = CliRunner().invoke(main, ["help", "cleanup"])
    wrong = CliRunner().invoke(main, ["help", "cleanp"])

    assert "cleanup [OPTIONS] DIR [URL]" in of_cleanup.output
    assert "Commands:" in CliRunner().invoke(main, ["help"]).output
    assert (wrong.exit_code, "Did you mean 'cleanup'?" in wrong.output) == (2, True)


def test_a_folder_of_no_run_cannot_be_cleaned_up(tmp_path: Path) -> None:
    """It is told what is missing there."""
    ended = CliRunner().invoke(main, ["cleanup", str(tmp_path / "nope")])

    assert (ended.exit_code, "is no folder of a run: it has no created.jsonl" in ended.output) == (2, True)


@pytest.mark.parametrize("url", ["https://staging.example.com", "http://example.org:8080/shop", "https://shop.example"])
def test_a_placeholder_is_no_target(url: str) -> None:
    """Whoever left the address of `init` as it was is told so, and nothing is sent."""
    with pytest.raises(UsageError, match="is a placeholder"):
        check_place(url)


@pytest.mark.parametrize("url", ["https://example.my-company.net", "https://myexample.com", "http://127.0.0.1:8080"])
def test_a_place_of_a_similar_name_is_one(url: str) -> None:
    """Only the names that are kept for examples are refused."""
    check_place(url)


def test_secrets_of_other_contracts_need_not_be_set(tmp_path: Path) -> None:
    """Of a profile for several, only what a run needs is read; a rehearsal needs no secret at all."""
    path = tmp_path / "counterfoil.toml"
    path.write_text(TWO)

    only = read(path, {"SHOP_TOKEN": "t-0123456789"}, only=["shopscript"])

    assert list(only.entries) == ["shopscript"]
    assert list(read(path, {}, secrets=False).entries) == ["shopscript", "billmanager"]
    with pytest.raises(ProfileError, match="SHOP_TOKEN, which is not set"):
        read(path, {}, only=["shopscript"])
    with pytest.raises(ProfileError, match="BILL_PASSWORD, which is not set"):
        read(path, {"SHOP_TOKEN": "t-0123456789"})


def test_a_profile_can_be_begun_for_a_contract_of_one_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the folder's name, and the next step names the folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "till"
    folder.mkdir()
    text = (Path(__file__).parent / "contracts" / "till.yaml").read_text(encoding="utf-8")
    (folder / "openapi.yaml").write_text(text, encoding="utf-8")

    ended = CliRunner().invoke(main, ["init", "--api", str(folder)])

    assert (ended.exit_code, "[till]" in Path("counterfoil.toml").read_text(encoding="utf-8")) == (0, True)
    assert f"counterfoil test --api {folder}" in ended.output
