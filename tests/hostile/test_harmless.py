"""Against a target that accepts everything, a careful run does nothing."""

import sys
from pathlib import Path

import pytest

from counterfoil.specs import Contract, names

sys.path.insert(0, str(Path(__file__).parent))
from accepts_everything import Asked, accepting_everything, read
from judge import harm
from running import carried_out, known, profile_of


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("level", "how"),
    [
        pytest.param("smoke", (), id="smoke"),
        pytest.param("gate", ("--read-only",), id="gate", marks=pytest.mark.deep),
    ],
)
@pytest.mark.parametrize(
    ("contract", "with_ids"),
    [
        *((contract, True) for contract in names()),
        ("shopscript", False),
        *(pytest.param(each, False, marks=pytest.mark.deep) for each in names() if each != "shopscript"),
    ],
)
def test_a_careful_run_does_nothing_to_a_target_that_accepts_everything(
    tmp_path: Path, contract: str, with_ids: bool, level: str, how: tuple[str, ...]
) -> None:
    """Nothing is created, changed or removed for anybody, though whatever it asks is accepted; careful is the default."""
    with accepting_everything(Contract.load(contract)) as record:
        (tmp_path / "counterfoil.toml").write_text(profile_of(contract, record.url, with_ids=with_ids))
        run = carried_out(tmp_path, ["test", *how, "--level", level, "--out", "out"])

    assert run.code in (0, 1), run.text[-3000:]
    harmful = [
        (why, str(asked))
        for asked in record.asked
        if (why := harm(asked, contract, known(contract, with_ids=with_ids)))
    ]
    assert len(record.asked) > 20
    assert [] == harmful[:10]


FORM = {"content-type": "application/x-www-form-urlencoded"}
OPENS = "identifier=counterfoil-identifier&secret=counterfoil-secret"


@pytest.mark.parametrize(
    ("contract", "method", "path", "body", "is_harmful"),
    [
        ("whmcs-classic", "POST", "/includes/api.php", f"action=AddOrder&{OPENS}", True),
        ("whmcs-classic", "POST", "/includes/api.php", "action=AddOrder&secret=x", False),
        ("whmcs-classic", "POST", "/includes/api.php", "action=AddOrder&pid=1", True),
        ("whmcs-classic", "POST", "/includes/api.php", f"action=closeclient&clientid=1&username[0]=stub&{OPENS}", True),
        ("whmcs-classic", "POST", "/includes/api.php", f"action=closeclient&clientid=2000000000&{OPENS}", False),
        ("whmcs-classic", "POST", "/includes/api.php", f"action=GetOrders&{OPENS}", False),
        ("shopscript", "POST", "/api.php/shop.order.add?access_token=x", "contact_id=1", True),
        ("shopscript", "POST", "/api.php/shop.order.delete?access_token=x", "id=999999999", False),
        ("billmanager", "POST", "/billmgr", "func=cart.empty&sok=ok", True),
        ("billmanager", "GET", "/billmgr?func=cart", "", False),
        ("billmanager", "POST", "/billmgr", "func=vds.order.param&pricelist=111&period=1&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=soft.order.param&skipbasket=on&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=cart&clicked_button=delete&id=1", True),
        ("billmanager", "POST", "/billmgr", "func=cart.empty&project=999999999&id=999999999&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=basket&clicked_button=delete&id=1&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=basket&clicked_button=delete&id=999999999&sok=ok", False),
        ("billmanager", "POST", "/billmgr", "func=basket&clicked_button=clearbasket&id=999999999", True),
        ("billmanager", "POST", "/billmgr", "func=basket&clicked_button=free&id=999999999&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=basket&promocode=TENTH", True),
        ("billmanager", "GET", "/billmgr?func=basket", "", False),
        ("billmanager", "GET", "/billmgr?func=payment", "", False),
        ("billmanager", "GET", "/billmgr?func=payment.add", "", True),
        ("billmanager", "POST", "/billmgr", "func=payment.add.method&paymethod=1&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=payment.pay&elid=999999999&sok=ok", True),
        ("billmanager", "POST", "/billmgr", "func=service.prolong&elid=1&period=1", True),
        ("billmanager", "POST", "/billmgr", "func=vds.edit&elid=1&autoprolong=off", True),
        ("billmanager", "POST", "/billmgr", "func=vds.delete&elid=1", True),
        ("billmanager", "POST", "/billmgr", "func=vds.delete&elid=999999999&sok=ok", False),
        ("billmanager", "POST", "/billmgr", "func=session.newkey&username=demo&key=a-key-of-sixteen", True),
        ("whmcs-rest", "POST", "/api/v2/cart/abc/items", '{"items": []}', True),
        ("whmcs-rest", "DELETE", "/api/v2/cart/NoSuchCart000000/items", "", False),
        ("whmcs-rest", "POST", "/api/v2/user/session", "{}", False),
    ],
)
def test_the_judge_knows_what_is_harmful(contract: str, method: str, path: str, body: str, is_harmful: bool) -> None:
    """It would notice what a careful run has once done."""
    asked: Asked = read(method, path, FORM if "=" in body else {}, body.encode())

    assert is_harmful is bool(harm(asked, contract, known(contract, with_ids=True)))
