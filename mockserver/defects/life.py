"""The life of a request in a world whose program has defects: that of `app`, with a place for each of them.

What is answered is not held against the contract: a program with defects does not know that it has them.
"""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from counterfoil.mockserver.app import Answer, Desk
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call
from counterfoil.mockserver.engine.worlds import World

T = TypeVar("T")
#: what a handler gives back
Result = Body | Accepted


class Crash(Exception):
    """The program falls over: the web server in front of it answers with 500 and its own page."""


@dataclass(slots=True)
class Told:
    """What is about to be said. The body is a copy: it may be changed anywhere."""

    status: int
    outcome: str
    refused: bool
    body: Body


class Life:
    """One request on its way through a program with defects, and all that they may look at and change."""

    def __init__(self, desk: Desk, world: World, call: Call) -> None:
        self.desk = desk
        self.call = call
        self.operation = desk.operations[desk.dialect.unread(call)]
        #: the vendor's state
        self.state: Any = None
        self.told = Told(500, "crashed", True, {})
        #: seconds before the answer leaves
        self.delay = 0.0
        self._world = world
        self._defects = [defect for defect in world.defects if defect.contract == desk.contract.name]

    def let_others_in(self) -> None:
        """Give other requests to this world the time to get in between."""
        self._world.lock.release()
        try:
            time.sleep(0.03)
        finally:
            self._world.lock.acquire()

    def answer(self) -> Answer:
        """From the request to the answer, from defect to defect."""
        try:
            told = self._tell()
            with self._world.lock:
                for spoil in self._spoils("refused" if told.refused else "accepted"):
                    spoil(self, told)
            data = self.desk.dialect.write(told.body, self.call, self.operation.id)
            answer = Answer(
                told.status, f"{self.call.media_type}; charset=utf-8", data, list(self.call.headers.items())
            )  # fmt: skip
            for spoil in self._spoils("wire"):
                answer = spoil(self, answer)
        except Crash:
            self.told.outcome = "crashed"
            answer = Answer(500, "text/html; charset=utf-8", b"<h1>500 Internal Server Error</h1>")
        if self.delay:
            time.sleep(self.delay)
        self._world.note(
            self.desk.contract.name, self.operation.id, self.told.outcome, self.call, answer.status, answer.body
        )
        return answer

    def _tell(self) -> Told:
        try:
            self.desk.decode(self.call)
            self.operation = self.desk.operations[self.desk.dialect.operation(self.call)]
            with self._world.lock:
                result = self._work()
            status, outcome, body = self.operation.accepted(result)
            self.told = Told(status, outcome, False, copy.deepcopy(body))
        except Refusal as refusal:
            status, body = self.operation.refusal(refusal.name, refusal.facts)
            body = body if refusal.body is None else refusal.body
            self.told = Told(status, refusal.name, True, copy.deepcopy(body))
        return self.told

    def _work(self) -> Result:
        world, call, operation = self._world, self.call, self.operation
        fault = world.fault(self.desk.contract.name, operation.id, operation.refusals)
        if fault is not None:
            self.delay = fault.delay
            if fault.refusal is not None:
                raise Refusal(fault.refusal, **fault.facts)
        self.state = world.state(self.desk.vendor.name)
        self._around("gate", partial(self.desk.dialect.gate, self.state, call, operation.id))
        self._around("check", partial(self.desk.check, operation, call))
        return self._around("handler", partial(self.desk.handlers[operation.id], self.state, call))

    def _around(self, place: str, honest: Callable[[], T]) -> T:
        for spoil in self._spoils(place):
            honest = partial(spoil, self, honest)
        return honest()

    def _spoils(self, place: str) -> Iterator[Callable[..., Any]]:
        for defect in self._defects:
            if defect.place == place and defect.about(self.operation.id):
                yield defect.spoil


def spoilt(desk: Desk, environ: Mapping[str, Any], world: World, rule: str, parameters: dict[str, str]) -> Answer:
    """One request, from its bytes to the answer of a program with defects."""
    peer, now = environ.get("REMOTE_ADDR", ""), world.clock.now()
    return Life(desk, world, Call(environ, environ["REQUEST_METHOD"], rule, parameters, peer, now)).answer()
