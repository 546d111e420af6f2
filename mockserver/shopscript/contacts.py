"""The people who buy, and how a new one gets a name."""

from collections.abc import Mapping

import msgspec


class Contact(msgspec.Struct, kw_only=True):
    """One customer."""

    id: int
    name: str
    email: str = ""
    phone: str = ""
    #: whether the customer can sign in with a password
    registered: bool = False
    #: whatever else was said of the customer
    more: dict[str, str] = {}
    number_of_orders: int = 0
    last_order_id: int | None = None


_OWN = ("name", "email", "phone")


def introduced(number: int, fields: Mapping[str, str]) -> Contact:
    """A new customer as the fields describe one; without a name, by the parts of it, the company or the address."""
    parts = [fields[part] for part in ("firstname", "middlename", "lastname") if fields.get(part)]
    name = fields.get("name") or " ".join(parts) or fields.get("company") or fields.get("email") or ""
    return Contact(
        id=number,
        name=name,
        email=fields.get("email", ""),
        phone=fields.get("phone", ""),
        more={key: value for key, value in fields.items() if key not in _OWN},
    )
