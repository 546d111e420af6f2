"""What the command says fits on a terminal of 80 columns, has no colours where nobody wants them, and is a manual, too."""

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from counterfoil.command import main
from counterfoil.contracts.run.progress import Watch
from counterfoil.manual import every, options

ALL = list(every(main, click.Context(main, info_name="counterfoil")))
COLOUR = re.compile(r"\x1b\[(?:3|4|9|10)[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]|\r")


def watched(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **environ: str) -> str:
    """What a run shows of itself while it goes on, on a terminal of 80 columns."""
    for name, value in {"TERM": "xterm-256color", "COLUMNS": "80", "FORCE_COLOR": "1", **environ}.items():
        monkeypatch.setenv(name, value)
    with Watch() as watch:
        watch.expect("whmcs-classic", 1562)
    return capsys.readouterr().err


@pytest.mark.parametrize("context", ALL, ids=lambda context: context.command_path)
def test_help_fits_into_80_columns(context: click.Context) -> None:
    """Of each command; nothing but an option's own name may be longer than a line."""
    said = CliRunner().invoke(main, [*context.command_path.split()[1:], "--help"], env={"COLUMNS": "80"}).output

    assert said.startswith("Usage: ")
    assert [] == [line for line in said.splitlines() if len(line) > 80 and len(line.split()) > 1]


def test_progress_fits_into_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With all that it counts."""
    shown = [CONTROL.sub("", line) for line in watched(monkeypatch, capsys).splitlines()]

    last = next(line for line in reversed(shown) if "whmcs-classic" in line)
    assert len(last) <= 80
    assert "0/1562" in last
    assert "0 findings" in last
    assert "requests/s" in last


def test_nobody_gets_colours_who_wants_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`NO_COLOR` is heeded, whatever the terminal can do."""
    assert COLOUR.search(watched(monkeypatch, capsys))
    assert not COLOUR.search(watched(monkeypatch, capsys, NO_COLOR="1"))


def test_every_command_has_a_manual_page(tmp_path: Path) -> None:
    """With each of its options, and named as `man` finds it; troff has nothing to say against it."""
    ended = CliRunner().invoke(main, ["help", "--man", str(tmp_path / "man1")])

    assert f"{len(ALL) + 1} pages are in {tmp_path / 'man1'}\n" == ended.output
    for context in ALL:
        page = tmp_path / "man1" / f"{context.command_path.replace(' ', '-')}.1"
        text = page.read_text().replace("\\-", "-")
        assert [] == [option for option, _ in options(context) if f".B {option}\n" not in text]
    if shutil.which("groff"):
        pages = sorted((tmp_path / "man1").iterdir())
        run = subprocess.run(
            ["groff", "-man", "-ww", "-z", "-Kutf8", *pages], capture_output=True, text=True, check=True
        )
        assert run.stderr == ""
