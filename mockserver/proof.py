"""Proves to the suite that this is the mock of the same user, before the suite trusts it: `/_mock/proof`.

It proves that for its own address alone, or else somebody else's program could pass the question on to it.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import Response, request

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.engine import wire
from counterfoil.specs.proof import PATH, make_key, proof

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,100}")


def add_proof(app: Mock, scheme: str, host: str, port: int, token: str | None) -> None:
    """Let the app prove that it knows the control token, or its user's key."""
    keys = [token.encode()] if token else []
    keys += [own] if (own := make_key()) else []

    def prove() -> Response:
        nonce, address = request.args.get("nonce", ""), request.args.get("address", "")
        if not _NONCE.fullmatch(nonce) or not is_own(address, host, port, scheme):
            told = {
                "error": "unusable",
                "message": f"Asked for are a nonce and this mock's own address, not {address!r}.",
            }
            return Response(wire.json({**told, "mock": "counterfoil"}), 400, content_type="application/json")
        proofs = [proof(known, nonce, address) for known in keys]
        return Response(wire.json({"proofs": proofs}), content_type="application/json")

    app.add_url_rule(PATH, "GET proof", prove, methods=["GET"], provide_automatic_options=False)


def is_own(address: str, host: str, port: int, scheme: str = "http") -> bool:
    """Whether only a server that listens at this host and port is asked at the address."""
    try:
        parts = urlsplit(address)
        asked = {ip_address(found[4][0]) for found in socket.getaddrinfo(parts.hostname, parts.port)}
        own = {ip_address(found[4][0]) for found in socket.getaddrinfo(host, port)}
    except (OSError, ValueError, UnicodeError):
        return False
    if parts.scheme != scheme or parts.port != port or parts.path:
        return False
    anywhere = any(each.is_unspecified for each in own)
    return bool(asked) and all(_is_here(each) if anywhere else each in own or _is_unused(each, port) for each in asked)


def _is_here(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address is one of this machine."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True


def _is_unused(address: IPv4Address | IPv6Address, port: int) -> bool:
    """Whether nobody listens there: `localhost` has two addresses, of which the mock has one."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(0.5)
            return address.is_loopback and probe.connect_ex((str(address), port)) != 0
    except OSError:
        return True
