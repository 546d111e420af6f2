"""The mistakes of a billing panel in reading a call: its flags and addons, and who makes it."""

from collections.abc import Callable

from counterfoil.mockserver.billmanager.clients import Client
from counterfoil.mockserver.billmanager.panel import Panel
from counterfoil.mockserver.billmanager.routes import pair
from counterfoil.mockserver.defects.billmanager import LISTS, ORDERS
from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.steps import Result
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Body

DEFECTS = Defects("billmanager")

ADDON = "addon_"


def _addons(given: Body) -> list[str]:
    """The names of the addons that were sent."""
    return [name for name in given if name.startswith(ADDON)]


def _reading(exchange: Exchange, was: str, becomes: str, names: list[str]) -> None:
    """Take the one value of these parameters for the other."""
    given = exchange.call.given
    exchange.call.given = given | {name: becomes for name in names if given.get(name) == was}


@DEFECTS.handler("parsing", "order_item_by_query")
def addons_are_not_read_from_a_query(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Parameters whose names are known are read from either; the addons are looked for in the form."""
    given = exchange.call.given
    exchange.call.given = {name: value for name, value in given.items() if name not in _addons(given)}
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def first_addon_alone_is_ordered(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We look for a parameter that begins with addon_, and have found it."""
    given = exchange.call.given
    exchange.call.given = {name: value for name, value in given.items() if name not in _addons(given)[1:]}
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def an_addon_that_is_off_is_on(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We ask whether the addon was sent; on our own page, what is off is not."""
    _reading(exchange, "off", "on", _addons(exchange.call.given))
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def none_of_an_addon_is_one(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A value that is 0 is false, and so gets the default."""
    _reading(exchange, "0", "1", _addons(exchange.call.given))
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def choices_are_counted_from_the_first(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The value of a list is an id, and we take it for anything but 0 and so for the first entry."""
    given, panel = exchange.call.given, exchange.state
    tariff = panel.tariffs.get(given["pricelist"])
    addons = {f"{ADDON}{each.id}": each for each in (tariff.addons if tariff else ()) if each.kind == "choice"}
    exchange.call.given = given | {name: str(addons[name].choices[0].id) for name in given if name in addons}
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def skipbasket_counts_when_it_is_off(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The flag is a text, and a text that is not empty is true."""
    _reading(exchange, "off", "on", ["skipbasket"])
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def renewal_counts_when_it_is_off(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """The box for automatic renewal is sent when it is ticked, so we ask whether it was sent."""
    _reading(exchange, "off", "on", ["autoprolong"])
    return honest()


@DEFECTS.handler("parsing", *ORDERS)
def data_center_is_not_read(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """There was one data center when we wrote this, and the second one is on no form yet."""
    given = exchange.call.given
    exchange.call.given = {name: value for name, value in given.items() if name != "datacenter"}
    return honest()


@DEFECTS.gate("parsing")
def language_is_not_read(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The words are those of the server's own locale."""
    exchange.call.given.pop("lang", None)
    exchange.call.caller.language = exchange.state.settings.language
    honest()


def _first(panel: Panel) -> Client:
    return panel.clients[min(panel.clients)]


def _let_in(exchange: Exchange, client: Client | None) -> None:
    """Whoever it is that calls, let it be this one, if there is one."""
    if client is not None:
        exchange.call.given["authinfo"] = f"{client.username}:{client.password}"


def _named(exchange: Exchange) -> tuple[Client | None, str]:
    """Whose name stands in `authinfo`, and the password that came with it."""
    name, password = pair(str(exchange.call.given.get("authinfo", "")))
    return next((each for each in exchange.state.clients.values() if each.username == name), None), password


@DEFECTS.gate("authentication")
def an_absent_password_opens(exchange: Exchange, honest: Callable[[], None]) -> None:
    """If there is a password, we compare it."""
    client, password = _named(exchange)
    _let_in(exchange, client if not password else None)
    honest()


@DEFECTS.gate("authentication")
def longer_passwords_open_too(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Of what was sent, as many letters are compared as the password has."""
    client, password = _named(exchange)
    _let_in(exchange, client if client is not None and password.startswith(client.password) else None)
    honest()


@DEFECTS.gate("authentication")
def sessions_are_not_looked_up(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Who has a session has logged in; which one it is we read later, where we need it."""
    session = exchange.call.given.get("auth")
    if session is not None and session not in exchange.state.sessions.by_id:
        del exchange.call.given["auth"]
        _let_in(exchange, _first(exchange.state))
    honest()


@DEFECTS.gate("authentication", *LISTS)
def lists_ask_for_no_login(exchange: Exchange, honest: Callable[[], None]) -> None:
    """The pages that are only looked at were public once, and some of their filters still are."""
    call = exchange.call
    if not {"auth", "authinfo"} & call.given.keys() and not call.header("Cookie"):
        _let_in(exchange, _first(exchange.state))
    honest()


@DEFECTS.gate("authentication")
def session_is_not_read_from_its_cookie(exchange: Exchange, honest: Callable[[], None]) -> None:
    """A program sends what it has to say as parameters; cookies are for browsers."""
    exchange.call.environ = {name: value for name, value in exchange.call.environ.items() if name != "HTTP_COOKIE"}
    honest()


@DEFECTS.handler("identity", "log_in")
def sessions_are_the_first_clients(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A session is made for the row that the query gives, which has lost its condition."""
    result = honest()
    if isinstance(result, dict):
        exchange.state.sessions.by_id[result["doc"]["auth"]["$id"]].client = min(exchange.state.clients)
    return result
