"""The life of a request, top to bottom: match, decode, gate, handle, self-check, encode.

`app.py` finds the endpoint that a path matches; `Endpoint.answer` is all that follows. What a step does stands in
`steps.py`; a world's variations stand around the steps (`varied.py`) and never in them.
"""

import time
from collections.abc import Mapping
from typing import Any

from counterfoil.mockserver.engine.forms import MalformedForm
from counterfoil.mockserver.engine.operations import MockBug, compile_contract
from counterfoil.mockserver.engine.received import MAX_BODY, Arrival, received
from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.steps import Answer, Aside, OwnSteps, Steps
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

    def answer(self, environ: Mapping[str, Any], world: World, rule: str, parameters: dict[str, str]) -> Answer:
        """One request, from its bytes to its answer."""
        method: str = environ["REQUEST_METHOD"]
        if method == "OPTIONS":  # what a web server answers before any vendor's code runs
            return Answer(200, self.dialect.page_type, b"")
        call = Call(environ, method, rule, parameters, environ.get("REMOTE_ADDR", ""), world.clock.now())
        own = self._steps[self.dialect.unread(call)]
        varied = Exchange(world, self.contract.name, call) if world.variations else None
        steps: Steps = own if varied is None else varied.around(own)
        delay, ordered = 0.0, False
        try:
            try:
                self._decode(call)
                own = self._steps[self.dialect.operation(call)]
                steps = own if varied is None else varied.around(own)
                with world.lock:
                    fault = world.fault(self.contract.name, own.operation) if world.faults else None
                    if fault is not None:
                        delay, ordered = fault.delay, fault.refusal is not None
                        if fault.refusal is not None:
                            raise Refusal(fault.refusal, **fault.facts)
                    state = world.state(self.vendor.name)
                    steps.gate(state, call)
                    steps.check(call)
                    result = steps.handle(state, call)
                reply = steps.accept(result)
            except Refusal as refusal:
                reply = steps.refuse(refusal)
            # a refusal that was ordered comes before anybody could make its headers
            steps.verify(reply, call, None if ordered else call.headers)
            answer, outcome = steps.encode(reply, call), reply.outcome
        except Aside as aside:
            answer, outcome = aside.answer, aside.outcome
        delay += 0.0 if varied is None else varied.delay
        if delay:
            time.sleep(delay)
        world.note(self.contract.name, own.operation.id, outcome, call, answer.status, answer.body)
        return answer

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
