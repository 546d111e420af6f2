"""What all tests keep to: none of them writes into the repository, wherever it runs a command."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Contracts, mocks and what Hypothesis remembers stay as long as the tests do: to look through them again and again for
# garbage takes a quarter of the time.
gc.set_threshold(50_000, 50, 100)

ROOT = Path(__file__).parents[1]
# Hypothesis makes its tables of letters once, and not once more for every folder in which a test starts a process.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".hypothesis"))
#: where a run or a tool that is started there leaves something
_WATCHED = (ROOT, ROOT / "reports")
#: what tools leave beside the code, whoever starts them
_CACHES = {"__pycache__", "build", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv"}


def _names() -> set[str]:
    every = [each for folder in _WATCHED for each in os.scandir(folder)]
    return {each.path for each in every if each.name not in _CACHES and not each.name.endswith(".egg-info")}


@pytest.fixture(autouse=True)
def _repository_stays_as_it_is() -> Iterator[None]:
    """A run's results and its state belong to the folder of a test: what lies in the repository would be committed."""
    before = _names()
    yield
    assert set() == _names() - before
