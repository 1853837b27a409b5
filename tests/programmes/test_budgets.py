"""The money of several programmes: the sums of each, each opens to its amounts, nobody sees another unit's."""

import io
from datetime import UTC, date, datetime
from typing import Any

import factories as make
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from lantoa.directory.models import Level, Role, Unit
from lantoa.programmes.actions import add_partner
from lantoa.programmes.actions.budget import EntryText, add_budget_line, counter_amount, enter_amount
from lantoa.programmes.models import BudgetEntry, Programme
from lantoa.programmes.queries.budget import entries_under, net, portions_under, summed
from lantoa.programmes.rules.budget import OVERSPENT, Amount, LineText
from lantoa.programmes.words_budget import WARNING_WORDS

pytestmark = pytest.mark.django_db
AT = datetime(2020, 12, 1, 2, tzinfo=UTC)
ON = date(2020, 12, 1)
DAY = date(2020, 10, 5)
PAGE = reverse("programmes:budgets")


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


def programme(of: Unit, code: str, *amounts: tuple[str, int], source: str = "local", giver: str = "") -> Programme:
    made = make.programme(of, code=code, name=f"Chương trình {code}")
    if giver:
        add_partner(by=make.BY, programme=made, name=giver, role="donor")
    line = add_budget_line(by=make.BY, programme=made, text=LineText(2020, source, giver))
    for kind, dong in amounts:
        enter_amount(by=make.BY, line=line, text=EntryText(kind, DAY, Amount(dong)), at=AT)
    return made


def client_of(unit: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=unit))
    return client


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_sums_are_told_by_programme_source_year_and_giver(city: Unit) -> None:
    one = programme(city, "A", ("planned", 100), ("spent", 40))
    two = programme(city, "B", ("planned", 7), source="oda", giver="Ngân hàng")
    three = programme(city, "C", ("planned", 5), source="in_kind", giver="Ngân hàng")
    units = Unit.objects.filter(pk=city.pk)
    found = portions_under(units, on=ON)
    assert {key: sums["planned"] for key, sums in summed(found, lambda it: it.programme).items()} == {
        one.pk: 100,
        two.pk: 7,
        three.pk: 5,
    }
    assert summed(found, lambda it: it.giver)["Ngân hàng"]["planned"] == 12
    assert summed(found, lambda it: it.source)["local"] == {"planned": 100, "allocated": 0, "spent": 40}
    assert [it.source for it in portions_under(units, on=ON, source="oda")] == ["oda"]
    assert summed(portions_under(units, on=date(2020, 10, 4)), lambda it: None)[None]["planned"] == 0


def test_every_sum_opens_to_the_amounts_it_was_made_of(city: Unit) -> None:
    programme(city, "A", ("planned", 100), ("spent", 40))
    programme(city, "B", ("planned", 7), source="oda", giver="Ngân hàng")
    counter_amount(by=make.BY, entry=BudgetEntry.objects.get(amount=40), reason="Sai", at=AT)
    client = client_of(city)
    context = client.get(PAGE, {"on": "2020-12-01"}).context
    rows = [*context["programmes"], *context["sources"], *context["years"], *context["givers"]]
    for cell in [*context["total"], *(cell for row in rows for cell in row["cells"])]:
        opened = client.get(cell["url"]).context
        assert opened["sum"] == cell["sum"]
    assert len(rows) == 2 + 2 + 1 + 1


def test_a_giver_a_source_and_a_year_of_which_more_was_spent_than_allocated_say_so(city: Unit) -> None:
    programme(city, "A", ("planned", 100), ("allocated", 50), ("spent", 70), source="oda", giver="Ngân hàng")
    programme(city, "B", ("planned", 9), ("allocated", 9), ("spent", 9), source="oda", giver="Quỹ")
    context = client_of(city).get(PAGE, {"on": "2020-12-01"}).context
    late = {row["name"]: [one["kind"] for one in row["warnings"]] for row in context["givers"]}
    assert late == {"Ngân hàng": ["late"], "Quỹ": []}
    assert [row["warnings"][0]["word"] for row in (*context["sources"], *context["years"])] == [
        WARNING_WORDS[OVERSPENT],
        WARNING_WORDS[OVERSPENT],
    ]


def test_another_units_money_is_neither_counted_nor_opened(city: Unit) -> None:
    programme(city, "A", ("planned", 100))
    other = make.unit("Hai", kind="Thành phố", level=Level.PROVINCE)
    strange = programme(other, "B", ("planned", 900))
    client = client_of(city)
    answer = client.get(PAGE, {"on": "2020-12-01"})
    assert ("Chương trình A" in shown(answer), "Chương trình B" in shown(answer)) == (True, False)
    assert answer.context["total"][0]["sum"] == "100 đồng"
    opened = client.get(reverse("programmes:budgets_entries"), {"programme": strange.key}).context
    assert (opened["count"], opened["sum"]) == (0, "0 đồng")
    units = Unit.objects.filter(pk=city.pk)
    assert net(entries_under(units, on=ON)) == 100


def test_the_sheet_says_what_the_page_says(city: Unit) -> None:
    programme(city, "A", ("planned", 100), ("spent", 40))
    programme(city, "B", ("planned", 7), source="oda", giver="Ngân hàng")
    answer = client_of(city).get(reverse("programmes:budgets_file"), {"on": "2020-12-01", "source": "oda"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[-3:] for row in rows if "Chương trình B" in row] == [(7, 0, 0)]
    assert not any("Chương trình A" in row for row in rows)


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_takes_as_many_queries_however_many_programmes(city: Unit, many: int) -> None:
    for number in range(many):
        programme(city, f"P{number}", ("planned", 100), source="oda", giver=f"Ngân hàng {number}")
    client = client_of(city)
    counts = []
    for address in (PAGE, reverse("programmes:budgets_entries")):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts == [9, 6]


def test_the_money_of_one_office_is_counted_and_opened_alone(city: Unit) -> None:
    ward = make.unit("Bến", under=city)
    programme(city, "A", ("planned", 100))
    made = programme(city, "B", ("planned", 7))
    made.unit = ward
    made.save()
    client = client_of(city)
    answer = client.get(PAGE, {"on": "2020-12-01", "owner": ward.key})
    offered = [label for _key, label in answer.context["form"].fields["owner"].choices]
    assert offered[1:] == ["Phường Bến", "Thành phố Một"]
    assert answer.context["total"][0]["sum"] == "7 đồng"
    assert client.get(answer.context["total"][0]["url"]).context["sum"] == "7 đồng"
    whole = client.get(PAGE, {"on": "2020-12-01", "owner": "khong-co"})
    assert whole.context["total"][0]["sum"] == "107 đồng"  # no such office: nothing is narrowed


def test_the_list_of_programmes_leads_there(city: Unit) -> None:
    assert PAGE in shown(client_of(city).get(reverse("programmes:programmes")))
