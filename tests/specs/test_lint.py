"""`counterfoil specs lint` notices what a hand-written contract gets wrong."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from counterfoil.command import main
from counterfoil.specs import Contract, load, names
from counterfoil.specs.lint import DOCUMENTS, lint, lint_document, lint_file
from counterfoil.specs.loader import load_file


@pytest.mark.parametrize("name", names())
def test_the_shipped_contracts_are_good(name: str) -> None:
    """Nothing that a program can check is wrong with them."""
    assert [] == lint(name)


def test_the_command_checks_every_contract_with_every_overlay() -> None:
    """It names each, and its exit code is 0 when all are good."""
    result = CliRunner().invoke(main, ["specs", "lint"])

    assert 0 == result.exit_code
    for subject in [*names(), "shopscript --overlay wire", "control.yaml"]:
        assert f"{subject}: good" in result.output.splitlines()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_no_contract_is_checked_as_a_document(path: Path, tmp_path: Path) -> None:
    """It needs no named outcomes; a text that a comma cuts off, a wrong reference and an unknown keyword are noticed."""
    text = path.read_text()

    assert [] == lint_file(path)
    for right, wrong, said in (
        (
            "description: The version.",
            "description: The version, and more",
            "the key 'and more' has no colon behind it",
        ),
        ("#/components/responses/Health", "#/components/responses/Helth", "there is no 'Helth'"),
        ("minimum: 0", "minimun: 0", "'minimun' is no keyword"),
        ("operationId: get_health", "operationId: getHealth", "'getHealth' is not snake_case"),
    ):
        assert right in text
        broken = tmp_path / "broken.yaml"
        broken.write_text(text.replace(right, wrong, 1))
        (problem,) = lint_file(broken)
        assert said in problem
        ended = CliRunner().invoke(main, ["specs", "lint", str(broken)])
        assert (1, f"broken.yaml: {problem}\n") == (ended.exit_code, ended.stderr)


def documents() -> list[tuple[str, dict[str, Any]]]:
    """All that is shipped, by name."""
    return [*((name, load(name)) for name in names()), *((path.name, load_file(path)) for path in DOCUMENTS)]


def test_other_tools_have_nothing_to_complain_of() -> None:
    """Every shipped document has a license, and every schema that is an array says what its members are."""
    for name, document in documents():
        assert "MIT" == document["info"]["license"]["identifier"], name
        arrays = [schema for schema in document["components"]["schemas"].values() if schema.get("type") == "array"]
        assert [] == [schema for schema in arrays if "items" not in schema], name


@pytest.mark.parametrize("name", names())
def test_every_operation_stands_under_a_tag_that_is_described(name: str) -> None:
    """A page that is made of the contract has a chapter for each, and a title."""
    tags = {each["name"] for each in load(name)["tags"]}
    for operation in Contract.load(name).operations.values():
        assert operation.raw["summary"], operation.id
        assert operation.raw["tags"], operation.id
        assert set(operation.raw["tags"]) <= tags, operation.id


@pytest.mark.parametrize(
    ("contract", "maker", "reader"),
    [
        *(
            ("whmcs-rest", "create_cart", each)
            for each in ("get_cart", "get_cart_counter", "add_cart_items", "clear_cart_items", "list_cart_promotions")
        ),
        *(
            ("whmcs-rest", "create_cart", each)
            for each in ("apply_cart_promotion", "set_cart_geolocation", "validate_cart", "checkout_cart")
        ),
        *(
            ("whmcs-rest", "add_cart_items", each)
            for each in ("update_cart_item", "delete_cart_item", "add_cart_item_addons", "delete_cart_item_addons")
        ),
        ("whmcs-rest", "list_services", "get_service"),
        ("whmcs-rest", "list_domains", "get_domain"),
        ("shopscript", "add_order", "get_order"),
    ],
)
def test_what_is_made_is_linked_to_what_reads_it(contract: str, maker: str, reader: str) -> None:
    """Schemathesis warns of operations that only answer 404 where links lead back alone."""
    answer = Contract.load(contract).operations[maker].raw["responses"]["200"]

    assert reader == answer["links"][reader]["operationId"]


def test_whatever_is_below_a_cart_is_reached_from_what_made_it() -> None:
    """C6: each operation with a cart's or an item's id in its path has a link that knows all of these ids."""
    operations = Contract.load("whmcs-rest").operations
    links = [
        link for maker in ("create_cart", "add_cart_items")
        for link in operations[maker].raw["responses"]["200"]["links"].values()
    ]  # fmt: skip
    known = {link["operationId"]: link["parameters"].keys() for link in links}
    below = {
        each.id: set(re.findall("{([a-z_]+)}", each.path)) for each in operations.values() if "{cart_id}" in each.path
    }

    assert 25 == len(below)
    assert [] == [name for name, ids in below.items() if ids != known.get(name, set())]


@pytest.fixture(scope="module")
def shopscript() -> dict[str, Any]:
    """The Shop-Script contract, to be broken in copies."""
    return load("shopscript")


def _add(document: dict[str, Any]) -> Any:
    return document["paths"]["/api.php/shop.order.add"]["post"]


def _break(document: dict[str, Any], how: str) -> None:
    answers = _add(document)["responses"]
    ok = answers["200"]["content"]["application/json"]
    match how:
        case "invalid example":
            ok["examples"]["order_added"] = {"value": {"id": "nine"}}
        case "no example":
            answers["418"] = {"description": "No example.", "content": {"application/json": {"schema": {}}}}
        case "not openapi":
            del answers["200"]["description"]
        case "unused":
            document["components"]["schemas"]["Orphan"] = {"type": "string"}
        case "camel operation":
            _add(document)["operationId"] = "addOrder"
        case "two statuses":
            answers["410"] = {"description": "Twice.", "content": {"application/json": deepcopy(ok)}}
        case "bad template":
            ok["examples"]["odd"] = {"value": {"error": "odd", "error_description": "a { brace"}}
        case "no effect":
            del _add(document)["x-effect"]
        case "bad request example":
            form = _add(document)["requestBody"]["content"]["application/x-www-form-urlencoded"]
            form["examples"]["odd"] = {"value": {"items": "none"}}


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        ("invalid example", "order_added: the example is not valid"),
        ("no example", "418: the response has no named example"),
        ("not openapi", "not OpenAPI 3.1"),
        ("unused", "schemas/Orphan is used by nothing"),
        ("camel operation", "'addOrder' is not snake_case"),
        ("two statuses", "an outcome has one status"),
        ("bad template", "is no template"),
        ("no effect", "add_order: x-effect does not say what a POST does"),
        ("bad request example", "request odd: the example is not valid"),
    ],
)
def test_a_broken_contract_is_noticed(shopscript: dict[str, Any], how: str, complaint: str) -> None:
    """Each mistake is named with its place."""
    document = deepcopy(shopscript)
    _break(document, how)

    problems = lint_document("shopscript", document)

    assert any(complaint in problem for problem in problems), problems
