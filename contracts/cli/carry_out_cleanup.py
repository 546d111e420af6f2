"""Undoes what a run has created, in the opposite order, and writes down what was undone."""

from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from counterfoil.contracts.checks.outcome import outcome
from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.cli.options import Stop, by_name, check_url, loaded, profile_for
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import CredentialsRefused, Exchange, Unreachable, Withheld
from counterfoil.contracts.http.sessions import NoAccount
from counterfoil.contracts.profile.model import Profile
from counterfoil.contracts.profile.read import ProfileError, seeded
from counterfoil.contracts.run.verdict import Exit
from counterfoil.contracts.safety.created import NAME, Created, Step, Thing, Undone
from counterfoil.contracts.safety.created import things as things_of
from counterfoil.contracts.safety.creation import Listing
from counterfoil.contracts.safety.guard import Guard, behind
from counterfoil.contracts.safety.readings import pays
from counterfoil.contracts.safety.rules import Rules
from counterfoil.contracts.safety.undo import as_linked, request_of
from counterfoil.reports.printable import line as one_line
from counterfoil.specs import Contract, SpecError, names

_NOT_THERE = "it is not there"


@dataclass(frozen=True)
class Place:
    """Where is cleaned up, and by which contracts, as the caller says: what the file says of that is no authority."""

    url: str | None
    profile_path: Path | None
    apis: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()


def undone(folder: Path, place: Place, *, dry_run: bool) -> Exit:
    """Whether nothing is left of what the run in the folder has created. Raises Stop."""
    created = Created(folder / NAME)
    try:
        things = [thing for thing in things_of(created)[::-1] if not thing.is_over]
        targets = _targets(things, created, place)
    except (OSError, ValueError, ProfileError, SpecError) as error:
        raise Stop(Exit.USAGE, str(error)) from error
    try:
        return _undo_all(things, created, targets, dry_run=dry_run)
    except (Unreachable, CredentialsRefused) as error:
        told = str(error)
        for target in targets.values():
            told = target.mask().text(told)
        raise Stop(Exit.UNREACHABLE, told) from error
    finally:
        for target in targets.values():
            target.close()


def _targets(things: list[Thing], created: Created, place: Place) -> dict[str, Target]:
    """A target for each contract by which something was created. Raises Stop."""
    apis = by_name(place.apis)
    wanted = list(dict.fromkeys(thing.intent.contract for thing in things))
    profile = profile_for(place.profile_path, wanted, place.url)
    for name in wanted:
        if name not in names() and name not in apis:
            raise Stop(Exit.USAGE, f"{created.path} names the contract {name!r}: say where it is, with --api FOLDER")
    own = {name: profile.of(name).overlays for name in wanted}
    contracts = loaded({name: apis.get(name, name) for name in wanted}, own, place.overlays) if wanted else {}
    return {name: _target(contract, things, created, place, profile) for name, contract in contracts.items()}


def _target(contract: Contract, things: list[Thing], created: Created, place: Place, profile: Profile) -> Target:
    """The target that the caller names, if it is the one that the file is of. Raises Stop."""
    name, entry = contract.name, profile.of(contract.name)
    url = (place.url or (entry.url if profile is not seeded() else None) or "").rstrip("/")
    if not url:
        raise Stop(
            Exit.USAGE, f"where is {name}? Give its URL, or a --profile that has it; {created.path} does not decide it"
        )
    check_url(url)
    for thing in things:
        if thing.intent.contract == name and thing.intent.url.rstrip("/") != url:
            elsewhere = one_line(thing.intent.url, 100)
            raise Stop(Exit.USAGE, f"{created.path} is of {elsewhere}, and not of {url}: nothing was sent")
    target = Target.described(contract, url, entry)
    return behind(target, Guard(Rules(), entry, name, careful=False))  # it minds the pace


def _undo_all(things: list[Thing], created: Created, targets: dict[str, Target], *, dry_run: bool) -> Exit:
    left = []
    for thing in things:
        undoing = _Undoing(thing, targets[thing.intent.contract], created)
        reason = targets[thing.intent.contract].mask().text(undoing.told() if dry_run else undoing.done())
        if reason:
            left.append(reason)
            click.echo(f"{'would be undone' if dry_run else 'left'}: {_named(thing)}: {one_line(reason)}")
        else:
            click.echo(f"undone: {_named(thing)}")
    if dry_run:
        click.echo(f"{len(things)} to be undone; nothing was sent.")
    else:
        click.echo(f"{len(things) - len(left)} undone, {len(left)} left.")
    return Exit.BROKEN if left else Exit.HOLDS


def _named(thing: Thing) -> str:
    ids = " ".join(f"{name}={value}" for name, value in (thing.done.ids if thing.done else {}).items())
    intent = thing.intent
    told = ids or (f"marked {intent.mark}" if intent.mark else f"sent {intent.time}")
    return one_line(f"{intent.number}. {intent.contract} {intent.operation} ({told})")


@dataclass
class _Undoing:
    thing: Thing
    target: Target
    created: Created

    def told(self) -> str:
        """What would be done."""
        done = self.thing.done
        if done is None:
            return f"looked for by its mark {self.thing.intent.mark}" if self.thing.intent.mark else _UNMARKED
        return " then ".join(step.operation for step in done.undo) or done.doubt or _NOTHING_UNDOES

    def done(self) -> str:
        """Undo it; why something is left of it, if so. Raises Unreachable, CredentialsRefused."""
        done = self.thing.done
        try:
            if done is not None:
                return self._taken(done.undo) if done.undo else done.doubt or _NOTHING_UNDOES
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
        linked = [as_linked(self.target.contract, self.thing.intent.operation, step) for step in undo]
        taken = [step for step in linked if step is not None and not self._pays(step)]
        if len(taken) != len(undo):
            return _NO_LINK
        for number, step in enumerate(taken, 1):
            exchange = self._sent(step)
            got = outcome(exchange, self.target.contract)
            is_gone = bool(set(got.candidates) & set(step.done))
            last = is_gone or (number == len(taken) and got.accepted)
            told = self.target.mask().text(f"{step.operation} is answered {exchange.status}: {got}")
            if got.accepted or is_gone:
                self._note(step.name, told, last=last)
            if last:
                return ""
        return told

    def _pays(self, step: Step) -> bool:
        """Whether anybody might read out of it that money is to be moved."""
        contract = self.target.contract
        request = request_of(step, contract, step.session)
        sent = self.target.prepare(request)
        return pays(request.operation, sent, contract, broken_by(sent, request.operation, contract))

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
        mark = self.target.installation.entry.marks.get(intent.operation)
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


_UNMARKED = "no clear answer came, and nothing in it can be recognised: look for it there"
_NO_LINK = "what the file asks for is no link of the contract that undoes it, or moves money"
_NOTHING_UNDOES = "nothing in the contract undoes it"
