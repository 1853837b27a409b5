"""What a unit does: answers component by component, adds papers, hands in, objects."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import keep_file, remove_content
from lantoa.readiness.models import Answer, Campaign, Evidence, Sheet
from lantoa.readiness.queries.campaigns import lines_of
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules import seeing
from lantoa.readiness.rules.answers import read_answer
from lantoa.readiness.rules.structure import NONE, Component

SEEN_WITH = "readiness.answer"
MOST_PAPERS = 10


def locked(sheet: Sheet) -> tuple[Sheet, Campaign]:
    """The sheet with its row held; its campaign as it stands now."""
    row = Sheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    return row, Campaign.objects.select_related("version").get(pk=row.campaign_id)


def _component(campaign: Campaign, code: str) -> Component:
    found = index_of(campaign.version).component.get(code)
    if found is None:
        raise Refused(
            N_("Cannot answer “%(code)s”: index %(index)s has no such component."),
            code=code[:60],
            index=str(campaign.version),
        )
    return found


def _check_open(sheet: Sheet, campaign: Campaign, code: str, ruling: str, on: date) -> None:
    if not seeing.may_write(campaign=campaign.state, sheet=sheet.state, ruling=ruling):
        raise Refused(
            N_("Cannot change the answer to “%(code)s”: campaign %(title)s does not take it any more."),
            code=code,
            title=campaign.title,
        )
    if sheet.state == Sheet.State.FILLING and on > campaign.due_on:
        raise Refused(
            N_("Cannot change the answer to “%(code)s”: the last day was %(due)s."),
            code=code,
            due=f"{campaign.due_on:%d/%m/%Y}",
        )


def saved_at(answer: Answer | None) -> str:
    """When the answer was saved last: a page names it when it saves, so that it overwrites only what it has shown."""
    return answer.saved_at.isoformat() if answer else ""


@transaction.atomic
def save_answer(
    *,
    by: Actor,
    sheet: Sheet,
    component: str,
    typed: Mapping[str, str],
    seen: str | None = None,
    at: datetime,
    on: date,
) -> Answer | None:
    """Keeps what was typed for one component; nothing typed empties it. None when there is nothing to keep.

    Refused after the last day, after handing in (but for what was returned), for what is no answer, and if another
    was saved after the one that was shown (`seen`: its `saved_at`).
    """
    row, campaign = locked(sheet)
    asked = _component(campaign, component)
    standing = Answer.objects.filter(sheet=row, component=component).first()
    _check_open(row, campaign, component, standing.ruling if standing else "", on)
    kept = read_answer(asked, typed)
    if standing is None:
        if kept is None:
            return None
        standing = Answer(sheet=row, component=component)
    elif standing.declared == kept:
        return standing
    elif seen is not None and seen != saved_at(standing):
        other = standing.declared
        raise Refused(
            N_(
                "“%(code)s” is not saved: another answer was saved meanwhile, %(other)s. Save again if yours shall "
                "stand in its place."
            ),
            code=component,
            other=" / ".join(other) if isinstance(other, list) else other or "–",
        )
    standing.declared, standing.saved_at, standing.saved_by = kept, at, by.actor_key
    standing.save()
    record(by=by, act="readiness.answer", thing=standing, about={"component": component})  # never what was answered
    return standing


@transaction.atomic
def add_paper(
    *,
    by: Actor,
    sheet: Sheet,
    component: str,
    abstract: str,
    number: str = "",
    issued_on: date | None = None,
    name: str = "",
    content: Any = None,
    at: datetime,
    on: date,
) -> Evidence:
    """A paper that shows what the answer says: abstract, number and day, and its file if there is one."""
    row, campaign = locked(sheet)
    asked = _component(campaign, component)
    if asked.evidence == NONE:
        raise Refused(N_("Cannot add a paper to “%(code)s”: the index asks for none here."), code=component)
    answer = Answer.objects.filter(sheet=row, component=component).first()
    _check_open(row, campaign, component, answer.ruling if answer else "", on)
    answer = answer or Answer.objects.create(sheet=row, component=component, saved_at=at, saved_by=by.actor_key)
    paper = Evidence(answer=answer, number=number, issued_on=issued_on, abstract=abstract)
    return _keep(paper, row, by=by, name=name, content=content, at=at, on=on)


def _keep(paper: Evidence, sheet: Sheet, *, by: Actor, name: str, content: Any, at: datetime, on: date) -> Evidence:
    """The paper with its file, when there is room for one more of its kind and its day has come."""
    code = paper.answer.component
    if paper.answer.evidence.filter(at_appeal=paper.at_appeal).count() >= MOST_PAPERS:
        raise Refused(
            N_("Cannot add a paper to “%(code)s”: there are %(most)d already."), code=code, most=MOST_PAPERS
        )
    if paper.issued_on is not None and paper.issued_on > on:
        raise Refused(
            N_("Cannot add a paper to “%(code)s”: its day, %(day)s, has not come yet."),
            code=code,
            day=f"{paper.issued_on:%d/%m/%Y}",
        )
    if content is not None:
        paper.file = keep_file(by=by, name=name, content=content, unit=sheet.unit, at=at, seen_with=SEEN_WITH)
    paper.added_by, paper.added_at = by.actor_key, at
    paper.save()
    about = {"component": code, "sheet": sheet.key, "at_appeal": paper.at_appeal}
    record(by=by, act="readiness.add_paper", thing=paper, about=about)
    return paper


@transaction.atomic
def add_appeal_paper(
    *,
    by: Actor,
    answer: Answer,
    abstract: str,
    number: str = "",
    issued_on: date | None = None,
    name: str = "",
    content: Any = None,
    at: datetime,
    on: date,
) -> Evidence:
    """A paper more that shows why the unit objects. It counts for the objection alone: what was handed in first stays
    as it was, and the ruling was made without it."""
    row, campaign = locked(answer.sheet)
    answer = Answer.objects.get(pk=answer.pk)
    _check_appeal(answer, campaign, on)
    paper = Evidence(answer=answer, number=number, issued_on=issued_on, abstract=abstract, at_appeal=True)
    return _keep(paper, row, by=by, name=name, content=content, at=at, on=on)


def _check_appeal(answer: Answer, campaign: Campaign, on: date) -> None:
    over = campaign.appeal_until is not None and on > campaign.appeal_until
    if over or not seeing.may_add_to_appeal(campaign=campaign.state, appeal=answer.appeal):
        raise Refused(
            N_("Cannot change the papers of the objection to “%(code)s”: it is not made, decided, or the last day"
               " has passed."),
            code=answer.component,
        )  # fmt: skip


@transaction.atomic
def remove_paper(*, by: Actor, paper: Evidence, at: datetime, on: date) -> None:
    """Takes a paper away, with the content of its file."""
    row, campaign = locked(paper.answer.sheet)
    answer = Answer.objects.get(pk=paper.answer_id)
    if paper.at_appeal:
        _check_appeal(answer, campaign, on)
    else:
        _check_open(row, campaign, answer.component, answer.ruling, on)
    record(by=by, act="readiness.remove_paper", thing=paper, about={"sheet": row.key, "component": answer.component})
    if paper.file:
        remove_content(paper.file, at=at)
    paper.delete()


@transaction.atomic
def hand_in(*, by: Actor, sheet: Sheet, at: datetime, on: date) -> Sheet:
    """Hands the sheet in; what was returned waits for its ruling again.

    Refused when nothing is answered, when a paper that is asked for is missing, and after the last day. What is left
    empty stays empty, and is shown as missing.
    """
    row, campaign = locked(sheet)
    if row.state not in (Sheet.State.FILLING, Sheet.State.RETURNED) or campaign.state not in (
        Campaign.State.OPEN,
        Campaign.State.REVIEW,
    ):
        raise Refused(N_("Cannot hand in to campaign %(title)s: it is handed in already, or not asked for now."),
                      title=campaign.title)  # fmt: skip
    if row.state == Sheet.State.FILLING and (campaign.state != Campaign.State.OPEN or on > campaign.due_on):
        raise Refused(
            N_("Cannot hand in to campaign %(title)s: the last day was %(due)s."),
            title=campaign.title,
            due=f"{campaign.due_on:%d/%m/%Y}",
        )
    row.campaign = campaign
    lines = lines_of(row)
    if not any(line.is_answered for line in lines):
        raise Refused(N_("Cannot hand in to campaign %(title)s: nothing is answered yet."), title=campaign.title)
    bare = [line.component.code for line in lines if line.lacks_paper]
    if bare:
        raise Refused(N_("Cannot hand in: these answers need a paper: %(codes)s."), codes=", ".join(bare))
    again = row.answers.filter(ruling=Answer.Ruling.RETURNED)
    back = again.update(ruling="", ruled_at=None, ruled_by="")  # the reason stays until the next ruling
    row.state, row.handed_in_at, row.handed_in_by = Sheet.State.HANDED_IN, at, by.actor_key
    row.save(update_fields=["state", "handed_in_at", "handed_in_by"])
    about = {"answered": sum(line.is_answered for line in lines), "returned": back}
    record(by=by, act="readiness.hand_in", thing=row, about=about)
    return row


@transaction.atomic
def object_to(*, by: Actor, answer: Answer, words: str, at: datetime, on: date) -> Answer:
    """The unit objects to a lowering, once, with its reason, while appeals are open."""
    row, campaign = locked(answer.sheet)
    answer = Answer.objects.get(pk=answer.pk)
    if not seeing.may_appeal(
        campaign=campaign.state, sheet=row.state, ruling=answer.ruling, appeal=answer.appeal
    ) or (campaign.appeal_until is not None and on > campaign.appeal_until):
        raise Refused(
            N_(
                "Cannot object to the ruling on “%(code)s”: only a lowering can be objected to, once, until %(last)s."
            ),
            code=answer.component,
            last=f"{campaign.appeal_until:%d/%m/%Y}" if campaign.appeal_until else "–",
        )
    answer.appeal, answer.appeal_words = Answer.Appeal.MADE, words
    answer.appealed_at, answer.appealed_by = at, by.actor_key
    answer.save()
    record(by=by, act="readiness.object", thing=answer, about={"component": answer.component, "sheet": row.key})
    return answer
