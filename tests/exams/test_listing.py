"""The list of an exam after it was made, and a person who tries again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import factories as make
import pytest
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting
from exams.test_rooms import browser, in_rooms, refusal, seated, text_of
from exams.test_sittings import candidate, made_by_form, officer

from lantoa.exams.actions.invigilating import add_remark
from lantoa.exams.actions.listing import try_again, withdraw
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.printing import note_sheets
from lantoa.exams.models import Attempt, Seat, Sitting
from lantoa.exams.queries.attempts import counting_of, may_try_again
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def window(people: int = 1, **fields: Any) -> Sitting:
    """Each at a time of their own, from T0, a day long; three attempts, two variants."""
    fields = {"attempts": 3, "starts_at": T0, "closes_at": T0 + DAY, **fields}
    return sitting(people, paper=fields.pop("paper", None) or paper(2), together=False, **fields)


def sat(one: Attempt, at: Any) -> None:
    write([act(Kind.START, one, at)])
    write([act(Kind.HAND_IN, one, at + MINUTE)])


def test_another_attempt_has_a_variant_that_was_not_had_and_then_the_next_in_turn() -> None:
    (first,) = attempts(window())
    sat(first, T0)
    second = try_again(by=make.BY, attempt=first, at=T0 + 5 * MINUTE)
    sat(second, T0 + 5 * MINUTE)
    third = try_again(by=make.BY, attempt=first, at=T0 + 9 * MINUTE)

    assert [(one.number, one.variant.number) for one in (first, second, third)] == [(1, 1), (2, 2), (3, 1)]
    assert Entry.objects.filter(act="exams.try_again").count() == 2


def test_trying_again_is_refused_with_the_reason() -> None:
    held = window(attempts=2)
    (first,) = attempts(held)
    (together,) = attempts(sitting())
    said = "Cannot try Kiểm tra cuối khóa again: "

    def again(one: Attempt, at: Any = T0 + 5 * MINUTE) -> str:
        assert not may_try_again(Attempt.objects.select_related("sitting").get(pk=one.pk), at=at)
        return refusal(lambda: try_again(by=make.BY, attempt=Attempt.objects.get(pk=one.pk), at=at))

    assert again(together) == f"{said}all sit it together."
    assert again(first) == f"{said}attempt 1 is not finished."
    write([act(Kind.START, first, T0)])
    assert again(first) == f"{said}attempt 1 is not finished."
    write([act(Kind.HAND_IN, first, T0 + MINUTE)])
    assert again(first, T0 + DAY) == f"{said}its time is over."
    Sitting.objects.filter(pk=held.pk).update(published_at=T0)
    assert again(first) == f"{said}its results are published."
    Sitting.objects.filter(pk=held.pk).update(published_at=None)
    second = try_again(by=make.BY, attempt=Attempt.objects.get(pk=first.pk), at=T0 + 5 * MINUTE)
    assert again(second) == f"{said}2 attempts are possible."


@pytest.mark.parametrize(("counts", "number"), [("best", 2), ("last", 3)])
def test_the_best_or_the_last_started_attempt_counts_as_the_sitting_says(counts: str, number: int) -> None:
    held = window(2, attempts=4, counts=counts)
    first, other = attempts(held)
    for points, given in enumerate((1, 3, 2)):
        one = first if not points else try_again(by=make.BY, attempt=first, at=T0 + 10 * points * MINUTE)
        sat(one, T0 + 10 * points * MINUTE)
        Attempt.objects.filter(pk=one.pk).update(points=Decimal(given), out_of=Decimal(3), marked_at=T0)
    try_again(by=make.BY, attempt=first, at=T0 + 60 * MINUTE)  # not started

    found = counting_of(held, held.sat.all())

    assert {person: one.number for person, one in found.items()} == {first.person_id: number, other.person_id: 1}


def test_a_candidate_tries_again_on_the_page_and_sees_which_attempt_counts() -> None:
    held = window(paper=paper(2), starts_at=timezone.now() - MINUTE, closes_at=timezone.now() + DAY)
    first, client = candidate(held)
    write([act(Kind.START, first, timezone.now())])
    page, again = (reverse(f"exams:{name}", args=[first.key]) for name in ("my_exam", "my_exam_again"))
    assert again not in text_of(client.get(page))
    write([act(Kind.HAND_IN, first, timezone.now())])
    told = text_of(client.get(page))
    assert ("Attempt 1 of 3. The best one counts." in told, again in told) == (True, True)

    made = client.post(again)

    second = Attempt.objects.get(sitting=held, number=2)
    assert made.headers["Location"] == reverse("exams:my_exam", args=[second.key])
    assert again not in text_of(client.get(page))
    foreign = attempts(window())[0]
    assert client.post(reverse("exams:my_exam_again", args=[foreign.key])).status_code == 404


def test_several_attempts_are_for_windows_only() -> None:
    of = paper()
    make.person(at=of.unit)
    client = officer(of.unit)
    times = {"start": "window", "starts_at": "2026-12-01T08:00", "closes_at": "2026-12-02T17:30"}

    refused = made_by_form(client, of, of.unit, attempts="2")
    assert "More than one attempt only where each starts at a time of their own." in text_of(refused)
    assert made_by_form(client, of, of.unit, attempts="2", counts="last", **times).status_code == 302
    made = Sitting.objects.get()
    assert (made.attempts, made.counts) == (2, "last")
    page = text_of(client.get(reverse("exams:sitting", args=[made.key])))
    assert "the last one" in page and "attempt 1" in page


def test_somebody_who_has_not_started_is_taken_off_the_list() -> None:
    held, (room, _other) = in_rooms(2, 3)
    one, started, noted = seated(room)
    write([act(Kind.START, started, T0)])
    add_remark(by=make.BY, room=room, kind="late", text="", attempt=noted, at=T0)

    withdraw(by=make.BY, attempt=one)

    assert not Attempt.objects.filter(pk=one.pk).exists()
    assert Seat.objects.filter(room=room).count() == 2
    assert Entry.objects.get(act="exams.withdraw").about == {"attempt": one.key, "person": one.person.key}
    assert refusal(lambda: withdraw(by=make.BY, attempt=started)) == (
        f"Cannot take {started.person.full_name} off Kiểm tra: they have started the exam."
    )
    assert refusal(lambda: withdraw(by=make.BY, attempt=noted)) == (
        f"Cannot take {noted.person.full_name} off Kiểm tra: something was noted of them there."
    )
    early = held.sat.exclude(pk__in=[started.pk, noted.pk]).order_by("pk").last()
    assert early is not None
    write([act(Kind.ANSWERS, early, T0, events(early, (QUESTIONS[0], "b")))])
    assert "something was noted of them there" in refusal(lambda: withdraw(by=make.BY, attempt=early))


def test_the_organiser_adds_and_takes_off_on_pages() -> None:
    held = sitting(1, starts_at=None)
    client = officer(held.unit)
    inside, outside = make.person("Trần Thị Thêm", at=held.unit), make.person("Lê Văn Thêm", at=make.unit())
    page = reverse("exams:sitting_add", args=[held.key])

    found = text_of(client.get(f"{page}?q=them"))
    assert (inside.full_name in found, outside.full_name in found) == (True, False)
    nobody = client.post(page)
    assert (nobody.status_code, "Tick at least one person." in text_of(nobody)) == (422, True)
    assert client.post(page, {"chosen": [inside.key, outside.key]}).status_code == 302
    added = Attempt.objects.get(sitting=held, person=inside)
    assert not Attempt.objects.filter(sitting=held, person=outside).exists()

    client.post(reverse("exams:sitting_withdraw", args=[added.key]))
    assert not Attempt.objects.filter(pk=added.pk).exists()


def test_a_site_operator_adds_nobody() -> None:
    held, (room, _other) = in_rooms()
    client = browser("site_operator", room.unit)

    assert client.get(reverse("exams:sitting_add", args=[held.key])).status_code == 404
    assert client.post(reverse("exams:sitting_withdraw", args=[seated(room)[0].key])).status_code == 404


def test_nobody_is_taken_off_once_answer_sheets_are_printed_for_their_numbers_would_lead_to_others() -> None:
    held, (room, _other) = in_rooms(2, 3)
    one = seated(room)[0]
    note_sheets(by=make.BY, sitting=held, people=6)
    assert refusal(lambda: withdraw(by=make.BY, attempt=one)) == (
        f"Cannot take {one.person.full_name} off Kiểm tra: answer sheets are printed, and the numbers on them would "
        "lead to others."
    )
