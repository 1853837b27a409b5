"""Marks, what is handed in, and who has completed."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import factories
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from training.held import World, at

from lantoa.accounts.models import User
from lantoa.common.refused import Refused
from lantoa.competence.models import Material
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.office.actions.files import keep_file
from lantoa.office.models import File
from lantoa.office.queries.files import path_of, read_file
from lantoa.presence import actions as presence
from lantoa.training.actions import classes, results
from lantoa.training.models import Assessment, Enrolment, Mark, TrainingClass
from lantoa.training.queries.completion import outcomes

BY = factories.BY


def mark(assessment: Assessment, row: Enrolment, value: str) -> int:
    return results.enter_marks(by=BY, assessment=assessment, marks={row.pk: Decimal(value)}, source="test", at=at(9))


@pytest.fixture
def learner(world: World) -> Enrolment:
    return world.enrolments["Q9-2"][0]


def test_a_mark_above_the_highest_is_refused(assessment: Assessment, learner: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        mark(assessment, learner, "10.5")
    assert str(refused.value) == ("Cannot enter the mark 10.5 of Người 20 for Bài thu hoạch: marks go from 0 to 10.")


def test_a_mark_below_nought_is_refused(assessment: Assessment, learner: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        mark(assessment, learner, "-1")
    assert str(refused.value) == "Cannot enter the mark -1 of Người 20 for Bài thu hoạch: marks go from 0 to 10."


def test_a_mark_of_someone_who_is_not_in_the_class_is_refused(world: World, assessment: Assessment) -> None:
    with pytest.raises(Refused) as refused:
        mark(assessment, world.enrolments["Q9-1"][0], "5")
    assert str(refused.value) == (
        "Cannot enter marks of Bài thu hoạch: 1 of the learners named are not in class Q9-2."
    )


def test_someone_who_left_gets_no_mark(world: World, assessment: Assessment) -> None:
    with pytest.raises(Refused):
        mark(assessment, world.enrolments["Q9-2"][2], "5")
    assert Mark.objects.count() == 0


def test_one_wrong_mark_and_none_is_entered(world: World, assessment: Assessment) -> None:
    one, two, _gone = world.enrolments["Q9-2"]
    with pytest.raises(Refused):
        results.enter_marks(
            by=BY, assessment=assessment, marks={one.pk: Decimal(9), two.pk: Decimal(11)}, source="test", at=at(9)
        )
    assert Mark.objects.count() == 0


def test_a_mark_entered_again_is_not_new(assessment: Assessment, learner: Enrolment) -> None:
    assert [mark(assessment, learner, value) for value in ("7.5", "7.50", "8")] == [1, 0, 1]
    assert learner.marks.get().value == Decimal(8)


# ---- handing in


@pytest.fixture
def plan(world: World) -> Assessment:
    return Assessment.objects.create(training_class=world.classes[1], code="ke-hoach", title="Kế hoạch", kind="plan")


@pytest.fixture
def task(world: World) -> Assessment:
    return Assessment.objects.create(
        training_class=world.classes[1], code="bai-tap", title="Bài tập", kind="assignment"
    )


def hand_in(item: Assessment, row: Enrolment, **said: Any) -> Any:
    return results.hand_in(by=BY, enrolment=row, assessment=item, at=at(9), **said)


def test_a_plan_without_its_first_step_is_refused(plan: Assessment, learner: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        hand_in(plan, learner, problem="Hồ sơ giấy", first_step=" ")
    assert str(refused.value) == "Cannot hand in Kế hoạch: a plan needs the problem and the first step."


def test_a_plan_is_kept_as_what_it_is_with_the_office_it_is_for(plan: Assessment, learner: Enrolment) -> None:
    kept = hand_in(plan, learner, problem="Hồ sơ giấy", first_step="Quét hồ sơ", by_when=date(2020, 12, 1))
    assert (kept.problem, kept.first_step, kept.by_when, kept.unit) == (
        "Hồ sơ giấy", "Quét hồ sơ", date(2020, 12, 1), learner.unit,
    )  # fmt: skip


def test_an_empty_assignment_is_refused(task: Assessment, learner: Enrolment) -> None:
    with pytest.raises(Refused) as refused:
        hand_in(task, learner, text="")
    assert str(refused.value) == "Cannot hand in Bài tập: write something or add a file."


def test_handing_in_again_replaces_what_was_handed_in(task: Assessment, learner: Enrolment) -> None:
    hand_in(task, learner, text="một")
    hand_in(task, learner, text="hai")
    assert [kept.text for kept in learner.submissions.all()] == ["hai"]


def test_what_is_marked_cannot_be_handed_in_again(task: Assessment, learner: Enrolment) -> None:
    mark(task, learner, "8")
    with pytest.raises(Refused) as refused:
        hand_in(task, learner, text="ba")
    assert str(refused.value) == "Cannot hand in Bài tập again: it is already marked."


def test_nobody_hands_in_for_a_class_they_left(world: World, task: Assessment) -> None:
    gone = Enrolment.objects.get(pk=world.enrolments["Q9-2"][2].pk)
    with pytest.raises(Refused) as refused:
        hand_in(task, gone, text="một")
    assert str(refused.value) == "Cannot hand in Bài tập: it belongs to a class you are not in."


def test_a_learner_hands_in_on_the_page(client: Client, plan: Assessment, learner: Enrolment) -> None:
    client.force_login(factories.user(Role.LEARNER, on=learner.unit, is_person=learner.person))
    address = reverse("training:hand_in", args=[learner.key, plan.key])
    assert client.post(address, {"problem": "Hồ sơ giấy"}).status_code == 422
    client.post(address, {"problem": "Hồ sơ giấy", "first_step": "Quét hồ sơ", "by_when": "01/12/2020"})
    assert learner.submissions.get().by_when == date(2020, 12, 1)


def attach(client: Client, task: Assessment, row: Enrolment, content: bytes) -> None:
    """As on the page."""
    client.force_login(row.person.user or factories.user(Role.LEARNER, on=row.unit, is_person=row.person))
    address = reverse("training:hand_in", args=[row.key, task.key])
    client.post(address, {"file": SimpleUploadedFile("bai.txt", content)})
    row.person.refresh_from_db()


def test_what_is_handed_in_is_read_by_whoever_marks_the_class_and_by_nobody_else(
    client: Client, world: World, task: Assessment, learner: Enrolment
) -> None:
    """The learner's own unit may be another province's; its coordinator marks nothing."""
    elsewhere = factories.unit("Khác")
    Enrolment.objects.filter(pk=learner.pk).update(unit=elsewhere)
    attach(client, task, learner, b"mot")
    address = reverse("office:file", args=[learner.submissions.get().file.key])
    readers = (world.officer, factories.user(Role.UNIT_COORDINATOR, on=elsewhere))
    assert [_status(client, reader, address) for reader in readers] == [200, 404]


def _status(client: Client, reader: User, address: str) -> int:
    client.force_login(reader)
    answer = client.get(address)
    if answer.streaming:
        list(answer)  # to its end: the file is closed
    return int(answer.status_code)


def test_the_file_that_another_replaces_is_erased(
    client: Client, task: Assessment, learner: Enrolment, django_capture_on_commit_callbacks: Any
) -> None:
    attach(client, task, learner, b"mot")
    first = learner.submissions.get().file
    with django_capture_on_commit_callbacks(execute=True):
        attach(client, task, learner, b"hai")
    first.refresh_from_db()
    assert (first.removed_at is None, path_of(first).exists()) == (False, False)
    assert read_file(learner.submissions.get().file) == b"hai"


def test_files_handed_in_long_ago_are_brought_to_the_class_and_to_whoever_marks(
    client: Client, world: World, task: Assessment, learner: Enrolment
) -> None:
    attach(client, task, learner, b"mot")
    handed_in = learner.submissions.get().file
    before = {"unit": learner.unit, "seen_with": "programmes.view"}
    File.objects.filter(pk=handed_in.pk).update(**before)
    replaced, material = (
        keep_file(by=factories.user(), name="a.txt", content=b"x", unit=learner.unit, at=at(9)) for _time in range(2)
    )
    Material.objects.create(
        topic=learner.training_class.course.topics.get(), position=9, title="Tài liệu", file=material
    )
    steps = import_module("lantoa.training.migrations.0006_files_handed_in")
    with connection.cursor() as cursor:
        cursor.execute(steps.TO_THE_CLASS)
        cursor.execute(steps.REPLACED)
    kept = {one.pk: (one.unit, one.seen_with) for one in File.objects.select_related("unit")}
    assert kept == {
        handed_in.pk: (task.training_class.unit, "training.mark_results"),
        replaced.pk: (learner.unit, "training.mark_results"),
        material.pk: (learner.unit, "programmes.view"),
    }


def test_a_file_that_is_not_taken_is_not_kept(client: Client, task: Assessment, learner: Enrolment) -> None:
    Mark.objects.create(enrolment=learner, assessment=task, value=Decimal(5), at=at(9), by="machine:test", source="x")
    attach(client, task, learner, b"mot")
    assert File.objects.count() == 0


def test_nobody_hands_in_for_somebody_else(
    client: Client, world: World, plan: Assessment, learner: Enrolment
) -> None:
    other = world.enrolments["Q9-2"][1].person
    client.force_login(factories.user(Role.LEARNER, on=world.district, is_person=other))
    assert client.get(reverse("training:hand_in", args=[learner.key, plan.key])).status_code == 404


# ---- completion


@pytest.fixture
def strict(world: World, task: Assessment, assessment: Assessment) -> TrainingClass:
    """Q9-2, which asks for all three."""
    found = world.classes[1]
    for meeting in world.meetings["Q9-2"][1:]:
        meeting.gathering.held = True
        meeting.gathering.save(update_fields=["held"])
    found.rule = {
        "presence": {"at_least": 0.3},
        "marks": [{"assessment": "bai", "at_least": 5}],
        "handed_in": ["bai-tap"],
    }
    found.save(update_fields=["rule"])
    return found


def missing(found: TrainingClass, row: Enrolment) -> list[str]:
    return [str(reason) for one, outcome in outcomes(found) if one == row for reason in outcome.missing]


def test_what_is_missing_is_said_in_words_with_the_titles(strict: TrainingClass, learner: Enrolment) -> None:
    assert missing(strict, learner) == [
        "No mark yet for Bài thu hoạch; at least 5 is needed.",
        "Bài tập is not handed in.",
    ]


def test_whoever_fulfils_everything_has_completed_as_of_the_last_meeting_held(
    strict: TrainingClass, learner: Enrolment, assessment: Assessment, task: Assessment
) -> None:
    mark(assessment, learner, "5")
    hand_in(task, learner, text="một")
    assert missing(strict, learner) == []
    results.decide_completion(by=BY, training_class=strict, at=at(31))
    again = results.decide_completion(by=BY, training_class=strict, at=at(31))
    learner.refresh_from_db()
    assert (again, learner.completed_at) == (0, at(30, 4))


def test_nobody_loses_a_completion_by_a_later_mark(
    strict: TrainingClass, learner: Enrolment, assessment: Assessment, task: Assessment
) -> None:
    mark(assessment, learner, "5")
    hand_in(task, learner, text="một")
    results.decide_completion(by=BY, training_class=strict, at=at(31))
    mark(assessment, learner, "4")
    results.decide_completion(by=BY, training_class=strict, at=at(31, 3))
    learner.refresh_from_db()
    assert learner.completed_at is not None


def test_part_of_a_meeting_counts_as_that_part(world: World, strict: TrainingClass, learner: Enrolment) -> None:
    (meeting, *_rest) = world.meetings["Q9-2"]
    presence.correct(
        by=BY, gathering=meeting.gathering, person=learner.person, state="partial", share=Decimal("0.4"),
        reason="về sớm", at=at(5),
    )  # fmt: skip
    assert missing(strict, learner)[0] == "Present at 0.4 of 3 meetings; 30% is needed."


def test_a_sheet_leaves_the_lines_that_stand_and_closes_the_meeting(world: World) -> None:
    learner, other, _gone = (row.person for row in world.enrolments["Q9-2"])
    gathering = world.meetings["Q9-2"][1].gathering
    presence.correct(by=BY, gathering=gathering, person=learner, state="leave", reason="ốm", at=at(7))
    sheet = {learner.pk: ("present", Decimal(1)), other.pk: ("partial", Decimal("0.5"))}
    entered = presence.enter_sheet(by=BY, gathering=gathering, states=sheet, source="test", at=at(8))
    gathering.refresh_from_db()
    lines = dict(gathering.attendance.values_list("person", "state"))
    assert (entered, gathering.held, lines) == (1, True, {learner.pk: "leave", other.pk: "partial"})


def test_a_roll_that_names_a_stranger_is_refused(world: World) -> None:
    stranger = world.enrolments["Q9-1"][0].person
    with pytest.raises(Refused) as refused:
        results.call_roll(by=BY, meeting=world.meetings["Q9-2"][1], states={stranger.pk: "present"}, at=at(7))
    assert str(refused.value) == ("Cannot call the roll of class Q9-2: 1 of the people named are not enrolled in it.")


def test_whoever_holds_a_certificate_is_not_taken_out(world: World) -> None:
    with pytest.raises(Refused) as refused:
        classes.withdraw(by=BY, enrolment=world.enrolments["Q9-1"][0], reason="nhầm", at=at(9))
    assert str(refused.value) == (
        "Cannot take Người 10 out of class Q9-1: their certificate is issued. Revoke it first."
    )


# ---- the page of marks


def test_marks_are_typed_with_a_comma_or_a_point(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    other = world.enrolments["Q9-2"][1]
    address = reverse("training:marks", args=[world.classes[1].key])
    officer.post(address, {f"m-{learner.key}": "7,5", f"m-{other.key}": "8.25"})
    assert [str(row.marks.get().value) for row in (learner, other)] == ["7.50", "8.25"]


def test_a_mark_that_is_no_number_is_refused_and_what_was_typed_stays(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    address = reverse("training:marks", args=[world.classes[1].key])
    answer = officer.post(address, {f"m-{learner.key}": "tám"})
    assert answer.status_code == 422
    assert said(answer) == ["Cannot enter the mark tám of Người 20 for Bài thu hoạch: it is no number."]
    assert 'value="tám"' in answer.content.decode()


def said(answer: Any) -> list[str]:
    """The summary of what is wrong with the marks."""
    return [line["text"] for line in answer.context["errors"]]


def test_every_mark_that_is_wrong_is_named_with_its_learner_and_none_is_entered(
    world: World, officer: Client, assessment: Assessment
) -> None:
    of, ward = world.classes[1], world.wards[0]
    more = [factories.enrolment(of, factories.person(name, at=ward), unit=ward) for name in ("Yên", "Ý")]
    rows = [*world.enrolments["Q9-2"][:2], *more]
    address = reverse("training:marks", args=[world.classes[1].key])
    typed = dict(zip((f"m-{row.key}" for row in rows), ("11", "8,555", "abc", "7,25"), strict=False))
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"

    answer = officer.post(address, typed)

    assert said(answer) == [
        "Không thể nhập điểm 11 của Người 20 cho Bài thu hoạch: điểm từ 0 đến 10.",
        "Không thể nhập điểm 8,555 của Người 21 cho Bài thu hoạch: điểm có nhiều nhất hai chữ số thập phân.",
        "Không thể nhập điểm abc của Yên cho Bài thu hoạch: không phải là số.",
    ]
    page = answer.content.decode()
    for number, (name, text) in enumerate(typed.items()):
        marked = f'govuk-input--error" id="{name}" name="{name}" value="{text}"'
        assert (f'href="#{name}"' in page, marked in page) == (number < 3, number < 3)
    assert not Mark.objects.filter(assessment=assessment).exists()


def emptied(row: Enrolment, stands: str) -> dict[str, str]:
    return {f"m-{row.key}": "", f"w-{row.key}": stands}


def test_an_emptied_mark_is_taken_back_and_stays_readable_in_the_ledger(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    mark(assessment, learner, "4")
    address = reverse("training:marks", args=[world.classes[1].key])
    answer = officer.post(address, emptied(learner, "4"), follow=True)
    assert "1 mark is new, changed or taken back." in answer.content.decode()
    assert not learner.marks.exists()
    line = Entry.objects.filter(act="training.enter_marks").latest("id")
    assert line.about["marks"] == {learner.key: ["4.00", None]}


def test_whoever_completed_by_a_mark_taken_back_has_not_completed(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    found, other = assessment.training_class, world.enrolments["Q9-2"][1]
    found.rule = {"marks": [{"assessment": "bai", "at_least": 5}]}
    found.save(update_fields=["rule"])
    for row in (learner, other):
        mark(assessment, row, "6")
    results.decide_completion(by=BY, training_class=found, at=at(30))
    officer.post(reverse("training:marks", args=[found.key]), emptied(learner, "6"))
    completed = Enrolment.objects.filter(training_class=found, completed_at__isnull=False)
    assert list(completed) == [other]


def test_a_mark_under_a_certificate_is_not_taken_back(world: World, officer: Client) -> None:
    row = world.enrolments["Q9-1"][0]
    test = Assessment.objects.create(training_class=world.classes[0], code="bai", title="Bài", kind="test")
    mark(test, row, "4")
    answer = officer.post(reverse("training:marks", args=[world.classes[0].key]), emptied(row, "4"))
    number = row.certificates.get().number
    assert said(answer) == [
        f"Cannot take back the mark 4 of Người 10 for Bài: their certificate {number} is issued. Revoke it first."
    ]
    assert row.marks.get().value == Decimal(4)


def test_a_mark_that_an_exam_gave_is_not_taken_back(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    results.enter_marks(
        by=BY, assessment=assessment, marks={learner.pk: Decimal("7.5")}, source="exams.sitting:x", at=at(9)
    )
    answer = officer.post(reverse("training:marks", args=[world.classes[1].key]), emptied(learner, "7.5"))
    assert said(answer) == [
        "Cannot take back the mark 7.5 of Người 20 for Bài thu hoạch: it comes from an exam. It changes when the "
        "exam is marked anew."
    ]


def test_a_mark_that_a_colleague_changed_is_not_taken_back_unseen(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    mark(assessment, learner, "7")
    answer = officer.post(reverse("training:marks", args=[world.classes[1].key]), emptied(learner, "4"))
    assert said(answer) == [
        "Cannot take back the mark of Người 20 for Bài thu hoạch: somebody else has changed it since this page was "
        "opened. Now it is: 7."
    ]


def test_an_older_page_of_marks_does_not_put_back_what_a_colleague_has_entered(
    world: World, officer: Client, assessment: Assessment, learner: Enrolment
) -> None:
    other = world.enrolments["Q9-2"][1]
    address = reverse("training:marks", args=[world.classes[1].key])
    older = {f"m-{learner.key}": "", f"w-{learner.key}": "", f"m-{other.key}": "", f"w-{other.key}": ""}
    officer.post(address, older | {f"m-{learner.key}": "7"})

    officer.post(address, older | {f"m-{other.key}": "8"})
    refused = officer.post(address, older | {f"m-{learner.key}": "5"})

    assert [str(row.marks.get().value) for row in (learner, other)] == ["7.00", "8.00"]
    assert said(refused) == [
        f"Cannot enter the mark 5 of {learner.person.full_name} for {assessment.title}: somebody else has changed it "
        "since this page was opened. Now it is: 7."
    ]
    again = refused.content.decode()
    assert f'name="m-{learner.key}" value="5"' in again and f'name="w-{learner.key}" value="7"' in again
