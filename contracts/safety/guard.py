"""The guard: every request of a run passes it, whoever makes it. It withholds, rations, marks, writes down and paces."""

from collections.abc import Iterable
from pathlib import Path

import requests

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request, Sent, Unreachable, Withheld
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.safety.created import NAME, Created, marked
from counterfoil.contracts.safety.creation import Creations
from counterfoil.contracts.safety.credentials import credential_state
from counterfoil.contracts.safety.intent import Intent, intent_of, unknown_ids
from counterfoil.contracts.safety.logins import LoginLimit
from counterfoil.contracts.safety.ownership import KEPT, check_own
from counterfoil.contracts.safety.rate_limit import RateLimit
from counterfoil.contracts.safety.rules import Rules
from counterfoil.contracts.safety.run_state import RunState, SharedState

FILE = ".guard.json"
#: after so many creating calls of one kind of which nobody can say what came of them, no more are sent
_MOST_UNCLEAR = 2


class Guard:
    """What stands between a run and one target. Where it is not `careful`, it only minds the pace."""

    def __init__(self, rules: Rules, entry: Entry, contract: str, careful: bool, folder: Path | None = None) -> None:
        self.rules, self.careful = rules, careful
        self._entry, self._contract = entry, contract
        self._shared = SharedState(folder / FILE if folder else None)
        self._rate_limit = RateLimit(rules, self._shared)
        self._login_limit = LoginLimit(contract, entry.limits.wrong_logins, self._shared)
        self._creations = self.creations(self._shared, folder / NAME if folder else None)

    def creations(self, shared: SharedState, file: Path | None) -> Creations:
        """What keeps account of what is created."""
        written = Created(file, durable=self.careful) if file else None
        return Creations(self._contract, self._entry.marks, shared, written)

    def send(self, target: Target, request: Request) -> Exchange:
        """The answer to the request, if it may be sent. Raises Withheld, Unreachable."""
        if not self.careful:
            return self._free(target, request)
        sent = target.prepare(request)
        meant = self.judge(target, request, sent)
        with self._login_limit.counted(target, request, credential_state(request, sent, target)) as answers:
            if meant is Intent.CREATES:
                exchange = self._creating(target, request)
            elif meant is Intent.HARMLESS:
                exchange = self._refused(target, request)
            else:
                exchange = self._rate_limit.answered(target, request)
            answers.append(exchange)
        return exchange

    def judge(self, target: Target, request: Request, sent: Sent | None = None) -> Intent:
        """What the request is for. Nothing is sent. Raises Withheld."""
        if not self.careful:
            return Intent.READS
        sent = sent or target.prepare(request)
        meant = intent_of(request, sent, target, self.rules)
        with self._shared.held() as state:
            if meant is Intent.HARMLESS and self._name(request) in state.closed:
                raise Withheld(
                    f"{request.operation.id} has accepted what it must refuse: nothing of the kind is sent again"
                )
            if meant in (Intent.CREATES, Intent.CHANGES) and state.stopped:
                raise Withheld(state.stopped)
            if meant is Intent.CREATES:
                self._check_clear(state, request)
                self._check_left(state, 1)
            owned = set(state.owned.get(self._contract, ()))
        if meant in (Intent.CREATES, Intent.CHANGES):
            for value in unknown_ids(sent, target, {*owned, KEPT}):
                raise Withheld(f"names {'.'.join(value.names)} {value.text}, which the profile does not give")
            check_own(request, sent, target.contract, owned, creates=meant is Intent.CREATES)
        return meant

    def judge_all(self, target: Target, requests: Iterable[Request]) -> None:
        """See that all of these may be sent, one after the other, before the first of them is. Raises Withheld.

        What one of them takes from the answer to another is `KEPT` in it.
        """
        creating = sum(self.judge(target, request) is Intent.CREATES for request in requests)
        with self._shared.held() as state:
            self._check_left(state, creating)

    def _check_left(self, state: RunState, creating: int) -> None:
        if creating and state.orders + creating > self.rules.max_orders:
            raise Withheld(f"would create more than --max-orders allows, of which {state.orders} were used")

    def _check_clear(self, state: RunState, request: Request) -> None:
        if state.unclear.count(self._name(request)) >= _MOST_UNCLEAR:
            raise Withheld(
                f"{request.operation.id} may have created something {_MOST_UNCLEAR} times, of which no clear answer came: "
                "nothing more is created by it"
            )

    def is_down(self) -> str:
        """Why nothing more is sent to the target; an empty text as long as it answers."""
        with self._shared.held() as state:
            return state.down

    def _creating(self, target: Target, request: Request) -> Exchange:
        """Write down what is about to be created, send it, and write down what came of it and whose it is."""
        before = self._creations.before(target, request)
        number = self._counted(most=self.rules.max_orders)
        text = f"counterfoil-{self.rules.run}-{number}"
        request, mark = marked(request, self._entry.marks.get(request.operation.id), text)
        self._creations.begin(target, request, number, mark)
        try:
            exchange = self._rate_limit.answered(target, request)
        except Withheld:
            self._creations.turned_away(target, number)
            self._uncount()
            raise
        except Unreachable:
            self._note_unclear(request)
            raise
        got = outcome(exchange, target.contract)
        if exchange.status >= 500 or got.unclear:  # nobody knows: it counts as created, and is looked for by its mark
            self._note_unclear(request)
            return exchange
        exchange = self._creations.end(target, request, exchange, got, number, mark, before)
        if not got.accepted:
            self._uncount()
        return exchange

    def _note_unclear(self, request: Request) -> None:
        with self._shared.held() as state:
            state.unclear.append(self._name(request))

    def _refused(self, target: Target, request: Request) -> Exchange:
        """Send what must be refused; if it is not, write down what that has created, and send no more like it."""
        exchange = self._rate_limit.answered(target, request)
        if exchange.status < 300 and outcome(exchange, target.contract).accepted:
            with self._shared.held() as state:
                state.closed.append(self._name(request))
            if request.operation.effect == "creates":
                self._creations.note(target, request, exchange, self._counted())
        return exchange

    def _free(self, target: Target, request: Request) -> Exchange:
        """Send it, whatever it does; what it creates is written down all the same, to be told in the end."""
        exchange = self._rate_limit.answered(target, request)
        creates = request.operation.effect == "creates" and target.control is None
        if creates and exchange.status < 300 and not outcome(exchange, target.contract).refused:
            self._creations.note(target, request, exchange, self._counted())
        return exchange

    def _counted(self, most: int | None = None) -> int:
        """The number of one thing more that is created. Raises Withheld."""
        with self._shared.held() as state:
            if most is not None:
                self._check_left(state, 1)
            state.orders += 1
            state.number += 1
            return state.number

    def _uncount(self) -> None:
        with self._shared.held() as state:
            state.orders -= 1

    def _name(self, request: Request) -> str:
        return f"{self._contract} {request.operation.id}"


