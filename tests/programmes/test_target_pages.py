"""Targets, figures and campaigns on their pages: what is shown, who may do what, and the sheet out and in."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lantoa.accounts.models import User
from lantoa.directory.models import Level, Role, Unit
from lantoa.office.models import Document, Import, Notice
from lantoa.programmes.actions.reporting import ask_for, open_reporting
from lantoa.programmes.models import Due, Measurement, Reporting, Target
from lantoa.programmes.rules.spans import span_at

pytestmark = pytest.mark.django_db
LIST = reverse("programmes:targets")
YEAR = span_at("year", date(2025, 1, 1))


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def ward(city: Unit) -> Unit:
    return make.unit("Bến", under=city)


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def desk(city: Unit) -> Client:
    return client_of(make.user(Role.PROGRAMME_OFFICER, on=city))


@pytest.fixture
def keeper(ward: Unit) -> Client:
    return client_of(make.user(Role.UNIT_COORDINATOR, on=ward, is_person=make.person(at=ward)))


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page(name: str, *things: Any) -> str:
    return reverse(f"programmes:{name}", args=[one.key for one in things])


# ---- the list


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("state", ["", "met"])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    desk: Client, city: Unit, count: int, state: str, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make.figure(make.target(city, {2025: 80}), 2025, 90, approved=True)
    with django_assert_num_queries(10 if not state else 9):
        answer = desk.get(LIST, {"on": "2026-01-01", "state": state})
    assert text_of(answer).count("Hồ sơ xử lý trực tuyến") == count


def test_targets_are_found_by_what_is_typed_by_state_and_on_a_day(desk: Client, city: Unit, ward: Unit) -> None:
    good = make.target(city, {2025: 80}, code="TOT")
    make.figure(good, 2025, 90, approved=True)
    make.figure(make.target(city, {2025: 80}, code="CHAM", pillar="society"), 2025, 10, approved=True)
    gone = make.target(city, code="NGUNG")
    Target.objects.filter(pk=gone.pk).update(retired_on=date(2025, 7, 1), retired_reason="hết")
    make.target(ward, code="TOT", parent=good, way="copied")
    make.target(make.unit(), code="LA")
    asked = {
        "": {"TOT", "CHAM"},
        "text=ho so": {"TOT", "CHAM"},
        "text=cham": {"CHAM"},
        "pillar=society": {"CHAM"},
        "state=met": {"TOT"},
        "state=missed": {"CHAM"},
        "state=retired": {"NGUNG"},
        "state=late": set(),
    }
    for query, codes in asked.items():
        answer = desk.get(f"{LIST}?{query}&on=2026-01-05")
        assert {row["target"].code for row in answer.context["rows"]} == codes, query
    shares = desk.get(f"{LIST}?units=on&on=2026-01-05").context["rows"]
    assert sorted(row["target"].code for row in shares) == ["CHAM", "TOT", "TOT"]
    before = desk.get(f"{LIST}?on=2025-06-30").context["rows"]
    assert sorted(row["target"].code for row in before) == ["CHAM", "NGUNG", "TOT"]


def test_an_empty_list_says_what_would_be_there(desk: Client) -> None:
    assert "No target to show" in text_of(desk.get(LIST))


# ---- one target


def test_a_target_shows_its_evidence_its_figures_and_what_is_missing(desk: Client, city: Unit, ward: Unit) -> None:
    parent = make.target(city, {2025: 80}, roll_up="mean")
    parent.milestones.update(mark="K")
    other = make.unit("Xa Xôi", under=city)
    for unit, value in ((ward, 90), (other, None)):
        share = make.target(unit, code=parent.code, parent=parent, way="copied")
        if value:
            make.figure(share, 2025, value, approved=True)
    shown = text_of(desk.get(page("target", parent), {"on": "2026-01-05"}))
    for words in ("not confirmed", "1 of 2 units", "Missing units", "Phường Xa Xôi", "from the units under it"):
        assert words in shown
    assert "<svg" in shown
    assert "What it means" in shown and "mean of the units" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_a_target_takes_the_same_queries_for_one_share_and_for_three(
    desk: Client, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    parent = make.target(city, {2025: 80}, roll_up="mean")
    for _ in range(count):
        share = make.target(make.unit(under=city), code=parent.code, parent=parent, way="copied")
        make.figure(share, 2025, 90, approved=True)
        make.figure(parent, 2024, 50 + parent.measurements.count())
    with django_assert_num_queries(14):
        desk.get(page("target", parent), {"on": "2026-01-05"})


def test_a_target_is_made_changed_and_retired_by_form(desk: Client, city: Unit) -> None:
    said = {
        "unit": "Thành phố Một", "code": "CT1", "name": "Hồ sơ", "pillar": "government", "kind": "at_least",
        "measure": "%", "since": "2020-07-03", "every": "year", "goals": "2025 = 80\n2030 = 97,5", "high": "100",
    }  # fmt: skip
    desk.post(reverse("programmes:new_target"), said)
    made = Target.objects.get()
    assert (made.unit, made.high, [one.value for one in made.milestones.order_by("year")]) == (
        city, 100, [80, Decimal("97.5")],
    )  # fmt: skip
    form = desk.get(page("change_target", made)).context["form"]
    assert form.initial["goals"] == "2025 = 80\n2030 = 97,5"
    desk.post(page("change_target", made), {**said, "name": "Hồ sơ trực tuyến"})
    made.refresh_from_db()
    assert made.name == "Hồ sơ trực tuyến"
    desk.post(page("retire_target", made), {"on": "2025-07-01", "reason": "Hết hạn"})
    made.refresh_from_db()
    assert (made.retired_on, made.retired_reason) == (date(2025, 7, 1), "Hết hạn")


def test_a_milestone_changed_after_its_year_needs_a_reason_and_is_shown_as_it_was(desk: Client, city: Unit) -> None:
    made = make.target(city, {2024: 80}, code="CT1")
    make.figure(made, 2024, 60, approved=True)
    form = desk.get(page("change_target", made)).context["form"]
    said = {name: value for name, value in form.initial.items() if value not in (None, "")} | {"goals": "2024 = 60"}
    answer = desk.post(page("change_target", made), said)
    words = "Cannot change the milestone of target CT1 for 2024, 80: the year is over. Say why."
    assert words in text_of(answer)
    assert "Why a milestone of a year that is over changes" in text_of(answer)
    desk.post(page("change_target", made), {**said, "goals_reason": "Quyết định 12 điều chỉnh"})
    shown = text_of(desk.get(page("target", made)))
    assert "the milestone of 2024 was ≥ 80%; it was changed after that year: Quyết định 12 điều chỉnh" in shown


def test_a_form_says_what_is_wrong_where_it_is_wrong(desk: Client, city: Unit) -> None:
    said = {
        "unit": "Thành phố Một", "code": "CT1", "name": "Hồ sơ", "pillar": "government", "kind": "rank",
        "measure": "hạng", "since": "2020-07-03", "every": "year", "roll_up": "sum", "goals": "2025 = 70,5",
        "low": "12.500",
    }  # fmt: skip
    answer = desk.post(reverse("programmes:new_target"), said)
    assert answer.status_code == 422
    assert "“12.500” may be a thousand or a fraction." in text_of(answer)
    answer = desk.post(reverse("programmes:new_target"), {**said, "low": ""})
    assert "A place is a whole number from 1." in text_of(answer)
    assert "Figures of units cannot be joined by “sum”" in text_of(answer)
    assert Target.objects.count() == 0


def test_a_target_is_shared_out_by_weights(desk: Client, city: Unit, ward: Unit) -> None:
    made = make.target(city, {2025: 90}, measure="hồ sơ", roll_up="sum")
    other = make.unit(under=city)
    said = {"way": "split", "since": "2025-01-01", "chosen": [ward.key, other.key], f"weight-{ward.key}": "2"}
    desk.post(page("share_target", made), said)
    assert [share.milestones.get().value for share in made.shares.order_by("pk")] == [60, 30]
    answer = desk.post(page("share_target", made), {"way": "split", "since": "2025-01-01"})
    assert (answer.status_code, "Choose at least one unit." in text_of(answer)) == (422, True)


def test_a_share_names_where_it_comes_from_and_leads_there_only_who_may_see_it(
    desk: Client, keeper: Client, city: Unit, ward: Unit
) -> None:
    made = make.target(city, {2025: 90}, measure="hồ sơ", roll_up="sum")
    desk.post(page("share_target", made), {"way": "copied", "since": "2025-01-01", "chosen": [ward.key]})
    share, link = page("target", made.shares.get()), f'href="{page("target", made)}"'
    assert [made.code in text_of(one.get(share)) for one in (desk, keeper)] == [True, True]
    assert [link in text_of(one.get(share)) for one in (desk, keeper)] == [True, False]


# ---- a unit's plan


@pytest.mark.parametrize("count", [1, 3])
def test_the_plan_of_a_unit_takes_the_same_queries_for_one_and_for_three(
    desk: Client, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make.figure(make.target(city, {2025: 80}), 2025, 90, approved=True)
    with django_assert_num_queries(10):
        answer = desk.get(page("plan", city), {"on": "2026-01-05"})
    assert "<svg" in text_of(answer)


def test_each_number_of_a_plan_opens_to_its_rows(desk: Client, city: Unit) -> None:
    for value in (90, 10, None):
        made = make.target(city, {2025: 80})
        if value:
            make.figure(made, 2025, value, approved=True)
    shown = desk.get(page("plan", city), {"on": "2026-01-05"})
    counts = {one["state"]: one["count"] for one in shown.context["counts"]} | {"late": shown.context["late"]}
    assert counts == {"met": 1, "missed": 1, "unknown": 1, "late": 1}
    for state, count in counts.items():
        rows = desk.get(page("plan", city), {"on": "2026-01-05", "state": state}).context["pillars"]
        assert sum(len(mine) for _word, mine in rows) == count, state


def test_the_report_on_targets_is_drafted_in_the_form_of_the_decree(desk: Client, city: Unit, ward: Unit) -> None:
    parent = make.target(city, {2025: 80}, code="CT1", roll_up="mean")
    parent.milestones.update(mark="F", source="báo")
    make.target(city, {2025: 70}, code="CT2", kind="rank", measure="hạng", pillar="economy", is_demonstration=True)
    make.figure(make.target(ward, code="CT1", parent=parent, way="copied"), 2025, 90, approved=True)
    make.target(make.unit(under=city), code="CT1", parent=parent, way="copied")
    form = {"issuer": "Ủy ban nhân dân Thành phố Một", "code": "UBND", "place": "Một", "post": "Chủ tịch",
            "name": "Nguyễn Văn Thử"}  # fmt: skip
    desk.post(page("draft_plan", city) + "?on=2026-01-05", form)
    document = Document.objects.get()
    assert (document.kind, document.symbol, document.as_of) == ("BC", "BC-UBND", date(2026, 1, 5))
    for extension in ("docx", "pdf"):
        assert desk.get(reverse("office:document_file", args=[document.key, extension])).status_code == 200
    said = json.dumps(document.content, ensure_ascii=False)
    for words in (
        "có 2 chỉ tiêu đang áp dụng: 0 chỉ tiêu đạt, 0 chỉ tiêu chưa đạt, 2 chỉ tiêu chưa đủ số liệu để đánh giá.",
        "dữ liệu minh họa, không có thật",
        "90% (2025; 1/2 đơn vị)",
        "Chỉ tiêu CT1 còn thiếu số liệu của 1 đơn vị.",
        "hạng 70 trở lên",
        "Có trong nguồn đã nêu",
    ):
        assert words in said, words


# ---- figures


def test_a_ratio_is_corrected_by_its_parts_and_its_value_worked_out_anew(keeper: Client, ward: Unit) -> None:
    made = make.target(ward, {2025: 80})
    form = {"period": "2025", "part": "700", "whole": "1000"}
    keeper.post(page("report_figure", made), form)
    shown = keeper.get(page("report_figure", made) + "?period=2025").context["form"].initial
    assert {name: shown.get(name) for name in ("value", "part", "whole")} == {
        "value": None,
        "part": "700",
        "whole": "1000",
    }


def test_a_unit_reports_and_the_office_approves_or_returns(desk: Client, keeper: Client, ward: Unit) -> None:
    made = make.target(ward, {2025: 80})
    form = {"period": "2025", "value": "85,5", "document_number": "12/BC-UBND", "document_date": "2026-01-08"}
    keeper.post(page("report_figure", made), form)
    line = Measurement.objects.get()
    assert (line.value, line.unit) == (Decimal("85.5"), ward)
    assert keeper.get(page("review_figure", line)).status_code == 404
    assert "12/BC-UBND" in text_of(desk.get(page("review_figure", line)))
    answer = desk.post(page("review_figure", line), {"verdict": "returned"})
    assert "Cannot return the figure: the reason is missing." in text_of(answer)
    desk.post(page("review_figure", line), {"verdict": "returned", "reason": "Sai kỳ"})
    assert "Sai kỳ" in text_of(keeper.get(page("target", made)))
    assert "The figure was returned: Sai kỳ" in text_of(keeper.get(page("report_figure", made) + "?period=2025"))
    keeper.post(page("report_figure", made), {**form, "value": "84", "reason": "Lấy đúng kỳ"})
    desk.post(reverse("programmes:waiting"), {"chosen": [Measurement.objects.get(number=2).key]})
    assert [row.review.verdict for row in made.measurements.order_by("number")] == ["returned", "approved"]


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_takes_the_same_queries_for_one_and_for_three(
    desk: Client, ward: Unit, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make.figure(make.target(ward), 2025, 50)
    with django_assert_num_queries(7):
        answer = desk.get(reverse("programmes:waiting"))
    assert len(answer.context["rows"]) == count


# ---- campaigns


def campaign(city: Unit, *targets: Target, due_on: date | None = None) -> Reporting:
    at = timezone.now()
    made = open_reporting(
        by=make.BY, unit=city, title="Số liệu 2025", span=YEAR, due_on=due_on or timezone.localdate(at), at=at
    )
    ask_for(by=make.BY, reporting=made, targets=targets, at=at)
    return made


def test_a_campaign_is_opened_and_asks_the_units_that_have_a_share(desk: Client, city: Unit, ward: Unit) -> None:
    parent, alone = make.target(city, roll_up="mean"), make.target(city)
    make.target(ward, code=parent.code, parent=parent, way="copied")
    make.target(city, every="quarter")
    said = {"title": "Số liệu 2025", "unit": "Thành phố Một", "period": "2025", "due_on": "2026-01-20"}
    new = reverse("programmes:new_reporting")
    assert f'href="{new}"' in desk.get(reverse("programmes:reportings")).content.decode()
    assert "A period is written" in text_of(desk.post(reverse("programmes:new_reporting"), {**said, "period": "x"}))
    answer = desk.post(reverse("programmes:new_reporting"), {**said, "due_on": "2025-12-31"})
    assert "figures of 2025 cannot be due on 31/12/2025, before the period is over." in text_of(answer)
    desk.post(reverse("programmes:new_reporting"), said)
    made = Reporting.objects.get()
    offered = desk.get(page("ask_figures", made)).context["rows"]
    assert {(one.code, units) for one, _name, units in offered} == {(parent.code, 1), (alone.code, 0)}
    desk.post(page("ask_figures", made), {"chosen": [parent.key, alone.key]})
    assert {(due.target.unit, due.target.code) for due in Due.objects.all()} == {
        (ward, parent.code),
        (city, alone.code),
    }


def test_coordinators_are_told_and_reminded_once_a_day(desk: Client, keeper: Client, city: Unit, ward: Unit) -> None:
    made = campaign(city, make.target(ward), make.target(make.unit("Vắng", under=city)))
    assert [row.template for row in Notice.objects.all()] == ["programmes.figures_asked"]
    answer = desk.post(page("remind_figures", made), follow=True)
    assert "1 coordinator is reminded." in text_of(answer)
    assert "1 unit has no coordinator here, call it: Phường Vắng." in text_of(answer)
    assert "0 coordinators are reminded." in text_of(desk.post(page("remind_figures", made), follow=True))


def test_a_campaign_says_who_is_late_and_each_number_opens_to_its_rows(desk: Client, city: Unit, ward: Unit) -> None:
    targets = [make.target(ward) for _ in range(4)]
    made = campaign(city, *targets, due_on=date(2026, 1, 20))
    make.figure(targets[0], 2025, 5, approved=True)
    make.figure(targets[1], 2025, 5)
    shown = desk.get(page("reporting", made))
    tally = shown.context["tally"]
    assert (tally.asked, tally.approved, tally.waiting, tally.missing, tally.late, tally.owing, tally.units) == (
        4, 1, 1, 2, 2, 1, 1,
    )  # fmt: skip
    for state in ("approved", "waiting", "missing", "returned", "late"):
        rows = desk.get(page("reporting", made), {"state": state}).context["rows"]
        assert len(rows) == getattr(tally, state), state
    found = desk.get(page("reporting", made), {"text": "ben"}).context["rows"]
    assert len(found) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_a_campaign_takes_the_same_queries_for_one_figure_and_for_three(
    desk: Client, city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    made = campaign(city, *(make.target(make.unit(under=city)) for _ in range(count)))
    with django_assert_num_queries(9):
        desk.get(page("reporting", made))
    with django_assert_num_queries(8):
        desk.get(reverse("programmes:reportings"))


def test_a_unit_sees_what_it_owes_until_it_is_approved(keeper: Client, city: Unit, ward: Unit) -> None:
    mine = make.target(ward)
    campaign(city, mine, make.target(make.unit(under=city)))
    rows = keeper.get(reverse("programmes:owed")).context["rows"]
    assert [row["due"].target for row in rows] == [mine]
    make.figure(mine, 2025, 5, approved=True)
    assert keeper.get(reverse("programmes:owed")).context["rows"] == []


def test_a_closed_campaign_asks_and_reminds_no_more(desk: Client, city: Unit, ward: Unit) -> None:
    made = campaign(city, make.target(ward))
    desk.post(page("close_reporting", made))
    day = timezone.localdate().strftime("%d/%m/%Y")
    words = f"Cannot change «Số liệu 2025»: it was closed on {day}."
    for name in ("close_reporting", "remind_figures"):
        assert words in text_of(desk.post(page(name, made), follow=True))
    assert words in text_of(desk.post(page("reporting_deadline", made), {"due_on": "2026-12-01"}))
    assert words in text_of(desk.post(page("ask_figures", made), {"chosen": [make.target(city).key]}))


def test_a_deadline_is_moved_but_never_into_the_period(desk: Client, city: Unit, ward: Unit) -> None:
    made = campaign(city, make.target(ward))
    answer = desk.post(page("reporting_deadline", made), {"due_on": "2025-12-31"})
    assert "Cannot set the deadline of «Số liệu 2025» to 31/12/2025: the period is not over then." in text_of(answer)
    desk.post(page("reporting_deadline", made), {"due_on": "2027-01-31"})
    made.refresh_from_db()
    assert made.due_on == date(2027, 1, 31)


# ---- the sheet


def filled(desk: Client, made: Reporting, values: dict[str, dict[str, Any]], *, of: Unit | None = None) -> bytes:
    """The sheet of a campaign, or of one unit in it, with cells filled in, by unit name and heading."""
    address = page("owed_sheet", made, of) if of else page("figures_sheet", made)
    book = load_workbook(io.BytesIO(desk.get(address).content))
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if row[0].value == "Mã dòng")
    places = {cell.value: cell.column for cell in head}
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        for heading, value in values.get(str(row[1].value), {}).items():
            sheet.cell(row[0].row, places[heading], value)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def load(desk: Client, made: Reporting, content: bytes) -> Import:
    desk.post(page("load_figures", made), {"file": SimpleUploadedFile("bao-cao.xlsx", content)})
    return Import.objects.latest("pk")


def test_the_sheet_goes_out_and_comes_back_with_a_preview_and_can_be_undone(
    desk: Client, city: Unit, ward: Unit
) -> None:
    other, wrong = make.unit("Vắng", under=city), make.unit("Sai", under=city)
    made = campaign(city, *(make.target(unit, low=Decimal(0)) for unit in (ward, other, wrong)))
    content = filled(
        desk,
        made,
        {
            "Phường Bến": {"Tử số": 3, "Mẫu số": 4, "Số văn bản": "12/BC", "Ngày văn bản": "08/01/2026"},
            "Phường Sai": {"Giá trị": -1},
        },
    )
    preview = load(desk, made, content)
    assert preview.summary == {"new": 1, "changed": 0, "known": 1, "doubtful": 0, "wrong": 1}
    desk.post(reverse("office:apply_import", args=[preview.key]))
    line = Measurement.objects.get()
    assert (line.unit, line.value, line.part, line.whole) == (ward, 75, 3, 4)
    assert (line.document_number, line.document_date) == ("12/BC", date(2026, 1, 8))
    again = load(desk, made, content)
    assert (again.summary["known"], again.summary["new"]) == (2, 0)
    desk.post(reverse("office:undo_import", args=[preview.key]))
    assert Measurement.objects.count() == 0


def test_a_figure_in_the_sheet_that_corrects_one_needs_its_reason(desk: Client, city: Unit, ward: Unit) -> None:
    made = campaign(city, make.target(ward))
    make.figure(Target.objects.get(), 2025, 50)
    first = load(desk, made, filled(desk, made, {"Phường Bến": {"Giá trị": 60}}))
    assert first.summary["wrong"] == 1
    second = load(desk, made, filled(desk, made, {"Phường Bến": {"Giá trị": 60, "Lý do sửa": "Cộng thiếu"}}))
    assert second.summary["changed"] == 1
    desk.post(reverse("office:apply_import", args=[second.key]))
    assert list(Measurement.objects.order_by("number").values_list("value", "reason")) == [
        (50, ""),
        (60, "Cộng thiếu"),
    ]


def test_figures_that_were_approved_since_are_not_undone(desk: Client, city: Unit, ward: Unit) -> None:
    made = campaign(city, make.target(ward, code="CT1"))
    preview = load(desk, made, filled(desk, made, {"Phường Bến": {"Giá trị": 60}}))
    desk.post(reverse("office:apply_import", args=[preview.key]))
    desk.post(page("review_figure", Measurement.objects.get()), {"verdict": "approved"})
    desk.post(reverse("office:undo_import", args=[preview.key]))
    preview.refresh_from_db()
    assert (preview.state, Measurement.objects.count()) == ("applied", 1)


def test_a_unit_loads_its_own_sheet_and_no_row_of_another(
    desk: Client, keeper: Client, city: Unit, ward: Unit
) -> None:
    other = make.unit("Khác", under=city)
    made = campaign(city, make.target(ward), make.target(other))
    offered = keeper.get(reverse("programmes:owed"))
    assert page("load_owed", made, ward) in text_of(offered)
    own = filled(keeper, made, {"Phường Bến": {"Giá trị": 80}}, of=ward)
    everyone = filled(desk, made, {"Phường Bến": {"Giá trị": 80}, "Phường Khác": {"Giá trị": 90}})
    for content, faults in ((everyone, 1), (own, 0)):
        answer = keeper.post(page("load_owed", made, ward), {"file": SimpleUploadedFile("b.xlsx", content)})
        preview = Import.objects.latest("pk")
        assert answer.headers["Location"] == reverse("office:show_import", args=[preview.key])
        assert (preview.summary["new"], preview.summary["wrong"]) == (1, faults)
    shown = keeper.get(reverse("office:show_import", args=[preview.key]))
    assert reverse("programmes:owed") in text_of(shown)
    assert preview.key in text_of(keeper.get(reverse("office:imports")))
    keeper.post(reverse("office:apply_import", args=[preview.key]))
    line = Measurement.objects.get()
    assert (line.unit, line.value) == (ward, 80)
    keeper.post(reverse("office:undo_import", args=[preview.key]))
    assert not Measurement.objects.exists()


def test_nobody_loads_for_another_unit_nor_opens_what_they_may_not_load(
    desk: Client, keeper: Client, city: Unit, ward: Unit
) -> None:
    other = make.unit("Khác", under=city)
    made, foreign = campaign(city, make.target(ward)), campaign(city, make.target(other))
    for key, unit in ((made, other), (made, city), (foreign, ward)):
        assert keeper.get(page("owed_sheet", key, unit)).status_code == 404
        assert keeper.get(page("load_owed", key, unit)).status_code == 404
    preview = load(desk, made, filled(desk, made, {"Phường Bến": {"Giá trị": 80}}))
    assert keeper.post(reverse("office:apply_import", args=[preview.key])).status_code == 404
    Import.objects.update(unit=ward, kind="training.roster")
    assert keeper.get(reverse("office:show_import", args=[preview.key])).status_code == 404
    assert preview.key not in text_of(keeper.get(reverse("office:imports")))
    act_closed = desk.post(page("close_reporting", made))
    assert act_closed.status_code == 302
    assert keeper.get(page("owed_sheet", made, ward)).status_code == 404
