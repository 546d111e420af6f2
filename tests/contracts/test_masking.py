"""Secrets stay out of what is written down, and the command still works once its variables are set."""

import subprocess

from contracts.masking import Mask

MASK = Mask({"access_token": "s3cret token/1", "password": "demo"})


def test_a_secret_is_replaced_wherever_it_stands() -> None:
    """Also in its encoded form."""
    assert MASK.text("a=s3cret+token%2F1&b=s3cret token/1") == "a=$ACCESS_TOKEN&b=$ACCESS_TOKEN"


def test_a_short_secret_is_replaced_only_behind_its_name() -> None:
    """`demo` is also a word."""
    assert MASK.text("a demo; password=demo&x=1") == "a demo; password=$PASSWORD&x=1"
    assert MASK.text('{"password": "demo"}') == '{"password": "$PASSWORD"}'


def test_the_command_sends_what_was_sent() -> None:
    """A shell makes the same words of it."""
    curl = MASK.curl("POST", "http://x/?access_token=s3cret+token%2F1", {"X-A": "it's"}, b"a=1&b[0]=\n2", [])
    echoed = subprocess.run(
        ["/bin/sh", "-c", curl.replace("curl", "printf '%s|'", 1)],
        env={"ACCESS_TOKEN": "HIDDEN"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert echoed.stdout == "-sS|-X|POST|http://x/?access_token=HIDDEN|-H|X-A: it's|--data-binary|a=1&b[0]=\n2|"
