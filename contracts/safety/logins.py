"""Keeps an address from being banned: between two right credentials, only so many wrong ones are tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from counterfoil.contracts.generate.examples import harmless_request
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Withheld
from counterfoil.contracts.safety.credentials import CredentialState, credential_state
from counterfoil.contracts.safety.run_state import LoginCount, SharedState

_MOST_TRIES = 3
#: of the wrong ones that are left, one is kept for a refusal that nobody expects
_FEWEST = 2


class LoginLimit:
    """How many wrong credentials are left, over all processes that share the state.

    Who counts them there, the vendor's program or what stands before all of them, nobody knows: so both are counted.
    """

    def __init__(self, contract: str, most: int, shared: SharedState) -> None:
        self._contract, self._most, self._shared = contract, most, shared

    @contextmanager
    def counted(self, target: Target, request: Request, key: CredentialState) -> Iterator[list[Exchange]]:
        """Sends what carries this key, once it is its turn; the caller puts the answer into the list. Raises Withheld."""
        answers: list[Exchange] = []
        if key in (CredentialState.WRONG, CredentialState.NONE):
            self._take(target)
            try:
                yield answers
            finally:
                with self._held(target) as counts:
                    for count in counts:
                        count.finished += 1
            return
        with self._held(target) as counts:
            before = [count.finished for count in counts]
            is_last = any(count.in_a_row >= self._most for count in counts)
        if is_last and key is not CredentialState.RIGHT:
            self._reassure(target)
        yield answers
        for exchange in answers:
            refused = exchange.status in (401, 403)
            with self._held(target) as counts:
                for count, finished in zip(counts, before, strict=True):
                    if refused:
                        count.wrong += 1
                        count.finished += 1
                    elif key is CredentialState.RIGHT and exchange.status < 400 and self._is_login(target, request):
                        count.forgiven = max(count.forgiven, finished)

    def _take(self, target: Target) -> None:
        for _ in range(_MOST_TRIES):
            with self._held(target) as counts:
                if all(count.in_a_row < self._most - 1 for count in counts):
                    for count in counts:
                        count.wrong += 1
                    return
            if self._most < _FEWEST or not self._reassure(target):
                break
        raise Withheld("one more wrong login might get this address banned, and no right one is at hand")

    def _reassure(self, target: Target) -> bool:
        """Send something with the right credentials; say whether there is such a thing."""
        if target.sessions.headers:
            return target.sessions.log_in_rightly(leave=True)
        request = harmless_request(target)
        if request is None or credential_state(request, target.prepare(request), target) is not CredentialState.RIGHT:
            return False
        target.send(request)
        return True

    @staticmethod
    def _is_login(target: Target, request: Request) -> bool:
        """Whether right credentials in the request mean a login: where there are sessions, only opening one does."""
        return not target.sessions.headers or target.sessions.is_login(request.operation)

    @contextmanager
    def _held(self, target: Target) -> Iterator[list[LoginCount]]:
        names = (self._contract, f"at {urlsplit(target.base_url).hostname}")
        with self._shared.held() as state:
            yield [state.logins.setdefault(name, LoginCount()) for name in names]
