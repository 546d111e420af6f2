"""Carts as a whole: whose they are, promotions, place, counter, validation."""

import pytest

from tests.mockserver.whmcs.rest.shopping import BUSINESS, PRODUCT, REGISTRATION, TRANSFER, Shopper, business, product


@pytest.fixture
def guest(visitor):
    return Shopper(visitor)


def test_a_new_cart_is_empty(guest):
    """It has an id of 16 characters, no place, and cannot be checked out."""
    assert 16 == len(guest.id)
    cart = guest.show()
    assert ([], [], "0.00") == (cart["items"], cart["promotions"], cart["totals"]["total"]["value"])
    assert "geolocation" not in cart["totals"]
    assert [{"errors": ["The cart is empty"]}] == guest.errors()


def test_carts_of_a_user_are_listed_the_newest_first(davis):
    """The list has pages and ids, nothing else."""
    made = [Shopper(davis).id for _ in range(3)]
    assert made[::-1] == [cart["id"] for cart in davis.get("/cart")]
    assert made[1:2] == [cart["id"] for cart in davis.get("/cart?page=2&page_size=1")]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "/items", {"items": []}),
        ("POST", "/items", {"items": 1}),
        ("DELETE", "/items", None),
        ("POST", "/promotions", {"code": "CARTAPI"}),
        ("DELETE", "/promotions", None),
        ("POST", "/geolocation", {"country_code": "GB"}),
        ("GET", "/counter", None),
        ("POST", "/validate", None),
        ("POST", "/checkout", None),
        ("DELETE", "/items/stringst", None),
    ],
)
def test_another_users_cart_is_not_there(davis, method, path, body):
    """Neither without a state nor with another user's, and it says the same as of no cart."""
    mine = Shopper(davis)
    state = davis.state
    davis.state = ""
    assert (404, f"Cart {mine.id} not found") == mine.refused(method, path, body)
    davis.log_in("twofa@example.com")
    davis.verify("417339")
    assert (404, f"Cart {mine.id} not found") == mine.refused(method, path, body)
    davis.state = state
    assert [] == mine.show()["items"]


def test_a_guests_cart_becomes_the_users_when_it_is_used(guest):
    """Its buyer's login changes nothing; the first call for it does, and then it is closed to others."""
    guest.add(PRODUCT)
    guest.visitor.log_in()
    assert [] == guest.visitor.get("/cart")
    assert 1 == len(guest.show()["items"])
    assert [guest.id] == [cart["id"] for cart in guest.visitor.get("/cart")]
    guest.visitor.state = ""
    assert 404 == guest.refused("GET", "")[0]


@pytest.mark.parametrize("cart", ["short", "x" * 16, "x" * 17])
def test_an_unknown_cart_is_not_there(visitor, cart):
    """An id of another length is one more unknown id."""
    assert (404, f"Cart {cart} not found") == visitor.refused("GET", f"/cart/{cart}")


def test_a_page_of_items_has_the_totals_of_all(guest):
    """The pages of a cart are those of its items; the totals are the whole cart's."""
    total = guest.add(PRODUCT, BUSINESS, REGISTRATION)["totals"]
    page = guest.ask("GET", "?page=2&page_size=2")
    assert ["domain_register"] == [item["type"] for item in page["items"]]
    assert total == page["totals"]
    assert [] == guest.ask("GET", "?page=3&page_size=2")["items"]
    assert 422 == guest.refused("GET", "?page=0")[0]


def test_whatever_has_an_id_is_counted(guest):
    """Items, addons and what is in bundles count once each, whatever their quantity."""
    guest.add(product(addons=[{"id": 1, "quantity": 4}, {"id": 5}]), TRANSFER, {"type": "bundle", "id": 1})
    assert {"counter": 6} == guest.ask("GET", "/counter")


# Promotions


def test_a_second_code_takes_the_place_of_the_first(guest):
    """There is never more than one promotion."""
    guest.add(PRODUCT)
    guest.ask("POST", "/promotions", {"code": "PROMOCODE"})
    cart = guest.ask("POST", "/promotions", {"code": "CARTAPI"})
    shown = {"code": "CARTAPI", "type": "Percentage", "value": 20, "is_recurring": True, "number_of_recurring": None}
    assert [shown] == cart["promotions"] == guest.ask("GET", "/promotions")
    assert [] == guest.ask("GET", "/promotions?page=2")


