"""The steps of a request's life in a world with variations: the mock's own, with what stands around them.

| step | the change is called with | and |
|---|---|---|
| seeded | the state as it is seeded, the moment, the seed | returns a state; before any request, see `worlds.py` |
| lives | what lets happen what has fallen due, the state, the moment | does so, or not; also where no request is made |
| gate, check, handler | the exchange, the step itself | runs the step, before or after something else, twice, or not at all |
| accepted, refused | the exchange, the reply | changes the reply, whose body is a copy |
| wire | the exchange, the answer | returns an answer: another status, other headers, other bytes |
"""

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from counterfoil.mockserver.engine.operations import Compiled
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Aside, Reply, Result, Steps
from counterfoil.mockserver.engine.vendor import Call
from counterfoil.mockserver.engine.worlds import World

if TYPE_CHECKING:
    from counterfoil.mockserver.engine.variation import Variation

T = TypeVar("T")

#: what makes another state of the one that is seeded
Seeding = Callable[[Any, datetime, int], Any]
#: what stands around the passing of time
Living = Callable[[Callable[[Any, datetime], None], Any, datetime], None]
#: what stands around a step that lets a caller in or checks the fields, and around the work itself
Around = Callable[["Exchange", Callable[[], None]], None]
AroundHandler = Callable[["Exchange", Callable[[], Result]], Result]
#: what changes a reply, and what changes status, headers and bytes
Rewording = Callable[["Exchange", Reply], None]
Rewriting = Callable[["Exchange", Answer], Answer]


class Crash(Aside):
    """The program falls over: the web server in front of it answers with 500 and its own page."""

    def __init__(self) -> None:
        super().__init__("crashed", Answer(500, "text/html; charset=utf-8", b"<h1>500 Internal Server Error</h1>"))


class Exchange:
    """One request on its way through a varied program, and all that variations may look at and change."""

    operation: Compiled

    def __init__(self, world: World, contract: str, call: Call) -> None:
        self.call = call
        #: the vendor's state, from the gate on
        self.state: Any = None
        #: what is about to be answered, once it is known
        self.reply = Reply(500, "crashed", True, {})
        self._world = world
        self._variations = [each for each in world.variations if each.contract == contract]

    def around(self, own: Steps) -> "Exchange":
        """These steps from now on, with the variations that are about their operation."""
        self._own = own
        self.operation = own.operation
        self._about: list[Variation] = [each for each in self._variations if each.about(own.operation.id)]
        return self

    def let_others_in(self) -> None:
        """Give other requests to this world the time to get in between."""
        self._world.lock.release()
        try:
            time.sleep(0.03)
        finally:
            self._world.lock.acquire()

    def gate(self, state: Any, call: Call) -> None:
        """The gate, with what stands around it."""
        self.state = state
        self._run("gate", partial(self._own.gate, state, call))

    def check(self, call: Call) -> None:
        """The check of the fields, with what stands around it."""
        self._run("check", partial(self._own.check, call))

    def handle(self, state: Any, call: Call) -> Result:
        """The work, with what stands around it."""
        return self._run("handler", partial(self._own.handle, state, call))

    def accept(self, result: Result) -> Reply:
        """The reply to a call that was carried out, changed."""
        return self._reworded("accepted", self._own.accept(result))

    def refuse(self, refusal: Refusal) -> Reply:
        """The reply to a call that was refused, changed."""
        return self._reworded("refused", self._own.refuse(refusal))

    def verify(self, reply: Reply, call: Call, headers: Mapping[str, str] | None, *, chosen: bool = True) -> None:
        """Hold the reply against what the documents say, unless something is to break it.

        What is but the mock's own choice does not bind a program that chooses otherwise.
        """
        if all(each.keeps_contract for each in self._variations):
            self._own.verify(reply, call, headers, chosen=chosen and not self._variations)

    def encode(self, reply: Reply, call: Call) -> Answer:
        """The reply as bytes, changed."""
        answer = self._own.encode(reply, call)
        for change in self._changes("wire"):
            answer = change(self, answer)
        return answer

    def _run(self, step: str, own: Callable[[], T]) -> T:
        for change in self._changes(step):
            own = partial(change, self, own)
        return own()

    def _reworded(self, step: str, reply: Reply) -> Reply:
        reply.body = copy.deepcopy(reply.body)
        self.reply = reply
        with self._world.lock:
            for change in self._changes(step):
                change(self, reply)
        return reply

    def _changes(self, step: str) -> Iterator[Callable[..., Any]]:
        return (each.change for each in self._about if each.step == step)
