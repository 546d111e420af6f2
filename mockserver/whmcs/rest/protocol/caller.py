"""Who calls the REST API, and what the path of the call names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Call
from counterfoil.mockserver.whmcs.model.carts import Cart, Numbered
from counterfoil.mockserver.whmcs.model.catalogue import Currency
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Administrator, Client, User
from counterfoil.mockserver.whmcs.model.sessions import Session


@dataclass(slots=True)
class RestCaller:
    """What the gate knows of the caller; it stands in `call.caller`.

    Nobody is logged in where there is neither a user nor an administrator, and there are never both. A user may have no
    client. `cart`, `item` and `resolved` are for the resolvers of path parameters.
    """

    installation: Installation = field(init=False)
    #: what the caller's state holds, also if it still awaits its second factor
    session: Session | None = None
    user: User | None = None
    #: for whom the user acts
    client: Client | None = None
    administrator: Administrator | None = None
    cart: Cart | None = None
    item: Numbered | None = None
    #: what else the path names, by the parameter
    resolved: dict[str, Any] = field(default_factory=dict)
    #: the refusal that is due after all others, where the query or the body cannot be read
    unreadable: Refusal | None = None

    @property
    def currency(self) -> Currency:
        """The client's currency, for anybody else the installation's own."""
        if self.client is not None:
            return self.installation.currency_of(self.client)
        return self.installation.currencies[self.installation.settings.default_currency]


#: puts on `call.caller` what a parameter of the path names, or refuses the call
Resolver = Callable[[Installation, Call], None]
