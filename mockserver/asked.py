"""What a control request asks for, and the answer where it cannot be had."""

import re
from threading import Lock
from typing import Any, TypeVar

import msgspec
from flask import request

T = TypeVar("T")
#: msgspec learns a type when it is first used, and two threads that do so at once end the process
_ONE_AT_A_TIME = Lock()


class Unusable(Exception):
    """A control request that cannot be carried out; the message says what to send instead."""

    def __init__(self, message: str, status: int = 400, error: str = "unusable") -> None:
        super().__init__(message)
        self.status = status
        self.error = error


def body(kind: type[T]) -> T:
    """The request's body. Raises Unusable."""
    try:
        with _ONE_AT_A_TIME:
            return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unusable(
            f"The body is not the JSON that is expected here: {_in_json(error)}. GET /openapi/control.json describes it."
        ) from error


def converted(data: Any, kind: type[T], complaint: str) -> T:
    """The data as that type; texts count as the numbers that they spell. Raises Unusable."""
    try:
        with _ONE_AT_A_TIME:
            return msgspec.convert(data, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Unusable(f"{complaint}: {_in_json(error)}.") from error


def _in_json(error: Exception) -> str:
    """What msgspec says of data, with the types as JSON names them."""
    return re.sub(
        r"`[^`$]+`", lambda types: re.sub(r"\w+", lambda name: _TYPES.get(name[0], name[0]), types[0]), str(error)
    )


_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
