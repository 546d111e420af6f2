"""The pytest plugin: `counterfoil_mock`, one server for the session, and `counterfoil_world`, one world for each test.

It is loaded wherever Counterfoil is installed beside pytest, so it imports nothing before a test asks for a fixture.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterfoil.testing import Mock, World


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the configuration say how the mock is started."""
    parser.addini(
        "counterfoil_options", "What `counterfoil serve` is started with, as --vendor shopscript.", type="args"
    )


@pytest.fixture(scope="session")
def counterfoil_mock(pytestconfig: pytest.Config) -> "Iterator[Mock]":
    """A mock for the whole session, in a process of its own (with pytest-xdist, one for each worker)."""
    from counterfoil.testing import Mock

    with Mock(*pytestconfig.getini("counterfoil_options")) as mock:
        yield mock


@pytest.fixture
def counterfoil_world(counterfoil_mock: "Mock", request: pytest.FixtureRequest) -> "Iterator[World]":
    """A world for this test alone: `counterfoil_world.url` is the base URL that the program under test calls."""
    with counterfoil_mock.world(request.node.name) as world:
        yield world
