"""What units and the office that asks may do with nominations, and what is refused, with its words."""

from collections.abc import Callable
from datetime import date
from typing import Any

import factories
import pytest
from django.db import IntegrityError, transaction
from training.nominations.asking import BY, DUE, LATE, NOW, Town, make_town

from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry
from lantoa.training.actions import calls as office
from lantoa.training.actions import nominations as act
from lantoa.training.actions.classes import Place, enrol, withdraw
from lantoa.training.models import Asked, Call, Enrolment, Nomination
from lantoa.training.queries.calls import asked_of, tallies

pytestmark = pytest.mark.django_db
State = Nomination.State


@pytest.fixture
def town() -> Town:
    """Two places asked of two wards with three people each."""
    return make_town()


def nominate(town: Town, ward: int, *people: int, at: Any = NOW) -> list[Nomination]:
    return act.nominate(by=BY, asked=town.asked[ward], people=[town.people[ward][one] for one in people], at=at)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as words:
        call()
    return str(words.value)


def standing(town: Town) -> list[tuple[str, str, int | None]]:
    """(name, state, place) of every nomination in the order of turns."""
    rows = Nomination.objects.filter(call=town.call).select_related("person").order_by("turn", "pk")
    return [(row.person.full_name.removeprefix("Nguyễn Văn "), row.state, row.place) for row in rows]


# ---- nominating


def test_places_are_given_in_turn_and_then_people_wait(town: Town) -> None:
    nominate(town, 0, 0)
    nominate(town, 1, 0, 1)
    assert standing(town) == [("A1", "placed", 1), ("B1", "placed", 2), ("B2", "waiting", None)]


def test_a_unit_with_its_share_waits_while_others_get_places() -> None:
    town = make_town(places=3, most=1)
    nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    assert standing(town) == [("A1", "placed", 1), ("A2", "waiting", None), ("B1", "placed", 2)]


def test_the_post_and_its_unit_are_kept_as_they_are_now(town: Town) -> None:
    (made,) = nominate(town, 0, 0)
    assert (made.unit, made.post_title) == (town.asked[0].unit, "Chuyên viên")


def test_nominating_leaves_one_line_with_keys_and_no_names(town: Town) -> None:
    nominate(town, 0, 0, 1)
    line = Entry.objects.get(act="training.nominate")
    people = [town.people[0][0].key, town.people[0][1].key]
    assert line.about == {"call": town.call.key, "people": people, "placed": 2}


def test_nobody_is_nominated_twice_for_the_same(town: Town) -> None:
    nominate(town, 0, 0)
    assert refused(lambda: nominate(town, 0, 1, 0)) == (
        "Cannot nominate Nguyễn Văn A1 for «Cử học viên»: they are nominated already."
    )
    assert len(standing(town)) == 1


def test_whoever_is_in_the_class_is_not_nominated_for_it(town: Town) -> None:
    factories.enrolment(town.training_class, town.people[0][0])
    assert refused(lambda: nominate(town, 0, 0)) == (
        "Cannot nominate Nguyễn Văn A1 for «Cử học viên»: they are in class Q9-1 already."
    )


def test_only_people_of_the_unit_are_nominated(town: Town) -> None:
    stranger = town.people[1][0]
    assert refused(lambda: act.nominate(by=BY, asked=town.asked[0], people=[stranger], at=NOW)) == (
        "Cannot nominate Nguyễn Văn B1: they have no post in Phường Số 1 on 20/09/2020."
    )


def test_the_last_day_of_answers_is_a_day_of_answers(town: Town) -> None:
    last = LATE.replace(day=25, hour=16, minute=59)  # 23:59 in the place
    assert [row.state for row in nominate(town, 0, 0, at=last)] == [State.PLACED]


def test_a_late_nomination_is_refused(town: Town) -> None:
    assert refused(lambda: nominate(town, 0, 0, at=LATE)) == (
        "Cannot nominate for «Cử học viên»: answers were due by 25/09/2020. "
        "Ask the office that calls to extend the deadline."
    )


