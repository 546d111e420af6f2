"""What a user sees: clients, services and domains, in the state that the classic API fills too."""

import pytest

ORDER = {"clientid": 1, "paymentmethod": "mailin"}


def test_a_users_clients_are_listed_by_their_ids(davis) -> None:
    """Exactly one is selected: the first."""
    clients = davis.get("/user/clients")

    assert [("", True), ("Example Trading Inc", False)] == [(each["company"], each["selected"]) for each in clients]
    assert [clients[1]] == davis.get("/user/clients?page=2&page_size=1")
    assert 422 == davis.send("GET", "/user/clients?page=0").status_code


def test_services_and_domains_are_those_of_the_selected_client(davis) -> None:
    """The selection holds for the session, whichever of its states is sent; it can be chosen again."""
    older, uuid = davis.state, davis.get("/user/clients")[1]["uuid"]
    for _ in range(2):
        answer = davis.send("PUT", f"/user/session/client/{uuid}")
        assert (200, {}) == (answer.status_code, answer.json)
    davis.state = older

    assert [False, True] == [client["selected"] for client in davis.get("/user/clients")]
    assert [20] == [service["id"] for service in davis.get("/user/services")]
    assert ["trading-place.net"] == [domain["domain_name"] for domain in davis.get("/user/domains")]
    assert (404, "Service 19 not found") == davis.refused("GET", "/user/services/19")


@pytest.mark.parametrize("uuid", ["short", "0" * 36])
def test_no_other_client_can_be_selected(davis, uuid: str) -> None:
    """Nor what is no UUID, nor another user's."""
    assert (404, f"Client {uuid} not found") == davis.refused("PUT", f"/user/session/client/{uuid}")
    theirs = davis.log_in("robin@example.com").json["data"]["clients"][0]["uuid"]
    davis.log_in()
    assert 404 == davis.send("PUT", f"/user/session/client/{theirs}").status_code


def test_nobody_has_no_clients(visitor) -> None:
    """Without a state nobody is logged in."""
    for method, path in (
        ("DELETE", "/user/session"), ("PUT", f"/user/session/client/{'0' * 36}"), ("GET", "/user/clients"),
        ("GET", "/user/services"), ("GET", "/user/services/19"), ("GET", "/user/domains"), ("GET", "/user/domains/3"),
        ("GET", "/user/services/19/addons"), ("GET", "/user/services/19/addons/40"),
        ("GET", "/user/services/19/customfields"), ("GET", "/user/services/19/customfields/19001"),
        ("GET", "/user/services/19/configoptions"), ("GET", "/user/services/19/configoptions/19001"),
    ):  # fmt: skip
        assert (401, "Access Not Authorized: no user is logged in") == visitor.refused(method, path)


def test_a_service_is_told_whole(davis) -> None:
    """With its product, its addons, its fields, its options, what it costs and how it is renewed."""
    service = davis.get("/user/services/19")

    ten = {"value": "10.00", "code": "USD", "display_value": "$10.00 USD", "prefix": "$", "suffix": " USD"}
    assert ("Starter", "davis.example", "Active", 1, "2025-05-20") == (
        service["product"]["name"], service["domain"], service["status"], service["quantity"],
        service["registration_date"],
    )  # fmt: skip
    assert {
        "promotions": [], "cycle": "monthly", "next_due_date": "2026-01-15",
        "price": {"first_payment": {"amount": ten}, "recurring": {"amount": ten}},
        "payment_gateway": {"name": "mailin", "description": "Mail In Payment"},
    } == service["billing"]  # fmt: skip
    assert {
        "id": 19, "type": "service", "is_renewable": True, "non_renewable_reason": None, "price": ten,
        "renewal_period": {"start": "2026-01-15", "end": "2026-02-15"},
    } == service["renewal"]  # fmt: skip
    assert [40] == [addon["id"] for addon in service["addons"]]
    assert [service] == davis.get("/user/services")


@pytest.mark.parametrize(
    ("part", "number"), [("addons", 40), ("customfields", 19001), ("configoptions", 19001)]
)  # fmt: skip
def test_parts_of_a_service_are_listed_and_shown(davis, part: str, number: int) -> None:
    """The list and the single one say the same; what is not there is not found in the service."""
    path = f"/user/services/19/{part}"
    rows = davis.get(path)

    assert [number] == [row["id"] for row in rows]
    assert [{"id": 19}] == [row["service"] for row in rows]
    assert rows[0] == davis.get(f"{path}/{number}")
    assert [] == davis.get(f"{path}?page=2")
    what = {"addons": "Addon", "customfields": "Custom field", "configoptions": "Configurable option"}[part]
    for other in ("1", "x"):
        assert (404, f"{what} {other} not found in service 19") == davis.refused("GET", f"{path}/{other}")
    assert (404, "Service 20 not found") == davis.refused("GET", f"/user/services/20/{part}/{number}")
    assert (404, "Service 20 not found") == davis.refused("GET", f"/user/services/20/{part}?page=0")
    assert 422 == davis.send("GET", f"{path}?page=0").status_code


