"""Loaded, changed, exported, and loaded elsewhere unchanged."""

import pytest
from training.plan.words import AT, load

from lantoa.competence.models import Course, Topic
from lantoa.directory.models import Placement, Snapshot, Unit
from lantoa.presence.models import Gathering
from lantoa.programmes.models import Lecturer, Programme
from lantoa.training.actions.plan import export_plan, load_plan
from lantoa.training.models import Assessment, Meeting, Room, TrainingClass
from lantoa.training.rules.plan import read_plan, write_plan

pytestmark = pytest.mark.django_db


def forget_everything() -> None:
    """What another house does not have: everything but the units."""
    Assessment.objects.all().delete()
    Meeting.objects.all().delete()
    Gathering.objects.all().delete()
    TrainingClass.objects.all().delete()
    Room.objects.all().delete()
    Topic.objects.all().delete()
    Course.objects.all().delete()
    Lecturer.objects.all().delete()
    Programme.objects.all().delete()
    brought = Unit.objects.filter(placements__snapshot__slug__startswith="programme-file:")
    ids = list(brought.values_list("pk", flat=True))
    Placement.objects.filter(unit__in=ids).delete()
    Unit.objects.filter(pk__in=ids).delete()
    Snapshot.objects.filter(slug__startswith="programme-file:").delete()


def test_an_exported_programme_says_what_its_file_said(district: Unit, small: str) -> None:
    load(small)
    told = export_plan(Programme.objects.get())
    said = read_plan(small)
    assert told.classes == said.classes
    assert told.courses == said.courses
    assert (told.lecturers, told.rooms, told.certificate, told.report) == (
        said.lecturers,
        said.rooms,
        said.certificate,
        said.report,
    )
    assert (told.programme, told.completion, told.assessments) == (said.programme, said.completion, said.assessments)


def test_an_exported_programme_changes_nothing_where_it_came_from(district: Unit, small: str) -> None:
    load(small)
    assert load(write_plan(export_plan(Programme.objects.get()))).changes == []


def test_a_programme_changed_here_is_loaded_elsewhere_unchanged(district: Unit, small: str) -> None:
    load(small)
    TrainingClass.objects.filter(code="Q9-2").update(capacity=44, rule={"handed_in": ["bai"]})
    Course.objects.update(summary="Hai dòng\ncủa một khóa")
    first = write_plan(export_plan(Programme.objects.get()))
    forget_everything()
    load(first)
    assert write_plan(export_plan(Programme.objects.get())) == first
    assert TrainingClass.objects.get(code="Q9-2").rule == {"handed_in": ["bai"]}


def test_loading_a_plan_of_four_classes_and_sixteen_meetings_takes_few_queries(
    district: Unit, small: str, django_assert_max_num_queries: object
) -> None:
    classes = "".join(
        f"  - {{code: K{number}, course: cds, capacity: 40, place: Phòng {number}, "
        f"pattern: {{from: 05/10/2020, days: [t2, t5], time: 08:00-11:00, topics: [{{topic: 1, meetings: 16}}]}}}}\n"
        for number in range(4)
    )
    start = small.index("  - code: Q9-1")
    plan = read_plan(small[:start] + classes + small[small.index("certificate:") :])
    with django_assert_max_num_queries(90):  # type: ignore[operator]
        report = load_plan(by=__import__("factories").BY, plan=plan, at=AT, apply=True)
    assert report.count("new") == 4 + 4 + 64 + 1 + 1 + 1 + 2 + 2
