import pytest
from counterfoil.testing import InProcess
from shop import order


@pytest.fixture(scope="session")
def billing():
    return InProcess(["shopscript"], clock="2026-01-05T09:00:00Z")


def test_the_shop_keeps_its_own_address(billing):
    with billing.world() as world, billing.instead_of("https://shop.example.com", world):
        placed = order("https://shop.example.com", sku=1, quantity=2)
        world.advance(days=40)
    assert (placed["id"], placed["total"]) == (2, 50)
