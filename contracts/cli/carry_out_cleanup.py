"""Undoes what a run has created, in the opposite order, and writes down what was undone."""

from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.cli.options import Stop
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import CredentialsRefused, Exchange, Unreachable, Withheld
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.profile.model import Entry, Profile
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.profile.read import read as read_profile
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.created import NAME, Created, Step, Thing, Undone
from counterfoil.contracts.safety.created import things as things_of
from counterfoil.contracts.safety.creation import Listing
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.rules import Rules
from counterfoil.contracts.safety.undo import request_of
from counterfoil.specs import Contract, SpecError

_NOT_THERE = "it is not there"


def undone(folder: Path, profile_path: Path | None, *, dry_run: bool) -> Exit:
    """Whether nothing is left of what the run in the folder has created. Raises Stop."""
    created = Created(folder / NAME)
    try:
        things = [thing for thing in things_of(created)[::-1] if not thing.is_over]
        profiles = {thing.run.profile for thing in things}
        path = profile_path or next((Path(each) for each in profiles if each), None)
        profile = read_profile(path) if path else seeded()
        return _undo_all(things, created, profile, dry_run=dry_run)
    except (OSError, ValueError, ProfileError, SpecError) as error:
        raise Stop(Exit.USAGE, str(error)) from error
    except (Unreachable, CredentialsRefused) as error:
        raise Stop(Exit.UNREACHABLE, str(error)) from error


def _undo_all(things: list[Thing], created: Created, profile: Profile, *, dry_run: bool) -> Exit:
    targets: dict[tuple[str, str], Target] = {}
    left = []
    try:
        for thing in things:
            name, url = thing.intent.contract, thing.intent.url
            target = targets.get((name, url)) or _target(thing, profile.of(name))
            targets[name, url] = target
            undoing = _Undoing(thing, target, profile.of(name), created, dry_run)
            reason = undoing.told() if dry_run else undoing.done()
            if reason:
                left.append(reason)
                click.echo(f"{'would be undone' if dry_run else 'left'}: {_named(thing)}: {reason}")
            else:
                click.echo(f"undone: {_named(thing)}")
    finally:
        for target in targets.values():
            target.close()
    if dry_run:
        click.echo(f"{len(things)} to be undone; nothing was sent.")
    else:
        click.echo(f"{len(things) - len(left)} undone, {len(left)} left.")
    return Exit.BROKEN if left else Exit.HOLDS


def _target(thing: Thing, entry: Entry) -> Target:
    name = thing.intent.contract
    contract = Contract.load(thing.run.own.get(name, name), tuple(thing.run.overlays.get(name, ())))
    target = Target.described(contract, thing.intent.url, entry)
    return behind(target, Guard(Rules(), entry, name, careful=False))  # it minds the pace


def _named(thing: Thing) -> str:
    ids = " ".join(f"{name}={value}" for name, value in (thing.done.ids if thing.done else {}).items())
    intent = thing.intent
    told = ids or (f"marked {intent.mark}" if intent.mark else f"sent {intent.time}")
    return f"{intent.number}. {intent.contract} {intent.operation} ({told})"


@dataclass
class _Undoing:
    thing: Thing
    target: Target
    entry: Entry
    created: Created
    dry_run: bool

    def told(self) -> str:
        """What would be done."""
        done = self.thing.done
        if done is None:
            return f"looked for by its mark {self.thing.intent.mark}" if self.thing.intent.mark else _UNMARKED
        return " then ".join(step.operation for step in done.undo) or _NOTHING_UNDOES

    def done(self) -> str:
        """Undo it; why something is left of it, if so. Raises Unreachable, CredentialsRefused."""
        done = self.thing.done
        try:
            if done is not None:
                return self._taken(done.undo)
            found = self._found()
        except (NoAccount, Withheld) as error:
            return str(error)
        if isinstance(found, str):
            return found
        reasons = [self._taken(each) for each in found]
        if not found:
            self._note("", _NOT_THERE, last=True)
        return next(filter(None, reasons), "")

    def _taken(self, undo: list[Step]) -> str:
        """Take the steps, of which the last one decides."""
        if not undo:
            return _NOTHING_UNDOES
        for number, step in enumerate(undo, 1):
            exchange = self._sent(step)
            got = outcome(exchange, self.target.contract)
            is_gone = bool(set(got.candidates) & set(step.done))
            last = is_gone or (number == len(undo) and got.accepted)
            told = self.target.mask().text(f"{step.operation} is answered {exchange.status}: {got}")
            if got.accepted or is_gone:
                self._note(step.name, told, last=last)
            if last:
                return ""
        return told

    def _sent(self, step: Step) -> Exchange:
        """The answer to the step; where it might take a session that the call had not, also with one."""
        contract, sessions = self.target.contract, self.target.sessions
        request = request_of(step, contract, step.session)
        exchange = self.target.send(request)
        if exchange.status < 400 or step.session or not sessions.is_optional(request.operation):
            return exchange
        account = sessions.default(sessions.schemes(request.operation)[0])
        return self.target.send(request_of(step, contract, account)) if account else exchange

    def _note(self, step: str, how: str, *, last: bool) -> None:
        self.created.add(Undone(self.thing.intent.number, step, how, last), self.target.mask())

    def _found(self) -> list[list[Step]] | str:
        """What undoes each thing that carries the mark; or why nobody can say."""
        intent = self.thing.intent
        mark = self.entry.marks.get(intent.operation)
        if not intent.mark or mark is None or not mark.found_by:
            return _UNMARKED
        listing = Listing(self.target, intent.operation, mark)
        try:
            entries = listing.entries()
        except ValueError as error:
            return str(error)
        return [
            listing.undoing(entry)
            for entry in entries
            if intent.mark.lower() in msgspec.json.encode(entry).decode().lower()
        ]


_UNMARKED = "the run ended before its answer came, and nothing in it can be recognised: look for it there"
_NOTHING_UNDOES = "nothing in the contract undoes it"
