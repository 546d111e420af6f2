"""The only exception that state and handlers raise."""

from typing import Any


class Refusal(Exception):
    """The request is refused under the named example `name` of its operation, the template filled with `facts`."""

    def __init__(self, name: str, **facts: Any) -> None:
        super().__init__(name)
        self.name = name
        self.facts = facts
        #: the answer's body, where it is no text that a template could make
        self.body: dict[str, Any] | None = None
