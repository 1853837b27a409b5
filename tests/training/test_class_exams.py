"""A class holds exams: for its learners, with marks that count once they are published, before and after compared."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import factories as make
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, paper

from lantoa.common.refused import Refused
from lantoa.directory.models import Role, period_of
from lantoa.exams.actions.answering import hand_in, save_answer, start
from lantoa.exams.actions.listing import try_again
from lantoa.exams.actions.marking import publish_results
from lantoa.exams.actions.sittings import mark_attempts, start_now, take_late
from lantoa.exams.models import Attempt, Paper, Sitting
from lantoa.exams.rules.gain import gains, normalised_gain
from lantoa.ledger.models import Entry
from lantoa.office.models import Notice
from lantoa.training.actions.classes import withdraw
from lantoa.training.actions.exam_notices import add_joined_and_tell, hold_and_tell
from lantoa.training.actions.exam_notices import cancel_and_tell as cancel_exam_and_tell
from lantoa.training.actions.exams import add_joined, hold_exam
from lantoa.training.actions.results import call_roll, enter_marks
from lantoa.training.models import Assessment, ClassExam, Enrolment, Mark, TrainingClass
from lantoa.training.queries.exams import exams_of_class, held_of, paired
from lantoa.training.rules.exams import best, mark_of, share_of

T0 = datetime(2020, 10, 6, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return str(error.value)


@pytest.fixture
def room(db: None) -> TrainingClass:
    """A class of three, over, whose rule asks for 5 of 10 in its test; its one meeting was held."""
    found = make.training_class(rule={"marks": [{"assessment": "bai", "at_least": 5}]})
    Assessment.objects.create(training_class=found, code="bai", title="Bài kiểm tra", kind="test")
    held = make.meeting(found, datetime(2020, 10, 5, 1, tzinfo=UTC))
    for name in ("An", "Bình", "Chi"):
        make.enrolment(found, make.person(f"Nguyễn {name}"))
    people = {row.person_id: "present" for row in found.enrolments.all()}
    call_roll(by=make.BY, meeting=held, states=people, at=held.during.upper)
    return found


def test_of(room: TrainingClass) -> Assessment:
    return room.assessments.get()


test_of.__test__ = False  # type: ignore[attr-defined]


def hold(room: TrainingClass, purpose: str = "test", *, marks: bool | None = None, **fields: Any) -> ClassExam:
    marks = purpose == "test" if marks is None else marks
    return hold_exam(
        by=make.BY,
        training_class=room,
        paper=fields.pop("paper", None) or paper(variants=2),
        title=fields.pop("title", "Kiểm tra"),
        purpose=purpose,
        minutes=30,
        at=T0,
        assessment=test_of(room) if marks else None,
        **fields,
    )


def sit(exam: ClassExam, right: Sequence[int], *, publish: bool = True) -> None:
    """Of the learners in the order of their names each has so many of the three questions right."""
    start_now(by=make.BY, sitting=exam.sitting, at=T0)
    attempts = exam.sitting.sat.order_by("person__sort_key").select_related("sitting", "variant")
    for attempt, count in zip(attempts, right, strict=False):
        do(attempt, count)
    if publish:
        publish_results(by=make.BY, sitting=exam.sitting, at=T0 + 3 * MINUTE)


def do(attempt: Attempt, right: int, *, at: datetime = T0) -> None:
    """Starts, answers so many of the three questions right, hands in."""
    start(by=make.BY, attempt=attempt, at=at)
    for number, question in enumerate(QUESTIONS):
        answer = "b" if number < right else "a"
        save_answer(by=make.BY, attempt=attempt, question=question, answer=answer, at=at + MINUTE)
    attempt.refresh_from_db()
    hand_in(by=make.BY, attempt=attempt, at=at + 2 * MINUTE)


def marks(room: TrainingClass) -> dict[str, Decimal]:
    rows = Mark.objects.filter(assessment__training_class=room)
    return dict(rows.order_by("enrolment__person__sort_key").values_list("enrolment__person__full_name", "value"))


def completed(room: TrainingClass) -> list[str]:
    rows = room.enrolments.filter(completed_at__isnull=False).order_by("person__sort_key")
    return list(rows.values_list("person__full_name", flat=True))


# ---- a class asks for a sitting


def test_everybody_in_the_class_is_on_the_list_and_whoever_left_is_not(room: TrainingClass) -> None:
    left = room.enrolments.get(person__full_name="Nguyễn Chi")
    withdraw(by=make.BY, enrolment=left, reason="chuyển", at=T0)

    exam = hold(room)

    listed = exam.sitting.sat.order_by("person__sort_key").values_list("person__full_name", "variant__number")
    assert list(listed) == [("Nguyễn An", 1), ("Nguyễn Bình", 2)]
    assert (exam.sitting.unit, exam.sitting.source) == (room.unit, f"training.exam:{exam.key}")
    line = Entry.objects.get(act="training.hold_exam")
    assert line.about == {
        "exam": exam.key,
        "sitting": exam.sitting.key,
        "purpose": "test",
        "assessment": test_of(room).key,
    }


def test_who_joins_since_is_added_by_a_button_and_once(room: TrainingClass) -> None:
    exam = hold(room)
    make.enrolment(room, make.person("Nguyễn Dung"))

    assert add_joined(by=make.BY, exam=exam, at=T0) == 1
    assert add_joined(by=make.BY, exam=exam, at=T0) == 0
    assert exam.sitting.sat.get(person__full_name="Nguyễn Dung").variant.number == 2
    assert Entry.objects.filter(act="exams.add_people").get().about == {"people": 1}


def test_nobody_is_added_once_nobody_can_start_any_more(room: TrainingClass) -> None:
    exam = hold(room, title="Thi", starts_at=T0)
    make.enrolment(room, make.person("Nguyễn Dung"))

    said = refused(lambda: add_joined(by=make.BY, exam=exam, at=T0 + 30 * MINUTE))
    assert said == "Cannot add 1 people to Thi: nobody can start it any more."


@pytest.mark.parametrize(
    ("purpose", "counts", "words"),
    [
        ("pre", True, "a pre-test and a practice test give no mark."),
        ("practice", True, "a pre-test and a practice test give no mark."),
        ("test", False, "say which test of the class it gives the mark for."),
    ],
)
def test_what_counts_and_what_does_not_is_told_apart(
    room: TrainingClass, purpose: str, counts: bool, words: str
) -> None:
    assert refused(lambda: hold(room, purpose, marks=counts, title="Thi")) == (
        f"Cannot hold exam Thi in class {room.code}: {words}"
    )


def test_the_mark_is_for_a_test_of_the_same_class(room: TrainingClass) -> None:
    plan = Assessment.objects.create(training_class=room, code="ke-hoach", title="Kế hoạch", kind="plan")
    other = Assessment.objects.create(training_class=make.training_class(), code="bai", title="Bài", kind="test")

    for one in (plan, other):
        said = refused(
            lambda one=one: hold_exam(  # type: ignore[misc]
                by=make.BY,
                training_class=room,
                paper=paper(),
                title="Thi",
                purpose="test",
                minutes=9,
                at=T0,
                assessment=one,
            )
        )
        assert said == f"Cannot hold exam Thi in class {room.code}: {one.title} is no test of this class."


def test_the_database_keeps_apart_what_counts(room: TrainingClass) -> None:
    exam = hold(room)

    with pytest.raises(IntegrityError, match="exam_that_counts"), transaction.atomic():
        ClassExam.objects.filter(pk=exam.pk).update(purpose="pre")


# ---- results are marks


def test_a_published_result_is_the_mark_and_completes_the_class(room: TrainingClass) -> None:
    exam = hold(room)
    sit(exam, [3, 2, 1], publish=False)
    assert (marks(room), completed(room)) == ({}, [])

    publish_results(by=make.BY, sitting=exam.sitting, at=T0 + 3 * MINUTE)

    assert marks(room) == {
        "Nguyễn An": Decimal("10.00"),
        "Nguyễn Bình": Decimal("6.67"),
        "Nguyễn Chi": Decimal("3.33"),
    }
    assert completed(room) == ["Nguyễn An", "Nguyễn Bình"]
    assert set(Mark.objects.values_list("source", "by")) == {(f"exams.sitting:{exam.sitting.key}", "machine:test")}


def test_a_result_that_changes_changes_the_mark_and_the_ledger_keeps_both(room: TrainingClass) -> None:
    exam = hold(room)
    sit(exam, [3, 2, 1])
    chi = exam.sitting.sat.get(person__full_name="Nguyễn Chi")
    save_answer(by=make.BY, attempt=chi, question=QUESTIONS[1], answer="b", at=T0 + 5 * MINUTE)

    take_late(by=make.BY, attempt=chi, at=T0 + 9 * MINUTE)

    assert marks(room)["Nguyễn Chi"] == Decimal("6.67")
    assert completed(room) == ["Nguyễn An", "Nguyễn Bình", "Nguyễn Chi"]
    row = room.enrolments.get(person=chi.person)
    entered = Entry.objects.filter(act="training.enter_marks").order_by("id")
    assert [one.about["marks"].get(row.key) for one in entered] == [[None, "3.33"], ["3.33", "6.67"]]


def test_marking_again_without_a_change_enters_nothing(room: TrainingClass) -> None:
    exam = hold(room)
    sit(exam, [3, 2, 1])

    mark_attempts(by=make.BY, attempts=list(exam.sitting.sat.all()), at=T0 + 9 * MINUTE)

    assert Entry.objects.filter(act="training.enter_marks").count() == 1


def test_a_mark_by_hand_gives_way_to_the_exam_but_not_the_other_way_round(room: TrainingClass) -> None:
    rows = {row.person.full_name: row for row in room.enrolments.select_related("person")}
    an, binh = rows["Nguyễn An"], rows["Nguyễn Bình"]
    enter_marks(
        by=make.BY, assessment=test_of(room), marks={an.pk: Decimal(4), binh.pk: Decimal(10)}, source="page", at=T0
    )
    sit(hold(room), [2, 3, 0])
    assert (marks(room)["Nguyễn An"], marks(room)["Nguyễn Bình"]) == (Decimal("6.67"), Decimal("10.00"))

    for row, mark in ((an, "6.67"), (binh, "10")):
        said = refused(
            lambda row=row: enter_marks(  # type: ignore[misc]
                by=make.BY, assessment=test_of(room), marks={row.pk: Decimal(9)}, source="page", at=T0
            )
        )
        assert said == (
            f"Cannot enter the mark 9 of {row.person.full_name} for Bài kiểm tra: the mark {mark} comes from an "
            "exam. It changes when the exam is marked anew."
        )


def test_a_mark_by_hand_stands_beside_the_exam_for_who_did_not_sit_it(room: TrainingClass) -> None:
    sit(hold(room), [3, 3])
    chi = room.enrolments.get(person__full_name="Nguyễn Chi")

    enter_marks(by=make.BY, assessment=test_of(room), marks={chi.pk: Decimal(7)}, source="page", at=T0)

    assert list(marks(room).values()) == [Decimal(10), Decimal(10), Decimal(7)]


def test_of_two_exams_for_one_test_the_best_counts(room: TrainingClass) -> None:
    sit(hold(room), [3, 1, 0])
    sit(hold(room, title="Kiểm tra lại"), [1, 2])

    assert list(marks(room).values()) == [Decimal("10.00"), Decimal("6.67"), Decimal("0.00")]


@pytest.mark.parametrize(("counts", "mark"), [("best", "10.00"), ("last", "3.33")])
def test_of_several_attempts_the_one_that_the_exam_says_is_the_mark(
    room: TrainingClass, counts: str, mark: str
) -> None:
    hours = {"together": False, "starts_at": T0, "closes_at": T0 + 60 * MINUTE, "attempts": 2, "counts": counts}
    exam = hold(room, **hours)
    first = exam.sitting.sat.get(person__full_name="Nguyễn An")
    do(first, 3)
    do(try_again(by=make.BY, attempt=first, at=T0 + 9 * MINUTE), 1, at=T0 + 10 * MINUTE)

    publish_results(by=make.BY, sitting=exam.sitting, at=T0 + 90 * MINUTE)

    assert marks(room) == {"Nguyễn An": Decimal(mark)}


def test_whoever_left_the_class_gets_no_mark(room: TrainingClass) -> None:
    exam = hold(room)
    sit(exam, [3, 3, 3], publish=False)
    left = room.enrolments.get(person__full_name="Nguyễn Chi")
    withdraw(by=make.BY, enrolment=left, reason="chuyển", at=T0)

    publish_results(by=make.BY, sitting=exam.sitting, at=T0 + 3 * MINUTE)

    assert list(marks(room)) == ["Nguyễn An", "Nguyễn Bình"]


@pytest.mark.parametrize("purpose", ["pre", "post", "practice"])
def test_an_exam_that_does_not_count_enters_no_mark(room: TrainingClass, purpose: str) -> None:
    sit(hold(room, purpose), [3, 3, 3])

    assert marks(room) == {}


@pytest.mark.parametrize(
    ("points", "out_of", "highest", "mark"),
    [("2", "3", "10", "6.67"), ("1", "8", "10", "1.25"), ("-1", "3", "10", "0.00"), ("5", "5", "4", "4.00")],
)
def test_the_mark_is_the_same_share_of_the_classs_scale(points: str, out_of: str, highest: str, mark: str) -> None:
    share = share_of(Decimal(points), Decimal(out_of))
    assert share is not None
    assert str(mark_of(share, Decimal(highest))) == mark


def test_nothing_to_earn_is_no_mark() -> None:
    assert share_of(Decimal(0), Decimal(0)) is None
    assert best([None, Fraction(1, 2), Fraction(1, 3)]) == Fraction(1, 2)
    assert best([None]) is None


# ---- before and after


def test_the_normalised_gain_is_the_part_of_what_could_be_gained() -> None:
    assert normalised_gain(Fraction(1, 5), Fraction(3, 5)) == Fraction(1, 2)
    assert normalised_gain(Fraction(1, 2), Fraction(1, 4)) == Fraction(-1, 2)
    assert normalised_gain(Fraction(1), Fraction(1)) is None


def test_the_gain_of_the_means_and_the_mean_of_the_gains_differ_and_both_are_told() -> None:
    found = gains([(Fraction(0), Fraction(1, 2)), (Fraction(4, 5), Fraction(1)), (Fraction(1), Fraction(1))])

    assert found is not None
    assert (found.pairs, found.before, found.after) == (3, Fraction(3, 5), Fraction(5, 6))
    assert found.raw == Fraction(7, 30)
    assert found.of_means == Fraction(7, 12)
    assert found.mean_of_gains == Fraction(3, 4)
    assert found.nothing_to_gain == 1
    assert gains([]) is None


def test_a_learner_is_compared_with_themselves(room: TrainingClass) -> None:
    pre, post = hold(room, "pre"), hold(room, "post")
    sit(pre, [0, 1, 2])
    sit(post, [2, 3])
    rows = list(room.enrolments.select_related("person").order_by("person__sort_key"))

    found = paired(held_of(exams_of_class(room), rows), rows)

    assert [(row.before, row.after, row.normalised) for row in found.rows] == [
        (Fraction(0), Fraction(2, 3), Fraction(2, 3)),
        (Fraction(1, 3), Fraction(1), Fraction(1)),
        (Fraction(2, 3), None, None),
    ]
    assert found.gains is not None
    assert (found.gains.pairs, found.gains.before, found.gains.after) == (2, Fraction(1, 6), Fraction(5, 6))


def test_before_the_results_are_published_nothing_is_compared(room: TrainingClass) -> None:
    sit(hold(room, "pre"), [1, 1, 1])
    sit(hold(room, "post"), [3, 3, 3], publish=False)

    rows = list(room.enrolments.all())
    assert paired(held_of(exams_of_class(room), rows), rows).gains is None


# ---- pages


def officer_of(room: TrainingClass, role: str = Role.PROGRAMME_OFFICER) -> Client:
    client = Client()
    client.force_login(make.user(role, on=room.unit))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_the_officer_holds_an_exam_on_the_page_of_the_class(room: TrainingClass) -> None:
    client = officer_of(room)
    drawn = paper()
    Paper.objects.filter(pk=drawn.pk).update(unit=room.unit)
    address = reverse("training:hold_exam", args=[room.key])
    assert address in client.get(reverse("training:class", args=[room.key])).content.decode()
    said = {
        "purpose": "post",
        "title": "Cuối khóa",
        "paper": drawn.key,
        "assessment": test_of(room).key,
        "start": "button",
        "minutes": "20",
        "late_minutes": "60",
    }

    answer = client.post(address, said, follow=True)

    exam = ClassExam.objects.get()
    assert answer.redirect_chain == [(reverse("training:class_exam", args=[exam.key]), 302)]
    assert "The exam is ready: 3 learners are on its list." in answer.content.decode()
    assert (exam.purpose, exam.assessment, exam.sitting.minutes, exam.sitting.together) == (
        "post",
        test_of(room),
        20,
        True,
    )


def test_the_form_says_what_is_missing(room: TrainingClass) -> None:
    answer = officer_of(room).post(
        reverse("training:hold_exam", args=[room.key]), {"start": "window", "purpose": "test"}
    )

    assert answer.status_code == 422
    assert [word in answer.content.decode() for word in ("Say when it begins.", "Say when it ends.")] == [True, True]


def test_each_number_of_an_exam_opens_as_many_learners(room: TrainingClass) -> None:
    exam = hold(room)
    sit(exam, [3, 2])
    make.enrolment(room, make.person("Nguyễn Dung"))
    client = officer_of(room)
    address = reverse("training:class_exam", args=[exam.key])
    page = client.get(address)

    found = {one["url"]: one["count"] for one in page.context["numbers"]}
    assert found == {
        "?show=people": 4,
        "?show=not_listed": 1,
        "?show=waiting": 1,
        "?show=started": 0,
        "?show=handed_in": 2,
        "?show=marked": 2,
    }
    assert {url: len(client.get(address + url).context["rows"]) for url in found} == found
    assert client.get(address + "?show=nothing").status_code == 404


def test_the_class_is_told_what_was_gained_and_the_auditor_only_of_five_or_more(room: TrainingClass) -> None:
    pre, post = hold(room, "pre"), hold(room, "post")
    sit(pre, [0, 1, 1])
    sit(post, [3, 2, 2])
    address, told = reverse("training:class", args=[room.key]), "3 learners sat both tests"
    hidden = "Fewer than 5 learners sat both tests: what was gained is not shown."

    officer = officer_of(room).get(address).content.decode()
    auditor = officer_of(room, Role.AUDITOR).get(address).content.decode()

    assert [told in officer, hidden in officer] == [True, False]
    assert [told in auditor, hidden in auditor] == [False, True]
    assert reverse("training:class_exam", args=[pre.key]) in officer
    assert reverse("training:class_exam", args=[pre.key]) not in auditor


def test_the_table_of_before_and_after_is_for_who_marks_or_teaches(room: TrainingClass) -> None:
    sit(hold(room, "pre"), [0, 1, 1])
    sit(hold(room, "post"), [3, 2, 2])
    teaches, stranger = make.person(), make.person()
    room.meetings.update(lecturer=teaches)
    address = reverse("training:gain", args=[room.key])

    statuses = []
    for person in (teaches, stranger):
        client = Client()
        client.force_login(make.user(Role.LECTURER, on=room.unit, is_person=person))
        statuses.append(client.get(address).status_code)

    assert statuses == [200, 404]
    page = officer_of(room).get(address).content.decode()
    assert "Of what could be gained, 71% was gained." in page
    assert "The mean of what each learner gained of what they could gain: 67%." in page


def running(room: TrainingClass) -> None:
    on = timezone.localdate()
    room.programme.period = period_of(on - timedelta(days=9), on + timedelta(days=9))
    room.programme.save()


def test_the_lecturer_and_the_learner_see_the_exam_that_comes(room: TrainingClass) -> None:
    running(room)
    exam = hold(room, title="Kiểm tra giữa khóa")
    teaches, learns = make.person(), room.enrolments.get(person__full_name="Nguyễn An").person
    room.meetings.update(lecturer=teaches)
    pages = []
    for role, person, name in (
        (Role.LECTURER, teaches, "training:teaching"),
        (Role.LEARNER, learns, "training:me"),
    ):
        client = Client()
        client.force_login(make.user(role, on=room.unit, is_person=person))
        pages.append(client.get(reverse(name)).content.decode())

    own = exam.sitting.sat.get(person=learns)
    assert reverse("training:class_exam", args=[exam.key]) in pages[0]
    assert reverse("exams:my_exam", args=[own.key]) in pages[1]


def test_the_lecturer_of_a_class_reads_what_its_exam_tells_and_another_lecturer_does_not(room: TrainingClass) -> None:
    for name in ("Dung", "Em"):
        make.enrolment(room, make.person(f"Nguyễn {name}"))
    running(room)
    exam, elsewhere = hold(room), make.meeting(make.training_class(room.programme))
    sit(exam, [3, 2, 2, 1, 0])
    address = reverse("exams:sitting_analysis", args=[exam.sitting.key])
    pages = {}
    for name, of in (("own", room.meetings.get()), ("another", elsewhere)):
        teaches = make.person()
        type(of).objects.filter(pk=of.pk).update(lecturer=teaches)
        client = Client()
        client.force_login(make.user(Role.LECTURER, on=room.unit, is_person=teaches))
        client.cookies["django_language"] = "en"
        pages[name] = client.get(address)
        if name == "own":
            led = client.get(reverse("training:teaching")).content.decode()
            desk = client.get(reverse("training:class_exam", args=[exam.key])).content.decode()
            bank = client.get(reverse("exams:sitting_keys", args=[exam.sitting.key]))

    said = pages["own"].content.decode()
    assert (
        "What the numbers mean" in said
        and 'href="' + reverse("exams:sitting", args=[exam.sitting.key]) + '"' not in said
    )
    assert (reverse("training:class_exam", args=[exam.key]) in led, address in desk) == (True, True)
    assert (pages["another"].status_code, bank.status_code) == (404, 404)


def test_the_page_of_a_class_asks_as_much_for_three_exams_as_for_one(
    room: TrainingClass, django_assert_num_queries: Any
) -> None:
    client, address = officer_of(room), reverse("training:class", args=[room.key])
    hold(room, "pre")
    client.get(address)
    with django_assert_num_queries(20):
        client.get(address)
    hold(room, "post")
    hold(room, "practice")
    with django_assert_num_queries(20):
        client.get(address)


def test_an_exam_is_counted_in_one_question_however_many_sit_it(
    room: TrainingClass, django_assert_num_queries: Any
) -> None:
    exam = hold(room)
    rows = list(Enrolment.objects.filter(training_class=room).select_related("person"))

    with django_assert_num_queries(1):
        (held,) = held_of([exam], rows)
    assert held.count()["people"] == 3
    assert held_of([], rows) == []


# ---- what learners are told, and an exam called off


def told() -> list[tuple[str, str]]:
    rows = Notice.objects.order_by("template", "person__full_name").values_list("template", "person__full_name")
    return [(template.removeprefix("training."), name) for template, name in rows]


def set_for(room: TrainingClass, **hours: Any) -> ClassExam:
    said = {"paper": paper(), "title": "Cuối khóa", "purpose": "practice", "minutes": 20, **hours}
    return hold_and_tell(by=make.BY, training_class=room, at=T0, **said)


@pytest.mark.parametrize(
    ("hours", "template"),
    [
        ({}, "exam_set"),
        ({"starts_at": T0 + timedelta(days=1)}, "exam_at"),
        (
            {"together": False, "starts_at": T0 + timedelta(days=1), "closes_at": T0 + timedelta(days=2)},
            "exam_between",
        ),
    ],
)
def test_everybody_on_the_list_is_told_once_that_an_exam_is_set(
    room: TrainingClass, hours: dict[str, Any], template: str
) -> None:
    exam = set_for(room, **hours)
    assert told() == [(template, f"Nguyễn {name}") for name in ("An", "Bình", "Chi")]
    one = Notice.objects.order_by("pk")[0]
    assert one.values["link"] == reverse("exams:my_exam", args=[exam.sitting.sat.get(person=one.person_id).key])
    assert one.good_until == exam.sitting.times().last_start()
    make.enrolment(room, make.person("Nguyễn Dung"))
    assert add_joined_and_tell(by=make.BY, exam=exam, at=T0 + timedelta(hours=1)) == 1
    assert told() == [(template, f"Nguyễn {name}") for name in ("An", "Bình", "Chi", "Dung")]


def test_an_exam_is_called_off_while_nobody_has_started_it_and_everybody_is_told(room: TrainingClass) -> None:
    exam = set_for(room)
    client = officer_of(room)
    address = reverse("training:cancel_exam", args=[exam.key])
    assert address in client.get(reverse("training:class_exam", args=[exam.key])).content.decode()
    assert "3 people are on its list, and are told." in client.get(address).content.decode()

    answer = client.post(address, follow=True)

    assert "The exam is called off." in answer.content.decode()
    assert (ClassExam.objects.count(), Sitting.objects.count()) == (0, 0)
    waiting = Notice.objects.filter(state="waiting").values_list("template", flat=True)
    assert list(waiting) == ["training.exam_cancelled"] * 3
    line = Entry.objects.get(act="training.cancel_exam")
    assert line.about == {"exam": exam.key, "sitting": exam.sitting.key, "purpose": "practice"}


def test_an_exam_that_somebody_has_started_is_not_called_off_and_nobody_is_told(room: TrainingClass) -> None:
    exam = set_for(room)
    exam.sitting.sat.filter(person__full_name="Nguyễn An").update(started_at=T0)
    with pytest.raises(Refused, match=r"Cannot delete Cuối khóa: 1 people have started it\."):
        cancel_exam_and_tell(by=make.BY, exam=exam, at=T0)
    assert (ClassExam.objects.count(), [one for one, _name in told()]) == (1, ["exam_set"] * 3)
    page = officer_of(room).get(reverse("training:class_exam", args=[exam.key])).content.decode()
    assert reverse("training:cancel_exam", args=[exam.key]) not in page
