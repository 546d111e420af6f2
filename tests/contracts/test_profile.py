"""A profile is read strictly, and its errors are explained."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from counterfoil.contracts.http.connection import opened, timeouts
from counterfoil.contracts.profile.errors import errors
from counterfoil.contracts.profile.model import Entry, Timeout, Tls
from counterfoil.contracts.profile.read import ProfileError, read, seeded
from counterfoil.contracts.profile.schema import schema
from counterfoil.reports.toml_lines import Where, line_of, lines_of

ROOT = Path(__file__).parents[2]


def test_a_profile_says_where_a_target_is_and_what_opens_it(tmp_path: Path) -> None:
    """Variables come from the environment."""
    text = """
        [shopscript]
        url = "https://shop.example"
        overlay = "wire"
        headers = {X-Stage = "test"}
        [shopscript.credentials.query]
        access_token = "${SHOP_TOKEN}"
        [shopscript.ids]
        sku = 63
    """
    entry = read(_write(tmp_path, text), {"SHOP_TOKEN": "abc"}).of("shopscript")
    assert (entry.url, entry.overlays, entry.credentials.query, entry.ids) == (
        "https://shop.example", ("wire",), {"access_token": "abc"}, {"sku": 63},
    )  # fmt: skip
    assert entry.properties["sku_id"] == "sku"  # the contract's vocabulary comes along


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[shopscript]\nurl = "${NOWHERE}"', r"shop\.toml:2: \[shopscript\] url: .*NOWHERE"),
        ('[shopscript]\nuri = "x"', r":2: \[shopscript\] uri: there is no key `uri`; there are: url"),
        ("[shopscript]\nurl = 3", r":2: \[shopscript\] url: must be a text in quotes"),
        ("[shopscript\n", "line 1"),
        (
            "[shopscript.ids]\nsku = [1]",
            r":2: \[shopscript.ids\] sku: must be a text in quotes or a number or true or false",
        ),
        ("[shopscript.limits]\nanswer_seconds = 0", r":2: \[shopscript.limits\] answer_seconds: must be more than 0"),
        ("[shopscript.limits]\nseconds = 1", r":2: .* seconds: there is no key `seconds`; there are: answer_seconds"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    """The message is a sentence, not a traceback."""
    with pytest.raises(ProfileError, match=told) as caught:
        read(_write(tmp_path, text), {})
    assert "shop.toml" in str(caught.value)


def test_a_missing_profile_is_said_so(tmp_path: Path) -> None:
    """With its path."""
    with pytest.raises(ProfileError, match=r"none\.toml"):
        read(tmp_path / "none.toml")


def test_the_seeded_profile_knows_every_contract_that_it_names() -> None:
    """It opens each of them, and every property leads to a known id."""
    for name, entry in seeded().entries.items():
        assert entry.credentials.names() or entry.accounts, name
        assert set(entry.properties.values()) <= entry.ids.keys()


def test_every_mistake_of_a_file_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """In the order of the file, each with its key and its mend; a value, which may be a secret, is never repeated."""
    text = """[shopscript]
