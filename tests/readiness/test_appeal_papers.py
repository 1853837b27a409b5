"""Papers that come with an objection: they count for it alone, and the first hand-in stays as it was."""

from datetime import date, timedelta
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from readiness.held import APPEALS, AT, BY, ON, OTHER, REVIEWER, answered, campaign, province

from lantoa.common.refused import Refused
from lantoa.directory.models import Role, Unit
from lantoa.ledger.models import Entry
from lantoa.readiness.actions.campaigns import move_campaign
from lantoa.readiness.actions.reviews import decide_appeal, finish_review, rule_on
from lantoa.readiness.actions.sheets import MOST_PAPERS, add_appeal_paper, add_paper, object_to, remove_paper
from lantoa.readiness.models import Answer, Campaign, Evidence
from lantoa.readiness.queries.campaigns import lines_of

pytestmark = pytest.mark.django_db
CANNOT = "Cannot change the papers of the objection to “2”: it is not made, decided, or the last day has passed."


def refusal(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return str(refused.value)


def lowered(appeals: date = APPEALS) -> tuple[Campaign, Answer, Unit]:
    """One answer with a paper, lowered, objections open."""
    top, (ward,) = province(1)
    held = campaign(top, appeal_until=appeals)
    sheet = held.sheets.get()
    add_paper(by=BY, sheet=sheet, component="2", abstract="Ban đầu", at=AT, on=ON)
    sheet = answered(held, ward, a2=("3", "4"))
    one = sheet.answers.get(component="2")
    low = {"part": "1", "whole": "4"}
    rule_on(by=REVIEWER, answer=one, ruling="lowered", typed=low, reason="Chỉ thấy 1", at=AT)
    finish_review(by=REVIEWER, sheet=sheet, at=AT)
    for to in ("review", "appeal"):
        held = move_campaign(by=BY, campaign=held, to=to, at=AT)
    return held, Answer.objects.get(pk=one.pk), ward


def objected(appeals: date = APPEALS) -> tuple[Campaign, Answer, Unit]:
    held, one, ward = lowered(appeals)
    return held, object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON), ward


def adding(one: Answer, **more: Any) -> dict[str, Any]:
    return {"by": BY, "answer": one, "abstract": "Bổ sung", "at": AT, "on": ON, **more}


def test_a_paper_of_an_objection_stands_apart_from_those_handed_in_first() -> None:
    held, one, _ward = objected()

    add_appeal_paper(**adding(one, number="12/BC-UBND", issued_on=ON))

    (line,) = [line for line in lines_of(held.sheets.get()) if line.component.code == "2"]
    assert [paper.abstract for paper in line.papers] == ["Ban đầu"]
    assert [(paper.abstract, paper.number) for paper in line.appeal_papers] == [("Bổ sung", "12/BC-UBND")]
    assert Entry.objects.filter(act="readiness.add_paper").latest("id").about["at_appeal"] is True


def test_there_is_none_without_an_objection_after_its_decision_or_after_the_last_day() -> None:
    _held, one, _ward = lowered()
    assert refusal(add_appeal_paper, **adding(one)) == CANNOT
    one = object_to(by=BY, answer=one, words="Có đủ giấy tờ", at=AT, on=ON)
    assert refusal(add_appeal_paper, **adding(one, on=APPEALS + timedelta(days=1))) == CANNOT
    paper = add_appeal_paper(**adding(one, on=APPEALS))
    decide_appeal(by=OTHER, answer=one, reason="Giữ nguyên", at=AT)

    assert refusal(add_appeal_paper, **adding(one)) == CANNOT
    assert refusal(remove_paper, by=BY, paper=paper, at=AT, on=ON) == CANNOT


def test_the_first_papers_cannot_be_touched_while_objections_are_open_and_the_new_ones_can() -> None:
    held, one, _ward = objected()
    new = add_appeal_paper(**adding(one))
    old = one.evidence.get(at_appeal=False)

    remove_paper(by=BY, paper=new, at=AT, on=ON)

    assert list(Evidence.objects.all()) == [old]
    assert refusal(remove_paper, by=BY, paper=old, at=AT, on=ON) == (
        f"Cannot change the answer to “2”: campaign {held.title} does not take it any more."
    )


def test_there_is_room_for_as_many_again() -> None:
    _held, one, _ward = objected()
    for _turn in range(MOST_PAPERS):
        add_appeal_paper(**adding(one))

    assert refusal(add_appeal_paper, **adding(one)) == "Cannot add a paper to “2”: there are 10 already."


def test_the_unit_hands_it_in_on_its_page_and_the_reviewer_reads_it_beside_the_first(client: Client) -> None:
    held, one, ward = objected(timezone.localdate())
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.UNIT_COORDINATOR, on=ward))
    key = held.sheets.get().key
    page = reverse("readiness:answer", args=[key, "2"])
    assert "Add a paper to the objection" in client.get(page).content.decode()

    file = SimpleUploadedFile("bo-sung.pdf", b"%PDF-1.7")
    client.post(
        reverse("readiness:add_appeal_paper", args=[key, "2"]), {"abstract": "Bổ sung", "number": "7", "file": file}
    )

    paper = Evidence.objects.get(at_appeal=True)
    assert paper.file is not None
    assert "bo-sung.pdf" in client.get(page).content.decode()
    answer = client.post(reverse("readiness:add_appeal_paper", args=[key, "2"]), {"abstract": "", "number": "8/BC"})
    assert answer.status_code == 422
    assert "Fill in “Abstract”" in answer.content.decode()
    assert 'value="8/BC"' in answer.content.decode()  # what was typed is not lost
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=held.unit))
    seen = client.get(reverse("readiness:rule", args=[one.key])).content.decode()
    assert seen.index("Ban đầu") < seen.index("Papers of the objection") < seen.index("Bổ sung")


def test_without_an_answer_there_is_nothing_to_object_to(client: Client) -> None:
    held, _one, ward = lowered()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.UNIT_COORDINATOR, on=ward))

    way = reverse("readiness:add_appeal_paper", args=[held.sheets.get().key, "1"])

    assert "There is no ruling to object to." in client.post(way, {"abstract": "x"}, follow=True).content.decode()
