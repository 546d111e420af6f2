"""What keeps a cart from being checked out, item by item: told by validate, and refused by the checkout in the same words."""

import re
from typing import Any

import pytest

from counterfoil.specs import load
from tests.mockserver.whmcs.rest.shopping import BUSINESS, REGISTRATION, TRANSFER, Shopper


@pytest.fixture
def guest(visitor: Any) -> Shopper:
    return Shopper(visitor)


def told(guest: Shopper, *items: Any) -> list[Any]:
    """The errors of all items, which are put in; the checkout answers the same."""
    guest.add(*items)
    rows = guest.errors()
    if rows:
        refused = guest.send("POST", "/checkout")
        assert (400, rows) == (refused.status_code, refused.json["data"]["validation_errors"])
    return [error for row in rows for error in row["errors"]]


# What a TLD wants to know


def under(tld: str, *answers: str, **more: Any) -> dict[str, Any]:
    """The registration of a free name under a TLD."""
    return {
        **REGISTRATION,
        "name": f"free-brand.{tld}",
        **({"additional_fields": list(answers)} if answers else {}),
        **more,
    }


@pytest.mark.parametrize(
    ("item", "errors"),
    [
        pytest.param(under("us"), ["free-brand.us needs an answer to Application Purpose"], id="none"),
        pytest.param(under("us", "C11", "", "P1"), [], id="all"),
        pytest.param(under("us", "", "", "P1"), [], id="default"),
        pytest.param(
            under("us", "C31", "", "P1"), ["free-brand.us needs an answer to Nexus Country"], id="beside-another"
        ),
        pytest.param(under("us", "C31", "DE", "P1"), [], id="beside-another-answered"),
        pytest.param(
            under("us", "Bogus", "", "P9"),
            [
                "free-brand.us cannot have that answer to Nexus Category",
                "free-brand.us cannot have that answer to Application Purpose",
            ],
            id="none-of-its-options",
        ),
        pytest.param(
            under("co.uk", "Bogus"),
            [
                "free-brand.co.uk needs an answer to Registrant Name",
                "free-brand.co.uk cannot have that answer to Legal Type",
            ],
            id="both",
        ),
        pytest.param(under("co.uk", "Individual", "", " "), ["free-brand.co.uk needs an answer to Registrant Name"], id="blank"),
        pytest.param(under("co.uk", "", "", "Dana"), [], id="text"),
        pytest.param(under("com", "C1"), [], id="nothing-asked"),
        pytest.param(
            {**TRANSFER, "name": "taken-brand.us"}, ["taken-brand.us needs an answer to Application Purpose"], id="transfer"
        ),
    ],
)  # fmt: skip
def test_a_tld_demands_its_additional_fields(guest: Shopper, item: Any, errors: list[str]) -> None:
    """Always or beside what is answered elsewhere, unless there is a default; what it does not ask is ignored."""
    assert errors == told(guest, item)


def test_what_a_registrant_has_answered_is_the_domains(davis: Any) -> None:
    """The classic API shows it, with the defaults that count for the rest."""
    mine = Shopper(davis)
    mine.add(under("us", "", "", "P3"))

    assert 200 == mine.send("POST", "/checkout").status_code
    state = davis.client.get("/_mock/snapshot").json["vendors"]["whmcs"]
    (kept,) = (each for each in state["domains"].values() if each["name"] == "free-brand.us")
    assert {"Nexus Category": "C11", "Application Purpose": "P3"} == kept["fields"]


# Custom fields


