"""Reading the items that a caller wants to put into a cart; every bad item is refused with 404 or 422."""

import re

import names
from catalogue import ADDONS, BUNDLES, FIELDS, OPTIONS, PRODUCTS, default_value, option_value_ok
from money import CYCLES, first_cycle, offer, offer_near
from ownership import domain_periods, own_addon, own_domain, own_service
from state import random_id
from wire import INT32, ProblemError, need_dict, take_flag, take_int, take_list, take_text, take_texts


def read_cycle(source, pricing, fallback=None):
    """Read `billing_cycle`, which must be there; null stands for the fallback or the usual cycle."""
    if "billing_cycle" not in source:
        raise ProblemError(422, "'billing_cycle' is missing.")
    cycle = source["billing_cycle"]
    if cycle is None:
        return fallback or first_cycle(pricing)
    if cycle not in CYCLES or not offer(pricing, cycle):
        raise ProblemError(422, "This cannot be billed in that cycle.")
    return cycle


def read_quantity(source, possible, fallback=1):
    """Read `quantity`."""
    quantity = take_int(source, "quantity", 1, INT32, fallback=fallback, nullable=True)
    if quantity > 1 and not possible:
        raise ProblemError(422, "Only one of these can be had at a time.")
    return quantity


def read_domain_name(source, name, optional=False):
    """Read a domain name and return its ASCII form."""
    text = take_text(source, name, 3, 255, optional)
    if text is None:
        return None
    found = names.to_ascii(text)
    if not found:
        raise ProblemError(422, f"'{name}' is not a domain name.")
    return found


def read_addons(source, product):
    """Read the addons of a product: a list of items with their own ids."""
    found = {}
    for one in take_list(source, "addons"):
        number = take_int(need_dict(one, "addons"), "id")
        if number not in product["addons"]:
            raise ProblemError(422, "That addon does not go with this product.")
        found[number] = {"item_id": random_id(8), "id": number, "qty": read_quantity(one, ADDONS[number]["multiple"])}
    return list(found.values())


def check_field(number, value):
    """Refuse a value that a custom field cannot have."""
    field = FIELDS[number]
    if field["type"] == "checkbox":
        if not isinstance(value, bool):
            raise ProblemError(422, f"'{field['name']}' is ticked or not: true or false.")
        return value
    if not isinstance(value, str):
        raise ProblemError(422, f"'{field['name']}' takes a text.")
    if value and field["options"] and value not in field["options"]:
        raise ProblemError(422, f"'{field['name']}' has no such choice.")
    if value and field["validation"] and not re.search(field["validation"].strip("/"), value):
        raise ProblemError(422, f"'{field['name']}' is written in the wrong way.")
    return value


def read_fields(source, product):
    """Read custom field values: {field id: value}."""
    found = {}
    for one in take_list(source, "custom_fields"):
        number = take_int(need_dict(one, "custom_fields"), "id")
        if number not in product["fields"]:
            raise ProblemError(422, "This product has no such custom field.")
        found[number] = check_field(number, one.get("value"))
    return found


def check_option(number, value):
    """Refuse a value that an option cannot have; null stands for the default."""
    if value is None:
        return default_value(OPTIONS[number])
    if not option_value_ok(OPTIONS[number], value):
        raise ProblemError(422, f"'{OPTIONS[number]['name']}' cannot be set to that.")
    return value


def read_options(source, product):
    """Read option values: {option id: value}."""
    found = {}
    for one in take_list(source, "config_options"):
        number = take_int(need_dict(one, "config_options"), "id")
        if number not in product["options"]:
            raise ProblemError(422, "This product has no such option.")
        if "value" not in one:
            raise ProblemError(422, "An option came without its 'value'.")
        found[number] = check_option(number, one["value"])
    return found


def new_product(pid, cycle, quantity=1, domain=None, bundle=None):
    """Build the cart item of a product with nothing chosen."""
    options = {number: default_value(OPTIONS[number]) for number in PRODUCTS[pid]["options"]}
    return {
        "kind": "product",
        "item_id": random_id(8),
        "pid": pid,
        "cycle": cycle,
        "qty": quantity,
        "domain": domain,
        "addons": [],
        "fields": {},
        "options": options,
        "bundle": bundle,
    }


def read_product(call, source, bundle=None):
    """Read a product; inside a bundle its domain may be a whole domain item."""
    pid = take_int(source, "product_id")
    if pid not in PRODUCTS:
        raise ProblemError(404, "No such product on the shelf.")
    product = PRODUCTS[pid]
    if bundle and isinstance(source.get("domain"), dict):
        domain = read_bundle_domain(call, source["domain"], bundle)
    else:
        domain = read_domain_name(source, "domain", optional=True)
    item = new_product(
        pid, read_cycle(source, product["pricing"]), read_quantity(source, product["multiple"]), domain, bundle
    )
    item["addons"] = read_addons(source, product)
    item["fields"] = read_fields(source, product)
    item["options"].update(read_options(source, product))
    return item


def read_domain_extras(source, tld, item):
    """Read what can be set for a registration or transfer besides its name, into the item."""
    rules = names.TLDS[tld]
    language = take_text(source, "idn_language", optional=True)
    if language is not None and language not in names.IDN_LANGUAGES:
        raise ProblemError(422, "'idn_language' is not one of our languages.")
    flags = {"dns": "dns_management", "email": "email_forwarding", "idp": "id_protection"}
    for key, name in flags.items():
        item[key] = take_flag(source, name)
        if item[key] and not rules[key]:
            raise ProblemError(422, f"'{name}' is not to be had under .{tld}.")
    item["idn"] = language
    item["nameservers"] = take_texts(source, "nameservers")


