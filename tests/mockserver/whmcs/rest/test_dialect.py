"""What holds for every call: methods, bodies, the order of the checks."""

from typing import Any

import pytest

LOGIN = "/user/session"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "it is missing", id="none"),
        pytest.param(b" \n", "it is missing", id="blank"),
        pytest.param(b"[]", "it is not an object", id="list"),
        pytest.param(b"null", "it is not an object", id="null"),
        pytest.param(b'"text"', "it is not an object", id="text"),
        pytest.param(b"email=davis@example.com", "it is not JSON (", id="form"),
        pytest.param(b'{"email": NaN}', "it is not JSON (", id="NaN"),
        pytest.param(b'{"email": "\xff"}', "it is not JSON (", id="no-utf-8"),
        pytest.param(b'{"email": "\\ud800"}', "it is not JSON (", id="half-a-character"),
        pytest.param(b'{"email": 1e999}', "it is not JSON (", id="too-large-a-number"),
        pytest.param(b"[" * 100_000, "it is not JSON (", id="too-deep"),
    ],
)
def test_a_body_that_is_no_json_object_cannot_be_read(visitor, body: bytes, reason: str) -> None:
    """The refusal says why."""
    status, message = visitor.refused("POST", LOGIN, data=body)

    assert 422 == status
    assert message.startswith(f"The body cannot be read: {reason}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "email is not valid: it is required"),
        ({"email": "davis@example.com"}, "password is not valid: it is required"),
        ({"email": 1, "password": "counterfoil"}, 'email is not valid: it is not of type "string"'),
        ({"email": "a@b.c", "password": "counterfoil"}, "email is not valid: it is shorter than 6 characters"),
    ],
)
def test_a_field_that_is_not_valid_is_named(visitor, body: Any, message: str) -> None:
    """With the reason, and without the value, which may be a password."""
    assert (422, f"The field {message}") == visitor.refused("POST", LOGIN, body)


def test_the_media_type_does_not_matter_and_unknown_properties_are_ignored(visitor) -> None:
    """A body is JSON, whatever it is called."""
    body = b'{"email": "davis@example.com", "password": "counterfoil", "more": [1]}'

    assert 200 == visitor.send("POST", LOGIN, data=body, content_type="text/plain").status_code


def test_a_body_that_is_too_large_cannot_be_read(visitor) -> None:
    """Where none is read, it is refused by the mock itself."""
    large = b" " * (8 * 1024 * 1024 + 1)

    status, message = visitor.refused("POST", LOGIN, data=large)
    assert (422, True) == (status, message.startswith("The body cannot be read: it is longer than "))
    assert 413 == visitor.send("POST", "/keepalive", data=large).status_code


def test_a_body_that_is_cut_short_cannot_be_read(visitor) -> None:
    """Where none is read, the request is a bad one."""
    short = {"data": b"{}", "environ_overrides": {"CONTENT_LENGTH": "9"}}

    answers = [visitor.send("POST", path, **short) for path in (LOGIN, "/keepalive")]

    assert [422, 400] == [answer.status_code for answer in answers]


def test_a_verb_that_a_path_does_not_have_is_not_allowed(visitor) -> None:
    """In the mock's own words, since the contract has none."""
    answer = visitor.send("PUT", "/status")

    assert (405, "method_not_allowed") == (answer.status_code, answer.json["error"])


def test_a_query_that_cannot_be_read_is_refused_after_the_state(visitor) -> None:
    """Where a query is read at all."""
    assert 401 == visitor.send("GET", "/user/clients?page=%FF").status_code
    visitor.log_in()
    assert (422, "The parameter query is not valid: a field is not UTF-8") == visitor.refused(
        "GET", "/user/clients?page=%FF"
    )
    assert 200 == visitor.send("GET", "/status?page=%FF").status_code


def test_checks_come_in_order(davis) -> None:
    """The state, what the path names, and then the query."""
    assert 401 == davis.send("GET", "/user/services/99/addons?page=0", headers={"X-Api-State": "x"}).status_code
    assert 404 == davis.send("GET", "/user/services/99/addons?page=0").status_code
    assert 422 == davis.send("GET", "/user/services/19/addons?page=0").status_code


def test_a_parameter_in_brackets_is_a_list(davis) -> None:
    """As PHP reads it; and none of the parameters is one."""
    status, message = davis.refused("GET", "/user/clients?page[]=1")

    assert (422, True) == (status, message.startswith("The parameter page is not valid: "))


def test_a_slash_at_the_end_means_nothing(visitor) -> None:
    """The path is the same."""
    assert 200 == visitor.send("GET", "/status/").status_code


def test_a_cut_name_is_shown_so_that_it_keeps_the_contract(visitor) -> None:
    """A client whom the classic API took with a single letter is an initial here; long ones are cut."""
    fields = {
        "firstname": "A", "lastname": "B" * 99, "companyname": "C" * 99, "address1": "1 Road", "city": "Leeds",
        "state": "Leeds", "postcode": "LS1", "country": "GB", "phonenumber": "1", "password2": "counterfoil",
    }  # fmt: skip
    visitor.call("AddClient", email="ab@example.com", **fields)

    data = visitor.log_in("ab@example.com").json["data"]

    assert ("A.", "B" * 64, "C" * 64) == (data["firstname"], data["lastname"], data["clients"][0]["company"])


def test_head_is_answered_as_get_without_a_body(visitor) -> None:
    """With the status, the headers and the length of the same GET; where there is no GET, the methods that there are are told."""
    for path in ("/status", "/countries/XX"):
        get, head = (visitor.client.open(f"/api/v2{path}", method=method) for method in ("GET", "HEAD"))

        assert (get.status_code, len(get.data), b"") == (head.status_code, head.content_length, head.data)
    refused = visitor.client.open("/api/v2/keepalive", method="HEAD")
    assert (405, "POST") == (refused.status_code, refused.headers["Allow"])
    assert "GET, HEAD, POST" == ", ".join(sorted(visitor.client.put("/api/v2/cart").headers["Allow"].split(", ")))


def test_a_path_that_is_not_there_brings_a_new_state_too(davis) -> None:
    """The vendor's page on authentication: every response has one. It still holds the session; a garbled one brings none."""
    for method, path, status in (("GET", "/nothing", 404), ("GET", "", 404), ("PATCH", "/status", 405)):
        before = davis.state

        assert status == davis.send(method, path).status_code
        assert before != davis.state
        assert 2 == len(davis.get("/user/clients"))
    for path, headers in (("/api/v2/nothing", {"X-Api-State": "x"}), ("/nothing", {}), ("/api/v22", {})):
        assert "X-Api-State" not in davis.client.get(path, headers=headers).headers