def answered(product: int, cycle: str, **answers: Any) -> dict[str, Any]:
    """A product whose custom fields have these answers, by the fields' ids."""
    fields = [{"id": int(name.removeprefix("f")), "value": value} for name, value in answers.items()]
    name = "free-site.com"
    return {"type": "product", "product_id": product, "billing_cycle": cycle, "domain": name, "custom_fields": fields}


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        pytest.param(answered(2, "monthly", f5=" blank in front"), [5], id="pattern"),
        pytest.param(answered(2, "monthly", f5="Own", f6="yes"), [6], id="text-for-a-checkbox"),
        pytest.param(answered(2, "monthly", f5="Own", f6=True), [], id="ticked"),
        pytest.param(answered(2, "monthly", f5="Own", f6=False), [], id="not-ticked"),
        pytest.param(answered(5, "monthly", f3="Africa"), [3], id="no-choice"),
        pytest.param(answered(5, "monthly", f3="Europe"), [], id="choice"),
        pytest.param(answered(5, "monthly", f3=""), [], id="nothing-chosen"),
        pytest.param(answered(5, "monthly", f2=True), [2], id="true-for-a-text"),
        pytest.param(answered(6, "onetime", f7="ftp://example.com"), [7], id="link"),
    ],
)
def test_an_answer_has_to_fit_its_custom_field(guest: Shopper, item: Any, wrong: list[int]) -> None:
    """Its pattern, its choices and its kind; an answer that is not needed may be left out."""
    errors = told(guest, item)

    assert [("customfield", number) for number in wrong] == [(each["type"], each["id"]) for each in errors]
    assert all(each["error"].endswith("cannot have that value") for each in errors)


# Bundles


def bundle(number: int, *parts: Any) -> dict[str, Any]:
    return {"type": "bundle", "id": number, **({"items": list(parts)} if parts else {})}


RESELLER = {
    "type": "product",
    "product_id": 2,
    "billing_cycle": "monthly",
    "custom_fields": [{"id": 5, "value": "Own"}],
}
WHOLE = {
    1: bundle(1, {**BUSINESS, "billing_cycle": "annually", "domain": {**REGISTRATION, "name": "free-whole.com"}}),
    2: bundle(2, {**REGISTRATION, "period": 2}),
    4: bundle(4, {**RESELLER, "domain": "free-seller.com"}),
}


@pytest.mark.parametrize(
    ("item", "lacking"),
    [
        pytest.param(bundle(2), "Domain", id="nothing-in-it"),
        pytest.param(bundle(1, {**BUSINESS, "billing_cycle": "annually"}), "Domain", id="no-registration"),
    ],
)
def test_a_bundle_is_sold_whole(guest: Shopper, item: Any, lacking: str) -> None:
    """One that lacks a part has an error of its own type."""
    (error,) = told(guest, item)

    assert {"id": item["id"], "type": "bundle", "error": f"The bundle lacks its part {lacking}"} == error


def test_a_bundle_of_which_a_part_is_deleted_is_not_whole(guest: Shopper) -> None:
    """The error stands with the first of the items that are left."""
    item = guest.add(WHOLE[1])["items"][0]["items"][0]
    assert [] == guest.errors()
    guest.ask("DELETE", f"/items/{item['domain']['item_id']}")

    errors = {row["item_id"]: [error["type"] for error in row["errors"]] for row in guest.errors()}
    assert {item["item_id"]: ["bundle", "product"]} == errors


@pytest.mark.parametrize("number", WHOLE)
@pytest.mark.parametrize("email", ["", "twofa@example.com"])
def test_a_bundle_costs_in_a_cart_what_the_catalogue_says(visitor: Any, number: int, email: str) -> None:
    """With setup fees, options and addons, in whatever currency; and so it can be checked out."""
    if email:
        visitor.log_in(email)
        visitor.verify("417339")
    groups = [visitor.get(f"/store/bundles/groups/{group}")["bundles"] for group in (4, 5)]
    prices = {each["id"]: each["price"]["display_value"] for group in groups for each in group}
    shopper = Shopper(visitor)

    cart = shopper.add(WHOLE[number])

    assert prices[number] == cart["totals"]["subtotal"]["display_value"]
    assert [] == shopper.errors()


# The same thing twice


