"""A demand is founded as well as the weakest of what it rests on."""

import pytest

from counterfoil.specs.evidence import STRENGTH, WEIGHT, marks, of_notation, of_refusal, weakest


@pytest.mark.parametrize(
    ("links", "evidence"),
    [
        ((), "documented"),
        (("documented", "published"), "published"),
        (("chosen", "documented"), "chosen"),
        (("implied", "observed"), "implied"),
        (("documented", "implied", "chosen"), "chosen"),
    ],
)
def test_the_weakest_link_decides(links: tuple[str, ...], evidence: str) -> None:
    """However many others are stronger, and wherever it stands."""
    assert weakest(links) == evidence


def test_what_is_better_founded_never_weighs_less() -> None:
    """A wrong total, which follows by plain sense, weighs at least as much as a text that somebody chose."""
    weights = [("broken", "warning", "note").index(WEIGHT[evidence]) for evidence in STRENGTH]
    assert weights == sorted(weights)


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("Source 003, cart", ["documented"]),
        ("Source 003, lists; chosen: the newest first", ["documented", "chosen"]),
        ("Chosen: a quantity below 1 counts as 1", ["chosen"]),
        ("Published: a new state in each answer; that older ones stay valid is chosen", ["published", "chosen"]),
        ("the terms of the shop", []),
    ],
)
def test_every_mark_in_the_prose_of_a_clause_counts(prose: str, found: list[str]) -> None:
    """Not only the first word, and in any letter case."""
    assert marks(prose) == found


def test_that_a_value_is_described_does_not_promise_that_others_are_refused() -> None:
    """The root says for which kinds it is promised; a contract that says nothing promises all."""
    document = {"x-refuses": {"credentials": "documented", "missing": "observed", "*": "chosen"}}

    assert of_refusal(document, "security", "valid") == "documented"
    assert of_refusal(document, "body", "required") == "observed"
    assert of_refusal(document, "query", "enum") == "chosen"
    assert of_refusal({}, "query", "enum") == "documented"
    assert of_refusal(document, "security", "valid", {"x-refuses": {"credentials": "chosen"}}) == "chosen"


def test_a_notation_that_nobody_has_shown_is_a_choice() -> None:
    """Also where it is the one that comes without asking."""
    document = {"x-shown": {"out": {"text": "chosen", "": "observed"}}}

    assert of_notation(document, [("func", "cart"), ("out", "text")]) == "chosen"
    assert of_notation(document, [("out", "xml")]) == "documented"
    assert of_notation(document, [("func", "cart")]) == "observed"
    assert of_notation({}, [("out", "text")]) == "documented"


def test_nobody_says_in_which_notation_a_request_for_an_unknown_one_is_answered() -> None:
    """If it is answered at all; what is odd in other fields does not matter."""
    document = {"x-shown": {"out": {"text": "observed"}}}

    assert of_notation(document, [("out", "yaml")], odd={"out"}) == "chosen"
    assert of_notation(document, [("out", "text")], odd={"limit"}) == "observed"


def test_an_operation_says_how_its_own_answer_was_shown() -> None:
    """Flat answers may have been seen in a notation in which nobody has seen nested ones."""
    document, nested = {"x-shown": {"out": {"text": "observed"}}}, {"x-shown": {"out": {"text": "chosen"}}}

    assert of_notation(document, [("out", "text")], nested) == "chosen"
    assert of_notation(document, [("out", "text")], {}) == "observed"
    assert of_notation(document, [("out", "xml")], nested) == "documented"


def test_whatever_else_is_asked_for_is_as_well_known_as_the_document_says_of_all_the_rest() -> None:
    """A panel may answer a page for people to who asks for a notation that it does not have."""
    document = {"x-shown": {"out": {"xml": "documented", "*": "chosen"}}}
    nested = {"x-shown": {"out": {"json": "observed"}}}

    assert of_notation(document, [("out", "xml")], nested) == "documented"
    assert of_notation(document, [("out", "json")], nested) == "observed"
    assert of_notation(document, [("out", "html")], nested) == "chosen"
    assert of_notation(document, [("func", "cart")]) == "chosen"
