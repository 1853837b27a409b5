"""Telling people something: once, by their channel, in their language, at their hours, in the words of their unit."""

import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from factories import BY, person, unit, user
from office.told import AT, VALUES, reach, row, send, sending, someone, tell

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.notices import (
    KEPT_FOR,
    Letter,
    cancel_notice,
    cancel_notices,
    choose_reach,
    erase_notices,
    forget_old_notices,
    keep_wording,
    notify,
    notify_all,
    report_returned,
    send_again,
)
from lantoa.office.models import Job, Notice, Reach, Wording
from lantoa.office.queries.notices import preview, shown_text, templates, wording_of
from lantoa.office.rules.notices import (
    LANGUAGES,
    Text,
    masked,
    next_digest,
    phone_number,
    quiet_end,
    read_template,
    sms_parts,
    wait_after,
)

pytestmark = pytest.mark.django_db
DAY = AT.date()


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    """E-mail is configured; letters are kept in memory."""
    settings.MAIL = {"backend": "locmem"}
    settings.GATEWAYS = {}


# ---- an occasion happens once


def test_the_same_occasion_told_twice_is_one_notice(ward: Unit) -> None:
    who = someone(ward)
    assert tell(who, ward) == tell(who, ward)
    assert Notice.objects.count() == 1
    assert Entry.objects.filter(act="office.notify").count() == 1


def test_many_are_told_in_the_same_few_queries(ward: Unit, django_assert_num_queries: Any) -> None:
    people = [someone(ward) for _ in range(30)]
    letters = [Letter(f"t:{who.key}", who, values=VALUES) for who in people]
    with django_assert_num_queries(6):  # a savepoint, who is known, their posts, the rows, the line, the savepoint
        told = notify_all(by=BY, template="training.meeting_tomorrow", unit=ward, letters=letters, at=AT)
    assert told == 30


def test_the_values_must_fill_exactly_the_places(ward: Unit) -> None:
    with pytest.raises(ValueError, match="the values differ in link, room"):
        tell(someone(ward), ward, values={**{k: v for k, v in VALUES.items() if k != "link"}, "room": "A"})


def test_a_notice_is_for_somebody(ward: Unit) -> None:
    with pytest.raises(ValueError, match="a notice for nobody"):
        notify(by=BY, template="training.meeting_tomorrow", once="x", unit=ward, at=AT, values=VALUES)


def test_an_account_of_a_person_is_that_person(ward: Unit) -> None:
    who = person(at=ward)
    account = user("lecturer", on=ward, is_person=who)
    made = notify(
        by=BY, user=account, template="training.meeting_tomorrow", once="x", unit=ward, at=AT, values=VALUES
    )
    assert (made.person, made.user, made.person_unit) == (who, None, ward)


def test_an_account_without_a_person_is_written_to_at_its_own_address(ward: Unit) -> None:
    account = user(email="canbo@example.vn")
    notify(by=BY, user=account, template="training.meeting_tomorrow", once="x", unit=ward, at=AT, values=VALUES)
    assert send(sending(ward)) == {"sent": 1}
    assert [letter.to for letter in mail.outbox] == [["canbo@example.vn"]]


@pytest.mark.django_db(transaction=True)
def test_told_by_two_in_the_same_moment_it_is_one_notice(ward: Unit) -> None:
    who = someone(ward)
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        tell(who, ward)
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Notice.objects.count() == 1


# ---- what is sent


def test_a_letter_says_it_in_the_language_of_its_reader(ward: Unit) -> None:
    who = someone(ward, full_name="Trần Thị Bình")
    reach(who, language="en")
    tell(who, ward)
    assert send(sending(ward)) == {"sent": 1}
    (letter,) = mail.outbox
    assert letter.subject == "Reminder: class Q9-1 meets on 6 October 2020, 07:30"
    assert letter.body.startswith("Dear Trần Thị Bình,\n\nClass Q9-1 meets on 6 October 2020, 07:30.")
    assert "http://127.0.0.1:8000/me/\n" in letter.body
    assert "is yours to choose: http://127.0.0.1:8000/me/notices/" in letter.body


