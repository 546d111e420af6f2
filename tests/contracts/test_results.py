"""A results file is read strictly: what was cut short is no verdict."""

from pathlib import Path

import msgspec
import pytest

from counterfoil.reports import results
from counterfoil.reports.results import Footer, Header, Result, Writer


@pytest.fixture
def header() -> Header:
    """A header with nothing in it."""
    return Header("0", "2026-01-05T09:00:00+00:00", 1, "smoke", True, {}, {}, {})


@pytest.fixture
def footer() -> Footer:
    """A footer of a run that held."""
    return Footer("2026-01-05T09:00:01+00:00", 1.0, 0, {}, {}, "", 0, "The contract holds.")


def _result(name: str) -> Result:
    return Result(name, "till", "sell", "witness", name, "passed")


def test_a_run_is_read_back_as_it_was_written(tmp_path: Path, header: Header, footer: Footer) -> None:
    """Header, results and footer survive."""
    path = tmp_path / "results.jsonl"
    writer = Writer(path, header)
    writer.add(_result("a"))
    writer.finish(footer)
    assert results.read(path) == results.Results(header, [_result("a")], footer)


def test_a_result_is_on_disk_before_the_next_case_starts(tmp_path: Path, header: Header) -> None:
    """A crash loses no more than the case that it is in."""
    path = tmp_path / "results.jsonl"
    Writer(path, header).add(_result("a"))
    assert len(path.read_bytes().splitlines()) == 2
    with pytest.raises(results.MissingFooter, match="cut short"):
        results.read(path)


def test_a_second_result_with_the_same_id_is_refused(tmp_path: Path, header: Header, footer: Footer) -> None:
    """By the writer as by the reader."""
    path = tmp_path / "results.jsonl"
    writer = Writer(path, header)
    writer.add(_result("a"))
    with pytest.raises(results.DuplicateResult):
        writer.add(_result("a"))
    lines = [header, _result("a"), _result("a"), footer]
    path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    with pytest.raises(results.DuplicateResult, match=":3"):
        results.read(path)


@pytest.mark.parametrize("line", [b"{}", b'{"kind": "rumour"}', b'{"kind": "result", "mood": "good"}', b"not json"])
def test_a_line_that_is_none_of_ours_is_refused(tmp_path: Path, header: Header, line: bytes) -> None:
    """Its number is in the message."""
    path = tmp_path / "results.jsonl"
    path.write_bytes(msgspec.json.encode(header) + b"\n" + line + b"\n")
    with pytest.raises(results.InvalidResults, match=":2"):
        results.read(path)


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    """Neither is a run without findings."""
    path = tmp_path / "results.jsonl"
    with pytest.raises(results.InvalidResults, match="cannot be read"):
        results.read(path)
    path.touch()
    with pytest.raises(results.EmptyResults):
        results.read(path)


def test_a_file_that_does_not_start_with_a_header_is_refused(tmp_path: Path, footer: Footer) -> None:
    """Nobody can say what was tested."""
    path = tmp_path / "results.jsonl"
    path.write_bytes(msgspec.json.encode(footer))
    with pytest.raises(results.InvalidResults, match="header"):
        results.read(path)
