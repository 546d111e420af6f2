"""Reading requests as PHP does: bracketed names become arrays, and values are read leniently."""

import base64
import binascii
import re
from decimal import Decimal

import phpserialize

INTEGER = re.compile(r"^\s*([+-]?\d{1,18})")
MOST = Decimal(10**12)
DECIMAL = re.compile(r"^\s*([+-]?(?:\d+\.?\d*|\.\d+))")


def _key(text):
    """Turn a key that looks like a whole number into one."""
    return int(text) if re.fullmatch(r"0|-?[1-9]\d{0,17}", text) else text


def arrays(pairs):
    """Turn (name, value) pairs into the array that PHP makes of them; the last of two equal names wins."""
    result = {}
    for name, value in pairs:
        base, bracket, rest = name.lstrip(" ").partition("[")
        base = base.replace(".", "_").replace(" ", "_")
        keys = re.match(r"(?:\[[^\]]*\])+", bracket + rest)
        if not base:
            continue
        if bracket and not keys:
            result[base + "_" + rest] = value
            continue
        place, last = result, base
        for key in re.findall(r"\[([^\]]*)\]", keys.group()) if keys else []:
            if not isinstance(place.get(last), dict):
                place[last] = {}
            place = place[last]
            last = _key(key) if key else max((one for one in place if isinstance(one, int)), default=-1) + 1
        place[last] = value
    return result


def integer(value):
    """Read a whole number from the start of a text; what cannot be read counts as 0."""
    found = INTEGER.match(value) if isinstance(value, str) else None
    return int(found.group(1)) if found else 0


def decimal(value):
    """Read a decimal number from the start of a text; what cannot be read counts as 0."""
    found = DECIMAL.match(value) if isinstance(value, str) else None
    return max(-MOST, min(MOST, Decimal(found.group(1)))) if found else Decimal(0)


def truth(value):
    """Read a flag: every text but the empty one and "0" is true."""
    return isinstance(value, str) and value not in ("", "0")


class Parameters:
    """The parameters of a classic call."""

    def __init__(self, values):
        self.values = values

    def text(self, name, fallback=""):
        """Return a text; an array or an empty text counts as missing."""
        value = self.values.get(name)
        return value.strip() or fallback if isinstance(value, str) else fallback

    def given(self, name):
        """Say whether a text is there, even an empty one."""
        return isinstance(self.values.get(name), str)

    def number(self, name, fallback=0):
        """Return a whole number; a missing one is the fallback."""
        return integer(self.values[name]) if self.text(name) else fallback

    def money(self, name):
        """Return a decimal number."""
        return decimal(self.values.get(name))

    def flag(self, name):
        """Return a flag."""
        return truth(self.values.get(name))

    def indexes(self, name):
        """Return the indexes under which a parameter has values; a plain one stands at index 0."""
        value = self.values.get(name)
        if isinstance(value, dict):
            return [key for key, one in value.items() if isinstance(one, str) and one != ""]
        return [0] if value else []

    def at(self, name, index):
        """Return the text of a parameter at an index, or an empty text."""
        value = self.values.get(name)
        if isinstance(value, dict):
            value = value.get(index)
        elif index != 0:
            value = None
        return value.strip() if isinstance(value, str) else ""

    def blob(self, name, index):
        """Return what a base64 text of a serialized array holds, {key: text}; nonsense is an empty array."""
        try:
            raw = base64.b64decode(self.at(name, index), validate=True)
            found = phpserialize.loads(raw, decode_strings=True) if raw else {}
        except (binascii.Error, ValueError, TypeError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
