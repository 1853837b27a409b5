"""The roll of a workshop: opened, reported from devices and forms, corrected with a reason, counted, closed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from workshops.held import T0, site, workshop
from workshops.test_workshops import browser, refusal

from lantoa.common.tickets import Malformed
from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.presence.models import Attendance
from lantoa.presence.queries import code_on_the_wall
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.actions.roll import (
    answer_call,
    call_site,
    call_the_roll,
    close_the_roll,
    enter_report,
    enter_the_rest,
    report_site,
    show_site_code,
)
from lantoa.workshops.actions.seat import check_in_here
from lantoa.workshops.actions.sites import remove_site
from lantoa.workshops.models import RollCall, Site, SiteHeard, SiteReport, SiteState, Telling, Workshop
from lantoa.workshops.queries.roll import Totals, board, last_roll, to_call, totals_by_root, whole
from lantoa.workshops.rules.roll import Report, read_report

pytestmark = pytest.mark.django_db


def called(of: Workshop, mode: str = "together") -> RollCall:
    return call_the_roll(by=make.BY, workshop=of, mode=mode, at=T0)


def act(of: Site, people: int = 12, nonce: str = "0nonce000001", state: str = "present", **more: Any) -> Act:
    said = Report(state, people, more.pop("leaders", 0), more.pop("guests", 0), nonce)
    return Act(Kind.REPORT, of.workshop.key, "user:0operator0000", more.pop("at", T0), site=of.key, report=said)


def standing(of: Site) -> tuple[str, int | None]:
    row = SiteState.objects.get(site=of)
    return row.state, row.people


# ---- calling it


def test_the_roll_is_called_once_at_a_time_of_a_workshop_that_is_announced() -> None:
    made = workshop(state="live")
    first = called(made)

    assert refusal(lambda: called(made)) == (
        "Cannot call the roll of Hội thảo chuyển đổi số: it is being called already."
    )
    close_the_roll(by=make.BY, workshop=made, at=T0 + timedelta(minutes=3))
    second = called(made, "order")
    assert (first.number, second.number, second.mode) == (1, 2, "order")
    assert [one.about for one in Telling.objects.filter(workshop=made, kind="roll-call").order_by("number")] == [
        {"number": 1, "open": True, "mode": "together"},
        {"number": 1, "open": False},
        {"number": 2, "open": True, "mode": "order"},
    ]
    assert refusal(lambda: called(workshop())) == (
        "Cannot call the roll of Hội thảo chuyển đổi số: it is not announced, or it is over."
    )


def test_the_database_itself_lets_no_second_roll_be_open() -> None:
    made = workshop(state="live")
    called(made)

    with pytest.raises(IntegrityError), transaction.atomic():
        RollCall.objects.create(workshop=made, number=2, mode="together", opened_at=T0)


def test_a_site_is_called_by_name_and_it_and_the_desk_are_told() -> None:
    made = workshop(state="live")
    one, stranger = site(made), site(workshop(state="live"))
    assert refusal(lambda: call_site(by=make.BY, workshop=made, site=one, at=T0)) == (
        "Cannot go on with the roll of Hội thảo chuyển đổi số: it is not being called."
    )
    called(made, "order")

    roll = call_site(by=make.BY, workshop=made, site=one, at=T0)

    assert roll.calling == one
    assert Telling.objects.filter(kind="call").last().audience == f"site:{one.key}"  # type: ignore[union-attr]
    assert refusal(lambda: call_site(by=make.BY, workshop=made, site=stranger, at=T0)) == (
        f"Cannot call {stranger.name}: it is no site of Hội thảo chuyển đổi số."
    )
    assert close_the_roll(by=make.BY, workshop=made, at=T0).calling is None


def test_one_after_the_other_each_answer_calls_the_next_and_a_report_of_its_own_stays() -> None:
    made = workshop(state="live")
    first, second, third, fourth = (site(made, place=place) for place in (4, 5, 6, 7))
    assert called(made, "order").calling == first

    def answered(one: Site, state: str, people: int | None = None) -> Site | None:
        return answer_call(by=make.BY, workshop=made, site=one, state=state, people=people, at=T0).calling

    assert answered(first, "present", 24) == second
    assert answered(first, "absent") == second  # pressed twice
    assert answered(second, "") == third
    write([act(third, 9, state="late")])
    assert answered(third, "present") == fourth
    assert answered(fourth, "fault") is None
    assert list(SiteState.objects.order_by("site__place").values_list("site", "state", "people", "how")) == [
        (first.pk, "present", 24, "desk"),
        (third.pk, "late", 9, "site"),
        (fourth.pk, "fault", None, "rest"),
    ]


# ---- what sites report


def test_a_report_stands_once_however_often_it_is_sent_and_the_last_one_counts() -> None:
    made = workshop(state="live")
    one, other = site(made), site(made)
    called(made)

    write([act(one, 12), act(other, 5, state="late"), act(one, 12)])
    write([act(one, 12)])
    write([act(one, 14, "0nonce000002")])

    assert (standing(one), standing(other)) == (("present", 14), ("late", 5))
    assert SiteReport.objects.count() == 3
    assert Entry.objects.filter(act="workshops.report").count() == 3
    assert SiteHeard.objects.count() == 2
    assert SiteState.objects.get(site=one).reports == 2


def test_the_desk_is_told_once_for_many_reports_with_a_row_for_each_site() -> None:
    made = workshop(state="live")
    sites = [site(made) for _ in range(3)]
    called(made)

    write([act(one, number) for number, one in enumerate(sites, 1)])

    told = Telling.objects.get(kind="roll")
    at = round(T0.timestamp() * 1000)
    assert (told.audience, told.about) == (
        "desk",
        {"rows": {one.key: ["present", number, at] for number, one in enumerate(sites, 1)}},
    )


def test_what_cannot_be_taken_is_said() -> None:
    early, over, live = workshop(state="live"), workshop(state="live"), workshop(state="live")
    sites = [site(early), site(over), site(live)]
    called(over)
    called(live)
    Workshop.objects.filter(pk=over.pk).update(state="over")
    foreign = Act(Kind.REPORT, early.key, "user:0x", T0, site=sites[2].key, report=Report("present", 1, nonce="0n"))

    told = write([*(act(one) for one in sites), foreign])

    assert [one.refused for one in told] == ["closed", "over", "", "unknown"]
    assert SiteReport.objects.count() == 1
    for one, words in zip(sites[:2], ["the roll has not been called yet.", "the workshop is over."], strict=True):
        said = refusal(
            lambda one=one: report_site(by=make.BY, site=one, report=Report("present", 1, nonce="0m"), at=T0)
        )
        assert said == f"Cannot report {one.name}: {words}"


def test_what_a_dead_line_kept_back_is_taken_after_the_roll_was_closed() -> None:
    made = workshop(state="live")
    one = site(made)
    called(made)
    close_the_roll(by=make.BY, workshop=made, at=T0)

    (told,) = write([act(one, 7, at=T0 + timedelta(minutes=20))])

    assert (told.refused, standing(one)) == ("", ("present", 7))


def test_the_database_alone_writes_what_stands_and_never_changes_a_report() -> None:
    made = workshop(state="live")
    one = site(made)
    called(made)
    write([act(one, 12)])

    for broken in (
        lambda: SiteState.objects.update(people=99),
        lambda: SiteState.objects.all().delete(),
        lambda: SiteReport.objects.update(people=99),
        lambda: SiteReport.objects.all()._raw_delete("default"),
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            broken()
    assert standing(one) == ("present", 12)


def test_the_database_refuses_the_report_of_a_site_of_another_workshop() -> None:
    made = workshop(state="live")
    roll = called(made)
    stranger = site(workshop(state="live"))

    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        SiteReport.objects.create(
            roll_call=roll, site=stranger, state="present", people=1, how="site", nonce="0x", at=T0, by="user:0x"
        )


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"site": "x"}, "site"), ({"site": None}, "site"), ({"state": "here"}, "state"), ({"nonce": "x"}, "nonce"),
        ({"nonce": "KEYKEYKEY"}, "nonce"), ({"people": -1}, "people"), ({"people": 1.5}, "people"),
        ({"people": True}, "people"), ({"people": 10**9}, "people"), ({"leaders": 8, "guests": 5}, "people"),
        ({"state": "absent"}, "people"), ({"tapped": "now"}, "tapped"), ({"tapped": 2**60}, "tapped"),
        ({"roll": "1"}, "roll"), ({"roll": 2**15}, "roll"),
    ],
)  # fmt: skip
def test_a_report_that_no_page_of_ours_has_made_is_malformed(change: dict[str, Any], part: str) -> None:
    said = {"site": "0site00000000", "state": "present", "people": 12, "nonce": "0nonce000001"}
    assert read_report(said)[1] == Report("present", 12, 0, 0, "0nonce000001")

    with pytest.raises(Malformed) as refused:
        read_report({**said, **change})

    assert str(refused.value) == part


# ---- the desk and the chair


def test_the_desk_enters_what_it_hears_and_corrects_with_a_reason_which_is_kept() -> None:
    made = workshop(state="live")
    one = site(made)
    said = Report("present", 30, 2, 1)
    assert refusal(lambda: enter_report(by=make.BY, site=one, report=said, reason="", at=T0)) == (
        f"Cannot report {one.name}: the roll has not been called yet."
    )
    called(made)
    enter_report(by=make.BY, site=one, report=said, reason="", at=T0)

    again = Report("fault", 31)
    assert refusal(lambda: enter_report(by=make.BY, site=one, report=again, reason=" ", at=T0)) == (
        f"Cannot correct the report of {one.name}: say why it is corrected."
    )
    enter_report(by=make.BY, site=one, report=again, reason="Báo qua điện thoại", at=T0)

    assert standing(one) == ("fault", 31)
    assert list(SiteReport.objects.order_by("pk").values_list("state", "people", "how", "reason")) == [
        ("present", 30, "desk", ""),
        ("fault", 31, "desk", "Báo qua điện thoại"),
    ]


def test_by_exception_all_others_are_present_and_nobody_is_counted_there() -> None:
    made = workshop(state="live")
    reported, missing, faulty, *others = [site(made, expected=40) for _ in range(80)]
    called(made)
    write([act(reported, 12)])

    said = {one.key: "present" for one in (reported, *others)} | {missing.key: "absent", faulty.key: "fault"}
    entered = enter_the_rest(by=make.BY, workshop=made, said=said, at=T0)

    assert entered == 79
    assert whole(totals_by_root(made, last_roll(made))) == Totals(
        sites=80, expected=3200, present=78, fault=1, absent=1, uncounted=79, people=12
    )
    assert standing(others[0]) == ("present", None)
    write([act(others[0], 25, "0nonce000009")])  # who counts later is counted
    assert standing(others[0]) == ("present", 25)


def test_a_topmost_site_can_be_taken_out_unless_it_has_reported() -> None:
    made = workshop(state="ready")
    one, other = site(made), site(made)
    called(made)
    write([act(one)])

    remove_site(by=make.BY, site=other, at=T0)

    assert refusal(lambda: remove_site(by=make.BY, site=one, at=T0)) == (
        f"Cannot remove {one.name}: it has reported in a roll call."
    )
    assert list(Site.objects.all()) == [one]


# ---- what can be told


def test_totals_by_the_topmost_site_are_one_query() -> None:
    made = workshop(state="live")
    province, other = site(made), site(made)
    commune = site(made, above=province)
    hamlet = site(made, above=commune)
    called(made)
    write(
        [
            act(province, 40, leaders=5),
            act(commune, 20, state="late"),
            act(hamlet, 7, guests=2),
            act(other, 0, state="absent"),
        ]
    )

    totals = totals_by_root(made, last_roll(made))

    assert totals == {
        province.pk: Totals(sites=3, present=2, late=1, people=67, leaders=5, guests=2),
        other.pk: Totals(sites=1, absent=1),
    }
    assert whole(totals).reported == 4
    assert whole(totals_by_root(made, None)) == Totals(sites=4, silent=4)


def test_whom_to_call_are_those_with_a_fault_those_who_said_nothing_and_those_not_heard_any_more() -> None:
    made = workshop(state="live")
    well, faulty, silent, gone = [site(made) for _ in range(4)]
    roll = called(made)
    now = T0 + timedelta(minutes=5)
    write([act(well, at=now), act(faulty, state="fault", at=now), act(gone, at=T0)])

    assert [one.pk for one in to_call(board(made, roll), at=now)] == [faulty.pk, silent.pk, gone.pk]


# ---- people inside a site


def test_people_check_in_by_the_code_on_the_wall_of_their_site() -> None:
    made = workshop(state="live")
    one = site(made)
    people = [make.person() for _ in range(3)]
    hall = show_site_code(by=make.BY, site=one, at=T0)
    digits = code_on_the_wall(hall, at=T0)

    told = write(
        [
            *(
                Act(Kind.CHECK_IN, made.key, f"user:{p.key}", T0, site=one.key, person=p.key, code=digits)
                for p in people
            ),
            Act(Kind.CHECK_IN, made.key, "user:0x", T0, site=one.key, person=people[0].key, code=digits),
            Act(Kind.CHECK_IN, made.key, "user:0x", T0, site=one.key, person=people[0].key, code="000000x"),
            Act(Kind.CHECK_IN, made.key, "user:0x", T0, site=one.key, person="0nobody000000", code=digits),
            Act(Kind.CHECK_IN, made.key, "user:0x", T0, site=site(made).key, person=people[0].key, code=digits),
        ]
    )

    assert [one.refused for one in told] == ["", "", "", "", "code", "unknown", "unknown"]
    assert sorted(Attendance.objects.values_list("person", "state", "how")) == [
        (person.pk, "present", "code") for person in people
    ]
    assert Entry.objects.filter(act="presence.check_in").count() == 3
    late = make.person()
    assert refusal(lambda: check_in_here(by=make.BY, site=one, person=late, digits="123", at=T0)) == (
        f"Cannot check in at {one.name}: the code 123 is not, or no longer, on the wall. Take the one shown now."
    )
    assert refusal(lambda: check_in_here(by=make.BY, site=site(made), person=late, digits=digits, at=T0)).endswith(
        "its code is not shown."
    )


# ---- pages


@pytest.fixture
def now_live() -> Workshop:
    """A workshop of today: pages read the clock."""
    made = workshop(state="live")
    now = timezone.now()
    type(made).objects.filter(pk=made.pk).update(during=(now - timedelta(minutes=5), now + timedelta(hours=3)))
    made.refresh_from_db()
    return made


def test_an_operator_reports_with_one_number_and_one_tap_without_any_script(now_live: Workshop) -> None:
    who = make.person()
    client = browser(who=who)
    mine, other = site(now_live, operator=who), site(now_live)
    address = reverse("workshops:site_roll", args=[mine.key])
    assert client.get(address).status_code == 200
    called(now_live)

    assert client.get(address).status_code == 200
    assert client.get(reverse("workshops:site_roll", args=[other.key])).status_code == 404
    assert client.post(address, {"state": "present", "people": ""}).status_code == 422
    assert client.post(address, {"state": "present", "people": "3", "leaders": "4"}).status_code == 422
    assert client.post(address, {"state": "present", "people": "34", "leaders": "2"}).status_code == 302
    assert standing(mine) == ("present", 34)
    assert client.post(address, {"state": "absent", "people": "34"}).status_code == 302
    assert standing(mine) == ("absent", 0)


def test_the_chair_calls_the_roll_goes_by_exception_and_closes_it_by_forms(now_live: Workshop) -> None:
    client = browser(Role.PROGRAMME_OFFICER, now_live.unit)
    one, other = site(now_live), site(now_live)

    def post(name: str, *arguments: str, **data: str) -> int:
        return client.post(reverse(f"workshops:{name}", args=arguments), data).status_code

    assert post("open_the_roll", now_live.key, "together") == 302
    assert post("call_site", one.key) == 302
    assert post("desk_site", one.key, state="late", people="8") == 302
    assert post("rest", now_live.key, **{f"s-{other.key}": "absent"}) == 302
    assert post("desk_site", other.key, state="present", people="9") == 422
    assert post("close_the_roll", now_live.key) == 302
    assert (standing(one), standing(other)) == (("late", 8), ("absent", None))
    assert client.get(reverse("workshops:rest", args=[now_live.key])).status_code == 404


@pytest.mark.parametrize("sites", [1, 3])
def test_the_board_asks_the_same_few_questions_whatever_the_number_of_sites(
    sites: int, now_live: Workshop, django_assert_num_queries: Any
) -> None:
    client = browser(Role.PROGRAMME_OFFICER, now_live.unit)
    for _ in range(sites):
        site(now_live, operator=make.person())
    called(now_live)
    address = reverse("workshops:desk", args=[now_live.key])
    client.get(address)
    Workshop.objects.filter(pk=now_live.pk).update(told=1_000 + sites)  # nothing remembered

    with django_assert_num_queries(QUERIES):
        page = client.get(address)

    assert page.content.decode().count('class="lt-tile ') == sites


QUERIES = 12


def test_the_board_names_the_site_whose_turn_it_is_and_enter_enters_it_and_goes_on(now_live: Workshop) -> None:
    first, second = site(now_live, name="Xã Một", place=1), site(now_live, name="Xã Hai", place=2)
    chair, address = browser(Role.PROGRAMME_OFFICER, now_live.unit), reverse("workshops:desk", args=[now_live.key])

    def pressed(one: Site, **said: str) -> str:
        answer = chair.post(reverse("workshops:answer_call", args=[one.key]), said, follow=True)
        return answer.content.decode()

    chair.post(reverse("workshops:open_the_roll", args=[now_live.key, "order"]))
    page = chair.get(address).content.decode()
    assert "Being called: Xã Một" in page
    assert re.search(r'<input[^>]+name="people"[^>]+autofocus', page)
    assert re.search(r'<button [^>]*name="state" value="([a-z]*)"', page).group(1) == "present"  # type: ignore[union-attr]
    assert "Cannot enter what Xã Một has said" in pressed(first, state="present", people="nhiều")
    assert "Being called: Xã Hai" in pressed(first, state="present", people="24")
    assert "Every site has been called." in pressed(second, state="")
    assert standing(first) == ("present", 24)
    stranger = browser(Role.PROGRAMME_OFFICER, make.unit())
    assert stranger.post(reverse("workshops:answer_call", args=[first.key])).status_code == 404


def test_a_part_of_the_board_is_that_part_alone(now_live: Workshop) -> None:
    client = browser(Role.PROGRAMME_OFFICER, now_live.unit)
    province = site(now_live)
    commune = site(now_live, above=province)
    site(now_live)
    called(now_live)
    write([act(commune, 5, state="fault", at=timezone.now())])

    def part(**asked: str) -> str:
        address = reverse("workshops:desk", args=[now_live.key])
        return client.get(address, asked, headers={"X-Requested-With": "fetch"}).content.decode()

    assert part(part="tiles").count("data-row=") == 3
    assert part(part="tiles", root=province.key).count("data-row=") == 2
    assert part(part="tiles", show="fault").count("data-row=") == 1
    assert "data-row=" not in part(part="numbers")
    assert "<html" not in part(part="numbers")


def test_the_wall_shows_a_code_only_while_it_is_open_and_a_phone_checks_in(now_live: Workshop) -> None:
    who, comer = make.person(), make.person()
    operator, guest = browser(who=who), browser(who=comer)
    one = site(now_live, operator=who)
    wall = reverse("workshops:site_code", args=[one.key])
    here = reverse("workshops:check_in", args=[one.key])

    assert operator.get(wall).status_code == 302
    assert guest.post(here, {"code": "123456"}).status_code == 409
    assert operator.post(reverse("workshops:site_open_code", args=[one.key])).status_code == 302
    page = operator.get(wall)
    digits = page.context["digits"].replace(" ", "")
    assert guest.post(here, {"code": digits}).status_code == 200
    assert Attendance.objects.get().person == comer
    assert isinstance(guest, Client) and datetime.now(UTC) > T0 - timedelta(days=365)


def test_the_pages_of_a_stranger_are_not_there(now_live: Workshop) -> None:
    client = browser(Role.PROGRAMME_OFFICER, make.unit())
    one = site(now_live)
    names = ["desk", "rest", "close_the_roll"]

    assert [client.post(reverse(f"workshops:{name}", args=[now_live.key])).status_code for name in names[2:]] == [404]
    assert [client.get(reverse(f"workshops:{name}", args=[now_live.key])).status_code for name in names[:2]] == [
        404
    ] * 2
    assert client.get(reverse("workshops:desk_site", args=[one.key])).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workshops_rollcall")
        assert cursor.fetchone() == (0,)
