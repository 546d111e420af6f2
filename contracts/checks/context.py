"""An exchange in its context, and the findings that are made of it: what a report shows, secrets masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from counterfoil.contracts.checks.assertions import Demand, demand_of
from counterfoil.contracts.checks.contents import Contents, contents_of
from counterfoil.contracts.checks.outcome import Outcome
from counterfoil.contracts.checks.request_validity import broken_by
from counterfoil.contracts.http.client import Target
from counterfoil.contracts.http.exchange import Exchange
from counterfoil.reports.results import Answer, Call, Finding, Mismatch, Request, Severity
from counterfoil.specs.evidence import WEIGHT, of_notation, weakest
from counterfoil.specs.schemas import Clause

_BODY_LIMIT = 10_000
#: so far beyond what is shown a secret may end that begins in it
_FAR = 100_000


@dataclass(frozen=True)
class Observation:
    """An exchange in its context. `expected` is the outcome that a witness expects, None where any one will do."""

    target: Target
    exchange: Exchange
    outcome: Outcome
    strict: bool
    expected: str | None = None

    @property
    def operation(self) -> str:
        """The operation's name."""
        return self.exchange.operation.id

    @cached_property
    def contents(self) -> Contents | None:
        """What the body holds, where the contract says something of it and it could be read."""
        return contents_of(self.exchange, self.target.contract)

    @property
    def is_turned_away(self) -> bool:
        """Whether the request is not all text, and is refused: what stands before the API may do that in its own words."""
        return 400 <= self.exchange.status < 500 and not self.exchange.sent.is_text

    @cached_property
    def _shown(self) -> tuple[Request, Answer]:
        """What every finding of the exchange shows of it: masking is the dearest part of a finding."""
        return shown_request(self.target, self.exchange), shown_answer(self.target, self.exchange)

    @cached_property
    def broken(self) -> dict[str, Clause]:
        """The clauses that the request breaks, by their places; none where nobody can say."""
        return broken_by(self.exchange.sent, self.exchange.operation, self.target.contract) or {}

    @cached_property
    def notation(self) -> str:
        """How well it is known what an answer looks like in the notation that was asked for."""
        sent, operation = self.exchange.sent, self.exchange.operation
        odd = {clause.pointer.removeprefix("/") for clause in self.broken.values()}
        return of_notation(self.target.contract.document, (*sent.query, *sent.fields), operation.raw, odd)

    def finding(  # noqa: PLR0913 - a finding says many things, each by its name
        self,
        check: str,
        detail: str,
        links: Iterable[str],
        title: str,
        why: str,
        *,
        cause: str = "",
        overlay: str = "",
        demand: Demand | None = None,
        mismatches: Sequence[Mismatch] = (),
    ) -> Finding:
        """A finding of this exchange, as well founded as the weakest of its `links` and of the answer's notation.

        Strict, every finding counts as broken; else its evidence decides. `cause` says
        what it has in common with those that the same change would mend, and `overlay` would record that it is so. `demand` is what would have to hold of the
        answer, where the check and the detail do not say it.
        """
        evidence = weakest((*links, self.notation))
        severity: Severity = "broken" if self.strict else WEIGHT[evidence]
        contract = self.target.contract.name
        return Finding(
            id=f"{contract}:{self.operation}:{detail}",
            contract=contract,
            operation=self.operation,
            check=check,
            clause=f"{self.operation} {detail.replace(':', ' ')}",
            evidence=evidence,
            severity=severity,
            title=title,
            why=why,
            cause=cause or title,
            overlay=overlay,
            request=self._shown[0],
            answer=self._shown[1],
            demand=demand or demand_of(check, detail, self.exchange, self.target.contract),
            mismatches=tuple(
                Mismatch(each.at, without_states(self.target, each.expected), without_states(self.target, each.got))
                for each in mismatches
            ),
        )


def shown_request(target: Target, exchange: Exchange) -> Request:
    """The request as a report shows it, its secrets masked."""
    mask, sent = target.mask(), exchange.sent
    headers = {name: _header(target, name, mask.text(value)) for name, value in sent.headers.items()}
    body = _beginning(target, sent.body)
    url, curl = (without_states(target, text) for text in (mask.text(sent.shown_url), sent.curl))
    return Request(sent.method, url, headers, body, curl)


def shown_answer(target: Target, exchange: Exchange) -> Answer:
    """The answer as a report shows it, cut to what a person reads."""
    mask = target.mask()
    headers = {name: _header(target, name, mask.text(value)) for name, value in exchange.headers.items()}
    return Answer(exchange.status, headers, _beginning(target, exchange.body))


def _beginning(target: Target, body: bytes) -> str:
    """So much of a body as a report shows."""
    text = body[: 4 * _BODY_LIMIT + _FAR].decode("utf-8", "replace")  # a sign has four bytes at most
    return without_states(target, target.mask().cut(text, 2 * _BODY_LIMIT))[:_BODY_LIMIT]


def called(target: Target, exchange: Exchange, says: str = "") -> Call:
    """One of several calls as a report shows it; unless it is said, by its address and its status."""
    place = exchange.sent.shown_url.removeprefix(target.shown_base)
    told = says or f"{exchange.sent.method} {place} -> {exchange.status}"
    return Call(target.mask().text(told), shown_request(target, exchange))


def without_states(target: Target, text: str) -> str:
    """The text without the states of sessions: a target that repeats one in a body tells what opens doors."""
    return target.sessions.given.hidden_in(text)


def _header(target: Target, name: str, value: str) -> str:
    """A header as a report shows it: a session's state that was given out opens doors until it ends."""
    return f"${name.upper().replace('-', '_')}" if value in target.sessions.given else value
