"""A13: AddOrder as the vendor's later pages print it, sent as PHP's `http_build_query` writes arrays."""

import base64
from urllib.parse import urlencode

import phpserialize
import pytest

FIELDS = base64.b64encode(phpserialize.dumps({1: "Google"})).decode()
OPTIONS = base64.b64encode(phpserialize.dumps({1: 999})).decode()
#: what the page has had since it became an array
PRINTED = {
    "clientid": "1", "pid": (1, 1), "domain": ("domain1.com",), "billingcycle": ("monthly", "semiannually"),
    "addons": ("1,3,9", ""), "customfields": (FIELDS, FIELDS), "configoptions": (OPTIONS, OPTIONS),
    "domaintype": ("register",), "regperiod": (1,), "dnsmanagement": (0, 1), "nameserver1": "ns1.demo.com",
    "nameserver2": "ns2.demo.com", "paymentmethod": "mailin",
}  # fmt: skip
#: what versions since 8.12 print: quantities and early renewals, which the contract leaves out, and a name in Unicode
NEWEST = {
    **PRINTED, "qty": (2, 3), "domain": ("domain1.com", "dómáin2.com"), "idnlanguage": ("", "fre"),
    "domaintype": ("register", "register"), "regperiod": (1, 2), "servicerenewals": (3, 10), "addonrenewals": (3, 10),
}  # fmt: skip


def written(fields: dict, *, indexed: bool) -> str:
    """The fields with the indexes that PHP writes, or with empty brackets, as other languages' libraries do."""
    return urlencode([
        (f"{name}[{place if indexed else ''}]" if isinstance(value, tuple) else name, each)
        for name, value in fields.items()
        for place, each in enumerate(value if isinstance(value, tuple) else (value,))
    ])  # fmt: skip


@pytest.mark.parametrize("indexed", [True, False], ids=["pid[0]", "pid[]"])
@pytest.mark.parametrize(("fields", "domains"), [(PRINTED, "15"), (NEWEST, "15,16")], ids=["older", "newest"])
def test_a13_the_vendors_own_example_runs_as_printed(caller, fields: dict, domains: str, indexed: bool):
    """A13: two products, a semiannual price, and an option's value 999, in whose place the smallest is taken."""
    answer = caller.ask("AddOrder", written(fields, indexed=indexed))

    assert ("success", "23,24", "41,42,43", domains) == tuple(
        answer[name] for name in ("result", "serviceids", "addonids", "domainids")
    )
    services = [caller.ask("GetClientsProducts", serviceid=number)["products"]["product"][0] for number in (23, 24)]
    assert [("Monthly", "10.00"), ("Semi-Annually", "55.00")] == [
        (service["billingcycle"], service["recurringamount"]) for service in services
    ]
    assert ["10 GB", "10 GB"] == [service["configoptions"]["configoption"][0]["value"] for service in services]
    assert ["Google", "Google"] == [service["customfields"]["customfield"][0]["value"] for service in services]


def test_a13_an_option_is_not_chosen_by_what_is_no_value_of_it(caller):
    """A13: as one user saw it: a word, and too many of something, are as if nobody had chosen."""
    unfit = base64.b64encode(phpserialize.dumps({1: "big", 2: 999, 3: 7, 4: 51})).decode()

    caller.ask("AddOrder", clientid=1, paymentmethod="mailin", pid=5, configoptions=unfit)

    (service,) = caller.ask("GetClientsProducts", serviceid=23)["products"]["product"]
    assert ["10 GB", "London", 0, 0] == [each["value"] for each in service["configoptions"]["configoption"]]
    assert "25.00" == service["recurringamount"]
