"""The pages of a workshop that is being held: chair, seat, hall, booth, questions, polls, faults, a site's own."""

import re
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from workshops.held import agenda, site, workshop

from lantoa.directory.models import Level, Person, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.floor import raise_hand, set_conduct
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.polls import close_poll, make_poll, open_poll, show_poll
from lantoa.workshops.actions.questions import answer, ask, forward, let_through
from lantoa.workshops.actions.words import add_caption, announce, end_announcement, report_fault
from lantoa.workshops.models import Ballot, Fault, Forwarding, Hand, Place, Poll, Question, Reply, Site, Workshop

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script><b>Đậm</b>"


def browser(who: Any) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(who)
    return client


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


class Held:
    """A workshop of a province that is live, with a ward's site, its operator, a participant, a chair."""

    def __init__(self) -> None:
        self.province = make.unit(level=Level.PROVINCE, kind="Tỉnh")
        self.ward = make.unit(under=self.province, name="Một")
        self.workshop: Workshop = workshop(self.province, state="live")
        self.operator = make.person(at=self.ward)
        self.site: Site = site(self.workshop, "01", name="Phường Một", unit=self.ward, operator=self.operator)
        self.other: Site = site(self.workshop, "02", name="Phường Hai", unit=make.unit(under=self.province))
        self.participant = make.person(at=self.ward)
        self.chair = browser(make.user(Role.PROGRAMME_OFFICER, on=self.province, full_name="Bà Chủ Tọa"))
        self.desk = browser(make.user(Role.PROGRAMME_OFFICER, on=self.province, full_name="Ông Thư Ký"))

    def page(self, name: str, thing: Any = None) -> str:
        return reverse(f"workshops:{name}", args=[(thing or self.workshop).key])

    def seat(self, who: Person | None = None) -> Client:
        return browser(make.user(is_person=who or self.participant))

    def at_site(self) -> Client:
        return browser(make.user(is_person=self.operator))

    def ask(self, text: str = "Bao giờ có phần mềm?", **values: Any) -> Question:
        at = timezone.now()
        made = ask(
            by=make.BY, workshop=self.workshop, person=make.person(), text=text, language="vi", at=at, **values
        )
        return let_through(by=make.BY, question=made, at=at)

    def poll(self, **values: Any) -> Poll:
        made = make_poll(
            by=make.BY, workshop=self.workshop, title="Đồng ý?", options=[("Có", "Yes"), ("Không", "No")], **values
        )
        return open_poll(by=make.BY, poll=made, at=timezone.now())


@pytest.fixture
def held() -> Held:
    return Held()


def unit_name(unit: Unit) -> str:
    return unit.placements.get().full_name


# ---- chair


def test_the_chair_gives_the_floor_and_the_page_says_who_chairs(held: Held) -> None:
    hand = raise_hand(by=make.BY, site=held.site, about="Hạ tầng số", at=timezone.now())
    assert "Nobody is chairing yet" in text_of(held.chair.get(held.page("chair")))

    held.chair.post(held.page("chair"), {"act": "give_floor", "hand": hand.key})

    said = text_of(held.chair.get(held.page("chair")))
    assert ("You are chairing" in said, "Phường Một" in said, "Thank you, end" in said) == (True, True, True)
    assert "Bà Chủ Tọa is chairing" in text_of(held.desk.get(held.page("chair")))


def test_a_second_chair_is_told_to_take_over_and_then_may(held: Held) -> None:
    hand = raise_hand(by=make.BY, site=held.site, at=timezone.now())
    held.chair.post(held.page("chair"), {"act": "take_chair"})

    refused = held.desk.post(held.page("chair"), {"act": "give_floor", "hand": hand.key})
    assert refused.status_code == 409
    assert "Bà Chủ Tọa is chairing. Take the chair over first." in refused.content.decode()

    held.desk.post(held.page("chair"), {"act": "take_chair"})
    held.desk.post(held.page("chair"), {"act": "give_floor", "hand": hand.key})
    assert Hand.objects.get().state == "speaking"


