"""What stands in a run's folder before the first request, and what is left of it after the last."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.safety.created import NAME, Begun, Created, Run
from counterfoil.contracts.safety.guard import FILE
from counterfoil.contracts.safety.run_state import RunState

if TYPE_CHECKING:
    from counterfoil.contracts.phases.plan import Plan


def begin(folder: Path, plan: "Plan") -> None:
    """Say in `created.jsonl` which run begins, where something might be created; what stands there stays."""
    others = plan.header.target.keys() - set(plan.mocks)
    state, created = RunState(), Created(folder / NAME)
    if created.path.exists():
        state.number = max((line.number for line in created.read() if isinstance(line, Begun)), default=0)
    if others:
        overlays = {name: list(at.overlays) for name, at in plan.header.target.items()}
        run = Run(plan.rules.run, plan.header.started, plan.profile, overlays, plan.own)
        created.add(run, Mask.of(plan.entries.values()))
    (folder / FILE).write_bytes(msgspec.json.encode(state))


def end(folder: Path) -> None:
    """Nobody asks any more what the processes knew together."""
    (folder / FILE).unlink(missing_ok=True)
