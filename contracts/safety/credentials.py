"""Whether a request carries what opens its target, nothing, or what is wrong, for which an address may be banned."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request, Sent
from counterfoil.contracts.profile.secret_names import SECRET_NAME
from counterfoil.contracts.safety.contents import values

_FACTOR = "second_factor"


class CredentialState(Enum):
    """What a request carries. A session's state opens, but it is no login."""

    RIGHT = "right"
    STATE = "state"
    NEEDLESS = "needs none"
    NONE = "none"
    WRONG = "wrong"


def credential_state(request: Request, sent: Sent, target: Target) -> CredentialState:
    """What the request carries, where the target would look for it."""
    operation, given = request.operation, list(_given(sent))
    headers = target.sessions.headers
    states = [value for name, value in given if name in headers]
    needs_state = bool(target.sessions.schemes(operation)) and not target.sessions.is_optional(operation)
    if needs_state and not states:
        return CredentialState.NONE
    if operation.effect == "session" and operation.request and not (states and _has_a_second_factor(sent, target)):
        return CredentialState.RIGHT if _is_a_login(sent, target) else CredentialState.WRONG
    if any(value not in target.sessions.given for value in states):
        return CredentialState.WRONG
    if states:
        return CredentialState.STATE
    own = target.credentials
    right = {**own.body, **own.query, **{name.lower(): value for name, value in own.headers.items()}}
    others = {":".join(v for k, v in each.items() if k != _FACTOR) for each in target.accounts.values()}
    always = {
        name.lower(): value for name, value in target.installation.entry.headers.items()
    }  # opens what stands before
    carried = [(name, value) for name, value in given if name in right or name in target.installation.secret_names]
    if any(value not in (right.get(name), always.get(name), *others) for name, value in carried if value):
        return CredentialState.WRONG
    if right and {name for name, value in carried if value} >= right.keys():
        return CredentialState.RIGHT
    if carried and any(value in others for _, value in carried):
        return CredentialState.RIGHT
    if operation.raw.get("security") == [] or not right:
        return CredentialState.NEEDLESS
    return CredentialState.NONE


def carries_right(sent: Sent, target: Target) -> bool:
    """Whether what opens the target stands anywhere in the request, under whatever name, and whatever stands beside it."""
    given = {text for _, value in _given(sent) for text in (value.strip(), value.partition(" ")[2].strip())}
    given |= {value.text.strip() for value in values(sent) or ()}
    own = target.installation.entry
    sets = [[value for place in (own.credentials.body, own.credentials.query) for value in place.values()]]
    sets += [[value, value.partition(" ")[2]] for value in own.credentials.headers.values()]
    sets += [[value] for name, value in own.headers.items() if SECRET_NAME.search(name)]
    for account in target.accounts.values():
        login = [value for name, value in account.items() if name != _FACTOR]
        sets += [login, [":".join(login)]]
    return any(each in target.sessions.given for each in given) or any(
        each and set(filter(None, each)) <= given for each in sets
    )


def _given(sent: Sent) -> Iterator[tuple[str, str]]:
    """Everything in the request that has a name, a header's in lower case."""
    yield from ((name.partition("[")[0], value) for name, value in (*sent.query, *sent.fields))
    if isinstance(sent.tree, dict):
        yield from ((str(name), value if isinstance(value, str) else repr(value)) for name, value in sent.tree.items())
    yield from ((name.lower(), value) for name, value in sent.headers.items())


def _is_a_login(sent: Sent, target: Target) -> bool:
    """Whether what is given is what one account logs in with."""
    given = {**dict(sent.fields), **(sent.tree if isinstance(sent.tree, dict) else {})}
    logins = [{name: value for name, value in each.items() if name != _FACTOR} for each in target.accounts.values()]
    return any(login and all(given.get(name) == value for name, value in login.items()) for login in logins)


def _has_a_second_factor(sent: Sent, target: Target) -> bool:
    """Whether the second factor of an account is given. It opens nothing but a session that has begun."""
    fields = sent.tree.get("fields") if isinstance(sent.tree, dict) else dict(sent.fields).get("fields")
    return any(each.get(_FACTOR) in set(_texts(fields)) for each in target.accounts.values() if _FACTOR in each)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for below in node.values():
            yield from _texts(below)
    else:
        yield str(node)
