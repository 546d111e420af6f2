"""`counterfoil specs` with `export`, which stands above the room of the other sub-commands."""

import json

import click

from counterfoil.specs.command import specs
from counterfoil.specs.export import KINDS, exported
from counterfoil.specs.loader import load
from counterfoil.specs.reading import SpecError


@specs.command()
@click.argument("contract")
@click.option("--overlay", "overlays", multiple=True, help="Apply this overlay first. Repeatable.")
@click.option(
    "--for",
    "kind",
    type=click.Choice(KINDS),
    default="tools",
    show_default=True,
    help="tools: Postman, Swagger UI, Scalar, Bruno, with examples that run as they are against the mock. "
    "clients: code generators. 3.0: the same, as OpenAPI 3.0.",
)
def export(contract: str, overlays: tuple[str, ...], kind: str) -> None:
    """Print CONTRACT, a name or a folder of your own, as a document for other people's tools."""
    try:
        document = exported(load(contract, overlays), kind)
    except SpecError as error:
        raise click.UsageError(str(error)) from error
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
