"""Classic actions on clients and their contacts."""

import orders
from classic_api import RefusalError, action, money, need, window
from money import CURRENCIES, currency_of

NO_CLIENT = "Client ID Not Found"
REQUIRED = {
    "firstname": "You did not enter your first name",
    "lastname": "You did not enter your last name",
    "email": "You did not enter your email address",
    "address1": "You did not enter your address (line 1)",
    "city": "You did not enter your city",
    "state": "You did not enter your state",
    "postcode": "You did not enter your postcode",
    "phonenumber": "You did not enter your phone number",
}
PLAIN = (
    "firstname",
    "lastname",
    "email",
    "companyname",
    "address1",
    "address2",
    "city",
    "state",
    "postcode",
    "country",
    "phonenumber",
    "notes",
    "language",
)
ISO2 = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)


def _email_ok(email):
    """Say whether a text looks like an e-mail address."""
    name, _, host = email.partition("@")
    return bool(name) and "." in host.strip(".") and " " not in email and "@" not in host and len(email) >= 6


def _read(params):
    """Return the plain properties that were sent."""
    found = {key: params.text(key) for key in PLAIN if params.given(key)}
    if "country" in found:
        found["country"] = found["country"].upper()
    return found


def _check_country(country):
    """Refuse a country that is none."""
    if len(country) != 2 or f"{country} " not in ISO2:
        raise RefusalError("Valid country required")


@action("AddClient")
def add_client(store, params):
    """Add a client, and a user who owns it."""
    if not params.flag("skipvalidation"):
        for name, message in REQUIRED.items():
            if not params.text(name):
                raise RefusalError(message)
        _check_country(params.text("country").upper())
        if not params.text("password2"):
            raise RefusalError("You did not enter a password")
    email = params.text("email")
    if email and not _email_ok(email):
        raise RefusalError("The email address you entered was not valid")
    if any(email and one["email"].lower() == email.lower() for one in store.users.values()):
        raise RefusalError("A user already exists with that email address")
    code = next((one["code"] for one in CURRENCIES if one["id"] == params.number("currency")), "SEK")
    user = store.add_user(email, params.text("password2"), params.text("firstname"), params.text("lastname"))
    client = store.add_client(user, **_read(params), currency=code, groupid=params.number("groupid"))
    return {"clientid": client["id"], "owner_id": user["id"]}


def _client_row(client):
    """Build a row of GetClients."""
    return {
        key: client[key]
        for key in ("id", "firstname", "lastname", "companyname", "email", "datecreated", "groupid", "status")
    }


@action("GetClients")
def get_clients(store, params):
    """List clients, the newest first unless `sorting` says ASC."""
    text = params.text("search").lower()
    rows = [
        _client_row(one)
        for one in store.clients.values()
        if text in f"{one['firstname']} {one['lastname']} {one['companyname']} {one['email']}".lower()
        and params.text("status").lower() in ("", one["status"].lower())
    ]
    if params.text("sorting").upper() != "ASC":
        rows.reverse()
    return window(params, rows, "clients", "client")


@action("GetClientsDetails")
def get_clients_details(store, params):
    """Show a client, both under `client` and at the top."""
    email = params.text("email").lower()
    if not params.text("clientid") and not email:
        raise RefusalError("Either clientid Or email Is Required")
    if params.text("clientid"):
        client = store.clients.get(params.number("clientid"))
    else:
        client = next((one for one in store.clients.values() if one["email"].lower() == email), None)
    if not client:
        raise RefusalError("Client Not Found")
    currency = currency_of(client["currency"])
    row = {
        **{key: client[key] for key in PLAIN},
        **_client_row(client),
        "userid": client["id"],
        "uuid": client["uuid"],
        "fullname": f"{client['firstname']} {client['lastname']}",
        "countrycode": client["country"],
        "currency": currency["id"],
        "currency_code": currency["code"],
        "credit": money(client["credit"]),
        "taxexempt": client["taxexempt"],
        "owner_user_id": client["user"],
        "twofaenabled": bool(store.owner(client)["factor"]),
    }
    shape = {**row, "client": row}
    if params.flag("stats"):
        mine = [one for one in store.invoices.values() if one["client"] == client["id"]]
        unpaid = [one for one in mine if one["status"] == "Unpaid"]
        services = [one for one in store.services.values() if one["client"] == client["id"]]
        shape["stats"] = {
            "numdueinvoices": len(unpaid),
            "dueinvoicesbalance": money(sum(orders.balance(store, x) for x in unpaid)),
            "numpaidinvoices": sum(one["status"] == "Paid" for one in mine),
            "productsnumtotal": len(services),
            "productsnumactive": sum(one["status"] == "Active" for one in services),
            "numdomains": sum(one["client"] == client["id"] for one in store.domains.values()),
        }
    return shape