class GuardedTarget(Target):
    """A target whose every request passes the guard, those of its sessions, too."""

    def __init__(self, installation: Installation, guard: Guard, connection: requests.Session | None = None) -> None:
        super().__init__(installation, connection)
        self.guard = guard
        if guard.careful:
            self.sessions.careful = False  # wrong logins are counted with all other wrong credentials then

    def _alike(self, installation: Installation, connection: requests.Session | None) -> "GuardedTarget":
        return GuardedTarget(installation, self.guard, connection)

    def _delivered(self, request: Request) -> Exchange:
        return self.guard.send(self, request)

    @property
    def careful(self) -> bool:
        """Whether the guard withholds what might do harm."""
        return self.guard.careful

    def check(self, requests: Iterable[Request]) -> None:
        """See that the guard lets all of these pass, one after the other. Raises Withheld."""
        self.guard.judge_all(self, requests)

    def only_reads(self, request: Request) -> bool:
        """Whether the request changes nothing, whatever the target makes of it. Raises Withheld."""
        return self.guard.judge(self, request) is Intent.READS

    def is_down(self) -> str:
        """Why nothing more is sent; an empty text as long as there is an answer."""
        return self.guard.is_down()


def guarded(target: Target, rules: Rules, folder: Path | None) -> Target:
    """The target behind the guard that it needs, if it needs one: a mock is there to be ordered from."""
    entry = target.installation.entry
    careful = rules.may_send(entry.safety, "it is a mock" if target.control else "").careful
    if target.control is not None and not careful and not rules.rate:
        return target
    return behind(target, Guard(rules, entry, target.contract.name, careful=careful, folder=folder))


def behind(target: Target, guard: Guard) -> GuardedTarget:
    """The target behind this guard."""
    return GuardedTarget(target.installation, guard, target.connection)
