"""Money in a sheet: seen row by row before it counts, never counted twice, taken back while nothing rests on it."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role
from lantoa.ledger.models import Entry
from lantoa.office.actions.imports import apply_import, undo_import
from lantoa.office.models import Import
from lantoa.programmes.actions import add_partner
from lantoa.programmes.actions.budget import EntryText, add_budget_line, counter_amount, enter_amount
from lantoa.programmes.models import BudgetEntry, Programme
from lantoa.programmes.queries.budget import budget_of
from lantoa.programmes.rules.budget import Amount, LineText

pytestmark = pytest.mark.django_db
AT = datetime(2020, 12, 1, 2, tzinfo=UTC)
ON = date(2020, 12, 1)
HEAD = (
    "Năm;Nguồn kinh phí;Ai tài trợ;Nội dung;Khoản;Tính đến ngày;Số tiền (đồng);Ngoại tệ;Số tiền ngoại tệ;Tỷ giá;"
    "Số văn bản"
)
LOCAL = "2020;Ngân sách địa phương;;Bồi dưỡng;Đã chi;05/10/2020;1.200.000;;;;12/QĐ"
DONOR = "2020;ODA, nhà tài trợ;ngân hàng;;Kế hoạch;2020-09-01;;USD;50000;23200,5;"


@pytest.fixture
def programme() -> Programme:
    made = make.programme(make.unit("Một", kind="Thành phố", level=Level.PROVINCE))
    add_partner(by=make.BY, programme=made, name="Ngân hàng", role="donor")
    return made


@pytest.fixture
def client(programme: Programme) -> Client:
    made = Client()
    made.cookies["django_language"] = "en"
    made.force_login(make.user(Role.PROGRAMME_OFFICER, on=programme.unit))
    return made


def page(name: str, programme: Programme) -> str:
    return reverse(f"programmes:{name}", args=[programme.key])


def preview(client: Client, programme: Programme, *rows: str) -> Import:
    return send(client, programme, "\n".join((HEAD, *rows)).encode(), "kinh-phi.csv")


def send(client: Client, programme: Programme, data: bytes, name: str) -> Import:
    client.post(page("load_budget", programme), {"file": SimpleUploadedFile(name, data)})
    return Import.objects.latest("pk")


def counted(made: Import) -> tuple[int, int, int]:
    return made.summary["new"], made.summary["known"], made.summary["wrong"]


def refusal(act: Callable[..., object], made: Import) -> str:
    with pytest.raises(Refused) as refused:
        act(by=make.BY, made=made, at=AT)
    return str(refused.value)


def test_a_sheet_is_previewed_applied_known_again_and_undone(client: Client, programme: Programme) -> None:
    made = preview(client, programme, LOCAL, DONOR)
    assert (counted(made), BudgetEntry.objects.count()) == ((2, 0, 0), 0)

    apply_import(by=make.BY, made=made, at=AT)
    assert dict(budget_of(programme, on=ON).total) == {"spent": 1_200_000, "planned": 1_160_025_000}
    given = BudgetEntry.objects.get(kind="planned")
    assert (given.line.partner and given.line.partner.name, given.foreign, given.rate) == (
        "Ngân hàng",
        Decimal(50000),
        Decimal("23200.5"),
    )
    assert counted(preview(client, programme, LOCAL, DONOR)) == (0, 2, 0)

    undo_import(by=make.BY, made=made, at=AT)
    assert dict(budget_of(programme, on=ON).total) == {"spent": 0, "planned": 0}
    acts = Entry.objects.filter(act__startswith="programmes.").values_list("act", flat=True)
    assert {"programmes.load_budget", "programmes.take_budget_back"} <= set(acts)


def test_each_row_that_cannot_be_says_why(client: Client, programme: Programme) -> None:
    made = preview(
        client,
        programme,
        LOCAL,
        LOCAL,
        LOCAL.replace("địa phương", "mặt trăng"),
        LOCAL.replace("2020;Ngân", "2031;Ngân"),
        LOCAL.replace("Đã chi", ""),
        LOCAL.replace("1.200.000", ""),
        LOCAL.replace("05/10/2020", "05/10/2199"),
        DONOR.replace("ngân hàng", "Ai đó"),
        "2020;Vốn tự có;;;;;;;;;",
    )
    faults = [fault["message"] % fault["values"] for row in made.rows.order_by("number") for fault in row.faults]
    assert faults == [
        "This row stands in row 2 already.",
        "“Ngân sách mặt trăng” is no source of money.",
        "Cannot add the budget line: 2031 is no year of the programme (from 2020 to 2020).",
        "The row does not say whether it is planned, allocated or spent.",
        "Cannot enter the amount: it is missing.",
        "Cannot enter the amount: 05/10/2199 is still to come.",
        "Cannot add the budget line: Ai đó is no partner of the programme.",
    ]
    assert counted(made) == (1, 1, 7)  # the last row says nothing


def test_the_sheet_that_goes_out_comes_back_and_changes_nothing(client: Client, programme: Programme) -> None:
    apply_import(by=make.BY, made=preview(client, programme, LOCAL, DONOR), at=AT)
    sent = client.get(page("budget_file", programme), {"on": "2020-12-01"}).content
    rows = list(load_workbook(io.BytesIO(sent)).active.iter_rows(values_only=True))
    assert [sum(word in row for row in rows) for word in ("Bồi dưỡng", "Ngân hàng", 1_200_000)] == [2, 2, 1]
    assert counted(send(client, programme, sent, "kinh-phi.xlsx")) == (0, 4, 0)


def test_what_was_countered_is_new_again_with_a_warning(client: Client, programme: Programme) -> None:
    made = preview(client, programme, LOCAL)
    apply_import(by=make.BY, made=made, at=AT)
    counter_amount(by=make.BY, entry=BudgetEntry.objects.get(), reason="Sai số", at=AT)
    again = preview(client, programme, LOCAL)
    assert counted(again) == (1, 0, 0)
    assert again.rows.get().faults[0]["message"] == "This amount was entered before and countered."
    words = "Cannot undo: the amount of 1200000 đồng as of 05/10/2020 was countered since."
    assert refusal(undo_import, made) == words


def test_an_amount_that_was_entered_since_the_preview_is_not_entered_twice(
    client: Client, programme: Programme
) -> None:
    made = preview(client, programme, LOCAL)
    line = add_budget_line(by=make.BY, programme=programme, text=LineText(2020, "local", purpose="Bồi dưỡng"))
    said = EntryText("spent", date(2020, 10, 5), Amount(1_200_000), document_number="12/QĐ")
    enter_amount(by=make.BY, line=line, text=said, at=AT)
    assert refusal(apply_import, made) == "Cannot take row 2: its amount was entered since. Read the file again."
    assert BudgetEntry.objects.count() == 1


def test_a_sheet_adds_to_a_line_that_stands(client: Client, programme: Programme) -> None:
    line = add_budget_line(by=make.BY, programme=programme, text=LineText(2020, "local", purpose="Bồi dưỡng"))
    apply_import(by=make.BY, made=preview(client, programme, LOCAL), at=AT)
    assert [one.line for one in BudgetEntry.objects.all()] == [line]


def test_a_sheet_without_money_is_refused_in_words(client: Client, programme: Programme) -> None:
    assert send(client, programme, b"Tr\xc3\xadch;D\n1;2\n", "a.csv").state == Import.State.REFUSED
