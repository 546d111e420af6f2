"""The classic API: its actions, who may call them, and the three forms of its answers."""

import hashlib
import hmac
import json
import re
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from flask import Response, request
from php import Parameters, arrays
from state import matches

ACTIONS = {}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class RefusalError(Exception):
    """An answer with result=error."""

    def __init__(self, message, status=200):
        super().__init__(message)
        self.message, self.status = message, status


def action(name):
    """Register a function as an action; it is called with the state and the parameters."""

    def register(function):
        ACTIONS[name.lower()] = function
        return function

    return register


def money(value):
    """Write an amount."""
    return f"{Decimal(value):.2f}"


def day_or_zeros(value):
    """Write a date, or zeros when there is none."""
    return value or "0000-00-00"


def a_date(text, fallback):
    """Read a date; what cannot be read counts as the fallback."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return fallback


def window(params, rows, outer, inner, default=25, **extra):
    """Cut a list as limitstart and limitnum ask for."""
    start = max(0, params.number("limitstart"))
    count = params.number("limitnum", default)
    part = rows[start : start + count] if count > 0 else []
    return {**extra, "totalresults": len(rows), "startnumber": start, "numreturned": len(part), outer: {inner: part}}


def need(records, number, message):
    """Return a record or refuse."""
    if number not in records:
        raise RefusalError(message)
    return records[number]


def _allowed(store, params):
    """Check the credentials: identifier and secret, or the name of an administrator and the md5 of the password."""
    name = params.text("identifier") or params.text("username")
    secret = params.text("secret") or params.text("password")
    if not name or not secret:
        raise RefusalError("Invalid or missing credentials", 403)
    if name == store.api["identifier"] and hmac.compare_digest(secret.encode(), store.api["secret"].encode()):
        return
    for admin in store.admins.values():
        if admin["username"] == name and hmac.compare_digest(admin["md5"].encode(), secret.lower().encode()):
            return
    raise RefusalError("Authentication Failed", 403)


def _xml(name, value):
    """Write a value as XML; lists repeat their element."""
    if isinstance(value, list):
        return "".join(_xml(name, one) for one in value)
    tag = str(name) if not str(name)[:1].isdigit() else f"id{name}"
    if isinstance(value, dict):
        return f"<{tag}>{''.join(_xml(key, one) for key, one in value.items())}</{tag}>"
    text = "" if value is None else escape(CONTROL.sub("", str(value)))
    return f"<{tag}>{text}</{tag}>"


def _pairs(name, value):
    """Write a value as name=value pairs; nested names get brackets."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [pair for key, one in items for pair in _pairs(f"{name}[{key}]" if name else key, one)]
    return [f"{name}={'' if value is None else value}"]


def _write(params, name, result, status):
    """Write an answer in the form that was asked for; without a known form that is name=value pairs."""
    kind = params.text("responsetype").lower()
    if kind == "json":
        return Response(json.dumps(result, separators=(",", ":")), status, mimetype="application/json")
    if kind == "xml":
        body = _xml("action", name.lower()) + "".join(_xml(key, one) for key, one in result.items())
        text = f'<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi version="9.0.0">{body}</whmcsapi>\n'
        return Response(text, status, mimetype="application/xml")
    return Response(";".join(_pairs("", result)) + ";", status, mimetype="text/plain")


def call(store):
    """Answer a call; names in the body win over names in the query."""
    params = Parameters({**arrays(request.args.items(multi=True)), **arrays(request.form.items(multi=True))})
    name = params.text("action")
    try:
        _allowed(store, params)
        if not name:
            raise RefusalError("Empty action request", 400)
        if name.lower() not in ACTIONS:
            raise RefusalError("API Function Not Found")
        result, status = {"result": "success", **(ACTIONS[name.lower()](store, params) or {})}, 200
    except RefusalError as refusal:
        result, status = {"result": "error", "message": refusal.message}, refusal.status
    return _write(params, name, result, status)


def md5(password):
    """Return the md5 of a password, as clients of this API have to send it."""
    return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()


@action("ValidateLogin")
def validate_login(store, params):
    """Check the password of a user."""
    user = next((one for one in store.users.values() if one["email"].lower() == params.text("email").lower()), None)
    if not user or not matches(params.text("password2"), user["password"]):
        raise RefusalError("Email or Password Invalid")
    owned = store.owned(user)
    return {
        "userid": owned[-1]["id"] if owned else 0,
        "passwordhash": md5(user["password"]),
        "twoFactorEnabled": bool(user["factor"]),
    }
