"""How a target is reached: with which certificates, through which proxy, and how long it may take."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from urllib3 import disable_warnings
from urllib3.exceptions import InsecureRequestWarning

from counterfoil.contracts.profile.profile import Entry, Timeout

#: how many seconds a connection and an answer may take, where the profile says nothing else
TIMEOUT = 10


def opened(entry: Entry, url: str) -> requests.Session:
    """A connection to the target, as its profile says."""
    session = requests.Session()
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


def timeouts(entry: Entry, patience: float = 0) -> tuple[float, float]:
    """How many seconds to wait for a connection, and for an answer: never less than twice what the target may take."""
    said = entry.timeout
    if not isinstance(said, Timeout):
        said = Timeout(said, said)
    return said.connect or TIMEOUT, max(said.read or TIMEOUT, 2 * patience)


def is_loopback(url: str) -> bool:
    """Whether the URL's host is this machine by its name."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def cause(error: BaseException) -> str:
    """The innermost reason, which says `Connection refused` where the outer ones say `Max retries exceeded`."""
    if isinstance(error, requests.Timeout):
        return "no answer within the time that it has"
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
