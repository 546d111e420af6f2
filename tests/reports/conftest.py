"""A run such as a QA engineer meets: four contracts, every severity, and bodies from strangers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.results import (
    Answer,
    Contract,
    Finding,
    Footer,
    Header,
    Operation,
    Outcome,
    Request,
    Result,
    Results,
    Target,
    totals,
)
from reports.merge import written

STAGING = "https://staging.example.com"


def outcomes(accepted: str, *refused: str, status: int = 200, media_type: str = "application/json") -> list[Outcome]:
    """One accepted outcome and its refusals; `404 order_not_found` puts a refusal under a status of its own."""
    entries = [Outcome(accepted, status, media_type, True, "documented")]
    for entry in refused:
        code, _, name = entry.rpartition(" ")
        evidence = "chosen" if name == "too_many_items" else "documented"
        entries.append(Outcome(name, int(code or 200), media_type, False, evidence))
    return entries


def contracts() -> dict[str, Contract]:
    rest = {
        "create_token": (
            "Trade a login for a token",
            outcomes("token_created", "401 invalid_credentials", "403 second_factor_required", "422 invalid_input"),
        ),
        "list_products": ("The catalogue, a page at a time", outcomes("product_page", "401 unauthorized")),
        "get_product": (
            "One product with its prices",
            outcomes("product", "401 unauthorized", "404 product_not_found"),
        ),
        "add_cart_item": (
            "Put a product into the cart",
            outcomes(
                "item_added",
                "401 unauthorized",
                "404 product_not_found",
                "409 out_of_stock",
                "422 invalid_input",
                status=201,
            ),
        ),
        "delete_cart_item": (
            "Take an item out of the cart",
            outcomes("item_deleted", "401 unauthorized", "404 item_not_found", status=204),
        ),
        "apply_promotion": (
            "Apply a promotion code to the cart",
            outcomes("promotion_applied", "401 unauthorized", "422 promotion_expired", "422 promotion_unknown"),
        ),
        "check_out": (
            "Turn the cart into an order",
            outcomes(
                "order_placed",
                "401 unauthorized",
                "402 payment_declined",
                "409 cart_empty",
                "409 out_of_stock",
                "422 invalid_input",
                status=201,
            ),
        ),
        "list_services": ("The services of the client", outcomes("service_page", "401 unauthorized")),
    }
    classic = {
        "add_order": (
            "Place an order for products, addons and domains",
            outcomes(
                "order_added",
                "client_id_not_found",
                "invalid_payment_method",
                "no_items_added",
                "403 invalid_credentials",
            ),
        ),
        "get_orders": ("Find orders", outcomes("orders_found", "403 invalid_credentials")),
        "any_other_function": ("Every function that is not described", outcomes("function_ran", "command_not_found")),
    }
    billing = {
        "order_service": (
            "Order a service at a tariff",
            outcomes(
                "order_placed",
                "missing_parameter",
                "invalid_value",
                "low_balance",
                "access_denied",
                media_type="text/xml",
            )
            + outcomes("order_placed", media_type="application/json"),
        ),
        "list_tariffs": (
            "The tariffs that can be ordered",
            outcomes("tariff_list", "access_denied", media_type="text/xml"),
        ),
    }
    shop = {
        "add_order": (
            "Create an order",
            outcomes(
                "order_created",
                "400 items_missing",
                "400 sku_not_found",
                "401 invalid_token",
                "403 wrong_scope",
                "too_many_items",
            ),
        ),
        "get_order": ("One order by its id", outcomes("order", "401 invalid_token", "404 order_not_found")),
        "search_orders": ("Orders by hash", outcomes("order_page", "401 invalid_token")),
    }
    return {
        "whmcs-rest": _contract("WHMCS REST API", "2.0", "9f3c", rest),
        "whmcs-classic": _contract("WHMCS classic API", "1.0", "41aa", classic),
        "billmanager": _contract("BILLmanager orders", "2024.6", "c07e", billing),
        "shopscript": _contract("Shop-Script orders", "9.0", "5d12", shop),
    }


def _contract(title: str, version: str, seed: str, operations: dict[str, tuple[str, list[Outcome]]]) -> Contract:
    return Contract(
        title=title,
        version=version,
        sha256=(seed * 16),
        operations={
            name: Operation(summary, "published" if name == "get_orders" else "documented", named)
            for name, (summary, named) in operations.items()
        },
    )


def header(**changes: object) -> Header:
    facts = {
        "counterfoil": "1.0.0",
        "started": "2026-11-21T09:14:03+00:00",
        "seed": 20261121,
        "level": "gate",
        "strict": False,
        "target": {
            "whmcs-rest": Target(f"{STAGING}/api/v2", []),
            "whmcs-classic": Target(f"{STAGING}/includes/api.php", []),
            "billmanager": Target("https://bill.staging.example.com:1500/billmgr", []),
            "shopscript": Target("https://shop.staging.example.com/api.php", ["wire", "our-shop"]),
        },
        "contracts": contracts(),
        "versions": {"python": "3.11.14", "schemathesis": "4.32.5", "hypothesis": "6.170.15", "pytest": "9.1.1"},
    }
    return Header(**(facts | changes))  # type: ignore[arg-type]


def finding(name: str, contract: str, operation: str, **changes: object) -> Finding:
    url = f"{STAGING}/api/v2/cart/items"
    body = '{"product_id": 3, "quantity": 2}'
    facts = {
        "id": name,
        "contract": contract,
        "operation": operation,
        "check": "answer_schema",
        "clause": f"{operation}/response/200/total/type",
        "evidence": "documented",
        "severity": "broken",
        "title": "The total is a number",
        "why": "expected: a number\ngot: the string '20.00'\nat: /total",
        "request": Request(
            "POST",
            url,
            {"Content-Type": "application/json", "Authorization": "Bearer ***", "X-Request-Id": "cf-000017"},
            body,
            f"curl -X POST '{url}' \\\n  -H 'Content-Type: application/json' \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n  --data '{body}'",
        ),
        "answer": Answer(
            200,
            {"Content-Type": "application/json; charset=utf-8", "Server": "nginx", "X-Powered-By": "PHP/8.2"},
            '{"id":17,"total":"20.00","currency":"USD","items":[],"params":{}}',
        ),
        "count": 1,
    }
    return Finding(**(facts | changes))  # type: ignore[arg-type]


def result(name: str, contract: str, operation: str, description: str, **changes: object) -> Result:
    facts = {"phase": "witness", "verdict": "passed", "seconds": 0.042, "requests": 1}
    return Result(id=name, contract=contract, operation=operation, description=description, **(facts | changes))  # type: ignore[arg-type]


def footer(results: list[Result], **changes: object) -> Footer:
    facts = totals(results) | {
        "finished": "2026-11-21T09:15:11+00:00",
        "seconds": 68.4,
        "cases_digest": "7b1f09d2" * 8,
        "exit_code": 1,
        "verdict": "broken",
    }
    return Footer(**(facts | changes))  # type: ignore[arg-type]


def _long_body() -> str:
    items = [
        {
            "id": number,
            "name": f"Жёлтая футболка №{number} 🧢",
            "sku_id": number % 6 + 1,
            "price": "19.9000",
            "quantity": "1.000",
        }
        for number in range(1, 60)
    ]
    return json.dumps({"id": 4, "total": 1174.1, "items": items}, ensure_ascii=False, separators=(",", ":"))


def _findings() -> dict[str, Finding]:
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<doc lang="en" func="v2.vds.order.param">\n'
        '  <error type="value" object="period" lang="en">\n    <param name="object" type="msg">period</param>\n'
        "    <msg>The 'period' field has <b>invalid</b> value &lt;13&gt;. ]]&gt;</msg>\n  </error>\n</doc>"
    )
    billing = "https://bill.staging.example.com:1500/billmgr?func=v2.vds.order.param&out=xml"
    page = (
        "<!doctype html><title>Whoops</title><body><b>Fatal error</b>: Uncaught TypeError in "
        "/var/www/includes/api.php:214</script><script>alert('pwned')</script><img src=\"https://evil.example/x.png\">"
    )
    return {
        "schema": finding("rest-check-out-total-type", "whmcs-rest", "check_out", count=14),
        "law": finding(
            "rest-law-refused-changes-nothing",
            "whmcs-rest",
            "add_cart_item",
            check="law: refused means nothing changed",
            clause="law/refused-changes-nothing",
            title="A refused item is in the cart afterwards",
            why="The request was refused with out_of_stock, but the cart that was read next holds the item.\n"
            "expected: the cart as before, 0 items\ngot: 1 item, product 3 × 5",
            answer=Answer(
                409,
                {"Content-Type": "application/json"},
                '{"message":"Product 3 is out of stock","errors":{"quantity":["Only 2 left"]}}',
            ),
            count=3,
        ),
        "server": finding(
            "classic-add-order-server-error",
            "whmcs-classic",
            "add_order",
            check="no_server_error",
            clause="add_order/response/status",
            title="The server fails on a domain with an umlaut",
            why="An internal server error is never an answer to a request, valid or not.\nexpected: order_added or a named refusal\ngot: 500 Internal Server Error",
            request=Request(
                "POST",
                f"{STAGING}/includes/api.php",
                {"Content-Type": "application/x-www-form-urlencoded"},
                "action=AddOrder&clientid=1&domain[0]=m%C3%BCller.example&domaintype[0]=register",
                f"curl '{STAGING}/includes/api.php' --data 'action=AddOrder' --data 'domain[0]=müller.example' --data 'domaintype[0]=register'",
            ),
            answer=Answer(500, {"Content-Type": "text/html"}, page),
            count=2,
        ),
        "ignored": finding(
            "billmanager/order_service/request/order_period/enum",
            "billmanager",
            "order_service",
            check="request_clause_enforced",
            clause="order_service/request/query/order_period/enum",
            title="order_period=13 is accepted, though only 1, 3, 6, 12, 24, 36 are allowed",
            why="The clause was broken in one place and nothing else was touched; the target did not notice.\nexpected: refused (invalid_value)\ngot: accepted (order_placed)",
            request=Request("GET", billing, {"Accept": "text/xml"}, "", f"curl '{billing}&order_period=13'"),
            answer=Answer(200, {"Content-Type": "text/xml"}, xml),
        ),
        "slow": finding(
            "shop-get-order-slow",
            "shopscript",
            "get_order",
            severity="warning",
            check="time",
            evidence="observed",
            clause="get_order/time",
            title="Answers take longer with every order that is stored",
            why="The first answer took 40 ms and the 200th 1,900 ms.",
            count=120,
        ),
        "leak": finding(
            "classic-leak",
            "whmcs-classic",
            "add_order",
            severity="warning",
            check="no_inner_workings",
            evidence="published",
            clause="add_order/response/body",
            title="An error page names a file of the server",
            why="got: /var/www/includes/api.php:214",
            answer=Answer(500, {}, page),
        ),
        "drift": finding(
            "shop-add-order-drift",
            "shopscript",
            "add_order",
            severity="note",
            check="undocumented_property",
            clause="add_order/response/200/properties",
            title="The answer has a property that the contract does not name: paid_date",
            why="at: /paid_date",
            answer=Answer(200, {"Content-Type": "application/json"}, _long_body()),
            count=31,
        ),
        "choice": finding(
            "shop-too-many-items",
            "shopscript",
            "add_order",
            severity="warning",
            evidence="chosen",
            check="request_clause_enforced",
            clause="add_order/request/items/maxItems",
            title="An order with 1001 items is accepted",
            why="expected: refused (too_many_items)\ngot: accepted (order_created)",
        ),
    }


def _results() -> list[Result]:
    known = _findings()
    entries = [
        result(
            "r1",
            "whmcs-rest",
            "create_token",
            "a right password gives a token",
            seen={"create_token": {"token_created": 41}},
        ),
        result(
            "r2",
            "whmcs-rest",
            "create_token",
            "a wrong password is refused",
            seen={"create_token": {"invalid_credentials": 2, "undocumented 418": 1}},
        ),
        result(
            "r3",
            "whmcs-rest",
            "check_out",
            "a cart becomes an order",
            verdict="failed",
            requests=4,
            seen={"check_out": {"order_placed": 14}, "add_cart_item": {"item_added": 20}},
            findings=[known["schema"]],
        ),
        result(
            "r4",
            "whmcs-rest",
            "add_cart_item",
            "refused means that nothing changed",
            phase="laws",
            verdict="failed",
            requests=212,
            seconds=11.3,
            seen={
                "add_cart_item": {"out_of_stock": 3, "item_added": 90, "invalid_input": 17},
                "delete_cart_item": {"item_deleted": 12},
                "check_out": {"order_placed": 9, "cart_empty": 4},
            },
            findings=[known["law"], known["schema"]],
        ),
        result(
            "r5",
            "whmcs-rest",
            "apply_promotion",
            "an expired code is refused",
            verdict="skipped",
            reason="the profile names no expired promotion code",
            requests=0,
        ),
        result(
            "r6",
            "whmcs-rest",
            "check_out",
            "a declined payment is refused",
            verdict="skipped",
            reason="the profile names no payment method that declines",
            requests=0,
        ),
        result(
            "r7",
            "whmcs-rest",
            "apply_promotion",
            "an unknown code is refused",
            verdict="skipped",
            reason="the profile names no expired promotion code",
            requests=0,
        ),
        result(
            "r8",
            "whmcs-rest",
            "list_products",
            "fuzz",
            phase="fuzz",
            requests=380,
            seconds=20.9,
            seen={"list_products": {"product_page": 361, "unauthorized": 19}, "get_product": {"product": 5}},
        ),
        result(
            "c1", "whmcs-classic", "add_order", "a single product is ordered", seen={"add_order": {"order_added": 6}}
        ),
        result(
            "c2",
            "whmcs-classic",
            "add_order",
            "an unknown client is refused",
            seen={"add_order": {"client_id_not_found": 1}},
        ),
        result(
            "c3",
            "whmcs-classic",
            "add_order",
            "names from all the world are taken",
            phase="fuzz",
            verdict="failed",
            requests=140,
            seconds=8.1,
            seen={"add_order": {"undocumented 500": 2, "no_items_added": 77}},
            findings=[known["server"], known["leak"]],
        ),
        result(
            "c4",
            "whmcs-classic",
            "get_orders",
            "orders are found by their number",
            verdict="errored",
            reason="the connection was reset while the answer was read",
            seen={},
        ),
        result(
            "b1",
            "billmanager",
            "order_service",
            "an order period that does not exist is refused",
            phase="clauses",
            verdict="failed",
            clause="order_service/request/query/order_period/enum",
            seen={"order_service": {"order_placed": 1, "missing_parameter": 9}},
            findings=[known["ignored"]],
        ),
        result(
            "b2",
            "billmanager",
            "list_tariffs",
            "tariffs are listed",
            seen={"list_tariffs": {"tariff_list": 1}, "func=dashboard": {"undocumented 200": 1}},
        ),
        result(
            "s1",
            "shopscript",
            "add_order",
            "a variant is ordered",
            seen={"add_order": {"order_created": 33}},
            findings=[known["drift"], known["choice"]],
        ),
        result(
            "s2",
            "shopscript",
            "get_order",
            "an order is read back",
            seen={"get_order": {"order": 120, "order_not_found": 2}},
            requests=122,
            findings=[known["slow"]],
        ),
    ]
    clauses = ("sku_id/type", "quantity/minimum", "services/items/required", "comment/maxLength", "contact_id/type")
    entries += [
        result(
            f"s-clause-{number}",
            "shopscript",
            "add_order",
            f"the request clause {clause} is enforced",
            phase="clauses",
            clause=f"add_order/request/{clause}",
            seen={"add_order": {"items_missing": 1}},
        )
        for number, clause in enumerate(clauses)
    ]
    return entries


@pytest.fixture
def run() -> Results:
    """A whole run with something of everything in it."""
    results = _results()
    return Results(header(), results, footer(results))


@pytest.fixture
def quiet_run() -> Results:
    """A run in which everything holds."""
    results = [
        result("s1", "shopscript", "add_order", "a variant is ordered", seen={"add_order": {"order_created": 1}})
    ]
    only_shop = {"shopscript": contracts()["shopscript"]}
    target = {"shopscript": Target("http://127.0.0.1:41107", [])}
    return Results(header(contracts=only_shop, target=target), results, footer(results, exit_code=0, verdict="holds"))


@pytest.fixture
def empty_run() -> Results:
    """A run in which no case ran."""
    return Results(header(), [], footer([], exit_code=4, verdict="nothing was tested"))


@pytest.fixture
def make_finding() -> Callable[..., Finding]:
    """Makes a finding from what is special about it."""
    return finding


@pytest.fixture
def make_result() -> Callable[..., Result]:
    """Makes a result from what is special about it."""
    return result


@pytest.fixture
def make_run() -> Callable[..., Results]:
    """Makes a run of the given results; named facts go to the header, `exit_code` and `verdict` to the footer."""

    def make(results: list[Result], **facts: object) -> Results:
        ending = {name: facts.pop(name) for name in ("exit_code", "verdict", "seconds") if name in facts}
        return Results(header(**facts), results, footer(results, **ending))

    return make


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Writes a run into a folder of its own and returns its results file."""

    def save(run: Results, folder: str = "run") -> Path:
        path = tmp_path / folder / "results.jsonl"
        path.parent.mkdir(parents=True)
        written(run, path)
        return path

    return save
