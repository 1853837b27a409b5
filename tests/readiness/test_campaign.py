"""A campaign from its plan to what is published: who does what when, and what is refused in which words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from factories import BY
from readiness.held import (
    AFTER,
    APPEALS,
    AT,
    DUE,
    ON,
    OTHER,
    PLAIN,
    REVIEWER,
    answered,
    campaign,
    province,
    published,
    reviewed,
    sheet_of,
)
from readiness.indices import component, shipped, text_of

from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry
from lantoa.readiness.actions.campaigns import move_campaign, publish_campaign
from lantoa.readiness.actions.indices import load_index
from lantoa.readiness.actions.reviews import decide_appeal, finish_review, rule_on
from lantoa.readiness.actions.sheets import add_paper, hand_in, object_to, remove_paper, save_answer
from lantoa.readiness.models import Answer, Campaign, Result, Sheet
from lantoa.readiness.queries.indices import ready_made_text
from lantoa.readiness.queries.standing import candidates, standing_of, standings
from lantoa.readiness.rules.numbers import SCALE

pytestmark = pytest.mark.django_db


def refusal(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(**arguments)
    return str(refused.value)


def answer_of(sheet: Sheet, code: str) -> Answer:
    return sheet.answers.get(component=code)


# ---- indices


def test_the_same_text_again_is_the_version_that_is_there() -> None:
    top, _wards = province(0)

    assert load_index(by=BY, unit=top, text=PLAIN, at=AT) == load_index(by=BY, unit=top, text=PLAIN, at=AT)


def test_another_text_under_the_same_version_is_refused() -> None:
    top, _wards = province(0)
    load_index(by=BY, unit=top, text=PLAIN, at=AT)

    assert refusal(load_index, by=BY, unit=top, text=PLAIN.replace("40", "41"), at=AT) == (
        "Cannot load thu 1: this version stands here with another content. Give it a version of its own."
    )


def test_every_index_of_the_house_can_be_loaded() -> None:
    top, _wards = province(0)

    for name in ("cap-xa-2025", "cap-xa-2026", "dti-tinh-2022", "dti-tinh-2025", "idi-2010", "kieu-hdi"):
        text = ready_made_text(name)
        assert text is not None
        assert load_index(by=BY, unit=top, text=text, at=AT).can_score == shipped(name).can_score


# ---- planning


def test_a_campaign_asks_the_units_of_the_level_that_stood_on_its_day() -> None:
    top, wards = province(3)

    held = campaign(top, to="draft")

    assert sorted(held.sheets.values_list("unit_id", flat=True)) == [ward.pk for ward in wards]


def test_answers_are_not_due_before_the_day_of_the_units() -> None:
    top, _wards = province(1)

    assert refusal(campaign, top=top, due_on=ON - timedelta(days=1)) == (
        "Cannot plan campaign Chỉ số 2026: answers are due on 01/03/2026, before the day of its units, 02/03/2026."
    )


def test_appeals_do_not_end_before_answers_are_due() -> None:
    top, _wards = province(1)

    assert refusal(campaign, top=top, appeal_until=DUE) == (
        "Cannot plan campaign Chỉ số 2026: appeals end on 31/03/2026, and answers are due on 31/03/2026."
    )


def test_an_index_is_collected_once_a_year() -> None:
    top, _wards = province(1)
    campaign(top)

    assert refusal(campaign, top=top) == "Cannot plan campaign Chỉ số 2026: thu 1 is collected here for 2026 already."


def test_where_no_unit_of_the_level_stands_nobody_can_be_asked() -> None:
    top, _wards = province(0)

    assert refusal(campaign, top=top) == (
        "Cannot plan campaign Chỉ số 2026: no unit of the level “commune” stands under this one on 02/03/2026."
    )


def test_a_campaign_is_compared_with_one_of_the_same_index() -> None:
    top, _wards = province(1)
    other = campaign(top, PLAIN.replace('"thu"', '"khac"'), year=2025)

    assert refusal(campaign, top=top, previous=other) == (
        "Cannot compare campaign Chỉ số 2026 with Chỉ số 2025: that one is of another index, khac."
    )


def test_states_follow_one_another() -> None:
    top, _wards = province(1)

    assert refusal(move_campaign, by=BY, campaign=campaign(top), to="appeal", at=AT) == (
        "Cannot move campaign Chỉ số 2026 to “appeals are open”: it stands at “answers are taken”."
    )


# ---- answering


def test_an_answer_is_saved_changed_and_emptied() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top), ward)

    for typed in ({"part": "3", "whole": "4"}, {"part": "1.234,5", "whole": "2000"}, {}):
        save_answer(by=BY, sheet=sheet, component="2", typed=typed, at=AT, on=ON)

    assert answer_of(sheet, "2").declared is None
    assert Entry.objects.filter(act="readiness.answer").count() == 3


def test_the_ledger_names_the_component_and_never_what_was_answered_ruled_or_decided() -> None:
    _held, one = lowered()
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)
    decide_appeal(by=OTHER, answer=one, typed={"part": "2", "whole": "4"}, reason="Đúng", at=AT)

    acts = ("readiness.answer", "readiness.rule", "readiness.decide_appeal")
    told = {entry.act: entry.about for entry in Entry.objects.filter(act__in=acts)}
    assert told == {
        "readiness.answer": {"component": "2"},
        "readiness.rule": {"component": "2", "ruling": "lowered", "sheet": one.sheet.key},
        "readiness.decide_appeal": {"component": "2", "decision": "changed", "sheet": one.sheet.key},
    }


@pytest.mark.parametrize(
    ("code", "typed", "words"),
    [
        ("1", {"value": "maybe"}, "Cannot answer “1” with “maybe”: it is one of yes, no."),
        ("2", {"part": "5", "whole": "4"}, "Cannot answer “2” with 5 of 4: the part is more than the whole."),
        ("2", {"part": "-1", "whole": "4"}, "Cannot answer “2” with -1 of 4: neither can be below 0."),
        ("2", {"part": "a", "whole": "4"}, "Cannot answer “2” with “a”: it is no number with six decimals at most."),
        (
            "2",
            {"part": "62 %", "whole": "4"},
            "Cannot answer “2” with “62 %”: it is no number with six decimals at most.",
        ),
        (
            "2",
            {"part": "1.234", "whole": "2000"},
            "Cannot answer “2” with “1.234”: it may be a thousand or a fraction."
            " Write thousands without a sign, decimals with fewer than three digits.",
        ),
        ("9", {"value": "yes"}, "Cannot answer “9”: index thu 1 has no such component."),
    ],
)
def test_what_is_no_answer_is_refused(code: str, typed: dict[str, str], words: str) -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top), ward)

    assert refusal(save_answer, by=BY, sheet=sheet, component=code, typed=typed, at=AT, on=ON) == words


def test_points_given_by_others_are_at_most_what_there_are() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top, text_of(component("1", 'kind = "points"'))), ward)

    assert refusal(save_answer, by=BY, sheet=sheet, component="1", typed={"value": "11"}, at=AT, on=ON) == (
        "Cannot answer “1” with 11: it is between 0 and 10."
    )


def test_after_the_last_day_nothing_changes_any_more() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top), ward)
    arguments: dict[str, Any] = {"by": BY, "sheet": sheet, "at": AT, "on": DUE + timedelta(days=1)}

    assert refusal(save_answer, component="1", typed={"value": "yes"}, **arguments) == (
        "Cannot change the answer to “1”: the last day was 31/03/2026."
    )
    assert refusal(hand_in, **arguments) == "Cannot hand in to campaign Chỉ số 2026: the last day was 31/03/2026."


def test_a_draft_takes_no_answers() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top, to="draft"), ward)

    assert refusal(save_answer, by=BY, sheet=sheet, component="1", typed={"value": "yes"}, at=AT, on=ON) == (
        "Cannot change the answer to “1”: campaign Chỉ số 2026 does not take it any more."
    )


def test_what_is_handed_in_is_not_changed() -> None:
    top, (ward,) = province(1)
    sheet = answered(campaign(top), ward, a1="yes")

    assert refusal(save_answer, by=BY, sheet=sheet, component="1", typed={"value": "no"}, at=AT, on=ON) == (
        "Cannot change the answer to “1”: campaign Chỉ số 2026 does not take it any more."
    )
    assert refusal(hand_in, by=BY, sheet=sheet, at=AT, on=ON) == (
        "Cannot hand in to campaign Chỉ số 2026: it is handed in already, or not asked for now."
    )


def test_an_empty_sheet_is_not_handed_in() -> None:
    top, (ward,) = province(1)

    assert refusal(hand_in, by=BY, sheet=sheet_of(campaign(top), ward), at=AT, on=ON) == (
        "Cannot hand in to campaign Chỉ số 2026: nothing is answered yet."
    )


PAPERS = text_of(
    component("1", 'kind = "yes_no"', 'points = 40\nevidence = "required"'),
    component("2", 'kind = "yes_no"', 'points = 60\nevidence = "none"'),
)


def test_a_paper_that_is_asked_for_is_there_before_one_hands_in() -> None:
    top, (ward,) = province(1)
    held = campaign(top, PAPERS)
    sheet = sheet_of(held, ward)
    save_answer(by=BY, sheet=sheet, component="1", typed={"value": "yes"}, at=AT, on=ON)

    assert refusal(hand_in, by=BY, sheet=sheet, at=AT, on=ON) == "Cannot hand in: these answers need a paper: 1."
    paper = add_paper(by=BY, sheet=sheet, component="1", abstract="Kế hoạch", number="12/KH-UBND", at=AT, on=ON)
    remove_paper(by=BY, paper=paper, at=AT, on=ON)
    add_paper(by=BY, sheet=sheet, component="1", abstract="Kế hoạch năm", issued_on=date(2026, 1, 5), at=AT, on=ON)
    assert hand_in(by=BY, sheet=sheet, at=AT, on=ON).state == Sheet.State.HANDED_IN


def test_what_earns_nothing_needs_no_paper() -> None:
    top, (ward,) = province(1)

    assert answered(campaign(top, PAPERS), ward, a1="no").state == Sheet.State.HANDED_IN


def test_no_paper_is_taken_where_none_is_asked_for() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top, PAPERS), ward)

    assert refusal(add_paper, by=BY, sheet=sheet, component="2", abstract="Thừa", at=AT, on=ON) == (
        "Cannot add a paper to “2”: the index asks for none here."
    )


def test_a_paper_of_a_day_to_come_shows_nothing() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top, PAPERS), ward)
    arguments = {"by": BY, "sheet": sheet, "component": "1", "abstract": "Mai", "at": AT}

    assert refusal(add_paper, issued_on=date(2026, 3, 3), on=ON, **arguments) == (
        "Cannot add a paper to “1”: its day, 03/03/2026, has not come yet."
    )


def test_an_answer_has_ten_papers_at_most() -> None:
    top, (ward,) = province(1)
    sheet = sheet_of(campaign(top, PAPERS), ward)
    for number in range(10):
        add_paper(by=BY, sheet=sheet, component="1", abstract=f"Số {number}", at=AT, on=ON)

    assert refusal(add_paper, by=BY, sheet=sheet, component="1", abstract="Thừa", at=AT, on=ON) == (
        "Cannot add a paper to “1”: there are 10 already."
    )


# ---- reviewing


def test_nobody_reviews_what_they_handed_in() -> None:
    top, (ward,) = province(1)
    sheet = answered(campaign(top), ward, a1="yes")

    assert refusal(rule_on, by=BY, answer=answer_of(sheet, "1"), ruling="accepted", at=AT) == (
        "Cannot review this sheet: you handed it in yourself."
    )


def test_a_lowering_says_to_what_and_why_and_keeps_what_was_declared() -> None:
    top, (ward,) = province(1)
    sheet = answered(campaign(top), ward, a2=("3", "4"))
    one = answer_of(sheet, "2")

    lower: dict[str, Any] = {"by": REVIEWER, "answer": one, "ruling": "lowered", "at": AT}
    assert refusal(rule_on, **lower) == "Cannot lower or return “2” without a reason."
    assert refusal(rule_on, typed={"part": "4", "whole": "4"}, reason="Nhiều hơn", **lower) == (
        "Cannot lower “2” to that: it is not less than what was declared."
    )
    made = rule_on(typed={"part": "2", "whole": "4"}, reason="Giấy tờ cho thấy 2", **lower)
    assert (made.declared, made.ruled, made.counted) == (["3", "4"], ["2", "4"], ["2", "4"])


def test_a_review_ends_when_every_answer_has_a_ruling() -> None:
    top, (ward,) = province(1)
    sheet = answered(campaign(top), ward, a1="yes", a2=("3", "4"))
    rule_on(by=REVIEWER, answer=answer_of(sheet, "1"), ruling="accepted", at=AT)

    assert refusal(finish_review, by=REVIEWER, sheet=sheet, at=AT) == (
        "Cannot finish the review: 1 answers have no ruling."
    )
    rule_on(by=REVIEWER, answer=answer_of(sheet, "2"), ruling="accepted", at=AT)
    assert finish_review(by=REVIEWER, sheet=sheet, at=AT).state == Sheet.State.REVIEWED
    assert refusal(rule_on, by=REVIEWER, answer=answer_of(sheet, "2"), ruling="accepted", at=AT) == (
        "Cannot rule on “2”: the sheet is not handed in, or its review is over."
    )
    assert refusal(finish_review, by=REVIEWER, sheet=sheet, at=AT) == (
        "Cannot finish the review: the sheet is not handed in, or its review is over."
    )


def test_what_is_returned_is_corrected_and_handed_in_again_even_after_the_last_day() -> None:
    top, (ward,) = province(1)
    held = campaign(top)
    sheet = answered(held, ward, a1="yes", a2=("3", "4"))
    rule_on(by=REVIEWER, answer=answer_of(sheet, "1"), ruling="accepted", at=AT)
    rule_on(by=REVIEWER, answer=answer_of(sheet, "2"), ruling="returned", reason="Số nào?", at=AT)
    assert finish_review(by=REVIEWER, sheet=sheet, at=AT).state == Sheet.State.RETURNED
    late: dict[str, Any] = {"by": BY, "sheet": sheet, "at": AT, "on": DUE + timedelta(days=5)}

    assert refusal(save_answer, component="1", typed={"value": "no"}, **late) == (
        "Cannot change the answer to “1”: campaign Chỉ số 2026 does not take it any more."
    )
    save_answer(component="2", typed={"part": "2", "whole": "4"}, **late)

    assert hand_in(**late).state == Sheet.State.HANDED_IN
    assert (answer_of(sheet, "2").ruling, answer_of(sheet, "1").ruling) == ("", "accepted")


def test_objections_do_not_open_while_a_sheet_waits() -> None:
    top, (ward,) = province(1)
    held = campaign(top)
    answered(held, ward, a1="yes")
    move_campaign(by=BY, campaign=held, to="review", at=AT)

    assert refusal(move_campaign, by=BY, campaign=held, to="appeal", at=AT) == (
        "Cannot go on with campaign Chỉ số 2026: 1 sheets have not been reviewed."
    )


# ---- objecting


def lowered(**more: Any) -> tuple[Campaign, Answer]:
    """One answer lowered from 3 of 4 to 1 of 4, objections open."""
    top, (ward,) = province(1)
    held = campaign(top, **more)
    sheet = answered(held, ward, a2=("3", "4"))
    one = answer_of(sheet, "2")
    low = {"part": "1", "whole": "4"}
    rule_on(by=REVIEWER, answer=one, ruling="lowered", typed=low, reason="Chỉ thấy 1", at=AT)
    finish_review(by=REVIEWER, sheet=sheet, at=AT)
    for to in ("review", "appeal"):
        held = move_campaign(by=BY, campaign=held, to=to, at=AT)
    return held, Answer.objects.get(pk=one.pk)


def test_a_unit_objects_once() -> None:
    _held, one = lowered()
    arguments: dict[str, Any] = {"by": BY, "answer": one, "words": "Có đủ giấy tờ", "at": AT, "on": ON}

    object_to(**arguments)

    assert refusal(object_to, **arguments) == (
        "Cannot object to the ruling on “2”: only a lowering can be objected to, once, until 31/05/2026."
    )


def test_nothing_is_published_while_an_objection_waits() -> None:
    held, one = lowered()
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)

    assert refusal(publish_campaign, by=BY, campaign=held, at=AT) == (
        "Cannot publish campaign Chỉ số 2026: 1 appeals wait for a decision."
    )


def test_nothing_is_published_while_a_unit_may_still_object_to_a_lowering() -> None:
    held, one = lowered()
    last = AFTER - timedelta(days=1)
    assert timezone.localdate(last) == APPEALS

    assert refusal(publish_campaign, by=BY, campaign=held, at=last) == (
        "Cannot publish campaign Chỉ số 2026: units may object until 31/05/2026, and 1 lowered answers can still be"
        " objected to."
    )
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)
    decide_appeal(by=OTHER, answer=one, reason="Không đủ", at=AT)
    assert publish_campaign(by=BY, campaign=held, at=last).state == "published"


def test_a_lowering_that_nobody_objected_to_is_published_when_the_last_day_is_over_or_there_was_none() -> None:
    over, _one = lowered()
    endless, _other = lowered(appeal_until=None)

    assert publish_campaign(by=BY, campaign=over, at=AFTER).state == "published"
    assert publish_campaign(by=BY, campaign=endless, at=AT).state == "published"


def test_whoever_ruled_does_not_decide_on_the_objection() -> None:
    _held, one = lowered()
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)

    assert refusal(decide_appeal, by=REVIEWER, answer=one, reason="Đúng", at=AT) == (
        "Cannot decide on “2”: you ruled on it yourself; somebody else decides."
    )
    assert refusal(decide_appeal, by=OTHER, answer=one, reason="", at=AT) == "Cannot decide on “2” without a reason."


def test_what_counts_after_an_objection_lies_between_the_ruling_and_what_was_declared() -> None:
    _held, one = lowered()
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)
    decide: dict[str, Any] = {"by": OTHER, "answer": one, "reason": "Xem lại", "at": AT}

    assert refusal(decide_appeal, typed={"part": "4", "whole": "4"}, **decide) == (
        "Cannot decide on “2” so: what counts lies between the ruling and what was declared."
    )
    assert decide_appeal(typed={"part": "2", "whole": "4"}, **decide).counted == ["2", "4"]
    assert refusal(decide_appeal, **decide) == "Cannot decide on “2”: no appeal waits for it."


def test_no_ruling_and_no_decision_makes_a_share_of_nothing_of_what_was_declared() -> None:
    left_out = text_of(
        component("1", 'kind = "yes_no"', "points = 40"),
        component("2", 'kind = "ratio"', 'points = 60\nmissing = "skip"'),
    )
    held, one = lowered(text=left_out)
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)
    nothing: dict[str, Any] = {"typed": {"part": "0", "whole": "0"}, "reason": "Không có", "at": AT}
    top, (ward,) = province(1)
    other = answered(campaign(top, left_out), ward, a2=("3", "4"))

    assert refusal(decide_appeal, by=OTHER, answer=one, **nothing) == (
        "Cannot decide on “2” so: what counts lies between the ruling and what was declared."
    )
    assert refusal(rule_on, by=REVIEWER, answer=answer_of(other, "2"), ruling="lowered", **nothing) == (
        "Cannot lower “2” to that: it is not less than what was declared."
    )


def test_an_objection_that_changes_nothing_leaves_the_ruling() -> None:
    _held, one = lowered()
    object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)

    made = decide_appeal(by=OTHER, answer=one, reason="Không đủ", at=AT)

    assert (made.appeal, made.counted) == ("upheld", ["1", "4"])


def test_the_database_keeps_a_lowering_without_a_reason_out() -> None:
    _held, one = lowered()

    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=one.pk).update(reason="")


# ---- publishing


def test_scores_ranks_and_who_is_missing_are_published_for_good() -> None:
    top, wards = province(4)
    held = campaign(top)
    for ward, share in zip(wards, ("4", "2", "2"), strict=False):
        answered(held, ward, a1="yes", a2=(share, "4"))

    done = published(held)

    rows = [(one.unit, one.score, one.rank, one.shared, one.missing) for one in standings(done)]
    assert rows == [
        (wards[0].pk, SCALE, 1, 1, 0),
        (wards[1].pk, 7 * SCALE // 10, 2, 2, 0),
        (wards[2].pk, 7 * SCALE // 10, 2, 2, 0),
        (wards[3].pk, None, None, 1, 2),
    ]
    assert publish_campaign(by=BY, campaign=done, at=AT).published_at == done.published_at
    assert Result.objects.filter(campaign=done).count() == 4


def test_an_index_that_is_not_known_whole_is_collected_and_never_published() -> None:
    top, (ward,) = province(1)
    text = text_of(component("1", 'kind = "ratio"', 'points = "unknown"'))
    held = campaign(top, text)
    reviewed(answered(held, ward, a1=("3", "4")))
    for to in ("review", "appeal"):
        held = move_campaign(by=BY, campaign=held, to=to, at=AT)

    assert refusal(publish_campaign, by=BY, campaign=held, at=AT) == (
        "Cannot score thu 1: its source does not say what these are worth: 1."
    )


def test_the_declared_score_stays_beside_the_one_that_counts() -> None:
    held, _one = lowered()

    row = publish_campaign(by=BY, campaign=held, at=AFTER).results.get()

    assert (row.declared, row.score) == (45 * SCALE // 100, 15 * SCALE // 100)


def test_a_units_standing_is_that_of_the_day() -> None:
    top, (ward,) = province(1)
    held = campaign(top)
    answered(held, ward, a1="yes", a2=("4", "4"))
    published(held)

    found = standing_of(ward, on=ON)

    assert found is not None
    assert (found.score, found.version, found.of) == (SCALE, "thu 1", 1)
    assert standing_of(ward, on=ON - timedelta(days=1)) is None


def test_candidates_are_the_ready_ones_the_readiest_first() -> None:
    top, wards = province(3)
    held = campaign(top)
    for ward, share in zip(wards, ("1", "3", "4"), strict=True):
        answered(held, ward, a1="yes", a2=(share, "4"))
    done = published(held)

    assert [one.unit for one in candidates(done, least=SCALE // 2 + SCALE // 5)] == [wards[2].pk, wards[1].pk]


@pytest.mark.parametrize("wards", [1, 3])
def test_standings_take_three_queries_however_many_units(wards: int, django_assert_num_queries: Any) -> None:
    top, units = province(wards)
    held = campaign(top)
    for ward in units:
        answered(held, ward, a1="yes")
    done = Campaign.objects.select_related("version").get(pk=published(held).pk)

    with django_assert_num_queries(2):  # no campaign before: one less
        standings(done)
