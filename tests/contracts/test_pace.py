"""The guard sends no more than the rate and the target's patience allow, and rations wrong credentials."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import flask
import pytest

from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Unreachable, Withheld
from counterfoil.contracts.http.loopback import is_loopback
from counterfoil.contracts.profile.model import Entry, Limits
from counterfoil.contracts.profile.read import seeded
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.rules import Rules, per_second
from tests.contracts.guarding import CONTRACTS, Serve, accepted, ask, guarded, judged_fully, shop


@pytest.mark.parametrize(("most", "wrong"), [(4, 12), (2, 5)])
def test_wrong_credentials_are_rationed(serve: Serve, most: int, wrong: int) -> None:
    """Between two right ones no more than the ration, whoever sends them."""
    row, worst = 0, 0

    def answer(_: int) -> flask.Response:
        nonlocal row, worst
        is_right = flask.request.args.get("access_token") == "counterfoil-token"
        row = 0 if is_right else row + 1
        worst = max(worst, row)
        return flask.Response("{}", 200 if is_right else 401, content_type="application/json")

    app, _ = shop(answer)
    guard = Guard(Rules(), Entry(limits=Limits(wrong_logins=most)), "shopscript", careful=True)
    target = behind(Target.described(CONTRACTS["shopscript"], serve(app), seeded().of("shopscript")), guard)
    for number in range(wrong):
        credentials = None if number % 2 else {"access_token": "no-such-token"}
        target.send(ask("shopscript", "search_orders", credentials=credentials))

    assert 0 < worst <= most
    target.close()


def test_where_no_right_login_is_at_hand_wrong_ones_end(serve: Serve) -> None:
    """Rather than that somebody is banned."""
    app, times = shop(lambda _: flask.Response("{}", 401, content_type="application/json"))
    guard = Guard(Rules(), Entry(), "whmcs-rest", careful=True)
    target = behind(Target.described(CONTRACTS["whmcs-rest"], serve(app)), guard)

    login = ask("whmcs-rest", "create_user_session", body={"email": "a@b.cd", "password": "x"})
    for _ in range(3):
        target.send(login)

    assert "banned" in judged_fully(target, login)
    assert 3 == len(times)
    target.close()


def test_no_more_is_sent_than_the_rate_allows(tmp_path: Path, serve: Serve) -> None:
    """Over all processes of a run, which share its folder."""
    app, times = shop(accepted)
    url = serve(app)
    targets = [guarded("shopscript", url, tmp_path, rate=20.0) for _ in range(2)]

    for number in range(9):
        targets[number % 2].send(ask("shopscript", "search_orders"))

    assert times[-1] - times[0] >= 8 / 20 - 0.02
    for target in targets:
        target.close()


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_respected(serve: Serve, as_date: bool) -> None:
    """The request is sent again when its time has come; the caller sees the answer that counts."""

    def answer(number: int) -> flask.Response:
        if number > 1:
            return accepted()
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return flask.Response("", 429, {"Retry-After": moment if as_date else "1"})

    app, times = shop(answer)
    target = guarded("shopscript", serve(app))

    assert 200 == target.send(ask("shopscript", "search_orders")).status
    assert times[1] - times[0] >= 0.9
    target.close()


def test_what_is_turned_away_again_and_again_is_no_finding(serve: Serve) -> None:
    """It was not tried, and the reason says what helps."""
    app, times = shop(lambda _: flask.Response("", 429, {"Retry-After": "0"}))
    target = guarded("shopscript", serve(app))

    with pytest.raises(Withheld, match="--rate"):
        target.send(ask("shopscript", "search_orders"))

    assert 3 == len(times)
    assert times[2] - times[1] >= 0.1  # it is asked more slowly, also where it asks for no pause
    target.close()


@pytest.mark.parametrize("wanted", ["31536000", f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", "1e400"])
def test_a_run_waits_for_no_year(serve: Serve, wanted: str) -> None:
    """Nor for one that no calendar has."""
    app, _ = shop(lambda _: flask.Response("", 429, {"Retry-After": wanted}))
    target = guarded("shopscript", serve(app))

    with pytest.raises(Withheld, match="too long for a run"):
        target.send(ask("shopscript", "search_orders"))
    target.close()


def test_a_run_ends_where_patience_is_asked_for_again_and_again(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is short enough, and all of them together are not."""
    monkeypatch.setattr("counterfoil.contracts.safety.rate_limit._MOST_PATIENCE", 0.9)
    app, times = shop(lambda number: flask.Response("", 429, {"Retry-After": "0.6"}) if number % 2 else accepted())
    target = guarded("shopscript", serve(app))

    assert 200 == target.send(ask("shopscript", "search_orders")).status
    with pytest.raises(Unreachable, match=r"wait for 1 seconds in all: give a smaller --rate"):
        target.send(ask("shopscript", "search_orders"))

    assert 3 == len(times)
    target.close()


def test_a_silent_target_is_asked_no_more() -> None:
    """After five requests in a row without an answer, the others fail without being sent."""
    target = guarded("shopscript")
    for _ in range(5):
        with pytest.raises(Unreachable):
            target.send(ask("shopscript", "search_orders"))

    with pytest.raises(Unreachable, match="the run ends here"):
        target.send(ask("shopscript", "search_orders"))
    assert 5 == target.requests
    target.close()


def test_rates_and_hosts_are_read() -> None:
    """As people write them."""
    assert [5.0, 5.0, 0.5] == [per_second("5/s"), per_second("300/m"), per_second("1800 / h")]
    assert ([True] * 3, [False] * 2) == (
        [is_loopback(url) for url in ("http://127.0.0.1:80", "http://localhost/x", "http://[::1]:8080")],
        [is_loopback(url) for url in ("https://staging.example.com", "http://10.0.0.7")],
    )
    with pytest.raises(ValueError, match="no rate"):
        per_second("fast")
