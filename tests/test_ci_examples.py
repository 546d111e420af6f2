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


def test_the_action_tests_and_sums_up(tmp_path: Path) -> None:
    """Its steps, as a runner runs them, but for the installation: the mock holds, and the summary says so."""
    tool = tmp_path / "counterfoil/bin/counterfoil"
    tool.parent.mkdir(parents=True)
    tool.write_text(f'#!/bin/sh\nexec {sys.executable} -m counterfoil "$@"\n')
    tool.chmod(0o755)
    inputs = {"URL": "", "API": "shopscript", "PROFILE": "none.toml", "LEVEL": "smoke", "SHARD": "1/4"}
    runner = {
        "RUNNER_TEMP": str(tmp_path),
        "OUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **inputs, **runner}

    for name in ("Test", "Summary"):
        run = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", STEPS[name]["run"]],
            cwd=tmp_path, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert 0 == run.returncode, run.stdout + run.stderr

    assert "shopscript" in (tmp_path / "summary").read_text()