uri = "hush"
timeout = -1
safety = "hush"
[shopscript.ids]
sku = [
  1,
]
[shopscript.tls]
verify = "hush"
ca_file = 7
[billmanager.credentials.query]
authinfo = "${NOWHERE}"
[billmanager.timeout]
connect = 0
"""
    with pytest.raises(ProfileError) as caught:
        read(_write(tmp_path, text), {})
    told = [line.partition("shop.toml:")[2] for line in str(caught.value).splitlines()]
    assert [line[: line.rindex(": ")] for line in told] == [
        "2: [shopscript] uri: there is no key `uri`; there are",
        "3: [shopscript] timeout",
        "4: [shopscript] safety",
        "6: [shopscript.ids] sku",
        "10: [shopscript.tls] verify",
        "11: [shopscript.tls] ca_file",
        "13: [billmanager.credentials.query] authinfo",
        "15: [billmanager.timeout] connect",
    ]
    assert "must be more than 0" in told[1]
    assert "must be 'careful' or 'free'" in told[2]
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "where", "line"),
    [
        ("# a\n\n[a.b]\nc = 1\n", ("a", "b", "c"), 4),
        ('[a]\n"b.c".d = """\n[x]\n"""\ne = 2\n', ("a", "e"), 5),
        ("[a]\nb = [\n 1, # ]\n 2]\nc = {d = 1}\n", ("a", "c", "d"), 5),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n", ("a", 1, "c", "d"), 6),
        ("[a]\nb = 1\n", ("a", "b", "c", "d"), 2),
    ],
)
def test_the_line_of_a_key_is_found_in_whatever_way_it_is_written(text: str, where: Where, line: int) -> None:
    """Also behind texts and lists of several lines, in tables of tables; of what is missing, the line above it."""
    assert line == line_of(lines_of(text), where)


def test_the_schema_is_the_one_that_is_shipped() -> None:
    """An editor reads the file; it is made from what reads a profile."""
    shipped = json.loads((ROOT / "contracts/profile/profile.schema.json").read_text())
    assert shipped == schema(), "write it anew: counterfoil init --schema > contracts/profile.schema.json"


@pytest.mark.parametrize(
    "entry",
    [
        {}, {"url": "x"}, {"url": 1}, {"overlay": ["a"]}, {"overlay": [1]}, {"ids": {"a": 1.5, "b": True}},
        {"ids": {"a": {}}}, {"timeout": 3}, {"timeout": 0}, {"timeout": {"read": 2}}, {"timeout": {"reed": 2}},
        {"safety": "free"}, {"safety": "mild"}, {"tls": {"verify": False}}, {"tls": {"verify": 1}}, {"unknown": 1},
        {"limits": {"answer_seconds": "1"}}, {"credentials": {"body": {"a": 1}}}, {"logins": {"a": {}}},
        {"discover": {"a": {"operation": "o", "pick": ["/a"]}}}, {"discover": {"a": {"operation": "o"}}},
        {"accounts": {"a": {"b": "c"}}}, {"accounts": {"a": "b"}}, {"headers": []}, {"proxy": True}, 7,
    ],
)  # fmt: skip
def test_what_is_read_and_what_the_schema_takes_are_the_same(entry: object) -> None:
    """Each accepts what the other accepts, and for what is refused there is something to be told."""
    content = {"shop": entry}
    try:
        msgspec.convert(content, dict[str, Entry])
        is_read = True
    except msgspec.ValidationError:
        is_read = False
    assert is_read == jsonschema.Draft202012Validator(schema()).is_valid(content)
    assert is_read == (not list(errors(content)))


def test_a_secret_in_the_file_and_an_id_that_nobody_needs_are_warnings(tmp_path: Path) -> None:
    """With line and key; what comes from the environment is none."""
    text = """[shopscript.credentials.query]
access_token = "abc"
[shopscript.headers]
X-Api-Key = "abc"
X-Stage = "test"
[shopscript.ids]
skew = 1
expired_token = "${OLD}"
"""
    told = read(_write(tmp_path, text), {"OLD": "x"}).warnings
    assert [each.partition("shop.toml:")[2].partition(": ")[0] for each in told] == ["2", "4", "7"]
    assert "${SHOPSCRIPT_ACCESS_TOKEN}" in told[0]
    assert "[shopscript.ids] skew" in told[2]


@pytest.mark.parametrize(
    ("only", "lines"),
    [
        (["shopscript"], ["2"]),
        (["whmcs-rest"], ["4"]),
        (["billmanager"], []),
        (["shopscript", "whmcs-rest"], ["2", "4"]),
    ],
)
def test_nobody_is_warned_of_a_table_that_is_not_used(tmp_path: Path, only: list[str], lines: list[str]) -> None:
    """What a run of one contract says of the file is about that contract; an installation's table is both of its contracts'."""
    text = """[shopscript.credentials.query]
