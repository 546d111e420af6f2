"""What was seen of the framework 3.8.4, request by request: each test names what it was."""

import json
import re
from urllib.parse import urlencode

import pytest

from counterfoil.mockserver.create import create_app

TOKEN = "counterfoil-token"
ORDER = "contact_id=1&items[0][sku_id]=1"
DATABASE = "Database error. See log files for details."


def refusal(answer) -> tuple:
    return answer.status_code, answer.json["error"], answer.json.get("error_description")


def script(answer):
    """What a script calls its function with."""
    assert (200, "text/javascript; charset=utf-8") == (answer.status_code, answer.content_type)
    assert answer.text.startswith("cb(")
    assert answer.text.endswith(");")
    return json.loads(answer.text[3:-2])


class TestTokens:
    """Where the token is looked for."""

    @pytest.mark.parametrize("empty", ["", "0"])
    def test_a_form_field_that_is_there_hides_the_query_even_when_empty(self, caller, empty):
        """Only the header is still asked then."""
        url, form = f"access_token={TOKEN}", f"access_token={empty}&{ORDER}"

        assert (400, "token_required") == refusal(caller.post("shop.order.add", form, url, headers={}))[:2]
        assert 200 == caller.post("shop.order.add", form, url).status_code
        assert 200 == caller.post("shop.order.add", ORDER, url, headers={}).status_code

    def test_a_wrong_token_in_the_form_goes_before_a_right_one_in_the_query(self, caller):
        """The first place that has one is the only one that counts."""
        answer = caller.post("shop.order.add", "access_token=x", f"access_token={TOKEN}", headers={})

        assert (401, "invalid_token") == refusal(answer)[:2]

    @pytest.mark.parametrize(
        ("field", "status"),
        [
            ("access_token[]=counterfoil-token", 200),
            ("access_token[a]=counterfoil-token", 200),
            ("access_token[]=counterfoil-token&access_token[]=x", 200),
            ("access_token[]=x&access_token[]=counterfoil-token", 401),
            ("access_token[a][b]=counterfoil-token", 400),
        ],
    )
    def test_a_bracketed_token_counts_by_its_first_member(self, caller, field, status):
        """One that is nested is none; in the form as in the query."""
        assert status == caller.get("shop.order.search", field, headers={}).status_code
        assert status == caller.post("shop.order.add", f"{field}&{ORDER}", headers={}).status_code

    @pytest.mark.parametrize(
        ("header", "status"),
        [
            (f"Bearer\t{TOKEN}", 200), (f"  bearer   {TOKEN} ", 200), (TOKEN, 200),
            (f"Basic {TOKEN}", 401), ("Bearer", 401), ("0", 400),
        ],
    )  # fmt: skip
    def test_any_white_space_may_follow_bearer(self, caller, header, status):
        """A tab as well as several blanks; another scheme is a part of the token."""
        answer = caller.get("shop.order.search", headers={"Authorization": header})

        assert status == answer.status_code

    def test_the_token_of_a_deleted_contact_is_a_server_error(self, caller):
        """Whose it was is named."""
        answer = caller.get("shop.order.search", "access_token=counterfoil-orphan", headers={})

        assert (500, "server_error", "Contact does not exist: 999") == refusal(answer)

    @pytest.mark.parametrize("token", ["%F0%9F%9A%80", "%E9", "a%FFb"])
    def test_a_token_that_the_table_cannot_hold_is_a_server_error(self, caller, token):
        """It has a character of four bytes, or bytes that are not UTF-8."""
        answer = caller.get("shop.order.search", f"access_token={token}", headers={})

        assert (500, "server_error", DATABASE) == refusal(answer)


