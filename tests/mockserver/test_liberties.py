"""Liberties: each is allowed by the documents, and together they do otherwise than every clause that is but our choice."""

from flask.testing import FlaskClient

from counterfoil.mockserver import liberties


def test_the_catalogue_can_be_read_and_switched(client: FlaskClient) -> None:
    """By name, per world."""
    assert len(client.get("/_mock/liberties").json["liberties"]) == len(liberties.CATALOGUE)
    names = ["texts_of_3_8_4"]
    answer = client.put("/_mock/liberties", json={"liberties": names})
    assert names == [each["name"] for each in answer.json["liberties"] if each["on"]]
    token = {"access_token": "counterfoil-token"}
    refused = client.post("/api.php/shop.order.add", query_string=token, data={"contact_id": 1})
    assert "Required parameter is missing: “items”." == refused.json["error_description"]
    client.put("/_mock/liberties", json={"liberties": []})
