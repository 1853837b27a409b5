"""The page of a leader: one page, any day, nothing after it, every number opens to its rows (decision 0046)."""

import gzip
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factories as make
import pypdfium2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from exams.sat import paper as exam_paper
from pilots.made import fixed
from readiness.held import answered, campaign, published
from workshops.held import workshop as make_workshop

from lantoa.directory.models import Level, Post, Role, Succession, SuccessionLink, Unit, period_of
from lantoa.directory.queries.tops import tops_of
from lantoa.exams.models import Attempt, Paper, Sitting
from lantoa.exams.queries.attempts import counting_of
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import add_units, add_wave, begin_spread, settle_order
from lantoa.pilots.queries.playbooks import shipped
from lantoa.programmes.queries.targets import plan_against_actual
from lantoa.readiness.queries.standing import standings
from lantoa.training.models import Call, ClassExam, TrainingClass
from lantoa.training.queries.leader import results_by_top, results_of
from lantoa.training.queries.rows import Day
from lantoa.web.leader_words import said_of
from lantoa.web.queries.leader import leading
from lantoa.workshops.models import Conclusion

pytestmark = pytest.mark.django_db

MERGED = date(2025, 7, 1)
DAYS = [date(2020, 10, 5), date(2025, 6, 30), MERGED, date(2026, 1, 9), date(2026, 1, 10), date(2026, 6, 1)]
NOW = date(2026, 6, 1)


def moment(*day: int) -> datetime:
    return datetime(*day, 3, tzinfo=UTC)  # type: ignore[misc,arg-type]


@dataclass
class Town:
    city: Unit
    old: Unit  # until July 2025, when `first` took its place
    first: Unit
    second: Unit

    def client(self, role: str = Role.PROGRAMME_OFFICER, on: Unit | None = None) -> Client:
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        client.force_login(make.user(role, on=on or self.city))
        return client


def exam(of: Paper, held: TrainingClass | None, published_at: datetime, shares: dict[Any, int | None]) -> Sitting:
    """A published sitting with so many points of ten for each person; None is not marked."""
    made = Sitting.objects.create(
        unit=of.unit,
        paper=of,
        title="Kiểm tra",
        together=True,
        starts_at=published_at - timedelta(days=3),
        minutes=30,
        published_at=published_at,
        made_by="machine:test",
        made_at=published_at - timedelta(days=9),
    )
    if held:
        ClassExam.objects.create(training_class=held, sitting=made, purpose="post")
    for who, points in shares.items():
        attempt(made, who, points)
    return made


def attempt(of: Sitting, who: Any, points: int | None, number: int = 1) -> Attempt:
    marked = None if points is None else of.published_at
    return Attempt.objects.create(
        sitting=of,
        person=who,
        number=number,
        variant=of.paper.variants.get(),
        started_at=of.starts_at,
        points=None if points is None else Decimal(points),
        out_of=Decimal(10),
        marked_at=marked,
    )


