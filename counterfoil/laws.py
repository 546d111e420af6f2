"""What the `laws.py` of a contract of your own may import: everything here keeps its name and meaning.

A `laws.py` has `STATEFUL_TESTS`, a tuple of `StatefulTest`. The `machine` of each makes a Hypothesis state machine (a
`Machine` is a subclass of `RuleBasedStateMachine`) for a `LawContext`. Its rules call `context.begin()` when they start
anew, `context.send(context.request("get_note", path={"note_id": 7}))` for an `Exchange` and what it means,
`context.hold(law, holds, why)` where a `Law` has to hold, and look into answers within `context.reading()`.
`context.ids` has the known ids of the profile. `docs/own-contract.md` walks through an example.
"""

from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

__all__ = ["Exchange", "Law", "LawContext", "Machine", "Request", "StatefulTest"]
