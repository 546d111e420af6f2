"""Who is a mock, that can be told anything: who this run has started, who the user says is one, or who proves it.

Never who merely says so: what a target says is data.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from counterfoil.contracts.http.connection import Reply, cause, replied
from counterfoil.contracts.http.control import Control, token_of_environment
from counterfoil.contracts.http.exchange import CredentialsRefused, Uncooperative, Unreachable
from counterfoil.contracts.http.installation import Installation
from counterfoil.contracts.wire import wire
from counterfoil.specs import proof

STARTED = "this run has started it"
SAID = "the caller says that it is a mock"
PROVEN = "it proves that it is this user's mock"
UNPROVEN = "it says that it is a mock, but does not prove it: --mock says so for it"


class NoMock(Exception):
    """The user says that it is a mock, and it does not answer as one."""


@dataclass(frozen=True)
class Trust:
    """What was found out of a target. `control` is there where it is trusted; `why` says why it is, or is not."""

    control: Control | None = None
    served: tuple[str, ...] = ()
    why: str = ""


def trust(installation: Installation, connection: requests.Session, reason: str = "") -> Trust:
    """What the target is. A `reason` to trust it is the user's; without one, it has to prove that it is a mock.

    Raises:
        Unreachable: nothing answers.
        NoMock: it is to be a mock, and is none.
        CredentialsRefused: it is a mock, whose control plane asks for another token.
    """
    told = _read(installation, connection, "/_mock/health")
    said = told.get("contracts") if "counterfoil" in told else None
    if not isinstance(said, list):
        if reason:
            raise NoMock(f"{installation.base_url} does not answer as a mock does, though {reason}")
        return Trust()
    token = token_of_environment()
    if not reason:
        known = _proven(installation, connection, token)
        if known is None:
            return Trust(why=UNPROVEN)
        reason, token = PROVEN, known or None
    control = Control(installation.base_url, token)
    _check(control, connection)
    return Trust(control, tuple(map(str, said)), reason)


def _proven(installation: Installation, connection: requests.Session, token: str | None) -> str | None:
    """The token that the target knows, an empty text if it knows the user's key; None if it knows neither."""
    parts = urlsplit(installation.base_url)
    nonce, address = secrets.token_urlsafe(32), f"{parts.scheme}://{parts.netloc}"
    answer = _read(installation, connection, proof.PATH, {"nonce": nonce, "address": address})
    given = [each for each in answer.get("proofs", ()) if isinstance(each, str)]
    for key, known in ((token.encode() if token else b"", token), (proof.key(), "")):
        wanted = proof.proof(key, nonce, address)
        if key and any(hmac.compare_digest(wanted.encode(), each.encode("utf-8", "replace")) for each in given):
            return known
    return None


def _check(control: Control, connection: requests.Session) -> None:
    try:
        control.command(connection, "GET", "/_mock/worlds")
    except (Uncooperative, UnicodeEncodeError) as error:
        raise CredentialsRefused(
            f"the mock at {control.base_url} keeps its control plane for whoever has its token: set "
            "COUNTERFOIL_CONTROL_TOKEN to the one that `counterfoil serve` printed"
        ) from error


def _read(
    installation: Installation, connection: requests.Session, path: str, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What is answered there; nothing, where that is no JSON object. Raises Unreachable."""
    try:
        asked = requests.Request("GET", f"{installation.base_url}{path}", params=query).prepare()
        reply: Reply = replied(connection, asked, installation.entry)
    except (requests.RequestException, ValueError) as error:
        raise Unreachable(f"{installation.base_url} does not answer: {cause(error)}") from error
    try:
        tree = wire.read(reply.body, wire.JSON) if reply.status == requests.codes.ok and not reply.problem else None
    except (wire.Unreadable, wire.Ambiguous):
        tree = None
    return tree if isinstance(tree, dict) else {}
