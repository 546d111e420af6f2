"""Mock order APIs, and hold any implementation of them to its contract.

Public are this package's own modules: `counterfoil.laws`, for the `laws.py` of a contract of your own, `counterfoil.testing`,
to start the mock from tests, and `counterfoil.schemathesis`, to hold an API to a contract with Schemathesis itself. The
folders of the repository are installed below it (`counterfoil.specs`, `counterfoil.mockserver`, …) and may change in any
release.

PYTEST_DONT_REWRITE: it has a plugin of pytest, whose asserts need no explanation.
"""

from pathlib import Path

__version__ = "0.2.0"

if not Path(__file__).with_name("specs").is_dir():  # in a clone, the folders stand beside this one
    __path__.append(str(Path(__file__).parents[1]))
