"""A mock whose clock stands still, and a client of it; and a server in a process of its own."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from counterfoil.mockserver.app import Mock
from counterfoil.mockserver.create import create_app
from tests.mockserver.serving import serving

STANDS_AT = datetime(2026, 1, 5, 9)


@pytest.fixture(scope="session")
def mock() -> Mock:
    """One mock for the session: tests that change state use a world of their own, or reset."""
    return create_app(stands_at=STANDS_AT)


@pytest.fixture
def client(mock: Mock) -> FlaskClient:
    """A client of the mock after a reset."""
    client = mock.test_client()
    for world in mock.worlds:
        mock.worlds.drop(world.name)
    assert 200 == client.post("/_mock/reset").status_code
    return client


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A server for the tests that leave it as it was."""
    with serving("--clock", "2026-01-05T09:00:00Z") as (url, _):
        yield url
