"""The framework looks for tokens and chooses the format of an answer as it was seen of 3.8.4: each test names what it was."""

import json
import re

import pytest

from tests.mockserver.shopscript.conftest import DATABASE, ORDER, TOKEN, refusal


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
