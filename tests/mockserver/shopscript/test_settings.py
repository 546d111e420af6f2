"""What a shop's owner can switch changes what it answers, as it was seen of the framework 3.8.4: each test names what it was."""

from urllib.parse import urlencode

import pytest

from tests.mockserver.shopscript.conftest import DATABASE, ORDER, refusal


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
