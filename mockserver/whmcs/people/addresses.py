"""Where a call comes from."""

from ipaddress import ip_address

from counterfoil.mockserver.engine.addresses import LOOPBACK


def caller_address(peer: str, forwarded: str) -> str:
    """The first address that a proxy on this machine says it calls for; else that of the peer."""
    if forwarded and peer in LOOPBACK:
        try:
            return str(ip_address(forwarded.partition(",")[0].strip()))
        except ValueError:
            return peer
    return peer
