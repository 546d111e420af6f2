"""How a request is read: forms, URLs, tokens, formats, and the order in which it is refused."""

import hashlib

import pytest

MISSING = "Required parameter is missing: “"
ORDER = "contact_id=1&items[0][sku_id]=1&items[0][quantity]=2&items[0][services][0][service_variant_id]=1"
EMPTY_ITEMS = ["", "items=", "items=0"]


def refusal(answer) -> tuple:
    return answer.status_code, answer.json["error"], answer.json.get("error_description")


def test_brackets_may_be_raw_or_encoded(caller, encoded):
    """Both make the same order."""
    raw, coded = caller.order(ORDER), caller.order(encoded(ORDER))

    assert 60 == raw["total"] == coded["total"]
    assert ["product", "service"] == [item["type"] for item in coded["items"]]


def test_a_form_may_be_multipart(caller):
    """The same fields in parts make the same order."""
    fields = dict(pair.split("=") for pair in ORDER.split("&"))

    answer = caller.post("shop.order.add", data=fields, content_type="multipart/form-data")

    assert 60 == answer.json["total"]


def test_each_empty_bracket_counts_on(caller):
    """`items[][sku_id]=2&items[][quantity]=5` is two items, the second without a SKU."""
    answer = caller.post("shop.order.add", "contact_id=1&items[][sku_id]=2&items[][quantity]=5")

    assert (400, "invalid_param") == refusal(answer)[:2]
    assert "items[1]" in answer.json["error_description"]
    assert [1, 2] == [
        item["sku_id"] for item in caller.order("contact_id=1&items[][sku_id]=1&items[][sku_id]=2")["items"]
    ]


def test_a_json_body_is_not_read(caller):
    """It is as if nothing had been sent, so the first parameter is missing."""
    body = {"contact_id": 1, "items": [{"sku_id": 1}]}

    answer = caller.client.post("/api.php/shop.order.add", json=body, headers=caller.headers)

    assert (400, "invalid_param", f"{MISSING}contact”.") == refusal(answer)


@pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
def test_only_post_has_a_form(caller, verb):
    """PHP fills $_POST for no other verb: a token in the form is not seen."""
    form = "access_token=counterfoil-token&contact_id=1&items[0][sku_id]=1"

    answer = caller.client.open(
        "/api.php/shop.order.add", method=verb, data=form, content_type="application/x-www-form-urlencoded"
    )

    assert (400, "token_required") == refusal(answer)[:2]


@pytest.mark.parametrize(
    "url",
    [
        "/api.php/shop.order.getInfo?id=1",
        "/api.php/shop.order.getInfo/?id=1",
        "/api.php/shop/order.getInfo?id=1",
        "/api.php?app=shop&method=order.getInfo&id=1",
        "/api.php/?app=shop&method=order.getInfo&id=1",
        "/w/main/api.php/shop.order.getInfo?id=1",
        "/w/main/api.php/shop/order.getInfo?id=1",
    ],
)
def test_a_method_has_three_urls(caller, url):
    """They reach the same operation, in any world."""
    caller.order()

    answer = caller.client.get(url, headers=caller.headers)

    assert (200, 1) == (answer.status_code, answer.json["id"])


@pytest.mark.parametrize(
    ("url", "status", "error", "text"),
    [
        ("/api.php/shop.order.foo", 404, "invalid_method", "Unknown method: shop.order.foo"),
        ("/api.php?app=shop&method=shop.order.add", 404, "invalid_method", "Unknown method: shop.shop.order.add"),
        ("/api.php?app=shop", 404, "invalid_method", "Unknown method: shop."),
        ("/api.php/blog.post.add", 400, "app_not_installed", "App is not installed (blog)"),
        ("/api.php/blog/post.add", 400, "app_not_installed", "App is not installed (blog)"),
        ("/api.php", 400, "app_not_installed", "App is not installed ()"),
        ("/api.php/foo", 400, "invalid_request", None),
        ("/api.php/a/b/c", 400, "invalid_request", None),
    ],
)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_what_is_no_method_is_refused(caller, url, status, error, text, verb):
    """By any verb: another app, another method, or no method's URL."""
    answer = caller.client.open(url, method=verb, headers=caller.headers)

    assert (status, error) == refusal(answer)[:2]
    assert text in (None, answer.json["error_description"])


def test_the_app_is_named_in_its_refusal(caller):
    """The key `app` says which one was looked for."""
    assert "blog" == caller.get("blog.post.add").json["app"]


