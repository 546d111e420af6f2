"""Secrets stay out of what is written down, and the command still works once its variables are set."""

import subprocess
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from counterfoil.contracts.checks.context import without_states
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Request as Asked
from counterfoil.contracts.http.kept import KeptValues
from counterfoil.contracts.http.masking import Mask, masked
from counterfoil.contracts.http.states import States
from counterfoil.contracts.safety.created import Created, Done
from counterfoil.reports.results import Answer, Finding, Mismatch, Request, Result, Row

MASK = Mask({"access_token": "s3cret token/1", "password": "demo"})


def test_a_mask_of_more_secrets_knows_nothing_of_what_had_fewer() -> None:
    """A text that held none before may hold one now."""
    mask = Mask({"token": "s3cret-token"})
    assert "abc hunter2hunter2" == mask.text("abc hunter2hunter2")

    assert "abc $PASSWORD" == mask.also({"password": "hunter2hunter2"}).text("abc hunter2hunter2")


def test_what_every_request_says_is_no_cut_secret() -> None:
    """It may be how a secret begins."""
    mask = Mask({"token": "counterfoil-only"})

    assert ["counterfoil", "?callback=counterfoil"] == [
        mask.text(each) for each in ("counterfoil", "?callback=counterfoil")
    ]
    assert "$TOKEN" == mask.text("counterfoil-o")


def test_a_secret_is_replaced_wherever_it_stands() -> None:
    """Also in its encoded form."""
    assert MASK.text("a=s3cret+token%2F1&b=s3cret token/1") == "a=$ACCESS_TOKEN&b=$ACCESS_TOKEN"


def test_a_short_secret_is_replaced_only_behind_its_name() -> None:
    """`demo` is also a word."""
    assert MASK.text("a demo; password=demo&x=1") == "a demo; password=$PASSWORD&x=1"
    assert MASK.text('{"password": "demo"}') == '{"password": "$PASSWORD"}'


def test_what_every_request_says_of_itself_is_no_secret() -> None:
    """A credential that is called as this suite is stays hidden where it opens something, and nowhere else."""
    mask = Mask({"secret": "counterfoil"}, kept=KeptValues({"counterfoil": "auth"}))

    assert mask.text("User-Agent: counterfoil") == "User-Agent: counterfoil"
    assert mask.text("secret=counterfoil&auth=counterfoil") == "secret=$SECRET&auth=$AUTH"


def test_a_secret_is_replaced_in_json_as_any_server_writes_it() -> None:
    """PHP escapes slashes there."""
    assert MASK.text(r'{"a": "s3cret token\/1"}') == '{"a": "$ACCESS_TOKEN"}'
    assert Mask({"key": 'long "quoted"'}).text(r'{"a": "long \"quoted\""}') == '{"a": "$KEY"}'


def test_a_result_tells_no_secret_in_its_words() -> None:
    """What a finding says of an answer, why a case could not be carried out, how an outcome is called."""
    said = "it is s3cret token/1"
    finding = Finding(
        id=said, contract="c", operation="o", check="k", clause=said, evidence="documented", severity="broken",
        title=said, why=said, request=Request("", "", {}, "", ""), answer=Answer(200, {}, ""),
    )  # fmt: skip
    seen = {"o": {f"undocumented refusal: {said}": 1, "undocumented refusal: it is $ACCESS_TOKEN": 2}}
    row = Row(clause="c", says="s", evidence="documented", verdict="enforced", why=said)
    result = Result("i", "c", "o", "fuzz", "d", "failed", reason=said, seen=seen, findings=[finding], rows=[row])
    kept = masked(result, MASK)

    assert "s3cret" not in repr(kept)
    assert kept.seen == {"o": {"undocumented refusal: it is $ACCESS_TOKEN": 3}}


