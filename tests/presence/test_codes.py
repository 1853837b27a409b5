"""The rotating code and what it proves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factories
import pytest

from lantoa.common.refused import Refused
from lantoa.presence import actions as act
from lantoa.presence.models import Gathering
from lantoa.presence.rules import code_at, code_fits, share_attended

NOON = datetime(2020, 10, 5, 5, 0, 3, tzinfo=UTC)
SECRET = b"s" * 32


def test_the_code_has_six_digits_and_changes_every_twenty_seconds() -> None:
    shown = [code_at(SECRET, NOON + timedelta(seconds=s), 20) for s in (0, 10, 20, 40)]
    assert [len(code) for code in shown] == [6, 6, 6, 6]
    assert shown[0] == shown[1]
    assert len(set(shown)) == 3


def test_a_code_counts_while_it_is_shown_and_for_one_change_more() -> None:
    code = code_at(SECRET, NOON, 20)
    fits = [code_fits(SECRET, code, NOON + timedelta(seconds=s), 20) for s in (0, 10, 30, 40, 120)]
    assert fits == [True, True, True, False, False]


def test_digits_are_read_with_spaces_and_refused_in_other_scripts() -> None:
    code = code_at(SECRET, NOON, 20)
    assert code_fits(SECRET, f" {code[:3]} {code[3:]} ", NOON, 20)
    assert not code_fits(SECRET, "١٢٣٤٥٦", NOON, 20)


@pytest.mark.parametrize(
    ("minutes_late", "share"), [(-5, "1"), (15, "1"), (16, "0.87"), (60, "0.50"), (119, "0.01"), (300, "0.01")]
)
def test_who_comes_late_attended_a_part(minutes_late: int, share: str) -> None:
    starts, ends = NOON, NOON + timedelta(hours=2)
    assert share_attended(starts + timedelta(minutes=minutes_late), starts, ends) == Decimal(share)


@pytest.fixture
def gathering(db: None) -> Gathering:
    gathering = act.new_gathering(source="test:1", starts=NOON, ends=NOON + timedelta(hours=2))
    gathering.code_secret = SECRET
    gathering.save()
    return gathering


def test_a_code_of_a_closed_gathering_is_refused(gathering: Gathering) -> None:
    with pytest.raises(Refused) as refused:
        act.read_code(gathering=gathering, digits=code_at(SECRET, NOON, 20), at=NOON)
    assert str(refused.value) == "Cannot check in: the code of this meeting is not being shown now."


def test_a_forwarded_photograph_of_the_code_has_expired(gathering: Gathering) -> None:
    gathering = act.open_code(by=factories.BY, gathering=gathering, at=NOON)
    code = code_at(SECRET, NOON, 20)
    act.read_code(gathering=gathering, digits=code, at=NOON + timedelta(seconds=30))
    with pytest.raises(Refused) as refused:
        act.read_code(gathering=gathering, digits=code, at=NOON + timedelta(seconds=60))
    assert str(refused.value) == (
        f"Cannot check in: the code {code} is not, or no longer, on the wall. Take the one shown now."
    )


def test_checking_in_twice_is_once(gathering: Gathering) -> None:
    person = factories.person()
    first = act.check_in(by=factories.BY, gathering=gathering, person=person, arrived=NOON)
    again = act.check_in(by=factories.BY, gathering=gathering, person=person, arrived=NOON + timedelta(minutes=90))
    assert (first.pk, first.share) == (again.pk, again.share)


def test_whoever_stands_there_is_no_longer_on_leave_and_what_stood_before_is_kept(gathering: Gathering) -> None:
    person = factories.person()
    act.correct(by=factories.BY, gathering=gathering, person=person, state="leave", reason="ốm", at=NOON)
    line = act.check_in(by=factories.BY, gathering=gathering, person=person, arrived=NOON)
    before = line.corrections.get()
    assert (line.state, before.state_before, before.reason) == ("present", "leave", "checked in by code")


def test_a_correction_keeps_what_stood_before_and_its_reason(gathering: Gathering) -> None:
    person = factories.person()
    act.check_in(by=factories.BY, gathering=gathering, person=person, arrived=NOON)
    line = act.correct(
        by=factories.BY, gathering=gathering, person=person, state="partial", share=Decimal("0.5"),
        reason="về sớm", at=NOON,
    )  # fmt: skip
    before = line.corrections.get()
    assert (line.state, line.share) == ("partial", Decimal("0.5"))
    assert (before.state_before, before.share_before, before.reason) == ("present", Decimal(1), "về sớm")


def test_a_correction_without_a_reason_is_refused(gathering: Gathering) -> None:
    person = factories.person("Nguyễn An")
    with pytest.raises(Refused) as refused:
        act.correct(by=factories.BY, gathering=gathering, person=person, state="absent", reason=" ", at=NOON)
    assert str(refused.value) == "Cannot correct the presence of Nguyễn An: say why it is corrected."


def test_the_roll_is_complete_when_the_last_expected_person_has_a_line(gathering: Gathering) -> None:
    one, two = factories.person(), factories.person()
    expected = [one.pk, two.pk]
    act.call_roll(by=factories.BY, gathering=gathering, states={one.pk: "present"}, at=NOON, expected=expected)
    gathering.refresh_from_db()
    assert not gathering.held
    entered = act.call_roll(
        by=factories.BY,
        gathering=gathering,
        states={one.pk: "absent", two.pk: "absent"},
        at=NOON,
        expected=expected,
    )
    gathering.refresh_from_db()
    assert (entered, gathering.held) == (1, True)
    assert list(gathering.attendance.order_by("id").values_list("state", flat=True)) == ["present", "absent"]


def test_neither_code_nor_roll_before_the_day_of_the_meeting(gathering: Gathering) -> None:
    one, eve = factories.person(), NOON - timedelta(days=1)
    with pytest.raises(Refused) as opened:
        act.open_code(by=factories.BY, gathering=gathering, at=eve)
    with pytest.raises(Refused) as called:
        act.call_roll(by=factories.BY, gathering=gathering, states={one.pk: "present"}, at=eve, expected=[one.pk])
    words = "Cannot take the roll of the meeting of 05/10/2020: its day has not come yet."
    assert [str(opened.value), str(called.value)] == [words, words]
    assert gathering.attendance.count() == 0
