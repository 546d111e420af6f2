"""The money of carts, computed here a second time from the prices that the catalogue shows. See docs/money.md."""

from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from tests.mockserver.whmcs.rest.conftest import STANDS_AT, Visitor
from tests.mockserver.whmcs.rest.shopping import (
    BUSINESS,
    PRODUCT,
    REGISTRATION,
    TRANSFER,
    Shopper,
    business,
    product,
    value,
)

CYCLES = ("monthly", "quarterly", "semiannually", "annually", "biennially", "triennially")
TAXES = {"GB": ["20"], "US": ["7.25", "1.5"], "DE": []}
#: what the seed says is taxed: products, and addons; domains are not
TAXED, TAXED_ADDONS = {2, 3, 5, 6}, {3}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def lines(cart):
    """Each line's parts (the product with its options is one), from the answer: (cycle, setup, amount)."""
    for item in cart["items"]:
        for each in item["items"] if item.get("type") == "bundle" else [item]:
            yield [each, *each.get("config_options", ())]
            if isinstance(each.get("domain"), dict):
                yield [each["domain"]]
            yield from ([addon] for addon in each.get("addons", ()))


def parts(line):
    for part in line:
        price = (part["billing"] or {}).get("price") or {}
        for how, each in price.items():
            yield part["billing"]["cycle"] if how == "recurring" else None, value(each["setup"]), value(each["amount"])


def is_taxed(line):
    """Whether the seed taxes what the line is for."""
    first = line[0]
    return first.get("product", {}).get("id") in TAXED or first.get("addon", {}).get("id") in TAXED_ADDONS


def check(cart, per_cent="0", client="0"):
    """The totals are what the rules make of the lines, with a promotion of so many per cent on all of them."""
    totals, rows = cart["totals"], [(is_taxed(line), list(parts(line))) for line in lines(cart)]
    subtotal, off, taxed, recurring = Decimal(0), Decimal(0), Decimal(0), {}
    for is_due, row in rows:
        due = sum((setup + amount for _, setup, amount in row), Decimal(0))
        less = cents(due * Decimal(per_cent) / 100)
        subtotal += due
        off += less
        taxed += (due - less) * is_due
        for cycle, _, amount in row:
            if cycle:
                recurring[cycle] = recurring.get(cycle, Decimal(0)) + amount
    off_client = cents((subtotal - off) * Decimal(client) / 100)
    rates = TAXES[totals["geolocation"]["country_code"]] if "geolocation" in totals else []
    taxed -= cents(taxed * Decimal(client) / 100)
    taxes = [cents(taxed * Decimal(rate) / 100) for rate in rates]
    assert subtotal == value(totals["subtotal"])
    assert [each for each in (off, off_client) if each] == [value(each["amount"]) for each in totals["discounts"]]
    assert [Decimal(rate) for rate in rates] == [Decimal(str(tax["percentage"])) for tax in totals["taxes"]]
    assert taxes == [value(tax["amount"]) for tax in totals["taxes"]]
    assert subtotal - off - off_client + sum(taxes) == value(totals["total"])
    assert [(cycle, recurring[cycle]) for cycle in CYCLES if cycle in recurring] == [
        (each["cycle"], value(each["amount"])) for each in totals["recurring"]
    ]


@pytest.fixture
def guest(visitor):
    return Shopper(visitor)


