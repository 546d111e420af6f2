"""Who is logged in, and from where logins have failed."""

from datetime import datetime

import msgspec


class Session(msgspec.Struct, kw_only=True):
    """A user or an administrator who is logged in, or has still to send the second factor."""

    #: 64 hexadecimal digits
    id: str
    #: one of the two
    user: int | None = None
    administrator: int | None = None
    #: for which client the user acts
    client: int | None = None
    awaits_second_factor: bool = False
    #: when the last state that holds it expires
    until: datetime
    #: the number of the newest state that holds it
    newest_state: int = 0


class LoginAttempts(msgspec.Struct, kw_only=True):
    """The wrong logins in a row from one address."""

    wrong: int = 0
    banned_until: datetime | None = None

    def banned(self, now: datetime) -> bool:
        """Whether the address is banned; a ban that is over is forgotten."""
        if self.banned_until is not None and self.banned_until <= now:
            self.wrong, self.banned_until = 0, None
        return self.banned_until is not None
