"""People as administrators see them. Pure functions."""

from counterfoil.mockserver.engine.vendor import Body
from counterfoil.mockserver.whmcs.model.installation import Installation
from counterfoil.mockserver.whmcs.model.people import Administrator, Client, User
from counterfoil.mockserver.whmcs.rest.user import render as people


def client(each: Client) -> Body:
    """A client as administrators find it: nobody acts for it."""
    return {**people.client(each, None), "id": each.id}


def user(installation: Installation, each: User, selected: int | None) -> Body:
    """A user as administrators see them."""
    return {**people.user(installation, each, selected), "id": each.id}


def administrator(each: Administrator) -> Body:
    """An administrator."""
    return people.person(each)
