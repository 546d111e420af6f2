"""An administrator's session, searches and masquerades."""

import pytest

NO_ADMINISTRATOR = (401, "Access Not Authorized: no administrator is logged in")


def test_an_administrator_logs_in_and_out(visitor) -> None:
    """The logout's state holds nobody."""
    answer = visitor.log_admin_in()

    data = {"email": "administrator@example.com", "firstname": "Alex", "lastname": "Administrator"}
    assert (200, {"data": data}) == (answer.status_code, answer.json)
    assert {} == visitor.send("DELETE", "/admin/session").json
    assert NO_ADMINISTRATOR == visitor.refused("GET", "/admin/system/status")
    assert NO_ADMINISTRATOR == visitor.refused("DELETE", "/admin/session")


@pytest.mark.parametrize(("username", "password"), [("administrator", "wrong"), ("nobody", "counterfoil")])
def test_wrong_credentials_are_refused_alike(visitor, username: str, password: str) -> None:
    """Nobody finds out who runs the installation."""
    refusal = visitor.refused("POST", "/admin/session", {"username": username, "password": password})

    assert (401, "Access Not Authorized: the username or the password is wrong") == refusal


def test_the_second_factor_is_asked_for_with_412(visitor) -> None:
    """The challenge stands at top level, and its state opens nothing but the next step."""
    answer = visitor.log_admin_in("auditor")

    challenge = {
        "condition": "twofa",
        "fields": [{"name": "key", "description": "Verification code", "type": "number"}],
    }
    assert (412, challenge) == (answer.status_code, answer.json)
    assert NO_ADMINISTRATOR == visitor.refused("GET", "/admin/system/status")
    assert (412, "The second factor is not valid") == visitor.refused(
        "POST", "/admin/session/verify", {"fields": {"key": "1"}}
    )
    assert "auditor@example.com" == visitor.verify("928364", "admin").json["data"]["email"]
    assert 200 == visitor.send("GET", "/admin/system/status").status_code


def test_a_users_state_is_no_administrators(davis) -> None:
    """And the other way round."""
    assert NO_ADMINISTRATOR == davis.refused("GET", "/admin/system/status")
    davis.log_admin_in()
    assert (401, "Access Not Authorized: no user is logged in") == davis.refused("GET", "/user/clients")


def test_the_status_is_the_one_that_all_may_see(administrator) -> None:
    """The administrator's is no other."""
    assert administrator.get("/status") == administrator.get("/admin/system/status")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("EXAMPLE", [1, 2, 3, 4]),
        ("twofa", [3]),
        ("trading", [2]),
        ("davis ex", [1, 2]),
        ("london", []),
        ("%25%25%25", []),
    ],
)
def test_clients_are_found_by_company_id_and_owner(administrator, query: str, ids: list[int]) -> None:
    """Letter case aside, the lowest id first; nobody acts for them."""
    found = administrator.get(f"/admin/clients/search?query={query}")

    assert ids == [client["id"] for client in found]
    assert {False} >= {client["selected"] for client in found}


def test_a_client_is_found_by_its_id(administrator) -> None:
    """As far as it has the three digits that a search takes at least."""
    fields = {
        "firstname": "New", "lastname": "Comer", "address1": "1 Road", "city": "Leeds", "state": "Leeds",
        "postcode": "LS1", "country": "GB", "phonenumber": "1", "password2": "counterfoil",
    }  # fmt: skip
    for number in range(5, 101):
        administrator.call("AddClient", email=f"new{number}@example.com", **fields)

    assert [100] == [client["id"] for client in administrator.get("/admin/clients/search?query=100")]


@pytest.mark.parametrize(
    ("query", "ids"), [("DAVIS", [1]), ("@example", [1, 2, 3]), ("Toni", [2]), ("factor", [2]), ("Toni Factor", [])]
)
def test_users_are_found_by_email_and_names(administrator, query: str, ids: list[int]) -> None:
    """Letter case aside, the lowest id first."""
    assert ids == [user["id"] for user in administrator.get(f"/admin/users/search?query={query}")]


@pytest.mark.parametrize("what", ["clients", "users"])
def test_a_search_has_pages_and_takes_three_letters(administrator, what: str) -> None:
    """A text that is too short, or none, is refused by name."""
    path = f"/admin/{what}/search"
    assert [2] == [each["id"] for each in administrator.get(f"{path}?query=example&page=2&page_size=1")]
    assert [] == administrator.get(f"{path}?query=example&page=9")
    for query in ("", "?query=ab", f"?query={'a' * 129}"):
        status, message = administrator.refused("GET", path + query)
        assert (422, True) == (status, message.startswith("The parameter query is not valid: "))
    assert 422 == administrator.send("GET", f"{path}?query=abc&page_size=501").status_code


def test_an_administrator_acts_as_the_owner_of_a_client(administrator) -> None:
    """That client is selected; the administrator's own state stays what it was, also after the user's logout."""
    own = administrator.state
    answer = administrator.send("POST", "/admin/clients/2/session")

    assert ("davis@example.com", 1) == (answer.json["data"]["email"], answer.json["data"]["id"])
    assert [False, True] == [client["selected"] for client in answer.json["data"]["clients"]]
    assert [20] == [service["id"] for service in administrator.get("/user/services")]
    assert 200 == administrator.send("DELETE", "/user/session").status_code
    assert 401 == administrator.send("GET", "/user/services").status_code
    administrator.state = own
    assert 200 == administrator.send("GET", "/admin/system/status").status_code


def test_an_administrator_acts_as_a_user(administrator) -> None:
    """The client that a login would select is selected; the masquerade outlives the administrator's logout."""
    own = administrator.state
    answer = administrator.send("POST", "/admin/users/1/session")

    assert [True, False] == [client["selected"] for client in answer.json["data"]["clients"]]
    administrator.send("DELETE", "/admin/session", headers={"X-Api-State": own})
    administrator.state = answer.headers["X-Api-State"]
    assert [19] == [service["id"] for service in administrator.get("/user/services")]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/admin/clients/99/session", "Client 99 not found"),
        ("/admin/clients/one/session", "Client one not found"),
        ("/admin/users/99/session", "User 99 not found"),
        ("/admin/users/1.5/session", "User 1.5 not found"),
    ],
)
def test_nobody_acts_as_who_is_not_there(administrator, path: str, message: str) -> None:
    """What is no id names nobody either."""
    assert (404, message) == administrator.refused("POST", path)
