"""What coordinators are told of a campaign: it asks, its last day is near, a sheet came back, what reviewers and
appeals made of it, what was published. Each occasion once."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from lantoa.common.days import ends
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.coordinators import Word, tell_coordinators
from lantoa.office.queries.days import reminder_of
from lantoa.readiness.models import Answer, Campaign, Result, Sheet

GOOD_FOR = timedelta(days=30)  # news of a sheet that nobody was reached with by then is no news


@transaction.atomic
def tell_asked(*, by: Actor, campaign: Campaign, at: datetime) -> int:
    """Tells every unit of the campaign that it is asked, and until when."""
    return _tell_sheets(
        by, "readiness.asked", campaign, campaign.sheets.all(), at, lambda _sheet: {"due": campaign.due_on}
    )


@transaction.atomic
def remind_of_deadline(*, by: Actor, campaign: Campaign, at: datetime) -> int:
    """Reminds the units that have not handed in, when the last day is near and when it has come. The job of the day
    calls it; asked again on the day it tells nobody twice."""
    which = reminder_of(campaign.due_on, on=timezone.localdate(at))
    if which not in ("soon", "last"):
        return 0
    waiting = campaign.sheets.filter(state=Sheet.State.FILLING)
    return _tell_sheets(
        by, "readiness.due", campaign, waiting, at, lambda _sheet: {"due": campaign.due_on}, occasion=which
    )


@transaction.atomic
def tell_returned(*, by: Actor, sheet: Sheet, count: int, at: datetime) -> int:
    """Tells the unit that its sheet came back, and how many answers are to be corrected."""
    return _tell_sheets(
        by, "readiness.returned", sheet.campaign, [sheet], at, lambda _sheet: {"count": count},
        occasion=at.isoformat(),
    )  # fmt: skip


@transaction.atomic
def tell_reviewed(*, by: Actor, campaign: Campaign, at: datetime) -> int:
    """Tells the units whose sheets were reviewed what came of it, and until when they may object."""
    lowered = Count("answers", filter=Q(answers__ruling=Answer.Ruling.LOWERED))
    rows: Any = campaign.sheets.filter(state=Sheet.State.REVIEWED).annotate(lowered=lowered)
    last = f"{campaign.appeal_until:%d/%m/%Y}" if campaign.appeal_until else "–"
    return _tell_sheets(
        by, "readiness.reviewed", campaign, rows, at, lambda sheet: {"count": sheet.lowered, "last": last}
    )


@transaction.atomic
def tell_decided(*, by: Actor, answer: Answer, sheet: Sheet, at: datetime) -> int:
    """Tells the unit that its objection to the ruling on one component is decided."""
    return _tell_sheets(
        by, "readiness.appeal_decided", sheet.campaign, [sheet], at, lambda _sheet: {"code": answer.component},
        occasion=answer.key,
    )  # fmt: skip


@transaction.atomic
def tell_published(*, by: Actor, campaign: Campaign, at: datetime) -> int:
    """Tells every unit that has a result that it is there."""
    results: list[Result] = list(campaign.results.order_by("id"))
    return tell_coordinators(
        by=by,
        template="readiness.published",
        office=campaign.unit,
        words=[
            Word(
                one.unit_id,
                campaign.key,
                {"title": campaign.title, "link": reverse("readiness:result", args=[one.key])},
                thing_key(campaign),
            )
            for one in results
        ],
        at=at,
        good_until=at + GOOD_FOR,
    )


def _tell_sheets(
    by: Actor,
    template: str,
    campaign: Campaign,
    sheets: Iterable[Sheet],
    at: datetime,
    values: Callable[[Any], dict[str, Any]],
    *,
    occasion: str = "",
) -> int:
    """Tells the units of sheets. What speaks of a last day is not sent when that is over."""
    words = [
        Word(
            sheet.unit_id,
            f"{sheet.key}:{occasion}",
            {
                "title": campaign.title,
                "link": reverse("readiness:sheet", args=[sheet.key]),
                **values(sheet),
            },
            thing_key(campaign),
        )
        for sheet in sheets
    ]
    until = at + GOOD_FOR
    if any("due" in word.values for word in words):
        until = ends(campaign.due_on)
    return tell_coordinators(by=by, template=template, office=campaign.unit, words=words, at=at, good_until=until)
