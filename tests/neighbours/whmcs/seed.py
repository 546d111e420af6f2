"""What is already there when the installation starts: people, services, domains, orders and invoices."""

from decimal import Decimal

import orders
from cartitems import new_product
from classic_api import md5
from state import Store, day, scramble

ADMINS = [
    (31, "harbourmaster", "Granite-Quay-77", "Maj", "Sjöberg", "Harbour master", None),
    (
        34,
        "nightwatch",
        "Lantern-Oil-12",
        "Olof",
        "Ström",
        "Night watch",
        {"secret": "KRSXG5CTMVRXEZLU", "emergency": "730951"},
    ),
]
USERS = [
    ("astrid@harbour-mail.example", "Tar-and-Oak-1", "Astrid", "Lindqvist", None),
    ("benoit@harbour-mail.example", "Maple-Leaf-22", "Benoît", "Gagnon", None),
    (
        "carina@harbour-mail.example",
        "Fjord-Deep-303",
        "Carina",
        "Holm",
        {"secret": "JBSWY3DPEHPK3PXP", "emergency": "604128"},
    ),
    ("dan@harbour-mail.example", "Closed-Door-44", "Dan", "Ek", None),
]


def people(store):
    """Add administrators, users and clients; return the clients."""
    for number, name, password, first, last, role, factor in ADMINS:
        store.admins[number] = {
            "id": number,
            "username": name,
            "password": scramble(password),
            "md5": md5(password),
            "firstname": first,
            "lastname": last,
            "role": role,
            "factor": factor,
            "email": f"{name}@harbour.example",
        }
    store.api = {"identifier": "pier-identifier-9f2c", "secret": "pier-secret-51d0e7"}
    astrid, benoit, carina, dan = (store.add_user(*one) for one in USERS)
    return [
        store.add_client(
            astrid,
            companyname="Lindqvist Bygg AB",
            address1="Kajen 4",
            city="Gävle",
            postcode="80320",
            country="SE",
            phonenumber="+46.26100100",
        ),
        store.add_client(
            astrid,
            companyname="Lindqvist Nord GmbH",
            address1="Hafenweg 9",
            city="Kiel",
            postcode="24103",
            country="DE",
            phonenumber="+49.43133333",
            currency="EUR",
        ),
        store.add_client(
            benoit,
            companyname="",
            address1="12 rue du Port",
            city="Montréal",
            state="QC",
            postcode="H2Y 1A1",
            country="CA",
            phonenumber="+1.5145550199",
            discount=Decimal(10),
            groupid=5,
        ),
        store.add_client(
            carina,
            companyname="Holm Fisk AS",
            address1="Brygga 1",
            city="Bergen",
            postcode="5003",
            country="NO",
            phonenumber="+47.55000001",
        ),
        store.add_client(
            dan,
            companyname="Ek & Sons",
            address1="Gränd 3",
            city="Visby",
            postcode="62156",
            country="SE",
            phonenumber="+46.49820000",
        ),
    ]


def product(pid, cycle, domain="", *, addons=(), fields=None, options=None):
    """Build a product item."""
    item = new_product(pid, cycle, domain=domain)
    item["addons"] = [{"item_id": "", "id": number, "qty": 1} for number in addons]
    item["fields"].update(fields or {})
    item["options"].update(options or {})
    return item


def domain(name, years=1, kind="register", epp=""):
    """Build a domain item."""
    return {
        "kind": f"domain_{kind}",
        "item_id": "",
        "name": name,
        "period": years,
        "bundle": None,
        "idn": None,
        "nameservers": None,
        "epp": epp,
        "extra": [],
        "dns": False,
        "email": False,
        "idp": False,
    }


def fill():
    """Return a state with everything in it."""
    store = Store()
    bygg, nord, gagnon, holm, closed = people(store)

    def order(client, gateway, *items, promo=None):
        return orders.place(store, client, items, gateway, promo)

    first = order(
        nord,
        "swish",
        product(71, "annually", "lindqvist-nord.com", addons=[301], fields={641: "Nordseite"}),
        domain("lindqvist-nord.com", 2),
        promo="HAMN12",
    )
    second = order(
        bygg,
        "bankgiro",
        product(
            78,
            "monthly",
            addons=[304],
            fields={644: "crane.lindqvist.example"},
            options={911: 7001, 914: 7013, 917: True, 921: 2},
        ),
    )
    order(gagnon, "quayinvoice", product(74, "quarterly", "gagnon.example"))
    late = order(gagnon, "bankgiro", domain("gagnon-port.se"))
    cheat = order(holm, "swish", product(71, "monthly", "holmfisk.se"))
    dropped = order(bygg, "swish", product(88, "semiannually"))
    moving = order(nord, "bankgiro", domain("nordwerft.net", kind="transfer", epp="mV7!quay"))
    soon = order(nord, "bankgiro", domain("kran-verleih.com"))
    holm_order = order(holm, "bankgiro", product(71, "annually", "holm-fisk.shop"), domain("holm-fisk.shop"))
    old = order(closed, "swish", product(82, "free"))

    for one in (first, second, late, moving, soon, holm_order):
        orders.accept(store, one)
    for one in (first, soon):
        invoice = store.invoices[one["invoice"]]
        orders.pay(
            store,
            invoice,
            invoice["total"],
            transid=f"QUAY-{invoice['id']}",
            description="Invoice Payment",
            gateway=one["gateway"],
            currency="EUR",
        )
    orders.stop(store, cheat, "Fraud")
    orders.stop(store, dropped, "Cancelled")
    orders.stop(store, old, "Cancelled")
    closed["status"] = "Closed"
    store.domains[late["domains"][0]].update(regdate=day(-375), expiry=day(-10))
    store.domains[soon["domains"][0]].update(regdate=day(-320), expiry=day(45))
    store.contacts[store.issue("contact")] = {
        **{key: bygg[key] for key in ("address1", "city", "postcode", "country", "phonenumber")},
        "id": 271,
        "client": bygg["id"],
        "firstname": "Sven",
        "lastname": "Berg",
        "email": "sven@harbour-mail.example",
    }
    return store
