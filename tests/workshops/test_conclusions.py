"""What a workshop concluded: written until the minutes have their number, told to units, followed until done."""

from datetime import date, timedelta
from typing import Any

import factories as make
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from workshops.held import T0, refusal, workshop
from workshops.test_after import HEAD, said
from workshops.test_workshops import browser

from lantoa.directory.models import Role, Unit
from lantoa.office.actions.documents import enter_number
from lantoa.office.models import Notice
from lantoa.workshops.actions.conclusions import conclude, not_done, remind_tasks, remove_conclusion, report_done
from lantoa.workshops.actions.minutes import draft_minutes
from lantoa.workshops.models import Conclusion, Workshop
from lantoa.workshops.queries.conclusions import tasks_due_within, to_do_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
DUE = date(2026, 12, 15)


def written(
    of: Workshop, text: str = "Lập danh sách hộ nghèo", unit: Unit | None = None, **values: object
) -> Conclusion:
    due = values.pop("due_on", DUE if unit else None)
    return conclude(by=make.BY, workshop=of, text=text, unit=unit, due_on=due, at=T0, on=TODAY, **values)  # type: ignore[arg-type]


def over(**values: object) -> Workshop:
    return workshop(state="over", **values)  # type: ignore[arg-type]


def numbered(made: Workshop) -> Workshop:
    now = timezone.now()
    Workshop.objects.filter(pk=made.pk).update(during=(now - timedelta(days=1), now - timedelta(hours=20)))
    made.refresh_from_db()
    document = draft_minutes(by=make.BY, workshop=made, head=HEAD, at=now)
    enter_number(by=make.BY, document=document, number=5, dated=timezone.localdate(now), at=now)
    return made


# ---- writing


def test_a_conclusion_with_a_unit_and_a_day_is_a_task_and_its_coordinators_are_told_once() -> None:
    made, ward = workshop(state="live"), make.unit(name="Hiệp Phú")
    make.user(Role.UNIT_COORDINATOR, on=ward)

    written(made, "Ai cũng học.")
    task = written(made, unit=ward)

    assert [one.pk for one in to_do_for([ward.pk])] == [task.pk]
    assert Notice.objects.filter(template="workshops.task_given").count() == 1


def test_what_cannot_be_concluded_is_refused_with_words() -> None:
    live, ward = workshop(state="live", name="Hội thảo"), make.unit()
    early = workshop(state="ready", name="Hội thảo sau")
    past = TODAY - timedelta(days=1)
    assert [
        refusal(lambda: written(early)),
        refusal(lambda: written(live, "  ")),
        refusal(lambda: written(live, unit=ward, due_on=None)),
        refusal(lambda: written(live, due_on=DUE)),
        refusal(lambda: written(live, unit=ward, due_on=past)),
    ] == [
        "Cannot write down what “Hội thảo sau” concluded: it has not begun.",
        "Cannot write down the conclusion: it is empty.",
        "Cannot give the task: it needs a unit and a day, or neither.",
        "Cannot give the task: it needs a unit and a day, or neither.",
        "Cannot give the task: its day 30/11/2026 has passed already.",
    ]


def test_once_the_minutes_have_their_number_nothing_is_added_or_taken_back() -> None:
    made = over(name="Hội thảo")
    before = written(made)
    numbered(made)

    words = "Cannot change what “Hội thảo” concluded: its minutes have the number 05/BB-UBND."
    assert refusal(lambda: written(made)) == words
    assert refusal(lambda: remove_conclusion(by=make.BY, conclusion=before)) == words


def test_a_conclusion_is_taken_back_unless_it_was_reported_done() -> None:
    made, ward = over(), make.unit()
    one, other = written(made), written(made, unit=ward)
    report_done(by=make.BY, conclusion=other, outcome="Xong.", at=T0)

    remove_conclusion(by=make.BY, conclusion=one)

    assert refusal(lambda: remove_conclusion(by=make.BY, conclusion=other)) == (
        "Cannot take the conclusion back: its unit has reported it done."
    )
    assert refusal(lambda: remove_conclusion(by=make.BY, conclusion=one)) == (
        "Cannot change the conclusion: it was taken back meanwhile."
    )