@pytest.mark.parametrize(
    ("item", "subtotal", "recurring"),
    [
        (PRODUCT, "10.00", {"monthly": "10.00"}),
        (product(config_options=[{"id": 1, "value": 2}]), "12.00", {"monthly": "12.00"}),
        (BUSINESS, "30.00", {"monthly": "25.00"}),
        (business(quantity=3), "90.00", {"monthly": "75.00"}),
        (business(quantity=2, config_options=[{"id": 2, "value": 4}]), "68.00", {"monthly": "52.00"}),
        (business(quantity=2, config_options=[{"id": 4, "value": 10}]), "70.00", {"monthly": "60.00"}),
        (business(quantity=2, config_options=[{"id": 3, "value": True}]), "66.00", {"monthly": "56.00"}),
        (business(config_options=[{"id": 4, "value": 51}]), "30.00", {"monthly": "25.00"}),
        (product(addons=[{"id": 1, "quantity": 3}]), "22.00", {"monthly": "22.00"}),
        (product(addons=[{"id": 3}]), "50.00", {"monthly": "10.00", "annually": "30.00"}),
        (product(addons=[{"id": 9}]), "30.00", {"monthly": "10.00"}),
        ({"type": "product", "product_id": 4, "billing_cycle": "free"}, "0.00", {}),
        ({"type": "product", "product_id": 6, "billing_cycle": "onetime", "quantity": 2}, "100.00", {}),
        (REGISTRATION, "12.95", {"annually": "12.95"}),
        ({**REGISTRATION, "period": 3, "id_protection": True}, "53.85", {"triennially": "53.85"}),
        ({**REGISTRATION, "period": 4}, "51.80", {}),
        ({**REGISTRATION, "name": "premium-one.com"}, "129.50", {"annually": "129.50"}),
        (TRANSFER, "12.95", {"annually": "12.95"}),
        ({**TRANSFER, "name": "taken.co.uk"}, "0.00", {"annually": "0.00"}),
        ({"type": "bundle", "id": 1}, "210.00", {"annually": "210.00"}),
        ({"type": "bundle", "id": 1, "items": [REGISTRATION]}, "220.00", {"annually": "220.00"}),
        ({"type": "bundle", "id": 1, "items": [{**REGISTRATION, "period": 2}]}, "235.90",
         {"annually": "210.00", "biennially": "25.90"}),
        ({"type": "bundle", "id": 1, "items": [BUSINESS]}, "34.00", {"monthly": "29.00"}),
        ({"type": "bundle", "id": 4}, "51.00", {"monthly": "36.00"}),
    ],
)  # fmt: skip
def test_a_line_costs_what_the_catalogue_says(guest, item, subtotal, recurring):
    """Expected values are from the seed, by hand."""
    cart = guest.add(item)
    assert subtotal == cart["totals"]["subtotal"]["value"] == cart["totals"]["total"]["value"]
    assert recurring == {each["cycle"]: each["amount"]["value"] for each in cart["totals"]["recurring"]}
    check(cart)


@pytest.mark.parametrize("place", [{"country_code": "US", "state": "california"}, {"country_code": "GB"}])
def test_taxes_are_taken_of_what_is_left_after_discounts(guest, place):
    """Both levels are rounded for themselves."""
    guest.ask("POST", "/geolocation", place)
    check(guest.add(PRODUCT, business(quantity=3), REGISTRATION))
    check(guest.ask("POST", "/promotions", {"code": "CARTAPI"}), per_cent="20")


def test_an_amount_is_shown_as_a_buyer_reads_it(guest):
    """Prefix, value and suffix make the display value."""
    total = guest.add(PRODUCT)["totals"]["total"]
    assert {"value": "10.00", "code": "USD", "display_value": "$10.00 USD", "prefix": "$", "suffix": " USD"} == total


def test_a_client_who_pays_in_another_currency(visitor):
    """Client 3 pays in EUR, at 0.9; where it lives there are no taxes."""
    visitor.log_in("twofa@example.com")
    visitor.verify("417339")
    cart = Shopper(visitor)
    shown = cart.add(PRODUCT, {"type": "bundle", "id": 1, "items": [REGISTRATION]})
    shown = cart.ask("POST", "/promotions", {"code": "PROMOCODE"})
    check(shown | {"totals": {**shown["totals"], "discounts": [], "total": shown["totals"]["subtotal"]}})
    assert ("207.00", "4.50", "202.50") == (
        shown["totals"]["subtotal"]["value"], shown["totals"]["discounts"][0]["amount"]["value"],
        shown["totals"]["total"]["value"],
    )  # fmt: skip
    assert 4.5 == shown["promotions"][0]["value"]
    assert '"code":"USD"' not in cart.send("GET").text.replace(" ", "")
    assert "€202.50 EUR" == shown["totals"]["total"]["display_value"]


def test_a_guests_cart_is_taxed_where_the_client_lives_once_it_is_the_users(guest):
    """Until then the geolocation decides; see docs/money.md, 1."""
    guest.add(BUSINESS)
    guest.ask("POST", "/geolocation", {"country_code": "US", "state": "CA"})
    assert "32.63" == guest.show()["totals"]["total"]["value"]
    guest.visitor.log_in()
    assert "36.00" == guest.show()["totals"]["total"]["value"]


@pytest.mark.parametrize("discount", ["0", "12.5"])
def test_a_cart_comes_to_what_addorder_asks_for_the_same(davis, whmcs_now: Mock, discount):
    """One installation taxes alike: what the catalogue marks, less the client's discount on it, through either API."""
    whmcs_now.worlds.get("main").state("whmcs").clients[1].discount = Decimal(discount)
    cart = Shopper(davis).add(product(addons=[{"id": 1}, {"id": 3}]), BUSINESS, {**REGISTRATION, "period": 2})
    things = {"pid[0]": 1, "addons[0]": "1,3", "pid[1]": 5, "domain[2]": "spare-three.com", "domaintype[2]": "register"}
    order = davis.call(
        "AddOrder", clientid=1, paymentmethod="mailin", billingcycle="monthly", **things, **{"regperiod[2]": 2}
    )
    invoice = davis.call("GetInvoice", invoiceid=order["invoiceid"])
    taxed = sum((Decimal(each["amount"]) for each in invoice["items"]["item"] if each["taxed"]), Decimal(0))

    assert cart["totals"]["total"]["value"] == invoice["total"]
    assert cents(taxed / 5) == Decimal(invoice["tax"])


