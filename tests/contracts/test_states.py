"""The states of sessions are found in whatever text they stand, however many were given out."""

import pytest

from counterfoil.contracts.http.states import States


@pytest.fixture
def states() -> States:
    """Many of one kind, one that is longer, one that is no word, and one that is too short to be told from a word."""
    states = States()
    states.add(f"eyJhbGciOiJIUzI1NiJ9.{number:08}" for number in range(5000))
    states.add(["eyJhbGciOiJIUzI1NiJ9.00000007-and-more", "one two three four", "short", ""])
    return states


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a word", "a word"),
        ('{"state": "eyJhbGciOiJIUzI1NiJ9.00000042"}', '{"state": "$STATE"}'),
        ("state=eyJhbGciOiJIUzI1NiJ9.00000042.more", "state=$STATE.more"),
        ("eyJhbGciOiJIUzI1NiJ9.00000007-and-more", "$STATE"),
        ("eyJhbGciOiJIUzI1NiJ9.00000001 eyJhbGciOiJIUzI1NiJ9.00000002", "$STATE $STATE"),
        ("eyJhbGciOiJIUzI1NiJ9.99999999", "eyJhbGciOiJIUzI1NiJ9.99999999"),
        ("one two three four five", "$STATE five"),
        ("00000042", "00000042"),
        ("a short text", "a short text"),
    ],
)
def test_a_state_is_hidden_wherever_it_stands(states: States, text: str, shown: str) -> None:
    """What is no state stays, though it looks like one."""
    assert shown == states.hidden_in(text)


def test_it_is_known_what_was_given_out(states: States) -> None:
    """Short ones too, and each once."""
    assert "short" in states
    assert "" not in states
    states.add(["short"])
    assert 5003 == len(states) == len(list(states))
