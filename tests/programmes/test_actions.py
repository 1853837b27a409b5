"""Acts on programmes are written into the ledger and refused with their words."""

from datetime import date

import factories as make
import pytest

from lantoa.common.refused import Refused
from lantoa.directory.models import Decision, Person
from lantoa.ledger.models import Entry
from lantoa.programmes.actions import (
    LecturerText,
    PartnerText,
    change_programme,
    create_programme,
    enter_decision,
    write_lecturers,
)
from lantoa.programmes.models import Partner

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2020, 10, 1), date(2020, 12, 31)


def test_a_programme_and_its_ledger_line_are_made_together() -> None:
    made = create_programme(by=make.BY, code="a", name="A", unit=make.unit(), first=FIRST, last=LAST)
    assert [(e.act, e.thing) for e in Entry.objects.all()] == [
        ("programmes.create", f"programmes.programme:{made.key}")
    ]


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        create_programme(by=make.BY, code="a", name="A", unit=make.unit(), first=LAST, last=FIRST)
    assert str(refused.value) == "Cannot plan programme A: it ends on 01/10/2020, before it starts on 31/12/2020."


def test_a_programme_does_not_stand_under_its_own_child() -> None:
    above = make.programme(name="Trên")
    below = make.programme(name="Dưới", parent=above)
    with pytest.raises(Refused) as refused:
        change_programme(by=make.BY, programme=above, first=FIRST, last=LAST, fields=[], parent=below)
    assert str(refused.value) == "Cannot put programme Trên under Dưới: that one stands under it."


def test_a_change_that_changes_nothing_leaves_no_line() -> None:
    one = make.programme()
    change_programme(by=make.BY, programme=one, first=FIRST, last=LAST, fields=[], name=one.name)
    assert Entry.objects.count() == 0


def test_partners_are_kept_in_their_order() -> None:
    one = make.programme()
    texts = [PartnerText("B", Partner.Role.DONOR), PartnerText("A", Partner.Role.HOST)]
    changed = change_programme(by=make.BY, programme=one, first=FIRST, last=LAST, fields=[], partners=texts)
    assert changed == ["partners"]
    assert [p.name for p in one.partners.order_by("position")] == ["B", "A"]


def test_a_decision_is_entered_once_and_keeps_its_title_whoever_names_it_again() -> None:
    said = {"number": "749/QĐ-TTg", "issued_on": date(2020, 6, 3), "issuer": "Thủ tướng Chính phủ"}
    first = enter_decision(by=make.BY, title="Phê duyệt", **said)  # type: ignore[arg-type]
    again = enter_decision(by=make.BY, title="Phê duyệt Chương trình", **said)  # type: ignore[arg-type]
    assert (again.pk, again.title) == (first.pk, "Phê duyệt")
    assert [one.act for one in Entry.objects.all()] == ["programmes.enter_decision"]


def test_a_decision_without_a_title_may_be_given_one() -> None:
    bare = Decision.objects.create(number="1/QĐ", issued_on=FIRST, issuer="Ủy ban")
    said = enter_decision(by=make.BY, number="1/QĐ", issued_on=FIRST, issuer="Ủy ban", title="Phê duyệt")
    assert (said.pk, said.title) == (bare.pk, "Phê duyệt")


def test_a_code_that_names_someone_else_now_is_someone_else() -> None:
    one = make.programme()
    first = write_lecturers(by=make.BY, programme=one, lecturers=[LecturerText("gv-1", "Trịnh Lâm", "Khu A")])
    second = write_lecturers(by=make.BY, programme=one, lecturers=[LecturerText("gv-1", "Phan Hiền", "Khu A")])
    assert (first.new, second.changed) == (("gv-1",), ("gv-1",))
    assert first.people["gv-1"].pk != second.people["gv-1"].pk
    assert Person.objects.count() == 2
