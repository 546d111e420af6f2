"""The daily tasks of the installation, carried out for each day that has begun since they were last."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.renewals import collecting, due, invoicing, stopping
from counterfoil.mockserver.whmcs.renewals.agenda import Agenda, Subject, Task
from counterfoil.mockserver.whmcs.renewals.due import Held

#: who jumps further finds everything as it was
MOST_YEARS = 100
_NEVER = datetime.min  # noqa: DTZ901 - the world's time has no zone
_END = datetime.max  # noqa: DTZ901 - see above


def live(installation: Installation, now: datetime) -> None:
    """Carry out the daily tasks of all days that have begun; nothing is done on the day on which the world began."""
    if now < installation.next_day:
        return
    first, last = installation.next_day, now.date()
    installation.next_day = _midnight_after(last)
    if first > _NEVER and last.year - first.year < MOST_YEARS:
        _carry_out(installation, Agenda(installation, first.date()), last)


def _midnight_after(day: date) -> datetime:
    try:
        return datetime.combine(day + timedelta(1), time())
    except OverflowError:
        return _END


def _carry_out(installation: Installation, agenda: Agenda, last: date) -> None:
    for day, task, subjects in agenda.until(last):
        at = datetime.combine(day, time())
        if task is Task.MAKE_INVOICES:
            _make_invoices(installation, agenda, subjects, at)
        elif task is Task.CHARGE_CARDS:
            _charge_cards(installation, agenda, subjects, at)
        elif task is Task.REMIND:
            for _, number in subjects:
                collecting.remind(installation, installation.invoices[number], at)
        else:
            _stop(installation, task, _still_there(installation, subjects), at)


def _make_invoices(installation: Installation, agenda: Agenda, subjects: list[Subject], at: datetime) -> None:
    falling = [
        (kind, held)
        for kind, held in _still_there(installation, subjects)
        if (day := due.invoice_day(installation, held)) is not None and day <= at.date()
    ]
    for invoice in invoicing.make_invoices(installation, falling, at):
        agenda.owe(invoice)
    for kind, held in falling:  # what credit has paid falls due again
        agenda.expect(kind, held)


def _charge_cards(installation: Installation, agenda: Agenda, subjects: list[Subject], at: datetime) -> None:
    for _, number in subjects:
        invoice = installation.invoices[number]
        collecting.charge(installation, invoice, at)
        for kind, held in _still_there(installation, ((item.kind, item.subject) for item in invoice.items)):
            agenda.expect(kind, held)


def _stop(installation: Installation, task: Task, subjects: Iterable[tuple[str, Held]], at: datetime) -> None:
    for _, held in subjects:
        if isinstance(held, Domain):
            if held.status == "Active" and held.expires is not None and held.expires < at.date():
                stopping.tell_of_expiry(installation, held, at)
        elif task is Task.SUSPEND:
            if _has_come(due.suspension_day(installation, held), at):
                stopping.suspend(installation, held, at)
        elif _has_come(due.termination_day(installation, held), at):
            stopping.terminate(installation, held)


def _has_come(day: date | None, at: datetime) -> bool:
    return day is not None and day <= at.date()


def _still_there(installation: Installation, subjects: Iterable[Subject]) -> Iterator[tuple[str, Held]]:
    for kind, number in subjects:
        held = due.held_of(installation, kind, number)
        if held is not None:
            yield kind, held
