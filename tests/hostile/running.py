"""Carries out commands against hostile targets, each in a process of its own, with the time and the memory that it takes.

The processes are forked from one that has everything imported already: a second for each of them is saved.
"""

import json
import multiprocessing
import os
import re
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from counterfoil.contracts.profile.read import seeded

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(
    [
        "counterfoil.command",
        "counterfoil.contracts.cli.prepare",
        "counterfoil.contracts.cli.carry_out",
        "counterfoil.contracts.run.plugin",
        "counterfoil.reports.command",
    ]
)
#: what a run may take, however it is attacked
SECONDS, MEBIBYTES = 60, 500
#: how long it is waited for, by the clock, where nobody else wants the machine
_PATIENCE = 5 * SECONDS
PLACES = ("body", "query", "headers")


@dataclass
class Ended:
    """What a command came to; `files` is everything that lies in its folder, but for the profile."""

    code: int
    text: str
    seconds: float
    mebibytes: float
    files: dict[str, str] = field(default_factory=dict)


def carried_out(folder: Path, arguments: Sequence[str], **environment: str) -> Ended:
    """The command as its user gives it, in that folder."""
    with tempfile.TemporaryDirectory() as beside:
        said, cost = Path(beside) / "said", Path(beside) / "cost"
        process = _FORKED.Process(target=_carry_out, args=(folder, list(arguments), environment, said, cost))
        process.start()
        process.join(_PATIENCE * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))
        if process.is_alive():
            process.kill()
            process.join()
        seconds, mebibytes = json.loads(cost.read_text()) if cost.exists() else (float("inf"), float("inf"))
        text = said.read_text(encoding="utf-8", errors="replace")
    code = process.exitcode if process.exitcode is not None else -1
    process.close()
    files = {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".toml"
    }
    return Ended(code, text, seconds, mebibytes, files)


def _carry_out(folder: Path, arguments: list[str], environment: dict[str, str], said: Path, cost: Path) -> None:
    with said.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8")
    resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    os.chdir(folder)
    os.environ.update({"COLUMNS": "120", **environment})
    from counterfoil.command import main

    try:
        main(arguments)
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        cost.write_text(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
        sys.stdout.flush()
        sys.stderr.flush()


def expect_unharmed(ended: Ended, *codes: int, secrets: Sequence[str] = ()) -> None:
    """It has ended by itself, in time, without a traceback, and says nothing that a terminal or a CI obeys."""
    assert ended.code in codes, ended.text[-3000:]
    assert "Traceback" not in ended.text, ended.text[-3000:]
    assert ended.seconds < SECONDS  # of work: what else the machine does is no fault of a run
    assert ended.mebibytes < MEBIBYTES
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", ended.text.replace("\r\n", "\n"))
    assert not re.search(r"(?im)^\s*::\w|##\[|##vso\[|##teamcity\[", ended.text)
    everything = ended.text + "".join(ended.files.values())
    assert [] == [secret for secret in secrets if secret in everything]


def profile_of(contract: str, url: str, *, with_ids: bool = True, secret: str = "") -> str:
    """What opens the seeded installation, with and without its ids; with a `secret`, that in place of each password."""
    entry = seeded().of(contract)
    lines = [f"[{contract}]", f'url = "{url}"', "timeout = {connect = 1, read = 1}"]
    for place in PLACES:
        lines += [f"[{contract}.credentials.{place}]"]
        lines += [f'{name} = "{secret or value}"' for name, value in getattr(entry.credentials, place).items()]
    for account, fields in entry.accounts.items():
        lines += [f"[{contract}.accounts.{account}]"]
        lines += [f'{name} = "{secret if secret and name == "password" else value}"' for name, value in fields.items()]
    if with_ids:
        ids = {name: value for name, value in entry.ids.items() if not (secret and name.endswith("_token"))}
        lines += [f"[{contract}.ids]", *(f"{name} = {_toml(value)}" for name, value in ids.items())]
    return "\n".join(lines)


def known(contract: str, *, with_ids: bool = True, secret: str = "") -> dict[str, str]:
    """What the profile says, for the judge."""
    entry = seeded().of(contract)
    own = {name: secret or value for place in PLACES for name, value in getattr(entry.credentials, place).items()}
    return {**own, **({name: str(value) for name, value in entry.ids.items()} if with_ids else {})}


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else f"'{value}'"