def test_a_unit_may_have_a_later_deadline_of_its_own(town: Town) -> None:
    office.change_asked(by=BY, asked=town.asked[0], most=None, due_on=date(2020, 9, 28), at=NOW)
    assert [row.state for row in nominate(town, 0, 0, at=LATE)] == [State.PLACED]
    assert refused(lambda: nominate(town, 1, 0, at=LATE)).startswith(
        "Cannot nominate for «Cử học viên»: answers were"
    )


def test_an_extended_call_takes_late_answers(town: Town) -> None:
    office.change_call(by=BY, call=town.call, at=LATE, due_on=date(2020, 9, 30))
    assert [row.state for row in nominate(town, 0, 0, at=LATE)] == [State.PLACED]


def test_a_closed_call_takes_no_answer_until_it_is_opened_again(town: Town) -> None:
    office.close_call(by=BY, call=town.call, at=NOW)
    assert refused(lambda: nominate(town, 0, 0)) == (
        "Cannot change the nominations for «Cử học viên»: the call was closed on 20/09/2020."
    )
    office.reopen_call(by=BY, call=town.call, due_on=DUE, at=NOW)
    assert [row.state for row in nominate(town, 0, 0)] == [State.PLACED]


# ---- changing one's mind


def test_whoever_comes_instead_takes_over_turn_and_place(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    made = act.replace_nominee(by=BY, nomination=first, person=town.people[0][2], at=NOW)
    assert (made.place, made.turn, made.instead_of) == (1, 1, first)
    assert standing(town) == [
        ("A1", "replaced", None),
        ("A3", "placed", 1),
        ("A2", "placed", 2),
        ("B1", "waiting", None),
    ]


def test_whoever_waits_can_be_replaced_and_waits_in_the_same_turn(town: Town) -> None:
    nominate(town, 0, 0, 1)
    (waits,) = nominate(town, 1, 0)
    made = act.replace_nominee(by=BY, nomination=waits, person=town.people[1][1], at=NOW)
    assert (made.state, made.turn) == (State.WAITING, 3)


def test_a_late_replacement_is_refused(town: Town) -> None:
    (row,) = nominate(town, 0, 0)
    assert refused(lambda: act.replace_nominee(by=BY, nomination=row, person=town.people[0][1], at=LATE)).startswith(
        "Cannot nominate for «Cử học viên»: answers were due by 25/09/2020."
    )


def test_a_nomination_that_has_ended_is_not_replaced(town: Town) -> None:
    (row,) = nominate(town, 0, 0)
    act.withdraw_nomination(by=BY, nomination=row, reason="", at=NOW)
    assert refused(lambda: act.replace_nominee(by=BY, nomination=row, person=town.people[0][1], at=NOW)) == (
        "Cannot change the nomination of Nguyễn Văn A1: it has ended."
    )


def test_a_place_taken_back_goes_to_the_next_in_turn_also_after_the_deadline(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    nominate(town, 1, 0, 1)
    act.withdraw_nomination(by=BY, nomination=first, reason="", at=LATE)
    assert standing(town) == [
        ("A1", "withdrawn", None),
        ("A2", "placed", 2),
        ("B1", "placed", 1),
        ("B2", "waiting", None),
    ]
    line = Entry.objects.get(act="training.move_up")
    assert line.about == {"call": town.call.key, "place": 1}


def test_whoever_was_taken_back_may_be_nominated_again_at_the_end(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    act.withdraw_nomination(by=BY, nomination=first, reason="", at=NOW)
    (again,) = nominate(town, 0, 0)
    assert (again.state, again.turn) == (State.WAITING, 4)


def test_nothing_moves_in_a_closed_call(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    act.accept(by=BY, call=town.call, nominations=[first], training_class=town.training_class, at=NOW)
    office.close_call(by=BY, call=town.call, at=NOW)
    withdraw(by=BY, enrolment=Enrolment.objects.get(), reason="ốm", at=NOW)
    assert standing(town)[2] == ("B1", "waiting", None)
    office.reopen_call(by=BY, call=town.call, due_on=DUE, at=NOW)
    assert standing(town)[2] == ("B1", "placed", 1)


# ---- declining


def test_a_unit_declines_with_a_reason(town: Town) -> None:
    act.decline(by=BY, asked=town.asked[0], reason=" đang sắp xếp bộ máy ", at=NOW)
    asked = Asked.objects.get(pk=town.asked[0].pk)
    assert (asked.declined_at, asked.decline_reason) == (NOW, "đang sắp xếp bộ máy")


def test_declining_needs_a_reason(town: Town) -> None:
    words = refused(lambda: act.decline(by=BY, asked=town.asked[0], reason=" ", at=NOW))
    assert words == "Cannot decline «Cử học viên»: say why."


def test_a_unit_with_nominations_does_not_decline(town: Town) -> None:
    nominate(town, 0, 0, 1)
    assert refused(lambda: act.decline(by=BY, asked=town.asked[0], reason="bận", at=NOW)) == (
        "Cannot decline «Cử học viên»: the unit has nominated (2). Withdraw the nominations first."
    )


def test_declining_late_or_after_the_end_is_refused(town: Town) -> None:
    assert refused(lambda: act.decline(by=BY, asked=town.asked[0], reason="bận", at=LATE)) == (
        "Cannot decline «Cử học viên»: answers were due by 25/09/2020. "
        "Ask the office that calls to extend the deadline."
    )
    office.close_call(by=BY, call=town.call, at=NOW)
    assert refused(lambda: act.decline(by=BY, asked=town.asked[0], reason="bận", at=NOW)) == (
        "Cannot decline «Cử học viên»: the call was closed on 20/09/2020."
    )


def test_nominating_after_all_takes_the_refusal_of_the_unit_back(town: Town) -> None:
    act.decline(by=BY, asked=town.asked[0], reason="bận", at=NOW)
    nominate(town, 0, 0)
    assert Asked.objects.get(pk=town.asked[0].pk).declined_at is None


# ---- accepting


def test_the_accepted_are_enrolled_from_the_unit_of_their_post(town: Town) -> None:
    made = nominate(town, 0, 0, 1)
    act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    rows = Enrolment.objects.order_by("id").values_list("person", "unit", "post_title", "source")
    source = f"training.call:{town.call.key}"
    assert list(rows) == [(row.person_id, town.asked[0].unit_id, "Chuyên viên", source) for row in made]
    assert standing(town) == [("A1", "accepted", 1), ("A2", "accepted", 2)]


def test_whoever_waits_is_not_accepted(town: Town) -> None:
    nominate(town, 0, 0, 1)
    waits = nominate(town, 1, 0)
    words = refused(
        lambda: act.accept(by=BY, call=town.call, nominations=waits, training_class=town.training_class, at=NOW)
    )
    assert words == "Cannot accept Nguyễn Văn B1 for «Cử học viên»: they hold no place that waits for an answer."


def test_a_full_class_accepts_nobody_and_says_so(town: Town) -> None:
    made = nominate(town, 0, 0, 1)
    people = [Place(factories.person(), town.district) for _ in range(39)]
    enrol(by=BY, training_class=town.training_class, places=people, source="test", at=NOW)
    words = refused(
        lambda: act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    )
    assert words == "Cannot enrol Nguyễn Văn A2: class Q9-1 has no place left (40 of 40)."
    assert standing(town) == [("A1", "placed", 1), ("A2", "placed", 2)]


def test_nobody_is_accepted_into_two_classes_at_the_same_time(town: Town) -> None:
    other = factories.training_class(town.programme, code="Q9-2")
    factories.meeting(other)
    made = nominate(town, 0, 0)
    factories.enrolment(other, town.people[0][0])
    words = refused(
        lambda: act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    )
    assert words == (
        "Cannot enrol Nguyễn Văn A1 in class Q9-1: at 08:00–12:00 05/10/2020 "
        "they are in class Q9-2 (08:00–12:00 05/10/2020)."
    )


def test_people_are_accepted_only_into_the_class_of_the_call(town: Town) -> None:
    other = factories.training_class(town.programme, code="Q9-2", course=town.training_class.course)
    made = nominate(town, 0, 0)
    words = refused(lambda: act.accept(by=BY, call=town.call, nominations=made, training_class=other, at=NOW))
    assert words == "Cannot accept people for «Cử học viên» into class Q9-2: the call is not for this class."


def test_a_call_for_a_course_accepts_into_any_class_of_it(town: Town) -> None:
    other = factories.training_class(town.programme, code="Q9-2", course=town.training_class.course)
    Call.objects.update(training_class=None)
    made = nominate(town, 0, 0)
    act.accept(by=BY, call=town.call, nominations=made, training_class=other, at=NOW)
    assert Enrolment.objects.get().training_class == other


def test_whoever_came_into_the_class_by_a_list_meanwhile_is_accepted_as_they_are(town: Town) -> None:
    made = nominate(town, 0, 0)
    known = factories.enrolment(town.training_class, town.people[0][0])
    act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    assert Nomination.objects.get().enrolment == known


def test_an_accepted_nomination_is_for_the_office_to_change(town: Town) -> None:
    made = nominate(town, 0, 0)
    act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    assert refused(lambda: act.withdraw_nomination(by=BY, nomination=made[0], reason="", at=NOW)) == (
        "Cannot change the nomination of Nguyễn Văn A1: they are in class Q9-1. Ask the office that calls."
    )


def test_taking_someone_out_of_the_class_gives_their_place_to_the_next(town: Town) -> None:
    made = nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    act.accept(by=BY, call=town.call, nominations=made, training_class=town.training_class, at=NOW)
    withdraw(by=BY, enrolment=Enrolment.objects.earliest("id"), reason="chuyển công tác", at=NOW)
    assert standing(town) == [("A1", "withdrawn", None), ("A2", "accepted", 2), ("B1", "placed", 1)]
    assert Nomination.objects.earliest("turn").reason == "chuyển công tác"


def test_turning_somebody_down_needs_a_reason_and_frees_the_place(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    nominate(town, 1, 0)
    assert refused(lambda: act.turn_down(by=BY, nomination=first, reason="", at=NOW)) == (
        "Cannot turn down Nguyễn Văn A1 for «Cử học viên»: say why."
    )
    act.turn_down(by=BY, nomination=first, reason="đã học khóa này", at=NOW)
    assert standing(town) == [("A1", "turned_down", None), ("A2", "placed", 2), ("B1", "placed", 1)]


def test_a_closed_call_is_opened_again_before_anything_is_decided(town: Town) -> None:
    made = nominate(town, 0, 0)
    office.close_call(by=BY, call=town.call, at=NOW)
    expected = "Cannot decide on nominations for «Cử học viên»: the call was closed on 20/09/2020. Reopen it first."
    accept = {"call": town.call, "nominations": made, "training_class": town.training_class, "at": NOW}
    assert refused(lambda: act.accept(by=BY, **accept)) == expected
    assert refused(lambda: act.turn_down(by=BY, nomination=made[0], reason="x", at=NOW)) == expected


# ---- the call itself


def test_a_call_asks_for_no_more_than_the_class_has_room_for(town: Town) -> None:
    factories.enrolment(town.training_class)
    words = refused(
        lambda: office.open_call(
            by=BY,
            programme=town.programme,
            training_class=town.training_class,
            title="Thêm",
            places=40,
            due_on=DUE,
            at=NOW,
        )
    )
    assert words == "Cannot ask for 40 people in «Thêm»: class Q9-1 has 39 places for it."


def test_a_deadline_in_the_past_is_refused(town: Town) -> None:
    words = refused(lambda: office.change_call(by=BY, call=town.call, due_on=date(2020, 9, 19), at=NOW))
    assert words == "Cannot set the deadline of «Cử học viên» to 19/09/2020: that day is over."


def test_more_places_let_the_waiting_list_move_up(town: Town) -> None:
    nominate(town, 0, 0, 1, 2)
    office.change_call(by=BY, call=town.call, places=3, at=NOW)
    assert standing(town)[2] == ("A3", "placed", 3)


def test_a_larger_share_lets_the_unit_move_up() -> None:
    town = make_town(places=3, most=1)
    nominate(town, 0, 0, 1)
    office.change_asked(by=BY, asked=town.asked[0], most=2, due_on=None, at=NOW)
    assert standing(town)[1] == ("A2", "placed", 2)


def test_there_are_never_fewer_places_than_are_held(town: Town) -> None:
    nominate(town, 0, 0, 1)
    words = refused(lambda: office.change_call(by=BY, call=town.call, places=1, at=NOW))
    assert words == "Cannot set the places of «Cử học viên» to 1: 2 are held."


def test_a_share_is_never_smaller_than_what_the_unit_holds(town: Town) -> None:
    nominate(town, 0, 0, 1)
    words = refused(lambda: office.change_asked(by=BY, asked=town.asked[0], most=1, due_on=None, at=NOW))
    assert words == "Cannot set the share of Phường Số 1 to 1: it holds 2 places."


def test_with_fewer_places_whoever_holds_a_high_number_gets_a_low_one(town: Town) -> None:
    first, _second = nominate(town, 0, 0, 1)
    act.withdraw_nomination(by=BY, nomination=first, reason="", at=NOW)
    office.change_call(by=BY, call=town.call, places=1, at=NOW)
    assert standing(town)[1] == ("A2", "placed", 1)


def test_units_are_asked_once_and_not_after_the_end(town: Town) -> None:
    units = [asked.unit for asked in town.asked]
    assert office.ask_units(by=BY, call=town.call, units=units, at=NOW) == []
    office.close_call(by=BY, call=town.call, at=NOW)
    words = refused(lambda: office.ask_units(by=BY, call=town.call, units=units, at=NOW))
    assert words == "Cannot ask more units in «Cử học viên»: the call was closed on 20/09/2020."


def test_only_a_unit_that_has_not_answered_is_taken_off(town: Town) -> None:
    nominate(town, 0, 0)
    assert refused(lambda: office.stop_asking(by=BY, asked=town.asked[0], at=NOW)) == (
        "Cannot take Phường Số 1 off «Cử học viên»: it has answered."
    )
    office.stop_asking(by=BY, asked=town.asked[1], at=NOW)
    assert town.call.asked.count() == 1


def test_the_office_sees_who_has_not_answered(town: Town) -> None:
    nominate(town, 0, 0, 1, 2)
    tally = tallies([town.call])[town.call.pk]
    assert (tally.held, tally.waiting, tally.asked, tally.nominated, tally.declined, tally.unanswered) == (
        2, 1, 2, 1, 0, 1,
    )  # fmt: skip
    assert [row.pk for row in asked_of(town.call, "unanswered")] == [town.asked[1].pk]
    act.decline(by=BY, asked=town.asked[1], reason="bận", at=NOW)
    assert list(asked_of(town.call, "unanswered")) == []


def test_the_database_gives_a_place_once(town: Town) -> None:
    first, second = nominate(town, 0, 0, 1)
    with pytest.raises(IntegrityError, match="place_given_once"), transaction.atomic():
        Nomination.objects.filter(pk=second.pk).update(place=first.place)
    with pytest.raises(IntegrityError, match="place_is_held"), transaction.atomic():
        Nomination.objects.filter(pk=second.pk).update(place=None)
