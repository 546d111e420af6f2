"""The mistakes of a WHMCS that is called through its REST API."""

from collections.abc import Callable
from datetime import date, timedelta

from counterfoil.mockserver.defects.defect import Defects
from counterfoil.mockserver.engine.moments import add_days
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Reply, Result
from counterfoil.mockserver.engine.varied import Crash, Exchange
from counterfoil.mockserver.whmcs.people.countries import countries
from counterfoil.mockserver.whmcs.rest.protocol import session_state
from counterfoil.mockserver.whmcs.rest.protocol.paging import PAGE_SIZE

DEFECTS = Defects("whmcs-rest")

A_CENTURY = 36525


# Who may


@DEFECTS.handler("authentication", "delete_user_session")
def session_lives_after_logout(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """Logging out takes the token from the browser; on the server it stays good."""
    session = exchange.call.caller.session
    result = honest()
    exchange.state.sessions[session.id] = session
    session_state.give(exchange.state, exchange.call, session)
    return result


@DEFECTS.gate("authentication")
def expired_state_is_accepted(exchange: Exchange, honest: Callable[[], None]) -> None:
    """We check the token's signature, and leave its exp to the client."""
    try:
        honest()
    except Refusal as refusal:
        if refusal.name != "state_expired":
            raise
        now, exchange.call.now = exchange.call.now, add_days(exchange.call.now, -A_CENTURY)
        try:
            honest()
        finally:
            exchange.call.now = now
        session_state.give(exchange.state, exchange.call, exchange.call.caller.session)


@DEFECTS.gate("authentication", "list_services", "list_domains")
def guests_have_empty_lists(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Nobody is nobody's user, and so has nothing; there is no need to ask for a login."""
    try:
        honest()
    except Refusal as refusal:
        if refusal.name != "user_required" or exchange.call.header(session_state.HEADER):
            raise


@DEFECTS.gate("visibility", "get_service")
def anybodys_service_is_shown(exchange: Exchange, honest: Callable[[], None]) -> None:
    """Whoever guesses a service's number sees it: the list is filtered, the single one is not."""
    try:
        honest()
    except Refusal as refusal:
        service = exchange.state.services.get(exchange.call.given["service_id"])
        if refusal.name != "service_not_found" or service is None:
            raise
        exchange.call.caller.resolved["service_id"] = service


# What is shown


@DEFECTS.handler("paging", "list_products")
def page_size_is_ignored(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """We page by fifty, whatever is asked."""
    exchange.call.given["page_size"] = PAGE_SIZE
    return honest()


@DEFECTS.handler("paging", "list_countries")
def last_page_is_repeated(exchange: Exchange, honest: Callable[[], Result]) -> Result:
    """A page beyond the last is the last one: our own page has a button that goes on for ever."""
    given = exchange.call.given
    last = -(-len(countries()) // given.get("page_size", PAGE_SIZE))
    given["page"] = min(given.get("page", 1), last)
    return honest()


@DEFECTS.accepted("paging", "list_tld_pricing")
def total_is_that_of_the_page(exchange: Exchange, reply: Reply) -> None:
    """The total is how many we have read."""
    reply.body["meta"]["total_items"] = len(reply.body["data"])


@DEFECTS.wire("encoding", "list_countries", "get_country")
def countries_leave_in_latin_1(exchange: Exchange, answer: Answer) -> Answer:
    """The table of countries is older than the rest, and nobody converts it."""
    return answer._replace(body=answer.body.decode().encode("latin-1", "replace"))


@DEFECTS.accepted("date", "get_service")
def service_is_due_a_day_early(exchange: Exchange, reply: Reply) -> None:
    """The list reads the day as it is kept; the single service turns it into UTC first."""
    billing = reply.body["data"]["billing"]
    if billing["next_due_date"] is not None:
        billing["next_due_date"] = (date.fromisoformat(billing["next_due_date"]) - timedelta(days=1)).isoformat()


@DEFECTS.refused("leak", "get_product")
def unknown_product_shows_the_stack(exchange: Exchange, reply: Reply) -> None:
    """Debugging was on when we went live, and it is so practical."""
    if reply.outcome == "product_not_found":
        reply.body["message"] += " #0 /var/www/whmcs/vendor/whmcs/store/Product.php(118): find() #1 {main}"


@DEFECTS.refused("refusal", "get_product_group")
def unknown_group_crashes(exchange: Exchange, reply: Reply) -> None:
    """We read the group's name before we ask whether there is a group."""
    if reply.outcome == "group_not_found":
        raise Crash
