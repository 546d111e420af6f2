"""A contract can be exported for API clients, for code generators, and as OpenAPI 3.0."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from counterfoil.specs import load, names
from counterfoil.specs.export import KINDS, exported
from counterfoil.specs.export.command import specs
from counterfoil.specs.export.older import as_older
from counterfoil.specs.export.schemas import Typed
from counterfoil.specs.general import written_out

OVERLAYS = [(name, ()) for name in names()] + [("shopscript", ("wire",))]
TESTS = Path(__file__).parents[1]
FORM = "application/x-www-form-urlencoded"


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (each for each in item.values() if isinstance(each, dict) and "operationId" in each)


def _schemas(node: Any) -> Iterator[dict[str, Any]]:
    """Whatever is a schema, or looks like one."""
    if isinstance(node, dict):
        yield node
        for name, below in node.items():
            if name not in ("value", "example", "examples", "default", "enum"):
                yield from _schemas(below)
    elif isinstance(node, list):
        for below in node:
            yield from _schemas(below)


@pytest.mark.parametrize(("contract", "overlays"), OVERLAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_valid_openapi(contract: str, overlays: tuple[str, ...], kind: str) -> None:
    """Each kind of each contract is, by the judgement of openapi-spec-validator."""
    document = exported(load(contract, overlays), kind)
    validator = OpenAPIV30SpecValidator if kind == "3.0" else OpenAPIV31SpecValidator

    assert [] == [error.message for error in validator(document).iter_errors()]


@pytest.mark.parametrize("folder", ["minimal/notes", "shop/contract"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_of_one_s_own_is_exported_by_its_folder(folder: str, kind: str) -> None:
    """As one that is shipped."""
    document = exported(load(str(TESTS / folder)), kind)
    validator = OpenAPIV30SpecValidator if kind == "3.0" else OpenAPIV31SpecValidator

    assert [] == [error.message for error in validator(document).iter_errors()]


def test_a_body_that_several_share_is_written_out() -> None:
    """Each gets its own, and a contract needs no components for it."""
    body = {"content": {FORM: {"schema": {"type": "object"}, "examples": {"one": {"value": {"a": 1}}}}}}
    call = {"operationId": "a", "requestBody": {"$ref": "#/components/requestBodies/A"}, "responses": {}}
    said = {"openapi": "3.1.0", "info": {}, "x-every-call": {"credentials": {"key": "k"}}, "x-brackets": True}
    shared = {**said, "paths": {"/a": {"post": call}}, "components": {"requestBodies": {"A": body}}}
    own = {**said, "paths": {"/a": {"post": {**call, "requestBody": body}}}}

    for document in (shared, own):
        form = exported(document, "tools")["paths"]["/a"]["post"]["requestBody"]["content"][FORM]
        assert {"a": "1", "key": "k"} == form["examples"]["one"]["value"]


@pytest.mark.parametrize("contract", names())
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_has_nothing_that_tools_stumble_over(contract: str, kind: str) -> None:
    """No fragment, no link, no condition between fields, no word of our own, and each operation once."""
    plain = load(contract)
    document = exported(plain, kind)
    words = {word for schema in _schemas(document) for word in schema}

    assert not words & {"links", "if", "then", "else", "not", "propertyNames", "patternProperties", "dependentRequired"}
    assert not [word for word in words if word.startswith("x-")]
    assert not [path for path in document["paths"] if "#" in path]
    assert [each["operationId"] for each in _operations(plain)] == [
        each["operationId"] for each in _operations(document)
    ]


@pytest.mark.parametrize("contract", names())
def test_the_contract_itself_stays_as_it_is(contract: str) -> None:
    """Whoever exports a document goes on using it."""
    document = load(contract)
    before = json.dumps(document)

    for kind in KINDS:
        exported(document, kind)

    assert before == json.dumps(document)


@pytest.mark.parametrize("contract", names())
def test_a_tool_gets_flat_texts_with_a_value_each(contract: str) -> None:
    """Each field of a form has an example, and each parameter that is sent."""
    for operation in _operations(exported(load(contract), "tools")):
        assert all("example" in each for each in operation["parameters"]), operation["operationId"]
        for media in [operation.get("requestBody", {}).get("content", {}).get(FORM)]:
            for field in media["schema"]["properties"].values() if media else ():
                assert "string" == field["type"]
                assert isinstance(field["example"], str)


@pytest.mark.parametrize("contract", ["billmanager", "shopscript", "whmcs-classic"])
def test_a_tool_is_told_that_it_needs_no_setting_to_log_in(contract: str) -> None:
    """C1: the credentials are fields, and linters ask that it is said of each operation how it is opened."""
    made = exported(load(contract), "tools")

    assert [] == made["security"]
    assert [] == [each["operationId"] for each in _operations(made) if "security" in each]


def test_names_nest_as_they_do_on_the_wire() -> None:
    """PHP's brackets, in the export for generators with the types, and open for what the examples do not have."""
    tools, clients = (exported(load("shopscript"), kind) for kind in ("tools", "clients"))
    form = tools["paths"]["/api.php/shop.order.add"]["post"]["requestBody"]["content"][FORM]
    typed = clients["components"]["schemas"]["OrderAddRequest"]

    assert "1" == form["schema"]["properties"]["items[0][sku_id]"]["example"]
    assert "counterfoil-token" == form["examples"]["with_services"]["value"]["access_token"]
    assert {"type": "string"} == typed["properties"]["items[0][services][0][service_variant_id]"]
    assert "integer" == typed["properties"]["contact_id"]["type"]
    assert typed["additionalProperties"] is True


