"""A path finds its rule: literal segments win, parameters take one segment, a rest takes all."""

import pytest

from counterfoil.mockserver.paths import Paths


@pytest.fixture
def paths() -> Paths[str]:
    """The rules of a small API."""
    found: Paths[str] = Paths()
    for rule in (
        "/includes/api.php", "/api.php", "/api.php/{tail...}", "/products", "/products/{id}", "/products/groups",
        "/products/groups/{group}", "/products/{id}/addons", "/cart/{cart}/items/{item}",
    ):  # fmt: skip
        found.add(rule, f"owner of {rule}")
    return found


@pytest.mark.parametrize(
    ("path", "rule", "parameters"),
    [
        ("/includes/api.php", "/includes/api.php", {}),
        ("/includes/api.php/", "/includes/api.php", {}),
        ("/api.php", "/api.php", {}),
        ("/api.php/shop.order.add", "/api.php/{tail...}", {"tail": "shop.order.add"}),
        ("/api.php/shop/order.add", "/api.php/{tail...}", {"tail": "shop/order.add"}),
        ("/products", "/products", {}),
        ("/products/7", "/products/{id}", {"id": "7"}),
        ("/products/groups", "/products/groups", {}),
        ("/products/groups/7", "/products/groups/{group}", {"group": "7"}),
        ("/products/groups/addons", "/products/groups/{group}", {"group": "addons"}),
        ("/products/7/addons", "/products/{id}/addons", {"id": "7"}),
        ("/cart/a/items/b", "/cart/{cart}/items/{item}", {"cart": "a", "item": "b"}),
        ("/products/\xc3\xa4", "/products/{id}", {"id": "ä"}),
        ("/products/\xff", "/products/{id}", {"id": "\ufffd"}),
        ("/products/{}", "/products/{id}", {"id": "{}"}),
        ("/products/{...}", "/products/{id}", {"id": "{...}"}),
        ("/cart/{}/items/{item}", "/cart/{cart}/items/{item}", {"cart": "{}", "item": "{item}"}),
        ("/api.php/{...}/x", "/api.php/{tail...}", {"tail": "{...}/x"}),
    ],
)
def test_a_path_finds_its_rule(paths: Paths[str], path: str, rule: str, parameters: dict[str, str]) -> None:
    """With the values of the parameters, decoded from WSGI's bytes."""
    assert (f"owner of {rule}", rule, parameters) == paths.find(path)


@pytest.mark.parametrize(
    "path", ["/", "", "/nothing", "/products//", "/products//addons", "/cart/a/items", "/cart//items/b", "/{id}", "//"]
)
def test_an_unknown_path_finds_nothing(paths: Paths[str], path: str) -> None:
    """An empty segment is no value of a parameter."""
    assert paths.find(path) is None


def test_a_literal_that_leads_nowhere_gives_way_to_a_parameter() -> None:
    """What begins like a literal rule can still be a parameter's."""
    paths: Paths[str] = Paths()
    paths.add("/a/b/c", "literal")
    paths.add("/a/{x}/d", "parameter")

    assert ("parameter", "/a/{x}/d", {"x": "b"}) == paths.find("/a/b/d")
