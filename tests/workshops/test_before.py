"""Before a workshop: agenda, invitations and answers, technical checks, documents, whom to call."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import factories as make
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from workshops.held import BEFORE, T0, site, workshop
from workshops.test_workshops import browser, refusal

from lantoa.directory.models import Role
from lantoa.office.models import Notice
from lantoa.workshops.actions.agenda import add_item, change_item, remove_item
from lantoa.workshops.actions.checks import sign_check
from lantoa.workshops.actions.invitations import answer_invitation, invite, remind
from lantoa.workshops.actions.sites import carry_over, change_site, remove_site
from lantoa.workshops.actions.workshops import change_workshop
from lantoa.workshops.models import AgendaItem, Check, Invitation, Site, Workshop
from lantoa.workshops.queries.agenda import agenda_of
from lantoa.workshops.queries.before_sheet import to_call
from lantoa.workshops.queries.checks import colours_by_root, count_colours
from lantoa.workshops.queries.invitations import count_answers
from lantoa.workshops.queries.sites import count_differences, differences
from lantoa.workshops.rules.checks import colour

pytestmark = pytest.mark.django_db
GOOD = {"camera": "ok", "microphone": "ok", "speaker": "ok", "stream": "ok", "down": "20", "up": 5.5, "jitter": 4}


def item(of: Workshop, title: str, after: int, minutes: int = 30, **values: Any) -> AgendaItem:
    begins = T0 + timedelta(minutes=after)
    return add_item(
        by=make.BY,
        workshop=of,
        values={"title": title, "language": "vi", **values},
        begins=begins,
        ends=begins + timedelta(minutes=minutes),
        at=BEFORE,
    )


def checked(of: Site, **results: Any) -> Check:
    return sign_check(by=make.BY, site=of, results={**GOOD, **results}, note="", at=BEFORE)


# ---- agenda


def test_the_agenda_stands_in_the_order_of_its_hours() -> None:
    held = workshop()
    item(held, "Thảo luận", 60)
    item(held, "Khai mạc", 0)
    middle = item(held, "Tham luận", 30)

    assert list(held.agenda.order_by("position").values_list("title", flat=True)) == [
        "Khai mạc",
        "Tham luận",
        "Thảo luận",
    ]
    remove_item(by=make.BY, item=middle, at=BEFORE)
    assert list(held.agenda.order_by("position").values_list("position", "title")) == [
        (1, "Khai mạc"),
        (2, "Thảo luận"),
    ]


def test_two_parts_never_stand_at_the_same_time_nor_outside_the_workshop() -> None:
    held = workshop()
    first = item(held, "Khai mạc", 0)

    assert refusal(lambda: item(held, "Tham luận", 20)) == (
        "Cannot plan “Tham luận”: “Khai mạc” is planned at the same time."
    )
    assert refusal(lambda: item(held, "Bế mạc", 170)) == (
        "Cannot plan “Bế mạc”: its hours stand outside those of the workshop."
    )
    assert refusal(lambda: item(held, "Ngược", 60, -5)) == "Cannot plan “Ngược”: it ends before it begins."
    AgendaItem.objects.filter(pk=first.pk).update(started_at=T0)
    hours = {"begins": T0, "ends": T0 + timedelta(minutes=10)}
    assert refusal(lambda: change_item(by=make.BY, item=first, values={}, at=T0, **hours)) == (
        "Cannot change “Khai mạc”: it has begun."
    )


def test_the_agenda_moves_with_the_workshop() -> None:
    held = workshop()
    item(held, "Khai mạc", 0)
    item(held, "Tham luận", 30)
    day = timedelta(minutes=20)
    later = {"begins": T0 + day, "ends": T0 + day + timedelta(hours=3)}

    change_workshop(by=make.BY, workshop=held, at=BEFORE, **later)

    assert [one.during.lower for one in held.agenda.order_by("position")] == [
        T0 + day,
        T0 + day + timedelta(minutes=30),
    ]
    short = {"begins": T0 + day, "ends": T0 + day + timedelta(minutes=40)}
    assert refusal(lambda: change_workshop(by=make.BY, workshop=held, at=BEFORE, **short)) == (
        "Cannot change the hours of Hội thảo chuyển đổi số: “Tham luận” of its agenda would stand outside them."
    )


def test_hours_are_said_by_the_clock_of_each_country() -> None:
    held = workshop(state="ready")
    site(held)
    site(held, country="SG", zone="Asia/Singapore")
    item(held, "Khai mạc", 0, title_en="Opening")

    (line,) = agenda_of(held)
    assert f"{line.begins:%H:%M}" == "08:00"
    assert [(place.zone, place.offset, f"{first:%H:%M}") for place, first, _last in line.elsewhere] == [
        ("Asia/Singapore", "+8", "09:00")
    ]
    page = browser(Role.PROGRAMME_OFFICER, held.unit).get(reverse("workshops:agenda", args=[held.key]))
    assert "Singapore: 09:00–09:30" in page.content.decode()
    assert "Opening" in page.content.decode()


# ---- invitations


def test_everybody_is_told_once_and_who_cannot_be_told_stands_on_the_list() -> None:
    held = workshop(state="ready")
    operator, deputy = make.person(phone="0912000001"), make.person(phone="0912000002")
    top = site(held, "P", operator=operator)
    site(held, "P.1", above=top)
    site(held, "P.2", operator=deputy, deputy=operator)
    alone = site(held, "Q")

    assert invite(by=make.BY, workshop=held, at=BEFORE) == (4, 1)

    assert sorted(Notice.objects.values_list("person", "values__sites")) == sorted([(operator.pk, 3), (deputy.pk, 1)])
    assert [one.code for one in to_call(held)] == ["P", "P.1", "P.2", "Q"]
    assert Invitation.objects.get(by_letter=True).site == alone
    assert invite(by=make.BY, workshop=held, at=BEFORE) == (0, 0)


def test_a_site_answers_and_may_change_its_answer() -> None:
    held = workshop(state="ready")
    one, other = site(held), site(held)
    invite(by=make.BY, workshop=held, at=BEFORE)
    said = {"by": make.BY, "at": BEFORE}

    answer_invitation(site=one, answer="yes", people=40, note="", **said)
    answer_invitation(site=other, answer="yes", people=7, note="", **said)
    answer_invitation(site=other, answer="no", people=7, note="Mất điện", **said)

    counted = count_answers(held.sites.all())
    assert (counted["yes"], counted["no"], counted["waiting"], counted["people"]) == (1, 1, 0, 40)
    assert refusal(lambda: answer_invitation(site=one, answer="no", people=None, note="", **said)) == (
        f"Cannot answer for {one.name}: say why it does not take part."
    )


def test_those_who_have_not_answered_are_reminded_once_a_day() -> None:
    held = workshop(state="ready")
    person = make.person(phone="0912000001")
    site(held, operator=person)
    invite(by=make.BY, workshop=held, at=BEFORE)

    assert remind(by=make.BY, workshop=held, at=BEFORE) == (1, 0)
    remind(by=make.BY, workshop=held, at=BEFORE)
    remind(by=make.BY, workshop=held, at=BEFORE + timedelta(days=1))

    assert Notice.objects.filter(template="workshops.reminded").count() == 2


def test_nobody_is_invited_to_a_workshop_that_is_not_announced() -> None:
    held = workshop()
    one = site(held)

    assert refusal(lambda: invite(by=make.BY, workshop=held, at=BEFORE)) == (
        "Cannot invite to Hội thảo chuyển đổi số: it is not announced, or it is over."
    )
    assert refusal(lambda: answer_invitation(by=make.BY, site=one, answer="yes", people=1, note="", at=BEFORE)) == (
        f"Cannot answer for {one.name}: the workshop is not announced, or it is over."
    )


def test_an_operator_answers_on_a_phone_for_own_sites_only() -> None:
    held = workshop(state="ready")
    operator = make.person()
    own, foreign = site(held, operator=operator), site(held)
    client = browser(who=operator)

    answer = client.post(reverse("workshops:answer", args=[own.key]), {"answer": "yes", "people": "12"})

    assert answer.status_code == 302
    assert Invitation.objects.get().people == 12
    assert client.post(reverse("workshops:answer", args=[foreign.key]), {"answer": "yes"}).status_code == 404
    page = client.get(reverse("workshops:invitations", args=[held.key])).content.decode()
    assert own.name in page
    assert foreign.name not in page


# ---- technical checks


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (GOOD, "green"),
        ({"camera": "ok", "microphone": "ok", "speaker": "ok"}, "green"),
        ({**GOOD, "camera": "bad"}, "amber"),
        ({**GOOD, "down": "2"}, "amber"),
        ({**GOOD, "clock": "12"}, "amber"),
        ({**GOOD, "microphone": "unknown"}, "amber"),
        ({**GOOD, "microphone": "bad"}, "red"),
        ({**GOOD, "down": "0.4"}, "red"),
        ({**GOOD, "jitter": "200"}, "red"),
        ({}, "amber"),
    ],
)
def test_the_colour_of_a_check(results: dict[str, Any], expected: str) -> None:
    assert colour(results) == expected


def test_a_check_is_signed_counted_and_due_again_after_a_change() -> None:
    held = workshop(state="ready")
    top = site(held, "P")
    low = site(held, "P.1", above=top)
    site(held, "Q")
    checked(top)
    checked(low, microphone="bad")

    assert count_colours(held.sites.all()) == {"green": 1, "amber": 0, "red": 1, "none": 1}
    assert [
        (row["root__code"], row["sites"], row["green"], row["red"]) for row in colours_by_root(held.sites.all())
    ] == [
        ("P", 2, 1, 1),
        ("Q", 1, 0, 0),
    ]
    change_site(by=make.BY, site=top, values={"address": "Nơi khác"}, at=BEFORE)
    assert count_colours(held.sites.all())["green"] == 1
    change_site(by=make.BY, site=top, values={"line": "4G"}, at=BEFORE)
    assert count_colours(held.sites.all()) == {"green": 0, "amber": 0, "red": 1, "none": 2}


def test_what_no_check_can_say_is_refused() -> None:
    held = workshop(state="ready")
    one = site(held)

    assert refusal(lambda: checked(one, camera="maybe")) == (
        "Cannot keep the check: “camera” is neither ok, bad nor unknown."
    )
    assert refusal(lambda: checked(one, down="nhanh")) == "Cannot keep the check: “down” is no number."
    assert refusal(lambda: checked(one, down="nan")) == "Cannot keep the check: “down” is no number."
    assert refusal(lambda: checked(site(workshop()))).endswith("the workshop is not announced, or it is over.")


def test_the_check_works_as_a_plain_form() -> None:
    held = workshop(state="ready")
    operator = make.person()
    one = site(held, operator=operator)
    client = browser(who=operator)
    address = reverse("workshops:check_site", args=[one.key])
    page = client.get(address)
    assert page.headers["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=(self)"

    form = {"camera": "ok", "microphone": "ok", "speaker": "ok", "stream": "unknown", "down": "12.5"}
    assert client.post(address, form).status_code == 302

    made = Check.objects.get()
    assert (made.colour, made.results["down"], made.signed_by[:5]) == ("green", "12.5", "user:")
    assert "Last signed at" in client.get(address).content.decode()


def test_the_line_is_measured_with_bytes_for_ones_own_site_only() -> None:
    held = workshop(state="ready")
    operator = make.person()
    own, foreign = site(held, operator=operator), site(held)
    client = browser(who=operator)

    down = client.get(reverse("workshops:probe", args=[own.key]), {"size": "1000"})
    assert (len(down.content), int(down.headers["X-Clock"]) > 0) == (1000, True)
    assert len(client.get(reverse("workshops:probe", args=[own.key]), {"size": "99999999"}).content) == 512 * 1024
    up = client.post(reverse("workshops:probe_up", args=[own.key]), b"x" * 500, content_type="text/plain")
    assert up.content == b"500"
    assert client.get(reverse("workshops:probe", args=[foreign.key])).status_code == 404


def test_the_list_of_whom_to_call_is_a_sheet() -> None:
    held = workshop(state="ready")
    person = make.person("Trần Thị Bình", phone="+84912000001")
    bad = site(held, "A", operator=person)
    good = site(held, "B", operator=person)
    for one in (bad, good):
        answer_invitation(by=make.BY, site=one, answer="yes", people=1, note="", at=BEFORE)
    checked(bad, microphone="bad")
    checked(good)
    client = browser(Role.PROGRAMME_OFFICER, held.unit)

    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("workshops:to_call", args=[held.key])).content)
    ).active

    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == 1]  # type: ignore[union-attr]
    assert [row[1:6] for row in rows] == [
        ("A", bad.name, "kiểm tra kỹ thuật không đạt", "Trần Thị Bình", "+84912000001")
    ]


# ---- documents


def test_documents_stand_in_their_language_and_come_as_one_pack() -> None:
    held = workshop(state="ready")
    operator = make.person()
    site(held, operator=operator)
    officer, client = browser(Role.PROGRAMME_OFFICER, held.unit), browser(who=operator)
    page = reverse("workshops:documents", args=[held.key])
    for language in ("vi", "en"):
        file = SimpleUploadedFile("slides.csv", b"a,b\n1,2\n")
        assert officer.post(page, {"title": "Bài trình bày", "language": language, "file": file}).status_code == 302

    assert "Bài trình bày" in client.get(page).content.decode()
    packed = b"".join(client.get(reverse("workshops:pack", args=[held.key])).streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["vi/Bài trình bày.csv", "en/Bài trình bày.csv"]
    assert client.post(page, {"title": "Khác", "language": "vi"}).status_code == 404
    assert Client().get(page).status_code == 302


# ---- sites by hand and from the workshop before


def test_sites_are_carried_over_and_what_changed_is_listed() -> None:
    before = workshop()
    gone = make.person(phone="0912000001", restricted_at=BEFORE)
    here = make.person(phone="0912000002")
    top = site(before, "P", operator=here, expected=100)
    site(before, "P.1", above=top, operator=gone)
    site(before, "Q")
    held = workshop(before.unit, previous=before)

    assert carry_over(by=make.BY, workshop=held, on=make.DAY, at=BEFORE) == 3

    assert [
        (one.code, one.above.code if one.above else None, one.root.code, one.operator)
        for one in held.sites.select_related("above", "root", "operator").order_by("code")
    ] == [("P", None, "P", here), ("P.1", "P", "P", None), ("Q", None, "Q", None)]
    change_site(by=make.BY, site=held.sites.get(code="P"), values={"expected": 120, "line": "4G"}, at=BEFORE)
    remove_site(by=make.BY, site=held.sites.get(code="Q"), at=BEFORE)
    site(held, "R")
    assert count_differences(held) == {"new": 1, "gone": 1, "changed": 2}
    (first, second) = differences(held, "changed", offset=0, limit=10)
    assert [one.now and one.now.code for one in (first, second)] == ["P", "P.1"]
    assert (first.fields, second.fields) == (("line", "people expected"), ("operator",))
    assert carry_over(by=make.BY, workshop=held, on=make.DAY, at=BEFORE) == 1


def test_a_site_by_hand_asks_who_is_meant() -> None:
    held = workshop()
    ward = make.unit("Hai", under=held.unit, kind="Xã")
    known = make.person("Lê Văn Cường", at=ward, phone="+84988888888")
    client = browser(Role.PROGRAMME_OFFICER, held.unit)
    page = reverse("workshops:new_site", args=[held.key])
    form = {
        "code": "A",
        "name": "Xã Hai",
        "unit": "Xã Hai",
        "country": "VN",
        "language": "vi",
        "operator": "Lê Văn Cường",
        "operator_phone": "0912000002",
    }

    asked = client.post(page, form)
    assert asked.status_code == 422
    assert "Somebody of this name is on record. Say who is meant." in asked.content.decode()

    assert client.post(page, {**form, "operator_is": known.key}).status_code == 302
    assert Site.objects.get().operator == known
    assert client.post(page, {**form, "code": "B", "operator_is": "+"}).status_code == 302
    assert Site.objects.get(code="B").operator != known


def test_a_site_is_not_removed_from_above_others_nor_put_under_itself() -> None:
    held = workshop()
    top = site(held, "P")
    low = site(held, "P.1", above=top)

    assert refusal(lambda: remove_site(by=make.BY, site=top, at=BEFORE)) == (
        f"Cannot remove {top.name}: 1 sites stand under it."
    )

    def in_a_circle() -> None:
        with transaction.atomic():
            change_site(by=make.BY, site=top, values={"above": low}, at=BEFORE)

    assert refusal(in_a_circle) == f"Cannot place {top.name}: the sites above it lead back to it."
    person = make.person("Trần Thị Bình")
    assert refusal(lambda: change_site(by=make.BY, site=top, values={"operator": person}, at=BEFORE)) == (
        f"Cannot enter Trần Thị Bình for {top.name}: no telephone number of theirs or of the room is known."
    )
    person.phone = "0912000001"
    both = {"operator": person, "deputy": person}
    assert refusal(lambda: change_site(by=make.BY, site=top, values=both, at=BEFORE)) == (
        f"Cannot enter Trần Thị Bình as deputy of {top.name}: they are its operator."
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("sites", 12), ("invitations", 9), ("checks", 10)])
def test_lists_of_sites_ask_the_same_questions_for_any_number(
    page: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    held = workshop(state="ready")
    for _ in range(count):
        site(held, operator=make.person(phone="0912000001"), unit=held.unit)
    client = browser(Role.PROGRAMME_OFFICER, held.unit)

    with django_assert_num_queries(queries):
        assert client.get(reverse(f"workshops:{page}", args=[held.key])).status_code == 200
