"""What the REST operations share: the call, refusals, answers, pages and the reading of request bodies."""

import json

from catalogue import COUNTRIES
from flask import Response, request
from money import DEFAULT_CURRENCY, currency_of

INT32 = 2**31 - 1
INT64 = 2**63 - 1
OPERATIONS = []


class ProblemError(Exception):
    """A refusal: a status with a message (or with a body of its own)."""

    def __init__(self, status, message, body=None):
        super().__init__(message)
        self.status = status
        self.body = body if body is not None else {"message": message}


def operation(method, path):
    """Register a function as a REST operation; it is called with the call and the path parameters."""

    def register(function):
        OPERATIONS.append((method, path, function))
        return function

    return register


class Call:
    """One call: the state of the installation, the sessions, and who calls."""

    def __init__(self, store, sessions, session):
        self.store, self.sessions, self.session = store, sessions, session

    @property
    def user(self):
        """Return the logged-in user or None."""
        return self.store.users.get(self.session.user) if self.session else None

    @property
    def client(self):
        """Return the client that the logged-in user works for, or None."""
        client = self.store.clients.get(self.session.client) if self.session else None
        return client if self.user and client and client["user"] == self.user["id"] else None

    @property
    def currency(self):
        """Return the currency in which the caller sees prices."""
        return currency_of(self.client["currency"]) if self.client else DEFAULT_CURRENCY

    def need_user(self):
        """Refuse the call unless a user is logged in."""
        if not self.user:
            raise ProblemError(401, "Sign in as a user before you ask for this.")
        return self.user

    def need_client(self):
        """Refuse the call unless a user is logged in who works for a client."""
        self.need_user()
        if not self.client:
            raise ProblemError(401, "Your login is not attached to any client account.")
        return self.client

    def need_admin(self):
        """Refuse the call unless an administrator is logged in."""
        admin = self.store.admins.get(self.session.admin) if self.session else None
        if not admin:
            raise ProblemError(401, "Only the crew may do this: sign in as an administrator.")
        return admin


def answer(data=None, meta=None, status=200, raw=None):
    """Build an answer: {"data": ...} with the paging data if there is any."""
    body = raw if raw is not None else ({"data": data} if meta is None else {"data": data, "meta": meta})
    return Response(json.dumps(body, indent=2) + "\n", status, mimetype="application/json")


def nothing():
    """Build the answer of operations for which the documents describe no body."""
    response = Response(b"", 200)
    del response.headers["Content-Type"]
    return response


def _page_number(name, fallback, highest):
    """Read `page` or `page_size`."""
    text = request.args.get(name)
    if text is None:
        return fallback
    if not (text.isascii() and text.isdigit() and len(text) < 12) or not 1 <= int(text) <= highest:
        raise ProblemError(422, f"'{name}' has to be a whole number from 1 to {highest}.")
    return int(text)


def check_page():
    """Read the paging parameters and refuse bad ones."""
    return _page_number("page", 1, INT32), _page_number("page_size", 50, 500)


def paged(items, with_meta=False):
    """Answer with one page of a list; the first page always exists, a page past the last one does not."""
    page, size = check_page()
    items = list(items)
    pages = max(1, -(-len(items) // size))
    if page > pages:
        raise ProblemError(404, f"This list ends at page {pages}.")
    meta = {"total_items": len(items), "page": page, "total_pages": pages, "page_size": size}
    return answer(items[(page - 1) * size : page * size], meta if with_meta else None)


def need_query(name, low=1, high=10**6):
    """Return a query parameter that must be there."""
    text = request.args.get(name, "")
    if not low <= len(text) <= high:
        length = f", {low} to {high} characters long" if low > 1 else ""
        raise ProblemError(422, f"The query needs '{name}'{length}.")
    return text


def body():
    """Return the JSON object of the request."""
    try:
        found = json.loads(request.get_data() or b"null")
    except (ValueError, RecursionError):
        raise ProblemError(422, "The body of the request cannot be read as JSON.") from None
    if not isinstance(found, dict):
        raise ProblemError(422, "The body of the request has to be a JSON object.")
    return found


def need_dict(value, name):
    """Refuse a value that is not an object."""
    if not isinstance(value, dict):
        raise ProblemError(422, f"'{name}' has to be an object.")
    return value


def take_list(source, name, nullable=False):
    """Return a list of the body; one that is missing counts as empty."""
    value = source.get(name, [])
    if value is None and nullable:
        return []
    if not isinstance(value, list):
        raise ProblemError(422, f"'{name}' has to be a list.")
    return value


def take_int(source, name, low=-INT64, high=INT64, *, fallback=None, nullable=False):
    """Return a whole number of the body; without a fallback it must be there."""
    if name not in source and (fallback is not None or nullable):
        return fallback
    value = source.get(name)
    if value is None and nullable:
        return fallback
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ProblemError(422, f"'{name}' has to be a whole number from {low} to {high}.")
    return value


def take_text(source, name, low=0, high=10**6, optional=False):
    """Return a text of the body; an optional one may be missing or null."""
    value = source.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, str) or not low <= len(value) <= high:
        raise ProblemError(422, f"'{name}' has to be a text of {low} to {high} characters.")
    return value


def take_flag(source, name, nullable=False):
    """Return a truth value of the body; a missing one is false."""
    value = source.get(name, False)
    if value is None and nullable:
        return False
    if not isinstance(value, bool):
        raise ProblemError(422, f"'{name}' has to be true or false.")
    return value


def take_texts(source, name, most=1000):
    """Return a list of texts of the body, or None when it is missing or null."""
    if source.get(name) is None:
        return None
    value = take_list(source, name)
    if len(value) > most or not all(isinstance(one, str) for one in value):
        raise ProblemError(422, f"'{name}' has to be a list of at most {most} texts.")
    return value


def take_country(source):
    """Read a GeoLocation."""
    code = take_text(source, "country_code", 2).upper()
    state = take_text(source, "state", 0, 64, optional=True)
    if code not in COUNTRIES:
        raise ProblemError(422, f"There is no country '{code}' on our chart.")
    return {"country_code": code, "state": state}
