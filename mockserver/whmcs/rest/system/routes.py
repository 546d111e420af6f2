"""The installation, its countries, currencies, billing cycles and payment methods."""

from counterfoil.mockserver.engine.vendor import Body, Call, Handler
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.people.countries import Country, countries
from counterfoil.mockserver.whmcs.rest.protocol.answers import DONE
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.mockserver.whmcs.rest.protocol.paging import listed, on_page
from counterfoil.mockserver.whmcs.rest.system import render


def get_status(installation: Installation, call: Call) -> Body:
    """The time and the currencies."""
    return {"data": render.status(installation, call.now)}


def keep_alive(installation: Installation, call: Call) -> Body:
    """Nothing: the gate has sent a fresh state."""
    return DONE


def list_countries(installation: Installation, call: Call) -> Body:
    """A page of the countries, each with all of its states."""
    return listed(tuple(countries().values()), call, lambda each: render.country(each, each.states))


def get_country(installation: Installation, call: Call) -> Body:
    """A country with a page of its states."""
    country: Country = call.caller.resolved["country_code"]
    return {"data": render.country(country, on_page(country.states, call))}


def list_currencies(installation: Installation, call: Call) -> Body:
    """A page of the currencies."""
    return listed(render.currencies(installation), call, lambda each: render.currency(installation, each))


def list_billing_cycles(installation: Installation, call: Call) -> Body:
    """A page of the cycles that recur."""
    return listed(tuple(render.CYCLE_NAMES), call, render.cycle)


def list_payment_methods(installation: Installation, call: Call) -> Body:
    """A page of the ways to pay."""
    return listed(tuple(installation.payment_methods.values()), call, render.payment_method)


def find_country(installation: Installation, call: Call) -> None:
    """The country of that code, letter case aside."""
    country = countries().get(call.given["country_code"].upper())
    if country is None:
        raise not_there(call, "country_code")
    call.caller.resolved["country_code"] = country


HANDLERS: dict[str, Handler] = {
    each.__name__: each
    for each in (
        get_status, keep_alive, list_countries, get_country, list_currencies, list_billing_cycles,
        list_payment_methods,
    )
}  # fmt: skip

RESOLVERS: dict[str, Resolver] = {"country_code": find_country}