def test_a_promotion_comes_and_goes_and_the_totals_stay(guest):
    """Without the code the cart is what it was; removing none is no error."""
    before = guest.add(PRODUCT, BUSINESS)
    cheaper = guest.ask("POST", "/promotions", {"code": "CARTAPI"})
    assert cheaper["totals"]["total"] != before["totals"]["total"]
    assert before["items"] == cheaper["items"]
    assert before == guest.ask("DELETE", "/promotions") == guest.ask("DELETE", "/promotions")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("NOSUCH", "Promotion code NOSUCH does not exist"),
        ("", "Promotion code  does not exist"),
        (None, "Promotion code  does not exist"),
        ("LASTYEAR", "Promotion code LASTYEAR has expired"),
        ("demopromo", "Promotion code demopromo does not apply to this cart"),
    ],
)
def test_a_refused_code_leaves_the_one_before(guest, code, message):
    """Unknown, expired and inapplicable codes change nothing."""
    guest.add({"type": "product", "product_id": 3, "billing_cycle": "monthly"})
    before = guest.ask("POST", "/promotions", {"code": "PROMOCODE"})
    assert (422, message) == guest.refused("POST", "/promotions", {"code": code})
    assert before == guest.show()


def test_an_empty_cart_takes_codes_without_limits(guest):
    """A code that is limited to products does not apply to a cart without any."""
    assert "CARTAPI" == guest.ask("POST", "/promotions", {"code": "CARTAPI"})["promotions"][0]["code"]
    assert 422 == guest.refused("POST", "/promotions", {"code": "demopromo"})[0]


def test_a_code_whose_products_are_gone_stays_and_gives_nothing(guest):
    """The code is still listed, a discount is not."""
    item = guest.put(PRODUCT)
    guest.ask("POST", "/promotions", {"code": "demopromo"})
    cart = guest.ask("DELETE", f"/items/{item}")
    assert ["demopromo"] == [promotion["code"] for promotion in cart["promotions"]]
    assert [] == cart["totals"]["discounts"]


@pytest.mark.parametrize("body", [{}, {"code": 5}, {"code": "CARTAPI", "value": "five"}])
def test_a_promotion_of_the_wrong_form_is_refused(guest, body):
    """All of the body's properties are checked, though only the code is used."""
    assert 422 == guest.refused("POST", "/promotions", body)[0]


# Places


def test_a_guests_place_is_where_its_cart_is_taxed(guest):
    """A state is known by its code and by its name, in any letter case."""
    guest.add(PRODUCT)
    totals = guest.ask("POST", "/geolocation", {"country_code": "US", "state": "California"})["totals"]
    assert {"country_code": "US", "state": "California"} == totals["geolocation"]
    assert [("State sales tax", 7.25), ("District tax", 1.5)] == [
        (tax["name"], tax["percentage"]) for tax in totals["taxes"]
    ]
    assert (
        totals["taxes"] == guest.ask("POST", "/geolocation", {"country_code": "US", "state": "CA"})["totals"]["taxes"]
    )
    assert [] == guest.ask("POST", "/geolocation", {"country_code": "US", "state": None})["totals"]["taxes"]


@pytest.mark.parametrize("code", ["CARTAPI", "cartapi", "CartApi"])
def test_a_code_is_known_in_any_letter_case(guest, code):
    """As AddOrder knows it; it is shown as it was made."""
    assert "CARTAPI" == guest.ask("POST", "/promotions", {"code": code})["promotions"][0]["code"]


def test_a_country_is_known_in_any_letter_case(guest):
    """As in the path of a country; it is shown in capitals."""
    place = guest.ask("POST", "/geolocation", {"country_code": "gb"})["totals"]["geolocation"]
    assert "GB" == place["country_code"]


@pytest.mark.parametrize("code", ["XX", "xx", "Atlantis"])
def test_an_unknown_country_is_refused(guest, code):
    """It is named as it was sent."""
    assert (422, f"Country {code} is not known here") == guest.refused("POST", "/geolocation", {"country_code": code})


def test_a_users_place_is_the_clients(davis):
    """What a user sets is no error and changes nothing."""
    cart = Shopper(davis).ask("POST", "/geolocation", {"country_code": "US", "state": "CA"})
    assert {"country_code": "GB", "state": "Greater London"} == cart["totals"]["geolocation"]


# Validation


