"""What the `laws.py` of a contract of your own may import: everything here keeps its name and meaning.

A `laws.py` has `STATEFUL_TESTS`, a tuple of `StatefulTest`. Each is a Hypothesis state machine (a subclass of `Machine`)
whose rules call the target through `self.context` and check `Law`s there. `docs/own-contract.md` walks through an example.
"""

from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

__all__ = ["Exchange", "Law", "LawContext", "Machine", "Request", "StatefulTest"]
