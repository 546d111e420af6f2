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

_DIGITS = re.compile(r"[0-9a-f]{64}")
#: the moments are the world's, and a list as `sub` is this API's own
_UNCHECKED: "Options" = {
    "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False, "verify_iss": False,
    "verify_sub": False, "verify_jti": False,
}  # fmt: skip


def give(installation: Installation, call: Call, session: Session | None) -> None:
    """Send a new state with the answer: one that holds the session, or none."""
    import jwt  # it takes time to load, and many calls carry no state

    number = installation.next_id("state")
    if session is None:
        expires = later(call.now, installation.settings.state_seconds)
        held: dict[str, Any] = {"sub": []}
    else:
        expires = logins.prolong(installation, session, number, call.now)
        held = {"sub": session.id} if session.awaits_second_factor else {"sub": [], "whmcs_user": session.id}
    url = f"{address(installation, call)}/"  # as in the samples of Source 003
    claims = {"iss": url, "aud": url, "exp": timegm(expires.timetuple()), **held, "jti": str(number)}
    call.headers[HEADER] = jwt.encode(claims, _key(installation), ALGORITHM)


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
