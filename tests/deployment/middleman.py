"""A deployment that is nobody's to play with: it stands in front of a mock, hides that it is one, and defends itself.

It bans for good whoever is wrong five times in a row, answers 429 above its rate, speaks TLS if it has a certificate, adds
fields that no contract names, and takes what it is asked to delay. It shares no code with the project.
"""

import argparse
import json
import re
import ssl
import sys
import threading
import time
from collections import deque
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

#: what is refused with 200: `credentials` of one vendor, and the type of another one's error, in each of its notations
REFUSED = re.compile(
    rb"Invalid or missing credentials|error[^>]*type[\"=': ]+(auth|badpassword|access|session)", re.IGNORECASE
)
KEYS = re.compile(rb"identifier=|secret=|access_token=|authinfo=|password", re.IGNORECASE)


class Middleman(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece
    timeout = 30

    def handle_any(self):
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with server.lock:
            server.seen["requests"] += 1
        if server.seen["banned"]:  # for good
            return self.answer(403, [("Content-Type", "text/plain")], b"this address is banned")
        if self.is_too_early():
            return self.answer(429, [("Content-Type", "text/plain"), ("Retry-After", "1")], b"slow down")
        if urlsplit(self.path).path.startswith("/_mock"):
            return self.answer(404, [("Content-Type", "text/html")], b"<h1>Not found</h1>")
        status, headers, answer = self.forwarded(body)
        self.count_logins(body, status, answer)
        if server.options.hang and server.options.hang.encode() in self.path.encode() + body and status == 200:
            server.seen["hung"] += 1
            self.note()
            if server.seen["hung"] >= server.options.hang_at:
                time.sleep(60)
        self.note()
        return self.answer(status, headers, self.with_more(headers, answer))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = handle_any  # noqa: N815 - the server looks for these

    def is_too_early(self):
        server, rate = self.server, self.server.options.rate
        now = time.monotonic()
        with server.lock:
            while server.times and server.times[0] <= now - 1:
                server.times.popleft()
            if rate and len(server.times) >= rate:
                server.seen["limited"] += 1
                return True
            server.times.append(now)
        return False

    def forwarded(self, body):
        connection = HTTPConnection(self.server.options.to, timeout=30)
        own = ("host", "connection", "content-length")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in own}
        connection.request(self.command, self.path, body or None, {**headers, "Content-Length": str(len(body))})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def count_logins(self, body, status, answer):
        """A refusal counts as wrong; what is not refused, and carries something that opens the door, as right."""
        seen = self.server.seen
        given = KEYS.search(body + self.path.encode()) or "authorization" in {name.lower() for name in self.headers}
        with self.server.lock:
            seen["trail"] = [*seen["trail"][-11:], f"{self.command} {self.path} {status} {seen['wrong']}"]
            if status in (401, 403) or REFUSED.search(answer):
                seen["wrong"] += 1
                seen["wrongs"] += 1
                seen["worst"] = max(seen["worst"], seen["wrong"])
                seen["banned"] = seen["wrong"] >= 5
            elif given and status < 400:
                seen["wrong"] = 0

    def with_more(self, headers, answer):
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if self.server.options.more and "json" in kind:
            tree = json.loads(answer or b"null")
            if isinstance(tree, dict) and tree:
                return json.dumps({**tree, "served_by": "blue"}).encode()
        return answer

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def note(self):
        with self.server.lock:
            path = Path(self.server.options.notes)
            path.with_suffix(".new").write_text(json.dumps(self.server.seen))
            path.with_suffix(".new").rename(path)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # whoever was killed does not take its answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("to", help="host:port of the mock")
    parser.add_argument("notes", help="where it writes what it has seen")
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--more", action="store_true")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument(
        "--hang", help="requests with this text are answered late, from the `--hang-at`th accepted one on"
    )
    parser.add_argument("--hang-at", type=int, default=1)
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Middleman)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.options, server.lock, server.times = options, threading.Lock(), deque()
    server.seen = dict.fromkeys(("requests", "limited", "wrong", "wrongs", "worst", "hung"), 0) | {
        "banned": False,
        "trail": [],
    }
    sys.stdout.write(f"Serving at {'https' if options.certificate else 'http'}://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
