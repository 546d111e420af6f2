"""The page that is attached to a ticket."""

import re
import shutil
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from counterfoil.reports.html import explained, reason_phrase, render_html
from counterfoil.reports.reproduce import file_of
from counterfoil.reports.results import Answer, Finding, Request, Result, Results


def rendered(run: Results) -> str:
    return render_html(run.header, run.results, run.footer)


class Page(HTMLParser):
    """What a browser makes of the page: its tags with their attributes, and the text it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._raw = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._raw = tag in ("script", "style")

    def handle_endtag(self, _tag: str) -> None:
        self._raw = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._raw else data

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def test_the_page_fetches_nothing(run: Results):
    """Every reference leads into the page itself, and neither style nor script loads anything."""
    page = rendered(run)
    parsed = Page(page)
    references = [value for name in ("href", "src", "srcset", "action", "data") for value in parsed.values(name)]

    assert [one for one in references if not one.startswith(("#", "data:"))] == []
    assert (
        re.findall(
            r"@import|url\(|fetch\(|XMLHttpRequest|\bimport\b",
            "".join(re.findall(r"<(?:style|script)>.*?</", page, re.DOTALL)),
        )
        == []
    )
    assert {tag for tag, _ in parsed.tags} & {"img", "iframe", "object", "embed", "base"} == set()


def test_no_body_escapes_into_the_page(run: Results):
    """A `</script>` and a `<b>` in an answer are shown as they are and do nothing."""
    parsed = Page(rendered(run))

    assert Counter(tag for tag, _ in parsed.tags)["script"] == 1
    assert "</script><script>alert('pwned')</script>" in parsed.text
    assert "<b>invalid</b> value &lt;13&gt;. ]]&gt;" in parsed.text


@pytest.mark.parametrize(
    "evil", ['"><script>alert(1)</script>', "'-alert(1)-'", "{{ 7*7 }}{% raw %}", "</style></title>", "a\x00\x1b"]
)
def test_nothing_from_outside_is_markup(
    evil: str,
    make_run: Callable[..., Results],
    make_result: Callable[..., Result],
    make_finding: Callable[..., Finding],
):
    """Whatever text a target, a user or a case brings, the page has the same tags."""

    def tags(text: str) -> list[str]:
        finding = make_finding(
            text,
            operation=text,
            check=text,
            clause=text,
            title=text,
            why=f"{text}\ngot: {text}",
            request=Request(text, text, {text: text}, text, text),
            answer=Answer(200, {text: text}, text),
        )
        run = make_run(
            make_result(
                text,
                operation=text,
                description=text,
                reason=text,
                clause=text,
                verdict="failed",
                findings=[finding],
                seen={text: {text: 1}},
            ),
            make_result("s", verdict="skipped", reason=text),
            level=text,
            versions={text: text},
            counterfoil=text,
        )
        return [tag for tag, _ in Page(rendered(run)).tags]

    assert tags(evil) == tags("plain")


def test_every_anchor_is_there_once_and_every_link_finds_it(run: Results):
    """No id is used twice, and no link within the page is dead."""
    parsed = Page(rendered(run))
    ids = parsed.values("id")
    links = [href[1:] for href in parsed.values("href") if href.startswith("#")]

    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert set(links) - set(ids) == set()
    assert "finding-rest-check-out-total-type" in ids


def test_marks_do_not_depend_on_colour(run: Results):
    """Seen, never seen and undocumented differ by sign and word."""
    text = " ".join(Page(rendered(run)).text.replace("\u200b", "").split())

    assert "✓ token_created 41× 200" in text
    assert "○ second_factor_required never, 403" in text
    assert "! 418 1×" in text
    assert "func=dashboard ! not in the contract" in text


def test_the_head_says_what_was_run_against_what(run: Results):
    """Place, contract, sha, overlays, seed, level and tools are on the page."""
    text = Page(rendered(run)).text.replace("\u200b", "")

    for fact in (
        "Broken",
        "https://shop.staging.example.com/api.php",
        "overlay wire, our-shop",
        "sha256 5d125d125d12",
        "20261121",
        "gate",
        "schemathesis 4.32.5",
        "2026-11-21 09:14:03 UTC",
        "1 min 08 s",
        "871",
    ):
        assert fact in text


def test_findings_come_before_everything_else(run: Results):
    """Findings first, then our own choices, then what was seen, then what was not judged."""
    sections = [attributes["id"] for tag, attributes in Page(rendered(run)).tags if tag == "section"]

    assert sections == ["findings", "choices", "outcomes", "not-run", "cases", "words"]


def test_a_choice_is_in_its_own_section(run: Results):
    """A finding on a clause that we chose is not among the findings against the target."""
    page = rendered(run)
    against, choices = page.split('<section id="choices">')[0], page.split('<section id="choices">')[1]

    assert "An order with 1001 items is accepted" not in against
    assert "An order with 1001 items is accepted" in choices


def test_a_strict_run_says_that_choices_count(make_run: Callable[..., Results]):
    """The page does not promise that a choice decides nothing where it does."""
    assert "Nothing here decides the verdict." in rendered(make_run())
    assert "Nothing here decides the verdict." not in rendered(make_run(strict=True))


def test_empty_states_are_said_in_words(quiet_run: Results, empty_run: Results):
    """Nothing found and nothing run are two things, and both are said."""
    quiet, empty = rendered(quiet_run), rendered(empty_run)

    assert "No check found anything against the target in 1 case and 1 request." in quiet
    assert "Every case was carried out and judged." in quiet
    assert "No case ran, so there is nothing to find." in empty
    assert "No check found anything" not in empty


def test_a_finding_without_an_exchange_says_so(
    make_run: Callable[..., Results], make_result: Callable[..., Result], make_finding: Callable[..., Finding]
):
    """A law may have no single request to show."""
    finding = make_finding(request=Request("", "", {}, "", ""), answer=Answer(0, {}, ""))
    page = rendered(make_run(make_result(verdict="failed", findings=[finding])))

    assert "No single request shows this" in page


def test_the_page_reads_without_its_script(run: Results):
    """What only the script can serve is hidden until the script is there."""
    tags = Page(rendered(run)).tags

    assert all("hidden" in attributes for tag, attributes in tags if tag == "button")
    assert all("hidden" in attributes for _, attributes in tags if attributes.get("class") == "filters")


def test_findings_can_be_narrowed_down_by_what_they_are(run: Results):
    """By severity, contract, check and evidence: each choice that is offered fits at least one finding."""
    tags = Page(rendered(run)).tags
    slips = [attributes for tag, attributes in tags if tag == "article"]
    bars = rendered(run).split('<div class="filters"')[1]
    offered = {
        name: set(re.findall(r"<option>([^<]+)</option>", options))
        for name, options in re.findall(r'<select name="(\w+)"(.*?)</select>', bars.split("</div>")[0], re.DOTALL)
    }

    assert offered.keys() == {"severity", "contract", "check", "evidence"}
    assert offered == {name: {slip[f"data-{name}"] for slip in slips} for name in offered}
    assert len(slips) == 8


def test_a_finding_names_the_test_that_reproduces_it(run: Results):
    """By the name of the file that lies beside the page."""
    text = Page(rendered(run)).text.replace("\u200b", "")

    assert f"pytest reproduce/{file_of('rest-check-out-total-type')}" in text


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="needs a browser")
def test_the_address_holds_the_state_of_the_filters(run: Results, tmp_path: Path):
    """A link to a narrowed page shows what its sender saw; a link to one finding shows it, whatever is narrowed."""
    page = tmp_path / "report.html"
    page.write_text(rendered(run), encoding="utf-8")

    def shown(fragment: str) -> tuple[set[str], str]:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom"]
        command = [CHROMIUM or "", *options, f"--user-data-dir={tmp_path / 'browser'}", f"{page.as_uri()}#{fragment}"]
        dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        slips = [attributes for tag, attributes in Page(dom).tags if tag == "article"]
        said = re.search(r"<output[^>]*>([^<]*)", dom)
        return {slip["id"] for slip in slips if "hidden" not in slip}, said[1] if said else ""

    everything, _ = shown("")
    slow, drift = "finding-shop-get-order-slow", "finding-shop-add-order-drift"
    assert len(everything) == 8
    assert shown("findings?severity=warning&evidence=observed") == ({slow}, "1 of 8 shown")
    assert shown("findings?text=PAID_date") == ({drift}, "1 of 8 shown")
    assert shown("findings?severity=nothing+of+the+kind")[0] == everything
    assert drift in shown(f"{drift}?severity=warning")[0]


def test_a_case_of_no_contract_is_still_shown(make_run: Callable[..., Results], make_result: Callable[..., Result]):
    """A case that broke down before it belonged to a contract is among all cases."""
    lost = make_result("lost", contract="collection", operation="", phase="suite", verdict="errored", reason="it broke")
    parsed = Page(rendered(make_run(lost, exit_code=2)))

    assert "case-lost" in parsed.values("id")
    assert "it broke" in parsed.text


def test_the_same_run_gives_the_same_page(run: Results):
    """Nothing but the results goes into the page."""
    assert rendered(run) == rendered(run)


def test_expected_and_got_are_set_apart():
    """The lines of a contrast leave the sentences around them."""
    why = explained("The item is there.\nexpected: none\ngot: one: two")

    assert why.sentences == "The item is there."
    assert why.contrast == (("expected", "none"), ("got", "one: two"))


def test_a_status_has_its_words():
    """A registered status has a phrase and any other has none."""
    assert (reason_phrase(409), reason_phrase(799)) == ("Conflict", "")


def test_the_page_lets_nothing_run_but_its_own_style_and_script(run: Results):
    """The content security policy names what the page holds by its hash, and lets nothing else be loaded or run."""
    page = rendered(run)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")

    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        assert f"{tag}-src 'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r'\s(style|on\w+)="', page)  # what the policy would not let pass
