"""`counterfoil specs`: list, show and lint the contracts."""

import json
import sys

import click

from specs.loader import load, names
from specs.reading import SpecError


@click.group()
def specs() -> None:
    """List, show and lint the contracts."""


@specs.command("list")
def list_contracts() -> None:
    """Say which contracts there are, with their titles and the number of operations."""
    from specs.view import Contract

    for name in names():
        contract = Contract(name, load(name))
        click.echo(f"{name:15} {contract.document['info']['title']} ({len(contract.operations)} operations)")


@specs.command()
@click.argument("contract")
@click.option("--overlay", "overlays", multiple=True, help="Apply this overlay first. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="The whole OpenAPI document, united, as JSON.")
def show(contract: str, overlays: tuple[str, ...], as_json: bool) -> None:
    """Print CONTRACT: its operations and their outcomes, or the whole document."""
    from specs.view import Contract

    try:
        document = load(contract, overlays)
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    view = Contract(contract, document)
    click.echo(f"{document['info']['title']} {document['info']['version']}")
    for operation in view.operations.values():
        function = "" if operation.function is None else f"#{operation.function}"
        click.echo(f"\n{operation.id}  {operation.method} {operation.path}{function}  [{operation.evidence}]")
        click.echo(f"  {operation.summary}")
        for name, (answer, media, example) in operation.examples.items():
            meaning = "refused " if view.is_refusal(example, answer.status) else "accepted"
            click.echo(f"  {answer.status} {meaning} {name}  {media.media_type}  [{example.evidence}]")


@specs.command()
def lint() -> None:
    """Check every contract, plain and with each of its overlays; exit code 1 if anything is wrong."""
    from specs.lint import lint_all

    problems = 0
    for subject, found in lint_all():
        for problem in found:
            click.echo(f"{subject}: {problem}", err=True)
        problems += len(found)
        if not found:
            click.echo(f"{subject}: good")
    sys.exit(1 if problems else 0)
