"""What a person or a code generator reads: the index page at `/` and the contracts at `/openapi/<contract>.json`."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from flask import Response, abort, request

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.console.routes import add_console, page, reference_page
from counterfoil.mockserver.engine import snapshots, wire
from counterfoil.mockserver.engine.vendor import PageMaker
from counterfoil.specs.export import KINDS, exported
from counterfoil.specs.general import written_out
from counterfoil.specs.reading import read

#: what the console's modules fill; without them, the page says what is served and no more
_FRAME = """
<a class=skip href=#view>To the content</a>
<header><div class=bar><h1><img src=/_console/icon.svg alt=""><a href="#/">Counterfoil</a></h1>
<div class=world><output id=lamp class=badge aria-live=polite></output><label for=world>World</label>
<select id=world aria-label=World></select></div></div><nav id=views aria-label=Views></nav></header><main>
<p id=said role=status hidden></p>
<dialog id=token><form method=dialog><h2>Control token</h2><p></p>
<div class=field><label for=given-token>Token</label><input id=given-token type=password autocomplete=off></div>
<p class=buttons><button value=use class=first>Use it</button><button value=leave formnovalidate>Leave it</button></p>
</form></dialog>
"""
#: begins a table in a frame that scrolls by itself, with the keyboard, too
_WIDE = "<div class=wide tabindex=0 role=region aria-label='{}'><table>"


def add_pages(app: Mock) -> None:
    """Add the index page with its console, the served OpenAPI documents and their reference to the app."""
    add_console(app)
    _add_pages_of_vendors(app)

    @app.get("/")
    def index() -> Response:
        world = app.world()  # a page of a world that nobody made would mislead
        return page("Counterfoil", _index(app, request.host_url.rstrip("/"), world.name, request.script_root))

    @app.get("/reference/<name>")
    def reference(name: str) -> Response:
        if name != "control" and name.removesuffix(".tools") not in app.endpoints:
            abort(404)
        return reference_page(name)

    @app.get("/openapi/snapshot.json")
    def snapshot() -> Response:
        vendors = {endpoint.vendor.name: endpoint.vendor for endpoint in app.endpoints.values()}
        return Response(wire.json(snapshots.schema(vendors)), content_type="application/schema+json")

    @app.get("/openapi/<name>.json")
    def openapi(name: str) -> Response:
        base = request.url_root.rstrip("/")
        contract, _, kind = name.partition(".")
        if name == "control":
            document: dict[str, Any] = read(Path(__file__).with_name("control.yaml"))
        elif contract in app.endpoints and (not kind or kind in KINDS):
            document = app.endpoints[contract].contract.document
            document = exported(document, kind) if kind else written_out(document)
        else:
            abort(404)
        return Response(wire.json({**document, "servers": [{"url": base}]}), content_type="application/json")

    @app.get("/_console/refusals/<name>.json")
    def refusals(name: str) -> Response:
        if name not in app.endpoints:
            abort(404)
        operations = app.endpoints[name].operations.values()
        known = {each.id: {outcome: status for outcome, (status, _) in each.refusals.items()} for each in operations}
        return Response(wire.json(known), content_type="application/json")


def _add_pages_of_vendors(app: Mock) -> None:
    """What people see at the addresses to which the vendors' answers lead."""
    for vendor in {endpoint.vendor.name: endpoint.vendor for endpoint in app.endpoints.values()}.values():
        for path, make in vendor.pages.items():
            app.add_url_rule(path, f"GET {path}", _shown(app, vendor.name, make), methods=["GET"])


def _shown(app: Mock, vendor: str, make: PageMaker) -> Callable[[], Response]:
    """Answers with a vendor's page, as it stands in the world of the request."""

    def show() -> Response:
        world = app.world()
        with world.lock:
            made = make(world.state(vendor), request.args, world.clock.now())
        shown = page(made.title, f"<body><main>{made.body}</main></body>")
        shown.status_code = 200 if made.found else 404
        return shown

    return show


def _index(app: Mock, base: str, world: str, prefix: str) -> str:
    about = {"world": world, "prefix": prefix, "contracts": " ".join(sorted(app.endpoints))}
    data = " ".join(f"data-{name}='{escape(value)}'" for name, value in about.items())
    parts = [
        "<link rel=stylesheet href=/_console/style.css><script type=module src=/_console/main.js></script></head>",
        f"<body {data}>{_FRAME}<section id=overview>",
        "<p>A mock that remembers. These contracts are answered here from state:</p>",
        "<div class=wide tabindex=0 role=region aria-label=Contracts><table><tr><th>contract<th>title<th>operations<th>document<th>reference</tr>",
    ]
    for name, endpoint in sorted(app.endpoints.items()):
        title = escape(endpoint.contract.document["info"]["title"])
        link = f"<a href='{escape(prefix)}/openapi/{name}.json'>/openapi/{name}.json</a>"
        link += f", <a href='{escape(prefix)}/openapi/{name}.tools.json'>for tools</a>"
        read = f"<a href='{escape(prefix)}/reference/{name}'>read</a>"
        parts.append(
            f"<tr><td data-contract={name}>{name}<td>{title}<td>{len(endpoint.operations)}<td>{link}<td>{read}</tr>"
        )
    parts.append("</table></div>")
    for vendor in {endpoint.vendor.name: endpoint.vendor for endpoint in app.endpoints.values()}.values():
        parts.append(f"<h2>{vendor.name}: what is seeded</h2>{_WIDE.format(f'Seeded: {vendor.name}')}")
        parts += [f"<tr><th>{escape(what)}<td>{escape(value)}</tr>" for what, value in vendor.seeded]
        parts.append("</table></div>")
    parts.append(f"<h2>Where requests go: below {escape(base)}</h2>")
    parts.append(f"{_WIDE.format('Paths')}{''.join(_paths(app))}</table></div>")
    parts.append(
        "<h2>Control</h2><p>Described by <a href='/openapi/control.json'>/openapi/control.json</a>, to be read <a "
        "href='/reference/control'>here</a>. For example:</p>"
        f"<pre>curl -X POST {base}/_mock/reset\n"
        f'curl -X POST {base}/_mock/worlds -d \'{{"name": "mine"}}\'   # then call {base}/w/mine/…\n'
        f'curl -X POST {base}/_mock/clock -d \'{{"advance": {{"days": 40}}}}\'\n'
        f"curl {base}/_mock/journal</pre></section><div id=view></div></main>"
    )
    return "".join(parts)


def _paths(app: Mock) -> list[str]:
    rows: dict[str, list[str]] = {}
    for endpoint in app.endpoints.values():
        for operation in endpoint.contract.operations.values():
            rows.setdefault(f"{operation.method} {operation.path}", []).append(operation.id)
    return [f"<tr><td><code>{escape(where)}</code><td>{escape(', '.join(ids))}</tr>" for where, ids in rows.items()]
