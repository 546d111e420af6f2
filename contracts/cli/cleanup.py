"""`counterfoil cleanup`: undoes what a run has created at a deployment, and says what is left."""

from pathlib import Path

import click

from counterfoil.contracts.cli.options import Stop


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--profile", "profile_path", type=click.Path(path_type=Path), metavar="FILE", help="Opens the target.")
@click.option("--dry-run", is_flag=True, help="Say what would be undone; send nothing.")
@click.pass_context
def cleanup(context: click.Context, /, folder: Path, profile_path: Path | None, dry_run: bool) -> None:
    """Undo what a run has created, as far as its contract says how.

    DIR is the run's folder, with its created.jsonl; a run that was killed is cleaned up, too. What was undone is written
    down there, so that the command can be given again at any time.

    Exit codes: 0 nothing is left, 1 something is, 2 wrong usage, 3 unreachable or credentials refused.
    """
    from counterfoil.contracts.cli.carry_out_cleanup import undone  # only now: it takes long to import

    try:
        code = undone(folder, profile_path, dry_run=dry_run)
    except Stop as stop:
        click.echo(f"counterfoil cleanup: {stop}", err=True)
        code = stop.code
    context.exit(int(code))
