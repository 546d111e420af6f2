"""Classic actions on what clients have: services, addons and domains."""

from catalogue import ADDONS, FIELDS, GATEWAYS, GROUPS, OPTIONS, PRODUCTS
from classic_api import a_date, action, day_or_zeros, money, need, window
from money import CYCLES
from names import split
from php import integer


def _service_row(one):
    """Build a row of GetClientsProducts."""
    product = PRODUCTS[one["pid"]]
    return {
        "id": one["id"],
        "clientid": one["client"],
        "orderid": one["order"],
        "pid": one["pid"],
        "qty": one["quantity"],
        "regdate": one["regdate"],
        "name": product["name"],
        "groupname": GROUPS[product["group"]]["name"],
        "domain": one["domain"],
        "dedicatedip": "",
        "serverid": 46 if one["server"] else 0,
        "username": one["username"],
        "password": one["password"],
        "firstpaymentamount": money(one["first"]),
        "recurringamount": money(one["recurring"]),
        "paymentmethod": one["gateway"],
        "paymentmethodname": GATEWAYS[one["gateway"]],
        "billingcycle": one["cycle"].capitalize(),
        "nextduedate": day_or_zeros(one["nextdue"]),
        "status": one["status"],
        "promoid": 0,
        "notes": one.get("notes", ""),
        "customfields": {
            "customfield": [
                {"id": key, "name": FIELDS[key]["name"], "value": str(value)}
                for key, (_, value) in one["fields"].items()
            ]
        },
        "configoptions": {
            "configoption": [
                {
                    "id": key,
                    "option": OPTIONS[key]["name"],
                    "type": OPTIONS[key]["type"],
                    "value": int(value) if isinstance(value, bool) else value,
                }
                for key, (_, value) in one["options"].items()
            ]
        },
    }


@action("GetClientsProducts")
def get_clients_products(store, params):
    """List services."""
    rows = [
        _service_row(one)
        for one in store.services.values()
        if params.number("clientid") in (0, one["client"])
        and params.number("serviceid") in (0, one["id"])
        and params.number("pid") in (0, one["pid"])
        and params.text("domain") in ("", one["domain"])
        and params.text("username2") in ("", one["username"])
    ]
    echo = {key: params.text(key) for key in ("clientid", "serviceid", "pid", "domain")}
    return window(params, rows, "products", "product", **echo)


@action("GetClientsDomains")
def get_clients_domains(store, params):
    """List domains."""
    rows = [
        {
            "id": one["id"],
            "userid": one["client"],
            "orderid": one["order"],
            "regtype": one["type"],
            "domainname": one["name"],
            "tld": split(one["name"])[1],
            "registrar": "",
            "regperiod": one["years"],
            "firstpaymentamount": money(one["first"]),
            "recurringamount": money(one["recurring"]),
            "paymentmethod": one["gateway"],
            "paymentmethodname": GATEWAYS[one["gateway"]],
            "regdate": one["regdate"],
            "expirydate": one["expiry"],
            "nextduedate": one["expiry"],
            "status": one["status"],
            "subscriptionid": "",
            "promoid": 0,
            "dnsmanagement": int(one["dns"]),
            "emailforwarding": int(one["email"]),
            "idprotection": int(one["idp"]),
            "donotrenew": 0,
            "notes": "",
        }
        for one in store.domains.values()
        if params.number("clientid") in (0, one["client"])
        and params.number("domainid") in (0, one["id"])
        and params.text("domain").lower() in ("", one["name"])
    ]
    echo = {key: params.text(key) for key in ("clientid", "domainid")}
    return window(params, rows, "domains", "domain", **echo)


@action("GetClientsAddons")
def get_clients_addons(store, params):
    """List bought addons."""
    wanted = [integer(one) for one in params.text("serviceid").split(",") if one]
    rows = [
        {
            "id": one["id"],
            "userid": one["client"],
            "orderid": one["order"],
            "serviceid": one["service"],
            "addonid": one["addon"],
            "name": ADDONS[one["addon"]]["name"],
            "setupfee": money(one["setup"]),
            "recurring": money(one["recurring"]),
            "billingcycle": one["cycle"].capitalize(),
            "tax": "on",
            "qty": one["quantity"],
            "status": one["status"],
            "regdate": one["regdate"],
            "nextduedate": day_or_zeros(one["nextdue"]),
            "paymentmethod": one["gateway"],
            "notes": "",
        }
        for one in store.addons.values()
        if (not wanted or one["service"] in wanted)
        and params.number("clientid") in (0, one["client"])
        and params.number("addonid") in (0, one["addon"])
    ]
    return {"totalresults": len(rows), "addons": {"addon": rows}}


@action("UpdateClientProduct")
def update_client_product(store, params):
    """Change a service."""
    service = need(store.services, params.number("serviceid"), "Service ID Not Found")
    texts = {"domain": "domain", "serviceusername": "username", "servicepassword": "password", "notes": "notes"}
    service.update({key: params.text(name) for name, key in texts.items() if params.given(name)})
    if params.text("status") in ("Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed"):
        service["status"] = params.text("status")
    if params.text("paymentmethod") in GATEWAYS:
        service["gateway"] = params.text("paymentmethod")
    if params.text("billingcycle").lower() in CYCLES:
        service["cycle"] = params.text("billingcycle").lower()
    if params.text("nextduedate"):
        service["nextdue"] = a_date(params.text("nextduedate"), service["nextdue"])
    for name, key in (("firstpaymentamount", "first"), ("recurringamount", "recurring")):
        if params.text(name):
            service[key] = round(params.money(name), 2)
    return {"serviceid": service["id"]}
