"""Sends requests to one installation, in the sessions that they need, and reads the answers by its contract."""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from typing import Any, Self

import requests

from counterfoil.contracts.http import connection as connections
from counterfoil.contracts.http.connection import Reply, cause, replied
from counterfoil.contracts.http.control import Control
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
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.http.kept import Kept
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.http.prepare import prepared
from counterfoil.contracts.http.sessions import Sessions
from counterfoil.contracts.http.trust import Trust, trust
from counterfoil.contracts.profile.model import Credentials, Entry, Scalar
from counterfoil.contracts.wire import wire
from counterfoil.contracts.wire.meaning import as_read
from counterfoil.contracts.wire.notations import with_plain_lists
from counterfoil.specs import Contract, Operation

__all__ = ["CredentialsRefused", "Exchange", "Request", "Sent", "Target", "Uncooperative", "Unreachable", "Withheld"]

_WORLDS = count(1)


class Target:
    """The thing under test, as it is asked: a client of one installation.

    `sessions` are who is logged in there, and `slow` is how often each operation took too long to answer.
    """

    def __init__(self, installation: Installation, connection: requests.Session | None = None) -> None:
        self.installation = installation
        self.contract = installation.contract
        self.base_url = installation.base_url
        self.shown_base = installation.shown_base
        self.control = installation.control
        self.ids: Mapping[str, Scalar] = installation.ids
        self.accounts = installation.entry.accounts
        self.requests = 0
        self.slow: Counter[str] = Counter()
        #: what the checks were asked about, where somebody wants to have it
        self.recording: list[Any] | None = None
        self.sessions = Sessions(self.contract, self.accounts, installation.entry.logins, self.send)
        self.sessions.careful = self.control is None
        self.sessions.discreet = lambda text: self.mask().text(text)
        self.connection = connection or connections.opened(installation.entry, self.base_url)
        self._kept = Kept(installation.mask.secrets.values())
        self._worlds: set[str] = set()
        self._free_world: tuple[str, str] | None = None

    @classmethod
    def described(
        cls, contract: Contract, url: str, entry: Entry | None = None, control: Control | None = None
    ) -> "Target":
        """The target that a profile describes."""
        return Target(Installation(contract, url, entry or Entry(), control))

    @property
    def credentials(self) -> Credentials:
        """What opens the installation."""
        return self.installation.credentials

    @property
    def careful(self) -> bool:
        """Whether it withholds what might do harm."""
        return False

    def check(self, requests: Iterable[Request]) -> None:
        """See that it would send all of these, one after the other. Raises Withheld."""

    def only_reads(self, request: Request) -> bool:
        """Whether the request changes nothing, as far as that is looked at. Raises Withheld."""
        return True

    def is_down(self) -> str:
        """Why nothing more is sent; an empty text as long as there is an answer."""
        return ""

    def another(self, installation: Installation, connection: requests.Session | None = None) -> Self:
        """A target that is asked in the same way, with sessions of its own."""
        twin = self._alike(installation, connection)
        twin.slow, twin.recording, twin._kept = self.slow, self.recording, self._kept  # noqa: SLF001 - its own kind
        return twin

    def _alike(self, installation: Installation, connection: requests.Session | None) -> Self:
        return type(self)(installation, connection)

    def twin(self) -> Self:
        """This target in the same world, with a connection and sessions of its own, as another thread needs them."""
        twin = self.another(self.installation)
        twin.sessions.careful = self.sessions.careful
        return twin

    def recognised(self, reason: str = "", *, careful: bool = False) -> tuple[Self, Trust]:
        """This target as it is to be asked, and what it was found to be: a mock can be told things, unless one is careful.

        Raises:
            Unreachable: nothing answers.
            NoMock: there is a `reason` to trust it as a mock, and it is none.
            CredentialsRefused: it is a mock that keeps its control plane for whoever has its token.
        """
        found = trust(self.installation, self.connection, reason)
        if found.control is None or careful:
            return self, found
        return self.another(replace(self.installation, control=found.control), self.connection), found

    @contextmanager
    def world(self, hint: str, **made_with: Any) -> Iterator[Self]:
        """On a mock, this target in a world as it is in the beginning, used by nobody else; elsewhere, the target itself.

        Worlds are used again, each time reset, until the target is closed; so all that it asks for are `made_with` the
        same seed and clock.
        """
        if self.control is None:
            yield self
            return
        name, base = self._free_world or self._new_world(hint, made_with)
        self._free_world = None
        target = self.another(self.installation.at(base), self.connection)
        self._worlds.add(name)
        try:
            target.command("POST", "/_mock/reset")
            yield target
        finally:
            self.requests += target.requests
            self._free_world = (name, base)

    def _new_world(self, hint: str, made_with: Mapping[str, Any]) -> tuple[str, str]:
        assert self.control is not None
        name = f"{hint}-{os.getpid()}-{next(_WORLDS)}"
        made = self.control.command(self.connection, "POST", "/_mock/worlds", {"name": name, **made_with})
        return name, self.control.world_url(name, made)

    def command(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the mock itself for something, in this target's world. Raises Unreachable, Uncooperative."""
        assert self.control is not None
        return self.control.command(self.connection, method, path, body, self.base_url)

    def prepare(self, request: Request) -> Sent:
        """The request as it goes over the wire, credentials merged, without sending it."""
        self._kept.note(request, self.sessions.given)
        return prepared(self.installation, request, self.mask())

    def send(self, request: Request) -> Exchange:
        """Send the request, in its session if it has one, and read the answer by the contract.

        Raises:
            Withheld: it might do harm.
            Unreachable: nothing answers.
            CredentialsRefused: no session can be opened.
        """
        request, session = self.sessions.carried(request)
        exchange = self._delivered(request)
        self.sessions.learn(exchange, session)
        return exchange

    def _delivered(self, request: Request) -> Exchange:
        return self.exchange(request)

    def exchange(self, request: Request) -> Exchange:
        """Send the request as it is, without a session. Raises Unreachable."""
        sent = self.prepare(request)
        self.requests += 1
        started = time.perf_counter()
        try:
            made = requests.Request(sent.method, sent.url, headers=dict(sent.headers), data=sent.body).prepare()
            made.url = sent.url  # exactly as written: requests would decode and encode it again
            reply = replied(self.connection, made, self.installation.entry, self.installation.patience)
        except (requests.RequestException, ValueError) as error:
            raise Unreachable(f"{sent.method} {self.base_url}{request.operation.path}: {cause(error)}") from error
        seconds = time.perf_counter() - started
        if seconds > self.installation.patience:
            self.slow[request.operation.id] += 1
        self._kept.heard(reply.body, reply.headers.values())
        return read_reply(self.contract, request.operation, sent, reply, seconds)

    def answers(self) -> bool:
        """Whether anything at all is answered at the base URL."""
        try:
            replied(self.connection, requests.Request("GET", self.base_url).prepare(), self.installation.entry)
        except (requests.RequestException, ValueError):
            return False
        return True

    def mask(self) -> Mask:
        """Keeps secrets out of what is written down: the installation's, and what it gave to be sent again."""
        return replace(self.installation.mask, kept=self._kept.values)

    def close(self) -> None:
        """Give the connection back, and forget the worlds that were made."""
        with suppress(Unreachable, Uncooperative):
            for name in self._worlds:
                assert self.control is not None
                self.control.command(self.connection, "DELETE", f"/_mock/worlds/{name}")
        self._worlds.clear()
        self._free_world = None
        self.connection.close()


def read_reply(contract: Contract, operation: Operation, sent: Sent, reply: Reply, seconds: float) -> Exchange:
    """The answer, with what its body means by the contract."""
    media_type, charset = _declared(contract, operation, reply)
    tree, unreadable = _read(contract, operation, reply, media_type, charset)
    arguments = (reply.status, reply.headers, reply.body, media_type, charset)
    return Exchange(operation, sent, *arguments, tree, unreadable, seconds)


def read_body(contract: Contract, operation: Operation, reply: Reply) -> tuple[Any, str | None]:
    """What the body means by the contract, or else why it cannot be read."""
    return _read(contract, operation, reply, *_declared(contract, operation, reply))


def _read(
    contract: Contract, operation: Operation, reply: Reply, media_type: str, charset: str | None
) -> tuple[Any, str | None]:
    tree, unreadable, notation = None, None, contract.notation.get(media_type)
    if reply.problem:
        unreadable = reply.problem
    elif reply.body:
        try:
            tree = wire.read(reply.body, media_type, charset, notation)
        except wire.Unreadable as error:
            unreadable = str(error)
    if media_type.endswith("json") and "dollar" in contract.notation.values():
        tree = with_plain_lists(tree)
    media = media_of(operation.answers.get(reply.status), media_type)
    if media is not None and unreadable is None and not media_type.endswith("json") and notation is None:
        tree = as_read(tree, media.schema, contract, "xml" if media_type.endswith("xml") else "pairs")
    return tree, unreadable


def _declared(contract: Contract, operation: Operation, reply: Reply) -> tuple[str, str | None]:
    """The media type and the charset that the answer says it has, by the name under which the contract has such answers."""
    media_type, _, rest = reply.header("Content-Type").partition(";")
    charset = next((p.partition("=")[2].strip("\"' ") for p in rest.split(";") if "charset" in p.lower()), None)
    media_type = media_type.strip().lower()
    answer, named = operation.answers.get(reply.status), contract.also_sent_as.get(media_type)
    if named is None or answer is None or media_type in answer.media or named not in answer.media:
        return media_type, charset
    is_markup = reply.body[:1000].lstrip()[:1] == b"<"  # a page for people is neither JSON nor pairs
    return named if is_markup == named.endswith("xml") else media_type, charset


def without_credentials(target: Target, tree: Any) -> Any:
    """The tree without the properties that carry credentials: an example's are not the installation's."""
    if not isinstance(tree, dict):
        return tree
    names = target.credentials.names()
    return {name: value for name, value in tree.items() if name.lower() not in names}
