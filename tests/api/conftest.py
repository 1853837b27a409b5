"""A province with wards, people, a programme and its class; and the province beside it."""

import pytest
from api.caller import System, system
from factories import person
from house.world import Corner, World


@pytest.fixture
def world(db: None) -> World:
    return World.make()


@pytest.fixture
def own(world: World) -> Corner:
    """What is in the care of the token."""
    return world.own(person())


@pytest.fixture
def foreign(world: World) -> Corner:
    """What is not."""
    return world.beside()


@pytest.fixture
def hr(world: World) -> System:
    """The system of the own province."""
    return system(world.own_province)