@pytest.mark.parametrize(
    "again",
    [
        pytest.param({**REGISTRATION, "name": "Free-Three.COM"}, id="registration"),
        pytest.param(bundle(2, {**REGISTRATION, "period": 2}), id="in-a-bundle"),
    ],
)
def test_a_name_is_available_once(guest: Shopper, again: Any) -> None:
    """Whoever has it in the cart cannot have it there a second time, in whatever letters."""
    first, *_ = guest.add(REGISTRATION)["items"]

    (error,) = told(guest, again)

    assert error.lower() == "free-three.com is not available"
    guest.ask("DELETE", f"/items/{first['item_id']}")
    assert [] == guest.errors()


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"type": "service_renewal", "id": 19}, {"id": 19, "type": "service", "error": "Starter is renewed in this cart already"}),
        ({"type": "addon_renewal", "id": 40}, {"id": 40, "type": "addon", "error": "Support plan is renewed in this cart already"}),
        ({"type": "domain_renewal", "id": 4, "period": 1}, "domain2.com is renewed in this cart already"),
    ],
)  # fmt: skip
def test_a_thing_is_renewed_once(davis: Any, item: Any, error: Any) -> None:
    """A second renewal of it in one cart is an error; one of something else is none."""
    others = [
        {"type": "service_renewal", "id": 19},
        {"type": "addon_renewal", "id": 40},
        {"type": "domain_renewal", "id": 4, "period": 2},
    ]
    mine = Shopper(davis)
    mine.add(*others)
    assert [] == mine.errors()

    assert [error] == told(mine, item)


# Names in other letters


IDN_NAMES = ["free-bücher.com", "xn--free-bcher-feb.com"]


@pytest.mark.parametrize("name", IDN_NAMES)
def test_a_name_in_other_letters_needs_its_language(guest: Shopper, name: str) -> None:
    """In Unicode or in its ASCII form; a code of the list of languages mends it."""
    assert [f"{name} needs the code of its language"] == told(guest, {**REGISTRATION, "name": name})

    (row,) = guest.errors()
    guest.ask("POST", f"/items/{row['item_id']}", {"type": "domain_register", "period": 1, "idn_language": "ger"})
    assert [] == guest.errors()


@pytest.mark.parametrize("language", ["xxx", "", "GER"])
def test_a_language_is_one_of_the_list(guest: Shopper, language: str) -> None:
    """Any other code is refused, and nothing is added or changed; in a bundle, too."""
    message = (422, f"There is no language {language}")
    item = {**REGISTRATION, "idn_language": language}

    assert message == guest.refused("POST", "/items", {"items": [item]})
    assert message == guest.refused("POST", "/items", {"items": [bundle(1, item)]})
    number = guest.put(REGISTRATION)
    body = {"type": "domain_register", "period": 2, "idn_language": language}
    assert message == guest.refused("POST", f"/items/{number}", body)
    assert 1 == guest.show()["items"][0]["period"]


# Who orders


def test_a_closed_client_orders_nothing(administrator: Any) -> None:
    """Not even through an administrator; the classic API refuses it, too."""
    assert 200 == administrator.send("POST", "/admin/clients/4/session").status_code
    shopper = Shopper(administrator)

    assert ["The client is closed and orders nothing"] == told(shopper, {**BUSINESS, "product_id": 1})


def test_a_field_that_a_buyer_is_not_asked_is_in_no_cart(guest: Shopper) -> None:
    """It cannot be answered there either."""
    item = guest.add(BUSINESS)["items"][0]

    assert [2, 3] == [each["id"] for each in item["custom_fields"]]
    assert 404 == guest.send("GET", f"/items/{item['item_id']}/customfields/4").status_code
    answer = {"custom_fields": [{"id": 4, "value": "R-1"}]}
    message = (422, "Custom field 4 is none of product 5")
    assert message == guest.refused("POST", f"/items/{item['item_id']}/customfields", answer)


def test_every_error_stands_in_the_table():
    """A reader of the contract finds there what each is told for."""
    validate = load("whmcs-rest")["paths"]["/api/v2/cart/{cart_id}/validate"]["post"]
    shown = validate["responses"]["200"]["content"]["application/json"]["examples"].keys()

    assert set(re.findall(r"\n\| `(\w+)` \|", validate["description"])) == shown - {"cart_valid", "cart_invalid"}
