"""How a target is reached: with which certificates, through which proxy, and how long it may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.cookies import RequestsCookieJar
from urllib3 import disable_warnings
from urllib3.exceptions import InsecureRequestWarning

from counterfoil.contracts.http import bounded
from counterfoil.contracts.http.bounded import BoundedAdapter
from counterfoil.contracts.profile.model import Entry, Timeout

#: how many seconds a connection and an answer may take, where the profile says nothing else
TIMEOUT = 10


class _NoCookies(RequestsCookieJar):
    """Keeps no cookie: none is sent unless a profile says it, and a target may set as many and as large ones as it likes."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Leave them where they are: in the headers of the answer."""


def opened(entry: Entry, url: str) -> requests.Session:
    """A connection to the target, as its profile says."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, BoundedAdapter())
    session.cookies = _NoCookies()
    session.trust_env = False  # or a ~/.netrc would sign requests that are sent without credentials on purpose
    session.proxies = requests.utils.get_environ_proxies(url)
    if entry.proxy is not None:
        session.proxies = {"http": entry.proxy, "https": entry.proxy} if entry.proxy else {}
    tls = entry.tls
    session.verify = (tls.ca_file or True) if tls.verify else False
    if not tls.verify:
        disable_warnings(InsecureRequestWarning)  # the command says it once
    if tls.client_certificate:
        session.cert = (tls.client_certificate, tls.client_key) if tls.client_key else tls.client_certificate
    return session


def curl_options(entry: Entry) -> tuple[str, ...]:
    """What tells curl to reach the target in the same way."""
    tls = entry.tls
    trusts = ["--cacert", tls.ca_file] if tls.verify and tls.ca_file else [] if tls.verify else ["--insecure"]
    shows = ["--cert", tls.client_certificate] if tls.client_certificate else []
    key = ["--key", tls.client_key] if tls.client_key else []
    proxy = [] if entry.proxy is None else ["--proxy", entry.proxy] if entry.proxy else ["--noproxy", "*"]
    return (*trusts, *shows, *key, *proxy)


def timeouts(entry: Entry, patience: float = 0) -> tuple[float, float]:
    """How many seconds to wait for a connection, and for an answer: never less than twice what the target may take."""
    said = entry.timeout
    if not isinstance(said, Timeout):
        said = Timeout(said, said)
    return said.connect or TIMEOUT, max(said.read or TIMEOUT, 2 * patience)


@dataclass(frozen=True)
class Reply:
    """What came back, as bytes. `problem` says why the body is not whole, where it is not."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    problem: str = ""

    def header(self, name: str) -> str:
        """The header of that name in any letter case, or an empty text."""
        return next((value for each, value in self.headers.items() if each.lower() == name.lower()), "")


def replied(session: requests.Session, request: requests.PreparedRequest, entry: Entry, patience: float = 0) -> Reply:
    """Send the request and read its answer, within the time and the size that any answer may have; redirects are answers.

    Raises `requests.RequestException` or ValueError where nothing comes back, or nothing whole in time.
    """
    connect, wait = timeouts(entry, patience)
    with bounded.limited(connect + wait, entry.limits.answer_bytes):
        answer = session.send(
            request, timeout=(connect, wait), allow_redirects=False, proxies=session.proxies, stream=True
        )
        body = bounded.read(answer.raw, entry.limits.answer_bytes)
    if body.is_late:
        raise requests.Timeout(body.problem)
    headers, too_many = bounded.few(answer.headers)
    return Reply(answer.status_code, headers, body.content, body.problem or too_many)


def cause(error: BaseException) -> str:
    """The innermost reason, which says `Connection refused` where the outer ones say `Max retries exceeded`."""
    if isinstance(error, requests.Timeout):
        return "no answer within the time that it has"
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
