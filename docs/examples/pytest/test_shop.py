import pytest
import requests
from shop import order


@pytest.mark.parametrize("quantity", [1, 2, 3])
def test_every_world_counts_its_own_orders(counterfoil_world, quantity):
    assert order(counterfoil_world.url, sku=1, quantity=quantity)["id"] == 2


def test_an_expired_token_is_told(counterfoil_world):
    counterfoil_world.fault("add_order", refusal="token_expired", times=1)
    with pytest.raises(requests.HTTPError):
        order(counterfoil_world.url, sku=1)
    assert [each["outcome"] for each in counterfoil_world.journal()] == ["token_expired"]
