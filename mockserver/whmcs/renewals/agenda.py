"""Which task is due on which day, and for what."""

from collections.abc import Iterator
from datetime import date
from enum import IntEnum
from heapq import heappop, heappush

from counterfoil.mockserver.whmcs.model.billing import Invoice
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.orders import Domain
from counterfoil.mockserver.whmcs.renewals import due
from counterfoil.mockserver.whmcs.renewals.due import Held

#: what a task is about: its kind and its id
Subject = tuple[str, int]
INVOICE = "invoice"


class Task(IntEnum):
    """The daily tasks, in the order in which they are carried out."""

    MAKE_INVOICES = 0
    CHARGE_CARDS = 1
    TELL_OF_EXPIRY = 2
    REMIND = 3
    SUSPEND = 4
    TERMINATE = 5


class Agenda:
    """The tasks of the days from the first one on. Whoever carries one out looks again whether it is still to be done."""

    def __init__(self, installation: Installation, first: date) -> None:
        self._installation = installation
        self._day = first
        self._tasks: list[tuple[date, Task, Subject]] = []
        for kind, held in due.all_held(installation):
            self.expect(kind, held)
        for invoice in installation.invoices.values():
            self.owe(invoice)

    def until(self, last: date) -> Iterator[tuple[date, Task, list[Subject]]]:
        """What is to be done, day by day; one task for all that it is about."""
        while self._tasks and self._tasks[0][0] <= last:
            self._day, task, _ = self._tasks[0]
            subjects: list[Subject] = []
            while self._tasks and self._tasks[0][:2] == (self._day, task):
                subjects.append(heappop(self._tasks)[2])
            yield self._day, task, list(dict.fromkeys(subjects))

    def expect(self, kind: str, held: Held) -> None:
        """Take up what is to be done about what a client has, as it is now."""
        subject, installation = (kind, held.id), self._installation
        self._soon(due.invoice_day(installation, held), Task.MAKE_INVOICES, subject)
        if not isinstance(held, Domain):
            self._soon(due.suspension_day(installation, held), Task.SUSPEND, subject)
            self._soon(due.termination_day(installation, held), Task.TERMINATE, subject)
        elif held.expires is not None and held.status == "Active":
            self._on(due.shifted(held.expires, 1), Task.TELL_OF_EXPIRY, subject)

    def owe(self, invoice: Invoice) -> None:
        """Take up what is to be done about an invoice that is not paid."""
        if invoice.status != "Unpaid":
            return
        method = self._installation.payment_methods.get(invoice.method)
        if method is not None and method.takes_cards and invoice.attempted is None:
            self._soon(invoice.due, Task.CHARGE_CARDS, (INVOICE, invoice.id))
        for days in self._installation.settings.reminder_days:
            self._on(due.shifted(invoice.due, days), Task.REMIND, (INVOICE, invoice.id))

    def _soon(self, day: date | None, task: Task, subject: Subject) -> None:
        """On that day, or at once if it is over."""
        if day is not None:
            heappush(self._tasks, (max(day, self._day), task, subject))

    def _on(self, day: date, task: Task, subject: Subject) -> None:
        """On that day and no other."""
        if day >= self._day:
            heappush(self._tasks, (day, task, subject))
