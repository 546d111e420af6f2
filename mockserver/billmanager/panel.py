"""One panel: all its state, and who may use it."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

import msgspec

from counterfoil.mockserver.billmanager.catalogue import Datacenter, Provider, Tariff
from counterfoil.mockserver.billmanager.clients import Account, Client
from counterfoil.mockserver.billmanager.sessions import Session, Sessions
from counterfoil.mockserver.engine.refusal import Refusal


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the panel's owner decides."""

    #: of messages, where a caller names none
    language: Literal["en", "ru"] = "en"
    #: from which addresses a password may come with every call; empty for all
    authinfo_ips: list[str] = []
    #: for how long after its last use a session is open
    session_minutes: int = 60
    #: for how many days a service goes on after it has expired, before it is renewed or stops
    grace_days: int = 0


class NotOffered(Refusal):
    """A tariff does not offer the period, or the value of the parameter that is named."""

    def __init__(self, value: object, parameter: str = "") -> None:
        super().__init__("invalid_value", value=str(value))
        self.parameter = parameter


class Panel(msgspec.Struct, kw_only=True):
    """The panel."""

    #: makes what looks random
    seed: int
    settings: Settings
    currency: str
    providers: dict[int, Provider]
    datacenters: dict[int, Datacenter]
    #: by product type: whether the new order functions serve it, or only the old ones
    kinds: dict[str, bool]
    tariffs: dict[int, Tariff]
    #: by id
    payment_methods: dict[int, str]
    clients: dict[int, Client]
    #: what opens one session each: the clients' names and keys
    login_keys: list[tuple[str, str]] = []
    sessions: Sessions = msgspec.field(default_factory=Sessions)
    #: what a code takes off an old cart, in percent
    promocodes: dict[str, int] = {}
    #: no service that is active expires before this day
    next_due: date = date.min
    #: the highest id that was ever given, by kind
    last_ids: dict[str, int]

    def next_id(self, kind: str) -> int:
        """A number that no other thing of this kind has had."""
        self.last_ids[kind] = number = self.last_ids.get(kind, 0) + 1
        return number

    def expect(self, days: Iterable[date]) -> None:
        """Look after the services again on the first of these days."""
        self.next_due = min(self.next_due, *days)

    def begin(self, client: Client, now: datetime) -> Session:
        """A new session of the client."""
        number = f"{self.seed}/session/{self.next_id('session')}"
        return self.sessions.begin(hashlib.sha256(number.encode()).hexdigest()[:32], client.id, now)

    def admit(self, username: str, password: str, address: str) -> Client:
        """The client with that name and password, who may call from that address without a session."""
        client = self.authenticate(username, password)
        allowed = self.settings.authinfo_ips
        if allowed and address not in allowed:
            raise Refusal("access_denied", address=address)
        return client

    def authenticate(self, username: str, password: str) -> Client:
        """The client with that name and password. Raises Refusal where there is none."""
        for client in self.clients.values():
            if (client.username, client.password) == (username, password):
                return client
        raise Refusal("bad_password")

    def make_key(self, client: Client, username: str, key: str) -> None:
        """Let the key open one session of the client who asks. Raises Refusal for somebody else's name."""
        if username != client.username:
            raise Refusal("access_denied", address=username)
        self.login_keys.append((username, key))

    def use_key(self, username: str, key: str) -> Client:
        """The client whom the key lets in, once. Raises Refusal where there is no such key."""
        for client in self.clients.values():
            if client.username == username and (username, key) in self.login_keys:
                self.login_keys.remove((username, key))
                return client
        raise Refusal("bad_password")

    def resume(self, session: str, now: datetime) -> Client:
        """The client whose session it is, which is open for longer now. Raises Refusal where it is not open."""
        opened = self.sessions.use(session, now, self.settings.session_minutes)
        if opened is None:
            raise Refusal("session_expired")
        return self.clients[opened.client]

    def account(self, client: Client, provider: int | None = None) -> Account:
        """The client's account at the provider, or the first one. Raises Refusal where there is none."""
        account = client.accounts[0] if provider is None else client.account(provider)
        if account is None:
            raise Refusal("project_not_found", id=provider)
        return account
