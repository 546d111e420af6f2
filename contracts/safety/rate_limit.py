"""How fast a run asks: never above its rate, later where the target says so, and not at all once it is down."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Unreachable, Withheld
from counterfoil.contracts.safety.rules import Rules
from counterfoil.contracts.safety.run_state import SharedState

#: how many requests in a row may stay without an answer before the run ends
MOST_SILENT = 5
_MOST_ATTEMPTS = 3
#: seconds, for one request and in all
_LONGEST_PAUSE = _MOST_PATIENCE = 120.0
#: seconds between two requests once the target has asked for patience, and what that may grow to
_GAP, _GROWS, _WIDEST = 0.12, 1.4, 2.0


class RateLimit:
    """Sends requests one after the other, as fast as may be, over all processes that share the state."""

    def __init__(self, rules: Rules, shared: SharedState) -> None:
        self._gap = 1 / rules.rate if rules.rate else 0.0
        self._shared = shared

    def answered(self, target: Target, request: Request) -> Exchange:
        """The answer. What is turned away because it came too early is sent again after a while.

        Raises:
            Unreachable: nothing answers, or did not before, so that nothing more is sent.
            Withheld: the target still turns it away.
        """
        for _ in range(_MOST_ATTEMPTS):
            self._wait()
            try:
                exchange = target.exchange(request)
            except Unreachable as error:
                self._note_silence(target, error)
                raise
            with self._shared.held() as state:
                state.silent = 0
            pause = _pause(exchange, request)
            if pause is None:
                return exchange
            self._slow_down(pause)
        if exchange.status != 429:
            return exchange
        raise Withheld("the target turns it away again and again, since too much is asked of it: give a smaller --rate")

    def _wait(self) -> None:
        with self._shared.held() as state:
            if state.down:
                raise Unreachable(state.down)
            now = time.monotonic()
            at = max(now, state.next)
            gap = max(self._gap, state.gap)
            if gap or state.next:
                state.next = at + gap
        if at > now:
            time.sleep(at - now)

    def _slow_down(self, pause: float) -> None:
        if pause > _LONGEST_PAUSE:
            raise Withheld(f"the target asks to wait {pause:.0f} seconds, which is too long for a run")
        with self._shared.held() as state:
            now = time.monotonic()
            if state.next >= now + pause:  # one of several that were sent before anybody knew
                return
            state.gap = min(state.gap * _GROWS or _GAP, _WIDEST)
            state.waited += now + pause - max(now, state.next)
            state.next = now + pause
            if state.waited > _MOST_PATIENCE:
                state.down = (
                    f"the run ends here, since the target has asked it to wait for {state.waited:.0f} seconds in all: "
                    "give a smaller --rate"
                )

    def _note_silence(self, target: Target, error: Unreachable) -> None:
        with self._shared.held() as state:
            state.silent += 1
            silent = state.silent
        if silent >= MOST_SILENT and not target.answers():
            with self._shared.held() as state:
                state.down = f"the run ends here, since {silent} requests in a row were not answered ({error})"


def _pause(exchange: Exchange, request: Request) -> float | None:
    """How many seconds the target asks to wait before the request is sent again; None where the answer is the answer."""
    wanted = next((value for name, value in exchange.headers.items() if name.lower() == "retry-after"), None)
    documented = exchange.status in exchange.operation.answers
    if documented and (wanted is None or request.expected is False):
        return None
    if exchange.status == 429:
        return _seconds(wanted) if wanted else 1.0
    if exchange.status == 503 and wanted and exchange.operation.effect in ("reads", "session"):
        return _seconds(wanted)
    return None


def _seconds(wanted: str) -> float:
    """What `Retry-After` says, a number of seconds or a date; a second, if that cannot be read."""
    try:
        return max(0.0, float(wanted))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(wanted) - datetime.now(UTC)).total_seconds())
    except OverflowError:  # a year that no calendar has
        return float("inf")
    except (ValueError, TypeError):
        return 1.0
