"""The program under test: it places an order at the address that it is given."""

import requests


def order(base_url: str, sku: int, quantity: int = 1) -> dict:
    """The new order. Raises requests.HTTPError where it is refused."""
    answer = requests.post(
        f"{base_url}/api.php/shop.order.add",
        params={"access_token": "counterfoil-token"},
        data={"contact_id": 1, "items[0][sku_id]": sku, "items[0][quantity]": quantity},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()
