"""An ISPsystem BILLmanager panel: its state, and the order functions that reach it."""

from counterfoil.mockserver.billmanager import renewal
from counterfoil.mockserver.billmanager.dialect import BillDialect
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.routes import HANDLERS
from counterfoil.mockserver.billmanager.seed import DAYS, SEED, TABLES, seeded_state
from counterfoil.mockserver.engine.vendor import ContractBinding, Vendor

VENDOR = Vendor(
    name="billmanager",
    state=Panel,
    seeded_state=seeded_state,
    seed=SEED,
    tables=TABLES,
    references={"tariffs.provider": "providers", "tariffs.datacenters": "datacenters"},
    days=DAYS,
    lives=renewal.settle,
    contracts={"billmanager": ContractBinding(dialect=BillDialect, handlers=HANDLERS)},
    seeded=(
        ("Clients", "demo / demo, poor / poor (as authinfo, demo:demo)"),
        ("Providers", "1 Counterfoil Hosting, 2 Second Provider"),
        ("Money", "demo has 100.00 EUR at provider 1 and 50.00 EUR at provider 2, poor has 0.00 EUR at provider 1"),
        ("Tariffs of vds", "111 Cloud One (addons 5, 12, 14, 15, 16), 211 Far Cloud (of provider 2)"),
        ("Tariffs of soft", "121 Site Builder (a month or a year), 122 Community Edition (free)"),
        ("Tariffs of dedic", "131 Metal One (more than demo has)"),
        ("By the old functions only", "141 Domain Certificate (certificate), 151 .example (domain)"),
        ("Data centers", "1 Amsterdam, 2 Helsinki; operating systems of 111: debian-13, alma-10"),
        ("Promotion code", "TENTH (10 % off the old basket)"),
        ("Payment methods", "0 Account balance, 1 Bank transfer"),
        ("demo has", "vds service 1, with order 1 and payment 1, which is renewed every month"),
    ),
)  # fmt: skip
