"""The store: its catalogue and its domain names."""

from mockserver.vendor import Handler
from mockserver.whmcs.rest import routes_catalogue, routes_domains
from mockserver.whmcs.rest.caller import Resolver

RESOLVERS: dict[str, Resolver] = {**routes_catalogue.RESOLVERS, **routes_domains.RESOLVERS}

HANDLERS: dict[str, Handler] = {**routes_catalogue.HANDLERS, **routes_domains.HANDLERS}
