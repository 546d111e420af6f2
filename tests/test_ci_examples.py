"""The examples for CI are true: what they run exists, and the action's own scripts run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from counterfoil.command import main

ROOT = Path(__file__).parents[1]
CI = ROOT / "docs/ci"
ACTION: dict[str, Any] = yaml.safe_load((CI / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
GITLAB = yaml.safe_load((CI / "gitlab-ci.yml").read_text())["counterfoil"]


def options(command: str) -> set[str]:
    """What a sub-command takes."""
    found = main.get_command(click.Context(main), command)
    assert found is not None
    return {name for parameter in found.params for name in parameter.opts}


def test_the_action_uses_the_inputs_that_it_has() -> None:
    """Each input is used, and nothing else is."""
    used = set(re.findall(r"inputs\.([a-z]+)", (CI / "action.yml").read_text()))

    assert set(ACTION["inputs"]) == used
    assert "composite" == ACTION["runs"]["using"]
    assert all(step["shell"] == "bash" for step in STEPS.values())


def test_the_options_of_the_examples_exist() -> None:
    """Whatever stands behind `counterfoil test` and `serve` is taken."""
    container = (CI / "Containerfile").read_text()
    asked = re.findall(r"--[a-z-]+", STEPS["Test"]["run"]) + re.findall(r"--[a-z-]+", GITLAB["script"][1])

    assert set() == set(asked) - options("test")
    assert set() == set(re.findall(r'"(--[a-z-]+)"', container)) - options("serve")


def test_the_jobs_parts_are_those_of_the_template() -> None:
    """GitLab counts the jobs from 1, as the option does."""
    words = shlex.split(GITLAB["script"][1])

    assert "$CI_NODE_INDEX/$CI_NODE_TOTAL" == words[words.index("--shard") + 1]
    assert 2 == GITLAB["parallel"]


@pytest.mark.parametrize("name", STEPS)
def test_the_scripts_of_the_action_are_bash(name: str) -> None:
    """Bash can read them."""
    assert 0 == subprocess.run(["bash", "-n", "-c", STEPS[name]["run"]], check=False).returncode


def carried_out(tmp_path: Path, name: str, url: str) -> subprocess.CompletedProcess[str]:
    """A step of the action as a runner runs it, but for the installation."""
    tool = tmp_path / "counterfoil/bin/counterfoil"
    tool.parent.mkdir(parents=True, exist_ok=True)
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m counterfoil "$@"\n')
    tool.chmod(0o755)
    inputs = {"URL": url, "API": "shopscript", "PROFILE": "none.toml", "LEVEL": "smoke", "SHARD": "1/4"}
    runner = {
        "RUNNER_TEMP": str(tmp_path),
        "OUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **inputs, **runner}

    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]],
        cwd=tmp_path, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_action_tests_and_sums_up(tmp_path: Path) -> None:
    """The mock holds, and the summary says so."""
    for name in ("Test", "Summary"):
        run = carried_out(tmp_path, name, "mock")
        assert 0 == run.returncode, run.stdout + run.stderr

    assert "shopscript" in (tmp_path / "summary").read_text()


@pytest.mark.parametrize(("url", "told"), [("", "the URL is empty"), ("profile", "There is no profile none.toml")])
def test_the_action_is_not_green_without_a_target(tmp_path: Path, url: str, told: str) -> None:
    """A variable that is not set, or a profile that is not there, is wrong usage, and never a test of the mock."""
    run = carried_out(tmp_path, "Test", url)

    assert (2, True) == (run.returncode, told in run.stdout + run.stderr)


def test_each_pod_of_the_job_does_its_own_part() -> None:
    """Kubernetes counts from 0, the option from 1; there are as many parts as completions."""
    job = yaml.safe_load((CI / "kubernetes-job.yaml").read_text())["spec"]
    (container,) = job["template"]["spec"]["containers"]
    (line,) = container["args"]
    said = [
        subprocess.run(
            ["sh", "-c", line.replace("counterfoil test", "echo")],
            env={"JOB_COMPLETION_INDEX": str(index), "PARTS": container["env"][0]["value"]},
            capture_output=True, text=True, check=True,
        ).stdout.split()
        for index in range(job["completions"])
    ]  # fmt: skip

    assert ["1/4", "2/4", "3/4", "4/4"] == [words[words.index("--shard") + 1] for words in said]
    assert set(re.findall(r"--[a-z-]+", line)) <= options("test")


def test_the_matrix_has_as_many_parts_as_it_says() -> None:
    """Each part is one of so many, and the report is made of all of them."""
    jobs = yaml.safe_load((CI / "github-matrix.yml").read_text())["jobs"]
    parts = jobs["part"]["strategy"]["matrix"]["part"]
    given = jobs["part"]["steps"][1]["with"]
    (report,) = [step["run"] for step in jobs["whole"]["steps"] if "counterfoil report" in step.get("run", "")]

    assert given["shard"] == "${{ matrix.part }}/" + str(len(parts))
    assert set(given) <= set(ACTION["inputs"])
    assert [f"part-{part}" for part in parts] == re.findall(r"part-\d", report)
    assert set(re.findall(r"--[a-z-]+", report)) <= options("report")
