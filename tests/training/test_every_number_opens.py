"""Every number of the officer's page opens to exactly the rows it counts, on any day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import factories
import pytest
from django.test import Client
from django.urls import reverse
from training.held import World, at

from lantoa.directory.models import Placement, period_of
from lantoa.exams.models import Paper, Sitting
from lantoa.training.actions import classes as act
from lantoa.training.models import Assessment, ClassExam, Enrolment
from lantoa.training.queries.completion import facts as facts_of
from lantoa.training.queries.overview import overview, unit_lines, units_of
from lantoa.training.queries.rows import Choice, people

DAYS = [
    date(2020, 10, 1),
    date(2020, 10, 5),
    date(2020, 10, 8),
    date(2020, 10, 9),
    date(2020, 10, 21),
    date(2020, 12, 31),
]


@dataclass
class _Figures(HTMLParser):
    """The links that hold a number, with the figure each shows."""

    found: list[tuple[str, str]] = field(default_factory=list)
    href: str = ""
    said: str = ""
    skip: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and ("data-opens" in values or values.get("class") == "lt-number__words"):
            self.href, self.said = values["href"] or "", ""
        if self.href and tag == "small":
            self.skip += 1

    def handle_endtag(self, tag: str) -> None:
        if self.href and tag == "small":
            self.skip -= 1
        if self.href and tag == "a":
            self.found.append((self.href, self.said))
            self.href = ""

    def handle_data(self, data: str) -> None:
        if self.href and not self.skip:
            self.said += data


def figures(page: str) -> Iterator[tuple[str, int, bool]]:
    """(address, figure, whether it is a share in percent)."""
    parser = _Figures()
    parser.feed(page)
    for href, said in parser.found:
        match = re.match(r"\s*([\d,]+)(%?)", said)
        assert match, said
        yield href, int(match[1].replace(",", "")), bool(match[2])


def opened(client: Client, address: str) -> Any:
    """The rows behind an address."""
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.context["page"].paginator


def page_of(client: Client, world: World, on: date) -> str:
    address = reverse("training:programme", args=[world.programme.key])
    return client.get(address, {"on": on.isoformat()}).content.decode()


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_number_opens_to_exactly_its_rows(world: World, officer: Client, on: date) -> None:
    shown = list(figures(page_of(officer, world, on)))
    counted = [(address, figure) for address, figure, percent in shown if not percent]
    assert counted == [(address, opened(officer, address).count) for address, _figure in counted]
    assert len(counted) >= 5 + 3 * 6


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_attendance_is_the_share_of_the_lines_it_opens(world: World, officer: Client, on: date) -> None:
    for address, figure, percent in figures(page_of(officer, world, on)):
        if percent:
            lines = list(opened(officer, address).object_list)
            assert figure == round(100 * sum((line.share for line in lines), Decimal(0)) / len(lines))


def total(world: World, on: date) -> dict[str, int]:
    line = overview(Choice(world.programme, on)).total
    names = ("people", "completed", "certified", "missing", "under_way", "held", "late")
    return {name: getattr(line, name) for name in names}


def test_the_page_speaks_of_the_day_that_was_asked_for(world: World) -> None:
    assert total(world, date(2020, 10, 1)) == {
        "people": 9, "completed": 0, "certified": 0, "missing": 0, "under_way": 9, "held": 0, "late": 0,
    }  # fmt: skip
    assert total(world, date(2020, 10, 8)) == {
        "people": 9, "completed": 2, "certified": 2, "missing": 2, "under_way": 5, "held": 3, "late": 1,
    }  # fmt: skip
    assert total(world, date(2020, 12, 31)) == {
        "people": 8, "completed": 2, "certified": 1, "missing": 6, "under_way": 0, "held": 3, "late": 3,
    }  # fmt: skip


def asking(world: World, rule: dict[str, Any], *, due: date | None) -> Assessment:
    """Q9-1, over since 6 October, has something handed in; whether it counts is for the rule."""
    world.classes[0].rule = {"presence": {"at_least": 0.5}} | rule
    world.classes[0].save(update_fields=["rule"])
    return Assessment.objects.create(
        training_class=world.classes[0], code="ke-hoach", title="Kế hoạch", kind="plan", due_on=due
    )


@pytest.mark.parametrize(
    ("rule", "under_way"),
    [
        ({"handed_in": ["ke-hoach"]}, [2, 2, 0]),
        ({"marks": [{"assessment": "ke-hoach", "at_least": 5}]}, [2, 2, 0]),
        ({"marks": [{"assessment": "khac", "at_least": 5}], "handed_in": ["khac-nua"]}, [0, 0, 0]),
        ({}, [0, 0, 0]),
    ],
    ids=["handed in", "marked", "others", "neither"],
)
def test_a_class_goes_on_until_what_its_rule_asks_for_is_due(
    world: World, officer: Client, rule: dict[str, Any], under_way: list[int]
) -> None:
    asking(world, rule, due=date(2020, 10, 21))
    choices = [Choice(world.programme, date(2020, 10, day), class_code="Q9-1") for day in (8, 21, 22)]
    assert [people(choice.but(state="under_way")).count() for choice in choices] == under_way
    assert [people(choice.but(state="missing")).count() for choice in choices] == [2 - n for n in under_way]
    for choice in choices:
        test_every_number_opens_to_exactly_its_rows(world, officer, choice.on)


def test_a_class_goes_on_until_the_exam_that_its_rule_asks_for_is_over(world: World) -> None:
    wanted = asking(world, {"marks": [{"assessment": "ke-hoach", "at_least": 5}]}, due=None)
    sitting = Sitting.objects.create(
        unit=world.district,
        paper=Paper.objects.create(unit=world.district, title="Đề", made_by="test", made_at=at(1)),
        title="Kiểm tra",
        together=False,
        starts_at=at(20),
        closes_at=at(22),
        minutes=30,
        made_by="test",
        made_at=at(1),
    )
    ClassExam.objects.create(training_class=world.classes[0], sitting=sitting, purpose="post", assessment=wanted)
    days = [Choice(world.programme, date(2020, 10, day), class_code="Q9-1") for day in (21, 22)]
    assert [people(choice.but(state="under_way")).count() for choice in days] == [2, 0]


def test_the_rows_say_what_the_numbers_say(world: World, officer: Client) -> None:
    asking(world, {"handed_in": ["ke-hoach"]}, due=date(2020, 10, 21))
    address = reverse("training:people", args=[world.programme.key])
    for day, words in (("2020-10-21", "under way"), ("2020-10-22", "not completed")):
        page = officer.get(address, {"on": day, "class": "Q9-1"}).content.decode().split("<tbody>")[1]
        said = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'data-label="State">(.*?)</td>', page)]
        assert said == ["completed", "completed", words, words]


def test_whoever_left_counts_until_the_day_they_left(world: World) -> None:
    gone = world.enrolments["Q9-2"][2]
    before, after = (Choice(world.programme, date(2020, 10, day), class_code="Q9-2") for day in (8, 9))
    assert gone in people(before)
    assert gone not in people(after)
    assert list(people(after.but(state="withdrawn"))) == [gone]
    assert list(people(before.but(state="withdrawn"))) == []


def test_whoever_comes_back_from_another_unit_counts_for_the_unit_of_the_day(world: World, officer: Client) -> None:
    gone = world.enrolments["Q9-2"][2]
    act.enrol(
        by=factories.BY,
        training_class=gone.training_class,
        places=[act.Place(gone.person, world.wards[0])],
        source="test",
        at=at(12),
    )
    for on in (date(2020, 10, 8), date(2020, 10, 12)):
        counted = [(a, figure) for a, figure, percent in figures(page_of(officer, world, on)) if not percent]
        assert counted == [(address, opened(officer, address).count) for address, _figure in counted]


def test_a_ward_that_was_renamed_later_keeps_the_name_of_its_days(world: World) -> None:
    ward = world.wards[0]
    Placement.objects.filter(unit=ward).update(period=period_of(date(2000, 1, 1), date(2021, 1, 1)))
    factories.place(ward, "Tăng Nhơn Phú", under=world.district, since=date(2021, 1, 1))
    titles = {on: units_of(Choice(world.programme, on))[0].full_name for on in (DAYS[0], date(2026, 1, 1))}
    assert titles == {DAYS[0]: "Phường Hiệp Phú", date(2026, 1, 1): "Phường Hiệp Phú"}


def test_a_unit_without_any_known_name_still_opens_to_its_own_rows(world: World, officer: Client) -> None:
    nameless = factories.unit("Tạm")
    Placement.objects.filter(unit=nameless).delete()
    factories.enrolment(world.classes[2], unit=nameless)
    counted = [(a, figure) for a, figure, percent in figures(page_of(officer, world, DAYS[1])) if not percent]
    assert counted == [(address, opened(officer, address).count) for address, _figure in counted]


def test_a_meeting_of_today_is_late_only_when_it_is_over(world: World) -> None:
    late = {
        now.hour: overview(Choice(world.programme, date(2020, 10, 30), now=now)).total.late
        for now in (at(30, 2), at(30, 6))
    }
    assert late == {2: 2, 6: 3}


def test_the_rows_are_narrowed_by_name_without_accents(world: World, officer: Client) -> None:
    address = reverse("training:people", args=[world.programme.key])
    assert opened(officer, f"{address}?on=2020-10-08&name=nguoi+1").count == 4


def test_the_list_of_learners_comes_out_as_it_is_seen(world: World, officer: Client) -> None:
    address = reverse("training:people", args=[world.programme.key])
    answer = officer.get(address, {"on": "2020-10-08", "class": "Q9-1", "state": "missing"})
    assert "class=Q9-1&state=missing" in answer.context["sheet"]
    sheet = officer.get(answer.context["sheet"])
    assert sheet.status_code == 200


def late_comers(world: World) -> list[Enrolment]:
    """Two who came to Q9-1 after its first meeting, to Q9-2 after its only one held: no roll has a line of them."""
    return [
        act.enrol(
            by=factories.BY,
            training_class=found,
            places=[act.Place(factories.person("Đến muộn", at=world.wards[0]), world.wards[0])],
            source="test",
            at=at(day),
        )[0]
        for found, day in zip(world.classes[:2], (6, 8), strict=True)
    ]


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_whoever_is_in_no_roll_was_absent_and_is_listed(world: World, officer: Client, on: date) -> None:
    late_comers(world)
    test_every_number_opens_to_exactly_its_rows(world, officer, on)
    test_the_attendance_is_the_share_of_the_lines_it_opens(world, officer, on)


def test_the_page_says_who_is_not_in_the_roll(world: World, officer: Client) -> None:
    late_comers(world)
    address = reverse("training:presence", args=[world.programme.key])
    page = officer.get(address, {"on": "2020-10-08", "class": "Q9-1", "state": "absent"})
    listed = [(row.person.full_name, row.during.lower, row.how) for row in page.context["page"]]
    assert listed == [
        ("Người 12", at(5, 1), "roll_call"),
        ("Đến muộn", at(5, 1), None),
        ("Người 12", at(6, 1), "roll_call"),
        ("Người 13", at(6, 1), "roll_call"),
        ("Đến muộn", at(6, 1), None),
    ]
    assert page.content.decode().count("not in the roll") == 2


def test_the_attendance_of_a_class_is_that_by_which_its_learners_complete(world: World) -> None:
    late_comers(world)
    choice = Choice(world.programme, date(2020, 10, 8))
    lines = {line.title: line for line in overview(choice).classes}
    for found in world.classes:
        known = [facts for _row, facts in facts_of(list(people(choice.but(class_code=found.code))))]
        shares = [facts.attendance for facts in known if facts.attendance is not None]
        whole = sum(shares, Decimal(0)) / len(shares) if shares else None
        assert lines[found.code].attendance == whole
    assert [lines[f"Q9-{n}"].attendance_percent for n in (1, 2, 3)] == [40, 75, None]


def test_units_add_up_to_the_programme(world: World) -> None:
    late_comers(world)
    choice = Choice(world.programme, date(2020, 10, 8))
    seen = overview(choice)
    total, units = seen.total, unit_lines(seen, units_of(choice))
    for name in ("people", "expected", "attended", "present", "partial", "leave", "absent"):
        assert sum(getattr(line, name) for line in units) == getattr(total, name)