def test_whoever_never_said_so_reads_vietnamese(ward: Unit) -> None:
    tell(someone(ward), ward)
    send(sending(ward))
    assert mail.outbox[0].subject == "Nhắc lịch học lớp Q9-1: 06/10/2020 07:30"


def test_what_was_sent_keeps_its_words_and_a_masked_address(ward: Unit) -> None:
    notice = tell(someone(ward), ward)
    send(sending(ward))
    sent = row(notice)
    assert (sent.state, sent.channel, sent.sent_to, sent.attempts) == ("sent", "email", "a…@example.vn", 1)
    assert sent.wording is not None and (sent.wording.unit, sent.wording.version) == (None, 1)
    line = Entry.objects.get(act="office.settle_notice")
    assert line.about == {"state": "sent", "channel": "email", "why": ""}


def test_nothing_is_sent_before_its_time_or_after_it(ward: Unit) -> None:
    early = tell(someone(ward), ward, due_at=AT + timedelta(hours=1))
    late = tell(someone(ward), ward, good_until=AT)
    assert send(sending(ward)) == {"cancelled": 1}
    assert (row(early).state, row(late).why, mail.outbox) == ("waiting", "too_late", [])


def test_an_invented_person_is_shown_as_sent_and_nothing_leaves_the_house(ward: Unit) -> None:
    notice = tell(someone(ward, is_demonstration=True), ward)
    assert send(sending(ward)) == {"sent": 1}
    assert (row(notice).why, mail.outbox) == ("invented", [])


# ---- who cannot be reached


def test_without_address_and_telephone_nobody_can_be_reached(ward: Unit) -> None:
    notice = tell(someone(ward, email=""), ward)
    assert send(sending(ward)) == {"unreachable": 1}
    assert row(notice).why == "no_address"


def test_without_a_mail_server_nobody_can_be_reached(ward: Unit, settings: Any) -> None:
    settings.MAIL = {}
    notice = tell(someone(ward, phone="0912345678"), ward)
    assert send(sending(ward)) == {"unreachable": 1}
    assert row(notice).why == "not_configured"


def test_whoever_wants_none_gets_none(ward: Unit) -> None:
    who = someone(ward)
    reach(who, channel="none")
    notice = tell(who, ward)
    send(sending(ward))
    assert (row(notice).state, row(notice).why) == ("unreachable", "wants_none")


def test_whoever_has_no_number_for_the_chosen_channel_is_written_to(ward: Unit, settings: Any) -> None:
    settings.GATEWAYS = {"sms": {"url": "http://127.0.0.1:9/"}}
    who = someone(ward)
    reach(who, channel="sms")
    notice = tell(who, ward)
    assert send(sending(ward)) == {"sent": 1}
    assert row(notice).channel == "email"


# ---- their hours


def test_quiet_hours_hold_a_message_back_until_they_end(ward: Unit) -> None:
    who = someone(ward)
    reach(who, quiet_from=time(8), quiet_until=time(10, 30))
    notice = tell(who, ward)
    job = sending(ward)
    assert send(job) == {"waiting": 1}
    assert row(notice).due_at == datetime(2020, 10, 5, 3, 30, tzinfo=UTC)
    assert send(job, row(notice).due_at) == {"sent": 1}


def test_a_digest_brings_all_of_a_day_in_one_message(ward: Unit) -> None:
    who = someone(ward)
    reach(who, digest=True)
    notices = [tell(who, ward, once=f"t{number}") for number in range(3)]
    job = sending(ward)
    assert send(job) == {"waiting": 3}
    evening = datetime(2020, 10, 5, 10, tzinfo=UTC)
    assert send(job, evening) == {"sent": 1}
    (letter,) = mail.outbox
    assert letter.subject == f"Lan tỏa: 3 tin gửi {who.full_name}"
    assert letter.body.count("Nhắc lịch học lớp Q9-1") == 3
    assert {(row(one).state, row(one).batch) for one in notices} == {("sent", notices[0].key)}


