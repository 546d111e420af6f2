"""A small server of one WHMCS installation: the REST API version 2 and the classic API over one state."""

import argparse
import logging
import os
import sys
import threading

import classic_api
import classic_billing
import classic_catalogue
import classic_changes
import classic_clients
import classic_orders
import classic_services
import logins
import rest_admin
import rest_cart
import rest_store
import rest_user
from checkout_page import checkout_page
from flask import Flask, request
from seed import fill
from sessions import Sessions
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from wire import OPERATIONS, Call, ProblemError, answer

ACTION_MODULES = (
    classic_billing,
    classic_catalogue,
    classic_changes,
    classic_clients,
    classic_orders,
    classic_services,
)
OPERATION_MODULES = (rest_admin, rest_cart, rest_store, rest_user)
PREFIX = "/api/v2"


class Handler(WSGIRequestHandler):
    """A handler that keeps connections open."""

    protocol_version = "HTTP/1.1"


def rest_view(store, sessions, function):
    """Wrap a REST operation: one at a time, with the session of the header, and a new header value."""

    def view(**params):
        with store.lock:
            token = request.headers.get("X-Api-State")
            call = Call(store, sessions, sessions.read(token) if token else None)
            try:
                response = function(call, **params)
            except ProblemError as problem:
                response = answer(raw=problem.body, status=problem.status)
            response.headers["X-Api-State"] = sessions.token(call.session)
        return response

    return view


def make_app(store, sessions):
    """Build the application."""
    app = Flask(__name__, static_folder=None)
    for method, path, function in OPERATIONS:
        app.add_url_rule(PREFIX + path, f"{method} {path}", rest_view(store, sessions, function), methods=[method])

    def classic():
        with store.lock:
            return classic_api.call(store)

    def checkout():
        with store.lock:
            return checkout_page(store)

    app.add_url_rule("/includes/api.php", "classic", classic, methods=["GET", "POST"])
    app.add_url_rule("/cart.php", "checkout", checkout, methods=["GET", "POST"])

    @app.before_request
    def read_everything():
        """Read the whole request even if nobody looks at it, so that the connection can be used again."""
        request.get_data()

    @app.errorhandler(HTTPException)
    def refuse(error):
        """Answer what Flask itself refuses, and failures of this program, in the form of the REST API."""
        texts = {404: "Nothing is moored at this address.", 405: "This address does not take that method."}
        response = answer(raw={"message": texts.get(error.code, "That did not work.")}, status=error.code)
        if error.code == 405 and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    return app


def end_with_parent():
    """End the program as soon as its standard input is closed."""
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ban-after", type=int, default=0, help="failed logins before 403; 0 means never")
    options = parser.parse_args()
    logins.settings["ban_after"] = options.ban_after
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = fill()
    sessions = Sessions("")
    server = make_server("127.0.0.1", options.port, make_app(store, sessions), threaded=True, request_handler=Handler)
    store.base = f"http://127.0.0.1:{server.port}"
    sessions.base = store.base + "/"
    print(f"Serving at {store.base}", flush=True)
    threading.Thread(target=end_with_parent, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
