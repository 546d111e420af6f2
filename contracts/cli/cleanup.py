"""`counterfoil cleanup`: undoes what a run has created at a deployment, and says what is left."""

from pathlib import Path

import click

from counterfoil.contracts.cli.options import Stop
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports.printable import harmless


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("url", required=False)
@click.option(
    "--profile", "profile_path", type=click.Path(path_type=Path), metavar="FILE", help="Describes the target."
)
@click.option("--api", "apis", multiple=True, metavar="FOLDER", help="Where a contract of your own is.")
@click.option("--overlay", "overlays", multiple=True, metavar="NAME", help="An overlay of the contract, as in the run.")
@click.option("--dry-run", is_flag=True, help="Say what would be undone; send nothing.")
@click.pass_context
def cleanup(
    context: click.Context,
    /,
    folder: Path,
    url: str | None,
    profile_path: Path | None,
    apis: tuple[str, ...],
    overlays: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Undo what a run has created, as far as its contract says how.

    DIR is the run's folder, with its created.jsonl; a run that was killed is cleaned up, too. URL is where it was created,
    if the profile does not say that. What was undone is written down in DIR, so that the command can be given again at
    any time.

    Exit codes: 0 nothing is left, 1 something is, 2 wrong usage, 3 unreachable or credentials refused.
    """
    from counterfoil.contracts.cli.carry_out_cleanup import Place, undone  # only now: it takes long to import

    try:
        if not (folder / "created.jsonl").is_file():
            raise Stop(
                Exit.USAGE,
                f"{folder} is no folder of a run: it has no created.jsonl, in which a run writes what it creates",
            )
        code = undone(folder, Place(url, profile_path, apis, overlays), dry_run=dry_run)
    except Stop as stop:
        click.echo(harmless(f"counterfoil cleanup: {stop}"), err=True)
        code = stop.code
    context.exit(int(code))
