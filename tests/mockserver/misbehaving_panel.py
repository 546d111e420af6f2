"""For each defect of the billing panel, something that a client can see."""

from typing import Any

from misbehaving import Caller, said, seen

VDS = {"func": "v2.vds.order.param", "order_period": 1, "pricelist": 111, "clicked_button": "order", "sok": "ok"}
MONEY = {"func": "cartorder.create.confirm", "paymethod_id": 0, "sok": "ok"}


def ask(c: Caller, out: str = "xjson", authinfo: str = "demo:demo", **fields: Any) -> Any:
    """Call a function of the panel."""
    given = {"authinfo": authinfo, "out": out, **fields}
    return c.mock.test_client().post(f"{c.world}/billmgr", data={name: v for name, v in given.items() if v is not None})


def doc(c: Caller, **fields: Any) -> Any:
    """What a function of the panel answers."""
    return ask(c, **fields).get_json(force=True)["doc"]


def order(c: Caller, **fields: Any) -> Any:
    """Order something; what is answered."""
    return doc(c, **{**VDS, **fields})


def total(c: Caller, **fields: Any) -> tuple[str, str]:
    """What the cart says that it comes to, and how much is in it."""
    told = doc(c, func="cart", **fields)["total"]
    return told["cost"]["$"], told["count"]["$"]


def services(c: Caller) -> list[Any]:
    """The client's machines."""
    rows = doc(c, func="vds")["elem"]
    return rows if isinstance(rows, list) else [rows]


said(
    cart_total_leaves_out_the_addons=lambda c: (order(c, addon_5=10), total(c)),
    addons_cost_one_month_only=lambda c: (order(c, order_period=3, addon_5=10), total(c)),
    second_item_replaces_the_first=lambda c: (order(c), order(c), total(c)),
    same_order_twice_is_one_item=lambda c: (order(c), order(c), total(c)),
    carts_of_all_providers_are_one=lambda c: (order(c), order(c, pricelist=211), total(c, project=2)),
    orders_of_all_clients_are_listed=lambda c: len(str(doc(c, func="order", authinfo="poor:poor"))),
    any_password_opens=lambda c: "error" in doc(c, func="order", authinfo="demo:guess"),
    addon_values_have_no_bounds=lambda c: "error" in order(c, addon_5=101),
    any_word_confirms=lambda c: "error" in order(c, sok="no"),
    unknown_provider_is_an_error_without_type=lambda c: doc(c, func="cart", project=9)["error"].get("$type"),
    a_list_of_one_has_no_element=lambda c: sorted(doc(c, func="order")["elem"]),
    names_are_not_escaped_in_xml=lambda c: ask(c, "xml", func="vds").data,
    russian_is_sent_in_another_encoding=lambda c: ask(c, func="nothing", lang="ru").data,
    services_expire_a_day_early=lambda c: services(c)[0]["expiredate"],
    dates_are_written_as_in_russia=lambda c: len(services(c)[0]["createdate"]["$"].split("-")),
    all_money_is_roubles=lambda c: total(c) and doc(c, func="cart")["total"]["currency"],
    json_is_sent_as_html=lambda c: ask(c, func="order").mimetype,
    a_missing_tariff_shows_the_query=lambda c: order(c, pricelist=999)["error"]["msg"],
    tariffs_are_counted_each_time=lambda c: (
        [ask(c, func="v2.vds.order.pricelist") for _ in range(3)] and c.waited > 0
    ),
    domains_beyond_ascii_are_fatal=lambda c: ask(
        c, func="domain.order.param", clicked_button="quickbasket", pricelist=151, period=12, domain="ä.example", sok="ok"
    ).status_code,
)  # fmt: skip


@seen
def balance_pays_the_first_item_only(c: Caller) -> Any:
    order(c)
    order(c, order_period=3)
    doc(c, **MONEY)
    return doc(c, func="subaccount")["elem"][0]["balance"]


@seen
def renewals_are_free(c: Caller) -> Any:
    services(c)
    c.later(days=25)
    return doc(c, func="subaccount")["elem"][0]["balance"]


@seen
def expired_services_stay_active(c: Caller) -> Any:
    doc(c, func="vds.edit", elid=1, autoprolong="off", sok="ok")
    c.later(days=25)
    return services(c)[0]["item_status"]


@seen
def item_ids_start_again_after_the_cart_was_emptied(c: Caller) -> Any:
    first = order(c)["lineitem.id"]
    doc(c, func="cart.empty", sok="ok")
    return first == order(c)["lineitem.id"]


@seen
def items_ordered_at_once_lose_one(c: Caller) -> Any:
    c.at_once(lambda: order(c), lambda: order(c, order_period=3))
    return total(c)[1]


@seen
def renewal_is_forgotten_when_ordered(c: Caller) -> Any:
    order(c, autoprolong="on")
    doc(c, **MONEY)
    return services(c)[-1]["autoprolong"]


@seen
def ordered_items_stay_in_the_cart(c: Caller) -> Any:
    order(c)
    doc(c, **MONEY)
    return total(c)


@seen
def deleted_item_stays(c: Caller) -> Any:
    item = order(c)["lineitem.id"]["$"]
    return doc(c, func="cart", clicked_button="delete", id=item, sok="ok")["ok"], total(c)


@seen
def sessions_never_end(c: Caller) -> Any:
    session = doc(c, func="auth", username="demo", password="demo", authinfo=None)["auth"]["$"]
    c.later(hours=2)
    return "error" in doc(c, func="order", auth=session, authinfo=None)


@seen
def unpaid_purchase_stays_in_the_cart(c: Caller) -> Any:
    return order(c, skipbasket="on", authinfo="poor:poor")["error"]["$type"], total(c, authinfo="poor:poor")