def test_an_order_of_the_classic_api_is_in_the_list(davis) -> None:
    """Both APIs have one state; what happens to the order happens to its service."""
    made = davis.call("AddOrder", **ORDER, pid=5, domain="new.example", addons="1", promocode="CARTAPI")
    number = int(made["serviceids"])

    service = davis.get(f"/user/services/{number}")
    assert [19, number] == [each["id"] for each in davis.get("/user/services")]
    assert ("Pending", False, "This service is not renewable because it is Pending.") == (
        service["status"], service["renewal"]["is_renewable"], service["renewal"]["non_renewable_reason"],
    )  # fmt: skip
    assert ["CARTAPI"] == [each["code"] for each in service["billing"]["promotions"]]
    assert [("Disk space", 1), ("Place", 3), ("Own address", False), ("Mailboxes", 0)] == [
        (each["config_option"]["name"], each["option"]["value"]) for each in service["config_options"]
    ]
    davis.call("AcceptOrder", orderid=made["orderid"])
    accepted = davis.get(f"/user/services/{number}")
    assert ("Active", ["Active"], True) == (
        accepted["status"], [each["status"] for each in accepted["addons"]], accepted["renewal"]["is_renewable"],
    )  # fmt: skip


def test_what_is_free_is_never_due(davis) -> None:
    """It has a first payment of nothing, and cannot be renewed."""
    number = davis.call("AddOrder", **ORDER, pid=4)["serviceids"]

    service = davis.get(f"/user/services/{number}")

    assert ("free", None) == (service["billing"]["cycle"], service["billing"]["next_due_date"])
    assert ["first_payment"] == list(service["billing"]["price"])
    assert (False, None) == (service["renewal"]["is_renewable"], service["renewal"]["price"])
    assert "renewal_period" not in service["renewal"]


def test_a_domain_tells_what_its_renewal_costs(davis) -> None:
    """For one to nine years."""
    domain = davis.get("/user/domains/4")

    assert ("domain2.com", "Active", "2026-05-21", 136, True) == tuple(
        domain[name] for name in ("domain_name", "status", "expiry_date", "days_to_expiry", "eligible_for_renewal")
    )
    assert list(range(1, 10)) == [each["period"] for each in domain["renewal_periods"]]
    assert "12.95" == domain["renewal_periods"][0]["pricing"]["value"]
    assert [3, 4] == [each["id"] for each in davis.get("/user/domains")]
    assert [domain] == davis.get("/user/domains?page_size=1&page=2")


@pytest.mark.parametrize(
    ("days", "status", "left", "soon", "price"),
    [
        (100, "Active", 0, False, "12.95"),
        (136, "Active", 0, True, "12.95"),
        (137, "Grace", 29, True, "17.95"),
        (167, "Redemption", 29, True, "92.95"),
        (197, "Expired", 0, False, None),
    ],
)
def test_a_domain_follows_the_worlds_clock(davis, days: int, status: str, left: int, soon: bool, price: str) -> None:
    """It is late, then later, then gone; each period is told by its flag and costs its fee."""
    davis.later(days * 86400)
    davis.log_in()
    domain = davis.get("/user/domains/4")

    assert (status, 136 - days, left, soon) == tuple(
        domain[name] for name in ("status", "days_to_expiry", "days_left_in_period", "is_expiring_soon")
    )
    assert [status == "Grace", status == "Redemption", status == "Expired"] == [
        domain[name] for name in ("in_grace_period", "in_redemption_period", "past_redemption_period")
    ]
    assert price == next((each["pricing"]["value"] for each in domain["renewal_periods"]), None)
    assert domain["eligible_for_renewal"] is (price is not None)


def test_a_domain_that_is_ordered_is_pending(davis) -> None:
    """It can be renewed once its order is accepted."""
    made = davis.call("AddOrder", **ORDER, domain="free-name.com", domaintype="register", regperiod=2)
    number = made["domainids"]

    pending = davis.get(f"/user/domains/{number}")
    assert ("Pending", "2026-01-05", []) == (pending["status"], pending["expiry_date"], pending["renewal_periods"])
    davis.call("AcceptOrder", orderid=made["orderid"])
    assert ("Active", True) == tuple(
        davis.get(f"/user/domains/{number}")[name] for name in ("status", "eligible_for_renewal")
    )


@pytest.mark.parametrize("number", ["5", "99", "x"])
def test_a_domain_of_another_client_is_not_found(davis, number: str) -> None:
    """Also when it is another client of the same user."""
    assert (404, f"Domain {number} not found") == davis.refused("GET", f"/user/domains/{number}")


def test_euros_are_shown_to_who_pays_in_euros(visitor) -> None:
    """A client's services and domains cost what the client pays."""
    visitor.log_in("twofa@example.com")
    visitor.verify("417339")
    visitor.call("AddOrder", clientid=3, paymentmethod="paypal", pid=1, domain="euro.com", domaintype="register")

    service, domain = visitor.get("/user/services")[0], visitor.get("/user/domains")[0]

    assert "9.00" == service["billing"]["price"]["recurring"]["amount"]["value"]
    assert "€9.00 EUR" == service["renewal"]["price"]["display_value"] if service["renewal"]["price"] else True
    assert "Pending" == domain["status"]
