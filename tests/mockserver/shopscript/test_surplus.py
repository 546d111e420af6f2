"""What PHP cannot read is dropped, as it was seen of the framework 3.8.4: each test names what it was."""

import pytest

from tests.mockserver.shopscript.conftest import DATABASE, ORDER, TOKEN, refusal


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
