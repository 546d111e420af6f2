"""The loader refuses what a reader of a contract would trip over."""

import re
from pathlib import Path

import pytest

from counterfoil.specs import Contract, SpecError, load, loader, names
from counterfoil.specs.reading import read

MINIMAL = """
openapi: 3.1.0
info: {title: Small, version: '1'}
x-outcome:
  refused: {type: object, required: [error]}
  named-by: error
paths:
  /things#Add:
    post:
      operationId: add_thing
      responses:
        '200': {$ref: '#/components/responses/Added'}
components:
  responses:
    Added:
      description: It is there.
      x-evidence: observed
      content:
        application/json:
          schema: {$ref: '#/components/schemas/Thing'}
          examples:
            added: {value: {id: 1}}
            not_wanted: {x-evidence: chosen, value: {error: 'not {what}'}}
  schemas:
    Thing:
      type: object
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of contracts with one small contract in it."""
    monkeypatch.setattr(loader, "HERE", tmp_path)
    folder = tmp_path / "small_one"
    (folder / "overlays").mkdir(parents=True)
    (folder / "openapi.yaml").write_text(MINIMAL)
    return folder


def test_a_folder_is_one_document(home: Path) -> None:
    """Paths and components of all files of a folder are united."""
    (home / "more.yaml").write_text("components: {schemas: {Other: {type: string}}}\npaths: {/other: {}}")

    document = load("small-one")

    assert ["small-one"] == names()
    assert {"Thing", "Other"} == set(document["components"]["schemas"])
    assert {"/things#Add", "/other"} == set(document["paths"])


def test_an_operation_is_read_with_its_function_outcomes_and_evidence(home: Path) -> None:
    """The fragment is the function, examples are outcomes, and evidence is inherited unless said again."""
    contract = Contract.load("small-one")

    operation = contract.operations["add_thing"]

    assert ("/things", "Add", "POST", "documented") == (
        operation.path, operation.function, operation.method, operation.evidence,
    )  # fmt: skip
    found = {
        name: (answer.status, example.evidence, contract.is_refusal(example, answer.status))
        for name, (answer, _, example) in operation.examples.items()
    }
    assert {"added": (200, "observed", False), "not_wanted": (200, "chosen", True)} == found


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("components: {schemas: {Thing: {type: string}}}", "/components/schemas/Thing is defined a second time"),
        ("info: {title: Again}", "/info is defined a second time"),
        ("paths: {/x: {get: {operationId: add_thing, responses: {}}}}", "'add_thing' stands at"),
        ("components: {schemas: {A: {$ref: '#/components/schemas/Nothing'}}}", "points to nothing"),
        ("components: {schemas: {A: {$ref: 'other.yaml#/A'}}}", "is not a reference of the form"),
        ("components: {schemas: {A: {typ: string}}}", "'typ' is no keyword of this object (schema)"),
        (
            "paths: {/x: {get: {operationId: x, responses: {}, x-note: hi}}}",
            "'x-note' is no keyword of this object (operation)",
        ),
        ("components: {schemas: {A: {x-evidence: guessed}}}", "'guessed' is no evidence"),
        ("components: {schemas: {A: text}}", "a mapping is expected here"),
        ("x-media-types: {application/json: text/json}", "a list of names is expected here, as in [text/json]"),
        ("x-media-types: 5", "a mapping or a list is expected here"),
        ("components: [1]", "/components has to be a mapping, not [1]"),
        ("components: {schemas: }", "/components/schemas has to be a mapping, not null"),
        ("a: [unclosed", "not YAML"),
        ("- a list", "holds no mapping"),
    ],
)
def test_what_nobody_could_rely_on_is_refused(home: Path, more: str, complaint: str) -> None:
    """A second definition, a dangling reference or an unread keyword stops the loader, which says where."""
    (home / "more.yaml").write_text(more)

    with pytest.raises(SpecError, match=re.escape(complaint)):
        load("small-one")


@pytest.mark.parametrize(
    "scalar",
    ["on", "NO", "Yes", "off", "y", "True", "2026-08-24", "2026-08-24T14:15:22Z", "012", "0x1F", "1.10", "12:30:45",
     "1_000", "+5", "1e3", ".5", "~x: 1}{", "<<"],
)  # fmt: skip
def test_a_scalar_that_yaml_reads_as_something_else_is_refused(tmp_path: Path, scalar: str) -> None:
    """Norway, flags, dates, octal numbers and lost zeros have to be quoted."""
    file = tmp_path / "a.yaml"
    file.write_text(f"key: {scalar}\n")

    with pytest.raises(SpecError, match=r"a\.yaml"):
        read(file)


