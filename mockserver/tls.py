"""Certificates for `counterfoil serve`: the user's own, checked before anything starts, or one made for the occasion."""

import atexit
import shutil
import ssl
import subprocess
import tempfile
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

DAYS = 30


class Pair(NamedTuple):
    """A certificate and its key, as files."""

    certificate: Path
    key: Path


class Unserviceable(Exception):
    """A certificate that cannot be used or made; the message says why."""


def checked(pair: Pair) -> Pair:
    """The pair, which belongs together. Raises Unserviceable."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pair.certificate, pair.key, password=_no_password)
    except (OSError, ssl.SSLError, ValueError) as error:
        raise Unserviceable(
            f"{pair.certificate} and {pair.key} are no certificate and its key: {error}. Both are PEM files, the key without "
            "a password."
        ) from error
    return pair


def _no_password() -> str:
    raise ValueError("the key has a password")


def self_signed(host: str) -> Pair:
    """A new certificate for localhost and the host, thrown away when this process ends. Raises Unserviceable."""
    program = shutil.which("openssl")
    if program is None:
        raise Unserviceable(
            "--tls-self-signed makes its certificate with the program openssl, which is not there: install it, or give a "
            "certificate of your own with --tls-cert and --tls-key."
        )
    folder = Path(tempfile.mkdtemp(prefix="counterfoil-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    pair = Pair(folder / "certificate.pem", folder / "key.pem")
    names = ", ".join(sorted({"DNS:localhost", "IP:127.0.0.1", "IP:::1", *_own_name(host)}))
    made = subprocess.run(  # noqa: S603 - the names are an address or a checked host
        [
            program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", str(DAYS), "-subj", "/CN=Counterfoil mock", "-addext", f"subjectAltName={names}",
            "-keyout", str(pair.key), "-out", str(pair.certificate),
        ],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    if made.returncode != 0:
        raise Unserviceable(f"openssl makes no certificate: {made.stderr.strip()[-300:]}")
    return checked(pair)


def _own_name(host: str) -> list[str]:
    """The host as a certificate names it; an address at which everything is listened to is nobody's."""
    try:
        address = ip_address(host)
    except ValueError:
        return [f"DNS:{host}"]
    return [] if address.is_unspecified else [f"IP:{host}"]
