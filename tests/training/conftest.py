"""Fixtures of the room's tests: the world of `held.py`, and the officer who looks at it."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from training.held import World, make_world

from lantoa.training.models import Assessment


@pytest.fixture
def world(db: None) -> World:
    """Q9-1 is finished with certificates, Q9-2 runs and has a late roll, Q9-3 has not begun."""
    return make_world()


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    """The officer's browser, in English."""
    client.force_login(world.officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def assessment(world: World) -> Assessment:
    """A test of Q9-2, marked from 0 to 10."""
    return Assessment.objects.create(
        training_class=world.classes[1], code="bai", title="Bài thu hoạch", kind="test", highest=Decimal(10)
    )
