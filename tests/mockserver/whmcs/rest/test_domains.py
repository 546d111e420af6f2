"""The REST API's domain names: whether they can be had, suggestions, prices, what registries ask; and renewals."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.whmcs.domains import suggestions
from counterfoil.mockserver.whmcs.domains.lifecycle import days_left, lifecycle_status
from counterfoil.mockserver.whmcs.domains.registry import status_of
from counterfoil.mockserver.whmcs.pricing import domain_renewals
from counterfoil.mockserver.whmcs.seed import seeded_state

NOW = datetime(2026, 1, 5, 9)
DOMAIN = "/api/v2/store/domain"


@pytest.fixture
def store(whmcs_now: Mock) -> FlaskClient:
    client = whmcs_now.test_client()
    assert 200 == client.post("/_mock/reset").status_code
    return client


def ask(store: FlaskClient, path: str, **query) -> dict:
    answer = store.get(f"{DOMAIN}{path}", query_string=query or None)
    assert 200 == answer.status_code, answer.text
    return answer.json


def refused(store: FlaskClient, status: int, path: str, **query) -> str:
    answer = store.get(f"{DOMAIN}{path}", query_string=query or None)
    assert status == answer.status_code, answer.text
    return answer.json["message"]


def suggested(store: FlaskClient, query: str = "", **body) -> dict:
    answer = store.post(f"{DOMAIN}/suggestions{query}", json=body)
    assert 200 == answer.status_code, answer.text
    return answer.json


def availability(store: FlaskClient, name: str) -> dict:
    return ask(store, "/availability", domain=name)["data"]


def order(store: FlaskClient, action: str = "AddOrder", **fields) -> dict:
    form = {"identifier": "counterfoil-identifier", "secret": "counterfoil-secret", "responsetype": "json", **fields}
    answer = store.post("/includes/api.php", data={"action": action, **form}).json
    assert "success" == answer["result"], answer
    return answer


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("example-counterfoil.com", "available for registration"),
        ("free-anything.net", "available for registration"),
        ("premium-name.org", "available for registration"),
        ("domain1.com", "registered"),
        ("trading-place.net", "registered"),
        ("example.com", "registered"),
        ("taken-by-us.co.uk", "registered"),
        ("reserved-word.com", "reserved"),
        ("counterfoil.aero", "tld not supported"),
        ("domain1.com.example", "tld not supported"),
    ],
)
def test_a_name_has_one_status(store, name, status):
    """Only what is available can be registered, and only a TLD that is sold is available."""
    answer = availability(store, name)

    assert status == answer["domain"]["status"]
    assert (status == "available for registration") == answer["is_domain_available"]
    assert (status != "tld not supported") == answer["is_tld_available"]


def test_letter_case_and_spelling_do_not_matter(store):
    """A name in Unicode and its ASCII form are the same name, and both forms are answered."""
    unicode, ascii_form = availability(store, "Free-MÜNCHEN.com"), availability(store, "XN--free-mnchen-yhb.COM")

    assert unicode == ascii_form
    assert ("xn--free-mnchen-yhb.com", "free-münchen.com", "com", "xn--free-mnchen-yhb", "free-münchen") == tuple(
        unicode["domain"][name] for name in ("domain_name", "idn_domain_name", "tld", "sld", "idn_sld")
    )


@pytest.mark.parametrize(
    "name", ["", "example", "-a.com", "a_b.com", "a..com", "xn--a.com", f"{'a' * 64}.com", "a b.com"]
)
@pytest.mark.parametrize("path", ["/availability", "/spotlight"])
def test_what_is_no_name_is_refused(store, path, name):
    """The spotlight needs no TLD, so there a label alone is a name."""
    if path == "/spotlight" and name == "example":
        assert 4 == len(ask(store, path, domain=name)["data"])
    elif path == "/spotlight" and name == "a..com":
        assert "a.com" == ask(store, path, domain=name)["data"][0]["domain_name"]
    else:
        assert "The parameter domain is not valid: it is no domain name" == refused(store, 422, path, domain=name)


@pytest.mark.parametrize(
    ("path", "name"), [("availability", "domain"), ("spotlight", "domain"), ("additionalfields", "tld")]
)
def test_a_parameter_that_is_missing_is_named(store, path, name):
    """It is required."""
    assert f"The parameter {name} is not valid: it is required" == refused(store, 422, f"/{path}")


def test_a_name_that_nobody_can_look_up_is_unknown(store):
    """Asked for alone it is not implemented; under the spotlight it is among the others."""
    assert "Functionality Not Implemented" == refused(store, 501, "/availability", domain="counterfoil.io")
    assert ["io"] == [
        row["tld"] for row in ask(store, "/spotlight", domain="counterfoil")["data"] if row["status"] == "unknown"
    ]


def test_what_is_ordered_is_registered_until_it_is_cancelled(store):
    """The status follows from the state of the installation, whichever API changes it."""
    assert availability(store, "free-now.com")["is_domain_available"]
    placed = order(store, clientid=1, paymentmethod="mailin", domain="free-now.com", domaintype="register")
    assert "registered" == availability(store, "FREE-now.com")["domain"]["status"]
    assert "free-now.com" not in [row["domain_name"] for row in suggested(store, term="free-now.com")["data"]]

    order(store, "CancelOrder", orderid=placed["orderid"])

    assert availability(store, "free-now.com")["is_domain_available"]


@pytest.mark.parametrize("name", ["counterfoil", "counterfoil.com", "Counterfoil.net", "counterfoil.anything"])
def test_the_spotlight_agrees_with_availability(store, name):
    """The TLD that was asked for does not matter; each name is as it is when asked for alone."""
    rows = ask(store, "/spotlight", domain=name)["data"]

    assert ["counterfoil.com", "counterfoil.net", "counterfoil.org", "counterfoil.io"] == [
        row["domain_name"] for row in rows
    ]
    assert rows[:3] == [availability(store, row["domain_name"])["domain"] for row in rows[:3]]


def test_prices_are_those_of_the_tld(store):
    """By period, the shortest first; no transfer or renewal is for ten years."""
    answer, tld = availability(store, "example-counterfoil.net")["domain"], ask(store, "/pricing/net")["data"]

    assert answer["pricing"] == tld["pricing"]
    assert answer["shortest_period"] == answer["pricing"][0]
    assert list(range(1, 11)) == [each["period"] for each in answer["pricing"]]
    assert ("27.90", "29.90") == tuple(answer["pricing"][1][name]["value"] for name in ("register", "renew"))
    assert ("139.50", None, None) == (
        answer["pricing"][9]["register"]["value"], answer["pricing"][9]["transfer"], answer["pricing"][9]["renew"],
    )  # fmt: skip
    assert (None, False) == (answer["premium_cost_pricing"], answer["is_premium"])


def test_a_premium_name_costs_more(store):
    """Its own price is what it is listed at, and what an order and a cart are charged."""
    answer = availability(store, "premium-name.com")["domain"]

    assert answer["is_premium"]
    assert ("129.50", "129.50", "259.00") == (
        answer["shortest_period"]["register"]["value"], answer["premium_cost_pricing"]["register"]["value"],
        answer["pricing"][1]["register"]["value"],
    )  # fmt: skip
    placed = order(store, clientid=1, paymentmethod="mailin", domain="premium-name.com", domaintype="register")
    assert "129.50" == order(store, "GetInvoice", invoiceid=placed["invoiceid"])["subtotal"]


def test_a_tld_that_is_not_sold_has_no_price(store):
    """The shortest period, which cannot be absent, is none."""
    answer = availability(store, "counterfoil.aero")["domain"]

    assert ([], {"period": 0, "register": None, "transfer": None, "renew": None}, None) == (
        answer["pricing"], answer["shortest_period"], answer["group"],
    )  # fmt: skip


def test_suggestions_are_available_and_agree(store):
    """Each is as it is when asked for alone, and stands under one of the configured TLDs."""
    options = ask(store, "/suggestions")
    answer = suggested(store, term="example.com, example, or 'A automotive repair shop in New York'")

    assert [] == options["meta"]
    assert ["com", "net", "org"] == options["data"]["configured_suggestion_tlds"]
    assert answer["meta"]["total_items"] > 10
    for row in answer["data"]:
        assert row["tld"] in options["data"]["configured_suggestion_tlds"]
        assert row == availability(store, row["domain_name"])["domain"]
        assert "available for registration" == row["status"]


@pytest.mark.parametrize("tlds", [None, []])
def test_suggestions_without_tlds_take_the_configured_ones(store, tlds):
    """Null and an empty list are the same as nothing."""
    assert suggested(store, term="counterfoil") == suggested(store, term="counterfoil", tlds=tlds)


@pytest.mark.parametrize(
    ("tlds", "answered"), [(["CO.UK", "us", "us"], {"co.uk", "us"}), (["io"], set()), (["aero", "org"], {"org"})]
)
def test_suggestions_stand_under_the_tlds_that_are_asked_for(store, tlds, answered):
    """A TLD that is not sold contributes nothing, nor does one without lookup."""
    rows = suggested(store, term="paper mill", tlds=tlds)["data"]

    assert answered == {row["tld"] for row in rows}
    assert len(rows) == len({row["domain_name"] for row in rows})


def test_suggestions_heed_length_and_decency(store):
    """The length is that of the name without its TLD."""
    rows = suggested(store, term="casino paper", maximum_length=11, filter_sensitive_content=True)["data"]

    assert rows
    assert max(len(row["sld"]) for row in rows) <= 11
    assert not [row for row in rows if "casino" in row["sld"]]
    assert [row for row in suggested(store, term="casino paper")["data"] if "casino" in row["sld"]]


@pytest.mark.parametrize("term", ["!!!", "x" * 1500, "\N{PILE OF POO}" * 3])
def test_a_phrase_without_words_suggests_nothing(store, term):
    """There is one page, and it is empty."""
    assert {"data": [], "meta": {"total_items": 0, "page": 1, "total_pages": 1, "page_size": 50}} == (
        suggested(store, term=term)
    )


def test_of_a_long_phrase_the_beginning_counts(store):
    """What stands behind the longest term that the provider takes has no effect."""
    term = "paper " * (suggestions.LONGEST_TERM // 6)

    assert suggested(store, term=term) == suggested(store, term=f"{term}and scissors")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "term"),
        ({"term": "ab"}, "term"),
        ({"term": "a" * 1501}, "term"),
        ({"term": "abc", "tlds": "com"}, "tlds"),
        ({"term": "abc", "maximum_length": 2}, "maximum_length"),
        ({"term": "abc", "filter_sensitive_content": "yes"}, "filter_sensitive_content"),
    ],
)
def test_a_question_that_cannot_be_is_refused(store, body, field):
    """The field that is wrong is named."""
    answer = store.post(f"{DOMAIN}/suggestions", json=body)

    assert 422 == answer.status_code
    assert f"The field {field} is not valid: " in answer.json["message"]


def test_tlds_come_in_the_order_of_the_installation(store):
    """Each has its group, prices, and what late renewals cost; the spotlight has some of them."""
    answer, spotlight = ask(store, "/pricing"), ask(store, "/pricing/spotlight")

    tlds = {row["tld"]: row for row in answer["data"]}
    assert ["com", "net", "org", "co.uk", "uk", "io", "us"] == list(tlds)
    assert [tlds[name] for name in ("com", "net", "org", "io")] == spotlight["data"]
    assert ["Sale", None, "New", "Hot"] == [row["group"] for row in spotlight["data"]]
    assert (30, "5.00") == (tlds["com"]["grace_period"]["days"], tlds["com"]["grace_period"]["price"]["value"])
    assert (None, None) == (tlds["io"]["grace_period"], tlds["io"]["redemption_period"])
    assert (True, False) == tuple(tlds[name]["addons"]["epp_code_required"] for name in ("com", "uk"))
    assert (None, 5) == (tlds["io"]["pricing"][0]["transfer"], len(tlds["io"]["pricing"]))


def test_one_tld_is_shown_as_in_the_list(store):
    """Letter case does not matter; what is not sold is not found."""
    assert {"data": ask(store, "/pricing")["data"][3], "meta": []} == ask(store, "/pricing/Co.Uk")
    assert "TLD aero not found" == refused(store, 404, "/pricing/aero")


def test_languages_come_in_the_order_of_their_codes(store):
    """There are more than fit on one page."""
    first, whole = ask(store, "/idnlanguages"), ask(store, "/idnlanguages", page_size=500)

    assert whole["data"][:50] == first["data"]
    assert whole["data"] == sorted(whole["data"], key=lambda row: row["code"])
    assert first["meta"]["total_items"] == len(whole["data"]) > 50
    assert {"code": "afr", "language": "Afrikaans"} == whole["data"][0]


def test_a_registry_asks_for_more(store):
    """A field can be required because of another; most TLDs want nothing."""
    fields = {field["name"]: field for field in ask(store, "/additionalfields", tld="US")["data"]}

    assert ("dropdown", True, "C11") == tuple(
        fields["Nexus Category"][name] for name in ("type", "required", "default")
    )
    assert {"value": "C11", "display_name": "C11 - United States Citizen"} == fields["Nexus Category"]["options"][0]
    assert {"Nexus Category": ["C31", "C32"]} == fields["Nexus Country"]["required"]
    assert ("text", None) == (fields["Nexus Country"]["type"], fields["Nexus Country"]["options"])
    assert {"data": [], "meta": []} == ask(store, "/additionalfields", tld="com")
    assert "TLD aero not found" == refused(store, 404, "/additionalfields", tld="aero")


LISTS = ["/spotlight?domain=paper", "/pricing?", "/pricing/spotlight?", "/idnlanguages?", "/suggestions"]


@pytest.mark.parametrize("path", LISTS)
def test_pages_make_up_the_whole_list(store, path):
    """One page after the other has all rows once; a page beyond the last is empty and still says how many there are."""

    def rows(query: str) -> dict:
        return suggested(store, f"?{query}", term="paper") if path == "/suggestions" else ask(store, f"{path}&{query}")

    whole, found_rows, number = rows("page_size=500"), [], 1
    while (answer := rows(f"page={number}&page_size=3"))["data"]:
        assert {
            "total_items": len(whole["data"]), "page": number, "total_pages": -(-len(whole["data"]) // 3),
            "page_size": 3,
        } == answer["meta"]  # fmt: skip
        found_rows += answer["data"]
        number += 1

    assert len(whole["data"]) > 3
    assert whole["data"] == found_rows
    assert (number, len(found_rows)) == (answer["meta"]["page"], answer["meta"]["total_items"])


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["page=0", "page_size=501"])
def test_a_page_that_cannot_be_is_refused(store, path, query):
    """Pages begin at 1 and hold 500 rows at most."""
    if path == "/suggestions":
        answer = store.post(f"{DOMAIN}{path}?{query}", json={"term": "paper"})
    else:
        answer = store.get(f"{DOMAIN}{path}&{query}")

    assert 422 == answer.status_code
    assert f"The parameter {query.partition('=')[0]} is not valid: " in answer.json["message"]


@pytest.mark.parametrize(
    ("days", "status", "left", "price"),
    [
        (0, "Active", 0, "14.95"),
        (25, "Active", 0, "14.95"),
        (26, "Grace", 29, "19.95"),
        (40, "Grace", 15, "19.95"),
        (55, "Grace", 0, "19.95"),
        (56, "Redemption", 29, "94.95"),
        (85, "Redemption", 0, "94.95"),
        (86, "Expired", 0, "14.95"),
    ],
)
def test_a_domain_that_expires_costs_more(days, status, left, price):
    """First there is grace, then redemption, each with its fee; then it cannot be renewed."""
    installation, today = seeded_state(NOW, 1), NOW.date() + timedelta(days)
    domain = installation.domains[3]
    com = installation.tlds["com"]

    assert status == lifecycle_status(domain, com, today)
    assert left == days_left(domain, com, today)
    assert Decimal(price) == domain_renewals.renewal_price(installation, 1, domain, 1, today)
    assert (status != "Expired") == domain_renewals.renewable(installation, domain, today)
    periods = dict(domain_renewals.periods(installation, 1, domain, today))
    assert (list(range(1, 10)) if status != "Expired" else []) == list(periods)
    assert periods.get(1, Decimal(price)) == Decimal(price)


@pytest.mark.parametrize(
    ("kept", "status"),
    [("Pending", "Pending"), ("Pending Transfer", "Pending"), ("Fraud", "Cancelled"), ("Transferred", "Cancelled")],
)
def test_a_domain_that_is_not_active_has_no_life_of_its_own(kept, status):
    """Whatever its expiry says."""
    domain = seeded_state(NOW, 1).domains[3]
    domain.status = kept

    assert status == lifecycle_status(domain, None, date(2030, 1, 1))


def test_a_late_fee_is_in_the_currency_that_is_asked_for():
    """It is kept in the default one."""
    installation = seeded_state(NOW, 1)

    assert (
        Decimal("4.50") == domain_renewals.line(installation, 2, installation.domains[3], 1, date(2026, 2, 14)).late_fee
    )


def test_the_same_name_has_the_same_status_in_every_installation():
    """Chance that looks like chance does not depend on the seed, and both sorts are found."""
    names = [f"name{number}.com" for number in range(100)]
    one, other = seeded_state(NOW, 1), seeded_state(NOW, 2)

    states = [status_of(one, name).state for name in names]
    assert states == [status_of(other, name).state for name in names]
    assert {"available", "registered"} == set(states)
