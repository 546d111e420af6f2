"""What can be done with an order in which state, and where it leads."""

from typing import NamedTuple

NEW = "new"
DELETED = "deleted"


class Action(NamedTuple):
    """One step of the workflow."""

    id: str
    name: str
    begins: tuple[str, ...]
    ends: str


#: `create` is no action that can be asked for; it stands in an order's log
CREATE = "create"
DELETE = "delete"
RESTORE = "restore"

ACTIONS = (
    Action("process", "Process", (NEW,), "processing"),
    Action("pay", "Pay", (NEW, "processing"), "paid"),
    Action("ship", "Ship", ("processing", "paid"), "shipped"),
    Action("complete", "Complete", ("processing", "paid", "shipped"), "completed"),
    Action("refund", "Refund", ("paid", "shipped", "completed"), "refunded"),
    Action(DELETE, "Delete", (NEW, "processing", "paid"), DELETED),
    Action(RESTORE, "Restore", (DELETED,), NEW),
)

#: the actions that begin the work on an order, and so take its stock where the shop is set to `process`.
#: Source 002 is silent; the vendor's PayAction takes what ProcessAction has not
BEGINS_WORK = ("process", "pay")


def offered(state: str) -> tuple[Action, ...]:
    """What can be done in this state."""
    return _OFFERED.get(state, ())


def action(state: str, name: str) -> Action | None:
    """The action of that name, if the state offers it."""
    return next((each for each in offered(state) if each.id == name), None)


_OFFERED = {
    state: tuple(each for each in ACTIONS if state in each.begins)
    for state in {state for each in ACTIONS for state in (*each.begins, each.ends)}
}
