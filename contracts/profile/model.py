"""What a profile says of the thing under test: where it is, what opens it, and which ids exist there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

Scalar = str | int | float | bool
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What opens the target, by the place where it goes: name -> value."""

    body: dict[str, str] = {}
    query: dict[str, str] = {}
    headers: dict[str, str] = {}

    def names(self) -> set[str]:
        """The names of all of them, whatever their place; a header's name is in lower case."""
        return {*self.body, *self.query, *(name.lower() for name in self.headers)}


class Login(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How sessions of one kind begin and end: the operations of the contract that do it.

    The account's fields are the body of `operation`. `verify` takes a second factor, `ends` logs out, and `others` give
    a state that holds another session than the one that was sent.
    """

    operation: str
    verify: str = ""
    ends: str = ""
    others: list[str] = []


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the target promises beyond its contract: the seconds within which every answer comes.

    It bans nobody who has tried `wrong_logins` wrong credentials in a row. No answer of it is larger than
    `answer_bytes`: of a larger one, no more is read.
    """

    answer_seconds: Seconds | None = None
    wrong_logins: Annotated[int, msgspec.Meta(ge=0)] = 4
    answer_bytes: Annotated[int, msgspec.Meta(ge=1)] = 8 * 1024 * 1024


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an https target is trusted, and what it is shown. Paths are seen from the profile's folder.

    `ca_file` holds the authority that signed the target's certificate, if the machine does not know it. `verify = false`
    trusts anybody.
    """

    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    verify: bool = True


class Timeout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many seconds to wait for a connection, and for the next part of an answer."""

    connect: Seconds | None = None
    read: Seconds | None = None


class Also(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another operation has to tell of an id, which is `{it}` in `given`: filters on its answer find fault with it."""

    operation: str
    unless: dict[str, str]
    given: dict[str, Scalar] = {}


class Discovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an id is found by reading where a profile does not give it, and checked where it does.

    `pick` says where it stands in the answer of `operation`: a JSON pointer, or a JSONPath query, of which the first one
    is taken that is none of the ids named by `but`; `all` takes every one, joined with commas. With several in `pick`,
    the first that finds something counts. `given` are arguments, and `{name}` in them is another id; each value of a list
    is tried, and `{it}` stands for the id that a profile gives. Without `pick`, the id is the argument that `argument`
    names. `some` says that the answer has not all of them: what is not in it may be right.

    `among` leads to entries, and `pick` is then seen from each of them. `unless` has filters, each under what it finds
    wrong (`"has a setup fee" = "number(@.setup)>0"`): an entry that one of them fits is not what is asked for, and
    neither is one of which what is read `also` is wrong. Those that a filter in `prefer` fits come first.

    What begins with an underscore is no id, but helps to find one.
    """

    operation: str
    pick: str | list[str] = []
    given: dict[str, Scalar | list[Scalar]] = {}
    but: list[str] = []
    among: str = ""
    unless: dict[str, str] = {}
    prefer: list[str] = []
    also: list[Also] = []
    argument: str = ""
    all: bool = False
    some: bool = False


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How what an operation creates is recognised afterwards: `{mark}` in the `text` of a field that is left out else.

    Only requests that have the field `beside` get it. `found_by` is the operation that lists such things, `given` its
    arguments, `entries` a pointer to the list in its answer. `names` says what in the answer of the creating call is
    which property of such an entry, or which JSON pointer leads there; nothing, where an entry is what that call answers.
    Where no field can hold the mark, what was not listed before the call, and is after it, is what the call has made.
    """

    field: str = ""
    text: str = "{mark}"
    beside: str = ""
    found_by: str = ""
    given: dict[str, Scalar] = {}
    entries: str = ""
    names: dict[str, str] = {}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a profile says about one contract; in `[whmcs]`, about both contracts of that installation.

    `accounts` can log in, by a name for each: the fields that the login takes, and `second_factor` where one is asked
    for. The first account that fits a kind of session opens whatever needs one. `logins` says, for each security scheme
    of the contract that is a session, how it is opened; it belongs to the contract, so profiles need not repeat it, and
    so do `properties`, `discover`, `meanings` and `marks`: which request property carries which id, how an id is found,
    what each id is, and how what an operation creates is recognised.

    `safety` says how a target is treated: `careful` changes nothing there, `free` is for one that can be thrown away.
    `mock` says that it is a mock, which is told to forget what was done and to make worlds.
    """

    url: str | None = None
    overlay: str | list[str] = []
    credentials: Credentials = Credentials()
    accounts: dict[str, dict[str, str]] = {}
    logins: dict[str, Login] = {}
    ids: dict[str, Scalar] = {}
    properties: dict[str, str] = {}
    never: list[str] = []
    headers: dict[str, str] = {}
    limits: Limits = Limits()
    tls: Tls = Tls()
    proxy: str | None = None
    timeout: Seconds | Timeout | None = None
    safety: Literal["careful", "free"] | None = None
    mock: bool = False
    discover: dict[str, Discovery] = {}
    meanings: dict[str, str] = {}
    marks: dict[str, Mark] = {}

    @property
    def known(self) -> dict[str, Scalar]:
        """What a case can name: the ids, the credentials, and what the accounts log in with, as `user_email`."""
        own = {
            f"{account}_{name}": value for account, fields in self.accounts.items() for name, value in fields.items()
        }
        return {**self.credentials.body, **self.credentials.query, **own, **self.ids}

    @property
    def overlays(self) -> tuple[str, ...]:
        """The overlays, in the order in which they are applied."""
        return (self.overlay,) if isinstance(self.overlay, str) else tuple(self.overlay)


@dataclass(frozen=True)
class Profile:
    """Per contract, what the file says. A contract that it does not name has an empty entry.

    `warnings` tell what can be used as it is, but ought not to stay so.
    """

    entries: Mapping[str, Entry]
    path: Path | None = field(default=None)
    warnings: tuple[str, ...] = ()

    def of(self, contract: str) -> Entry:
        """The entry for one contract."""
        return self.entries.get(contract, Entry())
