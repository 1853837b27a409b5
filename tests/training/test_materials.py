"""What a class reads: open to its learners, closed to others."""

import factories
import pytest
from django.test import Client
from django.urls import reverse

from lantoa.competence.models import Material
from lantoa.directory.models import Role
from lantoa.office.actions.files import keep_file
from lantoa.training.models import Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Enrolment:
    person = factories.person()
    found = factories.enrolment(factories.training_class(), person)
    factories.user(Role.LEARNER, on=found.unit, is_person=person)
    return found


def handout(of: Enrolment) -> Material:
    topic = of.training_class.course.topics.get()
    file = keep_file(by=factories.BY, name="bai-giang.txt", content="Chào".encode(), unit=of.unit, at=of.enrolled_at)
    return Material.objects.create(topic=topic, position=1, title="Bài giảng", file=file)


def test_a_learner_opens_the_materials_of_their_class(learner: Enrolment, client: Client) -> None:
    material = handout(learner)
    client.force_login(learner.person.user)
    page = client.get(reverse("training:materials", args=[learner.training_class.key]))
    address = reverse("training:material", args=[learner.training_class.key, material.key])
    assert address in page.content.decode()
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == "Chào".encode()  # type: ignore[attr-defined]


def test_a_learner_of_another_class_finds_nothing(learner: Enrolment, client: Client) -> None:
    material = handout(learner)
    stranger = factories.person()
    other = factories.enrolment(factories.training_class(), stranger)
    client.force_login(factories.user(Role.LEARNER, on=other.unit, is_person=stranger))
    statuses = [
        client.get(reverse("training:materials", args=[learner.training_class.key])).status_code,
        client.get(reverse("training:material", args=[learner.training_class.key, material.key])).status_code,
        client.get(reverse("training:material", args=[other.training_class.key, material.key])).status_code,
    ]
    assert statuses == [404, 404, 404]
