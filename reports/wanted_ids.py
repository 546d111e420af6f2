"""Which ids kept cases from being tried: those that a profile would have to give, and those that it gives wrongly."""

import re
from collections import Counter

from counterfoil.reports.results import Results

_LACKING = re.compile(r'^needs the known id "(\w+)" in the profile$')
_MOST = 3


def wanted_ids(run: Results) -> list[str]:
    """A sentence for each of the few ids that would let most cases be tried which lack nothing else."""
    names = Counter(found[1] for reason in _skipped(run) if (found := _LACKING.match(reason)))
    return [
        f"Give `{name}` to try {number} more case{'' if number == 1 else 's'}."
        for name, number in names.most_common(_MOST)
    ]


def unfit_ids(run: Results) -> list[str]:
    """A sentence for each id that was given and is not what it is to be: `product 5 has a setup fee: 4 cases skipped`."""
    skipped = Counter(_skipped(run))
    sentences = dict.fromkeys(told for target in run.header.target.values() for told in target.unfit.values())
    return [f"{told}: {_cases(skipped[told])} skipped" for told in sentences]


def _skipped(run: Results) -> list[str]:
    return [result.reason for result in run.results if result.verdict == "skipped"]


def _cases(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"