def test_plain_words_numbers_and_versions_mean_themselves(tmp_path: Path) -> None:
    """What is plainly a word, a number, true, false or null needs no quotes."""
    file = tmp_path / "a.yaml"
    file.write_text("{a: true, b: false, c: null, d: 12, e: -1.5, f: 3.1.0, g: north, h: 2.0, i: , j: '012', k: 1-2}")

    assert {
        "a": True, "b": False, "c": None, "d": 12, "e": -1.5, "f": "3.1.0", "g": "north", "h": 2.0, "i": None,
        "j": "012", "k": "1-2",
    } == read(file)  # fmt: skip


def test_keys_are_texts_and_stand_once(tmp_path: Path) -> None:
    """A status has to be quoted, and nothing is silently overwritten."""
    file = tmp_path / "a.yaml"
    for content, complaint in (("200: x", "is not a string"), ("a: 1\na: 2", "stands twice")):
        file.write_text(content)

        with pytest.raises(SpecError, match=complaint):
            read(file)


def test_an_unknown_contract_is_named_with_those_there_are() -> None:
    """The message says what can be chosen."""
    with pytest.raises(SpecError, match=r"no contract 'whmcs'; there are: .*shopscript"):
        load("whmcs")


def test_an_overlay_changes_the_contract(home: Path) -> None:
    """Updates merge, removals remove, lists grow, in the order of the actions."""
    (home / "overlays" / "wire.yaml").write_text("""
overlay: 1.0.0
info: {title: Wire, version: '1'}
actions:
  - {target: $.components.schemas.Thing, update: {required: [id], properties: {id: {type: integer}}}}
  - {target: $.components.schemas.Thing.properties.id.type, remove: true}
  - {target: $.components.schemas.Thing.properties.id, update: {type: string}}
  - {target: $.components.schemas.Thing.required, update: name}
""")

    thing = load("small-one", ["wire"])["components"]["schemas"]["Thing"]

    assert {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}}} == thing


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("actions: []", "not an OpenAPI Overlay"),
        ("{overlay: 1.0.0, actions: [{target: $.nowhere, update: {}}]}", "matches nothing"),
        ("{overlay: 1.0.0, actions: [{target: '$[', update: {}}]}", "cannot be read"),
        ("{overlay: 1.0.0, actions: [{target: $.info, updte: {}}]}", "has only target"),
        ("{overlay: 1.0.0, actions: [{target: $.info.title, update: {a: 1}}]}", "is a scalar"),
    ],
)
def test_an_overlay_that_would_change_nothing_is_refused(home: Path, content: str, complaint: str) -> None:
    """A mistake in an overlay is said, with the number of the action."""
    (home / "overlays" / "wire.yaml").write_text(content)

    with pytest.raises(SpecError, match=complaint):
        load("small-one", ["wire"])


def test_an_unknown_overlay_is_named_with_those_there_are(home: Path) -> None:
    """Neither shipped nor a file."""
    with pytest.raises(SpecError, match="no overlay 'wier' and there is no such file; it has: none"):
        load("small-one", ["wier"])


_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_BOMB, "more than 1,000,000 values"),
        ("a: &a\n  b: *a\n", "leads back into what it stands in"),
        ("a: &a [*a]\n", "leads back into what it stands in"),
        ("a: " + "[" * 300 + "]" * 300 + "\n", "nested deeper"),
        ("a: " + "[" * 100_000 + "]" * 100_000 + "\n", "nesting depth"),
    ],
    ids=["bomb", "mapping", "list", "deep", "very deep"],
)
def test_a_file_that_expands_without_end_is_one_sentence(tmp_path: Path, text: str, why: str) -> None:
    """Aliases are counted as they are expanded, and one that leads back into itself is refused with its line."""
    path = tmp_path / "openapi.yaml"
    path.write_text(text)

    with pytest.raises(SpecError, match=why) as caught:
        read(path)

    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_alias_stands_for_what_it_names(tmp_path: Path) -> None:
    """An anchor that is used twice is read twice."""
    path = tmp_path / "openapi.yaml"
    path.write_text("a: &a {b: 1}\nc: [*a, *a]\n")

    assert read(path) == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}
