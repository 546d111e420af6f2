"""Who may use the control plane from a browser: the console and the pages that the user named, and no others.

A page of any origin can make a browser send requests to this machine. It cannot make it lie about where they come from:
`Origin`, `Sec-Fetch-Site` and `Host` are the browser's own words. Programs send none of the first two.
"""

import hmac
import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

#: what a form, or a script that may not read the answer, can send as a body
SIMPLE = frozenset(("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"))
#: asked by probes and by the suite before it has a token; they tell nothing that is not public
OPEN = frozenset(("/_mock/health", "/_mock/proof"))
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::[0-9]+)?")


class Turned(NamedTuple):
    """Why a request is turned away: the error's name, and what would let it in."""

    error: str
    message: str


def is_origin(text: str) -> bool:
    """Whether the text is an origin as browsers send it: a scheme, a host, and a port if it is not the usual one."""
    return _ORIGIN.fullmatch(text) is not None


class Guard:
    """The control plane's door."""

    def __init__(
        self, token: str | None = None, origins: Collection[str] = (), hosts: Collection[str] = ()
    ) -> None:  # fmt: skip
        self._token = token
        #: the origins of other pages that may use it
        self.origins = frozenset(origins)
        self._hosts = frozenset(host.lower().rstrip(".") for host in hosts)

    def has_token(self, environ: Mapping[str, Any]) -> bool:
        """Whether the request carries the token, or none is asked for."""
        if self._token is None:
            return True
        given = environ.get("HTTP_AUTHORIZATION", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())

    def turns_away(self, environ: Mapping[str, Any]) -> Turned | None:
        """Why the request is not let in, if so."""
        return self._foreign_host(environ) or self._foreign_page(environ) or self._simple(environ)

    def _foreign_host(self, environ: Mapping[str, Any]) -> Turned | None:
        """A page that has its own name point to this machine is of the same origin as the mock, but for this name."""
        sent = environ.get("HTTP_HOST")
        if sent is None or environ["PATH_INFO"] in OPEN or (self._token is not None and self.has_token(environ)):
            return None
        found = _HOST.fullmatch(sent)
        host = found[1].lower().rstrip(".") if found else ""
        if host == "localhost" or host.endswith(".localhost") or _is_address(host) or host in self._hosts:
            return None
        return Turned(
            "foreign_host",
            f"The control plane is asked by the name {sent[:80]!r}, which may be somebody else's page: ask by the "
            f"address, by localhost, or start with 'counterfoil serve --allow-host {host[:80] or 'NAME'}'.",
        )

    def _foreign_page(self, environ: Mapping[str, Any]) -> Turned | None:
        origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE")
        own = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"
        if origin is not None:
            if origin == own or origin in self.origins:
                return None
            shown = origin[:80]
        elif site in (None, "same-origin", "none"):
            return None
        else:
            shown = f"another site ({str(site)[:20]})"
        wanted = origin[:80] if origin and is_origin(origin) else "ORIGIN"
        return Turned(
            "foreign_origin",
            f"The control plane is not for pages of {shown}. If it is your test page, start with "
            f"'counterfoil serve --control-origin {wanted}'.",
        )

    def _simple(self, environ: Mapping[str, Any]) -> Turned | None:
        """A request that changes something, as any page can have a browser send it without asking first."""
        if environ["REQUEST_METHOD"] in _READING or not _is_from_browser(environ):
            return None
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        vouched = "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ
        if kind in SIMPLE or (not vouched and kind != "application/json"):
            return Turned("simple_request", "From a browser, send the header 'Content-Type: application/json'.")
        return None


def _is_address(host: str) -> bool:
    """Whether the host is an address: no name, and so nobody's whom a browser asked for it."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _is_from_browser(environ: Mapping[str, Any]) -> bool:
    told = any(name in environ for name in ("HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_REFERER"))
    return told or environ.get("HTTP_USER_AGENT", "").startswith("Mozilla/")
