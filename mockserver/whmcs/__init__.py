"""WHMCS: one installation, spoken to through two APIs.

`model` is what exists. What may happen to it stands in `people`, `domains`, `billing`, `pricing`, `ordering` and `carts`,
each of which may use those before it. `classic` and `rest` put it into the words of their APIs: each has a dialect, a
room with routes and render for each kind of resource, and `protocol` for what these rooms share.
"""

from counterfoil.mockserver.engine.vendor import Vendor
from counterfoil.mockserver.whmcs import classic, rest
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.renewals import days
from counterfoil.mockserver.whmcs.rest.pages import PAGES
from counterfoil.mockserver.whmcs.seed import DAYS, SEED, TABLES, seeded_state

VENDOR = Vendor(
    name="whmcs",
    state=Installation,
    seeded_state=seeded_state,
    seed=SEED,
    tables=TABLES,
    references={
        "users.clients": "clients",
        "clients.currency": "currencies",
        "products.group": "groups",
        "orders.client": "clients",
        "services.client": "clients",
        "services.product": "products",
        "service_addons.service": "services",
        "service_addons.addon": "addons",
        "domains.client": "clients",
        "invoices.client": "clients",
    },
    pages=PAGES,
    days=DAYS,
    lives=days.live,
    outbox=lambda installation: installation.mails,
    made=frozenset(("seed", "number")),
    contracts={"whmcs-classic": classic.BINDING, "whmcs-rest": rest.BINDING},
    seeded=(
        ("REST users", "davis@example.com / counterfoil, twofa@example.com / counterfoil (second factor 417339)"),
        ("REST administrators", "administrator / counterfoil, auditor / counterfoil (second factor 928364)"),
        ("API credentials", "identifier counterfoil-identifier, secret counterfoil-secret"),
        ("API credentials that may only read", "identifier counterfoil-readonly, secret counterfoil-secret"),
        ("Old login", "username admin, password MD5 of counterfoil"),
        ("Access key", "counterfoil-access"),
        ("Clients", "1 (Davis, GB, USD), 2 (US/California, USD, credit 15.00), 3 (DE, EUR), 4 (Closed)"),
        ("Products", "1 Starter, 2 Reseller, 3 Metal One (2 left), 4 Newsletter (free), 5 Business"),
        ("Addons", "1 Support plan, 3 Certificate, 5 Daily backups, 9 Moving in"),
        ("Client 1 has", "service 19 (addon 40), domains domain1.com and domain2.com, orders 1 and 2"),
        ("Promotion codes", "demopromo, PROMOCODE, CARTAPI, SIXAMONTH, NOSETUP; LASTYEAR is expired"),
        ("Payment methods", "mailin, paypal, banktransfer, authorize, quantumgateway"),
        ("Domains are sold under", ".com .net .org .co.uk .uk .io"),
    ),
)
