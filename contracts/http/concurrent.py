"""Requests that are sent at the same time, as those of different callers are."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange, Request


def together(target: Target, requests: Sequence[Request]) -> list[Exchange]:
    """The answers to the requests, each sent by a caller of its own when all are ready; in the order of the requests.

    Raises:
        Unreachable: nothing answers one of them.
        CredentialsRefused: one of them needs a session, and none can be opened.
    """
    twins = [target.twin() for _ in requests]
    ready = Barrier(len(twins))

    def send(twin: Target, request: Request) -> Exchange:
        ready.wait()
        return twin.send(request)

    try:
        with ThreadPoolExecutor(len(twins)) as callers:
            return list(callers.map(send, twins, requests))
    finally:
        for twin in twins:
            target.requests += twin.requests
            target.sessions.given.add(twin.sessions.given)
            twin.close()