def test_the_command_sends_what_was_sent() -> None:
    """A shell makes the same words of it."""
    curl = MASK.curl("POST", "http://x/?access_token=s3cret+token%2F1", {"X-A": "it's"}, b"a=1&b[0]=\n2", [])
    echoed = subprocess.run(
        ["/bin/sh", "-c", curl.replace("curl", "printf '%s|'", 1)],
        env={"ACCESS_TOKEN": "HIDDEN"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert echoed.stdout == "-sS|-X|POST|http://x/?access_token=HIDDEN|-H|X-A: it's|--data-raw|a=1&b[0]=\n2|"


def test_what_an_answer_gave_and_a_request_sends_again_is_a_secret(answering: Callable[..., Target]) -> None:
    """A session's id opens doors until it ends: it is masked like what the profile says, in everything that follows."""
    target = answering('{"auth": "5f1c0e7a9b2d4486", "left": "no-such-session"}')
    sell = target.contract.operations["sell"]
    target.send(Asked(sell, body={}, credentials={"auth": "made-up-by-us-0123"}))
    target.send(Asked(sell, body={}, credentials={"auth": "5f1c0e7a9b2d4486"}))

    assert "a $AUTH b" == target.mask().text("a 5f1c0e7a9b2d4486 b")
    assert "made-up-by-us-0123" == target.mask().text("made-up-by-us-0123")
    with target.world("another") as world:
        assert "$AUTH" == world.mask().text("5f1c0e7a9b2d4486")


def test_every_line_of_what_was_created_is_masked(tmp_path: Path) -> None:
    """An outcome holds the target's words, whatever the random mark of the run is; the names of things stay."""
    created = Created(tmp_path / "created.jsonl")
    created.add(
        Done(1, True, "accepted with hunter2hunter2", {"id": "hunter2hunter2"}), Mask({"token": "hunter2hunter2"})
    )

    assert b"hunter2" not in created.path.read_bytes()
    assert ["accepted with $TOKEN"] == [line.outcome for line in created.read() if isinstance(line, Done)]


_SECRET = "quite-a-Secret/тайна 0815"
_SPELLINGS = {
    "as it is": str,
    "capitals": str.upper,
    "JSON": lambda text: "".join(f"\\u{unit:04x}" for unit in _units(text)),
    "JSON in JSON": lambda text: "".join(f"\\\\u{unit:04X}" for unit in _units(text)),
    "an address": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "an address twice": lambda text: "".join(f"%25{byte:02x}" for byte in text.encode()),
    "HTML by number": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "HTML by hexadecimal": lambda text: "".join(f"&#x{ord(sign):X};" for sign in text),
    "escaped slashes": lambda text: text.replace("/", "\\/"),
    "hexadecimal": lambda text: text.encode().hex(),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64 among others": lambda text: b64encode(f"x{text}yz".encode()).decode(),
    "base64 of addresses": lambda text: urlsafe_b64encode(f"??{text}~".encode()).decode(),
}


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [data[at] << 8 | data[at + 1] for at in range(0, len(data), 2)]


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_a_secret_is_replaced_however_it_is_spelled(spelling: str) -> None:
    """Whatever a target makes of a secret, what it meant is masked, and what stands around it stays."""
    told = _SPELLINGS[spelling](_SECRET)

    shown = Mask({"token": _SECRET}).text(f"<b>before</b> «{told}» & after")

    assert shown.startswith("<b>before</b> «")
    assert shown.endswith("» & after")
    assert "$TOKEN" in shown
    assert told[4:-6] not in shown


@pytest.mark.parametrize("spelling", ["hexadecimal", "base64", "base64 among others", "base64 of addresses"])
def test_a_secret_that_is_cut_in_base64_or_hexadecimal_is_replaced(spelling: str) -> None:
    """Half of it tells half of it: whoever cut it, the target or a report, what is left is masked."""
    told = _SPELLINGS[spelling](_SECRET)

    shown = Mask({"token": _SECRET}).text(f'{{"a": "{told[: len(told) * 3 // 4]}", "b": 1}}')

    assert "$TOKEN" in shown
    assert shown.endswith('", "b": 1}')
    assert told[4:12] not in shown


@pytest.mark.parametrize("ending", ["", "…", " …", "...", "\n"])
def test_a_secret_in_which_a_text_is_cut_is_replaced(ending: str) -> None:
    """As long as there is more of it than a word has by chance, and nowhere but at the end."""
    mask = Mask({"token": _SECRET})

    assert f"no such $TOKEN{ending}" == mask.text(f"no such {_SECRET[:-5]}{ending}")
    assert f"no such $TOKEN{ending}" == mask.text(f"no such {_SECRET[:-5].replace('/', '%2F')}{ending}")
    assert f"it is quite{ending}" == mask.text(f"it is quite{ending}")
    assert "quite-a-Secre, she said" == mask.text("quite-a-Secre, she said")


_TOKEN = "9f8E7d6C5b4A3928f7e6D5c4B3a29180"


@pytest.mark.parametrize("part", [slice(12), slice(7, 19), slice(20, 32), slice(3, 29), slice(31)])
@pytest.mark.parametrize("spelling", ["as it is", "capitals", "JSON", "an address", "HTML by number"])
def test_a_part_of_a_token_is_replaced_wherever_it_stands(spelling: str, part: slice) -> None:
    """Twelve signs in a row tell too much, whatever a target has cut off before them and behind them."""
    told = _SPELLINGS[spelling](_TOKEN[part])

    assert '{"a": "for $TOKEN, she said"}' == Mask({"token": _TOKEN}).text(f'{{"a": "for {told}, she said"}}')


def test_less_of_a_token_is_any_word() -> None:
    """So are parts of what has words in it, and a name that stands before a password."""
    mask = Mask({"token": _TOKEN, "phrase": "correct horse battery", "auth": "davis@example.com:hunter2hunter2"})
    said = f"for {_TOKEN[:11]}, {_TOKEN[12:23]} and a correct horse by davis@example.com, as we know"

    assert said == mask.text(said)


def test_a_token_that_is_called_as_this_suite_is_hides_no_mark() -> None:
    """By its mark, a thing is found again."""
    mask = Mask({"token": "counterfoil-staging-0815"})

    assert "counterfoil-4f2a91-7" == mask.text("counterfoil-4f2a91-7")
    assert "a $TOKEN-7 b" == mask.text("a counterfoil-staging-081-7 b")


def test_of_two_tokens_that_are_alike_each_keeps_its_name() -> None:
    """A command names the one that was sent."""
    mask = Mask({"token": _TOKEN}).also({"other_token": f"{_TOKEN[:-1]}x", "third_token": f"{_TOKEN[:20]}-third"})

    assert "$OTHER_TOKEN $TOKEN $THIRD_TOKEN" == mask.text(f"{_TOKEN[:-1]}x {_TOKEN} {_TOKEN[:20]}-third")


@pytest.mark.parametrize("spelling", ["hexadecimal", "base64", "base64 among others", "base64 of addresses"])
def test_a_token_that_is_cut_before_it_is_coded_is_replaced(spelling: str) -> None:
    """From its beginning, fourteen signs or more."""
    told = _SPELLINGS[spelling](_TOKEN[:14])

    shown = Mask({"token": _TOKEN}).text(f'{{"a": "{told}", "b": 1}}')

    assert "$TOKEN" in shown
    assert told[4:12] not in shown


def test_the_beginning_of_a_long_text_ends_in_no_secret() -> None:
    """However many secrets stand in it, which are longer than what is shown in their place."""
    secret = "quite-a-secret-that-is-much-longer-than-its-name"

    for beside in range(0, len(secret), 5):
        shown = Mask({"t": secret}).cut("x" * beside + secret * 1_000, 1_000)
        assert "quite" not in shown
        assert "$T$T" in shown


def test_what_differs_is_masked_before_it_is_cut() -> None:
    """Also where a value is so long that the end of what is kept of it would stand within a secret."""
    differs = Mismatch("/a", f'"{"x" * 1_989}s3cret token/1"', '"s3cret token/1"')
    finding = Finding(
        id="f", contract="c", operation="o", check="k", clause="c", evidence="documented", severity="broken", title="t",
        why="w", request=Request("", "", {}, "", ""), answer=Answer(200, {}, ""), mismatches=(differs,),
    )  # fmt: skip
    kept = masked(Result("i", "c", "o", "fuzz", "d", "failed", findings=[finding]), MASK)

    (shown,) = kept.findings[0].mismatches
    assert ("$ACCESS_TO", '"$ACCESS_TOKEN"') == (shown.expected[-10:], shown.got)
    assert 2_000 >= len(shown.expected)


@pytest.mark.parametrize(
    "text", ["\\" * 50_000, "%25" * 20_000, "&amp;" * 12_000, "\n" * 50_000, "quite-a-" * 8_000 + "!"]
)
@pytest.mark.parametrize("secret", ["$strange\\secret", "/slash-first-1", "&amp-secret", "quite-a-secret"])
def test_a_secret_is_looked_for_in_one_pass(text: str, secret: str) -> None:
    """No text makes the mask go over it again and again."""
    before = time.process_time()

    assert text == Mask({"token": secret}).text(text)
    assert time.process_time() - before < 2


@pytest.mark.parametrize("beside", ["", "b", "?"], ids=["one run", "many runs", "no run"])
def test_a_long_token_is_looked_for_in_one_pass(beside: str) -> None:
    """Nor does a text that has parts of it everywhere."""
    token, before = "".join(f"{number:06d}" for number in range(500)), time.process_time()
    text = token[: 3 if beside == "?" else 3_000].join(["000001" + beside] * (9_000 if beside == "?" else 40))

    shown = Mask({"token": token}).text(text)

    assert ("$TOKEN" in shown) is (beside != "?")
    assert time.process_time() - before < 2


def test_a_curl_line_with_a_body_that_begins_with_an_at_sign_sends_that_body() -> None:
    """`@name` is a body like any other, not the name of a file."""
    line = Mask({}).curl("POST", "http://x/", {}, b"@/etc/passwd", [])

    assert "--data-raw @/etc/passwd" in line


def test_a_state_that_a_body_repeats_is_not_told() -> None:
    """What a session is known by opens doors, wherever a target writes it; what is too short to be one stays."""
    given = States()
    given.add(["eyJhbGciOiJIUzI1NiJ9.e30", "ok"])
    target: Any = SimpleNamespace(sessions=SimpleNamespace(given=given))

    assert without_states(target, '{"was": "eyJhbGciOiJIUzI1NiJ9.e30", "is": "ok"}') == '{"was": "$STATE", "is": "ok"}'
