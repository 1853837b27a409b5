"""What reviewers do: accept, lower or return each answer, finish a sheet, decide on appeals."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.readiness.actions.notices import tell_decided, tell_returned
from lantoa.readiness.actions.sheets import locked
from lantoa.readiness.models import Answer, Campaign, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules import seeing
from lantoa.readiness.rules.answers import Kept, is_better, is_share_of_nothing, read_answer

Ruling = Answer.Ruling
_WORDS: dict[str, str] = {
    Ruling.ACCEPTED: N_("accepted as declared"),
    Ruling.LOWERED: N_("lowered"),
    Ruling.RETURNED: N_("returned"),
}


def handed_in(sheet: Sheet) -> str:
    """Which hand-in of the sheet a page has shown. It names it when it saves, so that it rules on that one only."""
    return sheet.handed_in_at.isoformat() if sheet.handed_in_at else ""


def seen_of(answer: Answer, sheet: Sheet) -> str:
    """Which hand-in of its sheet, and which ruling on it, the page of an answer has shown."""
    return f"{handed_in(sheet)} {answer.ruled_at.isoformat() if answer.ruled_at else ''}"


@transaction.atomic
def rule_on(
    *,
    by: Actor,
    answer: Answer,
    ruling: str,
    typed: Mapping[str, str] | None = None,
    reason: str = "",
    seen: str | None = None,
    at: datetime,
) -> Answer:
    """Accepts, lowers (to what the papers show) or returns one answer. What the unit declared stays beside it.

    Refused when the sheet is not handed in, for whoever handed it in, without a reason for a lowering or a return,
    for a lowering that is none, and if it was ruled on or handed in again after what was shown (`seen`: `seen_of`).
    """
    row, campaign = locked(answer.sheet)
    answer = Answer.objects.get(pk=answer.pk)
    if not seeing.may_rule(campaign=campaign.state, sheet=row.state) or answer.declared is None:
        raise Refused(
            N_("Cannot rule on “%(code)s”: the sheet is not handed in, or its review is over."), code=answer.component
        )
    _not_ones_own(by, row)
    if ruling in (Ruling.LOWERED, Ruling.RETURNED) and not reason:
        raise Refused(N_("Cannot lower or return “%(code)s” without a reason."), code=answer.component)
    if seen is not None and seen != seen_of(answer, row):
        if _is_again(by, campaign, answer, ruling, typed or {}, reason):
            return answer
        raise _overtaken(answer, row, seen)
    answer.ruled = None
    if ruling == Ruling.LOWERED:
        answer.ruled = _lower(campaign, answer, typed or {})
    answer.ruling, answer.reason = ruling, reason
    answer.ruled_at, answer.ruled_by = at, by.actor_key
    answer.save()
    about = {"component": answer.component, "ruling": ruling, "sheet": row.key}  # never to what it was lowered
    record(by=by, act="readiness.rule", thing=answer, about=about)
    return answer


def _not_ones_own(by: Actor, sheet: Sheet) -> None:
    if sheet.handed_in_by == by.actor_key:
        raise Refused(N_("Cannot review this sheet: you handed it in yourself."))


def _is_again(
    by: Actor, campaign: Campaign, answer: Answer, ruling: str, typed: Mapping[str, str], reason: str
) -> bool:
    """Whether the same person sends the same ruling once more, as by a second click."""
    if (answer.ruling, answer.reason, answer.ruled_by) != (ruling, reason, by.actor_key):
        return False
    component = index_of(campaign.version).component[answer.component]
    return ruling != Ruling.LOWERED or read_answer(component, typed) == answer.ruled


def _overtaken(answer: Answer, sheet: Sheet, seen: str) -> Refused:
    if not answer.ruling or not seen.startswith(f"{handed_in(sheet)} "):
        return Refused(
            N_(
                "“%(code)s” is not ruled on: its sheet was handed in again meanwhile. Look at the answer and save "
                "again."
            ),
            code=answer.component,
        )
    return Refused(
        N_(
            "“%(code)s” is not ruled on: another ruling was saved meanwhile, “%(other)s”. Save again if yours shall "
            "stand in its place."
        ),
        code=answer.component,
        other=Refused(_WORDS[answer.ruling]),
    )


def _lower(campaign: Campaign, answer: Answer, typed: Mapping[str, str]) -> Kept:
    component = index_of(campaign.version).component[answer.component]
    kept = read_answer(component, typed)
    declared = cast("Kept", answer.declared)
    if kept is None or not is_better(component, declared, kept):
        raise Refused(
            N_("Cannot lower “%(code)s” to that: it is not less than what was declared."), code=answer.component
        )
    return kept


@transaction.atomic
def accept_rest(*, by: Actor, sheet: Sheet, seen: str | None = None, at: datetime) -> int:
    """Accepts every answer of the sheet that has no ruling yet; how many.

    Refused when the sheet is not handed in, for whoever handed it in, and if it was handed in again after it was
    shown (`seen`: `handed_in`).
    """
    row, campaign = locked(sheet)
    if not seeing.may_rule(campaign=campaign.state, sheet=row.state):
        raise Refused(N_("Cannot accept these answers: the sheet is not handed in, or its review is over."))
    _not_ones_own(by, row)
    if seen is not None and seen != handed_in(row):
        raise Refused(
            N_("Cannot accept these answers: the sheet was handed in again meanwhile. Look at it and accept again.")
        )
    waiting = row.answers.filter(ruling="", declared__isnull=False)
    codes = list(waiting.order_by("component").values_list("component", flat=True))
    waiting.update(ruling=Ruling.ACCEPTED, reason="", ruled_at=at, ruled_by=by.actor_key)
    if codes:
        record(by=by, act="readiness.accept_rest", thing=row, about={"components": codes})
    return len(codes)


@transaction.atomic
def finish_review(*, by: Actor, sheet: Sheet, at: datetime) -> Sheet:
    """Ends the review of a sheet: it goes back to its unit when an answer was returned, else it is reviewed."""
    row, campaign = locked(sheet)
    if not seeing.may_rule(campaign=campaign.state, sheet=row.state):
        raise Refused(N_("Cannot finish the review: the sheet is not handed in, or its review is over."))
    _not_ones_own(by, row)
    waiting = row.answers.filter(ruling="", declared__isnull=False).count()
    if waiting:
        raise Refused(N_("Cannot finish the review: %(waiting)d answers have no ruling."), waiting=waiting)
    returned = row.answers.filter(ruling=Ruling.RETURNED).count()
    row.state = Sheet.State.RETURNED if returned else Sheet.State.REVIEWED
    row.reviewed_at, row.reviewed_by = at, by.actor_key
    row.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    record(by=by, act="readiness.finish_review", thing=row, about={"state": row.state, "returned": returned})
    if returned:
        tell_returned(by=by, sheet=row, count=returned, at=at)
    return row


@transaction.atomic
def decide_appeal(
    *, by: Actor, answer: Answer, typed: Mapping[str, str] | None = None, reason: str, at: datetime
) -> Answer:
    """Decides on an objection: with an answer typed that counts from now on, else the ruling stays.

    Refused without a reason, for whoever ruled on it before, for an answer less than the ruling or better than what
    was declared.
    """
    row, campaign = locked(answer.sheet)
    answer = Answer.objects.get(pk=answer.pk)
    if campaign.state != Campaign.State.APPEAL or answer.appeal != Answer.Appeal.MADE:
        raise Refused(N_("Cannot decide on “%(code)s”: no appeal waits for it."), code=answer.component)
    if answer.ruled_by == by.actor_key:
        raise Refused(
            N_("Cannot decide on “%(code)s”: you ruled on it yourself; somebody else decides."), code=answer.component
        )
    _not_ones_own(by, row)
    if not reason:
        raise Refused(N_("Cannot decide on “%(code)s” without a reason."), code=answer.component)
    component = index_of(campaign.version).component[answer.component]
    kept = read_answer(component, typed or {})
    if kept is not None:
        declared, ruled = cast("Kept", answer.declared), cast("Kept", answer.ruled)
        beyond = is_better(component, kept, declared) or is_better(component, ruled, kept)
        if beyond or is_share_of_nothing(kept):
            raise Refused(
                N_("Cannot decide on “%(code)s” so: what counts lies between the ruling and what was declared."),
                code=answer.component,
            )
    answer.appeal = Answer.Appeal.UPHELD if kept in (None, answer.ruled) else Answer.Appeal.CHANGED
    answer.decided = kept if answer.appeal == Answer.Appeal.CHANGED else None
    answer.decision_reason, answer.decided_at, answer.decided_by = reason, at, by.actor_key
    answer.save()
    about = {"component": answer.component, "decision": answer.appeal, "sheet": row.key}
    record(by=by, act="readiness.decide_appeal", thing=answer, about=about)
    tell_decided(by=by, answer=answer, sheet=row, at=at)
    return answer
