"""`counterfoil specs`: list, show and lint the contracts; `export/command.py` adds what is above this room."""

import json
import sys
from typing import TYPE_CHECKING

import click

from counterfoil.specs.loader import load, name_of, names
from counterfoil.specs.reading import SpecError

if TYPE_CHECKING:
    from counterfoil.specs.view import Contract


@click.group()
def specs() -> None:
    """List, show, export and lint the contracts."""


@specs.command("list")
def list_contracts() -> None:
    """Say which contracts there are, with their titles and the number of operations."""
    from counterfoil.specs.view import Contract

    for name in names():
        contract = Contract(name, load(name))
        click.echo(f"{name:15} {contract.document['info']['title']} ({len(contract.operations)} operations)")


@specs.command()
@click.argument("contract")
@click.option("--overlay", "overlays", multiple=True, help="Apply this overlay first. Repeatable.")
@click.option("--clauses", is_flag=True, help="Every clause instead: its id, what it says, how well it is founded.")
@click.option("--promises", is_flag=True, help="What the source document promises instead, sentence by sentence.")
@click.option("--json", "as_json", is_flag=True, help="The OpenAPI document, the clauses or the promises as JSON.")
def show(contract: str, overlays: tuple[str, ...], clauses: bool, promises: bool, as_json: bool) -> None:
    """Print CONTRACT, a name or a folder of your own: its operations and their outcomes, or the whole document."""
    from counterfoil.specs.view import Contract

    try:
        document = load(contract, overlays)
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    if promises:
        _show_promises(contract, as_json)
        return
    if as_json and not clauses:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    view = Contract(name_of(contract), document)
    if clauses:
        _show_clauses(view, as_json)
        return
    click.echo(f"{document['info']['title']} {document['info']['version']}")
    for operation in view.operations.values():
        function = "" if operation.function is None else f"#{operation.function}"
        click.echo(f"\n{operation.id}  {operation.method} {operation.path}{function}  [{operation.evidence}]")
        click.echo(f"  {operation.summary}")
        for name, (answer, media, example) in operation.examples.items():
            meaning = "refused " if view.is_refusal(example, answer.status) else "accepted"
            click.echo(f"  {answer.status} {meaning} {name}  {media.media_type}  [{example.evidence}]")


def _show_clauses(view: "Contract", as_json: bool) -> None:
    # The one place where `specs` looks at the suite: this command is a door, and whoever reads a contract through it
    # has to meet the ids that a run will speak of. Nothing else imports this module.
    from counterfoil.specs.clauses import clauses_of

    found = clauses_of(view).values()
    if as_json:
        shown = [
            {**{name: value for name, value in vars(each).items() if name != "others"}, "says": each.says}
            for each in found
        ]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for clause in found:
        click.echo(f"{clause.id}  [{clause.evidence}]  {clause.says}")
    of_requests = sum(clause.part == "request" for clause in found)
    click.echo(f"{len(found)} clauses: {of_requests} of requests, {len(found) - of_requests} of answers")


def _show_promises(contract: str, as_json: bool) -> None:
    from counterfoil.specs.promises import promises_of

    try:
        found = promises_of(contract).values()
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps([vars(each) for each in found], indent=2, ensure_ascii=False))
        return
    for promise in found:
        click.echo(f"{promise.name}  [{promise.evidence}]  {promise.says}  ({promise.place})")
        if promise.unseen:
            click.echo(f"  nothing shows it: {promise.unseen}")
    click.echo(f"{len(found)} promises")


@specs.command()
@click.argument("subjects", nargs=-1, metavar="[CONTRACT]...")
def lint(subjects: tuple[str, ...]) -> None:
    """Check each CONTRACT, a name or a folder of your own, or else all that are shipped.

    Each is checked plain and with each of its overlays. A file that ends in .yaml is checked as an OpenAPI document that
    is no contract, as is the one of the mock's control plane. The exit code is 1 if anything is wrong.
    """
    from counterfoil.specs.lint import DOCUMENTS, lint_all

    wrong = False
    for subject, problems in lint_all(subjects or [*names(), *map(str, DOCUMENTS)]):
        for problem in problems:
            click.echo(f"{subject}: {problem}", err=True)
        wrong = wrong or bool(problems)
        if not problems:
            click.echo(f"{subject}: good")
    sys.exit(1 if wrong else 0)
