"""What may be sent to a target that is no mock: what changes nothing, more on request, and never what moves money."""

from contracts.exchange import Request
from contracts.schemas import schemas_of
from contracts.target import Target

MONEY = "moves money, and is never sent to a deployment"
CHANGES = "changes something there: --writes allows it"
BAN = "tries wrong credentials, for which an address may be banned"


def forbidden(request: Request, refused: bool, target: Target, writes: bool) -> str:
    """Why the request may not be sent there; an empty text if it may. `refused` is one that the contract refuses."""
    if target.control is not None:
        return ""
    operation = request.operation
    if pays(request, target):
        return MONEY
    if request.credentials != {} or _carries_a_state(request, target) or (refused and operation.effect == "session"):
        return BAN
    if writes or refused or operation.effect == "reads":
        return ""
    return CHANGES


def pays(request: Request, target: Target) -> bool:
    """Whether an accepted request would move money, as far as anybody can say before it is sent."""
    says = request.operation.pays
    if isinstance(says, bool):
        return says
    if request.raw is not None or request.tail:
        return True
    body = request.body if isinstance(request.body, dict) else {}
    return schemas_of(target.contract).holds(says, {**request.path, **request.query, **body})


def _carries_a_state(request: Request, target: Target) -> bool:
    return bool(target.sessions.headers & {name.lower() for name in request.headers})
