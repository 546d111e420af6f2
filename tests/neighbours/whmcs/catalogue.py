"""What this installation sells: groups, products, addons, options, fields, bundles, promotions, gateways, places."""

from decimal import Decimal

from money import MONTHS

GATEWAYS = {
    "swish": "Swish mobile payment",
    "bankgiro": "Bankgiro transfer",
    "quayinvoice": "Paper invoice by post",
}
COUNTRIES = {
    "SE": ("Sweden", None),
    "DE": ("Germany", None),
    "NO": ("Norway", None),
    "CA": ("Canada", [("QC", "Quebec"), ("ON", "Ontario"), ("BC", "British Columbia")]),
    "US": ("United States", [("ME", "Maine"), ("OR", "Oregon"), ("CA", "California"), ("NY", "New York")]),
}


def recurring(setup, **cycles):
    """Build the pricing of a recurring thing: one setup fee, one amount for each cycle, shortest cycle first."""
    return {"recurring": {cycle: (Decimal(setup), Decimal(cycles[cycle])) for cycle in MONTHS if cycle in cycles}}


def every_cycle(monthly, setup="0"):
    """Build the pricing of an option: a monthly amount, offered for all cycles and once as well."""
    monthly, setup = Decimal(monthly), Decimal(setup)
    return {
        "onetime": (setup, monthly),
        "recurring": {cycle: (setup, monthly * months) for cycle, months in MONTHS.items()},
    }


GROUPS = {
    12: {
        "name": "Webspace by the sea",
        "headline": "Room for every page",
        "tagline": "Calm water hosting",
        "icon": "fa-anchor",
        "order": 3,
        "features": [(2101, "Nightly copies", 2), (2102, "Free certificate", 1)],
    },
    15: {
        "name": "For resellers",
        "headline": "Sell under your own flag",
        "tagline": None,
        "icon": "fa-ship",
        "order": 1,
        "features": [],
    },
    19: {
        "name": "Iron and granite",
        "headline": "Whole machines",
        "tagline": "Nothing shared",
        "icon": "fa-server",
        "order": 2,
        "features": [(2107, "Two power feeds", 5)],
    },
    23: {"name": "Odds and ends", "headline": None, "tagline": None, "icon": None, "order": 9, "features": []},
}
TYPES = {
    "hostingaccount": "Shared hosting",
    "reselleraccount": "Reseller hosting",
    "server": "Machine",
    "other": "Something else",
}


def _product(group, name, kind, order, pricing, **more):
    """Build a product with the usual defaults."""
    base = {
        "group": group,
        "name": name,
        "type": kind,
        "order": order,
        "pricing": pricing,
        "domain": False,
        "multiple": 0,
        "stock": None,
        "addons": [],
        "fields": [],
        "options": [],
        "cross": [],
        "tagline": None,
        "description": f"{name}, from the harbour.",
    }
    return {**base, **more}


