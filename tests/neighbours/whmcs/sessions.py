"""The X-Api-State header: signed tokens over sessions that the server keeps, and the second factor."""

import base64
import hashlib
import hmac
import secrets
import struct
import time

import jwt

LIFETIME = 2 * 60 * 60
STEP = 30


def one_time_code(secret, moment=None):
    """Compute the six digits of an authenticator (RFC 6238) for a base32 secret."""
    counter = struct.pack(">Q", int((moment or time.time()) // STEP))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1000000:06d}"


def factor_ok(factor, code):
    """Say whether a code is the one of the authenticator now (or just before or after), or the emergency code."""
    moment = time.time()
    codes = [one_time_code(factor["secret"], moment + shift) for shift in (-STEP, 0, STEP)]
    sent = code.encode("utf-8", "surrogatepass")
    return any(hmac.compare_digest(one.encode(), sent) for one in [*codes, factor["emergency"]])


class Session:
    """One session: who is logged in, and which value of the header was used last."""

    def __init__(self):
        self.key = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        self.user = self.client = self.admin = self.pending = None
        self.issued = self.used = 0
        self.expires = time.time() + LIFETIME

    @property
    def empty(self):
        """Say whether nobody is logged in or about to be."""
        return self.user is None and self.admin is None and self.pending is None


class Sessions:
    """All sessions, and the tokens that stand for them."""

    def __init__(self, base):
        self.base = base
        self.secret = secrets.token_hex(32)
        self.kept = {}

    def read(self, token):
        """Return the session of a token, or None when it is wrong, too old, or overtaken by a later one."""
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=["HS256"],
                audience=self.base,
                issuer=self.base,
                options={"verify_sub": False, "require": ["exp"]},
            )
        except jwt.PyJWTError:
            return None
        key = claims.get("whmcs_user") or claims.get("whmcs_admin") or claims.get("sub")
        session = self.kept.get(key) if isinstance(key, str) else None
        if session is None or claims["turn"] < session.used or session.expires < time.time():
            return None
        session.used = claims["turn"]
        return session

    def begin(self):
        """Begin a session."""
        if len(self.kept) % 500 == 499:
            self.kept = {key: one for key, one in self.kept.items() if one.expires > time.time()}
        session = Session()
        self.kept[session.key] = session
        return session

    def end_if_empty(self, session):
        """Forget a session in which nobody is left."""
        if session.empty:
            self.kept.pop(session.key, None)

    def token(self, session):
        """Issue the next value of the header."""
        claims = {
            "iss": self.base,
            "aud": self.base,
            "exp": int(time.time()) + LIFETIME,
            "sub": [],
            "jti": secrets.token_hex(6),
        }
        if session and not session.empty and session.key in self.kept:
            session.issued += 1
            session.expires = claims["exp"]
            claims["turn"] = session.issued
            if session.pending:
                claims["sub"] = session.key
            else:
                claims["whmcs_admin" if session.user is None else "whmcs_user"] = session.key
        return jwt.encode(claims, self.secret, algorithm="HS256")