def test_the_agenda_is_shown_in_the_time_of_each_country(held: Held) -> None:
    site(held.workshop, "SG", name="Singapore", name_en="Singapore", country="SG", zone="Asia/Singapore")
    (item,) = agenda(held.workshop, 30)

    said = text_of(held.chair.get(held.page("chair")))
    assert "08:00–08:30 Vietnam 09:00–09:30 Singapore" in said
    held.chair.post(held.page("chair"), {"act": "start_item", "item": item.key})
    item.refresh_from_db()
    assert item.started_at is not None


def test_a_part_of_the_page_is_fetched_alone_and_finds_its_place(held: Held) -> None:
    for page, part in (("chair", "floor"), ("chair", "agenda"), ("chair", "chair"), ("seat", "polls")):
        client = held.chair if page == "chair" else held.seat()
        found = client.get(held.page(page), {"part": part}, headers={"X-Requested-With": "fetch"})
        body = found.content.decode()
        assert (body.count("data-live-from"), "<html" in body, found["Cache-Control"]) == (1, False, "no-store")
    assert held.chair.get(held.page("chair"), {"part": "nothing"}).status_code == 404


def test_the_queue_is_shown_in_one_number_of_queries(held: Held, django_assert_num_queries: Any) -> None:
    for many in (1, 3):
        found = Held()
        for _ in range(many):
            raise_hand(by=make.BY, site=site(found.workshop), at=timezone.now())
        found.chair.get(found.page("chair"))
        with django_assert_num_queries(13):
            assert found.chair.get(found.page("chair")).status_code == 200


def test_the_chair_says_how_the_workshop_is_held(held: Held) -> None:
    held.chair.post(held.page("conduct"), {"seconds": "120", "by_protocol": "on", "hands_open": "on"})

    kept = held.workshop.conduct
    assert (kept.seconds, kept.by_protocol, kept.hands_open, kept.questions_open) == (120, True, True, False)
    wrong = held.chair.post(held.page("conduct"), {"seconds": "5"})
    assert wrong.status_code == 422


def test_who_had_the_floor_can_be_read_afterwards(held: Held) -> None:
    hand = raise_hand(by=make.BY, site=held.site, at=timezone.now())
    held.chair.post(held.page("chair"), {"act": "give_floor", "hand": hand.key})
    held.chair.post(held.page("chair"), {"act": "end_speaking", "hand": hand.key})

    said = text_of(held.at_site().get(held.page("floor")))
    assert ("Phường Một" in said, "180" in said) == (True, True)


# ---- a site, and whoever is not of it


def test_an_operator_raises_the_hand_reports_a_fault_and_chooses_the_picture(held: Held) -> None:
    client, page = held.at_site(), held.page("site_floor", held.site)
    assert "Raise the hand" in text_of(client.get(page))

    client.post(page, {"act": "raise", "about": "Nhân lực"})
    client.post(page, {"act": "fault", "kind": "sound", "text": "rè"})
    client.post(page, {"act": "rung", "rung": "slides"})

    said = text_of(client.get(page))
    assert ("your hand is up" in said, "You are next." in said, "the sound" in said) == (True, True, True)
    assert (Hand.objects.get().about, Fault.objects.get().text, held.site.screen.rung) == ("Nhân lực", "rè", "slides")
    client.post(page, {"act": "withdraw"})
    client.post(page, {"act": "mended"})
    assert (Hand.objects.get().state, Fault.objects.get().ended_at is None) == ("withdrawn", False)


def test_an_operator_votes_for_the_site_with_its_head_count(held: Held) -> None:
    asked = held.poll(voices="heads")
    page = held.page("site_floor", held.site)

    held.at_site().post(page, {"act": "ballot", "poll": asked.key, "chosen": "1", "heads": "37"})

    ballot = asked.site_ballots.get()
    assert (ballot.chosen, ballot.heads) == ([1], 37)


