"""The framework reads what follows api.php as it was seen of 3.8.4: each test names what it was."""

import json

import pytest

from counterfoil.mockserver.create import create_app
from tests.mockserver.shopscript.conftest import refusal


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
