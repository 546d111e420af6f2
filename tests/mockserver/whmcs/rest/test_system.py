"""The installation, its countries, currencies, billing cycles and payment methods."""

import pytest

USD = {"code": "USD", "prefix": "$", "suffix": "USD", "default": True}
EUR = {"code": "EUR", "prefix": "€", "suffix": "EUR", "default": False}


def test_the_status_tells_the_worlds_time_and_the_currencies(visitor) -> None:
    """The time follows the world's clock."""
    visitor.later(60)

    expected = {"server_time": "2026-01-05T09:01:00+00:00", "timezone": "UTC", "currencies": [USD, EUR]}
    assert expected == visitor.get("/status")


def test_the_default_currency_comes_first(visitor) -> None:
    """Whichever it is."""
    assert [USD, EUR] == visitor.get("/billing/currencies")
    visitor.settings(default_currency=2)
    assert [{**EUR, "default": True}, {**USD, "default": False}] == visitor.get("/billing/currencies")


def test_keepalive_needs_somebody(visitor) -> None:
    """A user or an administrator, and it brings a fresh state."""
    refusal = (401, "Access Not Authorized: nobody is logged in")
    assert refusal == visitor.refused("POST", "/keepalive")
    for log_in in (visitor.log_in, visitor.log_admin_in):
        log_in()
        older = visitor.state
        answer = visitor.send("POST", "/keepalive")
        assert (200, {}) == (answer.status_code, answer.json)
        assert older != visitor.state
    visitor.send("DELETE", "/admin/session")
    assert refusal == visitor.refused("POST", "/keepalive")


def test_countries_come_in_the_order_of_their_codes(visitor) -> None:
    """Each with all of its states; fifty on a page."""
    countries = visitor.get("/countries?page_size=500")

    codes = [country["code"] for country in countries]
    assert codes == sorted(codes)
    assert codes[:50] == [country["code"] for country in visitor.get("/countries")]
    assert {"code": "CA", "name": "California"} in next(c for c in countries if c["code"] == "US")["states"]
    assert [] == next(country for country in countries if country["code"] == "AQ")["states"]


def test_a_country_has_pages_of_states(visitor) -> None:
    """Letter case of its code does not matter; a page beyond the last has the country and no states."""
    states = visitor.get("/countries/us?page_size=500")["states"]

    assert ["AK", "AL", "AR"] == [state["code"] for state in states[:3]]
    page = visitor.get("/countries/US?page=2&page_size=2")
    assert ("United States", states[2:4]) == (page["name"], page["states"])
    assert {"code": "US", "name": "United States", "states": []} == visitor.get("/countries/US?page=99")


@pytest.mark.parametrize("code", ["ZZ", "X", "USA"])
def test_a_code_without_a_country_is_not_found(visitor, code: str) -> None:
    """Before the query is looked at."""
    assert (404, f"Country {code} not found") == visitor.refused("GET", f"/countries/{code}?page=0")


def test_billing_cycles_are_those_that_recur(visitor) -> None:
    """The shortest comes first."""
    assert [1, 3, 6, 12, 24, 36] == [cycle["months"] for cycle in visitor.get("/billing/cycles")]
    assert {"cycle": "monthly", "description": "Monthly", "months": 1} == visitor.get("/billing/cycles")[0]


def test_payment_methods_are_those_of_the_installation(visitor) -> None:
    """By the name of their module, and as a buyer reads them."""
    assert {"name": "banktransfer", "description": "Bank Transfer"} in visitor.get("/store/billing/gateways")


LISTS = ("/countries", "/countries/US", "/billing/currencies", "/billing/cycles", "/store/billing/gateways")


@pytest.mark.parametrize("path", LISTS)
def test_pages_that_are_none_are_refused(visitor, path: str) -> None:
    """By the parameter's name; of one that comes twice the last counts."""
    for query, name in (
        ("page=0", "page"),
        ("page_size=501", "page_size"),
        ("page=1&page=x", "page"),
        ("page=", "page"),
    ):
        status, message = visitor.refused("GET", f"{path}?{query}")
        assert (422, True) == (status, message.startswith(f"The parameter {name} is not valid: "))
    assert 200 == visitor.send("GET", f"{path}?page=x&page=1&other=x&page_size=500").status_code


@pytest.mark.parametrize("path", ["/countries", "/billing/currencies", "/billing/cycles", "/store/billing/gateways"])
def test_a_page_beyond_the_last_is_empty(visitor, path: str) -> None:
    """It is no error."""
    assert [] == visitor.get(f"{path}?page=99")
