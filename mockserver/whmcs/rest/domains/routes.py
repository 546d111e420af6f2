"""What the domain operations do: one short function for each."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Accepted, Body, Call, Handler
from counterfoil.mockserver.whmcs.domains import registry, suggestions
from counterfoil.mockserver.whmcs.domains.languages import LANGUAGES
from counterfoil.mockserver.whmcs.domains.registry import sold_as
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.rest.domains import render
from counterfoil.mockserver.whmcs.rest.protocol.caller import Resolver
from counterfoil.mockserver.whmcs.rest.protocol.not_found import not_there
from counterfoil.mockserver.whmcs.rest.protocol.paging import counted

#: in the place of `meta` where there are no pages
_NO_META: list[Body] = []
_NO_NAME = "it is no domain name"


def find_tld(installation: Installation, call: Call) -> None:
    """The TLD that the path names. Refused if it is not sold."""
    tld = sold_as(installation, call.given["tld_id"])
    if tld is None:
        raise not_there(call, "tld_id")
    call.caller.resolved["tld_id"] = tld


def check_spotlight_domains(installation: Installation, call: Call) -> Body:
    """The name under the TLDs that are put forward."""
    names = registry.spotlight(installation, call.given["domain"])
    if names is None:
        raise Refusal("parameter_invalid", parameter="domain", reason=_NO_NAME)
    return counted(names, call, lambda name: render.domain_status(name, call.caller.currency))


def get_domain_suggestion_options(installation: Installation, call: Call) -> Body:
    """What the lookup provider heeds."""
    return _whole({
        "lookup_provider": suggestions.PROVIDER,
        "maximum_length_supported": True,
        "tld_override_supported": True,
        "sensitive_filter_override_supported": True,
        "maximum_term_length": suggestions.LONGEST_TERM,
        "configured_suggestion_tlds": suggestions.suggested_tlds(installation),
    })  # fmt: skip


def query_domain_suggestions(installation: Installation, call: Call) -> Body:
    """Names for a phrase."""
    body = call.given["body"]
    names = suggestions.suggest(
        installation, body["term"], body.get("tlds") or (), longest=body.get("maximum_length"),
        decent=bool(body.get("filter_sensitive_content")),
    )  # fmt: skip
    return counted(names, call, lambda name: render.domain_status(name, call.caller.currency))


def get_domain_availability(installation: Installation, call: Call) -> Body | Accepted:
    """Whether a name can be registered."""
    name = registry.status_of(installation, call.given["domain"])
    if name is None:
        raise Refusal("parameter_invalid", parameter="domain", reason=_NO_NAME)
    if name.state == registry.UNKNOWN:
        raise Refusal("lookup_not_implemented")
    available = name.state == registry.AVAILABLE
    body = _whole({
        "is_domain_available": available,
        "is_tld_available": name.tld is not None,
        "domain": render.domain_status(name, call.caller.currency),
    })  # fmt: skip
    if available:
        return body
    return Accepted("tld_not_sold" if name.tld is None else "domain_registered", body)


def list_tld_pricing(installation: Installation, call: Call) -> Body:
    """All TLDs."""
    return counted(list(installation.tlds.values()), call, lambda tld: render.tld_pricing(tld, call.caller.currency))


def get_tld_pricing(installation: Installation, call: Call) -> Body:
    """One TLD."""
    tld = call.caller.resolved["tld_id"]
    return _whole(render.tld_pricing(tld, call.caller.currency))


def list_spotlight_tld_pricing(installation: Installation, call: Call) -> Body:
    """The TLDs that are put forward."""
    tlds = [tld for tld in installation.tlds.values() if tld.spotlight]
    return counted(tlds, call, lambda tld: render.tld_pricing(tld, call.caller.currency))


def list_idn_languages(installation: Installation, call: Call) -> Body:
    """The languages of international names."""
    return counted(list(LANGUAGES.items()), call, lambda each: {"code": each[0], "language": each[1]})


def list_tld_additional_fields(installation: Installation, call: Call) -> Body:
    """What a TLD wants to know."""
    asked = call.given["tld"]
    tld = sold_as(installation, asked)
    if tld is None:
        raise Refusal("tld_not_found", tld=asked)
    return _whole([render.additional_field(field) for field in tld.fields])


def _whole(data: Body | list[Body]) -> Body:
    """The envelope of what has no pages."""
    return {"data": data, "meta": _NO_META}


RESOLVERS: dict[str, Resolver] = {"tld_id": find_tld}

HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        check_spotlight_domains, get_domain_suggestion_options, query_domain_suggestions, get_domain_availability,
        list_tld_pricing, get_tld_pricing, list_spotlight_tld_pricing, list_idn_languages, list_tld_additional_fields,
    )
}  # fmt: skip
