"""Text from strangers, made fit to be shown."""

import json
import re

import pytest

from counterfoil.reports.printable import counted, harmless, indented, lasting, line, moment, shortened, visible


def test_control_characters_become_pictures_of_themselves():
    """A control character is shown, not obeyed; tabs and line breaks stay."""
    shown = visible("a\x00b\x1b[31mc\td\r\ne\x7f\ud800\ufffe")

    assert shown == "a␀b␛[31mc\td\ne␡\ufffd\ufffd"


def test_json_is_laid_out_without_touching_a_digit():
    """Numbers keep their digits and a repeated key stays repeated, since both may be what is wrong."""
    shown = indented('{"total":10.50,"a":[],"b":{},"total":1E+2,"c":[1,{"d":"x, {y: \\"z\\"}"}]}')

    assert shown == (
        '{\n  "total": 10.50,\n  "a": [],\n  "b": {},\n  "total": 1E+2,\n'
        '  "c": [\n    1,\n    {\n      "d": "x, {y: \\"z\\"}"\n    }\n  ]\n}'
    )


def test_json_that_is_laid_out_means_what_it_meant():
    """Only white space changes."""
    body = json.dumps({"текст": '🧢 \\ " { , : }', "list": [None, True, [[]], {"a": {}}, -1.5e-7]}, ensure_ascii=False)

    assert json.loads(indented(body)) == json.loads(body)


@pytest.mark.parametrize("body", ["", "OK", "<doc/>", '{"cut": [1, 2', "result=success&orderid=1", "[" * 100_000])
def test_what_is_not_json_stays_as_it_came(body: str):
    """A body that is no JSON, a body that is cut, and a body that is too deep are shown as they are."""
    assert indented(body) == body


def test_a_long_text_says_how_much_is_missing():
    """What is cut is said to be cut."""
    assert shortened("x" * 10, 10) == "x" * 10
    assert shortened("x" * 1010, 10).endswith("… and 1,000 characters more, in results.jsonl")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.0 s"),
        (0.42, "0.4 s"),
        (9.99, "10 s"),
        (38.2, "38 s"),
        (59.7, "1 min 00 s"),
        (250, "4 min 10 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_durations_are_said_as_a_person_says_them(seconds: float, words: str):
    """The unit fits the size."""
    assert lasting(seconds) == words


def test_moments_are_in_utc():
    """A moment with an offset is moved to UTC; what is no moment is left alone."""
    assert moment("2026-11-21T12:00:00.123+03:00") == "2026-11-21 09:00:00 UTC"
    assert moment("2026-11-21T12:00:00Z") == "2026-11-21 12:00:00 UTC"
    assert moment("yesterday") == "yesterday"


def test_numbers_agree_with_their_nouns():
    """One case, two cases."""
    assert [counted(1, "case"), counted(2, "case"), counted(12345, "request")] == [
        "1 case",
        "2 cases",
        "12,345 requests",
    ]


def test_what_nobody_sees_is_written_out():
    """Signs that turn the text around them, or have no width, are shown by their number."""
    assert visible("a\u202eb\u200bc\ufeff") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+FEFF⟩"


@pytest.mark.parametrize(
    "order",
    ["::error::x", "  ::set-output name=a::b", "##[error]x", "a ##vso[task.complete]", "##teamcity[x]", "##VSO[x]"],
)
def test_no_ci_finds_a_command_in_a_stranger_s_text(order: str):
    """Whatever begins a command for a CI is broken up, in a single line and in many."""
    for shown in (line(order), harmless(f"first\n{order}\nlast")):
        assert not re.search(r"(?im)^\s*::|##\[|##vso\[|##teamcity\[", shown)
        assert order.strip(": #[")[-3:] in shown


def test_a_stranger_s_text_is_one_line_of_bounded_length():
    """Line breaks become spaces, ANSI sequences are pictures, and what is too long says that it goes on."""
    assert line("a\n\x1b[2Jb\r\nc\u2028d") == "a ␛[2Jb c d"
    assert len(line("x" * 100_000)) == 300
    assert line("x" * 100_000).endswith(" …")
