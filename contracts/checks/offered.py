"""Whether a target has an operation that the contract does not demand of everybody."""

from counterfoil.contracts.http.exchange import Exchange, NotOffered
from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of


def offered(exchange: Exchange, contract: Contract) -> Exchange:
    """The exchange, unless its answer is that there is no such operation where there need be none. Raises NotOffered."""
    lacking = exchange.operation.lacking
    if lacking is not None and exchange.unreadable is None and schemas_of(contract).holds(lacking, exchange.tree):
        raise NotOffered(f"{exchange.operation.id} is not offered here")
    return exchange