def test_parameters_that_stand_by_their_own_names_are_written_out() -> None:
    """An addon of a panel is a parameter like the others."""
    order = exported(load("billmanager"), "tools")["paths"]["/billmgr/v2.order.param"]["get"]
    sent = {each["name"]: each["example"] for each in order["parameters"]}

    assert ("10", "126") == (sent["addon_5"], sent["addon_12"])
    assert ("demo:demo", "xjson") == (sent["authinfo"], sent["out"])


def test_no_credentials_go_where_nobody_asks_for_them() -> None:
    """Who logs in sends what the login's example has."""
    login = exported(load("billmanager"), "tools")["paths"]["/billmgr/auth"]["post"]["requestBody"]["content"][FORM]

    assert "authinfo" not in login["examples"]["username_and_password"]["value"]


def test_generators_get_answers_in_json_by_default() -> None:
    """Where the caller chooses a notation, it is JSON unless something else is said."""
    classic, panel = (exported(load(name), "clients") for name in ("whmcs-classic", "billmanager"))
    cart = panel["paths"]["/billmgr/cart"]["get"]

    assert "json" == classic["components"]["schemas"]["AddOrderRequest"]["properties"]["responsetype"]["default"]
    assert "xjson" == next(each for each in cart["parameters"] if each["name"] == "out")["schema"]["default"]
    assert ["application/json"] == list(cart["responses"]["200"]["content"])


@pytest.mark.parametrize("kind", [*KINDS, "served"])
def test_what_a_document_says_of_all_operations_stands_at_each(kind: str) -> None:
    """Source 003's table of statuses has 422 for every operation; one that refuses so itself says more."""
    contract = load("whmcs-rest")
    document = written_out(contract) if kind == "served" else exported(contract, kind)
    answers = {each["operationId"]: each["responses"]["422"] for each in _operations(document)}

    assert 75 == len(answers)
    assert {"$ref": "#/components/responses/InputInvalid"} == answers["get_status"] == answers["checkout_cart"]
    assert {"$ref": "#/components/responses/BodyInvalid"} == answers["create_user_session"]
    assert "Source 003" in document["components"]["responses"]["InputInvalid"]["description"]
    assert "422" not in next(each for each in _operations(contract) if each["operationId"] == "get_status")["responses"]


