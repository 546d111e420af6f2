"""What the exit codes, severities and kinds of evidence mean, in the words that every report uses."""

from dataclasses import dataclass

from counterfoil.reports.results import Footer


@dataclass(frozen=True)
class Verdict:
    """One exit code as a reader meets it: a word, a sentence, and a sign that does not need colour."""

    exit_code: int
    word: str
    sentence: str
    sign: str


VERDICTS = {
    verdict.exit_code: verdict
    for verdict in (
        Verdict(0, "Holds", "Every promise that was tested holds.", "✓"),
        Verdict(1, "Broken", "At least one promise of the contract is broken.", "✕"),
        Verdict(2, "Not run", "The command or its configuration is wrong.", "!"),
        Verdict(3, "Unreachable", "The target does not answer, or it refuses the credentials.", "!"),
        Verdict(4, "Nothing tested", "No case ran, so nothing is known about the target.", "!"),
        Verdict(130, "Interrupted", "The run was stopped before its end; what it saw until then is below.", "!"),
    )
}

_LABEL_WORDS, _USAGE = 3, 2
_FROM_BEST_TO_WORST = (0, 4, 3, 2, 1, 130)

SEVERITIES = ("broken", "warning", "note")
SIGNS = {"broken": "✕", "warning": "▲", "note": "•", "passed": "✓", "failed": "✕", "errored": "!", "skipped": "–"}
SEVERITY_MEANS = {
    "broken": "The target contradicts the contract.",
    "warning": "The target differs from what was observed elsewhere, or from what follows from the documents.",
    "note": "It differs from a choice of ours, or adds what the contract does not describe. It fails nothing.",
}
EVIDENCE_MEANS = {
    "documented": "The vendor's source document says so.",
    "published": "The vendor says so elsewhere.",
    "observed": "Seen in the vendor's source code or in real traffic.",
    "implied": "It follows from the documents by plain sense: a total is the sum of its parts.",
    "chosen": "No source settles it; the contract had to choose. Only a strict run counts it.",
}
CHECK_MEANS = {
    "server_error": "The server failed.",
    "undocumented_status": "The answer has a status that the contract does not document.",
    "undocumented_media_type": "The answer has a media type that the contract does not document under its status.",
    "malformed_body": "The body cannot be read as what it says it is.",
    "body_schema": "The body breaks a clause of its schema.",
    "false_value": "A value in the body is not what it says it is.",
    "undocumented_refusal": "The request is refused for a reason that the contract does not name.",
    "undocumented_property": "The body has a property that the contract does not describe.",
    "missing_header": "A header is missing that the contract requires.",
    "header_schema": "A header breaks a clause of its schema.",
    "accepted_invalid": "A request is accepted that breaks a clause of the contract.",
    "charset": "The bytes of the body are not the text that they are said to be.",
    "leak": "The answer shows what it should keep to itself.",
    "wrong_outcome": "A documented outcome does not come about.",
    "wrong_fact": "The answer does not show what a documented outcome shows.",
    "answers_what_exists": "What a call creates was there before.",
    "slow": "The target answers slowly, again and again.",
    "changed_though_refused": "A request is refused, and has changed something all the same.",
    "law": "What has to hold over several calls does not hold.",
}
VERDICT_MEANS = {
    "passed": "Every check on every exchange of the case held.",
    "failed": "At least one check did not hold; the case has a finding.",
    "errored": "The case could not be carried out, so it says nothing about the contract.",
    "skipped": "The case was not tried, for the reason given.",
}


def verdict_of(exit_code: int) -> Verdict:
    """Return the verdict of an exit code; a code that nobody defined is said to be just that."""
    return VERDICTS.get(exit_code) or Verdict(exit_code, "Unknown", f"The run ended with exit code {exit_code}.", "!")


def sentence_of(footer: Footer) -> str:
    """Return what the run says of itself, or where that is a mere label, what its exit code means."""
    told = footer.verdict.strip()
    return told if len(told.split()) > _LABEL_WORDS else verdict_of(footer.exit_code).sentence


def worst(exit_codes: list[int]) -> int:
    """Return the exit code that speaks for several runs, weighed as one run weighs what happens within it.

    A broken contract is certain, so it outweighs a part that could not run; only an interruption outweighs both.
    """
    return max(exit_codes, key=lambda code: _FROM_BEST_TO_WORST.index(code if code in VERDICTS else _USAGE))