@pytest.mark.parametrize(
    "place",
    [
        {"headers": {"Authorization": "Bearer counterfoil-token"}},
        {"headers": {"Authorization": "bearer  counterfoil-token "}},
        {"headers": {"Authorization": "counterfoil-token"}},
        {"query": "access_token=counterfoil-token"},
        {"form": "&access_token=counterfoil-token"},
        {"query": "access_token=counterfoil-token", "headers": {"Authorization": "no"}},
        {"form": "&access_token=counterfoil-token", "query": "access_token=no"},
        {"form": "&access_token=", "query": "access_token=0", "headers": {"Authorization": "counterfoil-token"}},
    ],
)
def test_a_token_is_taken_from_three_places(caller, place):
    """The form goes before the query, the query before the header, and what is empty does not count."""
    form = ORDER + place.get("form", "")

    answer = caller.post("shop.order.add", form, place.get("query", ""), headers=place.get("headers", {}))

    assert 200 == answer.status_code


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        (None, (400, "token_required", "Access token is missing")),
        ("Bearer", (401, "invalid_token", "Invalid access token")),
        ("Bearer wrong", (401, "invalid_token", "Invalid access token")),
        ("Bearer counterfoil-expired", (401, "invalid_token", "Access token has expired")),
        ("Bearer counterfoil-wrong-scope", (403, "access_denied", None)),
    ],
)
@pytest.mark.parametrize("method", ["shop.order.add", "shop.order.getInfo", "shop.order.foo"])
def test_a_token_that_does_not_open_is_refused(caller, token, expected, method):
    """Before the method and its verb are looked at."""
    answer = caller.get(method, headers={"Authorization": token} if token else {})

    assert expected == refusal(answer)


def test_an_unknown_token_is_answered_with_its_hash(caller):
    """The caller can tell which token it sent without seeing it in a log."""
    answer = caller.get("shop.order.search", headers={"Authorization": "Bearer wrong"})

    assert hashlib.sha256(b"wrong").hexdigest() == answer.json["sha256"]


@pytest.mark.parametrize("format_", ["yaml", "json ", "xmlx"])
def test_an_unknown_format_is_refused_first(caller, format_):
    """In JSON, with status 200, before the token is looked at."""
    answer = caller.get("shop.order.search", f"format={format_}", headers={})

    assert (200, "invalid_request", f"Invalid response format: {format_.upper()}") == refusal(answer)
    assert "application/json; charset=utf-8" == answer.content_type


def test_an_accepted_answers_format_stands_in_the_query_only(caller):
    """In capitals too; a form field of that name says nothing."""
    assert "text/xml; charset=utf-8" == caller.get("shop.order.search", "format=XML").content_type
    assert "application/json; charset=utf-8" == caller.post("shop.order.add", f"{ORDER}&format=yaml").content_type


def test_checks_have_an_order(caller):
    """Of several reasons, the first of the contract's list is the answer."""
    bad = {"Authorization": "Bearer counterfoil-wrong-scope"}
    caller.settings(licensed=False)

    assert (
        "Invalid response format: A" == caller.get("shop.order.foo", "format=a", headers={}).json["error_description"]
    )
    assert "app_not_installed" == caller.get("blog.post.add", headers=bad).json["error"]
    assert "access_denied" == caller.get("shop.order.foo", headers=bad).json["error"]
    assert (402, "payment_required", "License not activated") == refusal(caller.get("shop.order.foo"))
    caller.settings(api_enabled=False, licensed=True)
    assert (404, "disabled", "API is disabled") == refusal(caller.get("shop.order.foo", "format=a", headers={}))


@pytest.mark.parametrize(
    ("method", "verbs"),
    [
        ("shop.order.add", ("GET", "PUT")),
        ("shop.order.action", ("GET",)),
        ("shop.order.delete", ("GET", "DELETE")),
        ("shop.order.getInfo", ("POST",)),
        ("shop.order.search", ("POST",)),
        ("shop.order.actions", ("POST", "PATCH")),
    ],
)
def test_a_method_takes_one_verb(caller, method, verbs):
    """Any other is named in the refusal, before the parameters are looked at."""
    for verb in verbs:
        answer = caller.client.open(f"/api.php/{method}", method=verb, headers=caller.headers)

        assert (405, "invalid_request", f"Method {verb} not allowed") == refusal(answer)


@pytest.mark.parametrize("nobody", ["", "contact_id=", "contact_id=0", "contact_id=&contact=0", "contact="])
@pytest.mark.parametrize("items", EMPTY_ITEMS)
def test_the_contact_is_missed_before_the_items(caller, nobody, items):
    """With both missing, only the contact is named."""
    answer = caller.post("shop.order.add", f"{nobody}&{items}")

    assert (400, "invalid_param", f"{MISSING}contact”.") == refusal(answer)