def test_a_participant_who_acts_for_another_site_is_refused_and_written_down(held: Held) -> None:
    client = held.seat()

    for act in ("raise", "ballot", "fault"):
        assert client.post(held.page("site_floor", held.other), {"act": act}).status_code == 404

    assert Hand.objects.count() == Fault.objects.count() == 0
    lines = Entry.objects.filter(act="workshops.refused_stranger").order_by("pk")
    assert [line.about for line in lines] == [{"act": "raise"}, {"act": "ballot"}, {"act": "fault"}]
    assert {line.thing for line in lines} == {f"workshops.site:{held.other.key}"}


def test_somebody_outside_the_workshop_finds_nothing(held: Held) -> None:
    stranger = held.seat(make.person(at=make.unit()))

    for page in ("seat", "hall", "chair", "booth", "floor", "questions", "polls", "faults", "announcements"):
        assert stranger.get(held.page(page)).status_code == 404
    assert stranger.post(held.page("site_floor", held.site), {"act": "raise"}).status_code == 404
    assert not Entry.objects.filter(act="workshops.refused_stranger").exists()


def test_before_it_is_announced_a_workshop_has_no_seats() -> None:
    ward = make.unit()
    found = workshop(state="draft")
    site(found, unit=ward)
    client = browser(make.user(is_person=make.person(at=ward)))

    assert client.get(reverse("workshops:seat", args=[found.key])).status_code == 404


# ---- seat


def test_a_participant_sits_down_asks_votes_and_sees_what_is_said(held: Held) -> None:
    client, page = held.seat(), held.page("seat")
    question, asked = held.ask(), held.poll()
    announce(by=make.BY, workshop=held.workshop, text="Nghỉ", text_en="A break", at=timezone.now())
    add_caption(by=make.BY, workshop=held.workshop, language="en", text="Good morning", at=timezone.now())

    client.post(page, {"act": "place", "site": held.site.key})
    client.post(page, {"act": "ask", "text": "Kinh phí ở đâu?", "language": "vi"})
    client.post(page, {"act": "vote", "question": question.key})
    client.post(page, {"act": "ballot", "poll": asked.key, "chosen": "0"})

    said = text_of(client.get(page))
    assert [words in said for words in ("A break", "Good morning", "Phường Một", "1 vote", "counted")] == [True] * 5
    mine = Question.objects.get(text="Kinh phí ở đâu?")
    assert (mine.person, mine.site, mine.state) == (held.participant, held.site, "held")
    assert (Ballot.objects.get().site, Place.objects.get().site) == (held.site, held.site)
    client.post(page, {"act": "unvote", "question": question.key})
    assert question.votes.count() == 0


@pytest.mark.parametrize("name", ["chair", "desk", "hall", "seat"])
def test_an_announcement_stands_on_the_page_and_the_next_one_takes_its_place(held: Held, name: str) -> None:
    made = announce(by=make.BY, workshop=held.workshop, text="Nghỉ", text_en="A break", at=timezone.now())
    client = held.seat() if name == "seat" else held.desk
    place = '<p class="govuk-body-l" role="status" data-live="announcement" data-live-value="text_en">'

    assert f"{place}A break</p>" in client.get(held.page(name)).content.decode()
    end_announcement(by=make.BY, announcement=made, at=timezone.now())
    assert f"{place}</p>" in client.get(held.page(name)).content.decode()


def test_a_seat_is_taken_by_the_code_on_the_screen_also_elsewhere(held: Held) -> None:
    client, page = held.seat(), held.page("seat")

    client.post(page, {"act": "place", "code": "02"})

    assert Place.objects.get().site == held.other
    refused = client.post(page, {"act": "place", "code": "XX"})
    assert "Cannot take a seat: “XX” is no site of this workshop." in refused.content.decode()


def test_an_account_of_nobody_reads_and_does_not_act(held: Held) -> None:
    account = make.user(Role.SITE_OPERATOR, on=held.ward)
    client = browser(account)

    assert client.get(held.page("seat")).status_code == 200
    refused = client.post(held.page("seat"), {"act": "ask", "text": "?", "language": "vi"})
    assert "Cannot take part with this account: it belongs to nobody on record." in refused.content.decode()


