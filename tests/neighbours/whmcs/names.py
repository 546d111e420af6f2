"""Domain names: the top level domains on sale, their prices, and what is known about a single name."""

import re
from decimal import Decimal

from money import amount, convert

NAMESERVERS = ["ns-a.harbour.example", "ns-b.harbour.example"]
LABEL = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")


def _tld(register, transfer, renew, years, **more):
    """Build a top level domain from the prices of one year; None means: not on offer."""
    base = {
        "register": Decimal(register),
        "transfer": transfer and Decimal(transfer),
        "renew": Decimal(renew),
        "years": years,
        "categories": ["General"],
        "group": None,
        "dns": True,
        "email": True,
        "idp": True,
        "epp": True,
        "grace": 30,
        "redemption": 30,
        "fields": [],
    }
    return {**base, **more}


NEXUS = {
    "name": "Nexus Category",
    "required": True,
    "type": "dropdown",
    "default": "C12",
    "options": [
        {"value": "C12", "display_name": "C12 - Permanent resident"},
        {"value": "C21", "display_name": "C21 - Organisation"},
    ],
}
SE_FIELDS = [
    {
        "name": "Holder kind",
        "required": True,
        "type": "radio",
        "default": None,
        "options": [{"value": "person", "display_name": None}, {"value": "company", "display_name": "A company"}],
    },
    {
        "name": "Company number",
        "required": {"Holder kind": ["company"]},
        "type": "text",
        "default": None,
        "options": None,
    },
]
TLDS = {
    "shop": _tld(
        "310.00", "280.00", "330.00", [1, 2, 3], categories=["Trade", "New"], group="new", grace=None, redemption=None
    ),
    "com": _tld("139.00", "129.00", "149.00", [1, 2, 3, 4, 5, 10], group="hot", email=False),
    "se": _tld(
        "99.00", "99.00", "169.00", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], categories=["Country"], idp=False, redemption=60
    ),
    "net": _tld("155.00", "145.00", "165.00", [1, 2, 3, 4, 5]),
    "us": _tld("120.00", None, "125.00", [1, 2], categories=["Country"], idp=False, epp=False, fields=[NEXUS]),
    "co.uk": _tld("89.00", "0.00", "95.00", [2, 1, 5], categories=["Country"], dns=False, epp=False),
    "nu": _tld("140.00", "110.00", "180.00", [1, 2], categories=["Country"], fields=SE_FIELDS),
}
SPOTLIGHT = ["se", "shop", "com"]
SUGGESTED = ["com", "se", "nu"]
IDN_LANGUAGES = {"swe": "Swedish", "deu": "German", "fra": "French", "smi": "Sami"}
TAKEN = {"example", "whmcs", "google", "facebook", "wikipedia", "iana"}
RESERVED = {"admin", "nic", "www", "whois"}
PREMIUM = {"gold", "aurora", "casino"}
PREMIUM_PRICE = Decimal(4800)
SENSITIVE = {"sex", "porn", "casino"}
GRACE_FEE = Decimal("120.00")
REDEMPTION_FEE = Decimal("900.00")


def to_ascii(name):
    """Return the name in its ASCII (punycode) form, lower case, or None when it is not a domain name."""
    try:
        name = name.strip().lower().rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(labels) < 2 or not 3 <= len(name) <= 255 or not all(LABEL.match(label) for label in labels):
        return None
    return name


def split(name):
    """Return (second level, top level); the longest known top level wins, else what follows the first dot."""
    for tld in sorted(TLDS, key=len, reverse=True):
        if name.endswith(f".{tld}") and "." not in name[: -len(tld) - 1]:
            return name[: -len(tld) - 1], tld
    sld, _, tld = name.partition(".")
    return sld, tld


def price(name, action, years):
    """Return the price in the default currency, or None when the TLD does not offer this."""
    sld, tld = split(name)
    rules = TLDS.get(tld)
    if not rules or years not in rules["years"] or rules[action] is None:
        return None
    return (PREMIUM_PRICE if sld in PREMIUM else rules[action]) * years


def pricing_row(tld, years, currency):
    """Build a DomainPricing of a top level domain."""
    rules = TLDS[tld]
    row = {"period": years}
    for action in ("register", "transfer", "renew"):
        one = rules[action]
        row[action] = None if one is None else amount(convert(one * years, currency), currency)
    return row


def tld_shape(tld, currency):
    """Build the TldPricing of a top level domain."""
    rules = TLDS[tld]

    def period(days, fee):
        return days and {"days": days, "price": amount(convert(fee, currency), currency)}

    return {
        "tld": tld,
        "categories": rules["categories"],
        "group": rules["group"],
        "addons": {
            "dns_management": rules["dns"],
            "email_forwarding": rules["email"],
            "id_protection": rules["idp"],
            "epp_code_required": rules["epp"],
        },
        "pricing": [pricing_row(tld, years, currency) for years in rules["years"]],
        "grace_period": period(rules["grace"], GRACE_FEE),
        "redemption_period": period(rules["redemption"], REDEMPTION_FEE),
    }


def status(store, name):
    """Say whether a name can be registered, in the words of the documents."""
    sld, tld = split(name)
    if tld not in TLDS:
        return "tld not supported"
    ours = any(one["name"] == name and one["status"] not in ("Cancelled", "Fraud") for one in store.domains.values())
    if sld in TAKEN or ours:
        return "registered"
    if sld in RESERVED or len(sld) < 3:
        return "reserved"
    return "available for registration"


def status_shape(store, name, currency):
    """Build the DomainStatus of a name (in ASCII form)."""
    sld, tld = split(name)
    known = tld in TLDS
    pricing = [pricing_row(tld, years, currency) for years in TLDS[tld]["years"]] if known else []
    nothing = {"period": 0, "register": None, "transfer": None, "renew": None}
    premium = known and sld in PREMIUM
    cost = amount(convert(PREMIUM_PRICE, currency), currency)
    try:
        readable = name.encode("ascii").decode("idna")
    except UnicodeError:
        readable = name
    return {
        "domain_name": readable,
        "idn_domain_name": name,
        "tld": tld,
        "sld": split(readable)[0],
        "idn_sld": sld,
        "status": status(store, name),
        "group": TLDS[tld]["group"] if known else None,
        "pricing": pricing,
        "shortest_period": min(pricing, key=lambda row: row["period"]) if known else nothing,
        "is_premium": premium,
        "premium_cost_pricing": {"period": 1, "register": cost, "transfer": cost, "renew": cost} if premium else None,
    }


def suggestions(term, tlds, longest, clean):
    """Make up names from the words of a phrase; every name is at most `longest` characters long."""
    words = [word for word in re.findall(r"[a-z0-9]+", term.lower()) if word not in SUGGESTED][:4] or ["harbour"]
    if clean:
        words = [word for word in words if word not in SENSITIVE] or ["harbour"]
    stems = ["".join(words)[:40], "-".join(words)[:40].strip("-"), f"my{words[0]}"[:40], f"{words[0]}quay"[:40]]
    found = []
    for stem in dict.fromkeys(stems):
        for tld in tlds:
            name = f"{stem}.{tld}"
            if tld in TLDS and to_ascii(name) and (not longest or len(name) <= longest):
                found.append(name)
    return found
