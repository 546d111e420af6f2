"""A target behind TLS of its own is reached as its profile says."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from werkzeug.serving import make_server

from counterfoil.contracts.http.client import Target, Unreachable
from counterfoil.contracts.http.control import Control
from counterfoil.contracts.http.exchange import Request, Uncooperative
from counterfoil.contracts.profile.model import Credentials, Entry, Tls
from counterfoil.specs import Contract

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Counterfoil's own authority
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = CA:false
subjectAltName = IP:127.0.0.1
"""


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority of our own, and certificates that it has signed: a server's and a client's."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "openssl.cnf").write_text(_CONFIG)
    new = ("req", "-config", "openssl.cnf", "-newkey", "rsa:2048", "-nodes")
    _openssl(folder, *new, "-x509", "-extensions", "authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem")
    for name in ("server", "client"):
        _openssl(folder, *new, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signed = ("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
        _openssl(folder, *signed, "-days", "2", "-extfile", "openssl.cnf", "-extensions", "leaf", "-out", f"{name}.pem")
    return folder


@pytest.fixture
def guarded(papers: Path) -> Iterator[str]:
    """A server that shows a certificate of that authority, and asks its callers for one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers / "server.pem", papers / "server.key")
    context.load_verify_locations(papers / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = make_server("127.0.0.1", 0, flask.Flask("guarded"), threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


def _connect(url: str, **tls: object) -> None:
    target = Target.described(Contract.load("shopscript"), url, Entry(tls=Tls(**tls)))
    try:
        target.recognised()
    finally:
        target.close()


def test_a_target_is_trusted_by_its_authority_and_trusts_a_client_certificate(papers: Path, guarded: str) -> None:
    """With both it answers; `verify = false` trusts anybody."""
    own = {"client_certificate": str(papers / "client.pem"), "client_key": str(papers / "client.key")}

    _connect(guarded, ca_file=str(papers / "ca.pem"), **own)
    _connect(guarded, verify=False, **own)


def test_a_target_that_nobody_vouches_for_is_not_asked(papers: Path, guarded: str) -> None:
    """Nor does it answer whoever shows nothing."""
    with pytest.raises(Unreachable, match="certificate verify failed"):
        _connect(guarded)
    with pytest.raises(Unreachable):
        _connect(guarded, ca_file=str(papers / "ca.pem"))


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here")
def test_a_command_reaches_the_target_as_the_run_did(papers: Path, guarded: str) -> None:
    """With its certificates, and through its proxy, whose password it does not tell."""
    certificates = {"client_certificate": str(papers / "client.pem"), "client_key": str(papers / "client.key")}
    contract = Contract.load("shopscript")
    request = Request(contract.operations["search_orders"])
    entry = Entry(tls=Tls(ca_file=str(papers / "ca.pem"), **certificates))
    proxied = Entry(proxy="http://ada:hunter2hunter2@proxy.example:3128", tls=Tls(verify=False))

    command = Target.described(contract, guarded, entry).prepare(request).curl
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (0, "404 Not Found" in ended.stdout) == (ended.returncode, True), ended.stderr
    shown = Target.described(contract, guarded, proxied).prepare(request).curl
    assert "--insecure --proxy" in shown
    assert "hunter2hunter2" not in shown


def test_a_command_names_the_secret_that_was_sent() -> None:
    """Another token than the usual one is not named like the usual one, which would be let in."""
    contract = Contract.load("shopscript")
    opened = Credentials(query={"access_token": "usual-token"})
    target = Target.described(
        contract, "http://shop.example", Entry(credentials=opened, ids={"expired_token": "old-token"})
    )

    def command(token: str) -> str:
        return target.prepare(Request(contract.operations["search_orders"], credentials={"access_token": token})).curl

    assert "access_token=$ACCESS_TOKEN" in command("usual-token")
    assert "access_token=$EXPIRED_TOKEN" in command("old-token")
    assert "access_token=$OTHER_ACCESS_TOKEN" in command("third-token")


@pytest.mark.parametrize(
    ("mock", "said"),
    [("http://mock:80", "http://mock"), ("http://mock", "http://mock:80"), ("https://mock:443", "https://mock")],
)
def test_a_world_may_leave_out_the_usual_port_of_its_mock(mock: str, said: str) -> None:
    """Both URLs lead to the same place, and the one that is used is the mock's."""
    assert f"{mock}/w/one" == Control(mock).world_url("one", {"base_url": f"{said}/w/one"})


@pytest.mark.parametrize(
    ("mock", "said"),
    [
        ("http://mock:8080", "http://mock"),
        ("http://mock", "http://mock:443"),
        ("http://mock", "https://mock"),
        ("http://mock:180", "http://mock:1"),
        ("http://mock:80", "http://other"),
    ],
)
def test_a_world_with_another_scheme_host_or_port_is_elsewhere(mock: str, said: str) -> None:
    """Nothing is sent there."""
    with pytest.raises(Uncooperative, match="its new world is elsewhere"):
        Control(mock).world_url("one", {"base_url": f"{said}/w/one"})
