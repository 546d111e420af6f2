"""Carries out an audit, and tells what became of each clause and of each mistake."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from counterfoil.contracts.audit.corrupting import Dishonest, Row, corrupted, recorded
from counterfoil.contracts.audit.spoiling import Spoilt, catalogue, spoilt
from counterfoil.contracts.cli.options import Stop, UsageError
from counterfoil.contracts.http.client import CredentialsRefused, Unreachable
from counterfoil.contracts.http.mock import MockFailed, started
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports import results


def audited(apis: Sequence[str], **options: Any) -> Exit:
    """Whether all was noticed. Raises Stop."""
    try:
        return _audited(apis, **options)
    except (MockFailed, Dishonest, Unreachable, CredentialsRefused) as error:
        raise Stop(Exit.USAGE, str(error)) from error


def _audited(
    apis: Sequence[str],
    level: str,
    only: str | None,
    chosen: tuple[str, ...],
    jobs: int | None,
    seed: int,
    json_path: Path | None,
) -> Exit:
    rows: dict[str, list[Row]] = {}
    mistakes: list[Spoilt] = []
    with started() as base_url:
        if only != "defects" and not chosen:
            with tempfile.TemporaryDirectory(prefix="counterfoil-audit-") as folder:
                plan = _plan(apis, base_url, seed, folder)
                for api in apis:
                    rows[api] = corrupted(plan.targets[api], recorded(api, plan))
                    _tell_clauses(api, rows[api])
                plan.close()
        if only != "clauses":
            mistakes = _mistakes(base_url, apis, chosen, level, seed, jobs)
    if json_path is not None:
        json_path.write_text(_as_json(rows, mistakes, level), encoding="utf-8")
    unnoticed = any(row.fate == "unnoticed" for every in rows.values() for row in every)
    return Exit.BROKEN if unnoticed or not all(each.noticed for each in mistakes) else Exit.HOLDS


def _plan(apis: Sequence[str], base_url: str, seed: int, folder: str) -> Plan:
    header = results.Header(
        counterfoil="",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        level="smoke",
        strict=True,
        target={api: results.Target(base_url, []) for api in apis},
        contracts={},
        versions={},
    )
    return Plan(header, folder, list(apis))


# clauses


def _tell_clauses(api: str, rows: Sequence[Row]) -> None:
    fates = Counter(row.fate for row in rows)
    exercised, breakable = fates["noticed"] + fates["unnoticed"], len(rows) - fates["unbreakable"]
    click.echo(
        f"{api}: {breakable} clauses of answers can be broken, {exercised} are exercised ({_share(exercised, breakable)}), "
        f"{fates['noticed']} are noticed when broken ({_share(fates['noticed'], exercised)})"
    )
    for row in rows:
        if row.fate == "unnoticed":
            click.echo(f"  ✕ not noticed: {row.clause.id}")
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.fate == "unexercised":
            reasons.setdefault(row.reason, []).append(row.clause.id)
    for reason, ids in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        click.echo(f"  {len(ids)} not exercised: {reason}")
        for name in ids[:5]:
            click.echo(f"      {name}")
        if len(ids) > 5:
            click.echo(f"      … and {len(ids) - 5} more (all are in --json)")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


# mistakes


def _mistakes(
    base_url: str, apis: Sequence[str], chosen: tuple[str, ...], level: str, seed: int, jobs: int | None
) -> list[Spoilt]:
    every = catalogue(base_url, apis)
    unknown = set(chosen) - {defect["name"] for defect in every}
    if unknown:
        raise UsageError(f"{', '.join(apis)} can have no defect {min(unknown)!r}; GET /_mock/defects lists them")
    wanted = [defect for defect in every if not chosen or defect["name"] in chosen]
    click.echo(f"{len(wanted)} defects at level {level}, each until the suite notices it:")
    found = spoilt(base_url, wanted, level, seed, jobs or os.cpu_count() or 1, _tell_mistake)
    for api in apis:
        own = [each for each in found if each.contract == api]
        noticed = [each for each in own if each.noticed]
        if own:
            click.echo(f"{api}: {len(noticed)} of {len(own)} defects noticed ({_share(len(noticed), len(own))})")
    return found


def _tell_mistake(one: Spoilt) -> None:
    mark, what = ("✓", one.found[0]) if one.noticed else ("✕", one.trouble or "not noticed")
    click.echo(f"  {mark} {one.contract} {one.name}: {what} ({one.requests} requests, {one.seconds:.0f} s)")


def _as_json(rows: dict[str, list[Row]], mistakes: Iterable[Spoilt], level: str) -> str:
    clauses = {
        api: [
            {"id": row.clause.id, "evidence": row.clause.evidence, "says": row.clause.says, "operations": row.operations, "fate": row.fate,
             "found": list(row.found), "reason": row.reason}
            for row in every
        ]
        for api, every in rows.items()
    }  # fmt: skip
    defects = [{**asdict(each), "noticed": each.noticed} for each in mistakes]
    return json.dumps({"level": level, "clauses": clauses, "defects": defects}, ensure_ascii=False, indent=1)
