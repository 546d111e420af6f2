"""The suite's checks as checks of Schemathesis': what an answer means, drift, leaks, and what values claim."""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal, get_args

from schemathesis import CheckContext, Response
from schemathesis.core.failures import Failure, FailureGroup, Severity

from counterfoil.contracts.checks import response as checks
from counterfoil.contracts.checks.leaks import leak
from counterfoil.contracts.generate.contract_schema import AnyCase
from counterfoil.contracts.schemathesis.judged import Asked, found, observed
from counterfoil.reports.results import Finding

Weight = Literal["note", "warning", "broken"]
_SEVERITIES = {"broken": Severity.HIGH, "warning": Severity.MEDIUM, "note": Severity.LOW}


class ContractBroken(Failure):
    """A finding as a failure: one for each clause, so that a baseline accepts one clause and no other."""

    kind_title = "Contract broken"

    __slots__ = ("finding",)

    def __init__(self, operation: str, finding: Finding) -> None:
        differs = [f"{each.at}: {each.got} instead of {each.expected}" for each in finding.mismatches]
        told = "\n".join([finding.why, *differs, f"Founded as: {finding.evidence}. Clause: {finding.clause}"])
        super().__init__(operation=operation, title=finding.title, message=told, severity=_SEVERITIES[finding.severity])
        self.finding = finding

    @property
    def _unique_key(self) -> str:
        return self.finding.id


class ContractCheck:
    """Asks some of the suite's checks. `weight` is what a finding weighs at least to be a failure, from a note upwards."""

    asked: ClassVar[tuple[Asked, ...]] = ()

    def __init__(self, weight: Weight = "note") -> None:
        weights = get_args(Weight)
        if weight not in weights:
            raise ValueError(f"weight is one of {', '.join(weights)}, and not {weight}")
        self._enough = weights[weights.index(weight) :]

    def after_response(self, ctx: CheckContext, response: Response, case: AnyCase) -> None:
        """Fail with all that is found."""
        seen = observed(case, response)
        broken = [] if seen is None else self._weighty(found(seen, self.asked))
        if broken:
            raise FailureGroup([ContractBroken(case.operation.label, finding) for finding in broken])

    def _weighty(self, findings: Iterable[Finding]) -> list[Finding]:
        return list({finding.id: finding for finding in findings if finding.severity in self._enough}.values())


def _check(name: str, told: str, *asked: Asked) -> Any:
    """A check that Schemathesis knows by this name: on a command line, and as a table of its configuration."""
    return type(name, (ContractCheck,), {"asked": asked, "__doc__": told, "__module__": __name__})


CHECKS = (
    _check(
        "outcome",
        "What breaks a clause is refused, and refused in a way that the contract names: by the body, not by the status.",
        checks.accepted_invalid,
        checks.undocumented_refusal,
    ),
    _check("drift", "An answer has no property that the contract does not describe.", checks.undocumented_property),
    _check("leaks", "An answer shows nothing of the server's inside, and no secret of the caller's.", leak),
    _check("claims", "Amounts, counts, sums and charsets are what they say.", checks.false_value, checks.charset),
)
