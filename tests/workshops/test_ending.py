"""A workshop that is over: nothing of it runs on; and acts that lock the same rows do so in one order."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import factories as make
import pytest
from at_once import meanwhile
from workshops.held import T0, agenda, refusal, site, workshop

from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.workshops.actions.floor import end_item, give_floor, raise_hand, start_item, take_chair
from lantoa.workshops.actions.polls import cast, cast_for_site, make_poll, open_poll
from lantoa.workshops.actions.roll import call_the_roll
from lantoa.workshops.actions.telling import held
from lantoa.workshops.actions.workshops import change_state
from lantoa.workshops.models import AgendaItem, Hand, Poll, RollCall, Telling, Workshop

CHAIR = Machine("chair")
END = T0 + timedelta(hours=2)
YES_NO = [("Đồng ý", "Yes"), ("Không đồng ý", "No")]


def poll(of: Workshop, *, voices: str = "people") -> Poll:
    return make_poll(by=make.BY, workshop=of, title="Đồng ý?", options=YES_NO, voices=voices)


def over(made: Workshop) -> Workshop:
    return change_state(by=make.BY, workshop=made, to="over", at=END)


@pytest.mark.django_db
def test_with_the_workshop_ends_whatever_runs_in_it_and_each_is_told() -> None:
    made = workshop(state="live")
    speaks, waits = site(made), site(made)
    running, coming = agenda(made, 30, 30)
    start_item(by=CHAIR, item=running, at=T0)
    hand = raise_hand(by=make.BY, site=speaks, at=T0)
    other = raise_hand(by=make.BY, site=waits, at=T0)
    give_floor(by=CHAIR, hand=hand, at=T0)
    opened, draft = open_poll(by=make.BY, poll=poll(made), at=T0), poll(made)
    roll = call_the_roll(by=make.BY, workshop=made, mode="together", at=T0)
    told = Telling.objects.filter(workshop=made).count()

    assert over(made).state == "over"

    for one in (running, coming, hand, other, opened, draft, roll):
        one.refresh_from_db()
    assert (running.ended_at, coming.started_at) == (END, None)
    assert [(one.state, one.ended_at) for one in (hand, other)] == [("spoken", END), ("withdrawn", END)]
    assert (opened.state, opened.closed_at, draft.state, roll.closed_at) == ("closed", END, "draft", END)
    tellings = Telling.objects.filter(workshop=made, number__gt=told).order_by("number")
    assert [(one.kind, one.audience) for one in tellings] == [
        ("poll", "all"),
        ("roll-call", "all"),
        ("agenda", "all"),
        ("hand", f"site:{speaks.key}"),
        ("hand", f"site:{waits.key}"),
        ("floor", "all"),
        ("state", "all"),
    ]
    acts = ["close_poll", "close_the_roll", "end_item", "end_speaking", "withdraw_hand"]
    assert [Entry.objects.filter(act=f"workshops.{act}").count() for act in acts] == [1] * 5


@pytest.mark.django_db
def test_nobody_votes_in_a_workshop_that_is_not_held_now() -> None:
    made = workshop(state="live")
    one = site(made)
    mine, ours = (open_poll(by=make.BY, poll=poll(made, voices=name), at=T0) for name in ("people", "sites"))
    Workshop.objects.filter(pk=made.pk).update(state="over")  # ended before polls ended with it
    words = "Cannot vote in “Đồng ý?”: the workshop is not being held now."
    person = make.person()

    assert refusal(lambda: cast(by=make.BY, poll=mine, person=person, chosen=[0], at=T0)) == words
    assert refusal(lambda: cast_for_site(by=make.BY, poll=ours, site=one, chosen=[0], heads=1, at=T0)) == words


NOT_NOW = "Cannot do this in “Hội thảo chuyển đổi số”: the workshop is not being held now."
BEGINNINGS: dict[str, tuple[Callable[[Workshop], Callable[[], object]], str]] = {
    "poll": (lambda made: partial(open_poll, by=make.BY, poll=poll(made), at=T0), NOT_NOW),
    "hand": (lambda made: partial(raise_hand, by=make.BY, site=site(made), at=T0), NOT_NOW),
    "item": (lambda made: partial(start_item, by=CHAIR, item=agenda(made, 30)[0], at=T0), NOT_NOW),
    "roll": (
        lambda made: partial(call_the_roll, by=make.BY, workshop=made, mode="together", at=T0),
        "Cannot call the roll of Hội thảo chuyển đổi số: it is not announced, or it is over.",
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", BEGINNINGS)
def test_nothing_begins_while_the_workshop_is_being_ended(name: str) -> None:
    made = workshop(state="live")
    begins, words = BEGINNINGS[name]
    act = begins(made)

    assert meanwhile(lambda: over(made), act) == words

    assert not Poll.objects.filter(state="open").exists()
    assert not Hand.objects.exists()
    assert not AgendaItem.objects.filter(started_at__isnull=False).exists()
    assert not RollCall.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [start_item, end_item])
def test_the_chair_waits_for_whoever_plans_the_agenda_before_touching_a_part_of_it(
    act: Callable[..., AgendaItem],
) -> None:
    made = workshop(state="live")
    (item,) = agenda(made, 30)
    take_chair(by=CHAIR, workshop=made, at=T0)
    if act is end_item:
        start_item(by=CHAIR, item=item, at=T0)

    came = meanwhile(
        lambda: held(made),
        lambda: act(by=CHAIR, item=item, at=T0),
        then=lambda: AgendaItem.objects.select_for_update(nowait=True).get(pk=item.pk),
    )

    assert came == "done"
