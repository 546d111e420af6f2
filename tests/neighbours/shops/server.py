"""Two honest servers in one process: Shop-Script's API at /api.php, BILLmanager at /billmgr."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading

from bill_api import BillApi
from flask import Flask, Response, request
from shop_api import ShopApi
from werkzeug.serving import WSGIRequestHandler, make_server

PANEL_PATHS = ("/", "/billmgr", "/manager/billmgr")


class Handler(WSGIRequestHandler):
    """Connections stay open between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


def make_app() -> Flask:
    """The application; addresses are read raw, since the shop never decodes its path."""
    app = Flask("shops", static_folder=None)
    shop, panel = ShopApi(), BillApi()

    @app.before_request
    def answer() -> Response:
        address = request.environ.get("REQUEST_URI") or request.full_path
        body = request.get_data(cache=False)
        ip = request.remote_addr or ""
        path = address.partition("?")[0]
        cookie = None
        if path == "/api.php" or path.startswith("/api.php/"):
            status, media_type, content = shop.handle(request.method, address, request.headers, body, ip)
        elif path in PANEL_PATHS:
            status, media_type, content, cookie = panel.handle(request.method, address, request.headers, body, ip)
        else:
            status, media_type, content = 404, "text/plain; charset=utf-8", b"No such page.\n"
        response = Response(content, status, content_type=media_type)
        if cookie is not None:
            response.set_cookie("billmgrses5", cookie, path="/", httponly=True)
        return response

    return app


def end_with_parent() -> None:
    """Wait until stdin closes, then end the process."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def main() -> None:
    """Serve until stdin closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    port = parser.parse_args().port
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, make_app(), threaded=True, request_handler=Handler)
    print(f"Serving at http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=end_with_parent, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
