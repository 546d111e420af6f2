"""Who answers which operation, and who finds what a path names."""

from counterfoil.mockserver.engine.vendor import Handler
from counterfoil.mockserver.whmcs.rest import (
    routes_admin,
    routes_cart,
    routes_items,
    routes_store,
    routes_system,
    routes_user,
)
from counterfoil.mockserver.whmcs.rest.caller import Resolver

HANDLERS: dict[str, Handler] = {
    **routes_system.HANDLERS,
    **routes_store.HANDLERS,
    **routes_cart.HANDLERS,
    **routes_items.HANDLERS,
    **routes_user.HANDLERS,
    **routes_admin.HANDLERS,
}

#: by path parameter; see `dialect`
RESOLVERS: dict[str, Resolver] = {
    name: resolver
    for module in (routes_system, routes_store, routes_cart, routes_items, routes_user, routes_admin)
    for name, resolver in getattr(module, "RESOLVERS", {}).items()
}
