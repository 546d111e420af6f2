"""What an installation does otherwise is recorded by an action of an overlay, which takes effect."""

import json
from pathlib import Path

from counterfoil.contracts.checks import recording
from counterfoil.specs import Contract
from counterfoil.specs.schemas import schemas_of


def applied(action: str, tmp_path: Path) -> Contract:
    """The contract of Shop-Script with an overlay of this one action."""
    overlay = tmp_path / "ours.yaml"
    overlay.write_text(f"overlay: 1.0.0\ninfo: {{title: Ours, version: '1'}}\nactions:\n  {action}\n")
    return Contract.load("shopscript", (str(overlay),))


def test_a_clause_that_does_not_hold_there_is_taken_back(tmp_path: Path) -> None:
    """The body that broke it is valid then, and the rest of the schema stays."""
    contract = Contract.load("shopscript")
    operation = contract.operations["get_order"]
    media = operation.answers[200].media["application/json"]
    body = json.loads(json.dumps(media.examples["order_found"].value))
    del body["currency"]
    (clause,) = schemas_of(contract).broken(media.schema, body, "documented")

    ours = applied(recording.without(contract, media.schema, clause), tmp_path)

    media = ours.operations["get_order"].answers[200].media["application/json"]
    assert not schemas_of(ours).broken(media.schema, body, "documented")
    assert schemas_of(ours).broken(media.schema, body | {"id": "no number"}, "documented")


def test_a_property_that_is_there_too_is_described(tmp_path: Path) -> None:
    """Of the component that the answer is made of."""
    contract = Contract.load("shopscript")
    schema = contract.document["components"]["schemas"]["OrderItem"]

    ours = applied(recording.with_property(contract, [{}, schema], "shelf"), tmp_path)

    assert "shelf" in ours.document["components"]["schemas"]["OrderItem"]["properties"]
    assert recording.with_property(contract, [{"properties": {}}], "shelf") == ""


def test_a_status_that_comes_too_is_documented(tmp_path: Path) -> None:
    """Of that operation."""
    operation = Contract.load("shopscript").operations["get_order"]

    ours = applied(recording.with_status(operation, 429), tmp_path)

    assert 429 in ours.operations["get_order"].answers
