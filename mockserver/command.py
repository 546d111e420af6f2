"""`counterfoil serve`: the mock on a port, under granian."""

import errno
import gc
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from counterfoil.mockserver.app import Mock
    from counterfoil.mockserver.tls import Pair

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECONDS_TO_END = 5
LOOKS_EVERY = 0.3
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
THREADS = 32  # started when needed; so that slow clients, or a delay that was ordered, do not hold up the others


class Server:
    """What the serving process needs; picklable, for platforms where it is not a fork of this one."""

    def __init__(self, host: str, port: int, notes: tuple[str, ...], options: dict[str, Any]) -> None:
        self.host = host
        self.port = port
        self.notes = notes
        self.options = options
        self.tls: Pair | None = None
        #: where the base URL is written as soon as it answers
        self.ready_file: Path | None = None
        #: whether the seed file is read again when it changes
        self.watch = False
        self.app: Mock | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "app": None}

    def build(self) -> "Mock":
        """The app; made at the first call."""
        from counterfoil.mockserver.create import create_app
        from counterfoil.mockserver.proof import add_proof

        if self.app is None:
            self.app = create_app(**self.options)
            add_proof(self.app, self.scheme, self.host, self.port, self.options["token"])
        return self.app

    @property
    def scheme(self) -> str:
        """The scheme of its URL."""
        return "http" if self.tls is None else "https"

    def load(self) -> "Mock":
        """Called in the serving process: the app, a thread that says when the port answers, and one that watches.

        The threads start here and not before the fork, where they could leave a lock held for ever in the child.
        """
        app = self.build()
        os.environ.clear()  # or the web server hands it to each request, beside the request's own headers
        threading.Thread(target=self._announce, daemon=True).start()
        threading.Thread(target=_end_with_parent, daemon=True).start()
        if self.watch:
            threading.Thread(target=self._look_again, daemon=True).start()
        return app

    def _look_again(self) -> None:
        """Read the seed file again whenever it has changed."""
        from counterfoil.specs import SpecError

        path: Path = self.options["seed_file"]
        read = _changed(path)
        while True:
            time.sleep(LOOKS_EVERY)
            now = _changed(path)
            if now in (read, (0, 0)):
                continue
            read = now
            try:
                self.build().install(path)
            except SpecError as error:
                click.echo(f"{error}\nThe mock goes on with what it had.", err=True)
            else:
                click.echo(f"Read {path} again; all worlds have started over.", err=True)

    def _announce(self) -> None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        while True:
            try:
                socket.create_connection((host, self.port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.002)
        shown = f"[{host}]" if ":" in host else host
        app = self.build()
        url = f"{self.scheme}://{shown}:{self.port}"
        click.echo("\n".join([*self.notes, f"Serving {', '.join(app.endpoints)} at {url}", *app.remarks]))
        if self.ready_file is not None:
            _write_whole(self.ready_file, f"{url}\n")


def _changed(path: Path) -> tuple[int, int]:
    """What is another one as soon as the file is."""
    try:
        found = path.stat()
    except OSError:  # an editor that replaces it has taken it away
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _write_whole(path: Path, text: str) -> None:
    """Write the file so that whoever sees it sees all of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text)
    beside.replace(path)


def _end_with_parent() -> None:
    """End the serving process when the one that supervises it is gone, also if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _end_with_stdin(_context: click.Context, _option: click.Parameter, chosen: bool) -> None:
    """Ask this process to end when its standard input does, and end it if it does not."""
    if not chosen:
        return

    def watch() -> None:
        watching.set()
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(SECONDS_TO_END)
        os._exit(1)

    watching = threading.Event()
    threading.Thread(target=watch, daemon=True).start()
    watching.wait()  # the fork that follows then finds the thread where it holds no lock


def _origins(_context: click.Context, option: click.Parameter, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """The origins, checked; an origin that no browser sends would let nobody in."""
    from counterfoil.mockserver.guard import is_origin

    alone = ("as-live", "none", "*") if option.name == "cors" else ()
    if len(chosen) > 1 and (words := [each for each in chosen if each in alone]):
        raise click.BadParameter(f"{words[0]!r} stands alone: leave it or the origins out.")
    for each in chosen:
        if each not in alone and not is_origin(each):
            known = f" Or {', '.join(alone)}." if alone else ""
            raise click.BadParameter(
                f"{each!r} is no origin as browsers send it: scheme://host or scheme://host:port in small letters, without "
                f"a path, as in http://localhost:5173.{known}"
            )  # fmt: skip
    return tuple(each for each in chosen if each != "none")


def _public_url(_context: click.Context, _option: click.Parameter, chosen: str | None) -> str | None:
    """The URL without a slash at its end; checked, since what is wrong here shows only in answers."""
    if chosen is None:
        return None
    parts = urlsplit(chosen)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise click.BadParameter(f"{chosen!r} is no such URL: http or https, a host, and a path if there is one.")
    return chosen.rstrip("/")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--vendor", "served", multiple=True, help="Serve only this vendor. Repeatable. [default: all]")
@click.option("--overlay", "overlays", multiple=True, help="A shipped overlay (wire), or contract=FILE. Repeatable.")
@click.option(
    "--cors", multiple=True, default=("as-live",), show_default=True, callback=_origins, metavar="ORIGIN",
    help="An origin that browsers may call from, with their credentials. Repeatable. '*' for any; 'as-live' for any, where "
    "the vendor lets other origins in; 'none' for no one.",
)  # fmt: skip
@click.option("--control-origin", "control_origins", multiple=True, callback=_origins, metavar="ORIGIN", help="An origin "
              "whose pages may use the control plane, as a test page does. Repeatable.")  # fmt: skip
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A name by which the control plane may be asked, "
              "besides addresses and localhost. Repeatable.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="The seed of all random-looking values.")
@click.option("--clock", "stands_at", help="Stop every world's clock at this moment, as in 2026-01-05T09:00:00Z.")
@click.option("--control-token", envvar="COUNTERFOIL_CONTROL_TOKEN", help="The token that the control plane "
              "requires. [default: none on loopback, else a new one]")  # fmt: skip
@click.option("--seed-file", type=FILE, help="Begin with what this file has, in the words of the shipped seeds; 'counterfoil "
              "init --seed' prints one to start from.")  # fmt: skip
@click.option("--watch", is_flag=True, help="Read the seed file again when it changes; all worlds start over then.")
@click.option("--snapshot", type=FILE, help="Begin with the state of a snapshot; a reset returns to it.")
@click.option("--public-url", callback=_public_url, metavar="URL", help="Where clients find the mock, for the addresses that it "
              "answers, as https://shop.test/mock. [default: where each request was sent]")  # fmt: skip
@click.option("--strict", type=click.Choice(("tell", "refuse")), is_flag=False, flag_value="refuse", help="Refuse parameters that "
              "the mock ignores; tell: only name them, in the header X-Mock-Ignored and in the journal.")  # fmt: skip
@click.option("--log", "style", type=click.Choice(("auto", "text", "json")), default="auto", show_default=True, help="Tell "
              "each request in a line on standard error; auto: as text, if that is a terminal.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Tell no requests.")
@click.option("--tls-cert", type=FILE, help="Speak HTTPS with this certificate (PEM).")
@click.option("--tls-key", type=FILE, help="The certificate's key (PEM, without a password).")
@click.option(
    "--tls-self-signed", is_flag=True, help="Speak HTTPS with a certificate made for this start (needs openssl)."
)
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the base URL into this file as "
              "soon as it answers; the file is gone before that and after the end.")  # fmt: skip
@click.option("--until-eof", is_flag=True, expose_value=False, callback=_end_with_stdin, help="Stop when standard input "
              "ends: started with a pipe, the mock never outlives the process that holds its other end.")  # fmt: skip
def serve(host: str, port: int, control_token: str | None, ready_file: Path | None, **chosen: Any) -> None:
    """Serve the mock until it is interrupted. It answers from state, at the vendors' real paths."""
    gc.disable()  # what is made from here to the first request stays: looking through it would take a tenth of the start
    from counterfoil.mockserver import vendors
    from counterfoil.specs import SpecError

    served, overlays = chosen["served"], chosen["overlays"]
    unknown = set(served) - set(vendors.ALL)
    if unknown:
        raise click.UsageError(f"There is no vendor {min(unknown)!r}; there are: {', '.join(vendors.ALL)}.")
    tls = _tls(host, chosen["tls_cert"], chosen["tls_key"], self_signed=chosen["tls_self_signed"])
    port = _free_port(host, port)
    notes = []
    if tls is not None and chosen["tls_self_signed"]:
        notes.append(f"Certificate (for clients to trust, as in curl --cacert): {tls.certificate}")
    if control_token is None and host not in LOOPBACK:
        control_token = secrets.token_urlsafe(18)
        notes.append(f"Control plane token (send it as 'Authorization: Bearer …'): {control_token}")
    server = Server(host, port, tuple(notes), {
        "served": served or None, "overlays": overlays, "seed": chosen["seed"], "stands_at": _moment(chosen["stands_at"]),
        "cors": chosen["cors"], "token": control_token, "control_origins": chosen["control_origins"],
        "hosts": (*chosen["hosts"], host), "log": _log_style(chosen["style"], quiet=chosen["quiet"]),
        "seed_file": chosen["seed_file"], "snapshot": chosen["snapshot"], "public_url": chosen["public_url"],
        "strict": chosen["strict"],
    })  # fmt: skip
    if chosen["watch"] and chosen["seed_file"] is None:
        raise click.UsageError("--watch looks at the seed file: name it with --seed-file.")
    if chosen["snapshot"] is not None and (chosen["stands_at"] or chosen["seed_file"]):
        raise click.UsageError("--snapshot has all state, and a clock: leave --clock and --seed-file out.")
    server.watch = chosen["watch"]
    server.tls, server.ready_file = tls, ready_file
    try:
        contracts = [
            name for vendor in vendors.ALL.values() if not served or vendor.name in served for name in vendor.contracts
        ]
        vendors.check_overlays(contracts, overlays)
        server.build()
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    gc.freeze()
    gc.enable()
    run(server)


def _log_style(style: str, *, quiet: bool) -> str | None:
    if quiet or (style == "auto" and not sys.stderr.isatty()):
        return None  # a pipe that nobody reads would fill, and stop the mock
    return "text" if style == "auto" else style


def _tls(host: str, certificate: Path | None, key: Path | None, *, self_signed: bool) -> "Pair | None":
    from counterfoil.mockserver import tls

    if (certificate is None) is not (key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together: give both.")
    if self_signed and certificate is not None:
        raise click.UsageError("--tls-self-signed makes a certificate; leave it or --tls-cert and --tls-key out.")
    try:
        if certificate is not None and key is not None:
            return tls.checked(tls.Pair(certificate, key))
        return tls.self_signed(host) if self_signed else None
    except tls.Unserviceable as error:
        raise click.UsageError(str(error)) from error


def run(server: Any) -> None:
    """Serve until a signal. The exit code is 0 then, and 1 if the serving process died."""
    from granian import Granian
    from granian.constants import Interfaces

    granian = Granian(
        "mockserver", address=server.host, port=server.port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=THREADS, websockets=False, log_enabled=False, respawn_failed_workers=False,
        ssl_cert=server.tls and server.tls.certificate, ssl_key=server.tls and server.tls.key,
        workers_kill_timeout=2,  # a signal right after the start, or a client that holds its request open, is no reason to wait
    )  # fmt: skip
    ready = server.ready_file
    if ready is not None:
        ready.unlink(missing_ok=True)
    try:
        granian.serve(target_loader=server.load, wrap_loader=False)
    finally:
        if ready is not None:
            ready.unlink(missing_ok=True)


def _free_port(host: str, port: int) -> int:
    """The port itself if nobody listens there (granian would share it silently); for 0, a free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except socket.gaierror as error:
        raise click.UsageError(
            f"--host {host}: no such address ({error.strerror}). It is one of this machine: 127.0.0.1 for this machine alone, "
            "0.0.0.0 for others, too"
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise click.UsageError(
                f"--host {host} is no address of this machine: 127.0.0.1 and 0.0.0.0 always are"
            ) from error
        raise click.UsageError(
            f"Cannot listen at {host}:{port} ({error.strerror or error}). Choose another --port; --port 0 takes a free one."
        ) from error


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(f"--clock takes a moment such as 2026-01-05T09:00:00Z, not {text!r}.") from error
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


if __name__ == "__main__":
    sys.exit(serve())
