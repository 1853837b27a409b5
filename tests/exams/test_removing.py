"""An exam that was made by mistake is taken back while nobody has started it."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.urls import reverse
from exams.sat import T0, act, attempts, paper, sitting
from exams.test_sittings import officer, refusal, running, text_of

from lantoa.exams.actions.invigilating import add_remark
from lantoa.exams.actions.listing import remove_sitting
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.printing import note_sheets
from lantoa.exams.actions.rooms import add_room, change_room, move_candidates
from lantoa.exams.models import Attempt, Paper, Room, Sitting
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db


def remove(of: Sitting, **said: Any) -> None:
    remove_sitting(by=make.BY, sitting=of, **said)


def test_an_exam_goes_with_its_list_its_rooms_and_what_was_sealed_and_the_paper_stays() -> None:
    of = sitting(people=2, paper=paper(variants=2))
    room = add_room(by=make.BY, sitting=of, unit=of.unit, name="Phòng 1")
    change_room(by=make.BY, room=room, name="Phòng 1", invigilators=[make.person()])
    move_candidates(by=make.BY, room=room, attempts=attempts(of))
    write([act(Kind.STATE, attempts(of)[0], T0 - timedelta(hours=1))])

    remove(of)

    assert (Sitting.objects.count(), Attempt.objects.count(), Room.objects.count()) == (0, 0, 0)
    assert Paper.objects.count() == 1
    line = Entry.objects.get(act="exams.remove_sitting")
    assert (line.thing, line.about) == (f"exams.sitting:{of.key}", {"people": 2})


def test_what_has_left_a_trace_is_not_taken_back() -> None:
    started, noted, printed, of_a_class = (sitting(source=source) for source in ("", "", "", "training.exam:0abc"))
    write([act(Kind.START, attempts(started)[0])])
    room = add_room(by=make.BY, sitting=noted, unit=noted.unit, name="Phòng 1")
    add_remark(by=make.BY, room=room, kind="other", text="Mất điện", at=T0)
    note_sheets(by=make.BY, sitting=printed, people=1)
    title = "Cannot delete Kiểm tra cuối khóa"
    assert refusal(lambda: remove(started)) == f"{title}: 1 people have started it."
    assert refusal(lambda: remove(noted)) == (
        f"{title}: 1 answers, incidents, remarks or corrections of keys were noted in it."
    )
    assert refusal(lambda: remove(printed)) == f"{title}: answer sheets are printed, and would lead nowhere."
    assert refusal(lambda: remove(of_a_class)) == (
        f"{title} here: a class holds it. It is called off on the page of its class."
    )
    assert Sitting.objects.count() == 4


def test_a_device_that_asks_for_an_exam_that_is_gone_is_told_so() -> None:
    of = sitting()
    (one,) = attempts(of)
    remove(of)
    (told,) = write([act(Kind.START, one)])
    assert told.refused == "unknown"


def test_the_organiser_is_asked_first() -> None:
    of = sitting()
    client = officer(of.unit)
    address = reverse("exams:sitting_remove", args=[of.key])
    assert address in text_of(client.get(reverse("exams:sitting", args=[of.key])))
    assert "Delete this exam?" in text_of(client.get(address))
    assert Sitting.objects.count() == 1
    answer = client.post(address, follow=True)
    assert "The exam is deleted." in text_of(answer)
    begun = running()
    write([act(Kind.START, attempts(begun)[0])])
    attempts(begun)[0].sitting.refresh_from_db()
    Attempt.objects.update(started_at=T0)
    page = text_of(officer(begun.unit).get(reverse("exams:sitting", args=[begun.key])))
    assert reverse("exams:sitting_remove", args=[begun.key]) not in page
