"""Polls: a ballot a person, a ballot a site, all that was acknowledged is counted, small groups are not told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from at_once import at_once, meanwhile
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workshops.held import T0, refusal, site, workshop

from lantoa.directory.models import Person
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.places import take_place
from lantoa.workshops.actions.polls import (
    cast,
    cast_for_site,
    close_poll,
    make_poll,
    open_poll,
    remove_poll,
    show_poll,
)
from lantoa.workshops.models import Ballot, Poll, Site, SiteBallot, Workshop
from lantoa.workshops.queries.polls import results_of, right_share, told_by_site, told_of
from lantoa.workshops.rules.polls import SMALLEST, by_group, count

YES_NO = [("Có", "Yes"), ("Không", "No")]
MINUTE = timedelta(minutes=1)


def poll(of: Workshop | None = None, **values: Any) -> Poll:
    of = of or workshop(state="live")
    values = {"title": "Đồng ý?", "options": YES_NO, **values}
    return open_poll(by=make.BY, poll=make_poll(by=make.BY, workshop=of, **values), at=T0)


def votes(on: Poll, *chosen: int, at_site: Site | None = None) -> None:
    for one in chosen:
        person = make.person()
        if at_site is not None:
            take_place(by=make.BY, workshop=on.workshop, person=person, site=at_site, at=T0)
        cast(by=make.BY, poll=on, person=person, chosen=[one], at=T0)


def close(on: Poll) -> Poll:
    return close_poll(by=make.BY, poll=on, at=T0 + MINUTE)


# ---- people


@pytest.mark.django_db
def test_a_person_has_one_ballot_and_may_change_it_while_the_poll_is_open() -> None:
    asked, person = poll(), make.person()

    for chosen in (0, 1, 1):
        cast(by=make.BY, poll=asked, person=person, chosen=[chosen], at=T0)

    assert [one.chosen for one in asked.ballots.all()] == [[1]]
    with pytest.raises(IntegrityError, match="one_ballot_a_person"), transaction.atomic():
        Ballot.objects.create(poll=asked, person=person, chosen=[0], at=T0)


@pytest.mark.django_db
def test_what_somebody_votes_is_in_no_ledger() -> None:
    cast(by=make.BY, poll=poll(), person=make.person(), chosen=[0], at=T0)

    assert not Entry.objects.filter(act__contains="vote").exists()


@pytest.mark.django_db
def test_a_poll_tells_how_many_chose_what() -> None:
    asked = poll()
    votes(asked, 0, 0, 0, 1, 1)

    assert (told_of(asked).voices, told_of(asked).counts, told_of(asked).share(0)) == (5, (3, 2), 0.6)


@pytest.mark.django_db
def test_with_several_options_each_counts_and_a_person_is_one_voice() -> None:
    asked = poll(several=True)
    for _ in range(5):
        cast(by=make.BY, poll=asked, person=make.person(), chosen=[0, 1, 1], at=T0)

    assert (told_of(asked).voices, told_of(asked).counts) == (5, (5, 5))


@pytest.mark.django_db
def test_what_is_no_option_is_no_vote() -> None:
    asked, person = poll(), make.person()
    words = "Cannot vote in “Đồng ý?”: choose one of its options."

    for chosen in ([], [2], [-1], [0, 1]):
        assert (
            refusal(lambda chosen=chosen: cast(by=make.BY, poll=asked, person=person, chosen=chosen, at=T0)) == words
        )  # type: ignore[misc]


@pytest.mark.django_db
def test_a_poll_that_is_not_open_takes_no_votes() -> None:
    asked, person = poll(), make.person()
    words = "Cannot vote in “Đồng ý?”: the poll is not open."
    close(asked)

    assert refusal(lambda: cast(by=make.BY, poll=asked, person=person, chosen=[0], at=T0)) == words
    assert refusal(lambda: open_poll(by=make.BY, poll=asked, at=T0)) == (
        "Cannot open the poll “Đồng ý?” again: it is closed."
    )


@pytest.mark.django_db(transaction=True)
def test_a_vote_under_way_is_counted_before_the_poll_is_closed() -> None:
    asked, person = poll(), make.person()

    came = meanwhile(
        lambda: cast(by=make.BY, poll=asked, person=person, chosen=[0], at=T0),
        lambda: close(asked),
    )

    assert came == "done"
    assert Entry.objects.get(act="workshops.count_poll").about == {"poll": asked.key, "voices": 1}


@pytest.mark.django_db(transaction=True)
def test_what_was_acknowledged_is_counted_whenever_the_poll_is_closed() -> None:
    asked, people = poll(), [make.person() for _ in range(7)]

    def one(person: Person) -> Callable[[], object]:
        return lambda: cast(by=make.BY, poll=asked, person=person, chosen=[0], at=T0)

    came = at_once([*(one(person) for person in people), lambda: close(asked)])

    assert came[-1] == "done"
    assert set(came[:-1]) <= {"done", "Cannot vote in “Đồng ý?”: the poll is not open."}
    counted = Entry.objects.get(act="workshops.count_poll").about["voices"]
    assert came[:-1].count("done") == counted == Ballot.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_devices_of_one_person_make_one_ballot() -> None:
    asked, person = poll(), make.person()

    acts = [lambda n=n: cast(by=make.BY, poll=asked, person=person, chosen=[n % 2], at=T0) for n in range(4)]  # type: ignore[misc]
    assert at_once(acts) == ["done"] * 4

    assert Ballot.objects.count() == 1


# ---- sites


@pytest.mark.django_db
def test_sites_count_once_each_or_as_many_as_are_there() -> None:
    found = workshop(state="live")
    large, small = site(found), site(found)
    once, weighed = poll(found, voices="sites"), poll(found, voices="heads")
    for asked in (once, weighed):
        cast_for_site(by=make.BY, poll=asked, site=large, chosen=[0], heads=40, at=T0)
        cast_for_site(by=make.BY, poll=asked, site=small, chosen=[1], heads=3, at=T0)

    assert (told_of(once).counts, told_of(weighed).counts) == ((1, 1), (40, 3))
    cast_for_site(by=make.BY, poll=weighed, site=large, chosen=[1], heads=41, at=T0)
    assert told_of(weighed).counts == (0, 44)
    assert SiteBallot.objects.count() == 3 + 1


@pytest.mark.django_db
def test_a_site_weighs_no_more_than_are_there() -> None:
    found = workshop(state="live")
    one, asked = site(found, name="Xã Một", expected=45), poll(found, voices="heads")

    assert refusal(lambda: cast_for_site(by=make.BY, poll=asked, site=one, chosen=[0], heads=4500, at=T0)) == (
        "Cannot vote in “Đồng ý?” for 4500 people: Xã Một has 45."
    )
    cast_for_site(by=make.BY, poll=asked, site=one, chosen=[0], heads=45, at=T0)
    assert Entry.objects.get(act="workshops.vote_for_site").about["heads"] == 45


@pytest.mark.django_db
def test_people_and_sites_do_not_vote_in_each_others_polls() -> None:
    found = workshop(state="live")
    of_people, of_sites, one = poll(found), poll(found, voices="sites"), site(found)

    assert refusal(lambda: cast(by=make.BY, poll=of_sites, person=make.person(), chosen=[0], at=T0)) == (
        "Cannot vote in “Đồng ý?”: the operators vote for their sites."
    )
    assert refusal(lambda: cast_for_site(by=make.BY, poll=of_people, site=one, chosen=[0], heads=1, at=T0)) == (
        "Cannot vote in “Đồng ý?”: each person votes for themselves."
    )
    foreign = site(workshop(state="live"), name="Xa")
    assert refusal(lambda: cast_for_site(by=make.BY, poll=of_sites, site=foreign, chosen=[0], heads=1, at=T0)) == (
        "Cannot vote in “Đồng ý?”: Xa is no site of this workshop."
    )


# ---- told


@pytest.mark.django_db
def test_fewer_than_five_voices_are_not_told() -> None:
    asked = poll()
    votes(asked, 0, 0, 0, 1)

    told = told_of(asked)
    assert (told.voices, told.counts, told.withheld, told.share(0)) == (4, (0, 0), True, None)


@pytest.mark.django_db
def test_a_small_site_cannot_be_reckoned_from_the_others() -> None:
    found = workshop(state="live")
    small, middle, large = site(found), site(found), site(found)
    asked = poll(found)
    votes(asked, 0, 1, at_site=small)
    votes(asked, *[0] * 5, at_site=middle)
    votes(asked, *[1] * 6, at_site=large)

    told = told_by_site(asked)

    assert {one: told[one].withheld for one in (small, middle, large)} == {small: True, middle: True, large: False}
    assert told[large].counts == (0, 6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a shared machine
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3).filter(any), max_size=7))
def test_what_is_withheld_is_never_fewer_than_five_voices(rows: list[tuple[int, ...]]) -> None:
    chosen = {group: dict(enumerate(row)) for group, row in enumerate(rows)}
    voices = {group: sum(row) for group, row in enumerate(rows)}

    told = by_group(chosen, voices, 3)

    hidden = [voices[group] for group, one in told.items() if one.withheld]
    assert not hidden or sum(hidden) >= SMALLEST or len(hidden) == len(voices)
    assert all(voices[group] >= SMALLEST for group, one in told.items() if not one.withheld)
    whole = count((([option], many) for row in rows for option, many in enumerate(row)), 3)
    if not hidden and rows:
        assert whole.counts == tuple(sum(one.counts[place] for one in told.values()) for place in range(3))


@pytest.mark.django_db
def test_everybody_sees_the_result_when_the_chair_shows_it_and_not_before_the_end() -> None:
    asked = poll()
    votes(asked, 0, 0, 0, 0, 1)

    assert refusal(lambda: show_poll(by=make.BY, poll=asked, at=T0)) == (
        "Cannot show the result of “Đồng ý?”: close the poll first."
    )
    close(asked)
    assert show_poll(by=make.BY, poll=asked, at=T0 + 2 * MINUTE).shown_at == T0 + 2 * MINUTE
    told = asked.workshop.tellings.filter(kind="poll").order_by("number").last()
    assert told is not None
    assert told.about == {
        "poll": asked.key,
        "state": "closed",
        "shown": True,
        "voices": 5,
        "counts": [4, 1],
        "withheld": False,
    }
    assert [(one.title, result.counts) for one, result in results_of(asked.workshop)] == [("Đồng ý?", (4, 1))]


@pytest.mark.django_db
def test_a_quiz_tells_how_many_were_right() -> None:
    asked = poll(right=[0])
    votes(asked, 0, 0, 0, 1, 1)

    assert right_share(asked) == 0.6
    assert right_share(poll()) is None


# ---- made


@pytest.mark.django_db
def test_a_poll_has_two_to_twelve_options_and_right_ones_among_them() -> None:
    found = workshop(state="live")

    def made(**values: Any) -> Poll:
        return make_poll(by=make.BY, workshop=found, title="Đồng ý?", **{"options": YES_NO, **values})

    assert refusal(lambda: made(options=YES_NO[:1])) == (
        "Cannot make the poll “Đồng ý?”: 1 options; from 2 to 12 are possible."
    )
    for right in ([2], [0, 1]):
        assert refusal(lambda right=right: made(right=right)) == (  # type: ignore[misc]
            "Cannot make the poll “Đồng ý?”: what is right is none of its options."
        )
    assert [made().position, made().position] == [1, 2]


@pytest.mark.django_db
def test_a_poll_is_removed_before_it_was_opened_only() -> None:
    found = workshop(state="live")
    remove_poll(by=make.BY, poll=make_poll(by=make.BY, workshop=found, title="Nháp", options=YES_NO))
    assert Poll.objects.count() == 0

    asked = poll(found)
    assert refusal(lambda: remove_poll(by=make.BY, poll=asked)) == (
        "Cannot remove the poll “Đồng ý?”: it has been opened."
    )
    unopened = make_poll(by=make.BY, workshop=found, title="Nháp", options=YES_NO)
    assert refusal(lambda: close(unopened)) == "Cannot close the poll “Nháp”: it has not been opened."


@pytest.mark.django_db
def test_pressed_twice_a_poll_opens_and_closes_once() -> None:
    asked = poll()
    open_poll(by=make.BY, poll=asked, at=T0 + MINUTE)
    close(asked)
    close_poll(by=make.BY, poll=asked, at=T0 + 5 * MINUTE)

    asked.refresh_from_db()
    assert (asked.opened_at, asked.closed_at) == (T0, T0 + MINUTE)
