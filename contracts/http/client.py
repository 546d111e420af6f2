"""The thing under test: a base URL, what opens it, and the ids that exist there. Nothing else differs between targets."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
import requests

from counterfoil.contracts.http import connection
from counterfoil.contracts.http.connection import TIMEOUT, timeouts
from counterfoil.contracts.http.exchange import (
    CredentialsRefused,
    Exchange,
    Request,
    Sent,
    Uncooperative,
    Unreachable,
    Withheld,
    media_of,
)
from counterfoil.contracts.http.masking import Mask, secrets_of
from counterfoil.contracts.http.sessions import Sessions
from counterfoil.contracts.profile.profile import Credentials, Entry, Scalar
from counterfoil.contracts.wire import nesting, wire
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.specs import Contract, Operation

if TYPE_CHECKING:
    from counterfoil.contracts.safety.guard import Guard

__all__ = ["CredentialsRefused", "Exchange", "Request", "Sent", "Target", "Uncooperative", "Unreachable", "Withheld"]

PATIENCE = 3.0
_WORLDS = count(1)


class Target:
    """One contract's installation.

    `control` is the mock's base URL when the target is a mock, else None; `doors` says how sessions are opened.
    """

    def __init__(
        self,
        contract: Contract,
        base_url: str,
        credentials: Credentials | None = None,
        ids: Mapping[str, Scalar] | None = None,
        headers: Mapping[str, str] | None = None,
        control: str | None = None,
        doors: Entry | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self.contract = contract
        self.base_url = base_url.rstrip("/")
        self.credentials = credentials or Credentials()
        self.ids = dict(ids or {})
        self.headers = dict(headers or {})
        self.control = control
        self.shown_base = self.base_url
        self.served: tuple[str, ...] = ()
        self.requests = 0
        #: what every request has to pass; a mock needs none
        self.guard: Guard | None = None
        #: what the checks were asked about, where somebody wants to have it
        self.recording: list[Any] | None = None
        self._worlds: set[str] = set()
        self._free_world: tuple[str, str] | None = None
        self._doors = doors or Entry()
        self._session = session or connection.opened(self._doors, self.base_url)
        self.accounts = self._doors.accounts
        #: how often each operation took longer to answer than `patience`
        self.slow: Counter[str] = Counter()
        self.sessions = Sessions(contract, self.accounts, self._doors.logins, self.send)
        self.sessions.careful = control is None
        self.sessions.discreet = lambda text: self.mask().text(text)

    @classmethod
    def described(cls, contract: Contract, url: str, entry: Entry, control: str | None = None) -> "Target":
        """The target that a profile describes."""
        return cls(contract, url, entry.credentials, entry.known, entry.headers, control, entry)

    @property
    def secrets(self) -> dict[str, str]:
        """What opens it, by name; of an Authorization header, what stands after its scheme."""
        return secrets_of(self._entry)

    @cached_property
    def _entry(self) -> Entry:
        """What a profile would say of it."""
        own = {"credentials": self.credentials, "ids": self.ids, "headers": self.headers}
        return msgspec.structs.replace(self._doors, **own)

    @property
    def secret_names(self) -> set[str]:
        """The names under which credentials of any kind are given, in lower case."""
        return {name.lower() for name in (*self.credentials.names(), *self._doors.never)} | {"authorization"}

    @property
    def patience(self) -> float:
        """How many seconds an answer may take."""
        return self._doors.limits.answer_seconds or PATIENCE

    @property
    def patience_evidence(self) -> str:
        """A limit that the profile sets is a promise; ours is but a choice."""
        return "documented" if self._doors.limits.answer_seconds else "chosen"

    def connect(self) -> None:
        """Find out whether anything answers, and whether it is a mock. Raises Unreachable, CredentialsRefused."""
        try:
            answer = self._session.get(
                f"{self.base_url}/_mock/health", timeout=timeouts(self._doors), allow_redirects=False
            )
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"{self.base_url} does not answer: {_cause(error)}") from error
        try:
            health = answer.json() if answer.status_code == requests.codes.ok else {}
            if "counterfoil" in health:
                self.control = self.base_url
                self.served = tuple(health.get("contracts", ()))
        except (ValueError, TypeError):
            self.control = None
        if self.control is not None:
            self._check_token()

    def _check_token(self) -> None:
        try:
            self.command("GET", "/_mock/worlds")
        except (Uncooperative, UnicodeEncodeError) as error:
            raise CredentialsRefused(
                f"the mock at {self.base_url} keeps its control plane for whoever has its token: set "
                "COUNTERFOIL_CONTROL_TOKEN to the one that `counterfoil serve` printed"
            ) from error

    @contextmanager
    def world(self, hint: str, **made_with: Any) -> Iterator["Target"]:
        """On a mock, this target in a world as it is in the beginning, used by nobody else; elsewhere, the target itself.

        Worlds are used again, each time reset, until the target is closed; so all that it asks for are `made_with` the
        same seed and clock.
        """
        if self.control is None:
            yield self
            return
        name, base = self._free_world or self._new_world(hint, made_with)
        self._free_world = None
        places = (self.credentials, self.ids, self.headers)
        target = Target(self.contract, base, *places, self.control, self._doors, self._session)
        target.shown_base, target.slow, target.recording = self.base_url, self.slow, self.recording
        target.guard = self.guard
        self._worlds.add(name)
        try:
            target.command("POST", "/_mock/reset")
            yield target
        finally:
            self.requests += target.requests
            self._free_world = (name, base)

    def twin(self) -> "Target":
        """This target in the same world, with a connection and sessions of its own, as another thread needs them."""
        twin = Target(self.contract, self.base_url, self.credentials, self.ids, self.headers, self.control, self._doors)
        twin.shown_base, twin.slow, twin.guard = self.shown_base, self.slow, self.guard
        twin.sessions.careful = self.sessions.careful
        return twin

    def _new_world(self, hint: str, made_with: Mapping[str, Any]) -> tuple[str, str]:
        name = f"{hint}-{os.getpid()}-{next(_WORLDS)}"
        return name, self.command("POST", "/_mock/worlds", {"name": name, **made_with}, base=self.control)["base_url"]

    def command(self, method: str, path: str, body: Any = None, base: str | None = None) -> Any:
        """Ask the mock itself for something, in this target's world. Raises Unreachable, Uncooperative."""
        url = f"{base or self.base_url}{path}"
        try:
            token = os.environ.get("COUNTERFOIL_CONTROL_TOKEN")  # the mock asks for it where others can reach it
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            answer = self._session.request(method, url, json=body, headers=headers, timeout=TIMEOUT)
        except requests.RequestException as error:
            raise Unreachable(f"{url} does not answer: {_cause(error)}") from error
        if not answer.ok:
            raise Uncooperative(f"the mock answers {method} {path} with {answer.status_code}: {answer.text[:300]}")
        return answer.json() if answer.content else None

    def prepare(self, request: Request) -> Sent:
        """The request as it goes over the wire, credentials merged, without sending it."""
        operation = request.operation
        method = request.method or operation.method
        places = self._credentials(operation, request.credentials)
        path = {name: wire.text(value) for name, value in request.path.items()}
        filled = operation.path
        for name, value in path.items():
            filled = filled.replace("{" + name + "}", quote(value, safe=""))
        query = self._pairs(dict(request.query))
        headers = {"User-Agent": "counterfoil", "Accept": "*/*", **self.headers}
        headers = _merged(headers, {**places.headers, **request.headers})
        body, pairs, tree, media_type = b"", list[tuple[str, str]](), request.body, request.media_type
        if media_type is None and (request.body is not None or request.raw is not None or places.body):
            media_type = next(iter(operation.request), None)
        if request.raw is not None:
            body = request.raw
            if media_type == wire.FORM and places.body:
                body = (wire.urlencoded(self._pairs(places.body)) + "&").encode() + body
        elif isinstance(tree, dict) or (tree is None and places.body):
            tree = {**{k: v for k, v in places.body.items() if k not in (tree or {})}, **(tree or {})}
        if request.raw is None and media_type in (None, "query"):
            query += self._pairs(tree)
            tree = None
        elif request.raw is None:
            body, pairs, content_type = _encoded(tree, str(media_type), self.contract.brackets)
            headers = _merged(headers, {"Content-Type": content_type, **request.headers})
        elif media_type:
            headers = _merged(headers, {"Content-Type": media_type, **request.headers})
        named = {name for name, _ in query}
        query += [(name, value) for name, value in places.query.items() if name not in named]
        asked = "&".join(filter(None, (wire.urlencoded(query), request.tail)))
        query += wire.parsed_query(request.tail)
        url = f"{self.base_url}{filled}" + (f"?{asked}" if asked else "")
        if media_type == wire.FORM:  # what a form means is what its bytes say, whatever it was made from
            pairs = wire.parsed_query(body.decode("utf-8", "replace"))
        own = {name: value for name, value in (request.credentials or {}).items() if value}
        own |= {name: value for name, value in headers.items() if value in self.sessions.given}
        mask = Mask({**self.mask().secrets, **own}, self.mask().behind)
        shown = url.replace(self.base_url, self.shown_base, 1)
        curl = partial(mask.curl, method, shown, headers, body, pairs)
        return Sent(method, url, headers, body, media_type, query, pairs, tree, path, curl, shown)

    def send(self, request: Request) -> Exchange:
        """Send the request, in its session if it has one and if the guard lets it pass, and read the answer by the contract.

        Raises:
            Withheld: it might do harm.
            Unreachable: nothing answers.
            CredentialsRefused: no session can be opened.
        """
        request, session = self.sessions.carried(request)
        exchange = self.exchange(request) if self.guard is None else self.guard.send(self, request)
        self.sessions.learn(exchange, session)
        return exchange

    def answers(self) -> bool:
        """Whether anything at all is answered at the base URL."""
        try:
            self._session.get(self.base_url, timeout=timeouts(self._doors), allow_redirects=False)
        except (requests.RequestException, ValueError):
            return False
        return True

    def _pairs(self, tree: Any) -> wire.Pairs:
        return nesting.fields(tree, self.contract.brackets)

    def exchange(self, request: Request) -> Exchange:
        """Send the request as it is, past the guard, which alone asks for this. Raises Unreachable."""
        sent = self.prepare(request)
        self.requests += 1
        started = time.perf_counter()
        try:
            prepared = requests.Request(sent.method, sent.url, headers=dict(sent.headers), data=sent.body).prepare()
            prepared.url = sent.url  # exactly as written: requests would decode and encode it again
            timeout = timeouts(self._doors, self.patience)
            answer = self._session.send(prepared, timeout=timeout, allow_redirects=False, proxies=self._session.proxies)
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"{sent.method} {self.base_url}{request.operation.path}: {_cause(error)}") from error
        seconds = time.perf_counter() - started
        if seconds > self.patience:
            self.slow[request.operation.id] += 1
        return self._read(request.operation, sent, answer, seconds)

    def close(self) -> None:
        """Give the connection back, and forget the worlds that were made."""
        with suppress(Unreachable, Uncooperative):
            for name in self._worlds:
                self.command("DELETE", f"/_mock/worlds/{name}", base=self.control)
        self._worlds.clear()
        self._free_world = None
        self._session.close()

    def mask(self) -> Mask:
        """Keeps this target's secrets out of what is written down."""
        return self._mask

    @cached_property
    def _mask(self) -> Mask:
        return Mask.of([self._entry])

    def _read(self, operation: Operation, sent: Sent, answer: requests.Response, seconds: float) -> Exchange:
        media_type, _, rest = answer.headers.get("Content-Type", "").partition(";")
        media_type = media_type.strip().lower()
        charset = next((p.partition("=")[2].strip("\"' ") for p in rest.split(";") if "charset" in p.lower()), None)
        tree, unreadable, notation = None, None, self.contract.notation.get(media_type)
        if answer.content:
            try:
                tree = wire.read(answer.content, media_type, charset, notation)
            except wire.Unreadable as error:
                unreadable = str(error)
        media = media_of(operation.answers.get(answer.status_code), media_type)
        if media is not None and not media_type.endswith("json") and notation is None:
            tree = as_read(tree, media.schema, self.contract, "xml" if media_type.endswith("xml") else "pairs")
        arguments = (answer.status_code, dict(answer.headers), answer.content, media_type, charset)
        return Exchange(operation, sent, *arguments, tree, unreadable, seconds)

    def _credentials(self, operation: Operation, overrides: Mapping[str, str | None] | None) -> Credentials:
        """What opens the operation; nothing, where the contract says of it that anybody may call."""
        if overrides is None:
            return Credentials()
        own = Credentials() if operation.raw.get("security") == [] else self.credentials
        places = {name: dict(getattr(own, name)) for name in ("body", "query", "headers")}
        usual = next((place for place in places.values() if place), places["body"])
        for name, value in overrides.items():
            home = next((place for place in places.values() if name in place), None)
            if home is None:
                home = places["headers"] if name.lower() == "authorization" or name.lower().startswith("x-") else usual
            if value is None:
                home.pop(name, None)
            else:
                home[name] = value
        return Credentials(**places)