def test_text_that_tries_to_be_markup_is_shown_as_text_everywhere(held: Held) -> None:
    question = held.ask(MARKUP)
    raise_hand(by=make.BY, site=held.site, about=MARKUP, at=timezone.now())
    announce(by=make.BY, workshop=held.workshop, text=MARKUP, at=timezone.now())
    add_caption(by=make.BY, workshop=held.workshop, language="en", text=MARKUP, at=timezone.now())
    report_fault(by=make.BY, site=held.site, kind="line", text=MARKUP, at=timezone.now())
    held.desk.post(held.page("question", question), {"act": "pin", "pinned": "1"})
    answer(by=make.BY, question=question, language="vi", text=MARKUP, read="", publish=True, at=timezone.now())

    pages = [(held.desk, held.page(name)) for name in ("chair", "desk", "booth", "hall", "announcements", "faults")]
    pages += [(held.desk, held.page("question", question)), (held.desk, held.page("questions") + "?show=answered")]
    pages += [(held.seat(), held.page("seat"))]
    for client, page in pages:
        body = client.get(page).content.decode()
        assert ("&lt;script&gt;" in body, "<script>alert" in body, "<b>Đậm" in body) == (True, False, False), page


def test_captions_are_read_in_the_language_one_chooses(held: Held) -> None:
    for language, text in (("vi", "Xin chào"), ("en", "Good morning")):
        add_caption(by=make.BY, workshop=held.workshop, language=language, text=text, at=timezone.now())
    client = held.seat()

    assert "Good morning" in text_of(client.get(held.page("seat")))
    said = text_of(client.get(held.page("seat"), {"captions": "vi"}))
    assert ("Xin chào" in said, "Good morning" in said) == (True, False)


def test_a_question_without_a_name_is_offered_only_when_the_chair_allows_it(held: Held) -> None:
    client, page = held.seat(), held.page("seat")
    assert "Without my name" not in text_of(client.get(page))
    set_conduct(
        by=make.BY,
        workshop=held.workshop,
        by_protocol=False,
        hands_open=True,
        seconds=180,
        questions_open=True,
        anonymous=True,
        at=timezone.now(),
    )

    assert "Without my name" in text_of(client.get(page))
    client.post(page, {"act": "ask", "text": "Ai trả lời?", "language": "vi", "anonymous": "on"})
    assert Question.objects.get().person is None
    assert "Ai trả lời?" not in text_of(client.get(page))


def test_the_stream_is_played_from_the_set_origin_alone(held: Held, settings: Any) -> None:
    settings.STREAM_ORIGINS = ("https://stream.example.vn",)
    Workshop.objects.filter(pk=held.workshop.pk).update(stream_url="https://stream.example.vn/live.m3u8")
    client = held.seat()
    take_place(by=make.BY, workshop=held.workshop, person=held.participant, site=held.site, at=timezone.now())

    opened = client.get(held.page("seat"))
    assert "<video" in opened.content.decode()
    policy = opened["Content-Security-Policy"]
    assert "media-src https://stream.example.vn blob:; connect-src 'self' https://stream.example.vn;" in policy

    held.at_site().post(held.page("site_floor", held.site), {"act": "rung", "rung": "text"})
    closed = client.get(held.page("seat"))
    assert ("<video" in closed.content.decode(), "stream.example.vn" in closed["Content-Security-Policy"]) == (
        False,
        False,
    )


def test_a_stream_from_elsewhere_is_a_link_and_opens_nothing(held: Held) -> None:
    Workshop.objects.filter(pk=held.workshop.pk).update(stream_url="https://hop.example.vn/phong/1")

    found = held.seat().get(held.page("seat"))

    assert 'href="https://hop.example.vn/phong/1"' in found.content.decode()
    assert "example.vn" not in found["Content-Security-Policy"]


# ---- hall


