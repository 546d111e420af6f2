"""A profile is read strictly, and its mistakes are explained."""

from pathlib import Path

import pytest

from contracts.profile import ProfileError, read, seeded


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
        ('[shopscript]\nurl = "${NOWHERE}"', r"shopscript\.url.*NOWHERE"),
        ('[shopscript]\nuri = "x"', r"\[shopscript\]: there is no key `uri`; there are: url"),
        ("[shopscript]\nurl = 3", r"\[shopscript\] url: Expected `str"),
        ("[shopscript\n", "line 1"),
        ("[shopscript.ids]\nsku = [1]", r"\[shopscript\] ids"),
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
