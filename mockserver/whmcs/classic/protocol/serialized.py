"""Values that PHP has serialized, in Base64: custom fields, options, and what a registry wants to know."""

import base64
from typing import Any

import phpserialize

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.whmcs.classic.protocol.reasons import NO_ARRAY

_YES = frozenset(("1", "on", "yes", "true"))


def _serialized(parameter: str, text: str) -> dict[Any, str]:
    """The flat array that the text holds, its values as PHP prints them."""
    try:
        array = phpserialize.loads(base64.b64decode(text, validate=True), decode_strings=True)
        if not isinstance(array, dict) or any(isinstance(value, dict) for value in array.values()):
            raise ValueError("it is no flat array")
    except (ValueError, TypeError, RecursionError, OverflowError, MemoryError) as error:
        raise Refusal("invalid_parameter", parameter=parameter, reason=NO_ARRAY) from error
    return {key: _printed(value) for key, value in array.items()}


def _printed(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def texts(parameter: str, text: str) -> dict[int, str]:
    """The values by ids in the serialized text; other keys are left out. Refused if it cannot be read."""
    return {int(key): value for key, value in _serialized(parameter, text).items() if _is_id(key)}


def choices(parameter: str, text: str) -> dict[int, int]:
    """The options' values in the serialized text; what can be none is left out. Refused if it cannot be read."""
    chosen = {}
    for key, value in _serialized(parameter, text).items():
        if _is_id(key) and value.lower() in _YES:
            chosen[int(key)] = 1
        elif _is_id(key) and value.isascii() and value.isdigit() and len(value) < 10:
            chosen[int(key)] = int(value)
    return chosen


def additional(parameter: str, text: str) -> dict[str, str]:
    """The values by names in the serialized text. Refused if it cannot be read."""
    return {str(key): value for key, value in _serialized(parameter, text).items()}


def _is_id(key: Any) -> bool:
    """PHP turns keys that look like numbers into numbers; other languages' libraries may not."""
    return isinstance(key, int) or (isinstance(key, str) and key.isascii() and key.isdigit() and len(key) < 10)
