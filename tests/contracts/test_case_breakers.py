"""What no law notices of the WHMCS REST API, a case does: the mock with a defect, or behind a lie."""

import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import requests

from counterfoil.contracts.phases import witness
from counterfoil.contracts.phases.cases import load
from counterfoil.contracts.phases.plan import Plan
from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from counterfoil.reports import results
from counterfoil.reports.results import Finding
from counterfoil.specs import Contract

sys.path.insert(0, str(Path(__file__).parent))
import checkout_lawbreakers  # noqa: F401
import lawbreakers  # noqa: F401
from lawbreaking import CASE_BREAKERS, Lawbreaker, honest

CONTRACT = "whmcs-rest"
CASES = {case.description: case for case in load(Contract.load(CONTRACT))}
#: the defects of the mock, with the case that notices each
DEFECTS = {
    "changed_product_drops_its_addons": "A product whose terms are changed keeps its addons",
    "last_addon_of_several_is_taken": "All addons of one call are added",
    "last_option_of_several_is_taken": "All options of one call are chosen",
    "equal_items_go_together": "A deleted item leaves another one of its product",
    "extras_count_whatever_they_say": "The years of a name cost in a cart what its availability says",
    "years_of_a_name_cost_as_much_as_one": "The years of a name cost in a cart what its availability says",
    "place_of_a_cart_is_not_saved": "The place of a guest's cart is kept",
}
_WORLDS = count(1)


@pytest.fixture(scope="module")
def mock() -> Mock:
    return create_app(["whmcs"], stands_at=datetime(2026, 1, 5, 9))


def found(url: str, description: str) -> list[Finding]:
    """What the case with that description finds, where what is but our choice weighs little."""
    header = results.Header(
        counterfoil="0", started="2026-01-05T09:00:00+00:00", seed=1, level="gate", strict=False,
        target={CONTRACT: results.Target(url, [])}, contracts={}, versions={},
    )  # fmt: skip
    with closing(Plan(header, "", [CONTRACT])) as plan:
        return list(witness.run(CASES[description], plan.targets[CONTRACT], strict=False).findings)


@pytest.mark.parametrize("description", sorted({*DEFECTS.values(), *(case for case, _ in CASE_BREAKERS.values())}))
def test_the_honest_mock_keeps_to_the_case(description: str, mock: Mock, mount: Callable[..., str]) -> None:
    """No finding at all."""
    assert [] == found(mount(Lawbreaker(mock, honest)), description)


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_is_noticed_by_its_case(defect: str, mock: Mock, mount: Callable[..., str]) -> None:
    """And it is no matter of choice."""
    url, world = mount(Lawbreaker(mock, honest)), f"defect-{next(_WORLDS)}"
    requests.post(f"{url}/_mock/worlds", json={"name": world}, timeout=5).raise_for_status()
    requests.put(f"{url}/w/{world}/_mock/defects", json={"defects": [defect]}, timeout=5).raise_for_status()

    findings = found(f"{url}/w/{world}", DEFECTS[defect])

    assert {"wrong_fact"} == {finding.check for finding in findings}
    assert {"broken", "warning"} >= {finding.severity for finding in findings}


@pytest.mark.parametrize("name", CASE_BREAKERS)
def test_a_lie_is_noticed_by_its_case(name: str, mock: Mock, mount: Callable[..., str]) -> None:
    """The case does not come out as it says."""
    description, tell = CASE_BREAKERS[name]

    findings = found(mount(Lawbreaker(mock, tell)), description)

    assert {"wrong_fact", "wrong_outcome"} & {finding.check for finding in findings}