@pytest.mark.parametrize("somebody", ["contact_id=1", "contact=2", "contact[name]=Cy", "contact_id=0&contact=1"])
@pytest.mark.parametrize("items", EMPTY_ITEMS)
def test_items_are_missed_after_the_contact(caller, somebody, items):
    """Absent, empty and 0 are the same."""
    answer = caller.post("shop.order.add", f"{somebody}&{items}")

    assert (400, "invalid_param", f"{MISSING}items”.") == refusal(answer)


@pytest.mark.parametrize(
    ("form", "parameter"),
    [
        ("contact_id=x&items[0][sku_id]=1", "contact_id"),
        ("contact_id=-1&items[0][sku_id]=1", "contact_id"),
        ("contact=Ada&items[0][sku_id]=1", "contact"),
        ("contact[email][0]=a&items[0][sku_id]=1", "contact"),
        ("contact_id=1&items=1", "items"),
        ("contact_id=1&items[a][sku_id]=1", "items"),
        ("contact_id=1&items[0]=1", "items[0]"),
        ("contact_id=1&items[0][sku_id]=x", "items[0][sku_id]"),
        ("contact_id=1&items[0][sku_id]=0", "items[0][sku_id]"),
        ("contact_id=1&items[0][sku_id]=1&items[0][quantity]=0", "items[0][quantity]"),
        ("contact_id=1&items[0][sku_id]=1&items[0][quantity]=-1.5", "items[0][quantity]"),
        ("contact_id=1&items[0][sku_id]=1&items[0][quantity]=two", "items[0][quantity]"),
        ("contact_id=1&items[0][sku_id]=1&items[0][services]=1", "items[0][services]"),
        ("contact_id=1&items[0][sku_id]=1&items[0][services][0]=1", "items[0][services][0]"),
        ("contact_id=1&items[0][sku_id]=1&comment[a]=1", "comment"),
        ("contact_id=1&items[0][sku_id]=1&params=1", "params"),
        ("contact_id=1&items[0][sku_id]=1&items[0][quantity]=9999999999999", "quantity"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(caller, form, parameter):
    """As it stands on the wire, with the reason; and no order is made."""
    answer = caller.post("shop.order.add", form)

    assert (400, "invalid_param") == refusal(answer)[:2]
    assert answer.json["error_description"].startswith(f"Invalid value of parameter {parameter}: it ")
    assert 0 == caller.count()


def test_an_unknown_contact_is_refused(caller):
    """By either name, and no order is made."""
    for name in ("contact_id", "contact"):
        answer = caller.post("shop.order.add", f"{name}=9&items[0][sku_id]=1")

        assert (400, "invalid_param", "Contact 9 does not exist") == refusal(answer)
    assert 0 == caller.count()


@pytest.mark.parametrize("method", ["getInfo", "actions", "delete", "action"])
@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("", (400, f"{MISSING}id”.")),
        ("0", (400, f"{MISSING}id”.")),
        ("-1", (400, "Invalid value of parameter id: ")),
        ("x", (400, "Invalid value of parameter id: it is not of type")),
        ("99999999999999999999", (404, "Order not found.")),
        ("7", (404, "Order not found.")),
    ],
)
def test_an_order_is_named_by_its_id(caller, method, id_, expected):
    """No id, no number and no order are three refusals, by whichever method."""
    field = f"id={id_}&action=process"
    call = caller.post if method in ("delete", "action") else caller.get

    answer = call(f"shop.order.{method}", field)

    assert (expected[0], "invalid_param") == refusal(answer)[:2]
    assert answer.json["error_description"].startswith(expected[1])


def test_an_action_is_needed(caller):
    """After the id, before the order is looked for."""
    assert f"{MISSING}id”." == caller.post("shop.order.action").json["error_description"]
    assert f"{MISSING}action”." == caller.post("shop.order.action", "id=7&action=").json["error_description"]


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("limit=0", 200, "Parameter limit must be from 1 to 1000"),
        ("limit=1001", 200, "Parameter limit must be from 1 to 1000"),
        ("offset=-1", 200, "Parameter offset must not be negative"),
        ("limit=many", 400, "Invalid value of parameter limit: "),
        ("offset=1.5", 400, "Invalid value of parameter offset: "),
        ("hash=orders", 400, "Invalid value of parameter hash: "),
        ("hash=id/x", 400, "Invalid value of parameter hash: "),
        ("hash=search/height=1", 400, "Invalid value of parameter hash: "),
        ("hash=search/nothing", 400, "Invalid value of parameter hash: "),
        ("hash[]=id/1", 400, "Invalid value of parameter hash: "),
    ],
)
def test_a_page_out_of_range_is_refused_with_200(caller, query, status, text):
    """A live shop throws without a status there; any other bad parameter is a 400."""
    answer = caller.get("shop.order.search", query)

    assert (status, "invalid_param") == refusal(answer)[:2]
    assert answer.json["error_description"].startswith(text)
