"""REST operations that anybody may call: system, billing data, domain names and products."""

import names
import shapes
from catalogue import COUNTRIES, GATEWAYS, GROUPS, PRODUCTS
from money import CURRENCIES, MONTHS
from state import now
from wire import (
    ProblemError,
    answer,
    body,
    check_page,
    need_query,
    operation,
    paged,
    take_flag,
    take_int,
    take_text,
    take_texts,
)


def currency_shape(one):
    """Build a Currency."""
    return {"code": one["code"], "prefix": one["prefix"], "suffix": one["suffix"], "default": one["default"]}


def country_shape(code):
    """Build a Country."""
    name, states = COUNTRIES[code]
    return {"code": code, "name": name, "states": states and [{"code": key, "name": text} for key, text in states]}


@operation("GET", "/status")
def system_status(_call):
    """Tell the time and the currencies."""
    return answer(
        {
            "server_time": now().isoformat(),
            "timezone": "UTC",
            "harbour": "open",
            "currencies": [currency_shape(one) for one in CURRENCIES],
        }
    )


@operation("GET", "/countries")
def countries(_call):
    """List the countries."""
    return paged(country_shape(code) for code in COUNTRIES)


@operation("GET", "/countries/<country_code>")
def country(_call, country_code):
    """Show a country with its states."""
    check_page()
    if country_code.upper() not in COUNTRIES:
        raise ProblemError(404, "That country is not on our chart.")
    return answer(country_shape(country_code.upper()))


@operation("GET", "/billing/currencies")
def currencies(_call):
    """List the currencies."""
    return paged(currency_shape(one) for one in CURRENCIES)


@operation("GET", "/billing/cycles")
def cycles(_call):
    """List the billing cycles, the longest first."""
    return paged(
        {"cycle": cycle, "description": f"Every {months} months" if months > 1 else "Every month", "months": months}
        for cycle, months in reversed(MONTHS.items())
    )


@operation("GET", "/store/billing/gateways")
def gateways(_call):
    """List the payment gateways."""
    return paged({"name": name, "description": text} for name, text in GATEWAYS.items())


def asked_name():
    """Return the domain name of the query, in ASCII form."""
    name = names.to_ascii(need_query("domain"))
    if not name:
        raise ProblemError(422, "That is not a domain name.")
    return name


@operation("GET", "/store/domain/spotlight")
def spotlight(call):
    """Look up a name under the TLDs in the spotlight; a bare word will do."""
    text = need_query("domain")
    name = names.to_ascii(text if "." in text else f"{text}.com")
    if not name:
        raise ProblemError(422, "That is not a domain name.")
    sld = names.split(name)[0]
    return paged((names.status_shape(call.store, f"{sld}.{tld}", call.currency) for tld in names.SPOTLIGHT), True)


@operation("GET", "/store/domain/suggestions")
def suggestion_options(_call):
    """Tell what the lookup provider can do."""
    return answer(
        {
            "lookup_provider": "HarbourLookup",
            "maximum_length_supported": True,
            "tld_override_supported": True,
            "sensitive_filter_override_supported": True,
            "maximum_term_length": 1500,
            "configured_suggestion_tlds": names.SUGGESTED,
        },
        meta=[],
    )


@operation("POST", "/store/domain/suggestions")
def suggestions(call):
    """Suggest names for a phrase."""
    wish = body()
    term = take_text(wish, "term", 3, 1500)
    tlds = take_texts(wish, "tlds", 255)
    longest = take_int(wish, "maximum_length", 3, 63, nullable=True)
    clean = take_flag(wish, "filter_sensitive_content", nullable=True)
    tlds = [tld.lstrip(".").lower() for tld in tlds] if tlds else names.SUGGESTED
    found = names.suggestions(term, tlds, longest, clean)
    return paged((names.status_shape(call.store, name, call.currency) for name in found), True)


