"""The minutes of a room: frozen by the first signature, confirmed by another person, kept as an official document."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, T0, act, events
from exams.test_rooms import browser, in_rooms, refusal, seated, text_of

from lantoa.common.personal import Subject
from lantoa.directory.models import Person, Role
from lantoa.exams.actions.invigilating import add_remark, check_identity, give_room_time, mark_absent
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.minutes import draft_minutes, sign_minutes, sign_second
from lantoa.exams.actions.rooms import move_candidates
from lantoa.exams.models import Minutes, Remark, Room, Sitting
from lantoa.exams.personal import erase
from lantoa.exams.queries.minutes import Head, added_after, facts
from lantoa.exams.rules.minutes import changed, sha256
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.office.models import Document
from lantoa.office.queries.documents import rendered

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
AFTER = T0 + 45 * MINUTE
HEAD = Head("Ủy ban nhân dân phường Số 1", "", "UBND", "Phường Số 1")
SECOND = Machine("second")


def written_room(each: int = 3) -> Room:
    """A room after its end: one handed in, one did not, the others are absent; a remark, and time for all."""
    _held, (room, _other) = in_rooms(2, each)
    done, open_still, *away = seated(room)
    check_identity(by=make.BY, room=room, attempts=[done, open_still], at=T0)
    write([act(Kind.START, one, T0) for one in (done, open_still)])
    write([act(Kind.ANSWERS, done, T0 + MINUTE, events(done, (QUESTIONS[0], "b")))])
    write([act(Kind.HAND_IN, done, T0 + 20 * MINUTE)])
    give_room_time(by=make.BY, room=room, minutes=5, reason="line", given=0, at=T0 + 21 * MINUTE)
    add_remark(by=make.BY, room=room, kind="device", text="Đổi máy", attempt=open_still, at=T0 + 22 * MINUTE)
    if away:
        mark_absent(by=make.BY, room=room, attempts=away, at=T0 + 40 * MINUTE)
    return room


def signed_room() -> Minutes:
    room = written_room()
    return sign_minutes(by=make.BY, room=room, read=sha256(facts(room, at=AFTER)), at=AFTER)


def test_what_is_signed_is_frozen_and_stands_in_the_ledger_by_its_hash() -> None:
    made = signed_room()
    sign_second(by=SECOND, minutes=made, at=AFTER)

    said = made.content
    assert [said[name] for name in ("listed", "present", "absent", "handed_in", "not_handed_in", "checked")] == [
        3,
        2,
        1,
        1,
        1,
        2,
    ]
    assert [one["kind"] for one in said["remarks"]] == ["time", "device"]
    assert "Đổi máy" not in str(said) and "Nguyễn" not in str(said)
    lines = [entry.about for entry in Entry.objects.filter(act="exams.sign_minutes").order_by("id")]
    room = made.room.key
    assert lines == [{"room": room, "sha256": sha256(said), "signature": number} for number in (1, 2)]
    for change in (
        {"content": {}},
        {"sha256": "0" * 64},
        {"signed_by": "user:other"},
        {"second_by": "user:other", "second_at": T0},
    ):
        with pytest.raises(Exception, match="what was signed stays"), transaction.atomic():
            Minutes.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(Exception, match="what was signed stays"), transaction.atomic():
        made.delete()


def test_minutes_are_refused_too_early_when_read_otherwise_twice_and_by_one_person() -> None:
    _held, (room, _other) = in_rooms()
    one, two = seated(room)
    before = "Cannot sign the minutes of room Phường Số 1: "

    def sign(at: Any, read: str = "") -> str:
        return refusal(lambda: sign_minutes(by=make.BY, room=room, read=read, at=at))

    assert sign(T0 - MINUTE) == f"{before}the exam has not begun."
    write([act(Kind.START, one, T0)])
    assert sign(T0 + MINUTE) == f"{before}2 candidates are at work or can still start."
    write([act(Kind.HAND_IN, one, T0 + MINUTE)])
    assert sign(T0 + 2 * MINUTE) == f"{before}1 candidates are at work or can still start."
    mark_absent(by=make.BY, room=room, attempts=[two], at=T0 + 2 * MINUTE)
    read = sha256(facts(room, at=T0 + 3 * MINUTE))
    add_remark(by=make.BY, room=room, kind="late", text="", at=T0 + 3 * MINUTE)
    assert sign(T0 + 3 * MINUTE, read) == f"{before}something has changed. Read them again."

    made = sign_minutes(by=make.BY, room=room, read=sha256(facts(room, at=AFTER)), at=AFTER)

    assert sign(AFTER) == f"{before}they are signed."
    assert refusal(lambda: sign_second(by=make.BY, minutes=made, at=AFTER)) == (
        "Cannot sign the minutes of room Phường Số 1 twice: the second signature is somebody else's."
    )
    assert refusal(lambda: draft_minutes(by=make.BY, minutes=made, head=HEAD, at=AFTER)) == (
        "Cannot draft the minutes of room Phường Số 1: the second signature is missing."
    )
    sign_second(by=SECOND, minutes=made, at=AFTER)
    assert refusal(lambda: sign_second(by=Machine("third"), minutes=made, at=AFTER)) == f"{before}two have signed."


def test_after_the_signature_only_remarks_are_added_and_what_came_late_is_told_beside_it() -> None:
    made = signed_room()
    room = made.room
    _done, late, away = seated(room)
    signed = "Cannot change anything in room Phường Số 1: its minutes are signed. A remark can still be added."

    assert refusal(lambda: check_identity(by=make.BY, room=room, attempts=[away], at=AFTER)) == signed
    assert (
        refusal(lambda: give_room_time(by=make.BY, room=room, minutes=5, reason="line", given=1, at=AFTER)) == signed
    )
    other = Room.objects.exclude(pk=room.pk).get()
    assert refusal(lambda: move_candidates(by=make.BY, room=other, attempts=[late])) == signed
    assert refusal(lambda: move_candidates(by=make.BY, room=room, attempts=seated(other))) == signed
    added = add_remark(by=make.BY, room=room, kind="other", text="Bổ sung", at=AFTER)
    write([act(Kind.ANSWERS, late, AFTER, events(late, (QUESTIONS[0], "b")))])

    assert added_after(made) == [added]
    assert changed(made.content, facts(room, at=AFTER)) == [("late", 0, 1), ("odd", 0, 1)]


def test_the_document_has_the_form_of_the_decree_with_two_signatures_and_is_made_once() -> None:
    made = signed_room()
    sign_second(by=SECOND, minutes=made, at=AFTER)
    document = draft_minutes(by=make.BY, minutes=made, head=HEAD, at=AFTER)

    assert (document.kind, document.symbol, document.about) == ("BB", "BB-UBND", f"exams.minutes:{made.key}")
    assert document.title == "Coi thi phòng Phường Số 1, Kiểm tra"
    with zipfile.ZipFile(io.BytesIO(rendered(document, "docx"))) as packed:
        words = packed.read("word/document.xml").decode()
    wanted = ["CÁN BỘ COI THI 1", "CÁN BỘ COI THI 2", "Đổi máy", made.sha256, "cả phòng được thêm 5 phút"]
    wanted += [one.person.full_name for one in seated(made.room)]
    assert [one for one in wanted if one not in words] == []
    assert rendered(document, "pdf")[:5] == b"%PDF-"
    made.refresh_from_db()
    assert made.document == document
    assert refusal(lambda: draft_minutes(by=make.BY, minutes=made, head=HEAD, at=AFTER)) == (
        "Cannot draft the minutes of room Phường Số 1: they are among the documents."
    )


def test_two_invigilators_sign_on_the_page_and_take_the_document() -> None:
    room = written_room()
    Sitting.objects.filter(pk=room.sitting.pk).update(starts_at=timezone.now() - 60 * MINUTE)
    first, second = (browser(Role.SITE_OPERATOR, room.unit) for _ in range(2))
    page = reverse("exams:room_minutes", args=[room.key])
    told = text_of(first.get(page))
    read = told.split('name="read" value="')[1].split('"')[0]

    stale = first.post(page, {"read": "x"})
    assert (stale.status_code, "something has changed" in text_of(stale)) == (422, True)
    assert first.post(page, {"read": read}).status_code == 302
    assert "Sign as the second invigilator" not in text_of(first.get(page))
    assert "Sign as the second invigilator" in text_of(second.get(page))
    second.post(page)
    form = reverse("exams:room_minutes_document", args=[room.key])
    made = second.post(form, {"issuer": "UBND", "superior": "", "code": "UBND", "place": "Thử"})

    assert (made.status_code, Document.objects.count()) == (302, 1)
    for extension, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        file = second.get(reverse("exams:room_minutes_file", args=[room.key, extension]))
        assert file.content.startswith(start)
    assert second.get(reverse("exams:room_minutes_file", args=[room.key, "odt"])).status_code == 404
    stranger = browser(Role.SITE_OPERATOR, make.unit())
    assert [stranger.get(address).status_code for address in (page, form)] == [404, 404]


def test_an_erased_person_leaves_the_signature_whole_and_no_words_of_theirs(client: Client) -> None:
    made = signed_room()
    remark = Remark.objects.get(room=made.room, kind="device")
    assert remark.attempt is not None
    who = Person.objects.get(pk=remark.attempt.person_id)
    subject = Subject(who.pk, who.key, None, "", who.full_name, who.folded)

    erase(by=make.BY, subject=subject, at=AFTER)

    made.refresh_from_db()
    remark.refresh_from_db()
    assert (remark.text, sha256(made.content)) == ("", made.sha256)


@pytest.mark.parametrize("each", [3, 5])
def test_the_minutes_cost_the_same_queries_however_many_sat_there(each: int, django_assert_num_queries: Any) -> None:
    room = written_room(each)
    client = browser(Role.SITE_OPERATOR, room.unit)
    page = reverse("exams:room_minutes", args=[room.key])
    client.get(page)
    with django_assert_num_queries(15):
        assert client.get(page).status_code == 200
