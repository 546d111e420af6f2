"""What the items of a cart cost, and how the REST API shows a cart."""

from decimal import Decimal

import names
import shapes
from catalogue import ADDONS, BUNDLES, FIELDS, OPTIONS, PRODUCTS, PROMOTIONS, value_pricing
from money import Line, add_up, amount, convert, offer, offer_near
from ownership import renewal_price

YEAR_CYCLES = {1: "annually", 2: "biennially", 3: "triennially"}


def _line(text, cycle, pair, currency, *, times, target, **more):
    """Build a line from a price pair in the default currency."""
    return Line(
        text,
        cycle,
        convert(pair[0], currency) * times,
        convert(pair[1], currency) * times,
        target,
        recurring=cycle not in ("free", "onetime"),
        **more,
    )


def product_line(item, currency):
    """Price a product without its addons and options."""
    product = PRODUCTS[item["pid"]]
    pair, allowed = offer(product["pricing"], item["cycle"]), True
    if item["bundle"]:
        bundle = BUNDLES[item["bundle"]]
        pair, allowed = (Decimal(0), bundle["price"]), bundle["allow_promo"]
    text = product["name"] + (f" - {item_domain(item)}" if item_domain(item) else "")
    return _line(
        text,
        item["cycle"],
        pair,
        currency,
        times=item["qty"],
        target=f"product:{item['pid']}",
        promo_ok=allowed,
        kind="Hosting",
    )


def item_domain(item):
    """Return the domain name of a product item."""
    return item["domain"]["name"] if isinstance(item["domain"], dict) else item["domain"]


def addon_line(number, cycle, quantity, currency):
    """Price an addon."""
    cycle, setup, price = offer_near(ADDONS[number]["pricing"], cycle)
    return _line(
        ADDONS[number]["name"], cycle, (setup, price), currency, times=quantity, target=f"addon:{number}", kind="Addon"
    )


def option_line(item, number, currency):
    """Price what was chosen for an option of a product."""
    rules, times = value_pricing(OPTIONS[number], item["options"][number])
    cycle, setup, price = offer_near(rules, item["cycle"])
    return _line(
        OPTIONS[number]["name"],
        cycle,
        (setup, price),
        currency,
        times=times * item["qty"],
        target=f"product:{item['pid']}",
        kind="Hosting",
    )


def domain_line(item, currency):
    """Price a registration or a transfer; names are sold without tax."""
    transfer = item["kind"] == "domain_transfer"
    price, allowed = names.price(item["name"], "transfer" if transfer else "register", item["period"]), True
    if item["bundle"]:
        bundle = BUNDLES[item["bundle"]]
        price, allowed = bundle["price" if bundle["kind"] == "domain" else "domain_price"], bundle["allow_promo"]
    text = f"{'Transfer' if transfer else 'Registration'} of {item['name']} for {item['period']} year(s)"
    return Line(
        text,
        YEAR_CYCLES.get(item["period"]),
        Decimal(0),
        convert(price, currency),
        f"domain:{names.split(item['name'])[1]}",
        taxable=False,
        promo_ok=allowed,
        kind="DomainTransfer" if transfer else "DomainRegister",
    )


def renewal_line(store, item, currency):
    """Price the renewal of a domain, a service or an addon."""
    if item["kind"] == "domain_renewal":
        domain = store.domains[item["id"]]
        price = renewal_price(domain, item["period"])
        return Line(
            f"Renewal of {domain['name']} for {item['period']} year(s)",
            YEAR_CYCLES.get(item["period"]),
            Decimal(0),
            convert(price, currency),
            f"domain:{names.split(domain['name'])[1]}",
            taxable=False,
            kind="Domain",
            relid=domain["id"],
        )
    service = item["kind"] == "service_renewal"
    record = (store.services if service else store.addons)[item["id"]]
    target = f"product:{record['pid']}" if service else f"addon:{record['addon']}"
    return Line(
        f"Renewal of {record_name(record)}",
        record["cycle"],
        Decimal(0),
        record["recurring"],
        target,
        recurring=True,
        kind="Hosting" if service else "Addon",
        relid=record["id"],
    )


def record_name(record):
    """Return the name of a service or of a bought addon."""
    return PRODUCTS[record["pid"]]["name"] if "pid" in record else ADDONS[record["addon"]]["name"]


def item_lines(store, item, currency):
    """Return all lines of an item, the main one first."""
    kind = item["kind"]
    if kind == "bundle":
        return [line for part in item["items"] for line in item_lines(store, part, currency)]
    if kind == "addon":
        return [addon_line(item["id"], item["cycle"], item["qty"], currency)]
    if kind in ("domain_register", "domain_transfer"):
        return [domain_line(item, currency)]
    if kind != "product":
        return [renewal_line(store, item, currency)]
    lines = [product_line(item, currency)]
    lines += [option_line(item, number, currency) for number in item["options"]]
    lines += [addon_line(one["id"], item["cycle"], one["qty"], currency) for one in item["addons"]]
    if isinstance(item["domain"], dict):
        lines.append(domain_line(item["domain"], currency))
    return lines


def billing(line, currency):
    """Build a CartItemBilling: what is paid again and again is `recurring`, all else is `onetime`."""
    if line.cycle == "free":
        return {"cycle": "free", "price": None}
    pair = {"setup": amount(line.setup, currency), "amount": amount(line.amount, currency)}
    return {"cycle": line.cycle, "price": {"recurring" if line.recurring else "onetime": pair}}


