"""JUnit, as Jenkins and GitLab read it."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

from counterfoil.reports.junit import render_junit
from counterfoil.reports.results import Answer, Finding, Result, Results


def read(run: Results) -> ET.Element:
    return ET.fromstring(render_junit(run.header, run.results, run.footer).encode("utf-8"))


def test_a_suite_per_contract_and_a_case_per_result(run: Results):
    """The counts of the suites are those of the run."""
    root = read(run)

    assert [suite.get("name") for suite in root] == ["whmcs-rest", "whmcs-classic", "billmanager", "shopscript"]
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "21",
        "failures": "4",
        "errors": "1",
    }
    assert [suite.get("skipped") for suite in root] == ["3", "0", "0", "0"]
    assert len(root.findall("testsuite/testcase")) == 21


def test_a_failure_tells_title_why_and_curl(run: Results):
    """Whoever reads only the CI's page can reproduce the failure."""
    case = read(run).find("testsuite/testcase[@name='an order period that does not exist is refused']")

    assert case is not None
    failure = case.find("failure")
    assert failure is not None
    assert case.get("classname") == "billmanager.order_service"
    assert failure.get("message", "").startswith("order_period=13 is accepted")
    assert failure.get("type") == "request_clause_enforced"
    assert "expected: refused (invalid_value)" in (failure.text or "")
    assert "curl 'https://bill.staging.example.com:1500/billmgr" in (failure.text or "")


def test_several_findings_of_a_case_are_one_failure(run: Results):
    """Readers show one failure per case, so it names the first and holds all."""
    failures = read(run).findall("testsuite/testcase[@name='refused means that nothing changed']/failure")

    assert len(failures) == 1
    assert failures[0].get("message") == "A refused item is in the cart afterwards (and 1 more)"
    assert "The total is a number" in (failures[0].text or "")


def test_a_case_that_meets_a_great_deal_stays_readable(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """Ten findings are told in full, the rest is counted; an answer is told where it is first met."""
    findings = [make_finding(f"f{number}", answer=Answer(200, {}, f"body {number}")) for number in range(30)]
    every = [make_result(name, description=name, verdict="failed", findings=findings) for name in ("one", "two")]
    first, second = (failure.text or "" for failure in read(make_run(*every)).iter("failure"))

    assert "… and 20 more findings, in report.html" in first
    assert "body 9" in first
    assert "body 9" not in second
    assert '(as in the case "one")' in second
    assert "curl -X POST" in second


def test_the_strictest_reader_takes_the_file(run: Results):
    """Jenkins' xUnit plugin refuses a file with one attribute or element that its schema does not have."""
    allowed = {
        "testsuites": {"name", "time", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "file"},
        "properties": set(),
        "property": {"name", "value"},
        "testcase": {"name", "classname", "time"},
        "failure": {"type", "message"},
        "error": {"type", "message"},
        "skipped": {"type", "message"},
        "system-out": set(),
    }
    for element in read(run).iter():
        assert set(element.attrib) <= allowed[element.tag]


def test_a_choice_never_speaks_first(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """The message of a failure is the gravest finding, and a finding on our own choice is the least grave."""
    findings = [
        make_finding("chosen", evidence="chosen", title="A choice"),
        make_finding("warned", severity="warning", title="A warning"),
        make_finding("broken", title="A break"),
    ]
    failure = read(make_run(make_result(verdict="failed", findings=findings))).find("testsuite/testcase/failure")

    assert failure is not None
    assert failure.get("message") == "A break (and 2 more)"


def test_skipped_and_errored_say_why(run: Results):
    """A case that was not judged carries its reason."""
    root = read(run)
    skipped = root.find("testsuite/testcase[@name='an expired code is refused']/skipped")
    error = root.find("testsuite/testcase[@name='orders are found by their number']/error")

    assert skipped is not None
    assert error is not None
    assert skipped.get("message") == "the profile names no expired promotion code"
    assert skipped.text == "the profile names no expired promotion code"
    assert error.get("message") == "the connection was reset while the answer was read"


def test_a_passed_case_shows_its_notes(run: Results):
    """A finding that fails nothing is in the case's output."""
    told = read(run).find("testsuite/testcase[@name='a variant is ordered']/system-out")

    assert told is not None
    assert "paid_date" in (told.text or "")


def test_properties_tell_what_was_tested(run: Results):
    """The seed, the place and the contract are in the suite's properties."""
    suite = read(run).find("testsuite[@name='shopscript']")

    assert suite is not None
    properties = {one.get("name"): one.get("value") for one in suite.findall("properties/property")}
    assert properties["seed"] == "20261121"
    assert properties["url"] == "https://shop.staging.example.com/api.php"
    assert properties["overlays"] == "wire, our-shop"
    assert properties["contract version"] == "9.0"


def test_control_characters_leave_the_xml_well_formed(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """No text, wherever it stands, makes the document unreadable."""
    evil = "a\x00\x08\x1b\ufffe\uffff]]>&<b>\x0c\ud800"
    finding = make_finding(title=evil, why=evil, check=evil, clause=evil, answer=Answer(200, {}, evil))
    run = make_run(
        make_result("a", operation=evil, description=evil, verdict="failed", findings=[finding], reason=evil),
        make_result("b", description=evil, verdict="errored", reason=evil),
        make_result("c", description=evil, verdict="skipped", reason=evil),
        make_result("d", description=evil, findings=[finding]),
        seed=1,
        level=evil,
        versions={evil: evil},
    )

    root = read(run)

    assert root.get("tests") == "4"
    assert "␀" in "".join(root.itertext())


def test_two_cases_of_one_name_stay_two(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """GitLab folds cases of one name into one, so the second carries its id."""
    names = [
        case.get("name") for case in read(make_run(make_result("a"), make_result("b"), exit_code=0)).iter("testcase")
    ]

    assert names == ["a cart becomes an order", "a cart becomes an order [b]"]


def test_a_run_that_failed_as_a_whole_is_never_green(empty_run: Results, quiet_run: Results):
    """Nothing tested, nothing reached: without a failing case the run itself is one. A run that holds is not."""
    root = read(empty_run)

    assert root.get("errors") == "1"
    assert root.find("testsuite[@name='counterfoil']/testcase/error") is not None
    assert read(quiet_run).find("testsuite[@name='counterfoil']") is None
