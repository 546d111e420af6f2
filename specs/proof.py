"""How a mock proves that it is one: it knows a key that only its user's own programs know. Mock and suite both read this.

The key is the token of the control plane, or what stands in a file of the user's own. It never goes over the wire: who
asks makes up a nonce, and the answer is an HMAC over that nonce and the address at which it was asked.
"""

import hmac
import os
import secrets
from pathlib import Path

PATH = "/_mock/proof"
#: another place for the key file
FILE_VARIABLE = "COUNTERFOIL_KEY_FILE"


def key_file() -> Path:
    """Where the user's key is."""
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "counterfoil" / "key"


def key() -> bytes:
    """The user's key; nothing where there is none, or where others could have read or written it."""
    try:
        with key_file().open("rb") as file:
            found = os.fstat(file.fileno())
            own = found.st_uid == os.geteuid() and not found.st_mode & 0o077
            return file.read(1024).strip() if own else b""
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where the user is at home
        return b""


def make_key() -> bytes:
    """The user's key, made where there is none yet; nothing where that cannot be done."""
    try:
        path = key_file()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except (OSError, RuntimeError):
        pass
    return key()


def proof(known: bytes, nonce: str, address: str) -> str:
    """What shows that one knows the key, to whoever has made up the nonce; `address` is scheme, host and port."""
    return hmac.digest(known, f"counterfoil mock\n{nonce}\n{address}".encode(), "sha256").hex()
