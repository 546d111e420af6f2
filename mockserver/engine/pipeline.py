"""The life of a request, top to bottom: match, decode, gate, handle, self-check, encode.

`app.py` finds the endpoint that a path matches; `Endpoint.answer` is all that follows. What a step does stands in
`steps.py`; a world's variations stand around the steps (`varied.py`) and never in them.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any

from counterfoil.mockserver.engine import forced
from counterfoil.mockserver.engine.faults import Fault
from counterfoil.mockserver.engine.forced import Ordered
from counterfoil.mockserver.engine.forms import MalformedForm
from counterfoil.mockserver.engine.operations import Compiled, MockBug, compile_contract
from counterfoil.mockserver.engine.received import MAX_BODY, Arrival, received
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Aside, OwnSteps, Reply, Steps
from counterfoil.mockserver.engine.strict import Strict
from counterfoil.mockserver.engine.varied import Exchange
from counterfoil.mockserver.engine.vendor import Call, ContractBinding, Vendor
from counterfoil.mockserver.engine.worlds import World
from counterfoil.specs import Contract


class Endpoint:
    """Where one contract's requests are answered."""

    def __init__(self, contract: Contract, vendor: Vendor, binding: ContractBinding) -> None:
        self.contract = contract
        self.vendor = vendor
        self.dialect = binding.dialect(contract)
        self.operations = compile_contract(contract)
        missing = self.operations.keys() - binding.handlers.keys()
        extra = binding.handlers.keys() - self.operations.keys()
        if missing or extra:
            raise MockBug(f"{contract.name}: operations without handler {sorted(missing)}, and handlers without "
                          f"operation {sorted(extra)}")  # fmt: skip
        self._steps = {
            name: OwnSteps(operation, self.dialect, binding.handlers[name])
            for name, operation in self.operations.items()
        }

    def answer(self, environ: dict[str, Any], world: World, rule: str, parameters: dict[str, str]) -> Answer:
        """One request, from its bytes to its answer. Raises Unpreferable."""
        started = time.perf_counter()
        method: str = environ["REQUEST_METHOD"]
        if method == "OPTIONS":  # what a web server answers before any vendor's code runs
            return elsewhere(environ, world, self.contract.name, Answer(200, self.dialect.page_type, b""))
        call = Call(environ, method, rule, parameters, environ.get("REMOTE_ADDR", ""), world.clock.now())
        own = self._steps[self.dialect.unread(call)]
        varied = Exchange(world, self.contract.name, call) if world.variations else None
        steps: Steps = own if varied is None else varied.around(own)
        ordered: Ordered | None = None
        try:
            undecoded: Refusal | Aside | None = None
            try:
                self._decode(call)
                own = self._steps[self.dialect.operation(call)]
                steps = own if varied is None else varied.around(own)
                if world.strict is not None:
                    steps = Strict(self.contract, self.vendor, self.dialect, world, call).around(steps)
            except (Refusal, Aside) as told:
                undecoded = told
            if world.faults or "HTTP_PREFER" in environ:
                ordered = forced.order(environ, world, self.contract.name, own.operation)
            if ordered is not None and ordered.fault is not None and ordered.fault.comes_first:
                answer, outcome = ordered.fault.answer(), ordered.fault.outcome
            else:
                reply = self._reply(call, world, own.operation, steps, undecoded, ordered)
                answer, outcome = steps.encode(reply, call), reply.outcome
        except Aside as aside:
            answer, outcome = aside.answer, aside.outcome
        if ordered is not None and ordered.delay:
            time.sleep(ordered.delay)
        if ordered is not None:
            answer = ordered.on(answer, time.perf_counter() - started)
        meaning = self.contract.name, own.operation.id, outcome
        world.note(meaning, environ, call.now, call.sent, answer, time.perf_counter() - started)
        return answer

    def _reply(
        self, call: Call, world: World, operation: Compiled, steps: Steps, undecoded: Refusal | Aside | None,
        ordered: Ordered | None,
    ) -> Reply:  # fmt: skip
        """What is answered to a request that reaches the vendor's program, held against the contract."""
        try:
            if ordered is not None and ordered.refusal is not None:
                with world.lock:
                    state = world.state(self.vendor.name)
                    raise forced.refusal(ordered.refusal, ordered.facts, call, operation, self.dialect, state)
            if undecoded is not None:
                raise undecoded
            with world.lock:
                state = world.state_at(self.vendor.name, call.now)
                steps.gate(state, call)
                steps.check(call)
                result = steps.handle(state, call)
            reply = steps.accept(result)
        except Refusal as refusal:
            reply = steps.refuse(refusal)
        steps.verify(reply, call, call.headers)
        return reply

    def headers_of(self, environ: dict[str, Any], world: World) -> list[tuple[str, str]]:
        """What every answer has, for a request that means no operation; none where it is not asked of this contract."""
        path, below = environ["PATH_INFO"], self.dialect.below
        if below is None or not f"{path}/".startswith(f"{below}/"):
            return []
        call = Call(environ, environ["REQUEST_METHOD"], "", {}, environ.get("REMOTE_ADDR", ""), world.clock.now())
        with world.lock:
            self.dialect.unmatched(world.state_at(self.vendor.name, call.now), call)
        return list(call.headers.items())

    def attempt(self, operation: str, fault: Fault, world: World) -> set[str]:
        """Make an ordered refusal as it would be made of an empty request; the facts that it asks for.

        Raises:
            MockBug: the contract does not allow what comes out.
        """
        steps = self._steps[operation]
        described = self.contract.operations[operation]
        environ = {"REQUEST_METHOD": described.method, "PATH_INFO": described.path, "wsgi.input": BytesIO()}
        call = Call(environ, described.method, described.path, {}, "127.0.0.1", world.clock.now())
        with suppress(Refusal, Aside):
            self._decode(call)
        with world.lock:
            state = world.state(self.vendor.name)
            refusal = forced.refusal(str(fault.refusal), fault.facts, call, steps.operation, self.dialect, state)
        used = refusal.facts.used if isinstance(refusal.facts, forced.Facts) else set()
        reply = steps.refuse(refusal)
        steps.operation.verify(reply.status, call.media_type, reply.body, None, chosen=True)
        return used

    def _decode(self, call: Call) -> None:
        """Read the request into the call. Raises Refusal."""
        try:
            call.sent, arrival = received(call.environ)
            self.dialect.read(call)  # also of a part: the query may say in which format to refuse
            if arrival is Arrival.CUT_SHORT and not self.dialect.reads_on:
                raise MalformedForm("the body is shorter than its Content-Length")
        except MalformedForm as error:
            raise self.dialect.malformed(call, str(error)) from error
        if arrival is Arrival.TOO_LARGE and not self.dialect.reads_on:
            raise self.dialect.too_large(call, MAX_BODY)


def elsewhere(environ: Mapping[str, Any], world: World, contract: str, otherwise: Answer) -> Answer:
    """The answer to a request of which nobody knows the operation, with what is ordered of it; it waits here.

    Raises:
        Unpreferable: the request prefers what cannot be.
    """
    if not (world.faults or "HTTP_PREFER" in environ):
        return otherwise
    started = time.perf_counter()
    ordered = forced.order(environ, world, contract, None)
    if ordered.delay:
        time.sleep(ordered.delay)
    return ordered.on(ordered.instead or otherwise, time.perf_counter() - started)