def read_registration(_call, source, bundle=None):
    """Read a domain registration or transfer."""
    kind = source["type"]
    transfer = kind == "domain_transfer"
    name = read_domain_name(source, "name")
    years = take_int(source, "period", 1, 9 if transfer else 10)
    tld = names.split(name)[1]
    if tld not in names.TLDS:
        raise ProblemError(422, "We do not sell names under that ending.")
    if names.price(name, "transfer" if transfer else "register", years) is None:
        raise ProblemError(422, "That name cannot be had for that many years.")
    item = {
        "kind": kind,
        "item_id": random_id(8),
        "name": name,
        "period": years,
        "bundle": bundle,
        "extra": take_texts(source, "additional_fields") or [],
        "epp": take_text(source, "epp_code", 1, 255) if transfer else "",
    }
    read_domain_extras(source, tld, item)
    return item


def read_service_addon(call, source, _bundle=None):
    """Read an addon for a service that the client already has."""
    client = call.need_client()
    number = take_int(need_dict(source.get("data"), "data"), "id")
    service = own_service(call.store, client, take_int(source, "service_id"))
    if number not in PRODUCTS[service["pid"]]["addons"]:
        raise ProblemError(422, "That addon does not go with this service.")
    pricing = ADDONS[number]["pricing"]
    if "billing_cycle" in source:
        cycle = read_cycle(source, pricing, offer_near(pricing, service["cycle"])[0])
    else:
        cycle = offer_near(pricing, service["cycle"])[0]
    return {
        "kind": "addon",
        "item_id": random_id(8),
        "id": number,
        "service": service["id"],
        "cycle": cycle,
        "qty": read_quantity(source, ADDONS[number]["multiple"]),
    }


def read_domain_renewal(call, source, _bundle=None):
    """Read the renewal of a domain of the client."""
    domain = own_domain(call.store, call.need_client(), take_int(source, "id"))
    years = take_int(source, "period", 1, 9)
    if years not in domain_periods(domain):
        raise ProblemError(422, "This name cannot be renewed for that many years.")
    return {"kind": "domain_renewal", "item_id": random_id(8), "id": domain["id"], "period": years}


def read_service_renewal(call, source, _bundle=None):
    """Read the renewal of a service or of a bought addon of the client."""
    find = own_service if source["type"] == "service_renewal" else own_addon
    record = find(call.store, call.need_client(), take_int(source, "id"))
    if record["status"] != "Active" or not record["nextdue"]:
        raise ProblemError(422, "That cannot be renewed as it stands.")
    return {"kind": source["type"], "item_id": random_id(8), "id": record["id"]}


def read_bundle_domain(call, source, bundle):
    """Read a domain inside a bundle: only what the bundle is made of."""
    wanted = BUNDLES[bundle]
    if source.get("type") not in ("domain_register", "domain_transfer"):
        raise ProblemError(422, "Only a registration or a transfer can be part of a bundle.")
    item = read_registration(call, source, bundle)
    if f".{names.split(item['name'])[1]}" not in wanted["tlds"] or item["period"] != wanted["years"]:
        raise ProblemError(422, "The bundle is about another ending or another number of years.")
    return item


def read_bundle(call, source, _bundle=None):
    """Read a bundle; its items may be left out when nothing has to be known about them."""
    number = take_int(source, "id")
    if number not in BUNDLES:
        raise ProblemError(404, "No such bundle.")
    bundle = BUNDLES[number]
    parts = take_list(source, "items")
    if bundle["max_uses"] and bundle["uses"] >= bundle["max_uses"]:
        raise ProblemError(422, "All of these bundles are gone.")
    if not parts and bundle["kind"] == "product":
        items = [new_product(bundle["pid"], bundle["cycle"], bundle=number)]
    elif len(parts) != 1:
        raise ProblemError(422, "This bundle needs exactly one item: the one it is made of.")
    else:
        part = need_dict(parts[0], "items")
        if bundle["kind"] == "domain":
            items = [read_bundle_domain(call, part, number)]
        elif part.get("type") != "product":
            raise ProblemError(422, "This bundle is made of a product.")
        else:
            items = [read_product(call, part, number)]
            if items[0]["pid"] != bundle["pid"] or items[0]["cycle"] != bundle["cycle"]:
                raise ProblemError(422, "The bundle is about another product or another billing cycle.")
    return {"kind": "bundle", "item_id": random_id(8), "id": number, "items": items}


READERS = {
    "product": read_product,
    "addon": read_service_addon,
    "bundle": read_bundle,
    "domain_register": read_registration,
    "domain_transfer": read_registration,
    "domain_renewal": read_domain_renewal,
    "service_renewal": read_service_renewal,
    "addon_renewal": read_service_renewal,
}
PERSONAL = ("addon", "domain_renewal", "service_renewal", "addon_renewal")


def read_item(call, source):
    """Read one item; its `type` says what it is."""
    kind = need_dict(source, "items").get("type")
    if not isinstance(kind, str) or kind not in READERS:
        raise ProblemError(422, "An item has a 'type' that we do not know.")
    return READERS[kind](call, source)
