"""Every command that the documents show is run, from the first to the last of its page, and prints what stands there.

A page is run in a folder of its own, with a mock at 127.0.0.1:8080 and, behind a proxy that hides what makes a mock of it,
at https://….staging.acme.test. In what a command prints, `…` stands for anything, and numbers of two digits or more for
any such number: they grow with the cases. So do seconds. Comments that no reader sees stand before a block: `file: NAME` writes it to
that file, `exits: 1` says with which code its last command ends.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[1]
PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "```console" in path.read_text()
]
BLOCK = re.compile(r"(?:^<!-- (file|exits): (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: what is wrong at the deployment of a page, so that the run finds it
DEFECTS = {"docs/deployment.md": "unknown_order_shows_the_query"}
#: gives the deployment a past: its next order is the 5001st
PAST = """
import json, sys, urllib.request as web
url = sys.argv[1] + "/_mock/snapshot"
snapshot = json.load(web.urlopen(url))
snapshot["vendors"]["shopscript"]["last_ids"]["order"] = 5000
web.urlopen(web.Request(url, json.dumps(snapshot).encode(), method="PUT"))
"""
MOCK, OWN, STAGING = "http://127.0.0.1:8080", "http://127.0.0.1:5000", "https://shop.staging.acme.test"


@dataclass
class Command:
    """A command of a page, what it prints, and how it ends."""

    text: str
    prints: str
    code: int = 0


def steps(page: str) -> Iterator[Command | tuple[str, str]]:
    """The commands of a page, and the files that are to be written between them."""
    for word, value, language, content in BLOCK.findall(page):
        if word == "file":
            yield value, content
        elif language == "console":
            commands = []
            for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
                lines = part.splitlines(keepends=True)
                last = next(number for number, line in enumerate(lines) if not line.endswith("\\\n"))
                commands.append(Command("".join(lines[: last + 1]).strip(), "".join(lines[last + 1 :])))
            if word == "exits":
                commands[-1].code = int(value)
            yield from commands


def matches(expected: str, printed: str) -> bool:
    """Whether this is what stands in the page, but for what may differ."""
    plain = [re.sub(r"\d[\d.,:TZ-]*\d|\d+(?= s\b)", "N", re.sub(r" +", " ", text)) for text in (expected, printed)]
    pattern = re.escape(plain[0].strip()).replace(re.escape("…\n"), "…").replace("…", "(?:.|\n)*?")
    return re.fullmatch(pattern, plain[1].strip()) is not None


def free_ports() -> tuple[int, int]:
    """Two ports at which nobody listens."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


class Reader:
    """Somebody who reads a page and does what it says, in a shell."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder / "work", folder / "log"
        programs = folder / "bin"
        for path in (self.folder, self.log, programs):
            path.mkdir()
        st = '-c "from schemathesis.cli import schemathesis; schemathesis()"'
        for name, module in {"counterfoil": "-m counterfoil", "pytest": "-m pytest", "st": st, "python3": ""}.items():
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            (programs / name).chmod(0o755)
        mock, own = free_ports()
        self.here = {
            MOCK: f"http://127.0.0.1:{mock}",
            OWN: f"http://127.0.0.1:{own}",
            "port=5000": f"port={own}",
            "https://shop.": "http://shop.",
        }
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.lower().endswith("_proxy") and not name.startswith(("PYTEST", "COUNTERFOIL", "GITHUB"))
        }
        self.environ = {
            **kept,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "URL": self.here[MOCK],
            "no_proxy": "127.0.0.1",
            "COUNTERFOIL_KEY_FILE": str(folder / "key"),
        }
        self.script: list[str] = []

    def translated(self, text: str) -> str:
        """With the addresses that there are."""
        for there, here in self.here.items():
            text = text.replace(there, here)
        return text

    def serve(self, number: int | str, command: str) -> None:
        """Start a server, and wait until it says where it serves."""
        out = self.log / f"{number}.out"
        self.script.append(
            f"{command} > {out} 2>&1 &\nuntil grep -q ^Serving {out}; do kill -0 $! || exit 9; sleep 0.05; done"
        )
        self.script.append(f"echo 0 > {self.log / f'{number}.code'}")

    def deploy(self, defect: str | None) -> None:
        """Stand a deployment in front of the mock, with something wrong in it."""
        mock = self.here[MOCK]
        self.script.append(f"python3 -c '{PAST}' {mock} || exit 9")
        if defect:
            self.script.append(
                f"""curl -sf -o /dev/null -X PUT {mock}/_mock/defects -d '{{"defects": ["{defect}"]}}' || exit 9"""
            )
        middleman = ROOT / "tests/deployment/middleman.py"
        self.serve("proxy", f"python3 {middleman} {mock.removeprefix('http://')} {self.log / 'notes'}")
        self.script.append(f"export http_proxy=$(sed -n 's/^Serving at //p' {self.log / 'proxy.out'})")

    def reads(self, number: int, step: Command | tuple[str, str]) -> None:
        """Do what stands there."""
        if isinstance(step, tuple):
            source = self.log / f"{number}.file"
            source.write_text(self.translated(step[1]))
            self.script.append(f"mkdir -p $(dirname {step[0]}) && cp {source} {step[0]}")
        elif step.text == "counterfoil serve":
            self.serve(number, f"{step.text} --port {self.here[MOCK].rpartition(':')[2]}")
        else:
            out, code = self.log / f"{number}.out", self.log / f"{number}.code"
            self.script.append(f"{{ {self.translated(step.text)}\n}} > {out} 2>&1 < /dev/null; echo $? > {code}")

    def runs(self) -> None:
        """Run all of it; what was started in the background ends with it."""
        text = "\n".join(self.script)
        shell = subprocess.Popen(["bash", "-c", text], cwd=self.folder, env=self.environ, start_new_session=True)
        try:
            assert 0 == shell.wait(timeout=180), "a server did not start"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)

    def saw(self, number: int) -> tuple[int, str]:
        """How a command ended, and what it printed, with the addresses of the page."""
        printed = (self.log / f"{number}.out").read_text()
        for there, here in self.here.items():
            printed = printed.replace(here, there)
        return int((self.log / f"{number}.code").read_text()), printed


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_s_commands_print_what_it_says(page: Path, tmp_path: Path) -> None:
    """One after the other, as a reader types them."""
    text, reader = page.read_text(), Reader(tmp_path)
    todo = list(enumerate(steps(text)))
    assert shutil.which("curl"), "the pages call curl"

    if "$ counterfoil serve\n" not in text and any(each in text for each in (MOCK, STAGING, "$URL")):
        reader.serve("mock", f"counterfoil serve --port {reader.here[MOCK].rpartition(':')[2]}")
    if STAGING in text:
        reader.deploy(DEFECTS.get(str(page.relative_to(ROOT))))
    for number, step in todo:
        reader.reads(number, step)
    reader.runs()

    for number, step in todo:
        if isinstance(step, Command):
            code, printed = reader.saw(number)
            shown = f"$ {step.text}\n{step.prints}--- but it ends with {code} and prints:\n{printed[:5000]}"
            assert code == step.code and matches(step.prints, printed), shown  # noqa: PT018 - one is told with the other


def test_a_page_that_says_something_else_is_noticed() -> None:
    """What stands for anything is not taken for everything."""
    assert matches("12 passed; … s\n…\nrun\n", "144 passed; 759 requests in 2.0 s\n\nmore\nrun\n")
    assert not matches("12 passed\n", "12 failed\n")
    assert not matches("0 new findings\n", "1 new findings\n")
    assert not matches("The contract holds.\n", "The contract holds.\nmore\n")
    assert not matches("", "more\n")
