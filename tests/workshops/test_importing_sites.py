"""Lists of sites from Excel: previewed, applied, undone; the same file twice changes nothing."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from workshops.held import BEFORE, T0, refusal, site, workshop
from workshops.test_site_list import book

from lantoa.common.refused import Refused
from lantoa.directory.models import Person
from lantoa.ledger.models import thing_key
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, choose, preview_file, undo_import
from lantoa.office.models import Import
from lantoa.workshops.actions.sites import change_site, remove_site
from lantoa.workshops.importers import KIND
from lantoa.workshops.models import Site, Workshop

pytestmark = pytest.mark.django_db
HEAD = (
    "STT", "Mã điểm cầu", "Tên điểm cầu", "Mã điểm cầu cấp trên", "Đơn vị", "Người trực", "Điện thoại người trực",
    "Người thay thế", "Điện thoại người thay thế", "Đường truyền", "Số người dự kiến",
)  # fmt: skip
PROVINCE = (1, "P", "Tỉnh Một", "", "", "Trần Thị Bình", "0912000001", "", "", "Cáp quang", 100)
COMMUNE = (2, "P.1", "Xã Hai", "P", "", "Lê Văn Cường", "0912000002", "Phạm Dũng", "0912000003", "4G", "40")
HAMLET = (3, "P.1.1", "Thôn Ba", "P.1", "", "Trần Thị Bình", "0912000001", "", "", "", 20)


def preview(of: Workshop, *rows: Any, head: Any = HEAD) -> Import:
    content = book(*rows, head=head)
    file = keep_file(by=make.BY, name="diem-cau.xlsx", content=content, unit=of.unit, at=BEFORE)
    return preview_file(by=make.BY, kind=KIND, target=thing_key(of), file=file, unit=of.unit, at=BEFORE, wait=True)


def load(of: Workshop, *rows: Any, head: Any = HEAD) -> Import:
    return apply_import(by=make.BY, made=preview(of, *rows, head=head), at=BEFORE, wait=True)


def verdicts(made: Import) -> list[str]:
    return list(made.rows.order_by("number").values_list("verdict", flat=True))


def words(made: Import) -> list[str]:
    return [fault["message"] % fault["values"] for row in made.rows.order_by("number") for fault in row.faults]


def tree(of: Workshop) -> list[tuple[str, str | None, str]]:
    return [
        (one.code, one.above.code if one.above else None, one.root.code)
        for one in of.sites.select_related("above", "root").order_by("code")
    ]


def test_a_tree_is_loaded_whatever_the_order_of_its_rows() -> None:
    held = workshop()

    made = load(held, HAMLET, COMMUNE, PROVINCE)

    assert verdicts(made) == ["new", "new", "new"]
    assert tree(held) == [("P", None, "P"), ("P.1", "P", "P"), ("P.1.1", "P.1", "P")]
    commune = held.sites.select_related("operator", "deputy").get(code="P.1")
    assert commune.operator and commune.deputy
    assert (commune.operator.full_name, commune.operator.phone) == ("Lê Văn Cường", "+84912000002")
    assert (commune.deputy.full_name, commune.line, commune.expected) == ("Phạm Dũng", "4G", 40)


def test_one_person_of_two_rows_is_put_on_record_once() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE, HAMLET)

    assert Person.objects.filter(full_name="Trần Thị Bình").count() == 1
    assert Person.objects.count() == 3


def test_the_same_file_twice_changes_nothing() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE, HAMLET)

    assert verdicts(preview(held, PROVINCE, COMMUNE, HAMLET)) == ["known"] * 3


def test_what_changed_is_shown_applied_and_taken_back() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)
    changed = (*COMMUNE[:3], "", *COMMUNE[4:9], "Cáp quang", 55)

    made = preview(held, PROVINCE, changed)
    row = made.rows.get(verdict="changed")
    assert [(one["field"], one["old"], one["new"]) for one in row.changes] == [
        ("line", "4G", "Cáp quang"),
        ("people expected", "40", "55"),
        ("code of the site above", "P", ""),
    ]
    apply_import(by=make.BY, made=made, at=BEFORE, wait=True)
    assert tree(held) == [("P", None, "P"), ("P.1", None, "P.1")]

    undo_import(by=make.BY, made=made, at=BEFORE, wait=True)
    assert tree(held) == [("P", None, "P"), ("P.1", "P", "P")]
    assert held.sites.get(code="P.1").expected == 40


def test_a_column_that_the_list_does_not_have_stays_as_it_was() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)

    load(held, (1, "P.1", "Xã Hai mới"), head=("STT", "Mã điểm cầu", "Tên điểm cầu"))

    one = held.sites.select_related("operator", "above").get(code="P.1")
    assert one.operator and one.above
    assert (one.name, one.line, one.operator.full_name, one.above.code) == ("Xã Hai mới", "4G", "Lê Văn Cường", "P")


def test_undoing_takes_sites_and_their_new_people_away() -> None:
    held = workshop()
    made = load(held, PROVINCE, COMMUNE)

    undo_import(by=make.BY, made=made, at=BEFORE, wait=True)

    assert not Site.objects.exists()
    assert not Person.objects.exists()


def test_it_is_not_undone_when_something_stands_under_a_site_since() -> None:
    held = workshop()
    made = load(held, PROVINCE)
    site(held, above=held.sites.get())

    with pytest.raises(Refused) as refused:
        undo_import(by=make.BY, made=made, at=BEFORE, wait=True)

    assert str(refused.value) == (
        "Cannot undo: Tỉnh Một has sites under it, an answer or a check since, which the list did not bring."
    )


def test_it_is_not_undone_when_new_sites_were_changed_since_and_says_which() -> None:
    held = workshop()
    made = load(held, PROVINCE, COMMUNE)
    for code, values in (("P.1", {"expected": 41}), ("P", {"line": "Vệ tinh"})):
        change_site(by=make.BY, site=held.sites.get(code=code), values=values, at=BEFORE)

    assert refusal(lambda: undo_import(by=make.BY, made=made, at=BEFORE, wait=True)) == (
        "Cannot undo: it would delete sites that were changed since: Tỉnh Một, Xã Hai."
    )
    assert held.sites.count() == 2


def test_it_is_not_undone_when_a_site_was_changed_since() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)
    made = load(held, PROVINCE, (*COMMUNE[:10], 55))
    values = {"address": "Nhà văn hóa"}
    change_site(by=make.BY, site=held.sites.get(code="P.1"), values=values, at=BEFORE)

    assert refusal(lambda: undo_import(by=make.BY, made=made, at=BEFORE, wait=True)) == (
        "Cannot undo: Xã Hai was changed since."
    )
    one = held.sites.get(code="P.1")
    assert (one.address, one.expected) == ("Nhà văn hóa", 55)


@pytest.mark.parametrize("told", [True, False])
def test_it_is_not_undone_when_a_site_was_put_elsewhere_since(told: bool) -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)
    changed = ("P.1", "Xã Hai", "P", 55)
    head = ("Mã điểm cầu", "Tên điểm cầu", "Mã điểm cầu cấp trên", "Số người dự kiến")
    made = load(held, changed, head=head) if told else load(held, (*changed[:2], 55), head=(*head[:2], head[3]))
    change_site(by=make.BY, site=held.sites.get(code="P.1"), values={"above": None}, at=BEFORE)

    assert refusal(lambda: undo_import(by=make.BY, made=made, at=BEFORE, wait=True)) == (
        "Cannot undo: Xã Hai was changed since."
    )


def test_it_is_not_undone_when_the_former_site_above_is_gone() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)
    made = load(held, (*COMMUNE[:3], "", *COMMUNE[4:]))
    remove_site(by=make.BY, site=held.sites.get(code="P"), at=BEFORE)

    assert refusal(lambda: undo_import(by=make.BY, made=made, at=BEFORE, wait=True)) == (
        "Cannot undo: the site that stood above Xã Hai is no longer there."
    )
    assert tree(held) == [("P.1", None, "P.1")]


def test_lists_are_undone_one_after_another_the_last_first() -> None:
    held = workshop()
    load(held, PROVINCE, COMMUNE)
    first = load(held, PROVINCE, (*COMMUNE[:10], 55))
    second = load(held, PROVINCE, (*COMMUNE[:3], "", *COMMUNE[4:10], 66))

    assert refusal(lambda: undo_import(by=make.BY, made=first, at=BEFORE, wait=True)) == (
        "Cannot undo: Xã Hai was changed since."
    )
    for made in (second, first):
        undo_import(by=make.BY, made=made, at=BEFORE, wait=True)

    assert tree(held) == [("P", None, "P"), ("P.1", "P", "P")]
    assert held.sites.get(code="P.1").expected == 40


def test_somebody_on_record_is_found_and_a_namesake_is_asked_for() -> None:
    held = workshop()
    sure = make.person("Trần Thị Bình", phone="+84912000001")
    ward = make.unit("Hai", under=held.unit, kind="Xã")
    doubtful = make.person("Lê Văn Cường", at=ward, phone="+84988888888")
    row = (*COMMUNE[:4], "Xã Hai", *COMMUNE[5:])

    made = preview(held, PROVINCE, row)

    assert verdicts(made) == ["new", "doubtful"]
    asked = made.rows.get(verdict="doubtful")
    assert [one["key"] for one in asked.candidates] == [f"{doubtful.key} +"]
    choose(by=make.BY, made=made, choices={asked.pk: f"{doubtful.key} +"})
    apply_import(by=make.BY, made=made, at=BEFORE, wait=True)
    assert held.sites.get(code="P").operator == sure
    commune = held.sites.get(code="P.1")
    assert (commune.operator, commune.unit) == (doubtful, ward)
    assert Person.objects.filter(full_name="Lê Văn Cường").count() == 1


def test_a_namesake_may_be_said_to_be_somebody_else() -> None:
    held = workshop()
    ward = make.unit("Hai", under=held.unit, kind="Xã")
    make.person("Lê Văn Cường", at=ward, phone="+84988888888")
    made = preview(held, PROVINCE, (*COMMUNE[:4], "Xã Hai", *COMMUNE[5:]))

    choose(by=make.BY, made=made, choices={}, others="new")
    apply_import(by=make.BY, made=made, at=BEFORE, wait=True)

    assert Person.objects.filter(full_name="Lê Văn Cường").count() == 2


def test_whoever_operates_a_site_can_be_called() -> None:
    held = workshop()

    made = preview(held, (1, "P", "Tỉnh Một", "", "", "Trần Thị Bình", "", "", "", "", ""))

    assert words(made) == ["Cannot enter Trần Thị Bình: the list gives no telephone number, and none is on record."]
    assert verdicts(made) == ["wrong"]


def test_a_number_that_the_record_lacks_becomes_that_of_the_room() -> None:
    held = workshop()
    ward = make.unit("Một", under=held.unit, kind="Xã")
    person = make.person("Trần Thị Bình", at=ward)

    load(held, (1, "P", "Xã Một", "", "Xã Một", "Trần Thị Bình", "0912000001", "", "", "", ""))

    one = held.sites.get()
    person.refresh_from_db()
    assert (one.operator, one.phone, person.phone) == (person, "+84912000001", "")


def test_a_unit_that_is_not_known_is_a_warning_and_the_site_is_loaded() -> None:
    held = workshop()

    made = load(held, (1, "P", "Xã Một", "", "Xã Không Có", "", "", "", "", "", ""))

    assert words(made) == ["No unit «Xã Không Có» is known on 01/12/2026: the site is loaded without a unit."]
    assert held.sites.get().unit is None


def test_sites_without_codes_are_numbered_and_known_again_by_their_names() -> None:
    held = workshop()
    head = ("STT", "Tên điểm cầu", "Số người dự kiến")
    load(held, (1, "Tỉnh Một", 5), (2, "Xã Hai", 6), head=head)

    made = preview(held, (1, "Xã Hai", 7), (2, "Xã Ba", 8), head=head)

    assert list(held.sites.order_by("place").values_list("code", flat=True)) == ["001", "002"]
    assert [(row.verdict, row.values["code"]) for row in made.rows.order_by("number")] == [
        ("changed", "002"),
        ("new", "003"),
    ]


NO_CODES = ("Mã điểm cầu", "Tên điểm cầu", "Mã điểm cầu cấp trên", "Số người dự kiến")
COMMUNES = (("A", "Xã A", "", 1), ("B", "Xã B", "", 1))
TWICE = (*COMMUNES, ("", "Thôn Một", "A", 5), ("", "Thôn Một", "B", 6))
SEVERAL = "Several sites have the name Thôn Một: write their codes."


def test_sites_of_one_name_in_two_communes_are_known_again_by_the_site_above() -> None:
    held = workshop()
    load(held, *TWICE, head=NO_CODES)

    assert verdicts(preview(held, *TWICE, head=NO_CODES)) == ["known"] * 4
    load(held, *TWICE, head=NO_CODES)

    assert tree(held) == [("001", "A", "A"), ("002", "B", "B"), ("A", None, "A"), ("B", None, "B")]
    made = preview(held, *TWICE, ("", "Thôn Một", "", 7), head=NO_CODES)
    assert [(row.verdict, row.values["code"]) for row in made.rows.order_by("number")][-1] == ("new", "005")


@pytest.mark.parametrize("code", ["", "X"])
def test_sites_of_one_name_in_one_place_need_codes(code: str) -> None:
    held = workshop()

    made = preview(held, *COMMUNES, ("", "Thôn Một", "A", 5), (code, "Thôn Một", "A", 6), head=NO_CODES)

    assert (verdicts(made)[2], words(made)[0]) == ("wrong", SEVERAL)
    assert verdicts(made)[3] == ("new" if code else "wrong")


def test_a_list_that_does_not_say_which_of_several_sites_it_means_is_not_guessed() -> None:
    held = workshop()
    load(held, *TWICE, head=NO_CODES)

    made = preview(held, ("Thôn Một", 9), head=("Tên điểm cầu", "Số người dự kiến"))

    assert (verdicts(made), words(made)) == (["wrong"], [SEVERAL])


def test_a_row_does_not_take_the_site_of_its_name_under_another_site() -> None:
    held = workshop()
    load(held, *TWICE[:3], head=NO_CODES)

    made = preview(held, ("", "Thôn Một", "B", 6), head=NO_CODES)

    assert (verdicts(made), words(made)) == (["wrong"], [SEVERAL])
    assert verdicts(preview(held, *TWICE, head=NO_CODES)) == ["known", "known", "known", "new"]


def test_a_site_whose_row_above_is_left_out_is_refused_as_a_whole() -> None:
    held = workshop()
    ward = make.unit("Hai", under=held.unit, kind="Xã")
    make.person("Lê Văn Cường", at=ward, phone="+84988888888")
    made = preview(held, PROVINCE, (*COMMUNE[:4], "Xã Hai", *COMMUNE[5:]), HAMLET)
    choose(by=make.BY, made=made, choices={}, others="skip")

    with pytest.raises(Refused) as refused:
        apply_import(by=make.BY, made=made, at=BEFORE, wait=True)

    assert str(refused.value) == "Cannot load the site P.1.1: the site above it, P.1, is left out."
    assert not Site.objects.exists()


def test_a_file_that_is_no_list_of_sites_says_so() -> None:
    held = workshop()

    made = preview(held, (1, 2), head=("Cột một", "Cột hai"))

    assert made.state == Import.State.REFUSED


def test_nothing_is_loaded_into_a_workshop_that_is_over() -> None:
    held = workshop(state="over")
    made = preview(held, PROVINCE)

    with pytest.raises(Refused) as refused:
        apply_import(by=make.BY, made=made, at=T0 + timedelta(days=1), wait=True)

    assert str(refused.value) == "Cannot change the sites of Hội thảo chuyển đổi số: it is over."
