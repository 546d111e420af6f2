"""The installation: all that exists, and the indexes by which it is found."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.billing import Invoice, TaxRule, Transaction
from counterfoil.mockserver.whmcs.model.carts import Cart
from counterfoil.mockserver.whmcs.model.catalogue import (
    NOTHING,
    Addon,
    Bundle,
    ConfigOption,
    Currency,
    Group,
    PaymentMethod,
    Product,
)
from counterfoil.mockserver.whmcs.model.index import Index
from counterfoil.mockserver.whmcs.model.mail import MOST, Message
from counterfoil.mockserver.whmcs.model.orders import Domain, Order, Service, ServiceAddon, Upgrade
from counterfoil.mockserver.whmcs.model.people import Administrator, Affiliate, Client, Contact, Credential, User
from counterfoil.mockserver.whmcs.model.promotions import Promotion
from counterfoil.mockserver.whmcs.model.sessions import LoginAttempts, Session
from counterfoil.mockserver.whmcs.model.tlds import Extras, Tld


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the installation's owner decides."""

    #: addresses from which programs may call; `*` for all
    allowed_ips: list[str]
    #: lifts that restriction for whoever sends it; empty for no one
    access_key: str
    default_currency: int = 1
    tax_domains: bool = False
    #: whether the second tax is also taken on the first
    compound_tax: bool = False
    #: whether a client's credit settles new invoices
    apply_credit: bool = True
    #: how many days before something is due its invoice is made
    invoice_days: int = 14
    #: on which days after an invoice is due its client is reminded; before that day, if less than 0
    reminder_days: list[int] = msgspec.field(default_factory=lambda: [-7, 1, 3, 5])
    #: how many days after it was due a service is suspended, and terminated; 0 for never
    suspend_days: int = 7
    terminate_days: int = 30
    #: what comes of charging a card for an invoice that is due
    card_charges: Literal["approved", "declined"] = "approved"
    #: the installation's address, without a slash at the end; empty for the one at which it was called
    url: str = ""
    #: for how long a state of the REST API can be used
    state_seconds: int = 3600
    #: whether only the newest state of a session can be used
    strict_states: bool = False


class UnusableValue(Refusal):
    """A value cannot be used: `what` it is, in the state's words, on which line of an order, and why."""

    def __init__(self, what: str, reason: str, line: str | None = None) -> None:
        super().__init__("invalid_parameter", parameter=what, reason=reason)
        self.what = what
        self.reason = reason
        self.line = line


