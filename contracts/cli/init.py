"""`counterfoil init`: writes a profile to fill in, with what each id is for, and with no secret in it."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click

from counterfoil.contracts.cli.options import Stop, by_name
from counterfoil.contracts.profile.model import Entry
from counterfoil.contracts.profile.read import USUAL, seeded
from counterfoil.contracts.profile.schema import schema
from counterfoil.contracts.profile.secret_names import SECRET_NAME, variable
from counterfoil.contracts.profile.vocabulary import installation_of
from counterfoil.specs import Contract, SpecError, names

_USAGE = 2
_WIDTH = 34

_HEAD = """\
# What Counterfoil is to test, and what it needs to know of it. Where this file lies, `counterfoil test` uses it.
#
# ${NAME} is taken from the environment: secrets do not belong into this file. Take a test installation, and test accounts:
# what is given here is what orders are placed with. What is commented out can stay so. Each id says how many cases it takes
# part in, those first that most need. One that says "found by reading" is looked for if it is not given; without another id,
# the cases that need it are skipped, and the report says which. A given id is looked at, too, before a run uses it.
"""

_MORE = """\
# safety = "free"                         # anything may be sent to it: it can be thrown away
# proxy = "http://proxy.example.com:3128"
# timeout = {{connect = 5, read = 30}}      # seconds
# overlay = "deviations.yaml"             # what this installation does differently on purpose
#
# [{contract}.headers]                    # sent with every request
# X-Stage = "staging"
#
# [{contract}.limits]
# answer_seconds = 3                      # an answer that takes longer is a finding
#
# [{contract}.tls]
# ca_file = "company-ca.pem"              # files are looked for beside this one
# client_certificate = "client.pem"
# client_key = "client.key"
"""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), default=USUAL)
@click.option(
    "--api",
    "apis",
    multiple=True,
    metavar="CONTRACT",
    help="For this contract, a name or a folder of your own; otherwise for all that are shipped.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON Schema of such files instead.")
def init(file: Path, apis: Sequence[str], force: bool, as_schema: bool) -> None:
    """Write a profile to fill in.

    FILE is counterfoil.toml unless another one is named.
    """
    if as_schema:
        click.echo(json.dumps(schema(), indent=2))
        return
    if file.suffix != ".toml":
        _refuse(
            f"FILE is the profile to write, as in {USUAL}; where the installation answers goes into it, as its `url`"
        )
    try:
        chosen = by_name(apis) or {name: name for name in names()}
        written = profile_of(chosen)
    except (SpecError, Stop) as error:
        _refuse(str(error))
    if file.exists() and not force:
        _refuse(f"{file} is there already: --force writes over it")
    try:
        file.write_text(written, encoding="utf-8", newline="\n")
    except OSError as error:
        _refuse(f"{file} cannot be written ({error.strerror})")
    click.echo(f"Written to {file}. Next:")
    click.echo(f"  1. give each `url`, and the ids that are not found by reading ({', '.join(chosen)})")
    variables = [name for contract in chosen for name in variables_of(contract)]
    steps = [f"set {', '.join(variables)}"] if variables else []
    own = "".join(f" --api {api}" for name, api in chosen.items() if name not in names())
    steps += [f"counterfoil test{own}" + ("" if file == USUAL else f" --profile {file}")]
    for number, step in enumerate(steps, 2):
        click.echo(f"  {number}. {step}")


def _refuse(told: str) -> NoReturn:
    click.echo(f"counterfoil init: {told}", err=True)
    sys.exit(_USAGE)


def profile_of(contracts: Mapping[str, str]) -> str:
    """The text of a profile for these contracts, each by its name and as it is loaded: by that name, or from a folder."""
    tables = ["\n".join(_table(contract, seeded().of(contract))) for contract in contracts]
    ids = [
        "\n".join(_ids(installation, {name: contracts[name] for name in alike}))
        for installation, alike in _installations(list(contracts)).items()
    ]
    return "\n".join([_HEAD, *tables, *ids])


def _installations(contracts: Sequence[str]) -> dict[str, list[str]]:
    """What keeps the contracts, and which of them: its ids stand in one table."""
    found: dict[str, list[str]] = {}
    for contract in contracts:
        found.setdefault(installation_of(contract), []).append(contract)
    return found


def variables_of(contract: str) -> list[str]:
    """The environment variables that such a profile needs."""
    entry = seeded().of(contract)
    credentials = [variable(contract, name) for _, name in _credentials(entry)]
    return credentials + [
        variable(contract, account, name) for account in _needed(entry) for name in entry.accounts[account]
    ]


def _table(contract: str, entry: Entry) -> Iterator[str]:
    yield f"[{contract}]"
    yield 'url = "https://staging.example.com"      # where it answers, without the paths of its API'
    yield _MORE.format(contract=contract).rstrip()
    yield ""
    place = None
    for where, name in _credentials(entry):
        if where != place:
            yield f"[{contract}.credentials.{where}]"
        place = where
        yield f'{name} = "${{{variable(contract, name)}}}"'
    if place:
        yield ""
    for account, fields in entry.accounts.items():
        off = "" if account in _needed(entry) else "# "
        yield f"{off}[{contract}.accounts.{account}]" + ("" if not off else "  # some cases need it")
        for name in fields:
            yield f'{off}{name} = "${{{variable(contract, account, name)}}}"'
        yield ""


def _ids(installation: str, contracts: Mapping[str, str]) -> Iterator[str]:
    """The ids of an installation: those first without which little is tested."""
    entries, unlocked = [seeded().of(contract) for contract in contracts], _unlocked(list(contracts.values()))
    ids = {name: value for entry in entries for name, value in entry.ids.items()}
    known = {name for entry in entries for name in entry.known}  # what an account is told with stands in its own table
    ids |= {name: "…" for name in unlocked if name not in known}
    yield f"[{installation}.ids]"
    for name in sorted(ids, key=lambda name: -unlocked[name]):
        example = f"# {name} = {json.dumps(ids[name])}"
        if SECRET_NAME.search(name):
            example = f'# {name} = "${{{variable(installation, name)}}}"'
        cases = f"{unlocked[name]} case{'' if unlocked[name] == 1 else 's'}: " if unlocked[name] else "for a mock: "
        how = "; found by reading" if any(name in entry.discover for entry in entries) else ""
        yield f"{example:<{_WIDTH}} # {cases}{entries[0].meanings.get(name, name)}{how}"
    yield ""


def _unlocked(contracts: Sequence[str]) -> Counter[str]:
    """In how many cases of a deployment each id takes part."""
    from counterfoil.contracts.phases.cases import load  # only who writes a profile waits for it
    from counterfoil.contracts.run.stateful_tests import stateful_tests

    counts: Counter[str] = Counter()
    for contract in contracts:
        known = Contract.load(contract)
        for case in load(known):
            counts.update(() if case.needs_mock else case.needed_ids)
        for stateful_test in stateful_tests(known):
            counts.update(stateful_test.needs)
    return counts


def _credentials(entry: Entry) -> list[tuple[str, str]]:
    """Where each credential goes, and its name."""
    places = (
        ("body", entry.credentials.body),
        ("query", entry.credentials.query),
        ("headers", entry.credentials.headers),
    )
    return [(place, name) for place, each in places for name in each]


def _needed(entry: Entry) -> list[str]:
    """The accounts without which nothing of their kind can be tested: the first one of each kind of login."""
    kinds: dict[frozenset[str], str] = {}
    for account, fields in entry.accounts.items():
        kinds.setdefault(frozenset(fields) - {"second_factor"}, account)
    return list(kinds.values())
