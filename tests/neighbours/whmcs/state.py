"""The state of the installation: everything that changes, with the ids that it issues."""

import hashlib
import hmac
import itertools
import secrets
import string
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from catalogue import PRODUCTS, PROMOTIONS
from money import MONTHS

LETTERS = string.ascii_letters + string.digits


def now():
    """Return the time, in UTC, without fractions."""
    return datetime.now(UTC).replace(microsecond=0)


def day(offset=0):
    """Return the date of today plus some days, as text."""
    return (now() + timedelta(days=offset)).strftime("%Y-%m-%d")


def months_on(start, months):
    """Return the date (text) that lies some months after a date (text)."""
    year, month, date = map(int, start.split("-"))
    month += months
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    last = 29 if month == 2 and year % 4 == 0 else {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    return f"{year:04d}-{month:02d}-{min(date, last):02d}"


def scramble(password, salt=None):
    """Hash a password with a salt; a low cost, because test suites log in often."""
    salt = salt or secrets.token_hex(8)
    sent = password.encode("utf-8", "surrogatepass")
    return f"{salt}${hashlib.pbkdf2_hmac('sha256', sent, salt.encode(), 500).hex()}"


def matches(password, kept):
    """Say whether a password belongs to a kept hash."""
    return hmac.compare_digest(scramble(password, kept.partition("$")[0]), kept)


def random_id(length):
    """Return a random id of letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


class Store:
    """All records of the installation, each kind in a dict by id."""

    def __init__(self):
        self.lock = threading.RLock()
        self.base = ""
        self.users, self.clients, self.admins = {}, {}, {}
        self.services, self.addons, self.domains = {}, {}, {}
        self.orders, self.invoices, self.transactions = {}, {}, {}
        self.contacts, self.billables, self.carts, self.checkouts = {}, {}, {}, {}
        self.credits = []
        self.stock = {pid: one["stock"] for pid, one in PRODUCTS.items() if one["stock"] is not None}
        self.promo_uses = dict.fromkeys(PROMOTIONS, 0)
        self.api = {"identifier": "", "secret": ""}
        starts = {
            "user": 811,
            "client": 4011,
            "service": 5207,
            "addon": 6103,
            "domain": 7321,
            "order": 60412,
            "invoice": 9083,
            "transaction": 1507,
            "contact": 271,
            "billable": 66,
            "record": 77012,
            "line": 30551,
            "credit": 90,
        }
        steps = {"user": 15, "client": 7, "service": 3, "order": 2}
        self._ids = {kind: itertools.count(start, steps.get(kind, 1)) for kind, start in starts.items()}

    def issue(self, kind):
        """Issue the next id of a kind."""
        return next(self._ids[kind])

    def owner(self, client):
        """Return the user who owns a client."""
        return self.users[client["user"]]

    def owned(self, user):
        """Return the clients of a user, the newest first."""
        return [one for one in reversed(self.clients.values()) if one["user"] == user["id"]]

    def add_user(self, email, password, first, last, factor=None):
        """Add a user and return the record."""
        number = self.issue("user")
        self.users[number] = {
            "id": number,
            "email": email,
            "password": scramble(password),
            "firstname": first,
            "lastname": last,
            "factor": factor,
        }
        return self.users[number]

    def add_client(self, user, **given):
        """Add a client that belongs to a user and return the record."""
        number = self.issue("client")
        seed = hashlib.sha256(f"harbour {number}".encode()).hexdigest()
        client = {
            "id": number,
            "user": user["id"],
            "uuid": "-".join((seed[:8], seed[8:12], seed[12:16], seed[16:20], seed[20:32])),
            "firstname": user["firstname"],
            "lastname": user["lastname"],
            "email": user["email"],
            "companyname": "",
            "address1": "",
            "address2": "",
            "city": "",
            "state": "",
            "postcode": "",
            "country": "SE",
            "phonenumber": "",
            "currency": "SEK",
            "status": "Active",
            "credit": Decimal(0),
            "taxexempt": False,
            "discount": Decimal(0),
            "groupid": 0,
            "datecreated": day(),
            "notes": "",
            "language": "swedish",
        }
        client.update(given)
        self.clients[number] = client
        return client

    def add_service(self, client, pid, cycle, order=0, **given):
        """Add a service of a client and return the record."""
        number = self.issue("service")
        service = {
            "id": number,
            "client": client["id"],
            "order": order,
            "pid": pid,
            "domain": "",
            "cycle": cycle,
            "first": Decimal(0),
            "recurring": Decimal(0),
            "quantity": 1,
            "status": "Pending",
            "regdate": day(),
            "nextdue": months_on(day(), MONTHS[cycle]) if cycle in MONTHS else None,
            "gateway": "swish",
            "promo": None,
            "fields": {},
            "options": {},
            "server": None,
            "username": "",
            "password": "",
            "recurring_left": None,
        }
        service.update(given)
        self.services[number] = service
        return service

    def add_addon(self, service, addon, cycle, order=0, **given):
        """Add a bought addon to a service and return the record."""
        number = self.issue("addon")
        record = {
            "id": number,
            "client": service["client"],
            "service": service["id"],
            "addon": addon,
            "cycle": cycle,
            "order": order,
            "quantity": 1,
            "setup": Decimal(0),
            "recurring": Decimal(0),
            "first": Decimal(0),
            "status": "Pending",
            "regdate": day(),
            "gateway": service["gateway"],
            "nextdue": months_on(day(), MONTHS[cycle]) if cycle in MONTHS else None,
        }
        record.update(given)
        self.addons[number] = record
        return record

    def add_domain(self, client, name, kind, years, order=0, **given):
        """Add a domain of a client and return the record; kind is Register or Transfer."""
        number = self.issue("domain")
        domain = {
            "id": number,
            "client": client["id"],
            "order": order,
            "name": name,
            "type": kind,
            "years": years,
            "first": Decimal(0),
            "recurring": Decimal(0),
            "status": "Pending",
            "regdate": day(),
            "expiry": months_on(day(), 12 * years),
            "dns": False,
            "email": False,
            "idp": False,
            "gateway": "swish",
            "nameservers": [],
            "epp": "",
            "fields": [],
            "promo": None,
            "contact": 0,
        }
        domain.update(given)
        self.domains[number] = domain
        return domain

    def add_transaction(self, client, invoice, **given):
        """Record a payment."""
        number = self.issue("transaction")
        record = {
            "id": number,
            "client": client,
            "invoice": invoice,
            "transid": "",
            "gateway": "swish",
            "date": now().strftime("%Y-%m-%d %H:%M:%S"),
            "in": Decimal(0),
            "out": Decimal(0),
            "fees": Decimal(0),
            "description": "",
            "currency": "SEK",
            "rate": "1.00000",
        }
        record.update(given)
        self.transactions[number] = record
        return record

    def values(self, pairs):
        """Give every value of a custom field or an option its own record id: {field id: (record id, value)}."""
        return {key: (self.issue("record"), value) for key, value in pairs.items()}

    def new_cart(self, user=None):
        """Start an empty cart."""
        cart = {"id": random_id(16), "user": user and user["id"], "items": [], "promo": None, "geo": None}
        self.carts[cart["id"]] = cart
        return cart

    def tidy_carts(self):
        """Take out of all carts what hangs on a service, addon or domain that is no more."""
        places = {
            "addon": ("service", self.services),
            "service_renewal": ("id", self.services),
            "addon_renewal": ("id", self.addons),
            "domain_renewal": ("id", self.domains),
        }
        for cart in self.carts.values():
            cart["items"] = [
                item
                for item in cart["items"]
                if item["kind"] not in places or item[places[item["kind"]][0]] in places[item["kind"]][1]
            ]
