"""What the functions beside orders do that read, look at passwords and send messages: one short function for each."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.classic.protocol.answers import DONE
from counterfoil.mockserver.whmcs.classic.protocol.lists import whole
from counterfoil.mockserver.whmcs.classic.protocol.serialized import additional
from counterfoil.mockserver.whmcs.classic.system import render
from counterfoil.mockserver.whmcs.domains.registry import UNKNOWN, UNSOLD, status_of
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import digest
from counterfoil.mockserver.whmcs.ordering import statistics
from counterfoil.mockserver.whmcs.people import messages

_TOKEN = 40


def get_currencies(installation: Installation, call: Call) -> Body:
    """The currencies."""
    return whole(("currencies", "currency"), [render.currency(each) for each in installation.currencies.values()])


def get_tld_pricing(installation: Installation, call: Call) -> Body:
    """What domains cost."""
    given = call.given
    number = given.get("currencyid", installation.settings.default_currency)
    if "clientid" in given:
        client = installation.clients.get(given["clientid"])
        if client is None:
            reason = f"there is no client {given['clientid']}"
            raise Refusal("invalid_parameter", parameter="clientid", reason=reason)
        number = client.currency
    currency = installation.currencies.get(number)
    if currency is None:
        raise Refusal("invalid_parameter", parameter="currencyid", reason=f"there is no currency {number}")
    pricing = {name: render.tld(installation, each, currency.id) for name, each in installation.tlds.items()}
    return {"result": "success", "currency": render.currency(currency), "pricing": pricing}


def domain_whois(installation: Installation, call: Call) -> Body:
    """Whether a domain can be had."""
    name = status_of(installation, call.given["domain"])
    if name is None:
        raise Refusal("domain_invalid")
    if name.state in (UNSOLD, UNKNOWN):
        raise Refusal("tld_unsupported")
    owned = installation.domains_by.of(("name", name.name))
    return render.whois(name, installation.domains[owned[-1]] if owned else None)


def validate_login(installation: Installation, call: Call) -> Body:
    """Whether a user's password is right."""
    given = call.given
    user = installation.users.get(installation.users_by_email.get(given["email"].lower(), 0))
    if user is None or user.password != digest(given["password2"]):
        raise Refusal("login_wrong")
    return render.login(user, installation.random("login", user.id, user.password).hex()[:_TOKEN])


def get_stats(installation: Installation, call: Call) -> Body:
    """What the installation has done."""
    told = statistics.statistics(installation, call.now.date())
    return render.statistics(told, installation.currencies[installation.settings.default_currency])


def send_email(installation: Installation, call: Call) -> Body:
    """Have a client told something."""
    given = call.given
    if "messagename" not in given:
        _check_own(given)
    _check_variables(given)
    if "messagename" in given:
        messages.send_template(installation, given["messagename"], given.get("id"), call.now)
    else:
        messages.send_own(installation, given["customtype"], given["customsubject"], given.get("id"), call.now)
    return DONE


def _check_own(given: Body) -> None:
    if "customtype" not in given:
        raise Refusal("message_missing")
    if given["customtype"] not in messages.TYPES:
        raise Refusal("message_type_invalid")
    if "customsubject" not in given:
        raise Refusal("subject_missing")
    if "custommessage" not in given:
        raise Refusal("body_missing")


def _check_variables(given: Body) -> None:
    try:
        additional("customvars", given.get("customvars", "YTowOnt9"))  # an empty array, serialized
    except Refusal:
        raise Refusal("variables_invalid") from None


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_currencies, get_tld_pricing, domain_whois, validate_login, get_stats, send_email,
    )
}  # fmt: skip
