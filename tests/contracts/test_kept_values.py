"""What a target gave and was sent again is found in texts, as it is and as addresses have it; of too much, the newest is."""

from counterfoil.contracts.http.kept import KeptValues


def test_a_value_is_found_as_it_is_and_as_an_address_has_it() -> None:
    """Each with the name under which it is sent."""
    kept = KeptValues({"token/of+1": "auth", "a state of some words": "state"})

    assert [("token/of+1", "auth")] == kept.found_in("auth=token/of+1")
    assert [("token%2Fof%2B1", "auth")] == kept.found_in("?auth=token%2Fof%2B1&x=1")
    assert [("a state of some words", "state")] == kept.found_in("it is a state of some words")
    assert [] == kept.found_in("nothing")
    assert {"auth", "state"} == kept.names


def test_of_too_many_the_newest_are_found() -> None:
    """Also where one is written as an address has another."""
    kept = KeptValues({"an/old/token": "old", "an%2Fold%2Ftoken": "alike"})
    for number in range(511):
        kept.add("auth", f"token-{number:04}")

    assert 512 == len(kept)
    assert "an/old/token" not in kept
    assert [] == kept.found_in("an/old/token")
    assert [("an%2Fold%2Ftoken", "alike")] == kept.found_in("an%2Fold%2Ftoken")

    kept.add("auth", "token-last")

    assert [] == kept.found_in("an%2Fold%2Ftoken")
    assert [("token-last", "auth")] == kept.found_in("token-last")
