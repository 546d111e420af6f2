"""What the functions for clients do: one short function for each."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.clients import render
from counterfoil.mockserver.whmcs.classic.protocol.lists import page
from counterfoil.mockserver.whmcs.classic.protocol.parameters import address, in_wire_words
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people import accounts

_DETAILS = {
    "firstname": "first_name", "lastname": "last_name", "companyname": "company", "email": "email",
    "address1": "address1", "address2": "address2", "city": "city", "state": "state", "postcode": "postcode",
    "country": "country", "phonenumber": "phone", "language": "language", "notes": "notes",
}  # fmt: skip


def get_clients(installation: Installation, call: Call) -> Body:
    """A page of the clients."""
    given = call.given
    clients = accounts.search(installation, given.get("search", ""))
    if given.get("sorting") == "DESC":
        clients.reverse()
    return page(clients, call, ("clients", "client"), render.client_row)


def get_clients_details(installation: Installation, call: Call) -> Body:
    """One client."""
    given = call.given
    if "clientid" not in given and "email" not in given:
        raise Refusal("either_id_or_email_required")
    number = given["clientid"] if "clientid" in given else installation.clients_by_email.get(given["email"].lower())
    client = installation.clients.get(number or 0)
    if client is None:
        raise Refusal("client_not_found")
    currency = installation.currency_of(client)
    body: Body = {"result": "success", "client": render.client(client, currency)}
    if given.get("stats"):
        body["stats"] = render.client_stats(installation, client, currency)
    return body


def details(given: Body) -> accounts.ClientDetails:
    """What an AddClient says of the client, as far as it is text."""
    return accounts.ClientDetails(
        **{word: given[name] for name, word in _DETAILS.items() if isinstance(given.get(name), str)}
    )  # fmt: skip


@in_wire_words
def add_client(installation: Installation, call: Call) -> Body:
    """Open an account."""
    given = call.given
    ip = address(given["clientip"]) if "clientip" in given else call.ip
    said = details(given)
    accounts.check(installation, said)
    if "groupid" in given:
        reason = f"there is no client group {given['groupid']}"
        raise Refusal("invalid_parameter", parameter="groupid", reason=reason)
    client = accounts.open_account(
        installation, said, given["password2"], call.now, currency=given.get("currency"), ip=ip
    )  # fmt: skip
    if not given.get("noemail"):
        installation.mail(client, "Client Signup Email", "Welcome", call.now)
    return {"result": "success", "clientid": client.id}


@in_wire_words
def update_client(installation: Installation, call: Call) -> Body:
    """Change what is known of a client."""
    given = call.given
    known = given.get("clientid", installation.clients_by_email.get(given.get("clientemail", "").lower()))
    client = installation.client(known)
    said = {word: given[name] for name, word in _DETAILS.items() if name in given}
    accounts.change_account(
        installation, client, said, currency=given.get("currency"), status=given.get("status"),
        password=given.get("password2"),
    )  # fmt: skip
    return {"result": "success", "clientid": client.id}


def close_client(installation: Installation, call: Call) -> Body:
    """Close an account."""
    client = accounts.close_account(installation, call.given.get("clientid"))
    return {"result": "success", "clientid": client.id}


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_clients, get_clients_details, add_client, update_client, close_client,
    )
}  # fmt: skip
