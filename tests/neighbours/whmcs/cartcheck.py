"""Checking whether a cart can be ordered as it is."""

import names
from cartprice import field_value, item_domain
from catalogue import FIELDS, PRODUCTS
from ownership import domain_periods


def product_errors(store, item, wanted):
    """Return the errors of a product item; `wanted` counts how many of each product the cart asks for."""
    product, errors = PRODUCTS[item["pid"]], []
    if product["domain"] and not item_domain(item):
        errors.append("A domain name has to be named for this product.")
    left = store.stock.get(item["pid"])
    if left is not None and wanted[item["pid"]] > left:
        text = "There are not enough of these left." if left else "All of these are sold."
        errors.append({"id": item["pid"], "type": "product", "error": text})
    for number in product["fields"]:
        if FIELDS[number]["required"] and field_value(number, item["fields"]) in ("", False):
            errors.append({"id": number, "type": "customfield", "error": f"{FIELDS[number]['name']} is still empty."})
    return errors


def domain_errors(store, item):
    """Return the errors of a registration or transfer."""
    errors = []
    if item["kind"] == "domain_register" and names.status(store, item["name"]) != "available for registration":
        errors.append(f"{item['name']} cannot be registered any more.")
    rules = names.TLDS[names.split(item["name"])[1]]["fields"]
    if item["kind"] == "domain_register":
        filled = [*item["extra"], *[""] * len(rules)]
        errors += [
            f"{one['name']} has to be filled in."
            for one, text in zip(rules, filled, strict=False)
            if one["required"] is True and not text
        ]
    return errors


def renewal_errors(store, item):
    """Return the errors of a renewal or of an addon for a service."""
    if item["kind"] == "domain_renewal":
        return [] if item["period"] in domain_periods(store.domains[item["id"]]) else ["It cannot be renewed now."]
    if item["kind"] == "addon":
        record, kind = store.services[item["service"]], "service"
    elif item["kind"] == "addon_renewal":
        record, kind = store.addons[item["id"]], "addon"
    else:
        record, kind = store.services[item["id"]], "service"
    if record["status"] == "Active":
        return []
    return [{"id": record["id"], "type": kind, "error": f"It is {record['status'].lower()}, so this cannot be had."}]


def flat_items(cart):
    """Return the items of a cart with bundles opened."""
    return [one for item in cart["items"] for one in (item["items"] if item["kind"] == "bundle" else [item])]


def errors_of(store, cart):
    """Return the list of CartItemValidationError objects; it is empty when the cart can be ordered."""
    found, wanted = [], {}
    items = flat_items(cart)
    for item in items:
        if item["kind"] == "product":
            wanted[item["pid"]] = wanted.get(item["pid"], 0) + item["qty"]
    for item in items:
        if item["kind"] == "product":
            errors = product_errors(store, item, wanted)
            if isinstance(item["domain"], dict):
                errors += domain_errors(store, item["domain"])
        elif item["kind"] in ("domain_register", "domain_transfer"):
            errors = domain_errors(store, item)
        else:
            errors = renewal_errors(store, item)
        if errors:
            found.append({"item_id": item["item_id"], "errors": errors})
    return found
