"""The store: its catalogue and its domain names."""

from counterfoil.mockserver.engine.vendor import Handler
from counterfoil.mockserver.whmcs.rest import routes_catalogue, routes_domains
from counterfoil.mockserver.whmcs.rest.caller import Resolver

RESOLVERS: dict[str, Resolver] = {**routes_catalogue.RESOLVERS, **routes_domains.RESOLVERS}

HANDLERS: dict[str, Handler] = {**routes_catalogue.HANDLERS, **routes_domains.HANDLERS}