def test_a_fixed_amount_comes_off_once_and_never_more_than_is_due(guest):
    """Nothing off is no discount."""
    guest.ask("POST", "/promotions", {"code": "PROMOCODE"})
    assert "5.00" == guest.add(PRODUCT, PRODUCT)["totals"]["discounts"][0]["amount"]["value"]
    guest.ask("DELETE", "/items")
    assert [] == guest.add({"type": "product", "product_id": 4, "billing_cycle": "free"})["totals"]["discounts"]


def test_a_code_is_for_some_products_only(guest):
    """It takes nothing off other products, other TLDs, and bundles that allow no codes."""
    guest.add(PRODUCT, TRANSFER, {**REGISTRATION, "name": "free.net"}, {"type": "bundle", "id": 1})
    off = guest.ask("POST", "/promotions", {"code": "demopromo"})["totals"]["discounts"]
    assert [("promotions", Decimal("2.30"))] == [(each["type"], value(each["amount"])) for each in off]


def test_a_clients_discount_and_an_exemption(davis, whmcs_now: Mock):
    """The client's discount is taken after the promotion."""
    cart = Shopper(davis)
    cart.add(PRODUCT, BUSINESS)
    cart.ask("POST", "/promotions", {"code": "CARTAPI"})
    client = whmcs_now.worlds.get("main").state("whmcs").clients[1]
    client.discount = Decimal("12.5")
    shown = cart.show()
    assert ["promotions", "client"] == [each["type"] for each in shown["totals"]["discounts"]]
    check(shown, per_cent="20", client="12.5")
    client.tax_exempt = True
    assert [] == cart.show()["totals"]["taxes"]


# Shoppers side by side


def a_thing(dice: Random):
    """Something to put into a cart."""
    return dice.choice(
        [
            product(billing_cycle=dice.choice(["monthly", "quarterly", "annually", None])),
            product(addons=[{"id": dice.choice([1, 3, 5, 9]), "quantity": dice.randint(0, 3)}]),
            business(
                quantity=dice.randint(-1, 5),
                config_options=[{"id": 4, "value": dice.randint(0, 60)}, {"id": 2, "value": dice.choice([3, 4, 5])}],
            ),
            {**REGISTRATION, "period": dice.randint(1, 10), "dns_management": dice.random() < 0.5},
            {**TRANSFER, "period": dice.randint(1, 9)},
            {"type": "bundle", "id": 1, "items": [REGISTRATION] if dice.random() < 0.5 else []},
        ]
    )


def shop(app: Mock, seed: int, carts: int, operations: int) -> int:
    """Fill carts and check the totals after every operation; how many were checked."""
    dice, checked = Random(seed), 0
    visitor = Visitor(app.test_client())
    for _ in range(carts):
        cart, per_cent, items = Shopper(visitor), "0", []
        for _ in range(operations):
            deed = dice.randrange(8)
            if deed == 0:
                shown, per_cent = cart.ask("POST", "/promotions", {"code": "CARTAPI"}), "20"
            elif deed == 1:
                shown, per_cent = cart.ask("DELETE", "/promotions"), "0"
            elif deed == 2:
                shown = cart.ask(
                    "POST", "/geolocation", dice.choice([{"country_code": "GB"}, {"country_code": "US", "state": "CA"}])
                )
            elif deed == 3 and items:
                item = dice.choice(items)
                shown = cart.ask("DELETE", f"/items/{item['item_id']}")
            else:
                shown = cart.add(a_thing(dice))
            items = [each for each in shown["items"] if "item_id" in each]
            bundled = any(each.get("type") == "bundle" for each in shown["items"])  # which takes no part in promotions
            if not bundled or per_cent == "0":
                check(shown, per_cent)
                checked += 1
    return checked


@pytest.mark.parametrize(("carts", "operations"), [(8, 20)])
def test_two_shoppers_at_once(carts, operations):
    """Totals follow the rules after every operation, whoever else is shopping."""
    app = create_app(["whmcs"], stands_at=STANDS_AT)
    with ThreadPoolExecutor(2) as pool:
        checked = sum(pool.map(lambda seed: shop(app, seed, carts, operations), (1, 2)))
    assert checked > carts * operations
    assert 2 * carts == len(app.worlds.get("main").state("whmcs").carts)
