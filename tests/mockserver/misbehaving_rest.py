"""For each defect of the REST API of WHMCS, something that a client can see."""

from typing import Any

import jwt
from misbehaving import BUSINESS, PRODUCT, SERVER, Caller, register, said, seen, sums

ADDONS = {"addons": [{"id": 1}, {"id": 9}]}
OPTIONS = {"config_options": [{"id": 3, "value": True}, {"id": 4, "value": 7}]}
FULL = BUSINESS | ADDONS | OPTIONS | {"quantity": 2}
RENEWAL = {"type": "domain_renewal", "id": 3, "period": 1}


def taxed(c: Caller, code: str = "demopromo") -> Any:
    """A guest's cart with a code, in a place with taxes."""
    path = c.cart(BUSINESS)
    c.rest("POST", f"{path}/promotions", {"code": code})
    return c.rest("POST", f"{path}/geolocation", {"country_code": "GB"}).json["data"]


said(
    cart_total_has_no_addons=lambda c: c.totals(FULL),
    cart_total_has_no_options=lambda c: c.totals(FULL),
    cart_total_is_that_of_the_first_item=lambda c: c.totals(PRODUCT, PRODUCT),
    taxes_stand_beside_the_total=lambda c: sums(taxed(c)),
    discount_is_added=lambda c: sums(taxed(c)),
    discount_is_shown_and_not_taken=lambda c: sums(taxed(c)),
    taxes_are_doubled=lambda c: taxed(c)["totals"]["taxes"],
    setup_fees_recur=lambda c: c.contents(c.cart(BUSINESS))["totals"]["recurring"],
    several_cost_as_much_as_one=lambda c: c.totals(FULL),
    years_of_a_name_cost_as_much_as_one=lambda c: c.totals(register("free-a.com") | {"period": 2}),
    total_is_displayed_without_its_discount=lambda c: taxed(c)["totals"]["total"]["display_value"],
    first_item_of_several_is_added=lambda c: len(c.add(c.cart(), PRODUCT, BUSINESS).json["data"]["items"]),
    new_items_come_without_addons=lambda c: len(c.contents(c.cart(FULL))["items"][0]["addons"]),
    extras_count_whatever_they_say=lambda c: c.contents(c.cart(register("free-a.com") | {"id_protection": False}))[
        "items"
    ],
    quantities_are_not_read=lambda c: c.contents(c.cart(FULL))["items"][0]["quantity"],
    numbers_are_read_from_texts=lambda c: c.add(c.cart(), PRODUCT | {"quantity": "2"}).status_code,
    oversized_pages_are_cut=lambda c: c.rest("GET", "/store/products", page_size=501).status_code,
    list_has_yesterdays_prices=lambda c: c.rest("GET", "/store/products").json,
    group_shows_what_is_in_no_other=lambda c: len(c.rest("GET", "/store/products/groups/1").json["data"]["products"]),
    taken_names_can_be_registered=lambda c: c.rest("GET", "/store/domain/availability", domain="taken-a.com").json,
    searches_find_everybody=lambda c: (as_administrator(c), c.rest("GET", "/admin/clients/search", query="zqx").json)[
        1
    ],
)


def as_administrator(c: Caller) -> None:
    """Log in as an administrator."""
    answer = c.rest("POST", "/admin/session", {"username": "administrator", "password": "counterfoil"})
    c.state = answer.headers["X-Api-State"]


def resigned(c: Caller, key: str | None, algorithm: str) -> Any:
    """What a user's state opens when it is signed in another way."""
    c.log_in()
    c.state = jwt.encode(jwt.decode(c.state, options={"verify_signature": False}), key, algorithm)
    return c.rest("GET", "/user/services").status_code


@seen
def unsigned_state_is_accepted(c: Caller) -> Any:
    return resigned(c, None, "none")


@seen
def signature_is_not_looked_at(c: Caller) -> Any:
    return resigned(c, "another key" * 4, "HS256")


def half(c: Caller) -> None:
    """Begin a login that awaits its second factor."""
    known = {"email": "twofa@example.com", "password": "counterfoil"}
    c.state = c.rest("POST", "/user/session", known).headers["X-Api-State"]


@seen
def half_a_login_is_enough(c: Caller) -> Any:
    half(c)
    return c.rest("GET", "/user/services").status_code


