"""A list of notes, honest or with one mistake. It knows nothing of Counterfoil; `notes/` says what it promises."""

from itertools import count
from typing import Any

from flask import Flask, request

USERS = {"Bearer ann-90c1d2": "ann", "Bearer bob-5ae471": "bob"}
#: what each mistake does
FAULTS = {
    "ids_repeat": "the number of notes is the next id",
    "text_is_cut": "a note ends where its first letter beyond ASCII stands",
    "deletion_is_forgotten": "what is deleted is still there",
    "newest_is_not_listed": "the list ends before the newest note",
    "notes_are_everybodys": "who knows the id reads the note",
    "second_page_is_the_first": "every page is the first one",
}
UNKNOWN = {"error": "note_unknown"}, 404
INVALID = {"error": "invalid"}, 400


def whole(text: str, most: int) -> int | None:
    """The whole number from 1 to `most` that is written there, if there is one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
    return number if 0 < number <= most else None


class Notes:
    """Whose notes there are."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.notes: dict[int, tuple[str, str]] = {}
        self.ids = count(1)

    def add(self, user: str) -> Any:
        body = request.get_json(silent=True)
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not 0 < len(text) <= 40:
            return INVALID
        number = len(self.notes) + 1 if self.fault == "ids_repeat" else next(self.ids)
        if self.fault == "text_is_cut":
            text = next((text[:place] for place, letter in enumerate(text) if not letter.isascii()), text)
        self.notes[number] = user, text
        return {"id": number, "text": text}, 201

    def read(self, user: str, number: str) -> Any:
        owner, text = self.notes.get(whole(number, 10**9) or 0, ("", ""))
        if owner == user or (owner and self.fault == "notes_are_everybodys"):
            return {"id": int(number), "text": text}
        return UNKNOWN

    def delete(self, user: str, number: str) -> Any:
        known = whole(number, 10**9) or 0
        if self.notes.get(known, ("", ""))[0] != user:
            return UNKNOWN
        if self.fault != "deletion_is_forgotten":
            del self.notes[known]
        return {"deleted": known}

    def list(self, user: str) -> Any:
        page, size = whole(request.args.get("page") or "1", 1000), whole(request.args.get("size") or "10", 50)
        if page is None or size is None:
            return INVALID
        every = [{"id": number, "text": text} for number, (owner, text) in self.notes.items() if owner == user]
        shown = every[:-1] if self.fault == "newest_is_not_listed" else every
        start = 0 if self.fault == "second_page_is_the_first" else (page - 1) * size
        return {"notes": shown[start : start + size], "total": len(every)}


def create_app(fault: str = "") -> Flask:
    """The app, with the mistake if one is named."""
    app, notes = Flask("notes"), Notes(fault)
    routes = (
        ("POST", "/notes", notes.add),
        ("GET", "/notes", notes.list),
        ("GET", "/notes/<number>", notes.read),
        ("DELETE", "/notes/<number>", notes.delete),
    )
    for method, path, handle in routes:

        def answer(handle: Any = handle, **where: str) -> Any:
            user = USERS.get(request.headers.get("Authorization", ""))
            return handle(user, **where) if user else ({"error": "unauthorized"}, 401)

        app.add_url_rule(path, handle.__name__, answer, methods=[method])
    return app
