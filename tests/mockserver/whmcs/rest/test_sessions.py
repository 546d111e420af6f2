"""Logging in and out, and the states that hold sessions."""

from calendar import timegm
from datetime import datetime
from typing import Any

import jwt
import pytest

from counterfoil.mockserver.whmcs.seed import seeded_state

NOW = datetime(2026, 1, 5, 9)
STATE = "X-Api-State"
URL = "http://localhost/"
NO_USER = (401, "Access Not Authorized: no user is logged in")
NO_ADMINISTRATOR = (401, "Access Not Authorized: no administrator is logged in")
NO_CHALLENGE = (401, "Access Not Authorized: no login awaits a second factor")
EXPIRED = (401, "The X-Api-State has expired")
FORGED = (401, "The X-Api-State is not signed by this system")
GARBLED = (401, "The X-Api-State cannot be read")
WRONG_FACTOR = (412, "The second factor is not valid")
WRONG_LOGIN = (401, "Access Not Authorized: the email or the password is wrong")


def claims(state: str) -> dict[str, Any]:
    return jwt.decode(state, options={"verify_signature": False})


def signed(**changed) -> str:
    """A state as the installation signs it, with other claims; None takes one away."""
    said = {"iss": URL, "aud": URL, "exp": timegm(NOW.timetuple()) + 60, "sub": [], **changed}
    key = seeded_state(NOW, 1).random("api state key")
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, "HS256")


def test_a_login_answers_the_user_and_a_state(visitor) -> None:
    """Its claims are those of the samples: a list as subject, and 64 digits for the user."""
    answer = visitor.log_in()

    said = claims(answer.headers[STATE])
    assert 200 == answer.status_code
    assert ["davis@example.com", "Davis", "Example"] == [
        answer.json["data"][name] for name in ("email", "firstname", "lastname")
    ]
    assert [True, False] == [client["selected"] for client in answer.json["data"]["clients"]]
    assert {"iss": URL, "aud": URL, "sub": [], "exp": timegm(NOW.timetuple()) + 3600}.items() <= said.items()
    assert 64 == len(said["whmcs_user"])
    assert {"typ": "JWT", "alg": "HS256"} == jwt.get_unverified_header(answer.headers[STATE])


@pytest.mark.parametrize(
    ("email", "password"), [("davis@example.com", "wrong word"), ("nobody@example.com", "counterfoil")]
)
def test_a_wrong_password_and_an_unknown_email_are_refused_alike(visitor, email: str, password: str) -> None:
    """Nobody finds out who is a user here."""
    assert WRONG_LOGIN == visitor.refused("POST", "/user/session", {"email": email, "password": password})
    assert "" == visitor.state


def test_letter_case_of_an_email_does_not_matter(visitor) -> None:
    """But that of a password does."""
    assert 200 == visitor.log_in("Davis@Example.COM").status_code
    assert 401 == visitor.log_in(password="Counterfoil").status_code


def test_a_login_does_not_read_a_state(visitor) -> None:
    """A garbled one is no reason to refuse it."""
    visitor.state = "garbled"

    assert 200 == visitor.log_in().status_code


def test_a_user_with_a_second_factor_is_asked_for_it(visitor) -> None:
    """The state that comes with the challenge has the digits as its subject."""
    answer = visitor.log_in("twofa@example.com")

    said = claims(answer.headers[STATE])
    assert 202 == answer.status_code
    assert ("twofa", "key") == (answer.json["condition"], answer.json["fields"][0]["name"])
    assert 64 == len(said["sub"])
    assert "whmcs_user" not in said


def test_a_state_that_awaits_the_second_factor_opens_nothing(visitor) -> None:
    """It is no session, so it is not kept alive either; but what is open to all stays open."""
    visitor.log_in("twofa@example.com")

    assert NO_USER == visitor.refused("GET", "/user/clients")
    assert (401, "Access Not Authorized: nobody is logged in") == visitor.refused("POST", "/keepalive")
    assert 200 == visitor.send("GET", "/status").status_code
    assert 64 == len(claims(visitor.state)["sub"])


@pytest.mark.parametrize("code", ["417339", 417339, 417339.0])
def test_the_second_factor_finishes_the_login(visitor, code: Any) -> None:
    """A number and its digits as text are the same."""
    visitor.log_in("twofa@example.com")

    answer = visitor.verify(code)

    assert (200, "twofa@example.com") == (answer.status_code, answer.json["data"]["email"])
    assert 64 == len(claims(answer.headers[STATE])["whmcs_user"])
    assert 200 == visitor.send("GET", "/user/clients").status_code


