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
    unknown_provider_is_an_error_without_type=lambda c: doc(c, func="cart", project=9)["error"].get("$type"),
    a_list_of_one_has_no_element=lambda c: sorted(doc(c, func="order")["elem"]),
    names_are_not_escaped_in_xml=lambda c: ask(c, "xml", func="vds").data,
    russian_is_sent_in_another_encoding=lambda c: ask(c, func="nothing", lang="ru").data,
    services_expire_a_day_early=lambda c: services(c)[0]["expiredate"],
    dates_are_written_as_in_russia=lambda c: len(services(c)[0]["createdate"]["$"].split("-")),
    all_money_is_roubles=lambda c: total(c) and doc(c, func="cart")["total"]["currency"],
    a_missing_tariff_shows_the_query=lambda c: order(c, pricelist=999)["error"]["msg"],
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


# How a call is read

MACHINE = {"func": "domain.order.param", "clicked_button": "quickbasket", "pricelist": 151, "period": 24, "sok": "ok",
           "domain": "a.example", "force_use_new_cart": "on"}  # fmt: skip
GONE = "no-such-session-0123456789abcdef"


def by_query(c: Caller, **fields: Any) -> Any:
    """Order something by a query."""
    path, given = f"{c.world}/billmgr", {"authinfo": "demo:demo", "out": "xjson", **VDS, **fields}
    return c.mock.test_client().get(path, query_string=given).get_json(force=True)["doc"]


def is_refused(c: Caller, **fields: Any) -> bool:
    """Whether the list of orders is not shown."""
    return "error" in doc(c, func="order", **fields)


def balance(c: Caller, **fields: Any) -> str:
    """What is on the client's first account."""
    rows = doc(c, func="subaccount", **fields)["elem"]
    return str((rows if isinstance(rows, list) else [rows])[0]["balance"]["$"])


def session(c: Caller, name: str = "demo") -> str:
    """A new session."""
    return str(doc(c, func="auth", username=name, password=name, authinfo=None)["auth"]["$"])


def renewed(c: Caller, **fields: Any) -> Any:
    """Whether a machine that is bought at once renews itself."""
    order(c, skipbasket="on", **fields)
    return services(c)[-1]["autoprolong"]["$"]


def by_cookie(c: Caller) -> bool:
    """Whether a session in a cookie opens nothing."""
    client, opened = c.mock.test_client(), session(c)
    client.set_cookie("billmgrses5", opened)
    return b"error" in client.get(f"{c.world}/billmgr?func=order&out=xjson").data


said(
    addons_are_not_read_from_a_query=lambda c: (by_query(c, addon_5=10), total(c)),
    first_addon_alone_is_ordered=lambda c: (order(c, addon_5=10, addon_12=126), total(c)),
    an_addon_that_is_off_is_on=lambda c: (order(c, addon_15="off"), total(c)),
    none_of_an_addon_is_one=lambda c: (order(c, addon_5=0), total(c)),
    choices_are_counted_from_the_first=lambda c: (order(c, addon_14=2), total(c)),
    skipbasket_counts_when_it_is_off=lambda c: (order(c, skipbasket="off"), balance(c)),
    renewal_counts_when_it_is_off=lambda c: renewed(c, autoprolong="off"),
    data_center_is_not_read=lambda c: (order(c, datacenter=2), doc(c, func="cart")["list"]["elem"]["datacenter"]),
    language_is_not_read=lambda c: doc(c, func="nothing", lang="ru")["error"]["msg"],
    an_absent_password_opens=lambda c: is_refused(c, authinfo="demo"),
    longer_passwords_open_too=lambda c: is_refused(c, authinfo="demo:demonstration"),
    sessions_are_not_looked_up=lambda c: is_refused(c, authinfo=None, auth=GONE),
    lists_ask_for_no_login=lambda c: is_refused(c, authinfo=None),
    session_is_not_read_from_its_cookie=by_cookie,
    sessions_are_the_first_clients=lambda c: balance(c, authinfo=None, auth=session(c, "poor")),
)


# What is in a cart, and what ordering it does


def listed(c: Caller, **fields: Any) -> int:
    """How many rows a list has."""
    rows = doc(c, **fields).get("elem", [])
    return len(rows) if isinstance(rows, list) else 1


def two(c: Caller) -> tuple[str, str]:
    """Put two items into the cart; their ids."""
    return order(c)["lineitem.id"]["$"], order(c, order_period=3)["lineitem.id"]["$"]


def of_the_cart(c: Caller) -> list[str]:
    """The ids of what is in the cart."""
    rows = doc(c, func="cart").get("list", {}).get("elem", [])
    return [row["id"]["$"] for row in (rows if isinstance(rows, list) else [rows])]


said(
    cart_counts_its_tariffs=lambda c: (two(c), total(c)),
    cart_total_is_that_of_the_last_item=lambda c: (two(c), total(c)),
    addons_cost_the_same_however_many=lambda c: (order(c, addon_5=10), total(c)),
    longer_periods_cost_what_a_month_costs=lambda c: (order(c, order_period=12), total(c)),
    certificates_cost_the_same_for_any_period=lambda c: (doc(c, **MACHINE), total(c)),
    what_skips_the_cart_costs_nothing=lambda c: (order(c, skipbasket="on"), balance(c)),
    what_skips_the_cart_is_paid_twice=lambda c: (order(c, skipbasket="on"), balance(c)),
    what_skips_the_cart_is_in_it_too=lambda c: (order(c, skipbasket="on"), total(c)),
    orders_from_the_cart_cost_nothing=lambda c: (order(c), doc(c, **MONEY), balance(c)),
    orders_have_no_payment=lambda c: (order(c), doc(c, **MONEY), listed(c, func="payment")),
    ordering_one_item_takes_all=lambda c: (doc(c, **MONEY, elid=two(c)[0]), total(c)),
    carts_of_all_clients_are_one=lambda c: (order(c), total(c, authinfo="poor:poor")),
    payments_of_all_clients_are_listed=lambda c: listed(c, func="payment", authinfo="poor:poor"),
    services_of_all_clients_are_listed=lambda c: listed(c, func="vds", authinfo="poor:poor"),
    payments_are_not_narrowed=lambda c: listed(c, func="payment", filter="on", status=9),
    deletion_takes_the_first_item=lambda c: (
        doc(c, func="cart", clicked_button="delete", id=two(c)[1], sok="ok"), of_the_cart(c)
    ),
    emptied_cart_keeps_its_last_item=lambda c: (two(c), doc(c, func="cart.empty", sok="ok"), of_the_cart(c)),
    looking_at_the_form_orders=lambda c: (order(c, sok=None), total(c)),
    the_cart_asks_for_no_confirmation=lambda c: (two(c), doc(c, func="cart.empty"), of_the_cart(c)),
    quick_orders_go_into_the_old_basket=lambda c: (doc(c, **MACHINE), total(c)),
    a_row_that_is_alone_is_a_list=lambda c: type(doc(c, func="order")["elem"]),
    amounts_lose_their_last_zero=balance,
)  # fmt: skip