@operation("GET", "/store/domain/availability")
def availability(call):
    """Say whether a name can be registered."""
    name = asked_name()
    shape = names.status_shape(call.store, name, call.currency)
    return answer(
        {
            "is_domain_available": shape["status"] == "available for registration",
            "is_tld_available": shape["tld"] in names.TLDS,
            "domain": shape,
        },
        meta=[],
    )


@operation("GET", "/store/domain/pricing")
def tld_pricing(call):
    """List the prices of all TLDs."""
    return paged((names.tld_shape(tld, call.currency) for tld in names.TLDS), True)


@operation("GET", "/store/domain/pricing/spotlight")
def spotlight_pricing(call):
    """List the prices of the TLDs in the spotlight."""
    return paged((names.tld_shape(tld, call.currency) for tld in names.SPOTLIGHT), True)


@operation("GET", "/store/domain/pricing/<tld_id>")
def one_tld_pricing(call, tld_id):
    """Show the prices of a TLD."""
    tld = tld_id.lower().lstrip(".")
    if tld not in names.TLDS:
        raise ProblemError(404, "We do not sell names under that ending.")
    return answer(names.tld_shape(tld, call.currency), meta=[])


@operation("GET", "/store/domain/idnlanguages")
def idn_languages(_call):
    """List the languages of internationalised names."""
    return paged(({"code": code, "language": text} for code, text in names.IDN_LANGUAGES.items()), True)


@operation("GET", "/store/domain/additionalfields")
def additional_fields(_call):
    """List the additional fields of a TLD."""
    tld = need_query("tld").lower().lstrip(".")
    if tld not in names.TLDS:
        raise ProblemError(404, "We do not sell names under that ending.")
    return answer(names.TLDS[tld]["fields"], meta=[])


def need_product(pid):
    """Return a product that must exist."""
    if pid not in PRODUCTS:
        raise ProblemError(404, "No such product on the shelf.")
    return PRODUCTS[pid]


def need_group(number):
    """Refuse a product group that does not exist."""
    if number not in GROUPS:
        raise ProblemError(404, "No such shelf.")
    return number


@operation("GET", "/store/products")
def products(call):
    """List the products, the newest first."""
    return paged(shapes.product_pricing(call.store, pid, call.currency) for pid in reversed(PRODUCTS))


@operation("GET", "/store/products/<int:product_id>")
def one_product(call, product_id):
    """Show a product."""
    need_product(product_id)
    return answer(shapes.product_pricing(call.store, product_id, call.currency))


@operation("GET", "/store/products/groups")
def product_groups(_call):
    """List the product groups by their display order."""
    return paged(shapes.group(key) for key in sorted(GROUPS, key=lambda key: GROUPS[key]["order"]))


@operation("GET", "/store/products/groups/<int:group_id>")
def one_product_group(call, group_id):
    """Show a product group with its products."""
    check_page()
    return answer(shapes.product_group(call.store, need_group(group_id), call.currency))


@operation("GET", "/store/products/<int:product_id>/addons")
def product_addons(call, product_id):
    """List the addons of a product."""
    return paged(shapes.addon_pricing(one, call.currency) for one in need_product(product_id)["addons"])


@operation("GET", "/store/products/<int:product_id>/customfields")
def product_fields(_call, product_id):
    """List the custom fields of a product."""
    return paged(shapes.custom_field(one) for one in need_product(product_id)["fields"])


@operation("GET", "/store/products/<int:product_id>/configoptions")
def product_options(call, product_id):
    """List the configurable options of a product."""
    return paged(shapes.config_option(one, call.currency) for one in need_product(product_id)["options"])


@operation("GET", "/store/products/<int:product_id>/cross-sells")
def product_cross_sells(call, product_id):
    """List what goes well with a product."""
    return paged(shapes.product_pricing(call.store, one, call.currency) for one in need_product(product_id)["cross"])


@operation("GET", "/store/bundles/groups/<int:group_id>")
def bundle_group(call, group_id):
    """Show the bundles of a product group."""
    check_page()
    return answer(shapes.bundle_group(need_group(group_id), call.currency))
