"""The header X-Api-State: a signed token that holds a session."""

import re
from calendar import timegm
from datetime import datetime
from typing import TYPE_CHECKING, Any

from counterfoil.mockserver.engine.moments import later
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Call
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.sessions import Session
from counterfoil.mockserver.whmcs.people import logins

if TYPE_CHECKING:
    from jwt.types import Options

HEADER = "X-Api-State"
ALGORITHM = "HS256"

#: the states that hold nobody, by what they are made of
_NOBODYS: dict[tuple[int, str, datetime, int], str] = {}
_MOST_KEPT = 256

_DIGITS = re.compile(r"[0-9a-f]{64}")
#: the moments are the world's, and a list as `sub` is this API's own
_UNCHECKED: "Options" = {
    "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False, "verify_iss": False,
    "verify_sub": False, "verify_jti": False,
}  # fmt: skip


def give(installation: Installation, call: Call, session: Session | None) -> None:
    """Send a new state with the answer: one that holds the session, or nobody."""
    url = f"{address(installation, call)}/"  # as in the samples of Source 003
    if session is None:
        call.headers[HEADER] = _holding_nobody(installation, url, call.now)
        return
    number = installation.next_id("state")
    expires = logins.prolong(installation, session, number, call.now)
    held: dict[str, Any] = {"sub": []} if not session.awaits_second_factor else {"sub": session.id}
    if not session.awaits_second_factor:
        held["whmcs_user"] = session.id
    claims = {"iss": url, "aud": url, "exp": timegm(expires.timetuple()), **held, "jti": str(number)}
    call.headers[HEADER] = _signed(claims, _key(installation))


def _holding_nobody(installation: Installation, url: str, now: datetime) -> str:
    """The state of whoever has no session: the same for all calls of one second, since most calls are of this kind."""
    about = installation.seed, url, now, installation.settings.state_seconds
    state = _NOBODYS.get(about)
    if state is None:
        expires = timegm(later(now, installation.settings.state_seconds).timetuple())
        state = _signed({"iss": url, "aud": url, "exp": expires, "sub": []}, _key(installation))
        if len(_NOBODYS) >= _MOST_KEPT:
            _NOBODYS.clear()
        _NOBODYS[about] = state
    return state


def _signed(claims: dict[str, Any], key: bytes) -> str:
    import jwt  # it takes time to load, and a mock can start without

    return jwt.encode(claims, key, ALGORITHM)


def address(installation: Installation, call: Call) -> str:
    """The installation's address: what its owner has set, or else where it was called."""
    return installation.settings.url or call.base_url


def session_of(installation: Installation, token: str, now: datetime) -> Session | None:
    """The session that the state holds; None if it holds none, or one that has ended. Refused unless it is valid."""
    claims = _claims(installation, token)
    if claims["exp"] <= timegm(now.timetuple()):
        raise Refusal("state_expired")
    awaits = claims["sub"] != []
    session = installation.sessions.get(claims["sub"] if awaits else claims.get("whmcs_user", ""))
    if session is None or session.awaits_second_factor != awaits:
        return None
    if installation.settings.strict_states and claims.get("jti") != str(session.newest_state):
        raise Refusal("state_expired")
    return session


def _claims(installation: Installation, token: str) -> dict[str, Any]:
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(token, _key(installation), [ALGORITHM], options=_UNCHECKED)
    except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError) as error:
        raise Refusal("state_forged") from error
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Refusal("state_garbled") from error
    digits, user, ends = claims.get("sub"), claims.get("whmcs_user"), claims.get("exp")
    readable = (
        all(isinstance(claims.get(name), str) for name in ("iss", "aud"))
        and isinstance(ends, int | float)
        and (digits == [] or _is_id(digits))
        and (user is None or _is_id(user))
    )
    if not readable:
        raise Refusal("state_garbled")
    if (
        claims["iss"] != claims["aud"]
    ):  # an installation can be called by several names, and states go from one to another
        raise Refusal("state_forged")
    return claims


def _is_id(claim: Any) -> bool:
    return isinstance(claim, str) and _DIGITS.fullmatch(claim) is not None


def _key(installation: Installation) -> bytes:
    return installation.random("api state key")
