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
        is_right = key is CredentialState.RIGHT
        before, taken = self._begun(target, may_be_refused=not is_right)
        try:
            yield answers
        finally:
            status = answers[0].status if answers else 0
            opened = is_right and 0 < status < 400 and self._is_login(target, request)
            refused = status in (401, 403)
            with self._held(target) as counts:
                for count, finished in zip(counts, before, strict=True):
                    count.wrong += refused - taken
                    count.finished += refused
                    count.forgiven = max(count.forgiven, finished) if opened else count.forgiven

    def _begun(self, target: Target, *, may_be_refused: bool) -> tuple[list[int], bool]:
        """How many wrong ones were finished before this one, and whether it takes the last one that is left.

        Until it is answered, nobody else has that one: two callers at once must not both rely on it.
        """
        tries, in_vain = 0, False
        while True:
            with self._held(target) as counts:
                most = max(count.in_a_row for count in counts) if may_be_refused else 0
                if most < self._most or in_vain:
                    takes = most >= self._most - 1
                    for count in counts:
                        count.wrong += takes
                    return [count.finished for count in counts], takes
            tries += 1
            in_vain = tries == _MOST_TRIES or not self._reassure(target)

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
