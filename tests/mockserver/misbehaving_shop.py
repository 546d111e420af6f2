"""For each defect of the shop, something that a client can see."""

from typing import Any

from misbehaving import Caller, said, seen

FORM = "application/x-www-form-urlencoded"


def sent(c: Caller, body: str, content_type: str = FORM) -> Any:
    """Place an order by a body as it is written; how many items it has."""
    path = f"{c.world}/api.php/shop.order.add?access_token=counterfoil-token"
    return len(c.mock.test_client().post(path, data=body, content_type=content_type).json.get("items", ()))


def with_header(c: Caller, header: str) -> int:
    """Search with the token in the header."""
    path = f"{c.world}/api.php/shop.order.search"
    return c.mock.test_client().get(path, headers={"Authorization": header}).status_code


def moved(c: Caller, action: str) -> Any:
    """What becomes of an order on which this is done."""
    number = c.sale()["id"]
    c.shop("action", {"id": number, "action": action})
    return c.sold(number).json.get("state_id")


def with_services(c: Caller) -> Any:
    """An order of two lamps with two services."""
    services = {f"items[0][services][{n}][service_variant_id]": n + 1 for n in range(2)}
    return c.sale(1, **{"items[0][quantity]": 2, **services})


PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n1\r\n'

said(
    multipart_forms_are_not_read=lambda c: sent(
        c, f"{PART.format('contact_id')}{PART.format('items[0][sku_id]')}--x--\r\n", "multipart/form-data; boundary=x"
    ),
    brackets_have_to_be_bare=lambda c: sent(c, "contact_id=1&items%5B0%5D%5Bsku_id%5D=1"),
    empty_brackets_are_one_item=lambda c: sent(c, "contact_id=1&items[][sku_id]=1&items[][sku_id]=2"),
    zero_is_a_customer=lambda c: c.sale(contact_id=0, contact=2).get("contact_id"),
    contact_goes_before_contact_id=lambda c: c.sale(contact_id=1, contact=2)["contact_id"],
    first_item_alone_is_ordered=lambda c: len(c.sale(1, 2)["items"]),
    last_service_alone_is_applied=lambda c: len(with_services(c)["items"]),
    same_variant_twice_counts_once=lambda c: len(c.sale(1, 1)["items"]),
    quantities_are_whole_numbers=lambda c: c.sale(6, **{"items[0][quantity]": "1.5"})["items"][0]["quantity"],
    missing_quantity_is_none=lambda c: c.sale()["items"][0]["quantity"],
    comments_are_cut=lambda c: len(c.sale(comment="Please ring twice." * 20)["comment"]),
    answers_are_xml_unless_told=lambda c: c.shop("search").mimetype,
    reading_needs_no_token=lambda c: c.shop("search", access_token="").status_code,
    bearer_is_asked_for_in_one_spelling=lambda c: with_header(c, "bearer counterfoil-token"),
    offset_is_not_read=lambda c: (c.sale(), len(c.shop("search", offset=1).json["orders"]))[-1],
    pages_have_no_largest_size=lambda c: "error" in c.shop("search", limit=1001).json,
    state_is_not_searched_for=lambda c: (c.sale(), c.shop("search", hash="search/state_id=paid").json["count"])[-1],
    refused_order_is_kept=lambda c: (c.shop("add", {"contact_id": 1}), c.shop("search").json["count"])[-1],
    services_are_in_no_total=lambda c: with_services(c)["total"],
    tax_on_top_is_in_no_total=lambda c: c.sale(5)["total"],
    services_are_done_once=lambda c: with_services(c)["items"][1]["quantity"],
    all_orders_are_the_first_customers=lambda c: c.sale(contact_id=2)["contact"]["id"],
    item_ids_begin_anew_in_each_order=lambda c: (c.sale(), c.sale()["items"][0]["id"])[-1],
    items_name_the_order_before=lambda c: c.sale()["items"][0]["order_id"],
    action_is_not_kept=lambda c: moved(c, "process"),
    new_customers_have_but_a_name=lambda c: c.sale(
        contact_id=0, **{"contact[name]": "Cy", "contact[email]": "cy@example.com"}
    )["contact"]["email"],
    deleted_orders_are_not_found=lambda c: moved(c, "delete"),
    caller_says_where_an_order_comes_from=lambda c: c.sale(**{"params[ip]": "192.0.2.1"})["params"]["ip"],
    creation_has_no_time=lambda c: len(c.sale()["create_datetime"]),
    currency_is_its_sign=lambda c: c.sale()["currency"],
    registered_is_a_number=lambda c: type(c.sale()["contact"]["registered"]),
)


@seen
def ampersands_are_bare_in_xml(c: Caller) -> Any:
    number = c.sale(comment="Now & then")["id"]
    return c.sold(number, format="xml").data.count(b"&amp;")


said(
    order_total_forgets_the_quantity=lambda c: c.sale(2, 1, **{"items[0][quantity]": 3})["total"],
    services_name_a_product_as_their_parent=lambda c: [
        item["parent_id"] for item in c.sale(3, **{"items[0][services][0][service_variant_id]": 1})["items"]
    ],
    newest_order_is_not_found=lambda c: (c.sale(), c.sale(), c.shop("search").json["count"])[-1],
    expired_token_is_accepted=lambda c: c.shop("search", access_token="counterfoil-expired").status_code,
    token_of_another_app_is_accepted=lambda c: c.shop("search", access_token="counterfoil-wrong-scope").status_code,
    count_is_that_of_the_page=lambda c: (c.sale(), c.sale(), c.shop("search", limit=1).json["count"])[-1],
    names_are_escaped_twice=lambda c: c.sale(contact_id=0, **{"contact[name]": "A & B"})["contact"]["name"],
    comments_become_question_marks=lambda c: c.sale(comment="Звоните дважды, Straße")["comment"],
    single_item_is_no_list=lambda c: type(c.sale()["items"]),
    totals_are_texts=lambda c: type(c.sale()["total"]),
    items_show_their_profit=lambda c: sorted(c.sold(c.sale()["id"]).json["items"][0]),
    days_come_before_months=lambda c: c.sale()["create_datetime"],
    xml_is_sent_as_json=lambda c: c.sold(c.sale()["id"], format="xml").content_type,
    unknown_order_shows_the_query=lambda c: c.sold(999).json,
    same_sale_twice_is_one=lambda c: (c.sale(3, 1)["id"], c.sale(3, 1)["id"], c.shop("search").json["count"]),
)


@seen
def action_drops_the_comment(c: Caller) -> Any:
    number = c.sale(comment="Please ring twice.")["id"]
    c.shop("action", {"id": number, "action": "process"})
    return c.sold(number).json["comment"]


@seen
def concurrent_sales_lose_one(c: Caller) -> Any:
    c.at_once(lambda: c.sale(1), lambda: c.sale(2))
    return c.shop("search").json["count"]


@seen
def deletion_is_not_kept(c: Caller) -> Any:
    number = c.sale()["id"]
    c.shop("delete", {"id": number})
    return c.sold(number).json["state_id"]


@seen
def refused_action_leaves_a_mark(c: Caller) -> Any:
    number = c.sale()["id"]
    c.shop("action", {"id": number, "action": "refund"})
    return c.sold(number).json["update_datetime"]


@seen
def unavailable_action_is_a_conflict(c: Caller) -> Any:
    return c.shop("action", {"id": c.sale()["id"], "action": "refund"}).status_code


@seen
def deleted_order_keeps_its_stock(c: Caller) -> Any:
    number = c.sale(3)["id"]
    c.shop("delete", {"id": number})
    return c.sold(number).json["params"]["reduced"]
