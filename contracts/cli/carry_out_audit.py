"""Carries out an audit, and tells what became of each clause, of each mistake and of each liberty."""

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

from counterfoil.contracts.audit import liberties
from counterfoil.contracts.audit.corrupting import Dishonest, Row, corrupted, recorded
from counterfoil.contracts.audit.liberties import Judged
from counterfoil.contracts.audit.spoiling import WAYS, Spoilt, Way, catalogue, spoilt
from counterfoil.contracts.cli.options import Stop, UsageError
from counterfoil.contracts.http.client import CredentialsRefused, Unreachable
from counterfoil.contracts.http.mock import MockFailed, started
from counterfoil.contracts.phases.plan import Plan
from counterfoil.contracts.run.verdict import Exit
from counterfoil.reports import results

#: how many false alarms of one program are told
MOST_TOLD = 8
PARTS = ("clauses", "defects", "liberties")


def audited(apis: Sequence[str], **options: Any) -> Exit:
    """Whether all was noticed. Raises Stop."""
    try:
        return _audited(apis, **options)
    except (MockFailed, Dishonest, Unreachable, CredentialsRefused) as error:
        raise Stop(Exit.USAGE, str(error)) from error


def _audited(  # noqa: PLR0913 - each is an option of the command
    apis: Sequence[str],
    *,
    level: str,
    only: str | None,
    chosen: tuple[str, ...],
    taken: tuple[str, ...],
    jobs: int | None,
    seed: int,
    json_path: Path | None,
    way: Way | None,
) -> Exit:
    rows: dict[str, list[Row]] = {}
    mistakes: list[Spoilt] = []
    free: list[Judged] = []
    named = {part for part, names in (("defects", chosen), ("liberties", taken)) if names}
    parts = {only} if only else named or set(PARTS)
    with started() as base_url:
        if "clauses" in parts:
            with tempfile.TemporaryDirectory(prefix="counterfoil-audit-") as folder:
                plan = _plan(apis, base_url, seed, folder)
                for api in apis:
                    rows[api] = corrupted(plan.targets[api], recorded(api, plan))
                    _tell_clauses(api, rows[api])
                plan.close()
        if "defects" in parts:
            mistakes = _mistakes(base_url, apis, chosen, (way,) if way else WAYS, level, seed, jobs)
        if "liberties" in parts:
            free = _liberties(base_url, apis, taken, level, seed, jobs)
    if json_path is not None:
        json_path.write_text(_as_json(rows, mistakes, free, level), encoding="utf-8")
    unnoticed = any(row.fate == "unnoticed" for every in rows.values() for row in every)
    wrong = unnoticed or not all(each.noticed or each.noted for each in mistakes) or any(each.noticed for each in free)
    return Exit.BROKEN if wrong else Exit.HOLDS


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
    base_url: str, apis: Sequence[str], chosen: tuple[str, ...], ways: Sequence[Way], level: str, seed: int,
    jobs: int | None,
) -> list[Spoilt]:  # fmt: skip
    every = catalogue(base_url, apis)
    unknown = set(chosen) - {defect["name"] for defect in every}
    if unknown:
        raise UsageError(f"{', '.join(apis)} can have no defect {min(unknown)!r}; GET /_mock/defects lists them")
    wanted = [defect for defect in every if not chosen or defect["name"] in chosen]
    click.echo(f"{len(wanted)} defects at level {level}, each until the suite notices it:")
    found = spoilt(base_url, wanted, ways, level, seed, jobs or os.cpu_count() or 1, _tell_mistake)
    for api, way in ((api, way) for api in apis for way in ways):
        own = [each for each in found if each.contract == api and each.way == way]
        noticed = [each for each in own if each.noticed]
        if own:
            share, noted = _share(len(noticed), len(own)), sum(not each.noticed and bool(each.noted) for each in own)
            more = f", and {noted} more noted as choices of the installation" if noted else ""
            click.echo(f"{api}, as a {way}: {len(noticed)} of {len(own)} defects noticed ({share}){more}")
    return found


def _tell_mistake(one: Spoilt) -> None:
    mark, what = ("✓", one.found[0]) if one.noticed else ("✕", one.trouble or "not noticed")
    if one.noted and not one.noticed:
        mark, what = "–", f"noted as a choice: {one.noted[0]}"
    click.echo(
        f"  {mark} {one.contract} {one.name}, as a {one.way}: {what} ({one.requests} requests, {one.seconds:.0f} s)"
    )


# liberties


def _liberties(
    base_url: str, apis: Sequence[str], taken: tuple[str, ...], level: str, seed: int, jobs: int | None
) -> list[Judged]:
    every = liberties.catalogue(base_url, apis)
    unknown = set(taken) - {each["name"] for each in every}
    if unknown:
        raise UsageError(f"{', '.join(apis)} can take no liberty {min(unknown)!r}; GET /_mock/liberties lists them")
    wanted = list(liberties.programs([each for each in every if not taken or each["name"] in taken]))
    click.echo(
        f"{len(taken) or len(every)} liberties at level {level}, each alone, and as many as can go together at once:"
    )
    found = liberties.judged(base_url, wanted, level, seed, jobs or os.cpu_count() or 1, _tell_liberty)
    noticed = sum(each.noticed for each in found)
    click.echo(f"{len(found) - noticed} of {len(found)} programs that take liberties raise no false alarm")
    return found


def _tell_liberty(one: Judged) -> None:
    told = f"{len(one.alarms)} false alarms" if one.alarms else "no false alarm"
    if one.trouble:
        told += f", {len(one.trouble)} cases could not be carried out"
    click.echo(
        f"  {'✕' if one.noticed else '✓'} {one.program.contract} {one.program.name}: {told}, {len(one.notes)} notes "
        f"({sum(one.cases.values())} cases, {one.requests} requests, {one.seconds:.0f} s)"
    )
    every = [*(f"{name}: {why}" for name, why in one.alarms.items()), *(f"! {what}" for what in one.trouble)]
    for line in every[:MOST_TOLD]:
        click.echo(f"      {line[:200]}")
    if len(every) > MOST_TOLD:
        click.echo(f"      … and {len(every) - MOST_TOLD} more (all are in --json)")


def _as_json(rows: dict[str, list[Row]], mistakes: Iterable[Spoilt], free: Iterable[Judged], level: str) -> str:
    clauses = {
        api: [
            {"id": row.clause.id, "evidence": row.clause.evidence, "says": row.clause.says, "operations": row.operations, "fate": row.fate,
             "found": list(row.found), "reason": row.reason}
            for row in every
        ]
        for api, every in rows.items()
    }  # fmt: skip
    defects = [{**asdict(each), "noticed": each.noticed} for each in mistakes]
    taken = [
        {**asdict(each), "noticed": each.noticed,
         "program": {"contract": each.program.contract, "liberties": each.program.liberties}}
        for each in free
    ]  # fmt: skip
    told = {"level": level, "clauses": clauses, "defects": defects, "liberties": taken}
    return json.dumps(told, ensure_ascii=False, indent=1)
