"""Who answers which operation, and who finds what a path names."""

from counterfoil.mockserver.engine.vendor import Handler
from counterfoil.mockserver.whmcs.rest.admin import routes as admin
from counterfoil.mockserver.whmcs.rest.carts import item_routes as cart_items
from counterfoil.mockserver.whmcs.rest.carts import routes as carts
from counterfoil.mockserver.whmcs.rest.domains import routes as domains
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.services import routes as services
from counterfoil.mockserver.whmcs.rest.store import routes as store
from counterfoil.mockserver.whmcs.rest.system import routes as system
from counterfoil.mockserver.whmcs.rest.user import routes as user

HANDLERS: dict[str, Handler] = {
    **system.HANDLERS,
    **store.HANDLERS,
    **domains.HANDLERS,
    **carts.HANDLERS,
    **cart_items.HANDLERS,
    **user.HANDLERS,
    **services.HANDLERS,
    **admin.HANDLERS,
}

#: by path parameter; see `dialect`
RESOLVERS: dict[str, Resolver] = {
    **system.RESOLVERS,
    **store.RESOLVERS,
    **domains.RESOLVERS,
    **carts.RESOLVERS,
    **cart_items.RESOLVERS,
    **services.RESOLVERS,
}
