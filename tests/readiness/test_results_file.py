"""The results of a campaign as files: what stands in them, for whom, and what is too large for a workbook."""

import csv
import io
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from readiness.held import AFTER, AT, REVIEWER, answered, campaign, province, published

from lantoa.accounts.models import User
from lantoa.directory.models import Role, Unit
from lantoa.readiness.actions.reviews import rule_on
from lantoa.readiness.models import Campaign, Sheet
from lantoa.readiness.views import files

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def held() -> tuple[Campaign, Unit, list[Unit]]:
    top, wards = province(4)
    made = campaign(top)
    answered(made, wards[0], a1="yes", a2=("3", "4"))
    answered(made, wards[1], a1="yes", a2=("3", "4"))
    answered(made, wards[2], a2=("1", "3"))
    return published(made), top, wards


def fetched(client: Client, made: Campaign, kind: str = "csv") -> Any:
    return client.get(reverse("readiness:results_file", args=[made.key, kind]))


def lines(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_office_takes_every_unit_with_every_answer_and_its_points(
    held: tuple[Campaign, Unit, list[Unit]],
) -> None:
    made, top, wards = held

    answer = fetched(client_of(make.user(Role.PROGRAMME_OFFICER, on=top)), made)

    rows = lines(answer)
    assert [row["Rank by score"] for row in rows] == ["1=", "1=", "3", "–"]
    assert [row["Key of the unit"] for row in rows] == [ward.key for ward in wards]
    assert [row["Score"] for row in rows] == ["0.85", "0.85", "0.2", ""]
    assert [row["Missing answers"] for row in rows] == ["", "", "1", "1 2"]
    assert {row["Index and version"] for row in rows} == {str(made.version)}
    answers = [name for name in rows[0] if name.startswith(("1 ", "2 "))]
    assert [rows[2][name] for name in answers] == ["not answered", "1 of 3"]
    assert [rows[0][name] for name in answers] == ["yes", "3 of 4"]
    assert [[row["1: points of 40"], row["2: points of 60"]] for row in rows] == [
        ["40", "45"], ["40", "45"], ["0", "20"], ["", ""],
    ]  # fmt: skip
    assert answer["Content-Disposition"].endswith('-2026.csv"')


def cells(answer: Any) -> list[dict[str, str]]:
    """The lines of a workbook, as text."""
    rows = [
        ["" if cell.value is None else str(cell.value) for cell in row]
        for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()
    ]
    head = next(at for at, row in enumerate(rows) if row[0] == "Rank by score")
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[2]]


def lowered(sheet: Sheet) -> None:
    """What was declared of component 2, lowered to nothing."""
    low = {"part": "0", "whole": "4"}
    rule_on(by=REVIEWER, answer=sheet.answers.get(component="2"), ruling="lowered", typed=low, reason="–", at=AT)


def test_a_unit_takes_what_the_page_of_results_shows_and_no_answer_of_others(
    held: tuple[Campaign, Unit, list[Unit]],
) -> None:
    made, _top, wards = held

    rows = lines(fetched(client_of(make.user(Role.UNIT_COORDINATOR, on=wards[0])), made))

    assert [row["Score"] for row in rows] == ["0.85", "0.85", "0.2", ""]
    assert [name for name in rows[0] if "points of" in name or name.startswith(("1 ", "2 "))] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_a_unit_declared_and_which_answers_it_lacks_stand_in_its_own_line_only(kind: str) -> None:
    top, wards = province(4)
    made = campaign(top)
    for ward in wards[:2]:
        lowered(answered(made, ward, a2=("3", "4")))
    answered(made, wards[2], a2=("1", "4"))
    done = published(made, at=AFTER)

    def seen(reader: User) -> list[tuple[str, str]]:
        answer = fetched(client_of(reader), done, kind)
        rows = lines(answer) if kind == "csv" else cells(answer)
        by_key = {row["Key of the unit"]: row for row in rows}
        told = [by_key[ward.key] for ward in wards]
        return [(row["Score by its own answers"] or "", row["Missing answers"] or "") for row in told]

    own = [("0.45", "1"), ("", "1 answer is missing"), ("", "1 answer is missing"), ("", "2 answers are missing")]
    assert seen(make.user(Role.UNIT_COORDINATOR, on=wards[0])) == own
    assert seen(make.user(Role.AUDITOR, on=top)) == [("", "1 answer is missing"), *own[1:]]
    assert seen(make.user(Role.PROGRAMME_OFFICER, on=top)) == [
        ("0.45", "1"),
        ("0.45", "1"),
        ("0.15", "1"),
        ("", "1 2"),
    ]


def test_the_workbook_holds_numbers_and_names_the_version(held: tuple[Campaign, Unit, list[Unit]]) -> None:
    made, top, _wards = held

    answer = fetched(client_of(make.user(Role.PROGRAMME_OFFICER, on=top)), made, "xlsx")

    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows()]
    head = next(at for at, row in enumerate(cells) if row[0] == "Rank by score")
    assert [row[3] for row in cells[head + 1 : head + 5]] == [0.85, 0.85, 0.2, None]
    words = " ".join(str(row[0]) for row in cells[head + 5 :])
    assert f"version {made.version.version}" in words


def test_what_is_too_large_for_a_workbook_is_refused_and_stands_in_the_csv(
    held: tuple[Campaign, Unit, list[Unit]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, top, _wards = held
    monkeypatch.setattr(files, "MOST_CELLS", 10)
    office = client_of(make.user(Role.PROGRAMME_OFFICER, on=top))

    answer = fetched(office, made, "xlsx")

    assert "Take the .csv: it holds the same." in answer.content.decode()
    assert len(lines(fetched(office, made))) == 4


def test_there_is_no_file_before_the_publication_and_none_of_another_kind(
    held: tuple[Campaign, Unit, list[Unit]],
) -> None:
    made, top, _wards = held
    office = client_of(make.user(Role.PROGRAMME_OFFICER, on=top))
    open_ = campaign(top, year=2027)

    assert fetched(office, open_).status_code == 404
    assert fetched(office, made, "pdf").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_takes_the_same_queries_for_one_unit_and_for_three(count: int, django_assert_num_queries: Any) -> None:
    top, wards = province(count)
    made = campaign(top)
    for ward in wards:
        answered(made, ward, a1="yes", a2=("3", "4"))
    made = published(made)
    office = client_of(make.user(Role.PROGRAMME_OFFICER, on=top))
    fetched(office, made)

    with django_assert_num_queries(9):
        fetched(office, made)