@pytest.fixture
def town() -> Town:
    """A city of two wards, one of which took an old ward's place, with a bit of everything."""
    city = make.unit("Thử", level=Level.PROVINCE, kind="Thành phố")
    old = make.unit("Cũ", under=city, until=MERGED)
    first = make.unit("An", under=city, since=MERGED)
    second = make.unit("Bình", under=city)
    merger = Succession.objects.create(day=MERGED, kind="merged", decision=make.decision())
    SuccessionLink.objects.create(succession=merger, forebear=old, heir=first)

    held = make.training_class(make.programme(city), unit=city)
    left_behind = make.person("Nguyễn Lưu", at=old)
    make.enrolment(held, left_behind, unit=old, completed_at=moment(2020, 10, 20))
    learned, later = make.person("Nguyễn An", at=second), make.person("Nguyễn Bé", at=second)
    make.enrolment(held, learned, unit=second, completed_at=moment(2025, 3, 1))
    make.enrolment(held, later, unit=second, completed_at=moment(2026, 1, 10))
    newcomer = make.person("Nguyễn Chi")
    Post.objects.create(person=newcomer, unit=first, period=period_of(MERGED, None), source="test:1")

    asked = exam_paper()
    sitters = [make.person(f"Nguyễn Thi {number}") for number in range(5)]
    for one in sitters:
        make.enrolment(held, one, unit=old)
    exam(asked, held, moment(2025, 5, 1), dict.fromkeys(sitters, 8) | {learned: 4})
    exam(asked, None, moment(2026, 1, 10), {later: 9, newcomer: None})

    for unit, value in ((second, 90), (first, 10)):
        make.figure(make.target(unit, {2025: 80}), 2025, value, approved=True)  # approved on 10 January 2026
    make.target(city, {2025: 80}, name="Chưa có số liệu")

    held_in_2026 = campaign(city)
    answered(held_in_2026, first, a1="yes", a2=("3", "4"))
    answered(held_in_2026, second, a1="no", a2=("1", "4"))
    published(held_in_2026)  # on 2 March 2026

    fixed(old)  # a pilot of autumn 2020
    book = load_playbook(by=make.BY, unit=city, text=shipped()["vi-huong-2020.toml"], at=moment(2020, 8, 3))
    spread = begin_spread(by=make.BY, unit=city, version=book.version, name="Nhân rộng")
    add_units(by=make.BY, spread=spread, units=[old], at=moment(2020, 8, 3))
    add_wave(by=make.BY, spread=spread, starts_on=date(2020, 9, 1), capacity=1)
    settle_order(by=make.BY, spread=spread, at=moment(2020, 8, 3), on=date(2020, 8, 3), seed="0f" * 16)
    return Town(city, old, first, second)


def page(client: Client, unit: Unit, **query: str) -> Any:
    return client.get(reverse("web:leader", args=[unit.key]), query)