def test_a_digest_that_would_come_too_late_is_not_waited_for(ward: Unit) -> None:
    who = someone(ward)
    reach(who, digest=True)
    tell(who, ward, good_until=AT + timedelta(hours=2))
    assert send(sending(ward)) == {"sent": 1}


@pytest.mark.parametrize(
    ("now", "start", "end", "until"),
    [
        ((22, 0), time(21), time(7), (6, 7)),
        ((6, 59), time(21), time(7), (5, 7)),
        ((7, 0), time(21), time(7), None),
        ((12, 0), time(21), time(7), None),
        ((12, 0), time(12), time(13), (5, 13)),
        ((12, 0), time(0), time(0), None),
    ],
)
def test_quiet_hours_may_go_across_midnight(now: Any, start: time, end: time, until: Any) -> None:
    found = quiet_end(datetime(2020, 10, 5, *now, tzinfo=UTC), start, end)
    assert found == (datetime(2020, 10, until[0], until[1], tzinfo=UTC) if until else None)


def test_the_next_digest_is_at_five_in_the_afternoon() -> None:
    assert next_digest(datetime(2020, 10, 5, 16, 59, tzinfo=UTC)) == datetime(2020, 10, 5, 17, tzinfo=UTC)
    assert next_digest(datetime(2020, 10, 5, 17, tzinfo=UTC)) == datetime(2020, 10, 6, 17, tzinfo=UTC)


def test_choosing_how_to_be_reached_leaves_a_line(ward: Unit) -> None:
    who = person(at=ward)
    made = choose_reach(
        by=BY,
        person=who,
        channel="zalo",
        language="en",
        digest=True,
        quiet_from=time(20),
        quiet_until=time(6),
        at=AT,
    )
    assert (made.channel, made.language, made.digest) == ("zalo", "en", True)
    assert Entry.objects.get(act="office.choose_reach").about == {"channel": "zalo", "digest": True}


# ---- by hand


def test_what_reached_nobody_is_sent_again_as_a_new_message(ward: Unit) -> None:
    who = someone(ward, email="")
    notice = tell(who, ward)
    job = sending(ward)
    send(job)
    who.email = "moi@example.vn"
    who.save()
    again = send_again(by=BY, notice=notice, at=AT)
    assert (again.state, again.tries, send(job)) == ("waiting", 2, {"sent": 1})


def test_what_was_sent_is_not_sent_again(ward: Unit) -> None:
    notice = tell(someone(ward), ward)
    send(sending(ward))
    with pytest.raises(Refused) as refused:
        send_again(by=BY, notice=notice, at=AT)
    assert str(refused.value) == ("Cannot send the message again: only what reached nobody is sent again.")


def test_what_is_over_is_not_sent_again(ward: Unit) -> None:
    notice = tell(someone(ward, email=""), ward, good_until=AT + timedelta(hours=1))
    send(sending(ward))
    with pytest.raises(Refused, match=r"^Cannot send the message again: its time is over\.$"):
        send_again(by=BY, notice=notice, at=AT + timedelta(hours=1))


def test_a_waiting_notice_can_be_cancelled_and_a_sent_one_cannot(ward: Unit) -> None:
    first, second = tell(someone(ward), ward), tell(someone(ward), ward)
    cancel_notice(by=BY, notice=first, at=AT)
    assert (row(first).why, send(sending(ward))) == ("by_hand", {"sent": 1})
    with pytest.raises(Refused, match=r"^Cannot cancel the message: it no longer waits\.$"):
        cancel_notice(by=BY, notice=second, at=AT)