@action("UpdateClient")
def update_client(store, params):
    """Change a client."""
    if params.text("clientemail"):
        found = (one for one in store.clients.values() if one["email"].lower() == params.text("clientemail").lower())
        client = next(found, None)
    else:
        client = store.clients.get(params.number("clientid"))
    if not client:
        raise RefusalError(NO_CLIENT)
    changes = _read(params)
    email = changes.get("email", client["email"])
    if any(one["email"].lower() == email.lower() and one is not client for one in store.clients.values()):
        raise RefusalError("Duplicate Email Address")
    if "country" in changes:
        _check_country(changes["country"])
    if params.given("taxexempt"):
        changes["taxexempt"] = params.flag("taxexempt")
    if params.text("status") in ("Active", "Inactive", "Closed"):
        changes["status"] = params.text("status")
    client.update(changes)
    return {"clientid": client["id"]}


@action("CloseClient")
def close_client(store, params):
    """Close a client: its services end and its unpaid invoices are cancelled."""
    client = need(store.clients, params.number("clientid"), NO_CLIENT)
    client["status"] = "Closed"
    for kind in (store.services, store.addons, store.domains):
        for one in kind.values():
            if one["client"] == client["id"] and one["status"] in ("Active", "Pending"):
                one["status"] = "Cancelled"
    for one in store.invoices.values():
        if one["client"] == client["id"] and one["status"] == "Unpaid":
            one["status"] = "Cancelled"
    return {"clientid": client["id"]}


@action("DeleteClient")
def delete_client(store, params):
    """Delete a client with everything it has, and its user when `deleteusers` is set."""
    client = need(store.clients, params.number("clientid"), NO_CLIENT)
    for kind in ("services", "addons", "domains", "orders", "invoices", "contacts", "billables"):
        records = getattr(store, kind)
        for key in [key for key, one in records.items() if one["client"] == client["id"]]:
            del records[key]
    if params.flag("deletetransactions"):
        for key in [key for key, one in store.transactions.items() if one["client"] == client["id"]]:
            del store.transactions[key]
    del store.clients[client["id"]]
    if params.flag("deleteusers") and not store.owned(store.users[client["user"]]):
        del store.users[client["user"]]
    store.tidy_carts()
    return {"clientid": client["id"]}


@action("GetClientPassword")
def get_client_password(store, params):
    """Show the password of a client as it is kept: hashed."""
    client = next(
        (
            one
            for one in store.clients.values()
            if params.number("userid") == one["id"]
            or (params.text("email") and params.text("email").lower() == one["email"].lower())
        ),
        None,
    )
    if not client:
        raise RefusalError(NO_CLIENT)
    return {"password": store.owner(client)["password"]}


@action("AddContact")
def add_contact(store, params):
    """Add a contact to a client."""
    client = need(store.clients, params.number("clientid"), NO_CLIENT)
    email = params.text("email").lower()
    if email and any(one["email"].lower() == email for one in store.contacts.values()):
        raise RefusalError("Duplicate Email Address")
    number = store.issue("contact")
    store.contacts[number] = {**dict.fromkeys(PLAIN, ""), **_read(params), "id": number, "client": client["id"]}
    return {"contactid": number}


@action("UpdateContact")
def update_contact(store, params):
    """Change a contact."""
    contact = need(store.contacts, params.number("contactid"), "Contact ID Not Found")
    contact.update(_read(params))
    return {"contactid": contact["id"]}


@action("DeleteContact")
def delete_contact(store, params):
    """Delete a contact."""
    contact = need(store.contacts, params.number("contactid"), "Contact ID Not Found")
    del store.contacts[contact["id"]]
    return {"contactid": contact["id"]}
