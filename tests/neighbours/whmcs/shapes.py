"""How the REST API shows what is on sale: products, prices, groups, addons, options, fields, bundles."""

from catalogue import ADDONS, BUNDLES, FIELDS, GROUPS, OPTION_GROUP, OPTIONS, PRODUCTS, TYPES, value_name
from money import amount, convert

QUANTITY_WORDS = {0: "Not possible", 2: "One service, scaled"}


def money_pair(pair, currency, times=1):
    """Build {setup, amount} from a pair in the default currency."""
    return {
        "setup": amount(convert(pair[0], currency) * times, currency),
        "amount": amount(convert(pair[1], currency) * times, currency),
    }


def pricing(rules, currency):
    """Build a Pricing."""
    if rules.get("free"):
        return {"is_free": True}
    pairs = [pair for pair in [rules.get("onetime"), *rules.get("recurring", {}).values()] if pair]
    shape = {"is_free": not any(setup + price for setup, price in pairs)}
    if "onetime" in rules:
        shape["onetime"] = money_pair(rules["onetime"], currency)
    if "recurring" in rules:
        shape["recurring"] = [
            {"cycle": cycle, **money_pair(pair, currency)} for cycle, pair in rules["recurring"].items()
        ]
    return shape


def group(number):
    """Build a Group."""
    one = GROUPS[number]
    return {
        "id": number,
        "name": one["name"],
        "description": None,
        "icon": one["icon"],
        "headline": one["headline"],
        "tagline": one["tagline"],
        "order": one["order"],
        "features": [
            {"id": key, "name": name, "description": None, "order": order} for key, name, order in one["features"]
        ],
    }


def product(store, pid):
    """Build a Product, with its stock as it is now."""
    one = PRODUCTS[pid]
    return {
        "id": pid,
        "name": one["name"],
        "description": one["description"],
        "tagline": one["tagline"],
        "allow_multiple_quantities": {
            "is_supported": bool(one["multiple"]),
            "type": {"code": one["multiple"], "display": QUANTITY_WORDS[one["multiple"]]},
        },
        "is_domain_required": one["domain"],
        "stock_control_enabled": pid in store.stock,
        "stock_quantity": store.stock.get(pid),
        "type": {"name": one["type"], "display_name": TYPES[one["type"]]},
        "order": one["order"],
        "group": group(one["group"]),
        "slug": one["name"].lower().replace(" ", "-"),
    }


def product_pricing(store, pid, currency):
    """Build a ProductPricing."""
    return {**product(store, pid), "pricing": pricing(PRODUCTS[pid]["pricing"], currency)}


def product_group(store, number, currency):
    """Build a ProductGroup: the group with its products."""
    products = sorted(
        (pid for pid in PRODUCTS if PRODUCTS[pid]["group"] == number), key=lambda pid: PRODUCTS[pid]["order"]
    )
    return {**group(number), "products": [product_pricing(store, pid, currency) for pid in products]}


def addon(number):
    """Build an Addon."""
    return {"id": number, "name": ADDONS[number]["name"], "description": ADDONS[number]["description"]}


def addon_pricing(number, currency):
    """Build an AddonPricing."""
    return {**addon(number), "pricing": pricing(ADDONS[number]["pricing"], currency)}


def custom_field(number):
    """Build a CustomField."""
    one = FIELDS[number]
    return {
        "id": number,
        "name": one["name"],
        "description": None,
        "type": one["type"],
        "options": one["options"],
        "validation": one["validation"],
        "required": one["required"],
    }


def config_option(number, currency):
    """Build a ConfigOption with its selections."""
    one = OPTIONS[number]
    return {
        "id": number,
        "name": one["name"],
        "description": None,
        "type": one["type"],
        "quantity_minimum": one["low"],
        "quantity_maximum": one["high"],
        "sort_order": one["sort"],
        "group": {**OPTION_GROUP, "description": None, "icon": None, "headline": None, "tagline": None, "features": []},
        "options": [
            {"name": name, "value": value, "sort_order": order, "pricing": pricing(rules, currency)}
            for value, (name, order, rules) in one["selections"].items()
        ],
    }


def option_value(number, value):
    """Build the {name, value} of a chosen option."""
    return {"name": value_name(OPTIONS[number], value), "value": value}


def bundle(number, currency):
    """Build a BundlePricing; every bundle of this installation holds one thing."""
    one = BUNDLES[number]
    price = amount(convert(one["price"], currency), currency)
    item = {
        "id": number * 10 + 1,
        "name": one["name"],
        "description": None,
        "bundle_type": one["kind"],
        "tlds": one["tlds"],
        "price_override": True,
        "price": price,
        "addons": one["addons"],
    }
    if one["kind"] == "domain":
        item["registration_period"] = one["years"]
    else:
        item |= {
            "billing_cycle": one["cycle"],
            "config_option": one["options"],
            "domain_registration_period": one["years"],
            "domain_price_override": True,
            "domain_price": amount(convert(one["domain_price"], currency), currency),
            "domain_addons": one["domain_addons"],
        }
    return {
        "id": number,
        "name": one["name"],
        "description": None,
        "price": price,
        "max_uses": one["max_uses"],
        "uses": one["uses"],
        "allow_promo": one["allow_promo"],
        "is_featured": one["featured"],
        "bundle_items": item,
        "group": group(one["group"]),
    }


def bundle_group(number, currency):
    """Build a BundleGroup."""
    return {**group(number), "bundles": [bundle(key, currency) for key in BUNDLES if BUNDLES[key]["group"] == number]}
