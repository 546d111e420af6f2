"""Serves the console's files, and the pages of the API reference from the files that `flask-swagger-ui` ships.

Nothing is fetched from anywhere else, and no file is read before a browser asks for it.
"""

from html import escape
from importlib.util import find_spec
from pathlib import Path

from flask import Flask, Response, abort, request

HOME = Path(__file__).parent
#: what a page may load and run: the mock's own files, and no text of a page
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Swagger UI gives its parts styles in their attributes
REFERENCE_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
_KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_REFERENCE = ("swagger-ui-bundle.js", "swagger-ui.css")


def add_console(app: Flask) -> None:
    """Give the app the files of its console."""

    @app.get("/_console/<name>")
    def asset(name: str) -> Response:
        return _file(HOME, name)

    @app.get("/_console/reference/<name>")
    def reference_asset(name: str) -> Response:
        place = _swagger_ui()
        if place is None or name not in _REFERENCE:
            abort(404)
        return _file(place, name)


def page(title: str, body: str, *, policy: str = POLICY) -> Response:
    """A page of the console; what stands in it is HTML already."""
    text = (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel=icon href=/_console/icon.svg>{body}</html>"
    )
    return _guarded(Response(text, content_type="text/html; charset=utf-8"), policy)


def reference_page(contract: str) -> Response:
    """The page on which Swagger UI shows a contract, or with `.tools` behind its name what is exported for tools."""
    if _swagger_ui() is None:
        abort(404, "Install the package flask-swagger-ui to read the reference here; /openapi/ has the documents.")
    name = escape(contract)
    plain = name.removesuffix(".tools")
    other = f"{plain}.tools" if name == plain else plain
    said = "Requests that run here as they are" if name == plain else "The contract"
    link = "" if name == "control" else f"<a href='{other}'>{said}</a>"
    return page(
        f"{contract}: reference",
        "<link rel=stylesheet href=/_console/reference/swagger-ui.css>"
        "<link rel=stylesheet href=/_console/reference.css>"
        f"<body data-contract='{name}'><nav class=back><a href='../'>Console</a> <span>{plain}</span> {link}</nav>"
        "<main id=reference><noscript>The reference needs JavaScript; "
        f"<a href='../openapi/{name}.json'>the document itself</a> does not.</noscript></main>"
        "<script src=/_console/reference/swagger-ui-bundle.js></script>"
        "<script src=/_console/reference.js></script>",
        policy=REFERENCE_POLICY,
    )


def _swagger_ui() -> Path | None:
    """The folder of Swagger UI's files; the package itself is not imported."""
    found = find_spec("flask_swagger_ui")
    return Path(found.origin).parent / "dist" if found is not None and found.origin else None


def _file(place: Path, name: str) -> Response:
    path = place / name
    kind = _KINDS.get(path.suffix)
    if kind is None or not path.is_file():
        abort(404)
    response = Response(path.read_bytes(), content_type=kind)
    response.add_etag()
    response.make_conditional(request)
    return _guarded(response, POLICY)


def _guarded(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response
