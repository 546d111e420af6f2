"""Who calls: a name and a password with every call, or a session that lasts an hour after its last use."""

import pytest

ORDER = "func=v2.vds.order.param&order_period=1&pricelist=111&sok=ok&clicked_button=order&out=xjson"


def doc(caller, query: str, **more) -> dict:
    return caller.send(f"{query}&out=xjson", **more).json["doc"]


def session(caller, query: str = "username=demo&password=demo") -> str:
    opened = doc(caller, f"func=auth&{query}")["auth"]
    assert opened["$id"] == opened["$"]
    return opened["$id"]


def test_a_key_opens_one_session(caller, poor):
    """`session.newkey` makes it for its maker, and `func=auth` takes it in place of the password, once."""
    assert {"$": ""} == caller.ask("session.newkey", username="demo", key="k-1", sok="ok")["ok"]
    assert ("access", "session.newkey") == poor.error(poor.ask("session.newkey", username="demo", key="k-2", sok="ok"))
    login = "func=auth&username=demo&out=xjson&key="
    kept = caller.client.get("/_mock/snapshot").json
    assert 200 == caller.client.put("/_mock/snapshot", json=kept).status_code

    session = caller.send(f"{login}k-1").json["doc"]["auth"]["$id"]

    assert "elem" in caller.send(f"func=subaccount&auth={session}&out=xjson").json["doc"]
    for key in ("k-1", "k-2", ""):
        assert "auth" not in caller.send(f"{login}{key}").json["doc"]


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("fields", ["username=demo&password=demo", "authinfo=demo:demo"])
def test_a_login_gives_a_session(caller, verb, fields):
    """With name and password in two fields or in one, in the query or in a form."""
    asked = f"func=auth&{fields}&out=xjson"
    opened = caller.send(asked).json if verb == "GET" else caller.send(form=asked, verb="POST").json
    number = opened["doc"]["auth"]["$id"]

    assert (32, set()) == (len(number), set(number) - set("0123456789abcdef"))
    assert "elem" in doc(caller, f"func=subaccount&auth={number}")


def test_each_session_is_another_and_the_same_seed_gives_the_same(caller):
    """No chance is at work."""
    first = [session(caller), session(caller)]
    caller.client.post("/_mock/reset")

    assert first == [session(caller), session(caller)]
    assert 2 == len(set(first))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("username=demo&password=poor", ("auth", "badpassword")),
        ("username=nobody&password=demo", ("auth", "badpassword")),
        ("authinfo=demo", ("auth", "badpassword")),
        ("authinfo=demo:", ("auth", "badpassword")),
        ("username=demo", ("value", "password")),
        ("username=demo&password=", ("value", "password")),
        ("password=demo", ("value", "username")),
        ("", ("value", "username")),
        ("username[]=demo&password=demo", ("value", "username")),
    ],
)
def test_a_wrong_login_is_refused(caller, fields, expected):
    """What is wrong and what is missing are told apart."""
    before = caller.everything()

    assert expected == caller.error(doc(caller, f"func=auth&{fields}"))
    assert before == caller.everything()


@pytest.mark.parametrize(
    ("query", "cookie", "expected"),
    [
        ("", "", ("auth", "nologin")),
        ("&auth=", "billmgrses5=", ("auth", "nologin")),
        ("", "other=SESSION", ("auth", "nologin")),
        ("&auth=f33b", "", ("auth", "badsession")),
        ("", "billmgrses5=f33b", ("auth", "badsession")),
        ("&authinfo=demo:wrong", "", ("auth", "badpassword")),
        ("&auth=f33b&authinfo=demo:demo", "billmgrses5=SESSION", ("auth", "badsession")),
        ("&authinfo=demo:wrong", "billmgrses5=SESSION", ("auth", "badpassword")),
        ("&auth=SESSION", "", None),
        ("&authinfo=demo:demo", "", None),
        ("", "billmgrses5=SESSION", None),
        ("&auth=SESSION&authinfo=x:y", "billmgrses5=f33b", None),
        ("&authinfo=demo:demo", "billmgrses5=f33b", None),
    ],
)
def test_a_caller_is_known_by_one_of_three_things(caller, query, cookie, expected):
    """The session's id goes before `authinfo`, this before the cookie; a wrong one is not made up for by the next."""
    opened = session(caller)
    before = caller.everything()
    headers = {"Cookie": cookie.replace("SESSION", opened)} if cookie else {}

    made = doc(caller, ORDER + query.replace("SESSION", opened), headers=headers)

    if expected is None:
        assert "lineitem.id" in made
    else:
        assert expected == caller.error(made)
        assert before == caller.everything()


@pytest.mark.parametrize(
    "func", ["cart", "basket", "order", "payment", "vds", "subaccount", "nothing", "v2.vds.order.pricelist", ""]
)
def test_every_function_but_the_login_asks_who_calls(caller, func):
    """Before it looks at anything else, an unknown function too."""
    assert ("auth", "nologin") == caller.error(doc(caller, f"func={func}"))


def test_a_session_lasts_an_hour_after_its_last_use(caller):
    """By the world's clock; each use counts, also one that is refused."""
    opened = session(caller)
    cart = f"func=cart&auth={opened}"

    for query in (cart, f"func=nothing&auth={opened}", cart):
        caller.later(minutes=60)
        doc(caller, query)
    caller.later(minutes=60, seconds=1)

    assert ("auth", "badsession") == caller.error(doc(caller, cart))
    caller.later(hours=-1)
    assert ("auth", "badsession") == caller.error(doc(caller, cart))


def test_sessions_that_are_over_are_forgotten(caller):
    """They leave no trace in the state, and those in use stay."""
    old = [session(caller) for _ in range(3)]
    caller.later(minutes=40)
    doc(caller, f"func=cart&auth={old[1]}")
    caller.later(minutes=40)
    new = session(caller)
    doc(caller, f"func=cart&auth={new}")

    assert [old[1], new] == list(caller.everything()["sessions"]["by_id"])


def test_the_owner_says_how_long_a_session_lasts(caller):
    """The setting counts for open sessions, too."""
    opened = session(caller)
    caller.settings(session_minutes=5)
    caller.later(minutes=6)

    assert ("auth", "badsession") == caller.error(doc(caller, f"func=cart&auth={opened}"))


def test_authinfo_may_be_restricted_to_addresses(caller):
    """The refusal names the function; a session and its login by name are not restricted, a wrong password is told first."""
    caller.settings(authinfo_ips=["192.0.2.7"])

    for func in ("cart", "auth", "nothing"):
        assert ("access", func) == caller.error(doc(caller, f"func={func}&authinfo=demo:demo"))
    assert ("auth", "badpassword") == caller.error(doc(caller, "func=cart&authinfo=demo:wrong"))
    assert "total" in doc(caller, f"func=cart&auth={session(caller)}")
    welcome = {"REMOTE_ADDR": "192.0.2.7"}
    assert "total" in doc(caller, "func=cart&authinfo=demo:demo", environ_overrides=welcome)


def test_a_session_acts_for_its_client(caller, poor):
    """What it orders is that client's."""
    opened = session(caller, "username=poor&password=poor")

    doc(caller, f"{ORDER}&auth={opened}")

    assert ("0.00", "5.00") == (caller.cart()[0], poor.cart()[0])
