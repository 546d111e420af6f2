"""Which ids a profile would have to give so that more cases can be tried."""

import re
from collections import Counter

from counterfoil.reports.results import Results

_LACKING = re.compile(r'^needs the known id "(\w+)" in the profile$')
_MOST = 3


def wanted_ids(run: Results) -> list[str]:
    """A sentence for each of the few ids that would let most cases be tried which lack nothing else."""
    names = Counter(
        found[1] for result in run.results if result.verdict == "skipped" and (found := _LACKING.match(result.reason))
    )
    return [
        f"Give `{name}` to try {number} more case{'' if number == 1 else 's'}."
        for name, number in names.most_common(_MOST)
    ]