def opened(client: Client, address: str) -> int:
    """How many rows stand behind an address."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    if "pillars" in answer.context and "counts" in answer.context:  # the plan of a unit
        return sum(len(rows) for _word, rows in answer.context["pillars"])
    rows: int = answer.context["page"].paginator.count
    return rows


# ---- every number opens, on any day


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_number_opens_to_exactly_its_rows(town: Town, on: date) -> None:
    client = town.client()
    for unit in (town.city, town.first, town.second, town.old):
        with override("en"):
            found = leading(unit, on=on)
            said = said_of(unit, found)
            at, tried = said.at, found.trying.whole
            met = sum(line.verdict == "met" for line in found.targets)
            counted = {
                at.trained(unit.key): found.trained.trained,
                at.results(unit.key): found.results.count,
                at.targets(unit.key, "met"): met,
                at.targets(unit.key, ""): len(found.targets),
                at.running(unit.key): tried.running,
                at.adoptions(unit.key, "adopted"): tried.adopted,
                at.adoptions(unit.key): tried.adopted + tried.adopting,
            }
            shown = {one["url"]: one["count"] for one in said.numbers if isinstance(one["count"], int)}
        if not found.trained.people:
            counted.pop(said.at.trained(unit.key))
        if not found.targets:
            counted = {url: count for url, count in counted.items() if "/plan/" not in url}
        assert counted == {address: opened(client, address) for address in counted}
        assert shown == {address: counted.get(address, 0) for address in shown}


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_each_row_of_the_table_says_what_the_units_own_page_says(town: Town, on: date) -> None:
    for row in leading(town.city, on=on).below:
        unit = Unit.objects.get(pk=row.unit.id)
        own = leading(unit, on=on)
        verdicts = [line.verdict for line in own.targets]
        assert (row.trained, row.results, row.tried) == (own.trained, own.results, own.trying.whole)
        assert (row.targets.met, row.targets.total) == (verdicts.count("met"), len(verdicts))
        assert (row.ready.result if row.ready else None) == (own.own.standings[0].result if own.own else None)


def table_of(answer: Any) -> list[tuple[str, str, str]]:
    """Address, name and cells of each unit in the table."""
    row = re.compile(r'<tr><th scope="row" class="lt-unit"><a href="([^"]*)">([^<]*)</a></th>(.*)</tr>')
    return [found.groups() for line in answer.context["rows"].split("\n") if (found := row.fullmatch(line))]  # type: ignore[misc]


def test_links_of_the_table_lead_to_the_unit_of_their_row(town: Town) -> None:
    answer = page(town.client(), town.city, on=NOW.isoformat())
    address, name, cells = table_of(answer)[1]
    (ready,) = (row for row in answer.context["said"].found.theirs.standings if row.unit == town.second.pk)
    key = [town.second.key]
    assert (name, address) == ("Phường Bình", f"{reverse('web:leader', args=key)}?on=2026-06-01")
    assert str(answer.context["rows"]) in answer.content.decode()
    assert [part.split('"')[0] for part in cells.split('href="')[1:]] == [
        f"{reverse('training:unit', args=key)}?on=2026-06-01&amp;state=completed",
        f"{reverse('training:unit_results', args=key)}?on=2026-06-01",
        reverse("readiness:result", args=[ready.result.key]),
        f"{reverse('programmes:plan', args=key)}?on=2026-06-01&amp;approved=1&amp;state=met",
    ]


# ---- nothing after the day


def trained(town: Town, on: date) -> tuple[int, int]:
    found = leading(town.city, on=on).trained
    return found.trained, found.people


def test_people_count_as_trained_from_the_day_they_completed_a_class(town: Town) -> None:
    assert {on.isoformat(): trained(town, on) for on in DAYS} == {
        "2020-10-05": (0, 3),
        "2025-06-30": (2, 3),
        "2025-07-01": (2, 4),
        "2026-01-09": (2, 4),
        "2026-01-10": (3, 4),
        "2026-06-01": (3, 4),
    }


def test_whoever_has_posts_in_several_wards_counts_in_each_and_once_in_the_city(town: Town) -> None:
    def of_wards() -> dict[str, tuple[int, int]]:
        below = leading(town.city, on=NOW).below
        return {one.unit.full_name: (one.trained.trained, one.trained.people) for one in below}

    city, wards = trained(town, NOW), of_wards()
    everywhere = make.person("Trần Khắp Nơi", at=town.city)
    for ward in (town.first, town.second):
        Post.objects.create(person=everywhere, unit=ward, period=period_of(MERGED, None), source="test:1")
    held = make.training_class(make.programme(town.city), unit=town.city)
    make.enrolment(held, everywhere, unit=town.first, completed_at=moment(2025, 10, 20))

    assert trained(town, NOW) == (city[0] + 1, city[1] + 1)
    assert of_wards() == {name: (done + 1, people + 1) for name, (done, people) in wards.items()}
    assert len(wards) == 2


def test_exams_count_for_twelve_months_from_the_day_they_were_published(town: Town) -> None:
    days = [date(2025, 4, 30), date(2025, 5, 1), date(2026, 1, 9), date(2026, 1, 10), date(2026, 5, 1), NOW]
    found = [leading(town.city, on=on).results for on in days]
    assert [(one.count, one.exams) for one in found] == [(0, 0), (6, 1), (6, 1), (7, 2), (1, 1), (1, 1)]
    assert [one.mean and round(one.mean, 3) for one in found[1:4]] == [
        Decimal("0.733"),
        Decimal("0.733"),
        Decimal("0.757"),
    ]


def test_a_figure_counts_from_the_day_it_was_approved_and_elsewhere_from_its_period(town: Town) -> None:
    days = [date(2025, 12, 31), date(2026, 1, 9), date(2026, 1, 10)]
    assert [[line.verdict for line in leading(town.second, on=on).targets] for on in days] == [
        ["unknown"],
        ["unknown"],
        ["met"],
    ]
    assert [line.verdict for line in plan_against_actual(town.second, on=days[0])] == ["met"]
    assert [line.verdict for line in plan_against_actual(town.second, on=days[0], approved_by=days[0])] == ["unknown"]


def test_readiness_counts_from_the_day_it_was_published(town: Town) -> None:
    before, after = (leading(town.city, on=on) for on in (date(2026, 3, 1), date(2026, 3, 2)))
    assert (before.own, before.theirs, before.below[0].ready) == (None, None, None)
    assert after.theirs is not None
    assert after.theirs.standings == standings(after.theirs.campaign, units=[town.first.pk, town.second.pk])
    with override("en"):
        ready = said_of(town.city, after).readiness
    assert ready is not None
    assert (ready.words, ready.url) == (
        "mean readiness of 2 units in 2026",
        reverse("readiness:results", args=[after.theirs.campaign.key]),
    )


def test_a_later_campaign_of_a_few_units_does_not_hide_the_one_of_most(town: Town) -> None:
    for _ in range(2):
        make.unit(under=town.city)
    later = campaign(town.city, year=2027, units=[town.first])
    answered(later, town.first, a1="yes", a2=("1", "4"))
    published(later)
    found = leading(town.city, on=NOW)
    assert (found.theirs and found.theirs.campaign.year, len(found.below)) == (2026, 4)
    own = leading(town.first, on=NOW).own
    assert own is not None and own.campaign.year == 2027


def test_pilots_and_spreads_are_those_of_the_day(town: Town) -> None:
    days = [date(2020, 8, 2), date(2020, 8, 3), date(2020, 10, 5), date(2021, 2, 1)]
    found = [leading(town.city, on=on).trying for on in days]
    assert [[one.stage for one in each.pilots] for each in found] == [[], ["waiting"], ["running"], ["undecided"]]
    assert [(each.whole.running, each.whole.adopting) for each in found] == [(0, 0), (0, 1), (1, 1), (0, 1)]


def test_deadlines_are_what_was_asked_by_the_day_and_not_answered_by_it(town: Town) -> None:
    assert [(one.what, one.day) for one in leading(town.city, on=date(2020, 8, 10)).deadlines] == [
        ("wave", date(2020, 9, 1)),
        ("gate", date(2020, 11, 1)),
    ]
    call = Call.objects.create(
        programme=make.programme(town.city),
        course=make.course(town.city),
        unit=town.city,
        title="Cử học viên",
        places=5,
        due_on=date(2026, 6, 20),
        opened_at=moment(2026, 5, 20),
        opened_by="machine:test",
    )
    asked = call.asked.create(unit=town.first)

    def awaited(on: date) -> list[str]:
        return [one.title for one in leading(town.first, on=on).deadlines if one.what == "call"]

    assert [awaited(on) for on in (date(2026, 5, 19), NOW, date(2026, 6, 21))] == [[], ["Cử học viên"], []]
    asked.declined_at, asked.decline_reason = moment(2026, 6, 2), "bận"
    asked.save()
    assert [awaited(on) for on in (NOW, date(2026, 6, 2))] == [["Cử học viên"], []]


def test_exams_to_come_and_tasks_of_workshops_are_deadlines_until_they_are_over(town: Town) -> None:
    held = Sitting.objects.create(
        unit=town.first,
        paper=exam_paper(),
        title="Kiểm tra cuối khóa",
        together=True,
        starts_at=moment(2026, 6, 10),
        minutes=30,
        made_by="machine:test",
        made_at=moment(2026, 5, 20),
    )
    task = Conclusion.objects.create(
        workshop=make_workshop(town.city),
        text="Công khai thời gian xử lý hồ sơ",
        unit=town.first,
        due_on=date(2026, 5, 30),
        written_by="machine:test",
        written_at=moment(2026, 5, 20),
    )

    def awaited(on: date) -> list[tuple[str, str]]:
        found = leading(town.city, on=on).deadlines
        return [(one.what, one.key) for one in found if one.what in ("exam", "task")]

    exam, to_do = ("exam", held.key), ("task", task.key)
    assert [awaited(date(2026, *day)) for day in ((5, 19), (5, 20), (6, 10), (6, 11))] == [
        [],
        [to_do, exam],
        [to_do, exam],
        [to_do],
    ]
    task.done_at, task.done_by, task.outcome = moment(2026, 6, 2), "user:x", "Đã công khai"
    task.save()
    assert awaited(date(2026, 6, 2)) == [exam]
    page = reverse("web:leader", args=[town.city.key]) + "?on=2026-06-02"
    opened = {role: town.client(role).get(page).content.decode() for role in (Role.PROGRAMME_OFFICER, Role.AUDITOR)}
    address = reverse("exams:sitting", args=[held.key])
    assert [(address in text, held.title in text) for text in opened.values()] == [(True, True), (False, True)]


# ---- units that ended


def test_what_an_ended_unit_had_counts_with_its_heir_and_the_page_says_so(town: Town) -> None:
    then, now = (leading(town.city, on=on) for on in (date(2025, 6, 30), MERGED))
    assert [[row.unit.full_name for row in found.below] for found in (then, now)] == [
        ["Phường Bình", "Phường Cũ"],
        ["Phường An", "Phường Bình"],
    ]
    by_name = {row.unit.full_name: row for row in (*then.below, *now.below)}
    assert by_name["Phường Cũ"].results == by_name["Phường An"].results
    assert by_name["Phường An"].trained.trained == 1  # whoever kept a post in the old ward
    assert (then.tops.ended, now.tops.ended) == (0, 1)
    words = "1 unit that had ended by this day counts with its default heir."
    assert words in page(town.client(), town.city, on=MERGED.isoformat()).content.decode()


def test_a_unit_that_does_not_stand_on_the_day_says_so(town: Town) -> None:
    said = page(town.client(), town.old, on=NOW.isoformat()).content.decode()
    assert "This unit does not stand on this day" in said


# ---- exams


def test_of_fewer_than_five_results_no_mean_is_told(town: Town) -> None:
    with override("en"):
        said = said_of(town.city, leading(town.city, on=NOW))
        (few,) = (one for one in said.numbers if one["url"] == said.at.results(town.city.key))
    assert (few["count"], few["words"]) == (1, "exam results in twelve months; of fewer than 5 no mean is told")


@pytest.mark.parametrize("counts", ["best", "last"])
def test_the_attempt_that_counts_is_the_one_the_exams_room_counts(town: Town, counts: str) -> None:
    asked = exam_paper()
    people = [make.person(at=town.second) for _ in range(6)]
    made = exam(asked, None, moment(2026, 5, 5), {})
    made.attempts, made.counts = 3, counts
    made.save()
    for number, row in enumerate(((3, 7, 5), (7, 7, 2), (None, 4, 4), (4, None, 1), (0, 0, 0), (9, 1, 9))):
        for turn, points in enumerate(row, 1):
            attempt(made, people[number], points, turn)
    tops = tops_of(town.city, on=NOW)
    listed = [one for one in results_of(list(tops.of), day=Day(NOW)) if one.sitting_id == made.pk]
    counting = counting_of(made, Attempt.objects.filter(sitting=made))
    assert {one.pk for one in listed} == {one.pk for one in counting.values() if one.points is not None}
    results = results_by_top(tops, day=Day(NOW))
    assert (results[None].count, results[town.second.pk].count) == (7, 7)


# ---- the right, the cost, the order, the paper


def test_whoever_sees_a_units_results_sees_its_page_and_strangers_see_none(town: Town) -> None:
    seen = {}
    for role in Role.values:
        client = town.client(role, town.first)
        seen[str(role)] = [page(client, unit).status_code for unit in (town.first, town.second, town.city)]
    allowed = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.UNIT_COORDINATOR, Role.AUDITOR}
    assert seen == {str(role): [200 if role in allowed else 404, 404, 404] for role in Role.values}


def test_one_role_leads_straight_to_its_unit_and_several_to_a_list(town: Town) -> None:
    officer = make.user(Role.PROGRAMME_OFFICER, on=town.first)
    client = Client()
    client.force_login(officer)
    assert client.get(reverse("web:leaders")).headers["Location"] == reverse("web:leader", args=[town.first.key])
    officer.grants.create(role=Role.AUDITOR, unit=town.second, since=make.LONG_AGO, granted_by="machine:test")
    rows = client.get(reverse("web:leaders")).context["rows"]
    assert rows == [("Phường An", town.first.key), ("Phường Bình", town.second.key)]


@pytest.mark.parametrize("more", [0, 3])
def test_a_province_takes_twelve_queries_however_many_communes(town: Town, more: int) -> None:
    for _ in range(more):
        unit = make.unit(under=town.city)
        make.person(at=unit)
        make.figure(make.target(unit, {2025: 80}), 2025, 90, approved=True)
        fixed(unit, code=f"td-{unit.pk}")
    client = town.client()
    page(client, town.city)
    with CaptureQueriesContext(connection) as queries:
        answer = page(client, town.city)
    assert (answer.status_code, len(queries)) == (200, 12)


def test_168_communes_stand_on_one_light_page(town: Town) -> None:
    for _ in range(166):
        make.person(at=make.unit(under=town.city))
    answer = page(town.client(), town.city)
    assert len(table_of(answer)) == 168
    assert len(gzip.compress(answer.content, 6)) <= 40_000


def test_a_column_sorts_both_ways_and_whoever_has_no_value_stands_last(town: Town) -> None:
    make.unit("Chưa đo", under=town.city)
    client = town.client()

    def order(sort: str) -> list[str]:
        return [name for _url, name, _cells in table_of(page(client, town.city, on=NOW.isoformat(), sort=sort))]

    assert order("") == order("name") == ["Phường An", "Phường Bình", "Phường Chưa đo"]
    assert order("-name") == ["Phường Chưa đo", "Phường Bình", "Phường An"]
    assert order("-readiness") == ["Phường An", "Phường Bình", "Phường Chưa đo"]
    assert order("readiness") == ["Phường Bình", "Phường An", "Phường Chưa đo"]
    assert order("-targets") == ["Phường Bình", "Phường An", "Phường Chưa đo"]
    heads = page(client, town.city, on=NOW.isoformat(), sort="-readiness").context["columns"]
    assert [(one["direction"], one["url"]) for one in heads if one["direction"]] == [
        ("descending", "?on=2026-06-01&sort=readiness#units")
    ]
    assert page(client, town.city, sort="nothing").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_paper_is_one_sheet_with_the_same_numbers(town: Town, language: str) -> None:
    for number in range(20):
        target = make.target(town.city, {2025: 80}, code=f"T{number}", name="Tỷ lệ hồ sơ trực tuyến toàn trình " * 8)
        make.figure(target, 2025, number * 5, approved=True)
        fixed(
            make.unit("Một phường có tên rất dài", under=town.city), code=f"thu-{number}", name="Khai một lần " * 15
        )
    client = town.client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(reverse("web:leader_paper", args=[town.city.key]), {"on": NOW.isoformat()})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    sheet = pypdfium2.PdfDocument(answer.content)
    assert len(sheet) == 1
    said = " ".join(sheet[0].get_textpage().get_text_bounded().split())
    wanted = {"vi": "Tình hình Thành phố Thử", "en": "Where Thành phố Thử stands"}[language]
    assert [one in said for one in (wanted, "3/4", "Phường Bình")] == [True, True, True]
