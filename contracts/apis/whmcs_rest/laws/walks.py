"""Stateful tests of which nothing is drawn: one walk, the same in every run, so that also the shortest one sees everything."""

from collections.abc import Callable
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, rule

from counterfoil.contracts.phases.laws.context import Law, LawContext
from counterfoil.contracts.phases.laws.runner import Machine, StatefulTest

_ONCE = {"smoke": (1, 1), "gate": (1, 1), "deep": (1, 1)}


def walk(
    name: str, operation: str, laws: tuple[Law, ...], steps: Callable[[LawContext], None], **more: Any
) -> StatefulTest:
    """A stateful test of the WHMCS REST API that takes these steps once; its description is what they say of themselves."""

    def machine(context: LawContext) -> Machine:
        class Walk(RuleBasedStateMachine):
            """One step, which is all of it."""

            @rule()
            def walk(self) -> None:
                """Begin, and go."""
                context.begin(afresh=True)
                steps(context)

        return Walk

    return StatefulTest("whmcs-rest", name, operation=operation, laws=laws, machine=machine, sizes=_ONCE, **more)
