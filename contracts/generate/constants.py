"""Keeps what a seed generates the same: Hypothesis would read literals out of every module that happens to be imported.

To import this module is enough, and whoever generates does.
"""

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_NONE = Constants()
providers._get_local_constants = lambda: _NONE  # noqa: SLF001 - there is no setting for it