@pytest.mark.parametrize("fields", [{"key": "417338"}, {}, {"key": None}, {"key": True}, {"other": "417339"}])
def test_a_wrong_second_factor_may_be_mended(visitor, fields: dict) -> None:
    """The state that comes with the refusal still awaits it."""
    visitor.log_in("twofa@example.com")

    assert WRONG_FACTOR == visitor.refused("POST", "/user/session/verify", {"fields": fields})
    assert 200 == visitor.verify("417339").status_code


def test_only_who_was_asked_sends_a_second_factor(visitor) -> None:
    """Nobody, whoever is logged in already, and a login of the other kind are refused."""
    body = {"fields": {"key": "417339"}}
    assert NO_CHALLENGE == visitor.refused("POST", "/user/session/verify", body)

    visitor.log_in("twofa@example.com")
    awaiting = visitor.state
    assert NO_CHALLENGE == visitor.refused("POST", "/admin/session/verify", body)
    visitor.verify("417339")
    assert NO_CHALLENGE == visitor.refused("POST", "/user/session/verify", body)
    visitor.state = awaiting
    assert NO_CHALLENGE == visitor.refused("POST", "/user/session/verify", body)


def test_a_logout_ends_the_session_with_all_its_states(davis) -> None:
    """The answer's state holds nobody, and older ones open nothing any more."""
    older = davis.state

    answer = davis.send("DELETE", "/user/session")

    assert (200, {}) == (answer.status_code, answer.json)
    assert [] == claims(davis.state)["sub"]
    assert "whmcs_user" not in claims(davis.state)
    assert NO_USER == davis.refused("GET", "/user/clients")
    davis.state = older
    assert NO_USER == davis.refused("DELETE", "/user/session")
    assert 200 == davis.send("GET", "/status").status_code


def test_every_answer_brings_a_new_state(davis) -> None:
    """Also one that needs none, and a refusal; older states stay valid, since calls may overlap."""
    states = [davis.state]
    for path in ("/status", "/user/clients", "/user/services/9", "/user/clients?page=0"):
        davis.send("GET", path)
        states.append(davis.state)

    assert 5 == len(set(states))
    assert {200} == {davis.send("GET", "/user/clients", headers={STATE: state}).status_code for state in states}


def test_a_call_without_a_state_brings_one_that_holds_nobody(visitor) -> None:
    """An empty header is none; and what is refused brings one, too."""
    for path, headers in (("/status", {}), ("/status", {STATE: ""}), ("/user/clients", {}), ("/cart/none", {})):
        answer = visitor.client.get(f"/api/v2{path}", headers=headers)

        said = claims(answer.headers[STATE])
        assert {"iss": URL, "aud": URL, "sub": [], "exp": timegm(NOW.timetuple()) + 3600} == said
        assert NO_USER == visitor.refused("GET", "/user/clients", headers={STATE: answer.headers[STATE]})


def test_the_wrong_kind_of_session_brings_a_new_state(visitor) -> None:
    """It still holds the session; so does one after a logout, which holds nobody."""
    visitor.log_admin_in()
    before = visitor.state
    assert NO_USER == visitor.refused("GET", "/user/clients")

    assert before != visitor.state
    assert 200 == visitor.send("GET", "/admin/system/status").status_code
    visitor.send("DELETE", "/admin/session")
    assert NO_ADMINISTRATOR == visitor.refused("GET", "/admin/system/status")
    assert "whmcs_user" not in claims(visitor.state)


def test_only_the_newest_state_is_valid_where_the_owner_wants_it(davis) -> None:
    """That is how strict the vendor's page reads."""
    davis.settings(strict_states=True)
    older = davis.state
    davis.get("/user/clients")

    assert 200 == davis.send("GET", "/user/clients").status_code
    davis.state = older
    assert EXPIRED == davis.refused("GET", "/user/clients")


def test_a_state_expires_by_the_worlds_clock(davis) -> None:
    """It is refused everywhere then, and brings no new one; a call in time prolongs the session."""
    davis.later(3599)
    older = davis.state
    assert 200 == davis.send("POST", "/keepalive").status_code
    davis.later(1)

    assert 200 == davis.send("GET", "/user/clients").status_code
    davis.state = older
    answer = davis.send("GET", "/status")
    assert EXPIRED == (answer.status_code, answer.json["message"])
    assert STATE not in answer.headers