@pytest.mark.parametrize(
    ("schema", "typed"),
    [
        ({"enum": ["addorder", "AddOrder"]}, {"enum": ["addorder"], "type": "string"}),
        ({"enum": [0, "0", "on"]}, {}),
        ({"const": "product"}, {"const": "product", "type": "string"}),
        ({"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}, {"type": "string"}),
        ({"type": "string", "allOf": [{"const": "ok"}]}, {"type": "string", "const": "ok"}),
        ({"type": "string", "format": "php-serialized"}, {"type": "string"}),
        ({"type": ["array", "null"]}, {"type": ["array", "null"], "items": {}}),
        (
            {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "integer"}},
            {"type": "object", "properties": {"a": {}}, "additionalProperties": True},
        ),
        (
            {"type": "object", "properties": {"$": {"type": "string"}}},
            {"type": "object", "properties": {"$": {"title": "Value", "type": "string"}}},
        ),
        (
            {"type": "object", "properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"type": "object", "properties": {"a": {}}},
        ),
        ({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"type": "object"}),
        (
            {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (
            {"allOf": [{"type": "object", "properties": {"a": {}}, "required": ["a"]}, {"type": "object", "required": ["b"]}]},
            {"type": "object", "properties": {"a": {}}, "required": ["a", "b"]},
        ),
    ],
)  # fmt: skip
def test_a_schema_keeps_its_types_alone(schema: dict[str, Any], typed: dict[str, Any]) -> None:
    """What a generator reads stays, what it would stumble over goes."""
    assert typed == Typed({}).of(schema)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"const": "a", "type": "string"}, {"enum": ["a"], "type": "string"}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, {"allOf": [{"type": "string"}], "nullable": True}),
        ({"examples": [1, 2]}, {"example": 1}),
        ({"$ref": "#/a", "description": "b"}, {"allOf": [{"$ref": "#/a"}], "description": "b"}),
    ],
)
def test_openapi_3_0_has_other_words_for_it(newer: dict[str, Any], older: dict[str, Any]) -> None:
    """What JSON Schema says in one way, OpenAPI 3.0 says in another."""
    document = {"openapi": "3.1.0", "info": {}, "paths": {}, "components": {"schemas": {"A": newer}}}

    assert older == as_older(document)["components"]["schemas"]["A"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("contract", names())
def test_a_form_is_exported_once(contract: str, kind: str) -> None:
    """Tools that meet multipart first would send it."""
    for operation in _operations(exported(load(contract), kind)):
        assert "multipart/form-data" not in operation.get("requestBody", {}).get("content", {}), operation[
            "operationId"
        ]


def test_a_form_for_tools_asks_for_json_as_the_seeded_caller() -> None:
    """It runs as it is, and its answer can be read."""
    order = exported(load("whmcs-classic"), "tools")["paths"]["/includes/api.php/AddOrder"]["post"]
    content = order["requestBody"]["content"]

    assert [FORM] == list(content)
    for example in content[FORM]["examples"].values():
        assert ("json", "counterfoil-identifier") == tuple(
            example["value"][key] for key in ("responsetype", "identifier")
        )


def test_the_credentials_that_work_alone_stand_first() -> None:
    """A tool fills in the first ones: a session has to be opened by them."""
    sent = {each["name"] for one in _operations(exported(load("billmanager"), "tools")) for each in one["parameters"]}

    assert ["authinfo"] == list(load("billmanager")["security"][0])
    assert "authinfo" in sent
    assert "auth" not in sent


def test_the_command_prints_the_document() -> None:
    """As JSON, for tools if nothing else is said; and it says which contracts there are."""
    shown = CliRunner().invoke(specs, ["export", "shopscript", "--overlay", "wire"])
    older = CliRunner().invoke(specs, ["export", "shopscript", "--for", "3.0"])
    unknown = CliRunner().invoke(specs, ["export", "nobody"])

    assert exported(load("shopscript", ["wire"]), "tools") == json.loads(shown.output)
    assert re.match(r'\{\s*"openapi": "3\.0\.3"', older.output)
    assert (2, True) == (unknown.exit_code, "There is no contract 'nobody'" in unknown.output)
