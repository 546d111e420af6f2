"""The floor of the benchmark: a Flask application under granian that reads the body and returns recorded bytes."""

import json
import sys
from pathlib import Path

from flask import Flask, Response, request

from counterfoil.mockserver.command import Server, _free_port, run

ANSWERS = {key: body.encode() for key, body in json.loads(Path(sys.argv[1]).read_text()).items()}

app = Flask("bare")
app.endpoints = app.remarks = ()  # what Server announces


@app.post("/includes/api.php")
@app.post("/api.php/shop.order.add")
def answer() -> Response:
    """The recorded answer to this very request."""
    query = request.query_string.decode()
    path = f"{request.path}?{query}" if query else request.path
    return Response(ANSWERS[path + request.get_data(as_text=True)], content_type="application/json; charset=utf-8")


if __name__ == "__main__":
    server = Server("127.0.0.1", _free_port("127.0.0.1", 0), (), {})
    server.app = app
    run(server)