def test_the_screen_of_a_hall_has_no_controls(held: Held) -> None:
    question, asked = held.ask(), held.poll()
    held.desk.post(held.page("question", question), {"act": "pin", "pinned": "1"})

    found = held.at_site().get(held.page("hall"))

    said, body = text_of(found), found.content.decode()
    assert ("Bao giờ có phần mềm?" in said, "Votes so far: 0" in said) == (True, True)
    assert ("<button" in body, "<form" in body, "<input" in body) == (False, False, False)
    for _ in range(5):
        Ballot.objects.create(poll=asked, person=make.person(), chosen=[0], at=timezone.now())
    close_poll(by=make.BY, poll=asked, at=timezone.now())
    show_poll(by=make.BY, poll=asked, at=timezone.now())
    assert "Yes 5 100%" in text_of(held.at_site().get(held.page("hall")))


# ---- the desk of questions


def test_two_moderators_answer_and_the_second_is_told_with_nothing_lost(held: Held) -> None:
    question, page = held.ask(), ""
    page = held.page("question", question)
    for client in (held.chair, held.desk):
        assert client.get(page).status_code == 200
    form = {"act": "answer", "language": "vi", "read": ""}

    held.chair.post(page, {**form, "text": "Quý I."})
    told = held.desk.post(page, {**form, "text": "Quý II."}, follow=True)

    said = text_of(told)
    assert "Bà Chủ Tọa answered at" in said
    assert ("Quý I." in said, "Quý II." in said, "Let this answer stand" in said) == (True, True, True)
    beside = Reply.objects.get(text="Quý II.")
    held.desk.post(page, {"act": "stand", "reply": beside.key})
    assert Reply.objects.get(stands=True) == beside


def test_moderators_let_many_through_at_once(held: Held) -> None:
    Question.objects.all().update(state="held")
    made = [held.ask(f"Câu {number}") for number in range(3)]
    Question.objects.update(state="held")

    held.desk.post(held.page("questions"), {"chosen": [one.key for one in made[:2]]})

    assert list(Question.objects.order_by("pk").values_list("state", flat=True)) == ["open", "open", "held"]


def test_the_list_of_questions_is_read_in_one_number_of_queries(django_assert_num_queries: Any) -> None:
    for many in (1, 3):
        found = Held()
        for number in range(many):
            question = found.ask(f"Câu {number}")
            due = timezone.localdate() + timedelta(days=2)
            forward(
                by=make.BY,
                question=question,
                unit=found.ward,
                due_on=due,
                at=timezone.now(),
                on=timezone.localdate(),
            )
        found.desk.get(found.page("questions"))
        with django_assert_num_queries(11):
            assert found.desk.get(found.page("questions") + "?show=forwarded").status_code == 200


def test_a_question_is_forwarded_answered_by_the_unit_and_published(held: Held) -> None:
    question = held.ask()
    coordinator = browser(make.user(Role.UNIT_COORDINATOR, on=held.ward))
    due = timezone.localdate() + timedelta(days=7)

    answered = held.desk.post(
        held.page("question", question),
        {"act": "forward", "unit": f"{unit_name(held.ward)}, {unit_name(held.province)}", "due_on": due.isoformat()},
    )
    assert answered.status_code == 302
    row = Forwarding.objects.get()
    assert question.text in text_of(coordinator.get(reverse("workshops:asked_of_units")))
    coordinator.post(held.page("forwarded", row), {"language": "vi", "text": "Đã lắp đặt."})

    assert "No workshop waits" in text_of(coordinator.get(reverse("workshops:asked_of_units")))
    assert "Đã lắp đặt." not in text_of(held.seat().get(held.page("seat")))
    held.desk.post(held.page("question", question), {"act": "publish"})
    assert "Đã lắp đặt." in text_of(held.seat(make.person(at=held.ward)).get(held.page("seat")))
    late = coordinator.post(held.page("forwarded", row), {"language": "vi", "text": "Nữa"})
    assert "it has been answered or taken back meanwhile" in late.content.decode()


def test_what_is_wrong_with_a_form_of_a_question_is_said_there(held: Held) -> None:
    question = held.ask()
    page = held.page("question", question)

    for form in ({"act": "decline"}, {"act": "merge"}, {"act": "forward", "unit": "Không có"}, {"act": "answer"}):
        assert held.desk.post(page, form).status_code == 422
    held.desk.post(page, {"act": "decline", "reason": "Ngoài chủ đề."})
    assert Question.objects.get().state == "declined"


