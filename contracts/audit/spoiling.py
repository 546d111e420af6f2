"""Holds the mock to its contract with each of its known mistakes, and sees whether the suite notices.

Each mistake is tried in two ways: with the mock's control plane, and as in a deployment, of which nothing is known but
its address and a full profile.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import requests

from counterfoil.contracts.audit import ALARMS
from counterfoil.contracts.profile.read import SEEDED
from counterfoil.reports import results
from counterfoil.specs.proof import FILE_VARIABLE

_TIMEOUT = 900.0

#: how the suite is sent there: as to a mock, or as to a deployment
Way = Literal["mock", "deployment"]
WAYS: tuple[Way, ...] = ("mock", "deployment")


@dataclass(frozen=True)
class Spoilt:
    """What became of one mistake: the first findings, and what it took to get them."""

    name: str
    contract: str
    kind: str
    sentence: str
    way: Way
    found: tuple[str, ...]
    #: what is listed as the installation's own choice, and is not where nothing is wrong
    noted: tuple[str, ...]
    requests: int
    seconds: float
    #: why nothing can be said, if the run came to no verdict
    trouble: str = ""

    @property
    def noticed(self) -> bool:
        """Whether the suite found something."""
        return bool(self.found)


def catalogue(base_url: str, contracts: Sequence[str]) -> list[dict[str, Any]]:
    """The mistakes that the mock can make in these contracts."""
    answer = requests.get(f"{base_url}/_mock/defects", timeout=10)
    answer.raise_for_status()
    return [defect for defect in answer.json()["defects"] if defect["contract"] in contracts]


def spoilt(
    base_url: str, defects: Sequence[dict[str, Any]], ways: Sequence[Way], level: str, seed: int, jobs: int,
    done: Callable[[Spoilt], None],
) -> list[Spoilt]:  # fmt: skip
    """The suite's verdict on each mistake in each way, each in a world of its own, as many at a time as `jobs`."""
    wanted = [(defect, way) for way in ways for defect in defects]
    contracts = sorted({defect["contract"] for defect in defects}) if "deployment" in ways else []
    tried = partial(_run, base_url, level=level, seed=seed)
    with ThreadPoolExecutor(jobs) as pool:
        honest = pool.map(lambda contract: tried({**_NOTHING, "contract": contract}, "deployment"), contracts)
        usual = {one.contract: one.noted for one in honest}
        runs = {pool.submit(tried, defect, way): number for number, (defect, way) in enumerate(wanted)}
        found = {}
        for future in as_completed(runs):
            one = future.result()
            new = tuple(each for each in one.noted if each not in usual.get(one.contract, ()))
            found[runs[future]] = replace(one, noted=new)
            done(found[runs[future]])
    return [found[number] for number in range(len(wanted))]


#: an honest program, as one of the mistakes
_NOTHING = {"name": "nothing", "kind": "", "sentence": ""}


def _run(base_url: str, defect: dict[str, Any], way: Way, level: str, seed: int) -> Spoilt:
    """One run of the suite, which ends at the first case that fails."""
    name = f"{way}-{defect['name']}"[:80] + f"-{defect['contract']}"
    world = f"{base_url}/w/{name}"
    order = [defect["name"]] if defect["name"] != _NOTHING["name"] else []
    requests.post(f"{base_url}/_mock/worlds", json={"name": name}, timeout=10).raise_for_status()
    requests.put(f"{world}/_mock/defects", json={"defects": order}, timeout=10).raise_for_status()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="counterfoil-audit-") as folder:
        command = [sys.executable, "-P", "-m", "counterfoil", "test", world, "--api", defect["contract"]]
        command += ["--level", level, "--seed", str(seed), "--out", folder]
        environ = {**os.environ, "PYTHONHASHSEED": "0"}
        if way == "deployment":
            command += ["--free", "--profile", str(SEEDED)]
            environ[FILE_VARIABLE] = str(Path(folder) / "no-key")  # or the mock would prove what it is
        command += ["--", "-x"]
        try:
            run = subprocess.run(  # noqa: S603
                command, capture_output=True, text=True, timeout=_TIMEOUT, check=False, env=environ
            )
            told = _told(Path(folder), run)
        except subprocess.TimeoutExpired:
            told = (), (), 0, f"the run did not end within {_TIMEOUT:.0f} seconds"
    requests.delete(f"{base_url}/_mock/worlds/{name}", timeout=10)
    found, noted, sent, trouble = told
    plain = {key: defect[key] for key in ("name", "contract", "kind", "sentence")}
    seconds = round(time.perf_counter() - started, 1)
    return Spoilt(**plain, way=way, found=found, noted=noted, requests=sent, seconds=seconds, trouble=trouble)


def _told(folder: Path, run: "subprocess.CompletedProcess[str]") -> tuple[tuple[str, ...], tuple[str, ...], int, str]:
    """What was found, and what was noted as a choice; how many requests that took; why nothing can be said."""
    try:
        read = results.read(folder / "results.jsonl")
    except results.InvalidResults as error:
        last = (run.stderr.strip() or str(error)).splitlines()[-1]
        return (), (), 0, f"the run came to no verdict: {last[:200]}"
    every = [finding for result in read.results for finding in result.findings]
    found = dict.fromkeys(each.id for each in every if each.severity in ALARMS)
    noted = dict.fromkeys(each.id for each in every if each.severity not in ALARMS)
    trouble = "" if found or read.footer.exit_code == 0 else read.footer.verdict
    return tuple(found), tuple(noted), read.footer.requests, trouble
