"""Classic actions on what is sold: products, promotions, and the ways to pay."""

from catalogue import FIELDS, GATEWAYS, GROUPS, OPTIONS, PRODUCTS, PROMOTIONS
from classic_api import action, day_or_zeros, money
from money import CURRENCIES, MONTHS, convert, offer
from php import integer


@action("GetPaymentMethods")
def get_payment_methods(_store, _params):
    """List the payment gateways."""
    rows = [{"module": name, "displayname": text} for name, text in GATEWAYS.items()]
    return {"totalresults": len(rows), "paymentmethods": {"paymentmethod": rows}}


def price_table(rules):
    """Build the price table of GetProducts; -1.00 stands for a cycle that is not on offer."""
    table = {}
    for currency in CURRENCIES:
        row = {"prefix": currency["prefix"], "suffix": currency["suffix"]}
        setups, prices = {}, {}
        for cycle in MONTHS:
            pair = offer(rules, cycle)
            if cycle == "monthly" and not pair:
                pair = offer(rules, "onetime") or offer(rules, "free")
            setups[f"{cycle[0]}setupfee"] = money(convert(pair[0], currency) if pair else 0)
            prices[cycle] = money(convert(pair[1], currency) if pair else -1)
        table[currency["code"]] = {**row, **setups, **prices}
    return table


def _product_row(store, pid):
    """Build a row of GetProducts."""
    one = PRODUCTS[pid]
    kinds = {"dropdown": 1, "radio": 2, "yesno": 3, "quantity": 4}
    paytype = next((kind for kind in ("free", "onetime") if kind in one["pricing"]), "recurring")
    return {
        "pid": pid,
        "gid": one["group"],
        "type": one["type"],
        "name": one["name"],
        "description": one["description"],
        "module": "",
        "paytype": paytype,
        "groupname": GROUPS[one["group"]]["name"],
        "stockcontrol": pid in store.stock,
        "stocklevel": store.stock.get(pid, 0),
        "pricing": price_table(one["pricing"]),
        "customfields": {
            "customfield": [
                {"id": key, "name": FIELDS[key]["name"], "description": "", "required": "on" * FIELDS[key]["required"]}
                for key in one["fields"]
            ]
        },
        "configoptions": {
            "configoption": [
                {
                    "id": key,
                    "name": OPTIONS[key]["name"],
                    "type": kinds[OPTIONS[key]["type"]],
                    "options": {
                        "option": [
                            {"id": int(value or 0), "name": name, "pricing": price_table(rules)}
                            for value, (name, _, rules) in OPTIONS[key]["selections"].items()
                        ]
                    },
                }
                for key in one["options"]
            ]
        },
    }


@action("GetProducts")
def get_products(store, params):
    """List the products."""
    wanted = [integer(one) for one in params.text("pid").split(",") if one]
    rows = [
        _product_row(store, pid)
        for pid, one in PRODUCTS.items()
        if (not wanted or pid in wanted) and params.number("gid") in (0, one["group"]) and not params.text("module")
    ]
    return {"totalresults": len(rows), "products": {"product": rows}}


@action("GetPromotions")
def get_promotions(store, params):
    """List the promotions."""
    rows = [
        {
            "id": one["id"],
            "code": code,
            "type": one["type"],
            "recurring": int(bool(one["recurring"])),
            "value": money(one["value"]),
            "cycles": "",
            "expirationdate": day_or_zeros(one["expires"]),
            "appliesto": ",".join(sorted(one["applies"] or [])),
            "uses": store.promo_uses[code],
            "recurfor": one["recurring"] or 0,
        }
        for code, one in PROMOTIONS.items()
        if params.text("code").upper() in ("", code)
    ]
    return {"totalresults": len(rows), "promotions": {"promotion": rows}}
