"""Logging in and out, acting for a client, and keeping strangers away."""

from datetime import datetime

from counterfoil.mockserver.engine.moments import later
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Administrator, User, digest
from counterfoil.mockserver.whmcs.model.sessions import LoginAttempts, Session

MOST_WRONG = 10
BAN_SECONDS = 15 * 60


def admit(installation: Installation, address: str, now: datetime) -> None:
    """Refuse an address that is banned, or is none of those that may call."""
    attempts = installation.attempts.get(address)
    if attempts is not None and attempts.banned(now):
        raise Refusal("address_banned", address=address)
    allowed = installation.settings.allowed_ips
    if "*" not in allowed and address not in allowed:
        raise Refusal("address_not_allowed", address=address)


def log_user_in(installation: Installation, email: str, password: str, address: str, now: datetime) -> Session:
    """A session of the user, which may still await the second factor."""
    user = installation.users.get(installation.users_by_email.get(email.lower(), 0))
    _check(installation, user, password, address, now)
    assert user is not None
    return begin(installation, now, user=user, awaits_second_factor=user.second_factor != "")


def log_administrator_in(
    installation: Installation, username: str, password: str, address: str, now: datetime
) -> Session:
    """A session of the administrator, which may still await the second factor."""
    person = next((each for each in installation.administrators.values() if each.username == username), None)
    _check(installation, person, password, address, now)
    assert person is not None
    return begin(installation, now, administrator=person, awaits_second_factor=person.second_factor != "")


def verify(installation: Installation, session: Session, said: str | None, now: datetime) -> Session:
    """The session after the second factor, in place of the one that awaited it."""
    user = None if session.user is None else installation.users[session.user]
    person = None if session.administrator is None else installation.administrators[session.administrator]
    known = user or person
    if known is None or said != known.second_factor:
        raise Refusal("second_factor_wrong")
    end(installation, session)
    return begin(installation, now, user=user, administrator=person)


def begin(
    installation: Installation,
    now: datetime,
    *,
    user: User | None = None,
    administrator: Administrator | None = None,
    client: int | None = None,
    awaits_second_factor: bool = False,
) -> Session:
    """A new session; a user acts for the client, for the first one if none is named."""
    _forget_expired(installation, now)
    if client is None and user is not None:
        client = min(user.clients, default=None)
    session = Session(
        id=installation.random("session", installation.next_id("session")).hex(),
        user=user.id if user else None, administrator=administrator.id if administrator else None, client=client,
        awaits_second_factor=awaits_second_factor, until=now,
    )  # fmt: skip
    installation.sessions[session.id] = session
    return session


def prolong(installation: Installation, session: Session, state: int, now: datetime) -> datetime:
    """When the state of that number, from now on the session's newest, expires; and the session with it."""
    session.newest_state = state
    session.until = later(now, installation.settings.state_seconds)
    installation.sessions[session.id] = installation.sessions.pop(session.id)
    return session.until


def end(installation: Installation, session: Session) -> None:
    """The session is over, whatever states still hold it."""
    installation.sessions.pop(session.id, None)


def select_client(installation: Installation, session: Session, uuid: str) -> None:
    """From now on the session's user acts for that client."""
    user = installation.users[session.user or 0]
    for number in user.clients:
        if installation.clients[number].uuid == uuid:
            session.client = number
            return
    raise Refusal("client_not_found", client_uuid=uuid)


def masquerade_as_client(installation: Installation, client: int, now: datetime) -> Session:
    """A session of the user to whom the client belongs, acting for that client."""
    owner = installation.users.get(installation.owners.get(client, 0))
    if owner is None:
        raise Refusal("client_not_found", client_id=client)
    return begin(installation, now, user=owner, client=client)


def masquerade_as_user(installation: Installation, number: int, now: datetime) -> Session:
    """A session of the user."""
    user = installation.users.get(number)
    if user is None:
        raise Refusal("user_not_found", user_id=number)
    return begin(installation, now, user=user)


def _check(
    installation: Installation, person: User | Administrator | None, password: str, address: str, now: datetime
) -> None:
    """Refuse a wrong password, or nobody, and count it; a right one starts the count anew."""
    if person is not None and person.password == digest(password):
        installation.attempts.pop(address, None)
        return
    attempts = installation.attempts.setdefault(address, LoginAttempts())
    attempts.wrong += 1
    if attempts.wrong >= MOST_WRONG:
        attempts.banned_until = later(now, BAN_SECONDS)
    raise Refusal("login_refused")


def _forget_expired(installation: Installation, now: datetime) -> None:
    """Drop the sessions that no state can hold any more; they stand in front."""
    while installation.sessions:
        first = next(iter(installation.sessions.values()))
        if first.until > now:
            return
        end(installation, first)