access_token = "abc"
[whmcs.headers]
X-Api-Key = "abc"
"""
    told = read(_write(tmp_path, text), {}, only=only).warnings
    assert lines == [each.partition("shop.toml:")[2].partition(": ")[0] for each in told]


def test_one_table_says_what_holds_for_both_contracts_of_an_installation(tmp_path: Path) -> None:
    """What a contract's own table says counts before it; without one, both contracts are meant."""
    text = """[whmcs]
url = "https://shop.example"
safety = "free"
[whmcs.ids]
product = 7
client = 4
[whmcs-rest.ids]
product = 8
[whmcs-classic.credentials.headers]
X-Stage = "${STAGE}"
"""
    known = read(_write(tmp_path, text), {"STAGE": "test"})

    rest, classic = known.of("whmcs-rest"), known.of("whmcs-classic")
    assert {"whmcs-rest", "whmcs-classic"} == known.entries.keys()
    assert ({"product": 8, "client": 4}, {"product": 7, "client": 4}) == (rest.ids, classic.ids)
    assert ("https://shop.example", "free", "free") == (classic.url, rest.safety, classic.safety)
    assert ({}, {"X-Stage": "test"}) == (rest.credentials.headers, classic.credentials.headers)

    alone = read(_write(tmp_path, '[whmcs]\nurl = "https://shop.example"\n[whmcs.ids]\nproduct = 7\nskew = 1\n'))
    assert {"whmcs-rest", "whmcs-classic"} == alone.entries.keys()
    assert ["5: [whmcs.ids] skew"] == [each.partition("shop.toml:")[2][:20].strip(":") for each in alone.warnings]


@pytest.mark.parametrize("contract", ["whmcs-rest", "whmcs-classic"])
def test_one_of_the_contracts_can_be_named_alone(tmp_path: Path, contract: str) -> None:
    """Then the installation's table says nothing of the other one."""
    known = read(_write(tmp_path, f'[whmcs.ids]\nproduct = 7\n[{contract}]\nurl = "https://shop.example"\n'))

    assert {contract: {"product": 7}} == {name: entry.ids for name, entry in known.entries.items()}


def test_a_mistake_in_the_table_of_an_installation_is_told_once(tmp_path: Path) -> None:
    """Where it stands."""
    with pytest.raises(ProfileError) as caught:
        read(_write(tmp_path, '[whmcs.ids]\nproduct = [7]\n[whmcs.tls]\nca_file = "none.pem"\n'))

    assert 1 == str(caught.value).count("[whmcs.ids] product")


def test_files_of_tls_are_found_beside_the_profile(tmp_path: Path) -> None:
    """Wherever the command is given; one that is missing is told."""
    (tmp_path / "ca.pem").write_text("")
    text = '[shopscript.tls]\nca_file = "ca.pem"\n'
    assert read(_write(tmp_path, text)).of("shopscript").tls.ca_file == str(tmp_path / "ca.pem")
    with pytest.raises(ProfileError, match=r":3: \[shopscript.tls\] client_key: there is no file .*no\.pem"):
        read(_write(tmp_path, text + 'client_key = "no.pem"\n'))


def test_a_connection_is_as_the_profile_says() -> None:
    """Certificates, proxy and seconds; the longest that an answer may take is always waited for."""
    tls = Tls(ca_file="/ca", client_certificate="/c", client_key="/k")
    session = opened(Entry(tls=tls, proxy="http://proxy:3128"), "https://shop.example")
    assert (session.verify, session.cert, session.proxies["https"]) == ("/ca", ("/c", "/k"), "http://proxy:3128")
    assert opened(Entry(tls=Tls(verify=False)), "https://shop.example").verify is False
    assert timeouts(Entry(timeout=4)) == (4, 4)
    assert timeouts(Entry(timeout=Timeout(connect=2)), 30) == (2, 60)
