"""What a path names and is not there."""

from counterfoil.mockserver.engine.refusal import Refusal
from counterfoil.mockserver.engine.vendor import Call

#: by path parameter, the refusal's name
_NAMES = {
    "country_code": "country_not_found", "client_uuid": "client_not_found", "client_id": "client_not_found",
    "user_id": "user_not_found", "service_id": "service_not_found", "service_addon_id": "service_addon_not_found",
    "service_customfield_id": "service_custom_field_not_found",
    "service_configoption_id": "service_config_option_not_found", "domain_id": "domain_not_found",
    "tld_id": "tld_not_found", "product_id": "product_not_found", "group_id": "group_not_found",
    "cart_id": "cart_not_found", "item_id": "item_not_found", "custom_field_id": "custom_field_not_found",
    "config_option_id": "config_option_not_found",
}  # fmt: skip


def not_there(call: Call, parameter: str) -> Refusal:
    """The refusal for a path parameter that names nothing, or nothing of the caller's."""
    return Refusal(_NAMES[parameter], **call.parameters, tld=call.parameters.get("tld_id", ""))
