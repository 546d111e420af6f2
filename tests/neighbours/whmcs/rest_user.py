"""REST operations of users: logging in, choosing a client, and what the client has."""

import shapes
from cartprice import promotion_shape
from catalogue import FIELDS, GATEWAYS, OPTIONS, SERVER
from logins import clear_failures, count_failure, refuse_banned
from money import MONTHS, amount, convert, currency_of
from names import PREMIUM, split
from ownership import domain_life, domain_periods, non_renewable_reason, own_domain, own_service, renewal_price
from sessions import factor_ok
from state import matches, months_on
from wire import ProblemError, answer, body, need_dict, nothing, operation, paged, take_text


def client_shape(call, client):
    """Build a Client."""
    chosen = call.session is not None and call.session.client == client["id"]
    return {"uuid": client["uuid"], "company": client["companyname"][:64], "selected": chosen}


def user_shape(call, user):
    """Build a User."""
    return {
        "clients": [client_shape(call, one) for one in call.store.owned(user)],
        "email": user["email"],
        "firstname": user["firstname"],
        "lastname": user["lastname"],
    }


def enter(call, user, client=None):
    """Make the user of the session the logged-in one; the newest client that is not closed is chosen."""
    session = call.session
    owned = call.store.owned(user)
    client = client or next((one for one in owned if one["status"] != "Closed"), owned[0] if owned else None)
    session.pending, session.user, session.client = None, user["id"], client and client["id"]


def challenge():
    """Build the SecondFactorChallenge."""
    return {
        "condition": "twofa",
        "fields": [{"name": "otp", "description": "Six digits from your authenticator", "type": "number"}],
    }


def read_factor(fields):
    """Return the code out of `fields`: under the announced name, or under `key` as the example has it."""
    code = fields.get("otp", fields.get("key"))
    if isinstance(code, int) and not isinstance(code, bool):
        code = f"{code:06d}"
    if not isinstance(code, str) or not code:
        raise ProblemError(422, "'fields' has to carry the code as 'otp'.")
    return code


def pending(call, kind):
    """Return the id of the account whose second factor is awaited."""
    if not call.session or not call.session.pending or call.session.pending[0] != kind:
        raise ProblemError(401, "There is no login waiting for a second factor.")
    return call.session.pending[1]


@operation("POST", "/user/session")
def log_in(call):
    """Log a user in, in a new session."""
    wish = body()
    email, password = take_text(wish, "email", 6, 255), take_text(wish, "password", 4, 64)
    refuse_banned()
    user = next((one for one in call.store.users.values() if one["email"].lower() == email.lower()), None)
    if not user or not matches(password, user["password"]):
        count_failure()
        raise ProblemError(401, "We do not know that pair of e-mail address and password.")
    clear_failures()
    call.session = call.sessions.begin()
    if user["factor"]:
        call.session.pending = ("user", user["id"])
        return answer(raw=challenge(), status=202)
    enter(call, user)
    return answer(user_shape(call, user))


@operation("POST", "/user/session/verify")
def verify(call):
    """Finish the login of a user with a second factor."""
    user = call.store.users[pending(call, "user")]
    code = read_factor(need_dict(body().get("fields"), "fields"))
    if not factor_ok(user["factor"], code):
        raise ProblemError(412, "That is not the code of this moment.")
    enter(call, user)
    return answer(user_shape(call, user))


@operation("DELETE", "/user/session")
def log_out(call):
    """Log the user out; an administrator who masquerades stays logged in as such."""
    call.need_user()
    call.session.user = call.session.client = None
    call.sessions.end_if_empty(call.session)
    return nothing()


@operation("POST", "/keepalive")
def keepalive(call):
    """Lengthen the session; the new header value comes with every answer anyway."""
    if not call.session or (call.session.user is None and call.session.admin is None):
        raise ProblemError(401, "There is no session to keep alive.")
    return nothing()


@operation("PUT", "/user/session/client/<client_uuid>")
def choose_client(call, client_uuid):
    """Choose the client that the user works for."""
    user = call.need_user()
    client = next((one for one in call.store.owned(user) if one["uuid"] == client_uuid), None)
    if not client:
        raise ProblemError(404, "None of your client accounts has that number.")
    call.session.client = client["id"]
    return nothing()


@operation("GET", "/user/clients")
def clients(call):
    """List the clients of the user, the newest first."""
    return paged(client_shape(call, one) for one in call.store.owned(call.need_user()))


def renewal(record, kind, currency):
    """Build the renewal of a service or a bought addon."""
    reason = non_renewable_reason(record)
    shape = {
        "id": record["id"],
        "type": kind,
        "is_renewable": reason is None,
        "non_renewable_reason": reason,
        "price": None if reason else amount(record["recurring"], currency),
    }
    if reason is None:
        shape["renewal_period"] = {
            "start": record["nextdue"],
            "end": months_on(record["nextdue"], MONTHS[record["cycle"]]),
        }
    return shape


def billing(record, currency):
    """Build a ServiceBilling."""
    return {
        "cycle": record["cycle"],
        "price": {
            "first_payment": {"amount": amount(record["first"], currency)},
            "recurring": {"amount": amount(record["recurring"], currency)},
        },
        "payment_gateway": {"name": record["gateway"], "description": GATEWAYS[record["gateway"]]},
        "next_due_date": record["nextdue"],
    }


