"""Keeps what XML cannot hold out of requests to whoever answers in XML: there, it can come back in every later answer."""

import re
from typing import Any
from urllib.parse import quote, unquote

from schemathesis import HookContext

from counterfoil.contracts.generate.contract_schema import AnyCase, contract_of
from counterfoil.specs import Contract

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\[\]-]*")
_PLACES = ("query", "body")


def tame(context: HookContext, case: AnyCase, kwargs: dict[str, Any]) -> None:
    """Before a call: made-up names become names of elements, and characters that no document may have are left out."""
    contract = contract_of(case.operation.schema)
    if contract is None or not _answers_xml(contract):
        return
    for place in _PLACES:
        value = getattr(case, place)
        fit = _fit(value)
        if fit != value:
            setattr(case, place, fit)
    for name, segment in (case.path_parameters or {}).items():
        written = unquote(str(segment))  # by now it is escaped, as in a URL
        if _UNFIT.search(written):
            case.path_parameters[name] = quote(_UNFIT.sub("x", written), safe="")  # no segment may get empty


def _answers_xml(contract: Contract) -> bool:
    answers = (answer for operation in contract.operations.values() for answer in operation.answers.values())
    return any(media_type.endswith("xml") for answer in answers for media_type in answer.media)


def _fit(node: Any) -> Any:
    if isinstance(node, dict):
        return {_named(name): _fit(below) for name, below in node.items()}
    if isinstance(node, list):
        return [_fit(below) for below in node]
    return _UNFIT.sub("", node) if type(node) is str else node


def _named(name: Any) -> str:
    if _NAME.fullmatch(str(name)):
        return str(name)
    return "x" + "".join(sign for sign in str(name) if sign.isascii() and sign.isalnum())
