"""Sessions: who is logged in, in which state each session is now, and how one is opened when a request needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from counterfoil.contracts.http.exchange import CredentialsRefused, Exchange, Request
from counterfoil.contracts.http.states import States
from counterfoil.contracts.profile.model import Login
from counterfoil.reports.printable import line
from counterfoil.specs import Contract, Operation
from counterfoil.specs.schemas import schemas_of

NOBODY = "none"
_FACTOR = "second_factor"

# Some vendors ban an address after so many wrong logins in a row (WHMCS: ten). Two processes that share an address stay
# below that together.
_MOST_WRONG_LOGINS = 4
#: so much of an answer is looked at, to show its first line without a secret
_FAR = 20_000


class NoAccount(CredentialsRefused):
    """The profile has no account that could open the session; the message says which one is needed."""


@dataclass(frozen=True)
class Session:
    """Whose session it is, under which security scheme. One that is `challenged` awaits its second factor."""

    account: str
    scheme: str
    challenged: bool = False


class Sessions:
    """The sessions of one target, in one world of it."""

    def __init__(
        self,
        contract: Contract,
        accounts: Mapping[str, Mapping[str, str]],
        logins: Mapping[str, Login],
        send: Callable[[Request], Exchange],
    ) -> None:
        self._contract = contract
        self._accounts = accounts
        self._logins = logins
        self._send = send
        schemes = contract.document.get("components", {}).get("securitySchemes", {})
        self._headers = {name: schemes[name]["name"] for name in logins if name in schemes}
        self._states: dict[Session, str] = {}
        self._wrong_logins = 0
        #: every state that was ever given: a secret, like the password that it stands for
        self.given = States()
        #: what keeps secrets out of a message
        self.discreet: Callable[[str], str] = str
        #: whether to keep this address from being banned for wrong logins
        self.careful = False

    @property
    def headers(self) -> frozenset[str]:
        """The names of the headers that carry a state, in lower case."""
        return frozenset(name.lower() for name in self._headers.values())

    def schemes(self, operation: Operation) -> tuple[str, ...]:
        """The kinds of session that open the operation: nothing else does, unless `is_optional`."""
        return tuple(name for way in _ways(self._contract, operation) for name in way if name in self._headers)

    def is_optional(self, operation: Operation) -> bool:
        """Whether the operation reads a session, but can do without."""
        return bool(self.schemes(operation)) and {} in _ways(self._contract, operation)

    def is_login(self, operation: Operation) -> bool:
        """Whether the operation opens a session with a password."""
        return any(login.operation == operation.id for login in self._logins.values())

    def default(self, scheme: str, challenged: bool = False) -> str | None:
        """The first account that opens such a session, one without a second factor if there is one.

        Only an account with a second factor is challenged.
        """
        able = [name for name in self._accounts if self._scheme(name) == scheme]
        with_factor = [name for name in able if _FACTOR in self._accounts[name]]
        without = [] if challenged else [name for name in able if name not in with_factor]
        return next(iter([*without, *with_factor]), None)

    def wanted(self, request: Request) -> Session | None:
        """The session that the request carries, if any. Raises NoAccount."""
        operation, asked = request.operation, request.session
        if asked == NOBODY or request.credentials is None or self._has_state(request):
            return None
        if asked is not None:
            if asked not in self._accounts:
                raise NoAccount(f'needs the account "{asked}" in the profile')
            scheme = self._scheme(asked)
            if scheme is None:
                raise NoAccount(f'the account "{asked}" of the profile has not the fields of any login')
            return Session(asked, scheme, self._logins[scheme].verify == operation.id)
        schemes = self.schemes(operation)
        if not schemes or self.is_optional(operation):
            return None
        for scheme in schemes:
            challenged = self._logins[scheme].verify == operation.id
            account = self.default(scheme, challenged)
            if account is not None:
                return Session(account, scheme, challenged)
        kind = "an account with a second factor" if _is_verify(operation, self._logins) else "an account"
        raise NoAccount(f"needs {kind} for {' or '.join(schemes)} in the profile")

    def carried(self, request: Request) -> tuple[Request, Session | None]:
        """The request with its session's newest state, and whose that is; logs in where nobody is.

        Raises:
            NoAccount: a step asks for an account that the profile lacks. What needs just any session goes without. Or one more
                wrong login might ban this address, or has done so.
            CredentialsRefused: the login is refused.
        """
        if self.careful and self._wrong_logins >= _MOST_WRONG_LOGINS and self.is_login(request.operation):
            self._make_up_for_wrong_logins()
        try:
            session = self.wanted(request)
        except NoAccount:
            if request.session is not None:
                raise
            session = None
        if session is None:
            return request, None
        if session not in self._states:
            self._states[session] = self._log_in(session)
        header = self._headers[session.scheme]
        return replace(request, headers={**request.headers, header: self._states[session]}), session

    def learn(self, exchange: Exchange, session: Session | None) -> None:
        """Keep the newest state, forget a session that has ended, and count wrong logins."""
        operation = exchange.operation.id
        states = [self._state(exchange, header) for header in self._headers.values()]
        self.given.add(state for state in states if state)
        if self.is_login(exchange.operation):
            self._wrong_logins = 0 if any(states) else self._wrong_logins + (exchange.status == 401)
        if session is None:
            return
        login = self._logins[session.scheme]
        state = self._state(exchange, self._headers[session.scheme])
        done = exchange.status < 300 and (operation == login.ends or session.challenged)
        if done or exchange.status == 401:
            self._states.pop(session, None)
        elif state and (operation not in login.others or exchange.status >= 300):  # refused, it opens nobody else's
            self._states[session] = state

    def forget(self) -> None:
        """Nobody is logged in any more, as when the installation has begun anew."""
        self._states.clear()

    def open_all(self) -> None:
        """Log the default account of each kind in, to see that the profile is right. Raises CredentialsRefused."""
        for scheme in self._logins:
            account = self.default(scheme)
            if account is not None:
                self._log_in(Session(account, scheme))

    def _log_in(self, session: Session) -> str:
        login, header = self._logins[session.scheme], self._headers[session.scheme]
        account = self._accounts[session.account]
        body = {name: value for name, value in account.items() if name != _FACTOR}
        exchange = self._send(self._request(login.operation, body))
        state, challenge = self._state(exchange, header), exchange.tree if isinstance(exchange.tree, dict) else {}
        if not state:
            raise self._refused(session.account, exchange)
        if session.challenged or "fields" not in challenge:
            return state
        if _FACTOR not in account or not login.verify:
            told = f'the account "{session.account}" is asked for a second factor: give `{_FACTOR}` in the profile'
            raise CredentialsRefused(told)
        fields = {field["name"]: account[_FACTOR] for field in challenge["fields"]}
        exchange = self._send(self._request(login.verify, {"fields": fields}, {header: state}))
        state = self._state(exchange, header)
        if exchange.status >= 300 or not state:
            raise self._refused(session.account, exchange)
        return state

    def _make_up_for_wrong_logins(self) -> None:
        """Log in rightly before an address is banned for wrong logins in a row. Raises NoAccount."""
        try:
            if self.log_in_rightly():
                return
        except CredentialsRefused as refused:  # here it is their sum that counts
            raise NoAccount(f"after wrong logins, right ones are refused, too: {refused}") from refused
        raise NoAccount("one more wrong login might ban this address, and the profile has no account for a right one")

    def log_in_rightly(self, *, leave: bool = False) -> bool:
        """Log the default account in, so that wrong logins are no longer in a row; say whether there is one.

        `leave` logs it out at once.
        """
        for scheme in self._logins:
            account = self.default(scheme)
            if account is not None:
                self._wrong_logins = 0
                state = self._log_in(Session(account, scheme))
                if leave:
                    self._log_out(scheme, state)
                return True
        return False

    def close(self) -> None:
        """Log everybody out who is still logged in. Raises what sending raises."""
        for session, state in list(self._states.items()):
            self._log_out(session.scheme, state)
        self._states.clear()

    def _log_out(self, scheme: str, state: str) -> None:
        if self._logins[scheme].ends:
            operation = self._contract.operations[self._logins[scheme].ends]
            self._send(Request(operation, headers={self._headers[scheme]: state}, session=NOBODY))

    def _request(self, name: str, body: Any, headers: Mapping[str, str] | None = None) -> Request:
        operation = self._contract.operations[name]
        media_type = next(iter(operation.request))
        return Request(operation, headers=headers or {}, body=body, media_type=media_type, session=NOBODY)

    def _refused(self, account: str, exchange: Exchange) -> CredentialsRefused:
        told = line(self.discreet(exchange.body[:_FAR].decode("utf-8", "replace")), 200)
        where = f"{exchange.operation.id} is answered {exchange.status}: {told}"
        return CredentialsRefused(f'the account "{account}" of the profile cannot log in: {where}')

    def _scheme(self, account: str) -> str | None:
        """The kind of session that the account opens: whose login takes what the account has."""
        for scheme, login in self._logins.items():
            media = next(iter(self._contract.operations[login.operation].request.values()))
            schema = schemas_of(self._contract).deref(media.schema)
            if set(schema.get("required", ())) <= self._accounts[account].keys():
                return scheme
        return None

    def _has_state(self, request: Request) -> bool:
        return bool(self.headers & {name.lower() for name in (*request.headers, *(request.credentials or {}))})

    @staticmethod
    def _state(exchange: Exchange, header: str) -> str | None:
        return next((value for name, value in exchange.headers.items() if name.lower() == header.lower()), None)


def _is_verify(operation: Operation, logins: Mapping[str, Login]) -> bool:
    return any(login.verify == operation.id for login in logins.values())


def _ways(contract: Contract, operation: Operation) -> list[dict[str, Any]]:
    """The alternatives by which the operation is opened."""
    ways: list[dict[str, Any]] = operation.raw.get("security", contract.document.get("security", []))
    return ways