class Installation(msgspec.Struct, kw_only=True, dict=True):
    """All state of the vendor. What is found by an index is added and dropped through the methods here."""

    #: makes what looks random
    seed: int
    settings: Settings
    credentials: list[Credential]
    administrators: dict[int, Administrator]
    users: dict[int, User]
    affiliates: dict[int, Affiliate]
    contacts: dict[int, Contact]

    currencies: dict[int, Currency]
    payment_methods: dict[str, PaymentMethod]
    tax_rules: list[TaxRule]
    groups: dict[int, Group]
    products: dict[int, Product]
    options: dict[int, ConfigOption]
    addons: dict[int, Addon]
    bundles: dict[int, Bundle]
    tlds: dict[str, Tld]
    #: by currency
    extras: dict[int, Extras]
    promotions: dict[int, Promotion]

    clients: dict[int, Client]
    orders: dict[int, Order]
    services: dict[int, Service]
    service_addons: dict[int, ServiceAddon]
    domains: dict[int, Domain]
    invoices: dict[int, Invoice]
    upgrades: dict[int, Upgrade] = {}
    transactions: list[Transaction] = []
    #: by their ids, the oldest first
    carts: dict[str, Cart] = {}
    #: by their ids, the one that ends first in front
    sessions: dict[str, Session] = {}
    #: by address
    attempts: dict[str, LoginAttempts] = {}
    #: the last messages that would have been sent, the oldest first
    mails: list[Message] = []
    #: when the daily tasks are carried out next, see `renewals`
    next_day: datetime = datetime.min  # noqa: DTZ901 - a world's time has no zone
    #: the highest id that was ever given, by kind
    last_ids: dict[str, int]

    def __post_init__(self) -> None:
        self.users_by_email = {user.email.lower(): user.id for user in self.users.values()}
        self.clients_by_email: dict[str, int] = {}
        #: the user to whom a client belongs
        self.owners = {client: user.id for user in self.users.values() for client in user.clients}
        #: under (), (client,), (status,) and (client, status)
        self.orders_by: Index[tuple[int | str, ...]] = Index()
        #: all under "all", and by client, product, or domain in small letters
        self.services_by: Index[tuple[str, int | str]] = Index()
        self.addons_by: Index[tuple[str, int]] = Index()
        #: all under "all", and by client, name, or both
        self.domains_by: Index[tuple[str, int | str]] = Index()
        self.invoices_of: Index[int] = Index()
        #: the ids of a user's carts, the oldest first
        self.carts_of: dict[int, list[str]] = {}
        for client in self.clients.values():
            self.clients_by_email.setdefault(client.email.lower(), client.id)
        for order in self.orders.values():
            self._find_order(order)
        for service in self.services.values():
            self._find_service(service)
        for addon in self.service_addons.values():
            self._find_addon(addon)
        for domain in self.domains.values():
            self._find_domain(domain)
        for invoice in self.invoices.values():
            self.invoices_of.add(invoice.client, invoice.id)
        for cart in self.carts.values():
            self._find_cart(cart)

    def next_id(self, kind: str) -> int:
        """A new id."""
        number = self.last_ids.get(kind, 0) + 1
        self.last_ids[kind] = number
        return number

    def random(self, *about: object) -> bytes:
        """Bytes that look random, and are the same for the same seed and subject."""
        return hashlib.sha256("/".join(map(str, (self.seed, *about))).encode()).digest()

    def mail(self, client: Client, template: str, subject: str, at: datetime, **related: int) -> None:
        """Write down a message that the client would have got, and what it is about."""
        about = {"client": client.id, **related}
        self.mails.append(Message(at=at, to=client.email, template=template, subject=subject, related=about))
        if len(self.mails) > MOST:
            del self.mails[:-MOST]

    def client(self, number: int | None) -> Client:
        """The client. Refused if there is none."""
        client = self.clients.get(number or 0)
        if client is None:
            raise Refusal("client_id_not_found")
        return client

    def order(self, number: int | None) -> Order:
        """The order. Refused if there is none."""
        order = self.orders.get(number or 0)
        if order is None:
            raise Refusal("order_not_found")
        return order

    def invoice(self, number: int | None) -> Invoice:
        """The invoice. Refused if there is none."""
        invoice = self.invoices.get(number or 0)
        if invoice is None:
            raise Refusal("invoice_not_found")
        return invoice

    def currency_of(self, client: Client) -> Currency:
        """The currency in which the client pays."""
        return self.currencies[client.currency]

    def promotion(self, code: str, today: date) -> Promotion | None:
        """The promotion of that code, letter case aside; None unless it gives something on that day."""
        code = code.lower()
        for promotion in self.promotions.values():
            if promotion.code.lower() == code and promotion.usable(today):
                return promotion
        return None

    def domains_of(self, client: Client, name: str) -> Iterator[Domain]:
        """The client's domains of that name, the newest first; one can be ordered again after it was cancelled."""
        for number in reversed(self.domains_by.of(("owned", f"{client.id} {name}"))):
            yield self.domains[number]

    def add_client(self, client: Client) -> None:
        """Keep a new client."""
        self.clients[client.id] = client
        self.clients_by_email.setdefault(client.email.lower(), client.id)

    def change_email(self, client: Client, email: str) -> None:
        """Let the client have that address, and be found by it."""
        if self.clients_by_email.get(client.email.lower()) == client.id:
            del self.clients_by_email[client.email.lower()]
        client.email = email
        self.clients_by_email.setdefault(email.lower(), client.id)

    def add_user(self, user: User) -> None:
        """Keep a new user."""
        self.users[user.id] = user
        self.users_by_email[user.email.lower()] = user.id
        self.owners.update(dict.fromkeys(user.clients, user.id))

    def add_cart(self, cart: Cart) -> None:
        """Keep a new cart."""
        self.carts[cart.id] = cart
        self._find_cart(cart)

    def give_cart(self, cart: Cart, user: User) -> None:
        """Make a guest's cart the user's."""
        cart.user = user.id
        self._find_cart(cart)

    def add_order(self, order: Order) -> None:
        """Keep a new order."""
        self.orders[order.id] = order
        self._find_order(order)

    def move_order(self, order: Order, status: str) -> None:
        """Put the order into another state."""
        self.orders_by.drop((order.status,), order.id)
        self.orders_by.drop((order.client, order.status), order.id)
        order.status = status
        self.orders_by.add((status,), order.id)
        self.orders_by.add((order.client, status), order.id)

    def drop_order(self, order: Order) -> None:
        """Forget the order; what is in it stays."""
        for key in ((), (order.client,), (order.status,), (order.client, order.status)):
            self.orders_by.drop(key, order.id)
        del self.orders[order.id]

    def add_service(self, service: Service) -> None:
        """Keep a new service."""
        self.services[service.id] = service
        self._find_service(service)

    def change_service(self, service: Service, **changes: Any) -> None:
        """Let the service have these values, and be found by them. A price is the price: no promotion changes it later."""
        if "recurring" in changes:
            service.cheaper, service.cheaper_by = 0, NOTHING
        for key in _service_keys(service):
            self.services_by.drop(key, service.id)
        for name, value in changes.items():
            setattr(service, name, value)
        self._find_service(service)

    def drop_service(self, service: Service) -> None:
        """Forget the service; its addons stay."""
        for key in _service_keys(service):
            self.services_by.drop(key, service.id)
        del self.services[service.id]

    def add_addon(self, addon: ServiceAddon) -> None:
        """Keep a service's new addon."""
        self.service_addons[addon.id] = addon
        service = self.services[addon.service]
        service.addons = [*(service.addons or ()), addon.id]
        self._find_addon(addon)

    def drop_addon(self, addon: ServiceAddon) -> None:
        """Forget a service's addon."""
        for key in _addon_keys(addon):
            self.addons_by.drop(key, addon.id)
        service = self.services.get(addon.service)
        if service is not None and service.addons:
            service.addons = [number for number in service.addons if number != addon.id] or None
        del self.service_addons[addon.id]

    def add_domain(self, domain: Domain) -> None:
        """Keep a new domain."""
        self.domains[domain.id] = domain
        self._find_domain(domain)

    def drop_domain(self, domain: Domain) -> None:
        """Forget the domain."""
        for key in _domain_keys(domain):
            self.domains_by.drop(key, domain.id)
        del self.domains[domain.id]

    def add_invoice(self, invoice: Invoice) -> None:
        """Keep a new invoice."""
        self.invoices[invoice.id] = invoice
        self.invoices_of.add(invoice.client, invoice.id)

    def drop_invoice(self, invoice: Invoice) -> None:
        """Forget the invoice."""
        self.invoices_of.drop(invoice.client, invoice.id)
        del self.invoices[invoice.id]

    def _find_cart(self, cart: Cart) -> None:
        if cart.user is not None:
            self.carts_of.setdefault(cart.user, []).append(cart.id)

    def _find_order(self, order: Order) -> None:
        for key in ((), (order.client,), (order.status,), (order.client, order.status)):
            self.orders_by.add(key, order.id)

    def _find_service(self, service: Service) -> None:
        for key in _service_keys(service):
            self.services_by.add(key, service.id)

    def _find_addon(self, addon: ServiceAddon) -> None:
        for key in _addon_keys(addon):
            self.addons_by.add(key, addon.id)

    def _find_domain(self, domain: Domain) -> None:
        for key in _domain_keys(domain):
            self.domains_by.add(key, domain.id)


def _service_keys(service: Service) -> tuple[tuple[str, int | str], ...]:
    return (
        ("all", 0), ("client", service.client), ("product", service.product), ("domain", service.domain.lower()),
    )  # fmt: skip


def _addon_keys(addon: ServiceAddon) -> tuple[tuple[str, int], ...]:
    return ("all", 0), ("client", addon.client), ("service", addon.service), ("addon", addon.addon)


def _domain_keys(domain: Domain) -> tuple[tuple[str, int | str], ...]:
    return (
        ("all", 0), ("client", domain.client), ("name", domain.name), ("owned", f"{domain.client} {domain.name}"),
    )  # fmt: skip
