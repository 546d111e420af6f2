"""What a value breaks that fits no branch of a union."""

from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of


def test_of_branches_that_are_equally_near_none_is_demanded_more_than_another() -> None:
    """Whether an item is in the cart, or in a basket of which nothing is known, a bare `ok` does not tell."""
    known = Contract.load("billmanager")
    answer = known.operations["order_item"].answers[200]
    schema = answer.media["application/json"].schema

    found = {
        told: [
            (each.pointer, each.evidence)
            for each in schemas_of(known).broken(schema, {"doc": {**told_by, "ok": {"$": ""}}}, answer.evidence)
        ]
        for told, told_by in (("nothing", {}), ("elid", {"elid": {"$": "1"}}))
    }

    assert {"nothing": [("/doc/lineitem.id", "chosen")], "elid": [("/doc/lineitem.id", "observed")]} == found