class TestFormats:
    """JSON, XML and scripts."""

    @pytest.mark.parametrize("format_", ["", "0"])
    def test_an_empty_format_and_0_count_as_absent(self, caller, format_):
        """The answer is JSON."""
        assert "application/json; charset=utf-8" == caller.get("shop.order.search", f"format={format_}").content_type
        assert 200 == caller.post("shop.order.add", ORDER, f"format={format_}").status_code

    @pytest.mark.parametrize(
        ("form", "query", "refused", "accepted"),
        [
            ("format=xml", "", "text/xml", "application/json"),
            ("format=xml", "format=json", "text/xml", "application/json"),
            ("format=", "format=xml", "application/json", "text/xml"),
            ("format=yaml", "", "application/json", "application/json"),
            ("", "format=xml", "text/xml", "text/xml"),
        ],
    )
    def test_a_refusal_takes_its_format_from_the_form_first(self, caller, form, query, refused, accepted):
        """An empty field overrules the query, too; an accepted answer takes it only from the query."""
        kind = "; charset=utf-8"

        answers = [caller.post("shop.order.add", f"{form}&{more}", query) for more in ("", ORDER)]

        assert [(400, refused + kind), (200, accepted + kind)] == [
            (each.status_code, each.content_type) for each in answers
        ]
        missing = caller.post("shop.order.action", f"{form}&id=7&action=process", query)
        assert (404, refused + kind) == (missing.status_code, missing.content_type)

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ("format=yaml", "invalid_request"),
            ("access_token=x", "invalid_token"),
            ("id=7", "invalid_param"),
            ("", "invalid_param"),
        ],
    )
    def test_a_callback_makes_a_script_of_every_answer(self, caller, query, error):
        """Always under status 200, refusals too."""
        assert error == script(caller.get("shop.order.getInfo", f"callback=cb&{query}"))["error"]

    def test_scripts_hold_what_is_accepted_and_what_reaches_no_method(self, caller):
        """By POST as by GET, and where the API is switched off."""
        assert 1 == script(caller.post("shop.order.add", ORDER, "callback=cb"))["id"]
        assert "invalid_method" == script(caller.get("shop.order.foo", "callback=cb"))["error"]
        assert "invalid_request" == script(caller.post("shop.order.search", "", "callback=cb"))["error"]
        caller.settings(api_enabled=False)
        assert "disabled" == script(caller.get("shop.order.search", "callback=cb"))["error"]

    @pytest.mark.parametrize("query", ["callback=cb&format=xml", "callback=", "callback=0"])
    def test_there_is_no_script_in_xml_or_without_a_name(self, caller, query):
        """Nor by a field of the form."""
        for answer in (caller.get("shop.order.search", query), caller.post("shop.order.add", "callback=cb")):
            assert "javascript" not in answer.content_type

    def test_a_callback_is_not_looked_at(self, caller):
        """What is no function's name comes back as it is; one with brackets is PHP's word for an array."""
        assert caller.get("shop.order.search", "callback=<script>").text.startswith("<script>({")
        assert caller.get("shop.order.search", "callback[]=a").text.startswith("Array({")

    @pytest.mark.parametrize(
        "query", ["format[]=xml", "app[]=shop&method=order.search", "app=shop&method[]=order.search"]
    )
    def test_brackets_where_a_text_is_needed_are_an_error_of_php(self, caller, query):
        """500, text/html, without a body: nothing catches a TypeError of PHP 8."""
        answer = caller.client.get(f"/api.php?{query}", headers=caller.headers)

        assert (500, "text/html; charset=utf-8", b"") == (answer.status_code, answer.content_type, answer.data)

    def test_an_error_of_php_can_be_ordered(self, caller):
        """It has no body then, either."""
        fault = {"contract": "shopscript", "operation": "search_orders", "refusal": "php_error"}
        assert 200 == caller.client.put("/_mock/faults", json=[fault]).status_code

        answer = caller.get("shop.order.search")

        assert (500, "text/html; charset=utf-8", b"") == (answer.status_code, answer.content_type, answer.data)

    @pytest.mark.parametrize("format_", ["%C0%AF", "%E9"])
    def test_a_format_that_is_not_utf8_has_an_empty_answer(self, caller, format_):
        """json_encode fails: 200, application/json, no body."""
        answer = caller.get("shop.order.search", f"format={format_}")

        assert (200, "application/json; charset=utf-8", b"") == (answer.status_code, answer.content_type, answer.data)

    @pytest.mark.parametrize(
        ("method", "form", "told"),
        [
            ("shop.order.add", "", (400, "invalid_param")),
            ("shop.order.action", "id=7&action=process", (404, "invalid_param")),
            ("shop.order.foo", "", (404, "invalid_method")),
        ],
    )
    def test_an_unknown_format_in_the_form_is_not_refused(self, caller, method, form, told):
        """A refusal is JSON, with its own status and its own `error`."""
        answer = caller.post(method, f"format=yaml&{form}")

        assert (told, "application/json; charset=utf-8") == (refusal(answer)[:2], answer.content_type)

    @pytest.mark.parametrize(("query", "status"), [("app=%E9&method=x", 400), ("app=shop&method=%E9", 404)])
    def test_a_refusal_that_would_tell_what_is_not_utf8_is_empty(self, caller, query, status):
        """It keeps its status."""
        answer = caller.client.get(f"/api.php?{query}", headers=caller.headers)

        assert (status, "application/json; charset=utf-8", b"") == (
            answer.status_code,
            answer.content_type,
            answer.data,
        )

    @pytest.mark.parametrize(("quantity", "number"), [(1, "0"), (40, "50")])
    def test_what_php_computes_has_no_needless_digits(self, caller, live, quantity, number):
        """A whole amount has no point."""
        for shop in (caller, live):
            made = shop.post("shop.order.add", f"{ORDER}&items[0][quantity]={quantity}")
            assert re.search(r'"items_total_discount":([^,}]+)', made.text)[1] == number

    def test_slashes_in_json_are_escaped(self, caller):
        """Other characters are plain."""
        made = caller.post("shop.order.add", f"{ORDER}&comment=a/b %C3%A9")

        assert '"comment":"a\\/b é"' in made.text


