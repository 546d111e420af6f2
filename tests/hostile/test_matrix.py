"""Every attack of the house of liars, against every contract and every command that asks a target: nobody is harmed."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.contracts.generate.examples import constants
from counterfoil.contracts.http.exchange import Request
from counterfoil.contracts.http.masking import Mask
from counterfoil.contracts.safety.created import Begun, Created, Done, Run
from counterfoil.contracts.safety.undo import steps
from counterfoil.specs import Contract, names

sys.path.insert(0, str(Path(__file__).parent))
from accepts_everything import accepting, operation_of, read
from attacks import ATTACKS, NOTATIONS, SECRET, Attack
from judge import harm
from raw import Asked, Target, served
from running import Ended, carried_out, expect_unharmed, known, profile_of

pytestmark = pytest.mark.end_to_end

CONTRACTS = sorted(names())
#: what the quick run tries of each contract: a few calls that read
FEW = {
    "billmanager": "get_cart",
    "shopscript": "get_order",
    "whmcs-classic": "get_invoice",
    "whmcs-rest": "list_countries",
}
#: a target cannot tell more than this, in any notation that it repeats
TOLD = [SECRET, *(told for way, told in ((way, NOTATIONS[way](SECRET)) for way in NOTATIONS) if way != "upper")]


@contextmanager
def attacked(attack: Attack, contract: str, folder: Path) -> Iterator[tuple[Target, Target]]:
    """A target that attacks, and a host that nothing must be sent to; the profile is written."""
    with (
        served(lambda line, _: line.answer(b"{}")) as elsewhere,
        served(attack.answering(contract, elsewhere.url)) as there,
    ):
        (folder / "counterfoil.toml").write_text(profile_of(contract, there.url, secret="${SECRET}"))
        yield there, elsewhere
    assert [] == elsewhere.asked


def expect_nothing_harmful(asked: list[Asked], contract: str, *, creates: bool = False) -> None:
    """Whatever the target was sent, it would do nothing there; or no more than create something."""
    profile = known(contract, secret=SECRET)
    every = [read(each.method, each.path, each.headers, each.body) for each in asked]
    harmful = [(why, str(each)) for each in every if (why := harm(each, contract, profile))]
    assert [] == [each for each in harmful if not (creates and each[0].startswith("creates"))][:5]
    of_control = [each for each in every if "/_mock" in each.path]
    assert [] == [str(each) for each in of_control if each.method != "GET" or "authorization" in each.headers]


def run_against(attack: Attack, contract: str, folder: Path, *how: str) -> Ended:
    """A run against the attacking target, judged by what it says, what it takes and what it sends."""
    with attacked(attack, contract, folder) as (there, _):
        ended = carried_out(folder, ["test", *attack.how, "--out", "out", *how], SECRET=SECRET)
    partly = {0, 4} if "-k" in how else set()  # of which no verdict is asked
    ended.text = re.sub(r"(?m)^::(error|warning|notice) [^\n]*$", "", ended.text)  # our own annotations
    expect_unharmed(ended, *{*attack.codes, *partly}, secrets=TOLD)
    expect_nothing_harmful(there.asked, contract, creates="--writes" in attack.how)
    everything = ended.text + "".join(ended.files.values())
    assert ended.code == 3 or attack.says in everything, ended.text
    assert len(ended.text.splitlines()) < 150
    assert "<script>alert(1)" not in ended.files.get("out/report.html", "")
    assert len(ended.files.get("out/report.html", "")) < 5_000_000
    return ended


def _turn(number: int) -> str:
    return CONTRACTS[number % len(CONTRACTS)]


@pytest.mark.parametrize(
    ("attack", "contract"), [(attack, _turn(number)) for number, attack in enumerate(ATTACKS)], ids=str
)
def test_an_attack_ends_in_a_finding(tmp_path: Path, attack: str, contract: str) -> None:
    """In time, with little memory, and with exit code 1 or 3: each attack on one of the contracts, in turn."""
    run_against(
        ATTACKS[attack], contract, tmp_path, "--level", "smoke", "--", "-k", ATTACKS[attack].cases or FEW[contract]
    )


@pytest.mark.deep
@pytest.mark.parametrize("level", ["smoke", "gate"])
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_on_every_contract_ends_in_a_finding(
    tmp_path: Path, attack: str, contract: str, level: str
) -> None:
    """So does the whole run, at both levels; and its report, rendered again, harms nobody either."""
    limited = ("--max-time", "20") if level == "gate" else ()
    run_against(ATTACKS[attack], contract, tmp_path, "--level", level, *limited)

    if (tmp_path / "out/results.jsonl").exists():
        again = carried_out(tmp_path, ["report", "out", "--out", "again"])
        expect_unharmed(again, 0, secrets=TOLD)
        assert "<script>alert(1)" not in again.files["again/report.html"]


def compared(attack: Attack, contract: str, folder: Path, *how: str) -> None:
    """What differs between an attacking target and one that answers nothing but `{}`."""
    with served(lambda line, _: line.answer(b"{}")) as plain, attacked(attack, contract, folder) as (there, _):
        (folder / "plain.toml").write_text(profile_of(contract, plain.url, secret="${SECRET}"))
        profiles = ["--profile-a", "counterfoil.toml", "--profile-b", "plain.toml"]
        written = ["--out", "out", "--html", "out.html"]
        command = ["diff", there.url, plain.url, "--api", contract, *profiles, "--level", "smoke", *written, *how]
        ended = carried_out(folder, command, SECRET=SECRET)
    expect_unharmed(ended, 1, 3, secrets=TOLD)
    expect_nothing_harmful(there.asked, contract)
    expect_nothing_harmful(plain.asked, contract)
    assert "<script>alert(1)" not in ended.files.get("out.html", "")


@pytest.mark.parametrize(
    ("attack", "contract"),
    [("escapes", "whmcs-classic"), ("a bomb", "shopscript"), ("a false mock", "billmanager"), ("a drip", "whmcs-rest")],
)
def test_a_comparison_with_an_attacking_target_ends(tmp_path: Path, attack: str, contract: str) -> None:
    """It says that they differ, or that one of them cannot be reached."""
    compared(ATTACKS[attack], contract, tmp_path, "--only", "refused")


@pytest.mark.deep
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_comparison_with_every_attacking_target_ends(tmp_path: Path, attack: str, contract: str) -> None:
    """The whole of it, too."""
    compared(ATTACKS[attack], contract, tmp_path)


def left(folder: Path, contract: Contract, url: str) -> set[str]:
    """What a run has left there: one thing that it knows, and one of which no answer came. What may be sent to undo it."""
    creating = [each for each in contract.operations.values() if each.effect == "creates"]
    created, allowed = Created(folder / "created.jsonl"), set[str]()
    created.add(Run("abc", "now", None, {}), Mask({}))
    for number, operation in enumerate(creating, 1):
        made = accepting(operation, contract)
        assert made
        status, _media, tree, _ = made
        media_type, media = next(iter(operation.request.items()), (None, None))
        body = constants(contract, media.schema) if media else None
        path = {each.name: "NoSuchCart000000" for each in operation.parameters if each.place == "path"}
        headers = {"X-Api-State": "state"}
        undo = steps(contract, Request(operation, path, body=body, media_type=media_type), status, headers, tree)
        allowed |= {step.operation for step in undo}
        created.add(
            Begun(2 * number, "now", contract.name, operation.id, url, f"counterfoil-abc-{number}", "curl"), Mask({})
        )
        created.add(Begun(2 * number + 1, "now", contract.name, operation.id, url, "", "curl"), Mask({}))
        created.add(Done(2 * number + 1, accepted=True, outcome="accepted", ids={"id": 77}, undo=undo), Mask({}))
    return allowed


def cleaned_up(attack: Attack, contract: str, folder: Path) -> None:
    """Only what undoes is sent, with what only reads: where it looks for what it has made."""
    known_by = Contract.load(contract)
    with attacked(attack, contract, folder) as (there, _):
        allowed = left(folder, known_by, there.url)
        ended = carried_out(folder, ["cleanup", "."], SECRET=SECRET)
    expect_unharmed(ended, 0, 1, 3, secrets=TOLD)
    for each in there.asked:
        operation = operation_of(read(each.method, each.path, each.headers, each.body), known_by)
        assert operation, (each, allowed)
        assert operation.effect in ("reads", "session") or operation.id in allowed, each


@pytest.mark.parametrize(
    ("attack", "contract"),
    [("what exists", "shopscript"), ("escapes", "whmcs-rest"), ("told in JSON", "whmcs-classic"), ("a redirect", "billmanager")],
)  # fmt: skip
def test_cleaning_up_at_an_attacking_target_undoes_and_no_more(tmp_path: Path, attack: str, contract: str) -> None:
    """Whatever it answers, it is sent only what the contract's links say."""
    cleaned_up(ATTACKS[attack], contract, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_cleaning_up_at_every_attacking_target_undoes_and_no_more(tmp_path: Path, attack: str, contract: str) -> None:
    """So it is with each of them."""
    cleaned_up(ATTACKS[attack], contract, tmp_path)
