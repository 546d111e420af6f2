"""The addresses below api.php that are no methods: the framework keeps them for signing in and for its own work."""

from collections.abc import Mapping
from typing import Any

from counterfoil.mockserver.engine.steps import Answer, Aside
from counterfoil.mockserver.shopscript import writing
from counterfoil.mockserver.shopscript.php_input import NOTHING

HTML = "text/html; charset=utf-8"
REVOKE = "revoke"
#: what each answers, but for the two that look at what was sent
PAGES = {
    "auth": b"<!DOCTYPE html><title>Sign in</title><form method=post>Sign in to let the program in.</form>",
    "token-headless": b"",
    "license-cache": b"",
    "profile-update": b"",
}
NAMES = frozenset((*PAGES, "token", REVOKE))


def is_cron(address: str) -> bool:
    """Whether a job of an app is called."""
    return address.startswith("cron/") and address.count("/") == 2


def page(name: str, form: Mapping[str, Any]) -> Aside:
    """What is answered at a reserved address; no token is needed there."""
    body = writing.json(_token(form)) if name == "token" else PAGES[name]
    return Aside(f"reserved: {name}", Answer(200, HTML, body))


def no_job(media_type: str) -> Aside:
    """The refusal of a job, since no app here has any."""
    refused = {"error": "action_not_found", "error_description": "Action not found"}
    body = writing.xml(refused) if media_type == "text/xml" else writing.json(refused)
    return Aside("reserved: cron", Answer(404, f"{media_type}; charset=utf-8", body))


def _token(form: Mapping[str, Any]) -> dict[str, str]:
    """Why no token is given: nobody signs in here, so no code is ever right."""
    if any(form.get(name) in NOTHING for name in ("code", "client_id", "grant_type")):
        return {"error": "invalid_request", "error_description": "Required parameter is missing"}
    if form["grant_type"] != "authorization_code":
        return {"error": "unsupported_grant_type", "error_description": "Only authorization_code is supported"}
    return {"error": "invalid_grant", "error_description": "Invalid code"}
