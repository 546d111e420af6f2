"""Who calls the WHMCS REST API: a guest, or a user of the profile, in a session of that user's."""

from collections.abc import Mapping
from typing import Any

from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request
from counterfoil.contracts.http.sessions import NOBODY
from counterfoil.contracts.phases.laws.context import LawContext


class Caller:
    """Sends calls in the name of an account, or of nobody."""

    def __init__(self, context: LawContext, account: str | None = None) -> None:
        self.name = account or "guest"
        self._context, self._account = context, account

    @property
    def is_user(self) -> bool:
        """Whether it is somebody who is logged in."""
        return self._account is not None

    def call(
        self, operation: str, path: Mapping[str, Any] | None = None, body: Any = None, query: Any = None
    ) -> tuple[Exchange, Outcome]:
        """The answer to a call of the operation, and what it means."""
        known = self._context.world.contract.operations[operation]
        session = self._account or NOBODY
        request = Request(known, path=path or {}, query=query or {}, body=body, session=session)
        return self._context.send(request, f"({self.name}) " if self._account else "")


def users(target: Target) -> list[str]:
    """The accounts of the profile that are users'."""
    return [name for name, account in target.accounts.items() if "email" in account]
