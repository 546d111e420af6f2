"""What Schemathesis has to know to write our contracts' requests and to read their answers. Importing this registers it.

A schema that is no contract is served as if nothing were registered.
"""

from datetime import datetime
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import DeserializationContext, Response, SerializationContext
from schemathesis.core import NotSet
from schemathesis.transport import Serializer, register_serializer
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from counterfoil.contracts.generate.contract_schema import contract_of
from counterfoil.contracts.http.client import read_body
from counterfoil.contracts.http.connection import Reply
from counterfoil.contracts.http.prepare import encoded
from counterfoil.contracts.wire import wire
from counterfoil.specs import Contract, Operation

#: what is no JSON, and is read by the contract
_READ = ("application/xml", "text/xml", "text/plain", "text/html", "text/javascript")
_ZEROS = {"local-date-time-or-zeros": "0000-00-00 00:00:00", "date-or-zeros": "0000-00-00"}


def reply_of(response: Response) -> Reply:
    """An answer as the suite has it."""
    headers = {name: ", ".join(values) for name, values in response.headers.items()}
    return Reply(response.status_code, headers, response.content or b"")


def operation_of(contract: Contract, operation: Any) -> Operation:
    """What the contract says of an operation of Schemathesis'."""
    return contract.operations[operation.definition.raw["operationId"]]


def _forms_of(media_type: str, own: Serializer) -> Serializer:
    """Writes forms as the contract has them: names that nest by brackets, where the built-in writer loses what is in lists."""

    def written(context: SerializationContext, value: Any) -> dict[str, Any]:
        contract, body = contract_of(context.case.operation.schema), context.case.body
        if contract is None or isinstance(body, bytes | NotSet):
            return own(context, value)
        content, _, content_type = encoded(_mapped(body), media_type, contract.brackets)
        return {"data": content, "headers": {"Content-Type": content_type}}

    return written


def _mapped(body: Any) -> Any:
    """The body; what Schemathesis has made pairs of, as the map that they spell."""
    is_pairs = isinstance(body, list) and all(isinstance(each, tuple) for each in body)
    return {str(name): value for name, value in body} if is_pairs else body


@schemathesis.deserializer(*_READ)
def meaning(context: DeserializationContext, response: Response) -> Any:
    """What the body means by the contract: numbers for the texts of XML and of pairs, a tree for lines and for brackets."""
    contract = contract_of(context.operation.schema)
    if contract is None:
        raise NotImplementedError
    tree, unreadable = read_body(contract, operation_of(contract, context.operation), reply_of(response))
    if unreadable is not None:
        raise ValueError(unreadable)
    return tree


def _register() -> None:
    for media_type in (wire.FORM, wire.MULTIPART):
        pair = REQUESTS_TRANSPORT.get_first_matching_media_type(media_type)
        assert pair is not None
        register_serializer(_forms_of(media_type, pair[1]), media_type)
    day = st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31))  # noqa: DTZ001 - an installation's own clock
    moments = day.map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"))
    days = day.map(lambda moment: moment.strftime("%Y-%m-%d"))
    for name, made in {
        "local-date-time": moments, "local-date-time-or-zeros": moments, "date-or-zeros": days,
    }.items():  # fmt: skip
        schemathesis.openapi.format(name, made | st.just(_ZEROS[name]) if name in _ZEROS else made)


_register()
