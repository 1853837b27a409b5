"""Rooms of an exam: made by unit, watched live, acted in on the spot; each number opens exactly its rows."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting

from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, Unit
from lantoa.exams.actions.answering import save_answer, start
from lantoa.exams.actions.invigilating import (
    add_remark,
    check_identity,
    give_candidate_time,
    give_room_time,
    mark_absent,
)
from lantoa.exams.actions.log import MOST_ACTORS, OTHERS, Act, Kind, write
from lantoa.exams.actions.rooms import (
    add_room,
    change_room,
    make_rooms,
    move_candidates,
    name_invigilators,
    remove_room,
)
from lantoa.exams.actions.seeing import Sights, restore
from lantoa.exams.actions.sittings import make_sitting
from lantoa.exams.models import Attempt, Incident, LastSeen, Remark, Room, Seat, Sitting
from lantoa.exams.queries.room_now import counts_of, room_now
from lantoa.exams.queries.rooms import (
    IN_ROOM,
    count_room,
    count_rooms,
    oddities,
    rows_in,
    sights_are_lost,
    unit_of_each,
)
from lantoa.exams.views import answering
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def province(communes: int = 2, each: int = 2) -> tuple[Sitting, list[Unit]]:
    """A sitting of a province: so many people in each commune, from T0."""
    of = paper()
    top = of.unit
    wards = [make.unit(under=top, name=f"Số {number}") for number in range(1, communes + 1)]
    people = [make.person(at=ward) for ward in wards for _ in range(each)]
    held = make_sitting(
        by=make.BY, unit=top, paper=of, title="Kiểm tra", people=people, minutes=30, at=T0, starts_at=T0
    )
    return held, wards


def in_rooms(communes: int = 2, each: int = 2) -> tuple[Sitting, list[Room]]:
    held, _wards = province(communes, each)
    make_rooms(by=make.BY, sitting=held, most=40, on=make.DAY)
    return held, list(Room.objects.filter(sitting=held).order_by("name"))


def seated(room: Room) -> list[Attempt]:
    return list(Attempt.objects.filter(seat__room=room).select_related("person").order_by("seat__number"))


def browser(role: str, on: Unit, who: Person | None = None) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(role, on=on, is_person=who) if role else make.user(is_person=who))
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


# ---- made


def test_rooms_are_made_by_the_units_under_the_one_that_holds_the_exam() -> None:
    held, wards = province(2, 3)
    office = make.unit(under=wards[0], kind="Phòng", name="Văn hóa")
    deep = make.person(at=office)
    stranger = make.person()
    Attempt.objects.create(sitting=held, person=deep, variant=attempts(held)[0].variant)
    Attempt.objects.create(sitting=held, person=stranger, variant=attempts(held)[0].variant)

    assert make_rooms(by=make.BY, sitting=held, most=40, on=make.DAY) == (2, 7)

    rooms = {room.name: room.seats.count() for room in Room.objects.filter(sitting=held)}
    assert rooms == {"Phường Số 1": 4, "Phường Số 2": 3}
    assert Seat.objects.get(attempt__person=deep).room.unit == wards[0]
    assert not Seat.objects.filter(attempt__person=stranger).exists()
    assert Entry.objects.get(act="exams.make_rooms").about == {"rooms": 2, "people": 7}


def test_a_room_holds_at_most_so_many_and_rooms_with_places_are_filled_first() -> None:
    held, (ward,) = province(1, 5)
    make_rooms(by=make.BY, sitting=held, most=2, on=make.DAY)
    names = sorted((room.name, room.seats.count()) for room in Room.objects.filter(sitting=held))
    assert names == [("Phường Số 1 – 1", 2), ("Phường Số 1 – 2", 2), ("Phường Số 1 – 3", 1)]

    later = make.person(at=ward)
    Attempt.objects.create(sitting=held, person=later, variant=attempts(held)[0].variant)
    assert make_rooms(by=make.BY, sitting=held, most=2, on=make.DAY) == (0, 1)
    assert Seat.objects.get(attempt__person=later).room.name == "Phường Số 1 – 3"


def test_whoever_has_no_post_under_the_unit_has_no_room_of_a_unit() -> None:
    held = sitting(2)

    assert refusal(lambda: make_rooms(by=make.BY, sitting=held, most=40, on=make.DAY)) == (
        "Cannot make rooms for Kiểm tra cuối khóa: nobody without a room has a post in its unit or under it. Make a "
        "room by hand and move them there."
    )
    assert refusal(lambda: make_rooms(by=make.BY, sitting=held, most=0, on=make.DAY)) == (
        "Cannot make rooms for Kiểm tra cuối khóa: 0 people in a room; from 1 to 500 are possible."
    )


def test_where_people_sit_is_asked_in_two_queries_however_many_they_are(django_assert_num_queries: Any) -> None:
    for communes in (1, 3):
        held, _wards = province(communes, 3)
        people = list(held.sat.values_list("person_id", flat=True))
        with django_assert_num_queries(2):
            assert len(unit_of_each(held, people, on=make.DAY)) == 3 * communes


def test_rooms_are_named_once_and_only_empty_ones_are_removed() -> None:
    held, (first, second) = in_rooms()

    assert refusal(lambda: add_room(by=make.BY, sitting=held, unit=held.unit, name=first.name)) == (
        "Cannot name the room Phường Số 1: Kiểm tra has a room of this name."
    )
    assert refusal(lambda: change_room(by=make.BY, room=second, name=first.name, invigilators=[])) == (
        "Cannot name the room Phường Số 1: Kiểm tra has a room of this name."
    )
    assert refusal(lambda: remove_room(by=make.BY, room=first)) == (
        "Cannot remove room Phường Số 1: 2 people sit in it, or something was noted there."
    )
    empty = add_room(by=make.BY, sitting=held, unit=held.unit, name="Hội trường")
    remove_room(by=make.BY, room=empty)
    assert Room.objects.filter(sitting=held).count() == 2


def test_candidates_move_to_the_end_of_the_list_of_another_room() -> None:
    _held, (first, second) = in_rooms()
    moving = seated(first)[0]

    assert move_candidates(by=make.BY, room=second, attempts=[moving]) == 1
    assert move_candidates(by=make.BY, room=second, attempts=[moving]) == 0

    assert [one.pk for one in seated(second)][-1] == moving.pk
    assert (first.seats.count(), second.seats.count(), Seat.objects.get(attempt=moving).number) == (1, 3, 3)


# ---- watched


def test_the_numbers_of_a_room_open_exactly_their_rows() -> None:
    _held, (room, other) = in_rooms(2, 8)
    waiting, here, working, silent, done, late, odd, absent = seated(room)
    now = T0 + 10 * MINUTE
    started = (working, silent, done, late)
    write([act(Kind.START, one, T0 + MINUTE) for one in started])
    write([act(Kind.ANSWERS, working, now - MINUTE, events(working, (QUESTIONS[0], "b")))])
    write([act(Kind.HAND_IN, one, T0 + 2 * MINUTE) for one in (done, late)])
    write([act(Kind.ANSWERS, late, T0 + 3 * MINUTE, events(late, (QUESTIONS[0], "b")))])
    write([act(Kind.FOREIGN, odd)])
    write([act(Kind.STATE, here, now - MINUTE)])
    mark_absent(by=make.BY, room=room, attempts=[absent], at=now)
    check_identity(by=make.BY, room=room, attempts=[working, silent], at=now)
    write([act(Kind.START, seated(other)[0], T0 + MINUTE)])

    rows = {name: {row.pk for row in rows_in(room, show=name, at=now)} for name in IN_ROOM}

    everybody = {one.pk for one in (waiting, here, working, silent, done, late, odd, absent)}
    assert rows == {
        "people": everybody,
        "here": {here.pk},
        "waiting": {waiting.pk, here.pk, odd.pk, absent.pk},
        "started": {working.pk, silent.pk},
        "silent": {silent.pk},
        "handed_in": {done.pk, late.pk},
        "late": {late.pk},
        "incidents": {odd.pk},
        "checked": {working.pk, silent.pk},
        "absent": {absent.pk},
        "delivered": set(),
        "plain": set(),
    }
    assert dict(count_room(room, at=now)) == {name: len(found) for name, found in rows.items()}
    live = room_now(room, at=now)
    assert [one.key for one in live] == [one.key for one in seated(room)]
    keys = {one.pk: one.key for one in seated(room)}
    for name, found in rows.items():
        assert {one.key for one in live if name in one.counted} == {keys[pk] for pk in found}
    assert dict(counts_of(live)) == dict(count_room(room, at=now))
    counted = count_rooms(room.sitting, at=now)
    assert dict(counted[room.pk]) == {name: len(found) for name, found in rows.items()}
    assert (counted[other.pk]["people"], counted[other.pk]["started"], counted[other.pk]["silent"]) == (8, 1, 1)


def test_what_nobody_noted_is_told_from_the_log() -> None:
    """The lines of who was last seen may be lost with a crash of the database: they are not logged."""
    _held, (room, _other) = in_rooms()
    one, two = seated(room)
    now = T0 + 10 * MINUTE
    write([act(Kind.START, candidate, T0) for candidate in (one, two)])
    write([act(Kind.ANSWERS, one, now - MINUTE, events(one, (QUESTIONS[0], "b")))])
    write([act(Kind.ANSWERS, two, T0 + 31 * MINUTE, events(two, (QUESTIONS[0], "b")))])
    before = count_room(room, at=now), count_room(room, at=T0 + 40 * MINUTE)

    LastSeen.objects.all().delete()

    assert (count_room(room, at=now), count_room(room, at=T0 + 40 * MINUTE)) == before
    assert tuple(counts_of(room_now(room, at=at)) for at in (now, T0 + 40 * MINUTE)) == before
    assert (before[0]["silent"], before[1]["late"]) == (0, 1)

    assert sights_are_lost(room.sitting)
    restore(room.sitting)
    assert not sights_are_lost(room.sitting)
    assert LastSeen.objects.get(attempt=one).answered_at == now - MINUTE
    assert (count_room(room, at=now), count_room(room, at=T0 + 40 * MINUTE)) == before


def test_an_attempt_is_noted_once_a_minute_and_a_late_answer_at_once() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.START, one, T0)])
    for seconds in (10, 30, 49):
        at = T0 + timedelta(seconds=seconds)
        write([act(Kind.ANSWERS, one, at, events(one, (QUESTIONS[0], "b"), after=seconds))])
    seen = LastSeen.objects.get(attempt=one)
    assert (seen.opened_at, seen.answered_at) == (T0 + timedelta(seconds=10), T0 + timedelta(seconds=10))

    write([act(Kind.HAND_IN, one, T0 + timedelta(seconds=50))])
    write([act(Kind.ANSWERS, one, T0 + timedelta(seconds=51), events(one, (QUESTIONS[0], "a"), after=90))])
    seen.refresh_from_db()
    assert seen.answered_at == T0 + timedelta(seconds=51)


def test_waiting_pages_are_noted_in_groups_and_an_attempt_that_is_gone_spoils_nothing() -> None:
    one, two, three = attempts(sitting(3))
    sights = Sights()
    sights.opened(one.pk, at=T0)
    for at, pk in ((1, two.pk), (1, 2**40), (1, one.pk)):
        sights.opened(pk, at=T0 + timedelta(seconds=at))
    assert LastSeen.objects.count() == 1

    sights.opened(three.pk, at=T0 + timedelta(seconds=3))

    assert set(LastSeen.objects.values_list("attempt", flat=True)) == {one.pk, two.pk, three.pk}


def test_the_waiting_page_of_a_candidate_counts_as_being_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "SIGHTS", Sights())
    held, (room, _other) = in_rooms()
    Sitting.objects.filter(pk=held.pk).update(starts_at=None)
    one = seated(room)[0]
    client = Client()
    client.force_login(make.user(is_person=one.person))

    client.get(reverse("exams:my_exam", args=[one.key]))

    room.refresh_from_db()
    assert count_room(room, at=timezone.now())["here"] == 1


def test_who_has_fetched_the_sealed_paper_is_told() -> None:
    _held, (room, _other) = in_rooms()
    one = seated(room)[0]

    write([act(Kind.PAPER, one, T0)])

    assert [row.pk for row in rows_in(room, show="delivered", at=T0)] == [one.pk]


def test_whoever_answers_on_plain_pages_is_told_as_such() -> None:
    _held, (room, _other) = in_rooms()
    plain, scripted = seated(room)
    start(by=make.BY, attempt=plain, at=T0)
    save_answer(by=make.BY, attempt=plain, question=QUESTIONS[0], answer="b", at=T0)
    write([act(Kind.START, scripted, T0)])

    assert [row.pk for row in rows_in(room, show="plain", at=T0)] == [plain.pk]


@pytest.mark.parametrize(("communes", "each"), [(1, 1), (3, 3)])
def test_the_rooms_and_a_room_cost_the_same_queries_however_many_sit_there(
    communes: int, each: int, django_assert_num_queries: Any
) -> None:
    held, rooms = in_rooms(communes, each)
    for room in rooms:
        for one in seated(room):
            add_remark(by=make.BY, room=room, kind="device", text="", attempt=one, at=T0)
    officer = browser(Role.PROGRAMME_OFFICER, held.unit)
    fetch = {"X-Requested-With": "fetch"}
    for address, queries in (
        (reverse("exams:rooms", args=[held.key]), 10),
        (f"{reverse('exams:rooms', args=[held.key])}?by=unit", 10),
        (reverse("exams:room", args=[rooms[0].key]), 7),
        (reverse("exams:room_roll", args=[rooms[0].key]), 9),
        (reverse("exams:room_incidents", args=[rooms[0].key]), 9),
    ):
        officer.get(address)  # the look is written down the first time
        with django_assert_num_queries(queries):
            assert officer.get(address, headers=fetch).status_code == 200


@pytest.mark.parametrize(("communes", "each"), [(1, 1), (3, 3)])
def test_whoever_is_named_for_a_room_asks_for_its_part_in_five_questions(
    communes: int, each: int, django_assert_num_queries: Any
) -> None:
    _held, rooms = in_rooms(communes, each)
    who = make.person()
    for one in rooms:
        change_room(by=make.BY, room=one, name=one.name, invigilators=[who])
    client, page = browser("", rooms[0].unit, who), reverse("exams:room", args=[rooms[0].key])
    client.get(page)  # the look is written down the first time

    with django_assert_num_queries(5):  # session, account, room with who is named, who sits there, the look
        assert client.get(page, headers={"X-Requested-With": "fetch"}).status_code == 200


def test_the_part_that_lives_is_asked_for_alone() -> None:
    held, rooms = in_rooms()
    officer = browser(Role.PROGRAMME_OFFICER, held.unit)

    for address in (reverse("exams:rooms", args=[held.key]), reverse("exams:room", args=[rooms[0].key])):
        whole = text_of(officer.get(address))
        part = text_of(officer.get(address, headers={"X-Requested-With": "fetch"}))
        assert ("<html" in whole, "<html" in part, "data-live" in part) == (True, False, True)
        assert '<noscript><meta http-equiv="refresh"' in whole


def test_units_add_up_their_rooms_and_rooms_with_trouble_are_found() -> None:
    held, (ward,) = province(1, 4)
    make_rooms(by=make.BY, sitting=held, most=2, on=make.DAY)
    first = Room.objects.filter(sitting=held).order_by("name")[0]
    write([act(Kind.FOREIGN, seated(first)[0])])
    officer = browser(Role.PROGRAMME_OFFICER, held.unit)
    address = reverse("exams:rooms", args=[held.key])

    units = text_of(officer.get(f"{address}?by=unit"))
    trouble = text_of(officer.get(f"{address}?only=trouble"))
    of_unit = text_of(officer.get(f"{address}?unit={ward.key}"))

    assert f'href="?unit={ward.key}"' in units
    assert ("Phường Số 1 – 1" in trouble, "Phường Số 1 – 2" in trouble) == (True, False)
    assert ("Phường Số 1 – 1" in of_unit, "Phường Số 1 – 2" in of_unit) == (True, True)


def test_what_is_odd_in_the_logs_of_a_room_is_told() -> None:
    _held, (room, _other) = in_rooms()
    one, two = seated(room)
    write([act(Kind.START, candidate, T0) for candidate in (one, two)])
    write([act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "b")))])
    write([act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "a"), device="device11"))])
    write([act(Kind.ANSWERS, two, T0, events(two, (QUESTIONS[0], "b")))])
    write([act(Kind.FOREIGN, two), act(Kind.FOREIGN, two)])

    assert [(odd.attempt.pk, odd.counted()) for odd in oddities(room)] == [
        (one.pk, {"devices": 2, "differing": 1}),
        (two.pk, {"foreign": 2}),
    ]


def test_incidents_of_an_attempt_stay_few_whoever_sends_under_its_name() -> None:
    (one,) = attempts(sitting())
    for number in range(MOST_ACTORS + 5):
        stranger = Act(Kind.FOREIGN, one.key, f"user:{number}", T0)
        write([stranger, stranger, Act(Kind.FOREIGN, one.key, "", T0 + MINUTE)])

    rows = dict(Incident.objects.filter(attempt=one).values_list("actor", "count"))
    assert len(rows) == MOST_ACTORS
    assert (rows[""], sum(rows.values()), OTHERS in rows) == (MOST_ACTORS + 5, 3 * (MOST_ACTORS + 5), True)


# ---- on the spot


def test_identity_is_checked_and_absence_marked_and_a_latecomer_is_there_after_all() -> None:
    _held, (room, other) = in_rooms()
    one, two = seated(room)

    assert refusal(lambda: mark_absent(by=make.BY, room=room, attempts=[one], at=T0 - MINUTE)) == (
        "Cannot mark anybody absent in room Phường Số 1: the exam has not begun."
    )
    assert mark_absent(by=make.BY, room=room, attempts=[one, seated(other)[0]], at=T0) == 1
    assert check_identity(by=make.BY, room=room, attempts=[one, two], at=T0 + MINUTE) == 2
    write([act(Kind.START, two, T0 + MINUTE)])
    assert refusal(lambda: mark_absent(by=make.BY, room=room, attempts=[two], at=T0 + 2 * MINUTE)) == (
        f"Cannot mark {two.person.full_name} absent: they have started the exam."
    )

    seats = Seat.objects.filter(room=room).order_by("number").values_list("checked_at", "absent_at")
    assert list(seats) == [(T0 + MINUTE, None), (T0 + MINUTE, None)]


def test_a_remark_stays_as_it_was_written() -> None:
    _held, (room, other) = in_rooms()
    made = add_remark(by=make.BY, room=room, kind="violation", text="Dùng tài liệu", attempt=seated(room)[0], at=T0)

    assert refusal(lambda: add_remark(by=make.BY, room=room, kind="other", text=" ", at=T0)) == (
        "Cannot save the remark: it says nothing. Write what happened."
    )
    assert (
        refusal(lambda: add_remark(by=make.BY, room=room, kind="late", text="", attempt=seated(other)[0], at=T0))
        == "Cannot note anything of this candidate: they do not sit in room Phường Số 1."
    )
    for change in ({"text": "khác"}, {"kind": "late"}):
        with pytest.raises(Exception, match="a remark stays as it was"), _savepoint():
            Remark.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(Exception, match="a remark stays as it was"), _savepoint():
        made.delete()
    Remark.objects.filter(pk=made.pk).update(text="")  # an erasure
    assert Entry.objects.get(act="exams.add_remark").about == {
        "kind": "violation",
        "attempt": seated(room)[0].key,
    }


def _savepoint() -> Any:
    from django.db import transaction

    return transaction.atomic()


def test_a_room_gets_time_once_however_often_the_button_is_pressed() -> None:
    _held, (room, other) = in_rooms(2, 3)
    one, two, done = seated(room)
    give_candidate_time(by=make.BY, room=room, attempt=one, minutes=20, reason="needs", at=T0)
    write([act(Kind.START, done, T0), act(Kind.HAND_IN, done, T0 + MINUTE)])

    give_room_time(by=make.BY, room=room, minutes=10, reason="line", given=0, at=T0 + 2 * MINUTE)
    again = refusal(
        lambda: give_room_time(by=make.BY, room=room, minutes=10, reason="line", given=0, at=T0 + 2 * MINUTE)
    )

    assert again == (
        "Cannot give room Phường Số 1 extra time: somebody has given it time meanwhile. Look at the room again."
    )
    extra = [Attempt.objects.get(pk=each.pk).extra_minutes for each in (one, two, done, *seated(other))]
    assert extra == [30, 10, 0, 0, 0, 0]
    assert list(Remark.objects.order_by("pk").values_list("kind", "minutes", "text", "attempt")) == [
        ("time", 20, "needs", one.pk),
        ("time", 10, "line", None),
    ]
    assert Entry.objects.get(act="exams.give_room_time").about == {"minutes": 10, "people": 2, "reason": "line"}
    assert (
        refusal(lambda: give_room_time(by=make.BY, room=room, minutes=1440, reason="line", given=1, at=T0))
        == "Cannot give 1440 extra minutes in room Phường Số 1: from 1 to 1440 are possible."
    )


# ---- pages and rights


def test_a_site_operator_sees_the_room_of_their_unit_and_no_other() -> None:
    held, (room, other) = in_rooms()
    client = browser(Role.SITE_OPERATOR, room.unit)

    listed = text_of(client.get(reverse("exams:my_rooms")))
    assert (room.name in listed, other.name in listed) == (True, False)
    for name in ("room", "room_roll", "room_preflight", "room_list", "room_incidents", "room_time", "room_remark"):
        assert client.get(reverse(f"exams:{name}", args=[room.key])).status_code == 200, name
        assert client.get(reverse(f"exams:{name}", args=[other.key])).status_code == 404, name
    assert client.get(reverse("exams:room_time_for", args=[seated(room)[0].key])).status_code == 200
    assert client.get(reverse("exams:room_time_for", args=[seated(other)[0].key])).status_code == 404
    for name in ("rooms", "room_move", "sitting"):
        assert client.get(reverse(f"exams:{name}", args=[held.key])).status_code == 404, name
    assert client.get(reverse("exams:room_change", args=[room.key])).status_code == 404


def test_an_invigilator_by_name_sees_their_room_only_and_a_candidate_none() -> None:
    _held, (room, other) = in_rooms()
    who = make.person()
    change_room(by=make.BY, room=room, name=room.name, invigilators=[who])
    client = browser("", room.unit, who)
    candidate = browser("", room.unit, seated(room)[0].person)

    assert [client.get(reverse("exams:room", args=[one.key])).status_code for one in (room, other)] == [200, 404]
    assert candidate.get(reverse("exams:room", args=[room.key])).status_code == 404
    mine = [text_of(one.get(reverse("exams:my_exams"))) for one in (client, candidate)]
    assert ["Exam rooms that you watch over" in page for page in mine] == [True, False]
    assert text_of(candidate.get(reverse("exams:my_rooms"))).count("You watch over no exam room.") == 1

    change_room(by=make.BY, room=room, name=room.name, invigilators=[])
    assert client.get(reverse("exams:room", args=[room.key])).status_code == 404


def test_an_invigilator_acts_on_the_pages_of_the_room() -> None:
    held, (room, _other) = in_rooms()
    Sitting.objects.filter(pk=held.pk).update(starts_at=timezone.now() - MINUTE)
    one, two = seated(room)
    client = browser(Role.SITE_OPERATOR, room.unit)
    roll = reverse("exams:room_roll", args=[room.key])

    assert "Tick at least one person." in text_of(client.post(roll, {"act": "checked"}))
    client.post(roll, {"act": "checked", "chosen": [one.key]})
    client.post(roll, {"act": "absent", "chosen": [two.key]})
    client.post(reverse("exams:room_remark", args=[room.key]), {"kind": "line", "text": "Mất mạng 5 phút"})
    client.post(reverse("exams:room_remark_on", args=[one.key]), {"kind": "late", "text": ""})
    client.post(reverse("exams:room_time", args=[room.key]), {"minutes": "5", "reason": "line", "given": "0"})
    client.post(reverse("exams:room_time_for", args=[one.key]), {"minutes": "15", "reason": "needs"})
    stale = client.post(reverse("exams:room_time", args=[room.key]), {"minutes": "5", "reason": "line", "given": "0"})
    page = text_of(client.get(reverse("exams:room", args=[room.key])))

    assert stale.status_code == 422
    assert [Attempt.objects.get(pk=each.pk).extra_minutes for each in (one, two)] == [15, 5]
    assert "Mất mạng 5 phút" in page
    assert "5 more minutes for the room: the line or the device failed" in page
    assert "15 extra minutes in all: health or a disability" in page
    Person.objects.filter(pk=one.person.pk).update(birth_year=1985, birth_month=10, birth_day=5)
    assert "05/10/1985" in text_of(client.get(roll))
    listed = client.get(reverse("exams:room_list", args=[room.key]))
    words = zipfile.ZipFile(io.BytesIO(listed.content)).read("xl/sharedStrings.xml").decode()
    assert [word for word in ("05/10/1985", one.person.full_name, room.name) if word not in words] == []


def test_the_organiser_makes_changes_and_removes_rooms_on_pages() -> None:
    held, wards = province()
    officer = browser(Role.PROGRAMME_OFFICER, held.unit)
    watcher = make.person(at=wards[0])
    make.user(is_person=watcher)

    assert "No room yet" in text_of(officer.get(reverse("exams:rooms", args=[held.key])))
    officer.post(reverse("exams:rooms_make", args=[held.key]), {"most": "40"})
    again = officer.post(reverse("exams:rooms_make", args=[held.key]), {"most": "40"})
    assert (again.status_code, "nobody without a room" in text_of(again)) == (422, True)
    officer.post(reverse("exams:room_new", args=[held.key]), {"name": "Hội trường", "unit": wards[0].key})
    hall = Room.objects.get(name="Hội trường")
    officer.post(reverse("exams:room_change", args=[hall.key]), {"name": "Hội trường lớn", "people": [watcher.key]})
    moving = attempts(held)[0]
    officer.post(reverse("exams:room_move", args=[held.key]), {"room": hall.key, "chosen": [moving.key]})

    hall.refresh_from_db()
    assert (hall.name, [one.person for one in hall.invigilators.all()]) == ("Hội trường lớn", [watcher])
    assert Seat.objects.get(attempt=moving).room == hall
    found = text_of(officer.get(f"{reverse('exams:room_move', args=[held.key])}?q={moving.person.full_name}"))
    assert "Hội trường lớn" in found
    refused = officer.post(reverse("exams:room_remove", args=[hall.key]))
    assert (refused.status_code, "1 people sit in it" in text_of(refused)) == (409, True)


def test_a_room_gets_no_time_once_the_results_are_published() -> None:
    held, (room, _other) = in_rooms()
    Sitting.objects.filter(pk=held.pk).update(published_at=T0)
    assert refusal(lambda: give_room_time(by=make.BY, room=room, minutes=5, reason="line", given=0, at=T0)) == (
        "Cannot give extra time in Kiểm tra: its results are published."
    )


def test_many_rooms_are_given_those_who_watch_over_them_at_once() -> None:
    of = sitting()
    elsewhere = add_room(by=make.BY, sitting=sitting(), unit=of.unit, name="Phòng 9")
    rooms = [add_room(by=make.BY, sitting=of, unit=of.unit, name=f"Phòng {number}") for number in (1, 2)]
    one, two = make.person(), make.person()
    named = {rooms[0]: [one, two], rooms[1]: [two], elsewhere: [one]}
    assert name_invigilators(by=make.BY, sitting=of, named=named) == 3
    assert name_invigilators(by=make.BY, sitting=of, named=named) == 0
    assert [list(room.invigilators.order_by("pk").values_list("person", flat=True)) for room in rooms] == [
        [one.pk, two.pk],
        [two.pk],
    ]
    assert elsewhere.invigilators.count() == 0