def test_what_is_no_longer_so_is_taken_back_where_it_still_waits(ward: Unit) -> None:
    sent, waiting = (
        tell(someone(ward), ward, about="test:1"),
        tell(someone(ward), ward, about="test:1", due_at=AT + timedelta(days=1)),
    )
    send(sending(ward))
    assert cancel_notices(by=BY, about="test:1", at=AT) == 1
    assert [(row(one).state, row(one).why) for one in (sent, waiting)] == [("sent", ""), ("cancelled", "withdrawn")]


def test_a_letter_that_came_back_later_is_noted(ward: Unit) -> None:
    notice = tell(someone(ward), ward)
    with pytest.raises(Refused, match=r"^Cannot note the message as returned: it was not sent\.$"):
        report_returned(by=BY, notice=notice, at=AT)
    send(sending(ward))
    report_returned(by=BY, notice=notice, at=AT)
    assert (row(notice).state, row(notice).why) == ("bounced", "came_back")


# ---- words


def words(**changed: str) -> Text:
    return Text(**{"subject": "Lớp {class}", "body": "Chào {name}", "short": "{when}", **changed})


def test_every_kind_reads_well_in_both_languages() -> None:
    found = [
        (key, language, preview(template, template.texts[language], language))
        for key, template in templates().items()
        for language in LANGUAGES
    ]
    assert len(found) == 2 * len(templates()) > 0
    left = [(k, lang) for k, lang, text in found if "{" in f"{text.subject}{text.body}{text.short}"]
    assert left == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (words(body="Phòng {room}"), "Cannot keep the wording: there is no place {room}. The places are: {class}, "),
        (words(short="{Class}"), "Cannot keep the wording: there is no place {Class}. The places are: {class}, "),
        (words(body="{name"), "Cannot keep the wording: a brace stands alone at “{name”."),
        (words(short=" "), "Cannot keep the wording: each part needs 1 to 600 letters."),
        (words(subject="x" * 201), "Cannot keep the wording: each part needs 1 to 200 letters."),
        (words(subject="a\nBcc: b@example.vn"), "Cannot keep the wording: the subject must be one line."),
    ],
)
def test_a_wrong_wording_is_refused_and_what_is_wrong_is_named(ward: Unit, text: Text, said: str) -> None:
    with pytest.raises(Refused) as refused:
        keep_wording(by=BY, unit=ward, template="training.meeting_tomorrow", language="vi", text=text, at=AT)
    assert str(refused.value).startswith(said)
    assert Wording.objects.count() == 0


def test_the_nearest_unit_above_gives_the_words(ward: Unit) -> None:
    country = unit("Việt Nam", level="country")
    city = unit("Thành phố", level="province", under=country)
    below, beside = unit(under=city), unit(under=country)

    def said(where: Unit) -> str:
        return wording_of("training.meeting_tomorrow", "vi", unit=where, on=DAY).subject

    shipped = said(below)
    for of, subject in ((country, "Cả nước {class}"), (city, "Thành phố {class}")):
        keep_wording(
            by=BY,
            unit=of,
            template="training.meeting_tomorrow",
            language="vi",
            text=words(subject=subject),
            at=AT,
        )
    assert [said(below), said(beside), said(ward)] == ["Thành phố {class}", "Cả nước {class}", shipped]


def test_a_wording_is_never_changed_a_version_is_added(ward: Unit) -> None:
    def keep(subject: str) -> Wording:
        return keep_wording(
            by=BY,
            unit=ward,
            template="training.meeting_tomorrow",
            language="vi",
            text=words(subject=subject),
            at=AT,
        )

    first = keep("Một {class}")
    notice = tell(someone(ward), ward)
    send(sending(ward))
    second = keep("Hai {class}")
    assert (first.version, second.version, keep("Hai {class}")) == (1, 2, second)
    text = shown_text(row(notice))
    assert text is not None and text.subject == "Một Q9-1"