PRODUCTS = {
    71: _product(
        12,
        "Skerry Webspace",
        "hostingaccount",
        2,
        recurring("0", monthly="49.00", annually="490.00"),
        domain=True,
        addons=[301, 304],
        fields=[641],
        cross=[82, 88],
        tagline="Small and steady",
    ),
    74: _product(
        15,
        "Lighthouse Reseller",
        "reselleraccount",
        1,
        recurring("150.00", quarterly="600.00", semiannually="1150.00", annually="2190.00"),
        addons=[304],
        options=[911],
    ),
    78: _product(
        19,
        "Granite Bare Metal",
        "server",
        1,
        recurring("500.00", monthly="1290.00", quarterly="3690.00", annually="13900.00"),
        stock=7,
        addons=[304, 309],
        fields=[644, 646],
        options=[911, 914, 917, 921],
        cross=[88],
    ),
    82: _product(12, "Pebble Free Space", "hostingaccount", 1, {"free": True}, tagline="Costs nothing"),
    85: _product(
        23, "Site Moving Service", "other", 4, {"onetime": (Decimal(0), Decimal("995.00"))}, fields=[647, 648, 649]
    ),
    88: _product(
        23, "Address Block", "other", 3, recurring("25.00", monthly="35.00", semiannually="199.00"), multiple=2
    ),
    91: _product(19, "Retired Storage Box", "server", 6, {"onetime": (Decimal("120.00"), Decimal("4500.00"))}, stock=0),
}
ADDONS = {
    301: {
        "name": "Nightly Offsite Copy",
        "description": "A copy kept inland",
        "multiple": False,
        "pricing": recurring("10.00", monthly="19.00", annually="190.00"),
    },
    304: {
        "name": "Watchman",
        "description": None,
        "multiple": True,
        "pricing": recurring("0", monthly="29.50", quarterly="85.00", semiannually="165.00", annually="320.00"),
    },
    309: {
        "name": "Rack Photograph",
        "description": "We send you a picture",
        "multiple": False,
        "pricing": {"onetime": (Decimal(0), Decimal("75.00"))},
    },
}
FIELDS = {
    641: {"name": "Site nickname", "type": "text", "required": False, "options": None, "validation": None},
    644: {
        "name": "Machine hostname",
        "type": "text",
        "required": True,
        "options": None,
        "validation": "/^[a-z0-9.-]{3,40}$/",
    },
    646: {"name": "Console password", "type": "password", "required": False, "options": None, "validation": None},
    647: {
        "name": "Old provider",
        "type": "dropdown",
        "required": True,
        "options": ["Nearby", "Far away", "Unknown"],
        "validation": None,
    },
    648: {"name": "Move mail too", "type": "checkbox", "required": False, "options": None, "validation": None},
    649: {"name": "Notes for the movers", "type": "textarea", "required": False, "options": None, "validation": None},
}
# the selections of an option: id -> (name, sort order, pricing); the key is the value that selects it
OPTIONS = {
    911: {
        "name": "Operating system",
        "type": "dropdown",
        "sort": 20,
        "low": None,
        "high": None,
        "selections": {
            7005: ("Debian", 2, every_cycle("0")),
            7001: ("Windows Server", 1, every_cycle("210.00", "99.00")),
        },
    },
    914: {
        "name": "Datacentre",
        "type": "radio",
        "sort": 10,
        "low": None,
        "high": None,
        "selections": {7012: ("Stockholm", 4, every_cycle("0")), 7013: ("Luleå", 8, every_cycle("60.00"))},
    },
    917: {
        "name": "Remote hands",
        "type": "yesno",
        "sort": 40,
        "low": None,
        "high": None,
        "selections": {True: ("Remote hands included", 1, every_cycle("145.00"))},
    },
    921: {
        "name": "Extra disks",
        "type": "quantity",
        "sort": 30,
        "low": 0,
        "high": 6,
        "selections": {None: ("One disk of 4 TB", 1, every_cycle("88.00", "15.00"))},
    },
}
OPTION_GROUP = {"id": 33, "name": "Machine choices", "order": 1}
BUNDLES = {
    52: {
        "group": 12,
        "name": "Year on the Skerry",
        "kind": "product",
        "pid": 71,
        "cycle": "annually",
        "price": Decimal("399.00"),
        "max_uses": 0,
        "uses": 4,
        "allow_promo": False,
        "featured": True,
        "options": None,
        "addons": None,
        "tlds": [".se"],
        "years": 1,
        "domain_price": Decimal("79.00"),
        "domain_addons": ["dnsmanagement"],
    },
    57: {
        "group": 12,
        "name": "Two years of dot shop",
        "kind": "domain",
        "tlds": [".shop"],
        "years": 2,
        "price": Decimal("180.00"),
        "max_uses": 40,
        "uses": 3,
        "allow_promo": True,
        "featured": False,
        "addons": ["idprotection"],
    },
}
PROMOTIONS = {
    "HAMN12": {
        "id": 221,
        "type": "Percentage",
        "value": Decimal("12.5"),
        "recurring": 6,
        "expires": None,
        "applies": None,
    },
    "KRONA80": {
        "id": 224,
        "type": "Fixed Amount",
        "value": Decimal(80),
        "recurring": None,
        "expires": None,
        "applies": {"product:71", "product:78", "domain:se"},
    },
    "MIDSOMMAR19": {
        "id": 226,
        "type": "Percentage",
        "value": Decimal(50),
        "recurring": None,
        "expires": "2019-06-22",
        "applies": None,
    },
}
SERVER = {"id": 46, "name": "skerry-a.harbour.example", "groups": [{"id": 8, "name": "Archipelago"}]}


def default_value(option):
    """Return the value that a configurable option has when nobody chose one."""
    if option["type"] == "yesno":
        return False
    if option["type"] == "quantity":
        return option["low"]
    return min(option["selections"], key=lambda one: option["selections"][one][1])


def value_name(option, value):
    """Return the name that belongs to a value of a configurable option."""
    if option["type"] == "yesno":
        return "Yes" if value else "No"
    if option["type"] == "quantity":
        return option["selections"][None][0]
    return option["selections"][value][0]


def value_pricing(option, value):
    """Return (pricing, times) of a chosen value: what one costs and how many of them there are."""
    if option["type"] == "yesno":
        return option["selections"][True][2], int(value)
    if option["type"] == "quantity":
        return option["selections"][None][2], value
    return option["selections"][value][2], 1


def option_value_ok(option, value):
    """Say whether a value may be chosen: true/false for yesno, a number for the others."""
    if option["type"] == "yesno":
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    if option["type"] == "quantity":
        return option["low"] <= value <= option["high"]
    return value in option["selections"]


def find_promotion(code):
    """Return (code, promotion) whatever the case of the letters, or None."""
    for name, promotion in PROMOTIONS.items():
        if name == code.strip().upper():
            return name, promotion
    return None