class TestAddresses:
    """What follows api.php."""

    @pytest.mark.parametrize(
        ("address", "status", "error"),
        [
            ("shop%2Eorder%2Esearch", 400, "invalid_request"),
            ("shop.%6Frder.search", 404, "invalid_method"),
            ("shop%2Forder.search", 400, "app_not_installed"),
        ],
    )
    def test_a_path_is_never_decoded(self, caller, address, status, error):
        """Where the server tells the path as it was sent."""
        answer = caller.client.get("/api.php/x", headers=caller.headers, environ_overrides={
            "REQUEST_URI": f"/api.php/{address}", "PATH_INFO": "/api.php/shop.order.search"
        })  # fmt: skip

        assert (status, error) == refusal(answer)[:2]

    @pytest.mark.parametrize(
        "name",
        ["shop.Order.Search", "shop.orderSearch", "shop..order..search", "shop.OrderSearch", "shop/order.Search"],
    )
    def test_a_methods_name_has_aliases(self, caller, name):
        """Each part's first letter is raised, and empty parts vanish."""
        assert 0 == caller.get(name).json["count"]

    @pytest.mark.parametrize(
        ("name", "status", "error"),
        [
            ("shop.ORDER.SEARCH", 404, "invalid_method"),
            ("shop.order.getinfo", 404, "invalid_method"),
            ("Shop.order.search", 400, "app_not_installed"),
        ],
    )
    def test_no_other_letters_may_differ(self, caller, name, status, error):
        """The app's name is compared exactly."""
        assert (status, error) == refusal(caller.get(name))[:2]

    def test_two_slashes_name_an_empty_app(self, caller):
        """One or more at the end say nothing."""
        answer = caller.get("/shop.order.search")

        assert (400, "app_not_installed", "App is not installed ()") == refusal(answer)
        assert "" == answer.json["app"]
        assert 200 == caller.get("shop.order.search//").status_code

    def test_a_call_without_an_app_names_null(self, caller):
        """JSON's null, not an empty text."""
        answer = caller.client.get("/api.php?method=x", headers=caller.headers)

        assert (400, "app_not_installed", "App is not installed ()") == refusal(answer)
        assert None is answer.json["app"]

    def test_a_method_is_escaped_in_its_refusal(self, caller):
        """As HTML."""
        answer = caller.client.get("/api.php?app=shop&method=<b>", headers=caller.headers)

        assert (404, "invalid_method", "Unknown method: shop.&lt;b&gt;") == refusal(answer)

    def test_the_framework_is_always_installed(self, caller):
        """`webasyst.foo` is refused for the scope, not for the app."""
        assert (403, "access_denied", None) == refusal(caller.get("webasyst.foo"))

    def test_reserved_names_are_no_methods(self, caller):
        """`auth` is a page, `token` tells JSON as text/html, `revoke` needs a token, and no job is known."""
        auth, token = caller.get("auth"), caller.post("token", "code=x")

        assert (200, "text/html; charset=utf-8") == (auth.status_code, auth.content_type)
        assert b"<form" in auth.data
        assert (200, "text/html; charset=utf-8") == (token.status_code, token.content_type)
        assert "invalid_request" == json.loads(token.data)["error"]
        whole = caller.post("token", "code=x&client_id=y&grant_type=authorization_code")
        assert "invalid_grant" == json.loads(whole.data)["error"]
        assert (400, "token_required") == refusal(caller.post("revoke", headers={}))[:2]
        assert (404, "action_not_found") == refusal(caller.get("cron/shop/job"))[:2]
        for name in ("token-headless", "license-cache", "profile-update"):
            assert 200 == caller.get(name).status_code

    def test_a_revoked_token_opens_nothing_more(self, caller):
        """It is unknown from then on."""
        assert 200 == caller.post("revoke").status_code
        assert (401, "invalid_token") == refusal(caller.get("shop.order.search"))[:2]

    @pytest.mark.parametrize("headers", [{}, {"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}])
    def test_options_are_answered_empty(self, caller, headers):
        """200 and text/html, before anything is checked; no answer lets another origin in."""
        answer = caller.client.options("/api.php/shop.order.add", headers=headers)

        assert (200, "text/html; charset=utf-8", b"") == (answer.status_code, answer.content_type, answer.data)
        for each in (answer, caller.get("shop.order.search")):
            assert not [name for name, _ in each.headers if name.startswith("Access-Control")]

    def test_what_is_closed_to_browsers_is_said_at_the_start(self, apps):
        """By default; the line names the path, and how to open it."""
        assert [
            "Browsers of other origins are kept from /api.php, as live; --cors ORIGIN lets them in."
        ] == apps().remarks

    def test_who_asks_for_cors_gets_it(self):
        """An origin that is named when the mock is made is let in to every contract."""
        client = create_app(["shopscript"], cors=["http://a.example"]).test_client()

        answer = client.get("/api.php/shop.order.search", headers={"Origin": "http://a.example"})

        assert "http://a.example" == answer.headers["Access-Control-Allow-Origin"]


class TestSettings:
    """What the owner of a shop can switch."""

    @pytest.mark.parametrize(
        ("url", "headers", "text"),
        [
            ("shop.order.search", {}, "Access token is missing"),
            ("shop.order.search", {"Authorization": "x"}, "Invalid access token"),
            ("shop.order.search?format=a", {}, "Invalid response format: A"),
        ],
    )
    def test_before_the_token_is_known_its_owners_language_says_nothing(self, caller, url, headers, text):
        """Nobody knows yet who asks."""
        caller.settings(language="ru_RU")

        assert text == caller.client.get(f"/api.php/{url}", headers=headers).json["error_description"]

    def test_disabled_comes_before_the_url_and_the_format(self, caller):
        """Nothing else is looked at."""
        caller.settings(api_enabled=False, ssl_all=True)

        for url in ("foo", "a/b/c", "auth", "shop.order.search?format[]=a", "shop.order.search?format=a"):
            assert (404, "disabled", "API is disabled") == refusal(caller.client.get(f"/api.php/{url}"))

    def test_a_domain_with_ssl_all_sends_plain_http_away(self, caller):
        """301 to https, with the query and the token in it, before the URL and the format are looked at."""
        caller.settings(ssl_all=True)

        for url in ("/api.php/shop.order.search?access_token=T&id=1", "/api.php/foo", "/w/main/api.php/auth"):
            answer = caller.client.get(url)
            assert (301, f"https://localhost{url}") == (answer.status_code, answer.headers["Location"])
        assert 200 == caller.get("shop.order.search", base_url="https://localhost").status_code

    def test_what_is_missing_is_told_in_the_owners_language(self, caller):
        """In the words of 3.8.4: quotes and a full stop. Texts that nobody has translated stay."""
        english = caller.post("shop.order.add", "contact_id=1").json["error_description"]
        caller.settings(language="ru_RU")
        russian = caller.post("shop.order.add", "contact_id=1").json["error_description"]

        assert "Required parameter is missing: “items”." == english
        assert "Отсутствует обязательный параметр: «items»." == russian
        assert "Access token is missing" == caller.get("shop.order.search", headers={}).json["error_description"]
        assert "Unknown method: shop.a" == caller.get("shop.a").json["error_description"]

    @pytest.mark.parametrize(
        "fields", [{"contact[email]": "not-an-email"}, {"contact[name]": "", "contact[email]": ""}, {"contact[x]": "y"}]
    )
    def test_a_shop_that_validates_refuses_what_is_no_customer(self, caller, fields):
        """An e-mail address that is none, empty fields, unknown fields only; any other shop takes them."""
        form = urlencode({**fields, "items[0][sku_id]": "1"})
        assert 200 == caller.post("shop.order.add", form).status_code
        caller.settings(validates_contacts=True)

        assert (400, "invalid_param") == refusal(caller.post("shop.order.add", form))[:2]
        assert 1 == caller.count()

    def test_tables_of_three_bytes_refuse_an_emoji(self, caller):
        """As a contact's name and as a comment."""
        caller.settings(tables="utf8")

        for form in ("contact[name]=%F0%9F%9A%80&items[0][sku_id]=1", f"{ORDER}&comment=%F0%9F%9A%80"):
            assert (500, "server_error", DATABASE) == refusal(caller.post("shop.order.add", form))
        assert 0 == caller.count()

    def test_a_contact_without_a_photo_has_a_path_on_this_host(self, caller):
        """A company another one, and Gravatar's image where that is on."""
        person = caller.order("contact[name]=Cy&items[0][sku_id]=1")["contact"]["photo_50x50"]
        company = caller.order("contact[company]=Cy&items[0][sku_id]=1")["contact"]["photo_50x50"]
        caller.settings(gravatar=True)

        assert ("/wa-content/img/userpic.svg", "/wa-content/img/company.svg") == (person, company)
        assert caller.order()["contact"]["photo_50x50"].startswith("//www.gravatar.com/avatar/")

    @pytest.mark.parametrize("validates", [True, False])
    def test_phones_are_normalised(self, caller, validates):
        """Of what is written between the digits nothing is stored, with and without validation."""
        caller.settings(validates_contacts=validates)

        form = urlencode({"contact[phone]": "+1-555 (01) 02", "items[0][sku_id]": "1"})
        contact = caller.order(form)["contact"]

        assert ("15550102", "15550102") == (contact["phone"], contact["name"])


class TestSurplus:
    """PHP drops what it cannot read, and goes on; nothing is malformed."""

    def test_fields_after_the_first_thousand_are_dropped(self, caller):
        """An order whose items come first is made; one whose items come last has none."""
        surplus = "&".join(f"f{number}=1" for number in range(1500))

        assert 1 == len(caller.order(f"{ORDER}&{surplus}")["items"])
        late = caller.post("shop.order.add", f"contact_id=1&{surplus}&items[0][sku_id]=1")
        assert (400, "invalid_param", "Required parameter is missing: “items”.") == refusal(late)

    def test_a_field_with_more_than_64_brackets_is_dropped(self, caller):
        """The others stay."""
        order = caller.order(f"{ORDER}&params{'[a]' * 65}=1&params[b]=2")
        kept = caller.post("shop.order.add", f"{ORDER}&params{'[a]' * 64}=1")

        assert ("2", False) == (order["params"]["b"], "a" in order["params"])
        assert (400, "invalid_param") == refusal(kept)[:2]  # 64 are read, so that it is no text

    @pytest.mark.parametrize("in_header", [True, False])
    def test_a_body_over_the_limit_is_dropped(self, caller, in_header):
        """What it held is missing: the contact, or the token already."""
        form = f"access_token={TOKEN}&{ORDER}&comment={'a' * 8_388_609}"

        answer = caller.post("shop.order.add", form, headers=caller.headers if in_header else {})

        assert (400, "invalid_param" if in_header else "token_required") == refusal(answer)[:2]

    def test_a_part_that_is_cut_off_is_dropped(self, caller):
        """Those before it are read."""
        parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n1\r\n' for name in ORDER_FIELDS]
        cut = '--x\r\nContent-Disposition: form-data; name="comment"\r\n\r\nhal'

        answer = caller.post(
            "shop.order.add", data="".join(parts) + cut, content_type="multipart/form-data; boundary=x"
        )

        assert (200, None) == (answer.status_code, answer.json["comment"])

    @pytest.mark.parametrize("field", ["note=%FF", "note=\xff", "%FF=1"])
    def test_bytes_that_are_not_utf8_do_no_harm_where_nobody_keeps_them(self, caller, field):
        """The order is made."""
        assert 200 == caller.post("shop.order.add", f"{ORDER}&{field}".encode("latin-1")).status_code

    def test_bytes_that_are_not_utf8_cannot_be_kept(self, caller):
        """The database refuses them; what is missing is told first."""
        kept, missing = (
            caller.post("shop.order.add", f"{ORDER}&comment=%FF"),
            caller.post("shop.order.add", "comment=%FF"),
        )

        assert (500, "server_error", DATABASE) == refusal(kept)
        assert (400, "invalid_param") == refusal(missing)[:2]
        assert 0 == caller.count()

    def test_a_query_that_is_not_utf8_is_read_on(self, caller):
        """Other parameters count."""
        caller.order()

        assert 1 == caller.get("shop.order.getInfo", "x=%FF&id=1").json["id"]


ORDER_FIELDS = ("contact_id", "items[0][sku_id]")
