"""What the demonstration says of these months: tests before a running course, and what citizens wrote to a ward."""

from datetime import UTC, datetime, timedelta

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantoa.directory.models import Level, Role
from lantoa.exams.models import Attempt
from lantoa.ledger.models import Entry
from lantoa.pilots.models import CitizenWord, PainPoint
from lantoa.training.models import ClassExam
from lantoa.web.demonstration_citizens import hear_citizens
from lantoa.web.demonstration_exams import hold_exams, write_questions
from lantoa.web.queries.leader import leading

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)


def test_the_leader_of_its_city_sees_the_tests_before_the_running_course_and_none_of_2020() -> None:
    city = make.unit("Thử", level=Level.PROVINCE, kind="Thành phố")
    finished, running = make.programme(city), make.programme(city)
    old, begun, ahead = (make.training_class(of) for of in (finished, running, running))
    make.meeting(old, datetime(2020, 10, 5, 1, tzinfo=UTC))
    make.meeting(begun, NOW - timedelta(days=28))
    make.meeting(ahead, NOW + timedelta(days=2))
    for one in (old, begun, ahead):
        for _each in range(8):
            make.enrolment(one)

    for _again in range(2):
        write_questions(by=make.BY, programme=finished, at=datetime(2020, 9, 1, tzinfo=UTC))
        hold_exams(by=make.BY, finished=finished, running=running, at=NOW)

    held = ClassExam.objects.order_by("sitting__published_at")
    assert [(exam.training_class, exam.purpose) for exam in held] == [(old, "pre"), (old, "post"), (begun, "pre")]
    sat = Attempt.objects.filter(sitting=held[2].sitting, started_at__isnull=False)
    assert set(sat.values_list("unmarked", flat=True)) == {0}
    results = leading(city, on=timezone.localdate(NOW)).results
    assert (results.exams, results.count, results.mean is not None) == (1, sat.count(), True)


def test_citizens_have_written_to_its_ward_and_each_state_is_there_once() -> None:
    ward = make.unit("Bến", level=Level.COMMUNE)
    on = timezone.localdate()
    for _again in range(2):
        hear_citizens(by=make.BY, ward=ward, on=on)

    words = CitizenWord.objects.order_by("pk")
    states = [(one.pain is not None, one.declined != "", one.answered_at is not None, one.contact) for one in words]
    assert states == [
        (True, False, False, ""),
        (False, True, True, ""),
        (False, False, False, "nguoidan2@example.com"),
        (False, False, False, ""),
    ]
    assert {"minh họa" in one.text for one in words} == {True}
    assert PainPoint.objects.get().is_demonstration
    assert Entry.objects.filter(act="pilots.hear_citizen").count() == 4
    client = Client()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=ward))
    assert client.get(reverse("pilots:citizens")).content.decode().count('<th scope="row">') == 2
