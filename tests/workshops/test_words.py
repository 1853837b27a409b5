"""Captions, announcements, the fault desk, and what a site shows of the stream."""

from datetime import timedelta

import factories as make
import pytest
from at_once import at_once
from workshops.held import T0, refusal, site, workshop

from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.sites import remove_site
from lantoa.workshops.actions.words import (
    add_caption,
    announce,
    call_about,
    choose_rung,
    end_announcement,
    end_fault,
    hang_up,
    report_fault,
)
from lantoa.workshops.models import Fault, Workshop
from lantoa.workshops.queries.words import faults_of, last_captions, open_faults, player_of, rung_of, said_now

ONE, TWO = Machine("one"), Machine("two")
MINUTE = timedelta(minutes=1)


def typed(of: Workshop, text: str, language: str = "vi") -> None:
    add_caption(by=ONE, workshop=of, language=language, text=text, at=T0)


@pytest.mark.django_db
def test_the_last_lines_of_a_language_are_told_and_shown() -> None:
    found = workshop(state="live")
    for text in ("Một", "Hai", "Ba", "Bốn"):
        typed(found, text)
    typed(found, "One", "en")

    assert [one.text for one in last_captions(found, "vi")] == ["Hai", "Ba", "Bốn"]
    told = found.tellings.filter(kind="caption-vi").order_by("number").last()
    assert told is not None
    assert (told.audience, told.about) == ("all", {"lines": ["Hai", "Ba", "Bốn"]})
    assert Entry.objects.filter(act="workshops.caption").count() == 2  # a line an interpreter and language


@pytest.mark.django_db
def test_captions_have_words_in_a_language_of_the_workshop() -> None:
    found = workshop(state="live")

    assert refusal(lambda: typed(found, " ")) == "Cannot send the caption: it is empty."
    assert refusal(lambda: typed(found, "Bonjour", "fr")) == (
        "Cannot caption “Hội thảo chuyển đổi số” in “fr”: the workshop does not speak it."
    )


@pytest.mark.django_db
def test_the_latest_announcement_stands_until_it_is_taken_down() -> None:
    found = workshop(state="live")
    announce(by=ONE, workshop=found, text="Nghỉ 10 phút", text_en="A break of 10 minutes", at=T0)
    last = announce(by=ONE, workshop=found, text="Bắt đầu lại", at=T0)

    assert said_now(found) == last
    for _again in range(2):
        end_announcement(by=ONE, announcement=last, at=T0)
    standing = said_now(found)
    assert standing is not None
    assert standing.text_en == "A break of 10 minutes"
    assert Entry.objects.filter(act="workshops.end_announcement").count() == 1
    assert refusal(lambda: announce(by=ONE, workshop=found, text=" ", at=T0)) == (
        "Cannot announce it: there are no words."
    )


# ---- faults


@pytest.mark.django_db
def test_a_fault_reported_twice_is_one_and_knows_since_when() -> None:
    found = workshop(state="live")
    one = site(found)
    report_fault(by=ONE, site=one, kind="line", at=T0)
    report_fault(by=ONE, site=one, kind="sound", at=T0 + MINUTE)

    assert [(fault.site, fault.kind, fault.reported_at) for fault in open_faults(found)] == [(one, "line", T0)]


@pytest.mark.django_db
def test_one_person_at_a_time_calls_a_site() -> None:
    one = site(workshop(state="live"), name="Xã Xa")
    fault = report_fault(by=ONE, site=one, kind="line", at=T0)
    call_about(by=ONE, fault=fault, at=T0)
    call_about(by=ONE, fault=fault, at=T0 + MINUTE)

    assert refusal(lambda: call_about(by=TWO, fault=fault, at=T0 + MINUTE)) == (
        "Cannot call Xã Xa: one is calling them since 01:00 UTC."
    )
    hang_up(by=ONE, fault=fault, at=T0 + MINUTE)
    assert call_about(by=TWO, fault=fault, at=T0 + 2 * MINUTE).caller == "machine:two"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_to_call_in_one_moment_one_does() -> None:
    fault = report_fault(by=ONE, site=site(workshop(state="live"), name="Xã Xa"), kind="line", at=T0)

    came = at_once([lambda by=by: call_about(by=by, fault=fault, at=T0) for by in (ONE, TWO)])  # type: ignore[misc]

    assert sorted(came)[1] == "done"
    assert sorted(came)[0] in {f"Cannot call Xã Xa: {who} is calling them since 01:00 UTC." for who in ("one", "two")}


@pytest.mark.django_db
def test_a_fault_that_is_mended_is_over_and_another_may_come() -> None:
    found = workshop(state="live")
    one = site(found, name="Xã Xa")
    fault = report_fault(by=ONE, site=one, kind="line", at=T0)
    end_fault(by=ONE, fault=fault, outcome="Đổi cáp", at=T0 + MINUTE)
    end_fault(by=TWO, fault=fault, outcome="Khác", at=T0 + 2 * MINUTE)

    assert refusal(lambda: call_about(by=ONE, fault=fault, at=T0)) == (
        "Cannot call Xã Xa: what was wrong there is mended."
    )
    report_fault(by=ONE, site=one, kind="sound", at=T0 + 3 * MINUTE)
    assert [(row.kind, row.ended_at, row.outcome) for row in faults_of(found)] == [
        ("line", T0 + MINUTE, "Đổi cáp"),
        ("sound", None, ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_operator_and_the_deputy_report_one_fault() -> None:
    one = site(workshop(state="live"))

    assert at_once([lambda: report_fault(by=ONE, site=one, kind="line", at=T0)] * 3) == ["done"] * 3

    assert Fault.objects.count() == 1


# ---- the picture


@pytest.mark.django_db
def test_a_site_chooses_what_it_shows_and_keeps_it() -> None:
    one = site(workshop(state="live"))

    assert (rung_of(one), rung_of(None)) == ("video", "video")
    choose_rung(by=make.BY, site=one, rung="slides", at=T0)
    choose_rung(by=make.BY, site=one, rung="text", at=T0)
    assert rung_of(one) == "text"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://stream.example.vn/ht/live.m3u8", "https://stream.example.vn"),
        ("https://stream.example.vn/ht/", ""),
        ("https://stream.example.vn.evil.example/live.m3u8", ""),
        ("https://other.example.vn/live.m3u8", ""),
        ("", ""),
    ],
)
def test_only_an_hls_address_of_a_set_origin_is_played(url: str, origin: str, settings: object) -> None:
    settings.STREAM_ORIGINS = ("https://stream.example.vn",)  # type: ignore[attr-defined]

    assert player_of(workshop(stream_url=url)) == origin


@pytest.mark.django_db
def test_a_site_that_has_reported_a_fault_or_where_people_sit_is_not_removed() -> None:
    found = workshop(state="ready")
    broken, taken = site(found, name="Xã Hỏng"), site(found, name="Xã Đông")
    report_fault(by=ONE, site=broken, kind="line", at=T0)
    take_place(by=make.BY, workshop=found, person=make.person(), site=taken, at=T0)

    for one in (broken, taken):
        assert refusal(lambda one=one: remove_site(by=ONE, site=one, at=T0)) == (  # type: ignore[misc]
            f"Cannot remove {one.name}: people have taken seats there, or a fault was reported."
        )
