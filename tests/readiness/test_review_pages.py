"""The pages of reviewers: a ruling falls on what its page has shown, and what is refused says why."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from factories import BY, user
from readiness.held import AT, DUE, ON, REVIEWER, answered, campaign, province

from lantoa.directory.models import Role
from lantoa.readiness.actions.campaigns import move_campaign
from lantoa.readiness.actions.reviews import decide_appeal, finish_review, rule_on
from lantoa.readiness.actions.sheets import hand_in, object_to, save_answer
from lantoa.readiness.models import Answer, Sheet

pytestmark = pytest.mark.django_db
LOW = {"part": "1", "whole": "4"}


class Desk:
    """A reviewer with the pages of a sheet that was handed in."""

    def __init__(self) -> None:
        top, (ward,) = province(1)
        self.campaign = campaign(top)
        self.sheet = answered(self.campaign, ward, a1="yes", a2=("3", "4"))
        self.answer = self.sheet.answers.get(component="2")
        self.reviewer = user(Role.PROGRAMME_OFFICER, on=top)
        self.client = Client()
        self.client.cookies["django_language"] = "en"
        self.client.force_login(self.reviewer)
        self.page = f"/readiness/answers/{self.answer.key}/"
        self.whole = f"/readiness/sheets/{self.sheet.key}/review/"

    def opened(self, page: str) -> str:
        """What the page, as it stands now, has shown."""
        return str(self.client.get(page).context["seen"])

    def rules(self, seen: str, **typed: str) -> tuple[int, str]:
        """The status and the page after a ruling on what was seen."""
        answer = self.client.post(self.page, {"seen": seen, "ruling": "accepted", **typed})
        return answer.status_code, answer.content.decode()

    def stands(self) -> tuple[str, Any, str]:
        one = Answer.objects.get(pk=self.answer.pk)
        return one.ruling, one.declared, one.reason

    def corrected(self) -> None:
        """Returned, answered otherwise, handed in again."""
        rest = self.sheet.answers.get(component="1")
        rule_on(by=REVIEWER, answer=rest, ruling="accepted", at=AT)
        rule_on(by=REVIEWER, answer=self.answer, ruling="returned", reason="Số nào?", at=AT)
        finish_review(by=REVIEWER, sheet=self.sheet, at=AT)
        later = AT + timedelta(hours=1)
        save_answer(by=BY, sheet=self.sheet, component="2", typed={"part": "2", "whole": "4"}, at=later, on=ON)
        hand_in(by=BY, sheet=self.sheet, at=later, on=ON)


def test_a_ruling_made_meanwhile_is_shown_and_stands_until_one_saves_again() -> None:
    desk = Desk()
    seen = desk.opened(desk.page)
    rule_on(by=REVIEWER, answer=desk.answer, ruling="lowered", typed=LOW, reason="Chỉ thấy 1", at=AT)

    status, page = desk.rules(seen, reason="Đủ cả")

    assert status == 422
    assert (
        "“2” is not ruled on: another ruling was saved meanwhile, “lowered”. Save again if yours shall stand in its"
        " place." in page
    )
    assert "Chỉ thấy 1" in page  # what stands now
    assert "Đủ cả" in page  # what was typed
    assert desk.stands() == ("lowered", ["3", "4"], "Chỉ thấy 1")
    assert desk.rules(desk.opened(desk.page))[0] == 302
    assert desk.stands() == ("accepted", ["3", "4"], "")


def test_the_same_ruling_sent_twice_is_one() -> None:
    desk = Desk()
    seen = desk.opened(desk.page)
    lower = {"ruling": "lowered", "reason": "Chỉ thấy 1", **LOW}

    assert [desk.rules(seen, **lower)[0] for _click in range(2)] == [302, 302]
    assert desk.rules(seen, **{**lower, "part": "2"})[0] == 422
    assert Answer.objects.get(pk=desk.answer.pk).ruled == ["1", "4"]


def test_an_answer_corrected_meanwhile_is_not_ruled_on_unseen() -> None:
    desk = Desk()
    one, whole = desk.opened(desk.page), desk.opened(desk.whole)
    desk.corrected()

    status, page = desk.rules(one)
    told = desk.client.post(f"/readiness/sheets/{desk.sheet.key}/accept/", {"seen": whole}, follow=True)

    assert status == 422
    assert "“2” is not ruled on: its sheet was handed in again meanwhile. Look at the answer and save again." in page
    assert (
        "Cannot accept these answers: the sheet was handed in again meanwhile. Look at it and accept again."
        in told.content.decode()
    )
    assert desk.stands()[:2] == ("", ["2", "4"])
    assert desk.rules(desk.opened(desk.page))[0] == 302


def test_a_ruling_after_the_review_is_over_is_refused_in_words() -> None:
    desk = Desk()
    seen = desk.opened(desk.page)
    rule_on(by=REVIEWER, answer=desk.sheet.answers.get(component="1"), ruling="accepted", at=AT)
    rule_on(by=REVIEWER, answer=desk.answer, ruling="accepted", at=AT)
    finish_review(by=REVIEWER, sheet=desk.sheet, at=AT)

    status, page = desk.rules(seen)

    assert status == 422
    assert "Cannot rule on “2”: the sheet is not handed in, or its review is over." in page


def test_a_decision_by_whoever_ruled_is_refused_in_words() -> None:
    desk = Desk()
    rule_on(by=REVIEWER, answer=desk.sheet.answers.get(component="1"), ruling="accepted", at=AT)
    rule_on(by=desk.reviewer, answer=desk.answer, ruling="lowered", typed=LOW, reason="Chỉ thấy 1", at=AT)
    finish_review(by=REVIEWER, sheet=Sheet.objects.get(pk=desk.sheet.pk), at=AT)
    for to in ("review", "appeal"):
        move_campaign(by=BY, campaign=desk.campaign, to=to, at=AT)
    object_to(by=BY, answer=desk.answer, words="Còn nữa", at=AT, on=DUE)

    status, page = desk.rules("", reason="Đúng")

    assert status == 422
    assert "Cannot decide on “2”: you ruled on it yourself; somebody else decides." in page
    decide_appeal(by=REVIEWER, answer=desk.answer, reason="Đúng", at=AT)
    assert (
        "Nothing is saved for “2”: it waits for no ruling and no decision any more."
        in desk.client.post(desk.page, {"reason": "Đúng"}).content.decode()
    )