@seen
def empty_second_factor_is_right(c: Caller) -> Any:
    half(c)
    return c.rest("POST", "/user/session/verify", {"fields": {"key": ""}}).status_code


@seen
def passwords_are_compared_without_case(c: Caller) -> Any:
    return c.rest("POST", "/user/session", {"email": "davis@example.com", "password": "COUNTERFOIL"}).status_code


@seen
def users_search_like_administrators(c: Caller) -> Any:
    c.log_in()
    return c.rest("GET", "/admin/clients/search", query="davis").status_code


@seen
def service_list_has_all_clients(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return [each["id"] for each in c.rest("GET", "/user/services").json["data"]]


@seen
def anybodys_domain_is_renewed(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.add(c.cart(), RENEWAL).status_code


@seen
def anybodys_service_is_renewed(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.add(c.cart(), {"type": "service_renewal", "id": 19}).status_code


@seen
def recurring_totals_are_in_dollars(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.contents(c.cart(PRODUCT))["totals"]["recurring"]


def first_item(c: Caller, path: str) -> str:
    """The path of the first item in a cart."""
    return f"{path}/items/{c.contents(path)['items'][0]['item_id']}"


@seen
def last_addon_of_several_is_taken(c: Caller) -> Any:
    return len(c.rest("POST", f"{first_item(c, c.cart(PRODUCT))}/addon", ADDONS).json["data"]["items"][0]["addons"])


@seen
def last_option_of_several_is_taken(c: Caller) -> Any:
    path = first_item(c, c.cart(BUSINESS))
    return c.rest("POST", f"{path}/configoptions", OPTIONS).json["data"]["items"][0]["config_options"]


@seen
def texts_end_at_their_first_nul(c: Caller) -> Any:
    path = first_item(c, c.cart(PRODUCT))
    c.rest("POST", f"{path}/customfields/1", {"value": "a friend\0of mine"})
    return c.rest("GET", f"{path}/customfields/1").json


@seen
def cleared_cart_keeps_an_item(c: Caller) -> Any:
    return len(c.rest("DELETE", f"{c.cart(PRODUCT, BUSINESS)}/items").json["data"]["items"])


@seen
def equal_items_go_together(c: Caller) -> Any:
    return len(c.rest("DELETE", first_item(c, c.cart(PRODUCT, PRODUCT))).json["data"]["items"])


@seen
def removed_code_goes_on(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    c.rest("POST", f"{path}/promotions", {"code": "demopromo"})
    return c.rest("DELETE", f"{path}/promotions").json["data"]["promotions"]


@seen
def place_of_a_cart_is_not_saved(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    c.rest("POST", f"{path}/geolocation", {"country_code": "GB"})
    return c.contents(path)["totals"].get("geolocation")


@seen
def users_are_taxed_where_the_cart_is(c: Caller) -> Any:
    c.log_in()
    path = c.cart(PRODUCT)
    c.rest("POST", f"{path}/geolocation", {"country_code": "DE"})
    return len(c.contents(path)["totals"]["taxes"])


@seen
def first_item_of_several_is_ordered(c: Caller) -> Any:
    c.log_in()
    domain = {"domain": "a.example"}
    c.rest("POST", f"{c.cart(PRODUCT | domain, BUSINESS | domain)}/checkout")
    return len(c.rest("GET", "/user/services").json["data"])


said(
    page_size_is_ignored=lambda c: len(c.rest("GET", "/store/products", page_size=2).json["data"]),
    last_page_is_repeated=lambda c: len(c.rest("GET", "/countries", page=999).json["data"]),
    total_is_that_of_the_page=lambda c: c.rest("GET", "/store/domain/pricing", page_size=2).json["meta"],
    countries_leave_in_latin_1=lambda c: c.rest("GET", "/countries/AX").data,
    unknown_product_shows_the_stack=lambda c: c.rest("GET", "/store/products/999").json["message"],
    unknown_group_crashes=lambda c: c.rest("GET", "/store/products/groups/999").status_code,
    guests_have_empty_lists=lambda c: c.rest("GET", "/user/services").status_code,
    cart_total_forgets_the_quantity=lambda c: c.totals(BUSINESS | {"quantity": 3}),
    cart_total_forgets_the_setup_fees=lambda c: c.totals(BUSINESS),
    totals_are_added_as_floats=lambda c: c.totals(*(register(f"free-{name}.com") for name in "abc")),
    items_of_one_request_share_an_id=lambda c: len(
        {each["item_id"] for each in c.add(c.cart(), PRODUCT, BUSINESS).json["data"]["items"]}
    ),
    same_product_replaces_the_first=lambda c: len(c.contents(c.cart(PRODUCT, PRODUCT | {"quantity": 2}))["items"]),
    repeated_add_is_dropped=lambda c: len(c.contents(c.cart(PRODUCT, PRODUCT))["items"]),
    unknown_code_is_accepted=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/promotions", {"code": "NONE"}).status_code,
    unknown_cycle_is_taken_for_monthly=lambda c: c.add(c.cart(), PRODUCT | {"billing_cycle": "hourly"}).status_code,
    country_may_be_left_out=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/geolocation", {}).status_code,
    empty_list_is_null=lambda c: c.rest("GET", f"{c.cart(PRODUCT)}/promotions").json,
    more_is_sold_than_there_is=lambda c: c.rest("POST", f"{c.cart(SERVER | {'quantity': 3})}/validate").json,
    validation_is_sent_as_html=lambda c: c.rest("POST", f"{c.cart(PRODUCT)}/validate").content_type,
)


@seen
def session_lives_after_logout(c: Caller) -> Any:
    c.log_in()
    c.state = c.rest("DELETE", "/user/session").headers["X-Api-State"]
    return c.rest("GET", "/user/services").status_code


@seen
def expired_state_is_accepted(c: Caller) -> Any:
    c.log_in()
    c.later(days=2)
    return c.rest("GET", "/user/services").status_code


@seen
def anybodys_service_is_shown(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.rest("GET", "/user/services/19").status_code


@seen
def service_is_due_a_day_early(c: Caller) -> Any:
    c.log_in()
    return c.rest("GET", "/user/services/19").json["data"]["billing"]["next_due_date"]


@seen
def discount_is_taken_twice(c: Caller) -> Any:
    return sums(c.rest("POST", f"{c.cart(PRODUCT)}/promotions", {"code": "demopromo"}).json["data"])


@seen
def everybody_pays_in_dollars(c: Caller) -> Any:
    c.log_in("twofa@example.com")
    return c.contents(c.cart(PRODUCT))["totals"]["total"]


@seen
def changed_product_drops_its_addons(c: Caller) -> Any:
    path = c.cart(PRODUCT | {"addons": [{"id": 1}]})
    item = c.contents(path)["items"][0]["item_id"]
    c.rest("POST", f"{path}/items/{item}", {"type": "product", "billing_cycle": "annually"})
    return len(c.contents(path)["items"][0]["addons"])


@seen
def concurrent_adds_lose_one(c: Caller) -> Any:
    path = c.cart()
    c.at_once(lambda: c.add(path, PRODUCT), lambda: c.add(path, BUSINESS))
    return len(c.contents(path)["items"])


@seen
def deleted_item_comes_back(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    item = c.contents(path)["items"][0]["item_id"]
    return len(c.rest("DELETE", f"{path}/items/{item}").json["data"]["items"]), len(c.contents(path)["items"])


@seen
def anybodys_cart_is_shown(c: Caller) -> Any:
    c.log_in()
    path = c.cart(PRODUCT)
    c.state = ""
    return c.rest("GET", path).status_code


@seen
def newest_cart_is_not_listed(c: Caller) -> Any:
    c.log_in()
    return c.cart(), c.cart(), c.rest("GET", "/cart").json["data"]


@seen
def refused_items_stay_in_the_cart(c: Caller) -> Any:
    path = c.cart()
    return c.add(path, PRODUCT, PRODUCT | {"product_id": 999}).status_code, len(c.contents(path)["items"])


@seen
def checkout_leaves_the_stock(c: Caller) -> Any:
    c.log_in()
    assert 200 == c.rest("POST", f"{c.cart(SERVER)}/checkout").status_code
    return c.rest("GET", "/store/products/3").json["data"]["stock_quantity"]


@seen
def text_beyond_the_bmp_crashes(c: Caller) -> Any:
    path = c.cart(PRODUCT)
    item = c.contents(path)["items"][0]["item_id"]
    fields = {"custom_fields": [{"id": 1, "value": "a friend 🙂"}]}
    return c.rest("POST", f"{path}/items/{item}/customfields", fields).status_code