# ---- polls, captions, faults


def test_a_quiz_is_made_from_lines_opened_closed_and_shown(held: Held) -> None:
    form = {"title": "Thủ đô?", "voices": "people", "options": "*Hà Nội | Hanoi\nHuế\n"}
    held.chair.post(held.page("polls"), form)
    made = Poll.objects.get()
    assert (made.options, made.right) == ([{"vi": "Hà Nội", "en": "Hanoi"}, {"vi": "Huế", "en": ""}], [0])

    for act in ("open", "close", "show"):
        assert held.chair.post(held.page("poll", made), {"act": act}).status_code == 302
    made.refresh_from_db()
    assert made.shown_at is not None
    assert "Hanoi" in text_of(held.chair.get(held.page("poll", made)))
    assert held.chair.post(held.page("polls"), {**form, "options": "Một"}).status_code == 422


def test_the_interpreter_types_lines_and_sees_both_languages(held: Held) -> None:
    page = held.page("booth")
    held.desk.post(f"{page}?language=en", {"text": "Welcome"})
    held.desk.post(f"{page}?language=vi", {"text": "Chào mừng"})

    said = text_of(held.desk.get(page))
    assert ("Welcome" in said, "Chào mừng" in said) == (True, True)
    assert held.desk.get(page, {"language": "fr"}).status_code == 404
    assert held.desk.post(page, {"text": " "}).status_code == 422


def test_the_fault_desk_says_who_is_calling_and_lets_nobody_else(held: Held) -> None:
    fault = report_fault(by=make.BY, site=held.site, kind="line", at=timezone.now())
    held.chair.post(held.page("faults"), {"act": "call", "fault": fault.key})

    refused = held.desk.post(held.page("faults"), {"act": "call", "fault": fault.key})
    assert "Bà Chủ Tọa is calling them since" in refused.content.decode()
    said = text_of(held.desk.get(held.page("faults")))
    assert ("Bà Chủ Tọa" in said, held.operator.full_name in said) == (True, True)
    assert "you ," in text_of(held.chair.get(held.page("faults")))
    held.desk.post(held.page("faults"), {"act": "mended", "fault": fault.key})
    assert "No site has reported a fault." in text_of(held.desk.get(held.page("faults")))


def test_an_announcement_is_said_and_taken_down(held: Held) -> None:
    page = held.page("announcements")
    held.desk.post(page, {"text": "Nghỉ 10 phút", "text_en": "A break"})
    assert "A break" in text_of(held.at_site().get(held.page("hall")))

    held.desk.post(page, {"end": held.workshop.announcements.get().key})
    assert "A break" not in text_of(held.at_site().get(held.page("hall")))


def test_the_operators_own_page_holds_the_floor_while_the_workshop_is_held(held: Held) -> None:
    said = text_of(held.at_site().get(reverse("workshops:site_roll", args=[held.site.key])))

    assert ("The roll has not been called yet." in said, "Raise the hand" in said, "Report a fault" in said) == (
        True,
        True,
        True,
    )


# ---- zones


def test_a_zone_that_the_machine_does_not_know_is_left_out(held: Held) -> None:
    Site.objects.filter(pk=held.other.pk).update(zone="Asia/Hanoi", country="TH")
    agenda(held.workshop, 30)
    seat = held.seat()
    take_place(by=make.BY, workshop=held.workshop, person=held.participant, site=held.site, at=timezone.now())

    for client, name in ((seat, "seat"), (held.chair, "hall"), (held.chair, "chair"), (held.desk, "booth")):
        assert "Thailand" not in text_of(client.get(held.page(name)))


def test_a_site_changed_by_hand_gets_a_zone_that_there_is(held: Held) -> None:
    Site.objects.filter(pk=held.other.pk).update(zone="Asia/Hanoi")
    form = {"name": "Phường Hai", "code": "02", "country": "VN", "language": "vi"}

    assert held.desk.post(held.page("edit_site", held.other), form).status_code == 302

    held.other.refresh_from_db()
    assert held.other.zone == "Asia/Ho_Chi_Minh"