def without_credentials(target: Target, tree: Any) -> Any:
    """The tree without the properties that carry credentials: an example's are not the target's."""
    if not isinstance(tree, dict):
        return tree
    names = target.credentials.names()
    return {name: value for name, value in tree.items() if name.lower() not in names}


def _encoded(tree: Any, media_type: str, brackets: bool) -> tuple[bytes, wire.Pairs, str]:
    if media_type == wire.MULTIPART:
        pairs = nesting.fields(tree, brackets)
        body, content_type = wire.multipart(pairs)
        return body, pairs, content_type
    if media_type == wire.FORM:
        encoded = wire.urlencoded(nesting.fields(tree, brackets)) if isinstance(tree, dict | list) else wire.text(tree)
        return encoded.encode(), [], media_type
    if media_type.endswith("json"):
        return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace"), [], media_type
    return wire.text(tree).encode("utf-8", "replace"), [], media_type


def _merged(headers: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Headers by name, whatever the case; the later one wins."""
    taken = {name.lower() for name in more}
    return {**{name: value for name, value in headers.items() if name.lower() not in taken}, **more}


def _cause(error: BaseException) -> str:
    """The innermost reason, which says `Connection refused` where the outer ones say `Max retries exceeded`."""
    if isinstance(error, requests.Timeout):
        return "no answer within the time that it has"
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