def test_a_session_is_forgotten_with_its_last_state(davis) -> None:
    """Whoever logs in later finds no trace of it."""
    davis.later(3601)
    davis.log_in("robin@example.com")

    sessions = davis.client.get("/_mock/snapshot").json["vendors"]["whmcs"]["sessions"]
    assert [3] == [session["user"] for session in sessions.values()]


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        pytest.param("one", GARBLED, id="no-jwt"),
        pytest.param("a.b.c", GARBLED, id="three-parts"),
        pytest.param("é", GARBLED, id="no-ascii"),
        pytest.param(signed(sub=None), GARBLED, id="no-subject"),
        pytest.param(signed(exp=None), GARBLED, id="no-end"),
        pytest.param(signed(iss=None), GARBLED, id="no-issuer"),
        pytest.param(signed(sub="short"), GARBLED, id="no-digits"),
        pytest.param(signed(whmcs_user=1), GARBLED, id="no-text"),
        pytest.param(signed(exp=timegm(NOW.timetuple())), EXPIRED, id="expired"),
        pytest.param(signed(aud="http://example.com"), FORGED, id="for-another-system"),
        pytest.param(signed()[:-8] + "AAAAAAAA", FORGED, id="signature"),
        pytest.param(jwt.encode({"sub": []}, "k" * 64, "HS512"), FORGED, id="HS512"),
        pytest.param(jwt.encode({"sub": []}, None, "none"), FORGED, id="unsigned"),
    ],
)
def test_a_state_that_cannot_be_used_is_refused_where_none_is_needed(visitor, state: str, refusal: Any) -> None:
    """The refusal brings no new one."""
    sent = state.encode().decode("latin-1")

    assert refusal == visitor.refused("GET", "/status", headers={STATE: sent})
    assert "" == visitor.state


def test_the_same_seed_gives_the_same_states(visitor) -> None:
    """And no two answers have the same."""
    first = [visitor.log_in().headers[STATE] for _ in range(2)]
    visitor.client.post("/_mock/reset")

    assert first == [visitor.log_in().headers[STATE] for _ in range(2)]
    assert 2 == len(set(first))


def test_a_session_survives_a_snapshot(davis) -> None:
    """What was restored knows who is logged in, and for whom they act."""
    davis.send("PUT", f"/user/session/client/{davis.get('/user/clients')[1]['uuid']}")
    snapshot = davis.client.get("/_mock/snapshot").json
    davis.send("DELETE", "/user/session", headers={})
    davis.client.put("/_mock/snapshot", json=snapshot)
    davis.state = signed(whmcs_user=next(iter(snapshot["vendors"]["whmcs"]["sessions"])))

    assert [False, True] == [client["selected"] for client in davis.get("/user/clients")]


def test_ten_wrong_logins_in_a_row_ban_an_address(visitor) -> None:
    """Users' and administrators' count together; right credentials do not help until the ban is over."""
    here = {"headers": {"X-Forwarded-For": "192.0.2.1"}}
    wrong = {"email": "davis@example.com", "username": "administrator", "password": "wrong"}
    for kind in ["user", "admin"] * 5:
        assert 401 == visitor.send("POST", f"/{kind}/session", wrong, **here).status_code

    right = {"email": "davis@example.com", "password": "counterfoil"}
    assert (403, "Your IP address 192.0.2.1 is banned") == visitor.refused("POST", "/user/session", right, **here)
    assert 403 == visitor.send("GET", "/admin/system/status", **here).status_code
    assert 403 == visitor.send("POST", "/user/session/verify", **here).status_code
    assert 200 == visitor.send("GET", "/status", **here).status_code
    assert 200 == visitor.log_in().status_code
    visitor.later(15 * 60)
    assert 401 == visitor.send("POST", "/user/session", wrong, **here).status_code
    assert 200 == visitor.send("POST", "/user/session", right, **here).status_code


def test_a_right_login_starts_the_count_anew(visitor) -> None:
    """Nine wrong ones, a right one, and nine wrong ones more ban nobody."""
    for _ in range(2):
        for _ in range(9):
            visitor.log_in(password="wrong")
        assert 200 == visitor.log_in().status_code


def test_wrong_second_factors_and_unreadable_logins_are_not_counted(visitor) -> None:
    """Only wrong credentials are."""
    visitor.log_in("twofa@example.com")
    for _ in range(11):
        visitor.verify("1")
        visitor.send("POST", "/user/session", {"email": "davis@example.com"})

    assert 200 == visitor.verify("417339").status_code


def test_an_address_that_may_not_call_is_refused(visitor) -> None:
    """Before the state and the body are read; what has no 403 is open to all."""
    visitor.settings(allowed_ips=["192.0.2.9"])
    refusal = (403, "Your IP address 127.0.0.1 is not allowed")

    assert refusal == visitor.refused("POST", "/user/session", data=b"{")
    assert refusal == visitor.refused("GET", "/admin/clients/search", headers={STATE: "garbled"})
    assert 200 == visitor.send("GET", "/status").status_code
    here = {"headers": {"X-Forwarded-For": "192.0.2.9"}}
    login = {"email": "davis@example.com", "password": "counterfoil"}
    assert 200 == visitor.send("POST", "/user/session", login, **here).status_code


def test_a_state_expires_at_the_end_of_time_at_the_latest(visitor) -> None:
    """A world in the last year there is still has sessions."""
    visitor.client.post("/_mock/clock", json={"set": "9999-12-31T23:59:00"})

    assert 200 == visitor.log_in().status_code
