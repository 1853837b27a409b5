"""Money of programmes: what cannot be is refused, what is wrong is countered, every sum opens to its entries."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factories as make
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.programmes.actions import add_partner, remove_partner
from lantoa.programmes.actions.budget import EntryText, add_budget_line, counter_amount, enter_amount, write_budget
from lantoa.programmes.models import BudgetEntry, BudgetLine, Partner, Programme
from lantoa.programmes.queries.budget import budget_of, entries_of, net
from lantoa.programmes.rules.budget import Amount, LineText, in_dong, warnings

pytestmark = pytest.mark.django_db
AT = datetime(2020, 12, 1, 2, tzinfo=UTC)
ON = date(2020, 12, 1)
DAY = date(2020, 10, 5)


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def programme(city: Unit) -> Programme:
    return make.programme(city)


@pytest.fixture
def donor(programme: Programme) -> Partner:
    return add_partner(by=make.BY, programme=programme, name="Ngân hàng", role="donor")


def line(programme: Programme, source: str = "local", year: int = 2020, **more: Any) -> BudgetLine:
    return add_budget_line(by=make.BY, programme=programme, text=LineText(year, source, **more))


def enter(of: BudgetLine, kind: str, dong: int | None, day: date = DAY, **more: Any) -> BudgetEntry:
    amount = Amount(dong, more.pop("currency", ""), more.pop("foreign", None), more.pop("rate", None))
    return enter_amount(by=make.BY, line=of, text=EntryText(kind, day, amount, **more), at=AT)


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


def client_of(role: str, unit: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(role, on=unit))
    return client


def page(name: str, key: str) -> str:
    return reverse(f"programmes:{name}", args=[key])


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# ---- what can be


@pytest.mark.parametrize(
    ("said", "dong"),
    [
        (Amount(5), 5),
        (Amount(None, "USD", Decimal("50000"), Decimal("23200")), 1_160_000_000),
        (Amount(None, "USD", Decimal("0.01"), Decimal("50")), 1),
        (Amount(3, "USD", Decimal("0.1"), Decimal("25")), 3),
    ],
)
def test_an_amount_is_whole_dong_of_currency_and_rate(said: Amount, dong: int) -> None:
    assert in_dong(said) == dong


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Amount(None), "Cannot enter the amount: it is missing."),
        (Amount(0), "Cannot enter the amount: 0 đồng is no amount that can be."),
        (Amount(10**18), f"Cannot enter the amount: {10**18} đồng is no amount that can be."),
        (Amount(5, "USD"), "Cannot enter the amount: currency, amount in it and rate belong together."),
        (Amount(None, "USD", Decimal(0), Decimal(1)), "Cannot enter the amount: amount and rate are above nothing."),
        (
            Amount(None, "USD", Decimal("0.0014"), Decimal(1_000_000)),
            "Cannot enter the amount: 0,0014 has more digits than are kept: 18 before the comma, 2 after it.",
        ),
        (
            Amount(None, "USD", Decimal(1_000_000), Decimal("0.00000149")),
            "Cannot enter the amount: 0,00000149 has more digits than are kept: 14 before the comma, 6 after it.",
        ),
        (
            Amount(None, "USD", Decimal(10) ** 20, Decimal("0.0001")),
            f"Cannot enter the amount: {10**20} has more digits than are kept: 18 before the comma, 2 after it.",
        ),
        (
            Amount(None, "USD", Decimal(1), Decimal(10) ** 14),
            f"Cannot enter the amount: {10**14} has more digits than are kept: 14 before the comma, 6 after it.",
        ),
        (
            Amount(None, "USD", Decimal("1e35"), Decimal(1)),
            f"Cannot enter the amount: {10**35} has more digits than are kept: 18 before the comma, 2 after it.",
        ),
        (
            Amount(None, "USD", Decimal("999999999999999999.99"), Decimal("99999999999999.999999")),
            "Cannot enter the amount: 99999999999999999998000000000000 đồng is no amount that can be.",
        ),
        (Amount(None, "USD", Decimal("nan"), Decimal(1)), "Cannot enter the amount: NaN is no number."),
        (
            Amount(7, "USD", Decimal(2), Decimal(3)),
            "Cannot enter the amount: 2 USD by 3 is 6, not 7 đồng.",
        ),
    ],
)
def test_an_amount_that_cannot_be_is_refused_with_its_words(said: Amount, words: str) -> None:
    assert refusal(lambda: in_dong(said)) == words


def test_a_line_that_cannot_be_is_refused_with_its_words(programme: Programme) -> None:
    assert refusal(lambda: line(programme, "moon")) == "Cannot add the budget line: there is no source moon."
    assert refusal(lambda: line(programme, year=2031)) == (
        "Cannot add the budget line: 2031 is no year of the programme (from 2020 to 2020)."
    )
    assert refusal(lambda: line(programme, partner="Ai")) == (
        "Cannot add the budget line: Ai is no partner of the programme."
    )
    assert (
        refusal(lambda: line(programme, "oda")) == "Cannot add the budget line: say which partner or donor gives it."
    )
    line(programme)
    assert refusal(lambda: line(programme)) == "Cannot add the budget line: it stands there already."


def test_an_entry_has_a_kind_and_a_day_that_has_come(programme: Programme) -> None:
    of = line(programme)
    assert refusal(lambda: enter(of, "lost", 5)) == "Cannot enter the amount: there is no kind lost."
    assert refusal(lambda: enter(of, "planned", 5, date(2020, 12, 2))) == (
        "Cannot enter the amount: 02/12/2020 is still to come."
    )
    enter(of, "planned", 5)
    assert [(e.act, e.about["amount"]) for e in Entry.objects.filter(act="programmes.enter_amount")] == [
        ("programmes.enter_amount", 5)
    ]


# ---- what is never changed


def test_a_wrong_amount_is_countered_once_with_a_reason(programme: Programme) -> None:
    of = line(programme)
    wrong = enter(of, "spent", 900)
    assert refusal(lambda: counter_amount(by=make.BY, entry=wrong, reason=" ", at=AT)) == (
        "Cannot counter the amount: the reason is missing."
    )
    made = counter_amount(by=make.BY, entry=wrong, reason="Ghi nhầm số", at=AT)
    assert (made.amount, made.day, made.reason) == (-900, wrong.day, "Ghi nhầm số")
    assert refusal(lambda: counter_amount(by=make.BY, entry=wrong, reason="x", at=AT)) == (
        "Cannot counter the amount: it has been countered already."
    )
    assert refusal(lambda: counter_amount(by=make.BY, entry=made, reason="x", at=AT)) == (
        "Cannot counter the amount: it counters another itself. Enter the right amount anew."
    )
    enter(of, "spent", 90)
    assert (budget_of(programme, on=ON).total, of.entries.count()) == ({"spent": 90}, 3)


def test_the_database_keeps_every_entry(programme: Programme) -> None:
    made = enter(line(programme), "spent", 900)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetEntry.objects.filter(pk=made.pk).update(amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()


def test_a_partner_with_money_in_the_budget_stays(programme: Programme, donor: Partner) -> None:
    line(programme, "oda", partner="Ngân hàng")
    assert refusal(lambda: remove_partner(by=make.BY, partner=donor)) == (
        "Cannot remove partner Ngân hàng: money of theirs stands in the budget of the programme."
    )


# ---- sums


def test_sums_are_of_a_day_and_open_to_their_entries(programme: Programme, donor: Partner) -> None:
    own, given = line(programme), line(programme, "oda", partner="Ngân hàng")
    for kind, dong in (("planned", 100), ("allocated", 60), ("spent", 70)):
        enter(own, kind, dong)
    enter(given, "planned", None, currency="USD", foreign=Decimal(2), rate=Decimal(20))
    enter(own, "spent", 5, date(2020, 11, 1))
    made = budget_of(programme, on=ON)
    assert made.total == {"planned": 140, "allocated": 60, "spent": 75}
    assert made.by(lambda one: one.source) == {
        "local": {"planned": 100, "allocated": 60, "spent": 75}, "oda": {"planned": 40},
    }  # fmt: skip
    assert budget_of(programme, on=date(2020, 10, 31)).total["spent"] == 70
    assert [one.warnings for one in made.lines] == [("overspent",), ()]
    asked: list[dict[str, Any]] = [
        {"kind": "spent"}, {"source": "oda"}, {"partner": donor.key}, {"line": own.key}, {"year": 2020},
    ]  # fmt: skip
    assert [net(entries_of(programme, on=ON, **one)) for one in asked] == [75, 40, 40, 235, 275]


def test_more_than_there_is_is_said() -> None:
    assert warnings({"planned": 5, "allocated": 5, "spent": 5}) == ()
    assert warnings({"planned": 5, "allocated": 6, "spent": 7}) == ("overspent", "overallocated")


# ---- the plan of a file


def test_a_changed_plan_counters_the_old_one_and_leaves_what_was_spent(programme: Programme) -> None:
    def write(*lines: tuple[LineText, Amount]) -> bool:
        return write_budget(by=make.BY, programme=programme, lines=lines, at=AT, reason="Tệp mới")

    first = (LineText(2020, "local"), Amount(100))
    assert write(first)
    assert not write(first)
    enter(BudgetLine.objects.get(), "spent", 30)
    assert write((LineText(2020, "local"), Amount(120)))
    assert budget_of(programme, on=ON).total == {"planned": 120, "spent": 30}
    assert write((LineText(2020, "own"), Amount(7)))
    assert [one.sums for one in budget_of(programme, on=ON).lines] == [{"planned": 0, "spent": 30}, {"planned": 7}]


# ---- pages


@pytest.mark.parametrize("count", [1, 3])
def test_the_budget_takes_the_same_queries_for_one_line_and_for_three(
    city: Unit, programme: Programme, count: int, django_assert_num_queries: Any
) -> None:
    client = client_of(Role.PROGRAMME_OFFICER, city)
    for number in range(count):
        enter(line(programme, purpose=f"Lớp {number}"), "planned", 100)
    with django_assert_num_queries(8):
        answer = client.get(page("budget", programme.key))
    assert len(answer.context["lines"]) == count
    with django_assert_num_queries(7):
        answer = client.get(page("budget_entries", programme.key), {"kind": "planned"})
    assert len(answer.context["rows"]) == count


def test_an_officer_enters_money_sees_warnings_and_counters(city: Unit, programme: Programme, donor: Partner) -> None:
    client = client_of(Role.PROGRAMME_OFFICER, city)
    answer = client.post(page("new_budget_line", programme.key), {"year": "2020", "source": "oda"})
    assert "say which partner or donor gives it" in shown(answer)
    said = {"year": "2020", "source": "oda", "partner": "Ngân hàng", "purpose": "Hội thảo"}
    client.post(page("new_budget_line", programme.key), said)
    made = BudgetLine.objects.get()
    amounts = {"kind": "planned", "day": "2020-10-05", "currency": "USD", "foreign": "50000", "rate": "23200"}
    client.post(page("enter_amount", made.key), amounts)
    assert BudgetEntry.objects.get().amount == 1_160_000_000
    spent = {"kind": "spent", "day": "2020-10-05", "amount": "1000"}
    answer = client.post(page("enter_amount", made.key), spent, follow=True)
    words = shown(answer)
    for one in ("more spent than allocated", "1,160,000,000 đồng", "Ngân hàng", "<svg"):
        assert one in words
    entry = BudgetEntry.objects.get(kind="spent")
    listed = shown(client.get(page("budget_entries", programme.key), {"kind": "spent"}))
    assert "1 amount comes to 1,000 đồng." in listed
    assert "50,000 USD at 23,200" in shown(client.get(page("budget_entries", programme.key), {"partner": donor.key}))
    client.post(page("counter_amount", entry.key), {"reason": "Ghi nhầm"})
    listed = shown(client.get(page("budget_entries", programme.key), {"kind": "spent"}))
    assert "2 amounts come to 0 đồng." in listed and "Ghi nhầm" in listed
    answer = client.post(page("remove_partner", donor.key), follow=True)
    assert "money of theirs stands in the budget" in shown(answer)


def test_whoever_may_see_a_programme_sees_its_money_and_enters_none(city: Unit, programme: Programme) -> None:
    enter(line(programme), "planned", 100)
    client = client_of(Role.UNIT_COORDINATOR, city)
    words = shown(client.get(page("budget", programme.key)))
    assert "100 đồng" in words and "Add a budget line" not in words
    assert client.get(page("new_budget_line", programme.key)).status_code == 404
