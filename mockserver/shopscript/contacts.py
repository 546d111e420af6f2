"""The people who buy, and what the framework makes of what is said of a new one."""

import re
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

    @property
    def is_company(self) -> bool:
        """Whether the customer is no person."""
        return bool(self.more.get("company")) and self.name == self.more["company"]


_OWN = ("name", "email", "phone")
_PHONE = re.compile(r"[-+() 0-9]*[0-9][-+() 0-9]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_KNOWN = frozenset((*_OWN, "firstname", "middlename", "lastname", "company"))


def introduced(number: int, fields: Mapping[str, str]) -> Contact:
    """A new customer as the fields describe one.

    A name is made of its parts where there are some, and of the address or the number where there is nothing else.
    """
    parts = [fields[part] for part in ("firstname", "middlename", "lastname") if fields.get(part)]
    email, phone = fields.get("email", ""), dialled(fields.get("phone", ""))
    name = " ".join(parts) or fields.get("name") or fields.get("company") or email.partition("@")[0] or phone
    return Contact(
        id=number,
        name=name,
        email=email,
        phone=phone,
        more={key: value for key, value in fields.items() if key not in _OWN},
    )


def dialled(phone: str) -> str:
    """The digits of a telephone number, without what is written between them; another text as it is."""
    return re.sub("[^0-9]", "", phone) if _PHONE.fullmatch(phone) else phone


def objection(fields: Mapping[str, str]) -> tuple[str, str] | None:
    """The field that a shop which looks at its customers' data objects to, and why."""
    if not any(value for name, value in fields.items() if name in _KNOWN):
        return "contact", "it says nothing of a customer"
    email = fields.get("email", "")
    return ("contact[email]", "it is no e-mail address") if email and not _EMAIL.fullmatch(email) else None
