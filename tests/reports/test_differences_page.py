"""The differences between two targets as a page."""

from counterfoil.reports.difference import ComparedTarget, Difference, DiffReport, Sample, SampleSide
from counterfoil.reports.differences_page import as_html

EVIL = "<script>alert(1)</script>\x1b[2J"


def test_both_answers_stand_side_by_side_and_do_nothing() -> None:
    """What a target says is text of the page, which lets no script run."""
    example = Sample("a case", "get_order", "/total", SampleSide("curl a", 200, EVIL), SampleSide("curl b", None, "2"))
    difference = Difference(
        "x", "shopscript", "value", "breaking", EVIL, {"get_order": 3}, ["/total"], count=3, example=example
    )
    side = ComparedTarget("http://127.0.0.1:1", mock=True, requests=3)
    report = DiffReport(
        format=1,
        counterfoil="1.0.0",
        started="2026-01-05T09:00:00+00:00",
        seconds=1.0,
        seed=1,
        level="smoke",
        a=side,
        b=side,
        compared={"shopscript": {"get_order": 3}},
        differences=[difference],
        recognised=[],
        left_out={},
    )
    page = as_html(report)

    assert "<script>" not in page
    assert "\x1b" not in page
    assert "default-src 'none'" in page
    assert "no answer" in page
    assert "<pre>curl a</pre>" in page