def test_the_database_keeps_a_task_whole() -> None:
    made = over()
    row = {"workshop": made, "text": "x", "written_by": "machine:test", "written_at": T0}
    for wrong in ({"due_on": DUE}, {"unit": make.unit()}, {"done_at": T0, "done_by": "a", "outcome": "b"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Conclusion.objects.create(**row, **wrong)


# ---- following


def test_a_task_is_followed_until_it_is_reported_done_and_again_when_it_is_not() -> None:
    made, ward = over(), make.unit()
    make.user(Role.UNIT_COORDINATOR, on=ward)
    task = written(made, unit=ward)
    near = DUE - timedelta(days=2)

    assert [list(tasks_due_within(2, on=one)) for one in (near - timedelta(days=1), near)] == [[], [task]]
    at = T0 + timedelta(days=14)
    assert [remind_tasks(by=make.BY, conclusions=tasks_due_within(2, on=near), at=at) for _twice in "12"] == [1, 0]

    report_done(by=make.BY, conclusion=task, outcome="Đã lập.", at=T0)
    assert (list(to_do_for([ward.pk])), list(tasks_due_within(2, on=near))) == ([], [])
    not_done(by=make.BY, conclusion=task, at=at)
    assert list(to_do_for([ward.pk])) == [task]
    task.refresh_from_db()
    assert (task.done_at, task.outcome) == (None, "")


def test_what_cannot_be_reported_is_refused_with_words() -> None:
    made, ward = over(), make.unit()
    plain, task = written(made), written(made, unit=ward)
    assert refusal(lambda: report_done(by=make.BY, conclusion=plain, outcome="Xong.", at=T0)) == (
        "Cannot report the conclusion done: it is no task of a unit."
    )
    assert refusal(lambda: report_done(by=make.BY, conclusion=task, outcome=" ", at=T0)) == (
        "Cannot report the task done: say what came of it."
    )
    report_done(by=make.BY, conclusion=task, outcome="Xong.", at=T0)
    assert refusal(lambda: report_done(by=make.BY, conclusion=task, outcome="Nữa.", at=T0)) == (
        "Cannot report the task done: it was reported on 01/12/2026 08:00 already."
    )


# ---- the minutes and the pages


def test_the_minutes_say_what_was_concluded_and_who_does_what_until_when() -> None:
    made = over()
    ward = make.unit(name="Hiệp Phú")
    written(made, "Chuyển đổi số bắt đầu từ cán bộ.")
    written(made, unit=ward)
    draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)

    words = said(made)
    assert "KẾT LUẬN, GIAO NHIỆM VỤ" in words
    assert "Chuyển đổi số bắt đầu từ cán bộ." in words
    assert "Giao Phường Hiệp Phú thực hiện, hoàn thành chậm nhất ngày 15/12/2026: Lập danh sách hộ nghèo." in words


def test_the_secretariat_writes_and_the_unit_reports() -> None:
    made = workshop(state="live")
    ward = make.unit(name="Hiệp Phú", under=made.unit)
    page = browser(Role.PROGRAMME_OFFICER, made.unit)
    here = reverse("workshops:conclusions", args=[made.key])
    due = timezone.localdate() + timedelta(days=7)
    form = {"act": "conclude", "text": "Lập danh sách", "unit": "Phường Hiệp Phú", "due_on": due.isoformat()}

    assert page.post(here, form).status_code == 302
    assert page.post(here, {**form, "due_on": ""}).status_code == 422
    assert page.post(here, {"act": "conclude"}).status_code == 422
    task = Conclusion.objects.get()
    assert (task.unit, task.due_on) == (ward, due)

    coordinator = Client()
    coordinator.force_login(make.user(Role.UNIT_COORDINATOR, on=ward))
    listed = coordinator.get(reverse("workshops:asked_of_units")).content.decode()
    assert reverse("workshops:task", args=[task.key]) in listed
    told = coordinator.post(reverse("workshops:task", args=[task.key]), {"outcome": "Đã lập xong."})
    assert told.status_code == 302
    assert "Đã lập xong." in page.get(here).content.decode()
    assert page.post(here, {"act": "not_done", "conclusion": task.key}).status_code == 302
    assert page.post(here, {"act": "remove", "conclusion": task.key}).status_code == 302
    assert not Conclusion.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(count: int, django_assert_num_queries: Any) -> None:
    made, ward = workshop(state="live"), make.unit()
    page = browser(Role.PROGRAMME_OFFICER, made.unit)
    for _more in range(count):
        report_done(by=make.BY, conclusion=written(made, unit=ward), outcome="Xong.", at=T0)
    page.get(reverse("workshops:conclusions", args=[made.key]))
    with django_assert_num_queries(8):
        page.get(reverse("workshops:conclusions", args=[made.key]))
