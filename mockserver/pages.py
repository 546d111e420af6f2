"""What a person or a code generator reads: the index page at `/` and the contracts at `/openapi/<contract>.json`."""

from html import escape
from pathlib import Path
from typing import Any

from flask import Response, abort, request

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.engine import wire
from counterfoil.specs.reading import read

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #8884; } code { font-size: .9em; white-space: nowrap; }
.wide { overflow-x: auto; }
pre { background: #8881; padding: .8rem; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
"""


def add_pages(app: Mock) -> None:
    """Add the index page and the served OpenAPI documents to the app."""

    @app.get("/")
    def index() -> Response:
        app.world()  # a page of a world that nobody made would mislead
        return Response(_index(app, request.host_url.rstrip("/")), content_type="text/html; charset=utf-8")

    @app.get("/openapi/<name>.json")
    def openapi(name: str) -> Response:
        base = request.url_root.rstrip("/")
        if name == "control":
            document: dict[str, Any] = read(Path(__file__).with_name("control.yaml"))
        elif name in app.endpoints:
            document = app.endpoints[name].contract.document
        else:
            abort(404)
        return Response(wire.json({**document, "servers": [{"url": base}]}), content_type="application/json")


def _index(app: Mock, base: str) -> str:
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Counterfoil</title><style>{_STYLE}</style><h1>Counterfoil</h1>",
        "<p>A mock that remembers. These contracts are answered here from state:</p><table>",
        "<tr><th>contract<th>title<th>operations<th>document</tr>",
    ]
    for name, endpoint in sorted(app.endpoints.items()):
        title = escape(endpoint.contract.document["info"]["title"])
        link = f"<a href='/openapi/{name}.json'>/openapi/{name}.json</a>"
        parts.append(f"<tr><td>{name}<td>{title}<td>{len(endpoint.operations)}<td>{link}</tr>")
    parts.append("</table>")
    for vendor in {endpoint.vendor.name: endpoint.vendor for endpoint in app.endpoints.values()}.values():
        parts.append(f"<h2>{vendor.name}: what is seeded</h2><table>")
        parts += [f"<tr><th>{escape(what)}<td>{escape(value)}</tr>" for what, value in vendor.seeded]
        parts.append("</table>")
    parts.append(f"<h2>Where requests go: below {escape(base)}</h2>")
    parts.append(f"<div class=wide><table>{''.join(_paths(app))}</table></div>")
    parts.append(
        "<h2>Control</h2><p>Described by <a href='/openapi/control.json'>/openapi/control.json</a>. For example:</p>"
        f"<pre>curl -X POST {base}/_mock/reset\n"
        f'curl -X POST {base}/_mock/worlds -d \'{{"name": "mine"}}\'   # then call {base}/w/mine/…\n'
        f'curl -X POST {base}/_mock/clock -d \'{{"advance": {{"days": 40}}}}\'\n'
        f"curl {base}/_mock/journal</pre></html>"
    )
    return "".join(parts)


def _paths(app: Mock) -> list[str]:
    rows: dict[str, list[str]] = {}
    for endpoint in app.endpoints.values():
        for operation in endpoint.contract.operations.values():
            rows.setdefault(f"{operation.method} {operation.path}", []).append(operation.id)
    return [f"<tr><td><code>{escape(where)}</code><td>{escape(', '.join(ids))}</tr>" for where, ids in rows.items()]
