"""What the `laws.py` of a contract of your own may import: everything here keeps its name and meaning.

A `laws.py` has `TRIALS`, a tuple of `Trial`. A trial is a Hypothesis state machine (a subclass of `Machine`) whose rules
call the target through `self.bench` and check `Law`s there. `docs/own-contract.md` walks through an example.
"""

from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import Bench, Law
from counterfoil.contracts.phases.laws.runner import Machine, Trial

__all__ = ["Bench", "Exchange", "Law", "Machine", "Request", "Trial"]
