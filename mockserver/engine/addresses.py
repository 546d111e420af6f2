"""Under which URL a request has reached the mock: what an answer tells whoever is to come back."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

#: where in a request's environment the URL stands that whoever started the mock has given it
PUBLIC_URL = "counterfoil.public_url"

#: who may say for whom a request is passed on: a proxy on this machine
LOOPBACK = frozenset(("127.0.0.1", "::1"))
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_FORWARDED = frozenset(("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PREFIX"))
_SCHEMES = frozenset(("http", "https"))
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def base_url(environ: Mapping[str, Any]) -> str:
    """The URL below which the request found the vendor's paths, with `/w/<world>` if it was sent there; no slash ends it.

    It is what the mock was told at its start. Else the request's own: what a proxy on this machine says that it was asked
    for (`X-Forwarded-Proto`, `-Host`, `-Prefix`), or the `Host` header.
    """
    world: str = environ.get("SCRIPT_NAME", "")
    public: str | None = environ.get(PUBLIC_URL)
    if public is not None:
        return f"{public}{world}"
    scheme: str = environ.get("wsgi.url_scheme", "http")
    host: str = environ.get("HTTP_HOST", "")
    prefix = ""
    if not _FORWARDED.isdisjoint(environ) and environ.get("REMOTE_ADDR") in LOOPBACK:
        told = _first(environ, "HTTP_X_FORWARDED_PROTO").lower()
        scheme = told if told in _SCHEMES else scheme
        told = _first(environ, "HTTP_X_FORWARDED_HOST")
        host = told if _is_host(told) else host
        told = _first(environ, "HTTP_X_FORWARDED_PREFIX").rstrip("/")
        prefix = told if _PREFIX.fullmatch(told) else ""
    if not _is_host(host):  # an address that nobody can follow tells nothing
        host = f"{environ.get('SERVER_NAME', '127.0.0.1')}:{environ.get('SERVER_PORT', '8080')}"
    return f"{scheme}://{host}{prefix}{world}"


@lru_cache(maxsize=64)
def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


def _first(environ: Mapping[str, Any], name: str) -> str:
    """What the first of several proxies was asked for."""
    value: str = environ.get(name, "")
    return value.partition(",")[0].strip()