def test_a_value_breaks_no_header(ward: Unit) -> None:
    tell(someone(ward), ward, values={**VALUES, "class": "Q9-1\nBcc: b@example.vn"})
    assert send(sending(ward)) == {"sent": 1}
    assert mail.outbox[0].subject == "Nhắc lịch học lớp Q9-1 Bcc: b@example.vn: 06/10/2020 07:30"


def test_a_file_with_a_place_it_does_not_declare_is_a_fault() -> None:
    text = 'subject = "{when}"\nbody = "b"\nshort = "s"\n'
    with pytest.raises(Refused, match="no place {when}"):
        read_template("x.y", f'[title]\nvi = "a"\nen = "a"\n[vi]\n{text}[en]\n{text}')


# ---- small rules


@pytest.mark.parametrize(
    ("text", "parts"), [("a" * 160, 1), ("a" * 161, 2), ("ế" * 70, 1), ("ế" * 71, 2), ("ế" * 135, 3), ("", 1)]
)
def test_an_sms_of_vietnamese_letters_is_shorter(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("máy lẻ 12", ""),
        ("", ""),
    ],
)
def test_a_number_is_written_as_gateways_take_it(text: str, number: str) -> None:
    assert phone_number(text) == number


def test_an_address_is_kept_masked() -> None:
    assert [masked("an.nguyen@example.vn"), masked("+84912345678")] == ["a…@example.vn", "…678"]


def test_tries_are_further_and_further_apart_and_end() -> None:
    waits = [wait_after(number) for number in range(1, 8)]
    assert [wait and wait.total_seconds() / 60 for wait in waits] == [1, 5, 30, 120, 360, 720, None]
    assert wait_after(1, timedelta(minutes=9)) == timedelta(minutes=9)
    assert wait_after(1, timedelta(days=9)) == timedelta(hours=12)


def test_a_notice_that_is_not_urgent_waits_for_the_clock(ward: Unit) -> None:
    tell(someone(ward), ward)
    assert Job.objects.count() == 0


def test_an_urgent_one_waits_for_no_hour_and_is_not_declined(ward: Unit) -> None:
    asleep, quiet = someone(ward), someone(ward)
    reach(asleep, quiet_from=time(8), quiet_until=time(10), digest=True)
    reach(quiet, channel="none")
    for who in (asleep, quiet):
        tell(who, ward)
    Notice.objects.update(urgent=True)
    assert send(sending(ward)) == {"sent": 2}


# ---- forgetting


def test_a_year_after_its_end_a_notice_is_deleted_and_a_waiting_one_never(ward: Unit) -> None:
    ended, waiting = tell(someone(ward), ward), tell(someone(ward), ward, due_at=AT + timedelta(days=900))
    send(sending(ward))
    assert forget_old_notices(at=AT + KEPT_FOR) == 0
    assert forget_old_notices(at=AT + KEPT_FOR + timedelta(seconds=1)) == 1
    assert list(Notice.objects.all()) == [waiting] != [ended]


def test_erasing_leaves_nothing_of_the_person_and_tells_nobody_again(ward: Unit) -> None:
    who, other = someone(ward, email="an.nguyen@example.vn"), someone(ward)
    sent, waiting = tell(who, ward, once="a"), tell(who, ward, once="b", due_at=AT + timedelta(days=1))
    kept = tell(other, ward)
    send(sending(ward))
    assert erase_notices(by=BY, person=who, at=AT) == 2
    bare = [(row(n).state, row(n).values, row(n).sent_to, row(n).answer) for n in (sent, waiting)]
    assert bare == [("sent", {}, "", ""), ("cancelled", {}, "", "")]
    assert row(kept).values["class"] == "Q9-1"
    assert not Reach.objects.filter(person=who).exists()
    tell(who, ward, once="a")
    assert Notice.objects.filter(person=who).count() == 2