def addon_shape(record, currency):
    """Build a ServiceAddon."""
    return {
        "id": record["id"],
        "addon": shapes.addon(record["addon"]),
        "service": {"id": record["service"]},
        "quantity": record["quantity"],
        "status": record["status"],
        "registration_date": record["regdate"],
        "billing": billing(record, currency),
        "renewal": renewal(record, "addon", currency),
    }


def field_shape(service, number):
    """Build a ServiceCustomField."""
    record, value = service["fields"][number]
    return {"id": record, "custom_field": shapes.custom_field(number), "service": {"id": service["id"]}, "value": value}


def option_shape(service, number):
    """Build a ServiceConfigOption; what it costs is part of the price of the service."""
    record, value = service["options"][number]
    return {
        "id": record,
        "service": {"id": service["id"]},
        "option": shapes.option_value(number, value),
        "config_option": {"id": number, "name": OPTIONS[number]["name"], "type": OPTIONS[number]["type"]},
        "billing": None,
    }


def service_addons(call, service):
    """Return the addons that were bought for a service."""
    return [one for one in call.store.addons.values() if one["service"] == service["id"]]


def server_shape(service):
    """Build a Server, or None while there is none."""
    if not service["server"]:
        return None
    return {
        "id": SERVER["id"],
        "name": SERVER["name"],
        "description": None,
        "groups": [{**one, "description": None} for one in SERVER["groups"]],
    }


def service_shape(call, service):
    """Build a Service."""
    currency = currency_of(call.client["currency"])
    return {
        "id": service["id"],
        "product": shapes.product(call.store, service["pid"]),
        "server": server_shape(service),
        "domain": service["domain"] or None,
        "status": service["status"],
        "quantity": service["quantity"],
        "registration_date": service["regdate"],
        "billing": {
            **billing(service, currency),
            "promotions": [promotion_shape(service["promo"])] if service["promo"] else [],
        },
        "addons": [addon_shape(one, currency) for one in service_addons(call, service)],
        "custom_fields": [field_shape(service, number) for number in service["fields"]],
        "config_options": [option_shape(service, number) for number in service["options"]],
        "renewal": renewal(service, "service", currency),
    }


@operation("GET", "/user/services")
def services(call):
    """List the services of the client, the newest first."""
    client = call.need_client()
    return paged(
        [service_shape(call, one) for one in reversed(call.store.services.values()) if one["client"] == client["id"]]
    )


@operation("GET", "/user/services/<int:service_id>")
def service(call, service_id):
    """Show a service."""
    return answer(service_shape(call, own_service(call.store, call.need_client(), service_id)))


def pick(items, number):
    """Return the one with this id."""
    for one in items:
        if one["id"] == number:
            return answer(one)
    raise ProblemError(404, "Your service has nothing with that number.")


def part(kind):
    """Register the two operations on a part of a service: the list and the single one."""

    def shapes_of(call, service_id):
        found = own_service(call.store, call.need_client(), service_id)
        if kind == "addons":
            return [addon_shape(one, currency_of(call.client["currency"])) for one in service_addons(call, found)]
        if kind == "customfields":
            return [field_shape(found, number) for number in found["fields"] if number in FIELDS]
        return [option_shape(found, number) for number in found["options"]]

    operation("GET", f"/user/services/<int:service_id>/{kind}")(
        lambda call, service_id: paged(shapes_of(call, service_id))
    )
    operation("GET", f"/user/services/<int:service_id>/{kind}/<int:number>")(
        lambda call, service_id, number: pick(shapes_of(call, service_id), number)
    )


for _kind in ("addons", "customfields", "configoptions"):
    part(_kind)


def domain_shape(domain, currency):
    """Build a DomainRenewal."""
    life, periods = domain_life(domain), domain_periods(domain)
    return {
        "id": domain["id"],
        "domain_name": domain["name"],
        "status": life["status"],
        "expiry_date": domain["expiry"],
        "days_to_expiry": life["days"],
        "days_of_grace_period": life["grace"],
        "in_grace_period": life["status"] == "Grace",
        "days_of_redemption_period": life["redemption"],
        "in_redemption_period": life["status"] == "Redemption",
        "past_redemption_period": life["status"] == "Expired",
        "days_left_in_period": life["left"],
        "is_premium": split(domain["name"])[0] in PREMIUM,
        "is_expiring_soon": life["status"] == "Active" and life["days"] <= 60,
        "eligible_for_renewal": bool(periods),
        "free_domain_renewal": False,
        "renewal_periods": [
            {"period": years, "pricing": amount(convert(renewal_price(domain, years), currency), currency)}
            for years in periods
        ],
    }


@operation("GET", "/user/domains")
def domains(call):
    """List the domains of the client by their names."""
    client = call.need_client()
    found = sorted(
        (one for one in call.store.domains.values() if one["client"] == client["id"]), key=lambda one: one["name"]
    )
    return paged(domain_shape(one, call.currency) for one in found)


@operation("GET", "/user/domains/<int:domain_id>")
def domain(call, domain_id):
    """Show a domain."""
    return answer(domain_shape(own_domain(call.store, call.need_client(), domain_id), call.currency))
