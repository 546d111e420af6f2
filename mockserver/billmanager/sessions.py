"""Who is logged in."""

from datetime import datetime

import msgspec

from counterfoil.mockserver.engine.moments import later


class Session(msgspec.Struct, kw_only=True):
    """A client who is logged in."""

    #: 32 hexadecimal digits
    id: str
    client: int
    last_used: datetime


class Sessions(msgspec.Struct, kw_only=True):
    """The open sessions, by their ids, the one that was not used for longest in front."""

    by_id: dict[str, Session] = {}

    def begin(self, number: str, client: int, now: datetime) -> Session:
        """A new session of the client."""
        session = self.by_id[number] = Session(id=number, client=client, last_used=now)
        return session

    def use(self, number: str, now: datetime, minutes: int) -> Session | None:
        """The session, used at this moment; None if it was never begun, or not used for so many minutes."""
        self._forget(now, minutes)
        session = self.by_id.pop(number, None)
        if session is None or _over(session, now, minutes):
            return None
        session.last_used = now
        self.by_id[number] = session
        return session

    def _forget(self, now: datetime, minutes: int) -> None:
        while self.by_id:
            first = next(iter(self.by_id.values()))
            if not _over(first, now, minutes):
                return
            del self.by_id[first.id]


def _over(session: Session, now: datetime, minutes: int) -> bool:
    return now > later(session.last_used, minutes * 60)