def text(guest, *items):
    """The errors of the only item that has some."""
    guest.add(*items)
    (row,) = guest.errors()
    assert guest.errors() == guest.send("POST", "/checkout").json["data"]["validation_errors"]
    assert 400 == guest.send("POST", "/checkout").status_code
    return row["errors"]


def test_a_product_can_need_a_domain(guest):
    """Without one the product's item has an error."""
    assert [{"id": 1, "type": "product", "error": "A domain is needed"}] == text(guest, product(domain=None))


def test_a_required_field_needs_a_value(guest):
    """An empty text and false are none."""
    item = guest.put({**PRODUCT, "product_id": 2, "custom_fields": [{"id": 5, "value": ""}]})
    assert [{"item_id": item, "errors": [{"id": 5, "type": "customfield", "error": "Brand needs a value"}]}] == (
        guest.errors()
    )
    guest.ask("POST", f"/items/{item}/customfields/5", {"value": "Own"})
    assert [] == guest.errors()
    guest.ask("POST", f"/items/{item}/customfields/5", {"value": False})
    assert 1 == len(guest.errors())


@pytest.mark.parametrize(
    ("option", "value", "name"),
    [
        (1, 99, "Disk space"),
        (1, True, "Disk space"),
        (2, 1, "Place"),
        (3, 1, "Own address"),
        (4, 51, "Mailboxes"),
        (4, -1, "Mailboxes"),
        (4, True, "Mailboxes"),
    ],
)
def test_an_option_has_a_range(guest, option, value, name):
    """A value outside is kept and shown, without name and price, until checkout refuses it."""
    item = business(config_options=[{"id": option, "value": value}])
    assert [{"id": option, "type": "configoption", "error": f"{name} is out of range"}] == text(guest, item)
    (shown,) = [each for each in guest.show()["items"][0]["config_options"] if each["id"] == option]
    assert ({"value": value}, None) == (shown["option"], shown["billing"])


def test_no_more_than_the_stock_can_be_ordered(guest):
    """All items of a product count together; the one that is too much has the error."""
    server = {"type": "product", "product_id": 3, "billing_cycle": "monthly", "quantity": 2}
    guest.add(server)
    assert [] == guest.errors()
    assert [{"id": 3, "type": "product", "error": "Only 2 in stock"}] == text(guest, server)


def test_several_can_be_ordered_only_where_that_is_allowed(guest):
    """That holds for products and for their addons."""
    guest.add(business(quantity=3))
    wrong = product(quantity=2, addons=[{"id": 1, "quantity": 2}])
    message = "Only one at a time can be ordered"
    assert [{"id": 1, "type": "product", "error": message}, {"id": 1, "type": "addon", "error": message}] == (
        text(guest, wrong)
    )


@pytest.mark.parametrize(
    "item",
    [
        {**REGISTRATION, "name": "taken.com"},
        {**REGISTRATION, "name": "reserved.com"},
        {**REGISTRATION, "name": "domain1.com"},
        {**TRANSFER, "name": "free.com"},
    ],
)
def test_a_domain_has_to_be_available(guest, item):
    """A registration needs a free name, a transfer one that somebody has."""
    assert [f"{item['name']} is not available"] == text(guest, item)


def test_a_transfer_needs_a_code_where_its_tld_does(guest):
    """A blank code is none."""
    guest.add({**TRANSFER, "name": "taken.co.uk", "epp_code": " ", "additional_fields": ["", "", "Dana"]})
    assert ["taken-one.com needs its EPP code"] == text(guest, {**TRANSFER, "epp_code": " "})


def test_errors_come_in_the_order_of_the_items(guest):
    """An item has all of its errors in one place."""
    guest.add({**TRANSFER, "name": "free.com", "epp_code": " "}, PRODUCT, product(domain="", quantity=2))
    assert [2, 2] == [len(row["errors"]) for row in guest.errors()]


def test_a_state_that_no_list_has_is_taken_as_it_is(visitor):
    """Source 003 allows longer texts here than in its list of states, and does not say that the list is whole."""
    cart = Shopper(visitor)
    nowhere = {"country_code": "US", "state": "Nowhere in particular"}

    assert nowhere == cart.ask("POST", "/geolocation", nowhere)["totals"]["geolocation"]
    visitor.client.put("/_mock/liberties", json={"liberties": ["states_have_to_exist"]})
    status, message = cart.refused("POST", "/geolocation", nowhere)
    assert (422, True) == (status, message.endswith("United States has no such state"))
    visitor.client.put("/_mock/liberties", json={"liberties": []})
