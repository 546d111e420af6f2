"""What a request costs: the mock beside a bare Flask application that returns the same bytes, and Prism if node is there.

    python tests/benchmarks/run.py [--rounds 7] [--requests 2000] [--memory 100000] [--no-prism]

All servers run at once and are asked in turn, round by round, by one client that keeps its connection, so that a machine
that slows down slows all of them. A server's cost is the processor time of its processes for a round, divided by the
round's requests; the ratio is taken round by round and its median is printed. Linux only (it reads /proc).
"""

import argparse
import http.client
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LOGIN = "identifier=counterfoil-identifier&secret=counterfoil-secret&responsetype=json"
#: the shop that is asked: what it is called, the path, the body
REQUESTS = {
    "AddOrder, one product": (
        "/includes/api.php",
        f"action=AddOrder&clientid=1&pid=1&billingcycle=monthly&paymentmethod=mailin&{LOGIN}",
    ),
    "AddOrder, refused": (
        "/includes/api.php",
        f"action=AddOrder&clientid=999&pid=1&billingcycle=monthly&paymentmethod=mailin&{LOGIN}",
    ),
    "GetClientsDetails": ("/includes/api.php", f"action=GetClientsDetails&clientid=1&{LOGIN}"),
    "GetOrders, 25 of them": ("/includes/api.php", f"action=GetOrders&{LOGIN}"),
    "shop.order.add, two items": (
        "/api.php/shop.order.add?access_token=counterfoil-token",
        "contact_id=1&items%5B0%5D%5Bsku_id%5D=1&items%5B1%5D%5Bsku_id%5D=2&items%5B1%5D%5Bquantity%5D=2",
    ),
}
#: of ten requests in the memory run, one places an order: about what a test suite of a shop does
MEMORY_MIX = ["AddOrder, one product", *["GetClientsDetails", "AddOrder, refused"] * 4, "GetOrders, 25 of them"]


class Server:
    """A server under measurement: where it listens, and what its processes have used."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path: str, body: str) -> bytes:
        """One POST over the kept connection."""
        self.connection.request("POST", path, body, FORM)
        return self.connection.getresponse().read()

    def pids(self) -> list[int]:
        """Its processes, children included."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def seconds(self) -> float:
        """Processor time so far, in seconds."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def mebibytes(self) -> float:
        """Resident memory that is its own (shared pages counted once)."""
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024


@contextmanager
def running(*command: str, port: int | None = None, cwd: Path = ROOT) -> Iterator[Server]:
    """A server process; without a port, it prints one in a line that starts with Serving."""
    out = subprocess.DEVNULL if port else subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=cwd, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL, text=True
    )
    try:
        if port is None:
            line = next(line for line in process.stdout if line.startswith("Serving"))
            port = int(line.rpartition(":")[2])
        wait_for(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nobody listens at {port}")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cost(server: Server, path: str, body: str, requests: int) -> float:
    """Microseconds of processor time for one of so many requests."""
    before = server.seconds()
    for _ in range(requests):
        server.ask(path, body)
    return (server.seconds() - before) / requests * 1e6


def compare(servers: dict[str, Server], rounds: int, requests: int) -> dict[str, dict[str, list[float]]]:
    """For each kind of request, each server's cost in each round."""
    costs: dict[str, dict[str, list[float]]] = {}
    for name, (path, body) in REQUESTS.items():
        able = {
            who: server for who, server in servers.items() if who != "prism" or path.startswith("/api.php")
        }  # Prism reads one document, and an RPC contract's fragments are no paths to it
        costs[name] = {who: [] for who in able}
        for number in range(rounds + 1):
            for who, server in able.items():
                spent = cost(server, path, body, requests if number else requests // 10)
                if number:  # the first round warms up
                    costs[name][who].append(spent)
    return costs


def main() -> None:
    """Measure, print, and with --save keep the result beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--memory", type=int, default=100_000, help="requests before memory is read; 0 leaves it out")
    parser.add_argument("--no-prism", action="store_true")
    parser.add_argument("--save", action="store_true", help="write the result into README.md beside this file")
    options = parser.parse_args()
    with ExitStack() as stack:
        mock = stack.enter_context(running(sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof"))
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as answers:
            json.dump({path + body: mock.ask(path, body).decode() for path, body in REQUESTS.values()}, answers)
        bare = stack.enter_context(running(sys.executable, str(Path(__file__).with_name("bare.py")), answers.name))
        servers = {"bare flask": bare, "mock": mock}
        if not options.no_prism and shutil.which("npx"):
            servers["prism"] = stack.enter_context(prism())
        costs = compare(servers, options.rounds, options.requests)
        lines = table(costs, options)
        if options.memory:
            lines += ["", memory(options.memory)]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.save:
        save(lines)


@contextmanager
def prism() -> Iterator[Server]:
    """Prism, mocking the Shop-Script contract."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "shopscript.json"
        show = [sys.executable, "-m", "counterfoil", "specs", "show", "shopscript", "--json"]
        spec.write_text(subprocess.run(show, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        port = free_port()
        npx = ["npx", "--yes", "@stoplight/prism-cli@5", "mock", "--port", str(port), str(spec)]
        with running(*npx, port=port, cwd=Path(folder)) as server:
            yield server


def table(costs: dict[str, dict[str, list[float]]], options: argparse.Namespace) -> list[str]:
    """The result as a Markdown table."""
    now = datetime.now(UTC).strftime("%Y-%m-%d")
    how = (
        f"{now}, {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{options.rounds} rounds of {options.requests} requests, one connection. Processor time per request in "
        "microseconds, median (minimum to maximum); the ratio is the median of the rounds' ratios."
    )
    lines = [
        how,
        "",
        "| request | bare Flask | mock | mock / bare | prism |",
        "|---|---|---|---|---|",
    ]
    for name, by in costs.items():
        ratio = statistics.median(m / b for m, b in zip(by["mock"], by["bare flask"], strict=True))
        cells = [spread(by.get(who)) for who in ("bare flask", "mock", "prism")]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | **{ratio:.2f}** | {cells[2]} |")
    return lines


def spread(values: list[float] | None) -> str:
    """A cell of the table."""
    if not values:
        return "–"
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def memory(requests: int) -> str:
    """A sentence on the memory of a fresh mock after so many requests."""
    with running(sys.executable, "-m", "counterfoil", "serve", "--port", "0", "--until-eof") as mock:
        before = mock.mebibytes()
        for number in range(requests):
            mock.ask(*REQUESTS[MEMORY_MIX[number % len(MEMORY_MIX)]])
        after = mock.mebibytes()
    return (
        f"Memory of a fresh mock: {before:.0f} MiB, and {after:.0f} MiB after {requests:,} requests, one in ten of which "
        "placed an order (all processes, shared pages counted once)."
    )


def save(lines: list[str]) -> None:
    """Replace the part of README.md below its last heading."""
    readme = Path(__file__).with_name("README.md")
    head, heading, _ = readme.read_text().partition("## The last result\n")
    readme.write_text(f"{head}{heading}\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
