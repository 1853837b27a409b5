"""What units run: entered, changed without rewriting, taken over, judged by what is expected; sheets and pages."""

import io
from datetime import UTC, date, datetime
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from lantoa.common.refused import Refused
from lantoa.common.toml_lines import LinedFaults
from lantoa.directory.models import Level, Role, Succession, SuccessionLink, Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.imports import apply_import, undo_import
from lantoa.office.models import Import
from lantoa.programmes.actions.inventory import (
    StageText,
    declare_expected,
    enter_system,
    say_stage,
    take_over,
)
from lantoa.programmes.models import ExpectedList, Stage, System
from lantoa.programmes.queries.inventory import (
    choose,
    inventories,
    inventory_of,
    kinds,
    proposed,
    tallies,
)
from lantoa.programmes.rules.inventory import (
    INHERITED,
    MISSING,
    OLD,
    UNCONNECTED,
    Expected,
    Run,
    gaps_of,
    read_expected,
    read_kinds,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
ON = date(2026, 7, 1)
SINCE = date(2021, 3, 1)
LIST = reverse("programmes:inventory")


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def ward(city: Unit) -> Unit:
    return make.unit("Bến", under=city)


def text(since: date = SINCE, **more: Any) -> StageText:
    return StageText(**{"since": since, "state": "running", "name": "Văn phòng số", **more})


def enter(unit: Unit, kind: str = "document_management", since: date = SINCE, **more: Any) -> System:
    return enter_system(by=make.BY, unit=unit, kind=kind, text=text(since, **more), at=AT)


def merge(forebears: list[Unit], under: Unit, day: date) -> Unit:
    """Units that end on a day, and the one that takes their place."""
    for one in forebears:
        placement = one.placements.get()
        placement.period = type(placement.period)(placement.period.lower, day, "[)")
        placement.save()
    heir = make.unit("Mới", under=under, since=day)
    made = Succession.objects.create(day=day, kind="merged", decision=make.decision())
    for one in forebears:
        SuccessionLink.objects.create(succession=made, forebear=one, heir=heir)
    return heir


def client_of(role: str, unit: Unit, language: str = "en") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(make.user(role, on=unit))
    return client


def page(name: str, *keys: str) -> str:
    return reverse(f"programmes:{name}", args=keys)


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


# ---- what is entered


def test_a_system_is_entered_with_one_line_in_the_ledger(ward: Unit) -> None:
    made = enter(ward, links=("one_stop", "data_sharing"), users=40, cost=48_000_000)
    stage = made.stages.get()
    assert (stage.name, stage.users, stage.cost, stage.links) == (
        "Văn phòng số", 40, 48_000_000, ["one_stop", "data_sharing"],
    )  # fmt: skip
    assert [(e.act, e.about) for e in Entry.objects.all()] == [
        ("programmes.enter_system", {"unit": ward.key, "kind": "document_management"})
    ]


def test_what_cannot_be_is_refused_with_its_words(ward: Unit) -> None:
    assert refusal(lambda: enter(ward, "teapot")) == "Cannot enter Văn phòng số: there is no kind teapot."
    assert refusal(lambda: enter(ward, state="broke")) == "Cannot enter Văn phòng số: there is no state broke."
    assert refusal(lambda: enter(ward, name=" ")) == "Cannot enter the system: its name is missing."
    assert refusal(lambda: enter(ward, since=date(2026, 8, 1))) == (
        "Cannot enter Văn phòng số: it cannot be in use from 01/08/2026 on, that day is still to come."
    )
    assert refusal(lambda: enter(ward, since=date(1889, 8, 1))) == (
        "Cannot enter Văn phòng số: the unit did not stand on 01/08/1889."
    )
    assert refusal(lambda: enter(ward, links=("teapot",))) == "Cannot enter Văn phòng số: there is no kind teapot."
    assert refusal(lambda: enter(ward, cost=-1)) == (
        "Cannot enter Văn phòng số: -1 is no number of users and no cost that can be."
    )
    assert enter(ward, since=date(2026, 8, 1), state="planned").stages.get().state == "planned"


def test_a_change_is_a_new_stage_and_any_day_is_answered_as_it_was(ward: Unit) -> None:
    made = enter(ward)
    say_stage(by=make.BY, system=made, text=text(date(2024, 1, 1), supplier="Viễn thông Một"), at=AT)
    say_stage(by=make.BY, system=made, text=text(date(2026, 1, 1), state="stopped"), at=AT)
    told = [
        (line.stage.state, line.stage.supplier, line.begun)
        for on in (date(2020, 1, 1), date(2022, 1, 1), date(2025, 1, 1), ON)
        for line in inventory_of(ward, on=on).lines
    ]
    assert told == [
        ("running", "", SINCE), ("running", "Viễn thông Một", SINCE), ("stopped", "", SINCE),
    ]  # fmt: skip


def test_a_correction_of_a_day_needs_a_reason_and_leaves_the_line_before(ward: Unit) -> None:
    made = enter(ward)
    same = refusal(lambda: say_stage(by=make.BY, system=made, text=text(), at=AT))
    assert same == "Cannot change Văn phòng số: nothing would change."
    better = text(name="Văn phòng số 2")
    assert refusal(lambda: say_stage(by=make.BY, system=made, text=better, at=AT)) == (
        "Cannot change Văn phòng số 2 from 01/03/2021 on: something is said of that day already; say why it changes."
    )
    say_stage(by=make.BY, system=made, text=better, at=AT, reason="Ghi sai tên")
    assert list(made.stages.order_by("number").values_list("number", "name", "reason")) == [
        (1, "Văn phòng số", ""), (2, "Văn phòng số 2", "Ghi sai tên"),
    ]  # fmt: skip
    assert Entry.objects.latest("id").act == "programmes.correct_system"


def test_the_database_keeps_what_was_said(ward: Unit) -> None:
    stage = enter(ward).stages.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.filter(pk=stage.pk).update(name="Khác")


# ---- what is expected


@pytest.mark.parametrize(
    ("expected", "runs", "gaps"),
    [
        (Expected("devices"), [], (MISSING,)),
        (Expected("devices"), [Run("devices", "planned")], (MISSING,)),
        (Expected("devices"), [Run("devices", "broken")], (MISSING,)),
        (Expected("devices"), [Run("devices", "running", inherited=True)], (INHERITED,)),
        (Expected("devices"), [Run("devices", "trial")], ()),
        (Expected("devices", 5), [Run("devices", "running", date(2021, 7, 1))], ()),
        (Expected("devices", 5), [Run("devices", "running", date(2021, 6, 30))], (OLD,)),
        (Expected("devices", 5), [Run("devices", "running", date(2012, 1, 1)), Run("devices", "running", ON)], ()),
        (Expected("devices", 5, True), [Run("devices", "running", date(2012, 1, 1))], (OLD, UNCONNECTED)),
        (Expected("one_stop", None, True), [Run("one_stop", "running", None, True)], ()),
    ],
)
def test_a_gap_is_what_is_missing_old_or_not_connected(expected: Expected, runs: list[Run], gaps: Any) -> None:
    assert gaps_of(expected, runs, on=ON) == gaps


def test_every_figure_of_the_proposal_bears_its_evidence() -> None:
    rows = [one for level in proposed().values() for one in level]
    assert {one.mark for one in rows} == {"F", "K"}
    assert [one.kind for one in rows if one.mark == "F" and not one.source] == []


def test_a_wrong_data_file_is_refused_with_its_lines() -> None:
    with pytest.raises(LinedFaults) as faults:
        read_expected(b'[[expected]]\nlevel = "moon"\nkind = "devices"\noldest = 99\n', kinds())
    assert [(one.line, str(one.reason)[:31]) for one in faults.value.faults] == [
        (2, "“moon” is not known here; known"), (4, "The years must be a whole numbe"),
    ]  # fmt: skip
    with pytest.raises(LinedFaults) as faults:
        read_kinds(b'[[kind]]\ncode = "a"\ngroup = "x"\n')
    assert str(faults.value.faults[0].reason) == (
        "Kind a is not whole: it has a code of its own, a group and both names."
    )


def test_the_nearest_office_says_what_is_expected_from_a_day_on(city: Unit, ward: Unit) -> None:
    def asked(on: date) -> list[str]:
        return [one.expected.kind for one in inventory_of(ward, on=on).checked]

    assert asked(ON) == [one.kind for one in proposed()["commune"]]
    for since, kind in ((date(2025, 1, 1), "website"), (date(2026, 1, 1), "public_wifi")):
        declare_expected(by=make.BY, unit=city, level="commune", since=since, items=[Expected(kind, 3, True)], at=AT)
    assert (asked(date(2025, 6, 1)), asked(ON)) == (["website"], ["public_wifi"])
    declare_expected(by=make.BY, unit=ward, level="commune", since=ON, items=[], at=AT)
    assert asked(ON) == []


def test_a_list_that_cannot_be_is_refused_with_its_words(city: Unit) -> None:
    def declare(level: str = "commune", *items: Expected) -> str:
        return refusal(lambda: declare_expected(by=make.BY, unit=city, level=level, since=ON, items=items, at=AT))

    assert declare("moon") == "Cannot declare what is expected: there is no level moon."
    assert declare("commune", Expected("teapot")) == "Cannot declare what is expected: there is no kind teapot."
    twice = declare("commune", Expected("devices"), Expected("devices"))
    assert twice == "Cannot declare what is expected: a kind stands there twice."


# ---- units that merged


def test_an_heir_shows_what_the_units_before_ran_as_such_until_it_takes_it_over(city: Unit, ward: Unit) -> None:
    other = make.unit("Chợ", under=city)
    system = enter(ward)
    enter(other, "website")
    heir = merge([ward, other], city, date(2025, 7, 1))
    lines = inventory_of(heir, on=ON).lines
    assert [(line.system.kind, line.before) for line in lines] == [
        ("document_management", ward.pk), ("website", other.pk),
    ]  # fmt: skip
    assert inventory_of(heir, on=ON).checked[0].gaps == (INHERITED,)
    every = Unit.objects.all()
    assert [(one.unit, len(one.lines)) for one in inventories(every, on=ON) if one.lines] == [(heir.pk, 2)]
    assert [(one.unit, len(one.lines)) for one in inventories(every, on=date(2025, 6, 30)) if one.lines] == [
        (ward.pk, 1), (other.pk, 1),
    ]  # fmt: skip

    made = take_over(by=make.BY, system=system, unit=heir, since=date(2025, 8, 1), at=AT)
    assert [(line.system, line.before) for line in inventory_of(heir, on=ON).lines] == [
        (made, None), (System.objects.get(kind="website"), other.pk),
    ]  # fmt: skip
    assert inventory_of(heir, on=date(2025, 7, 15)).lines[0].system == system
    again = refusal(lambda: take_over(by=make.BY, system=system, unit=heir, since=ON, at=AT))
    assert again == "Cannot take over Văn phòng số: it has been taken over already."


def test_only_an_heir_takes_over_what_runs(city: Unit, ward: Unit) -> None:
    system, stranger = enter(ward), make.unit("Lạ", under=city)
    assert refusal(lambda: take_over(by=make.BY, system=system, unit=stranger, since=ON, at=AT)) == (
        "Cannot take over Văn phòng số on 01/07/2026: this unit does not stand in the place of the one that ran it."
    )
    say_stage(by=make.BY, system=system, text=text(date(2025, 1, 1), state="stopped"), at=AT)
    heir = merge([ward], city, date(2025, 7, 1))
    assert refusal(lambda: take_over(by=make.BY, system=system, unit=heir, since=ON, at=AT)) == (
        "Cannot take over Văn phòng số: it did not run on that day."
    )


# ---- over many units


def test_each_number_is_the_length_of_the_list_it_opens_to(city: Unit, ward: Unit) -> None:
    make.unit("Không", under=city)
    enter(ward, "one_stop")
    rows = inventories(Unit.objects.filter(pk__in=[one.pk for one in Unit.objects.all()]), on=ON)
    for tally in tallies(rows):
        for state, count in tally.counts.items():
            assert len(choose(rows, kind=tally.kind, state=state)) == count, (tally.kind, state)
    assert [one.name for one in choose(rows, kind="one_stop", state=UNCONNECTED)] == ["Phường Bến"]
    assert [one.name for one in choose(rows, kind="", state="", words="khong")] == ["Phường Không"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_officers_page_takes_the_same_queries_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    client = client_of(Role.PROGRAMME_OFFICER, city)
    for at in range(count):
        enter(make.unit(f"Số {at}", under=city), "one_stop", name=f"Một cửa {at}")
    with django_assert_num_queries(8):
        answer = client.get(LIST, {"on": "2026-07-01", "kind": "one_stop", "state": "unconnected"})
    assert len(answer.context["rows"]) == count


def test_the_officers_page_opens_numbers_to_units_and_a_unit_to_what_it_runs(city: Unit, ward: Unit) -> None:
    enter(ward, "one_stop")
    stranger = make.unit("Xa")
    enter(stranger, "one_stop")
    client = client_of(Role.PROGRAMME_OFFICER, city)
    words = shown(client.get(LIST, {"on": "2026-07-01"}))
    assert "Phường Bến" in words and "Phường Xa" not in words
    assert "?on=2026-07-01&amp;kind=one_stop&amp;state=unconnected" in words
    one = shown(client.get(page("unit_inventory", ward.key)))
    for said in ("Văn phòng số", "not connected", "not confirmed", "Say what units are to run", "Load a sheet"):
        assert said in one
    assert "Load a sheet" in shown(client_of(Role.UNIT_COORDINATOR, ward).get(page("unit_inventory", ward.key)))
    assert "Load a sheet" not in shown(client_of(Role.AUDITOR, ward).get(page("unit_inventory", ward.key)))


def test_a_coordinator_enters_changes_and_takes_over_by_form(city: Unit, ward: Unit) -> None:
    heir = merge([ward], city, date(2025, 7, 1))
    system = enter(ward, "website", name="Trang cũ")
    client = client_of(Role.UNIT_COORDINATOR, heir)
    said = {"kind": "devices", "name": "Máy tính", "state": "running", "since": "2025-09-01", "cost": "1000000"}
    assert client.post(page("new_system", heir.key), said).status_code == 302
    made = System.objects.get(kind="devices")
    assert (made.unit, made.stages.get().cost) == (heir, 1_000_000)
    answer = client.post(page("change_system", made.key), said | {"state": "broken", "since": "2025-09-01"})
    assert (answer.status_code, "say why it changes" in shown(answer)) == (422, True)
    client.post(page("change_system", made.key), said | {"state": "broken", "since": "2026-02-01"})
    words = shown(client.get(page("system", made.key)))
    assert "out of order" in words and "1,000,000 đồng" in words
    client.post(page("take_system", heir.key, system.key))
    assert System.objects.get(came_from=system).unit == heir
    answer = client.post(page("take_system", heir.key, system.key), follow=True)
    assert "it has been taken over already" in shown(answer)


def test_an_office_declares_its_list_by_form(city: Unit, ward: Unit) -> None:
    client = client_of(Role.PROGRAMME_OFFICER, city)
    said = {
        "level": "commune", "since": "2026-01-01", "wanted": ["devices", "one_stop"], "connected": ["one_stop"],
        "ages": "devices = 5",
    }  # fmt: skip
    wrong = client.post(page("declare_expected", city.key), said | {"ages": "website = 2"})
    assert "Choose it above, too: website" in shown(wrong)
    wrong = client.post(page("declare_expected", city.key), said | {"ages": "devices = old"})
    assert "is no kind with a number of years" in shown(wrong)
    assert client.post(page("declare_expected", city.key), said).status_code == 302
    made = ExpectedList.objects.get()
    assert made.items == [
        {"kind": "one_stop", "oldest": None, "connected": True},
        {"kind": "devices", "oldest": 5, "connected": False},
    ]
    words = shown(client.get(page("unit_inventory", ward.key)))
    assert "The list that its office declared, since 1 January 2026." in words
    assert "at most 5 years old" in words


# ---- sheets


def preview(client: Client, unit: Unit, data: bytes, name: str = "nen-tang.xlsx") -> Import:
    client.post(page("load_inventory", unit.key), {"file": SimpleUploadedFile(name, data)})
    return Import.objects.latest("pk")


def csv(*rows: str) -> bytes:
    return "\n".join(
        ("Đơn vị;Loại;Tên hệ thống;Tình trạng;Từ ngày;Số người dùng;Kết nối với;Lý do sửa", *rows)
    ).encode()


def test_a_sheet_goes_out_and_comes_back_and_changes_nothing(city: Unit, ward: Unit) -> None:
    enter(ward, links=("one_stop", "data_sharing"), users=1200, cost=48_000_000)
    client = client_of(Role.PROGRAMME_OFFICER, city, "vi")
    answer = client.get(page("inventory_file"), {"on": "2026-07-01", "kind": "document_management", "state": "has"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert sum("Văn phòng số" in row for row in rows) == 1
    made = preview(client, city, answer.content)
    assert made.summary == {"new": 0, "changed": 0, "known": 1, "doubtful": 0, "wrong": 0}
    alone = client.get(page("inventory_file"), {"unit": ward.key})
    assert preview(client, city, alone.content).summary["known"] == 1


def test_a_sheet_is_previewed_applied_and_undone(city: Unit, ward: Unit) -> None:
    system = enter(ward)
    client = client_of(Role.PROGRAMME_OFFICER, city)
    data = csv(
        "Phường Bến;quản lý văn bản;Văn phòng số;Hỏng;01/02/2026;;;",
        "Phường Bến;Một cửa điện tử;Một cửa;Đang dùng;2025-01-01;1.200;LGSP;",
        "Phường Bến;Một cửa điện tử;Một cửa;Đang dùng;2025-01-01;1.200;LGSP;",
        ";website;Cổng thành phố;Thử nghiệm;01/01/2024;;;",
        "Phường Nơi Khác;website;Trang;Đang dùng;01/01/2024;;;",
        "Phường Bến;ấm trà;Trang;Đang dùng;01/01/2024;;;",
        "Phường Bến;website;Trang;lơ lửng;01/01/2024;;;",
        "Phường Bến;website;Trang;Đang dùng;;;;",
        "Phường Bến;quản lý văn bản;Văn phòng số;Đang dùng;01/03/2021;99;;",
    )
    made = preview(client, city, data, "nen-tang.csv")
    assert made.summary == {"new": 2, "changed": 1, "known": 0, "doubtful": 0, "wrong": 6}
    faults = [fault["message"] % fault["values"] for row in made.rows.order_by("number") for fault in row.faults]
    assert faults == [
        "This row stands in row 3 already.",
        "0 units under this office are called Phường Nơi Khác.",
        "“ấm trà” is no kind of system.",
        "“lơ lửng” is no state.",
        "The row does not say since when.",
        "Of Văn phòng số something is said from 01/03/2021 on already: write why it changes.",
    ]
    apply_import(by=make.BY, made=made, at=AT)
    assert inventory_of(ward, on=ON).is_of("one_stop", "met")
    assert [line.stage.state for line in inventory_of(ward, on=ON).lines] == ["broken", "running"]
    assert System.objects.get(kind="one_stop").stages.get().users == 1200
    again = preview(client, city, data, "nen-tang.csv")
    assert (again.summary["new"], again.summary["changed"], again.summary["known"]) == (0, 0, 3)

    undo_import(by=make.BY, made=made, at=AT)
    assert (list(System.objects.all()), system.stages.count()) == ([system], 1)


def test_a_sheet_is_not_undone_once_something_rests_on_it(city: Unit, ward: Unit) -> None:
    made = preview(client_of(Role.PROGRAMME_OFFICER, city), city, csv(
        "Phường Bến;website;Trang;Đang dùng;01/01/2024;;;"), "a.csv")  # fmt: skip
    apply_import(by=make.BY, made=made, at=AT)
    later = text(date(2025, 1, 1), name="Trang", state="stopped")
    say_stage(by=make.BY, system=System.objects.get(), text=later, at=AT)
    assert refusal(lambda: undo_import(by=make.BY, made=made, at=AT)) == (
        "Cannot undo: something was said of Trang since."
    )


def test_a_row_code_means_one_system_of_one_unit(city: Unit, ward: Unit) -> None:
    system = enter(ward)
    head = "Mã dòng;Đơn vị;Loại;Tên hệ thống;Từ ngày\n"
    row = "Phường Bến;website;Trang;01/01/2024\n"
    data = f"{head}{system.key};{row}khongco;{row}"
    made = preview(client_of(Role.PROGRAMME_OFFICER, city), city, data.encode(), "a.csv")
    faults = [fault["message"] % fault["values"] for row in made.rows.order_by("number") for fault in row.faults]
    assert faults == [
        f"Row {system.key} is of another unit or kind. What runs elsewhere is entered anew.",
        "The units of this office have no row khongco.",
    ]


def test_a_sheet_without_an_inventory_is_refused_in_words(city: Unit) -> None:
    made = preview(client_of(Role.PROGRAMME_OFFICER, city), city, b"Tr\xc3\xadch;D\n1;2\n", "a.csv")
    assert made.state == Import.State.REFUSED