def field_value(number, values):
    """Return the value of a custom field, or the empty value of its type."""
    return values.get(number, False if FIELDS[number]["type"] == "checkbox" else "")


def field_shape(item, number):
    """Build a CartItemCustomField."""
    return {**shapes.custom_field(number), "value": field_value(number, item["fields"])}


def option_shape(item, number, currency):
    """Build a CartItemTypeProductConfigOption."""
    return {
        "id": number,
        "name": OPTIONS[number]["name"],
        "type": OPTIONS[number]["type"],
        "option": shapes.option_value(number, item["options"][number]),
        "billing": billing(option_line(item, number, currency), currency),
    }


def domain_shape(item, currency):
    """Build a CartItemTypeDomainRegister or ...Transfer."""
    shape = {
        "item_id": item["item_id"],
        "type": item["kind"],
        "name": item["name"],
        "period": item["period"],
        "idn_language": item["idn"],
        "dns_management": item["dns"],
        "email_forwarding": item["email"],
        "id_protection": item["idp"],
        "nameservers": item["nameservers"],
        "billing": billing(domain_line(item, currency), currency),
    }
    if item["kind"] == "domain_transfer":
        return {**shape, "epp_code": item["epp"], "additional_fields": []}
    fields = names.TLDS[names.split(item["name"])[1]]["fields"]
    answers = [*item["extra"], *[None] * len(fields)]
    return {**shape, "additional_fields": [{**one, "answer": text} for one, text in zip(fields, answers, strict=False)]}


def product_shape(store, item, currency):
    """Build a CartItemTypeProduct."""
    domain = item["domain"]
    return {
        "item_id": item["item_id"],
        "type": "product",
        "quantity": item["qty"],
        "domain": domain_shape(domain, currency) if isinstance(domain, dict) else domain,
        "product": shapes.product(store, item["pid"]),
        "billing": billing(product_line(item, currency), currency),
        "addons": [
            {
                "item_id": one["item_id"],
                "quantity": one["qty"],
                "addon": shapes.addon(one["id"]),
                "billing": billing(addon_line(one["id"], item["cycle"], one["qty"], currency), currency),
            }
            for one in item["addons"]
        ],
        "custom_fields": [field_shape(item, number) for number in PRODUCTS[item["pid"]]["fields"]],
        "config_options": [option_shape(item, number, currency) for number in item["options"]],
    }


def item_shape(store, item, currency):
    """Build one item of a cart."""
    kind = item["kind"]
    if kind == "product":
        return product_shape(store, item, currency)
    if kind == "bundle":
        return {
            "type": "bundle",
            "id": item["id"],
            "item_id": item["item_id"],
            "items": [item_shape(store, part, currency) for part in item["items"]],
        }
    if kind in ("domain_register", "domain_transfer"):
        return domain_shape(item, currency)
    line = item_lines(store, item, currency)[0]
    shape = {"item_id": item["item_id"], "billing": billing(line, currency)}
    if kind == "addon":
        return {
            **shape,
            "quantity": item["qty"],
            "addon": shapes.addon(item["id"]),
            "service_id": item["service"],
            "billing_cycle": line.cycle,
        }
    shape |= {"type": kind, "id": item["id"]}
    if kind == "domain_renewal":
        return {**shape, "name": store.domains[item["id"]]["name"], "period": item["period"]}
    record = (store.services if kind == "service_renewal" else store.addons)[item["id"]]
    return {
        **shape,
        "name": record_name(record),
        "domain": record.get("domain") or None,
        "next_due_date": record["nextdue"],
        "status": record["status"],
    }


def promotion_shape(code):
    """Build a Promotion."""
    one = PROMOTIONS[code]
    return {
        "code": code,
        "type": one["type"],
        "value": float(one["value"]),
        "is_recurring": bool(one["recurring"]),
        "number_of_recurring": one["recurring"],
    }


def place_of(cart, client):
    """Return where taxes are due: at the client's billing address, else where the cart was told to be."""
    if client:
        return {"country_code": client["country"], "state": client["state"] or None}
    return cart["geo"]


def cart_totals(store, cart, client, currency):
    """Add up a cart."""
    lines = [line for item in cart["items"] for line in item_lines(store, item, currency)]
    return add_up(lines, currency, PROMOTIONS.get(cart["promo"]), client, place_of(cart, client))


def totals_shape(totals, geo, currency):
    """Build a CartTotal."""
    shape = {
        "subtotal": amount(totals.subtotal, currency),
        "total": amount(totals.total, currency),
        "taxes": [
            {"name": rule["name"], "percentage": float(rule["rate"]), "amount": amount(tax, currency)}
            for rule, tax in totals.taxes
        ],
        "discounts": [
            {"type": kind, "amount": amount(off, currency)}
            for kind, off in (("client", totals.client), ("promotions", totals.promotion))
            if off
        ],
        "recurring": [
            {"cycle": cycle, "amount": amount(value, currency)} for cycle, value in sorted(totals.recurring.items())
        ],
    }
    return {**shape, "geolocation": geo} if geo else shape


def cart_shape(call, cart):
    """Build a CartContents, as the caller sees it."""
    store, client, currency = call.store, call.client, call.currency
    totals = cart_totals(store, cart, client, currency)
    return {
        "totals": totals_shape(totals, place_of(cart, client), currency),
        "promotions": [promotion_shape(cart["promo"])] if cart["promo"] else [],
        "items": [item_shape(store, item, currency) for item in cart["items"]],
    }
