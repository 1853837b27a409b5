"""The life of a campaign, from its plan to what is published for good."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import units_under
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.readiness.actions.notices import tell_asked, tell_published, tell_reviewed
from lantoa.readiness.models import Answer, Campaign, IndexVersion, Result, Sheet
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.queries.scoring import published_rows
from lantoa.readiness.rules.engine import require_known
from lantoa.readiness.rules.seeing import ORDER

State = Campaign.State


@transaction.atomic
def plan_campaign(
    *,
    by: Actor,
    unit: Unit,
    version: IndexVersion,
    year: int,
    title: str,
    on: date,
    due_on: date,
    appeal_until: date | None = None,
    previous: Campaign | None = None,
    units: Iterable[Unit] | None = None,
    demonstration: bool = False,
    seed: int | None = None,
    at: datetime,
) -> Campaign:
    """A campaign over the units of the index's level and kinds that stood under the unit on a day, each with an empty
    sheet; `units` says which ones instead. `seed` of the draws behind the intervals: a random one."""
    if due_on < on:
        raise Refused(
            N_("Cannot plan campaign %(title)s: answers are due on %(due)s, before the day of its units, %(on)s."),
            title=title,
            due=f"{due_on:%d/%m/%Y}",
            on=f"{on:%d/%m/%Y}",
        )
    if appeal_until is not None and appeal_until <= due_on:
        raise Refused(
            N_("Cannot plan campaign %(title)s: appeals end on %(appeals)s, and answers are due on %(due)s."),
            title=title,
            appeals=f"{appeal_until:%d/%m/%Y}",
            due=f"{due_on:%d/%m/%Y}",
        )
    if previous is not None and previous.version.code != version.code:
        raise Refused(
            N_("Cannot compare campaign %(title)s with %(previous)s: that one is of another index, %(index)s."),
            title=title,
            previous=previous.title,
            index=previous.version.code,
        )
    index = index_of(version)
    if units is None:
        placed = units_under(unit, on=on, level=index.level)
        asked = [place.unit for place in placed if not index.kinds or place.kind in index.kinds]
    else:
        asked = list(units)
    if not asked:
        raise Refused(
            N_("Cannot plan campaign %(title)s: no unit of the level “%(level)s” stands under this one on %(on)s."),
            title=title,
            level=index.level,
            on=f"{on:%d/%m/%Y}",
        )
    taken = Refused(
        N_("Cannot plan campaign %(title)s: %(index)s is collected here for %(year)s already."),
        title=title,
        index=str(version),
        year=str(year),
    )
    with only_one(taken):
        made = Campaign.objects.create(
            unit=unit,
            version=version,
            year=year,
            title=title,
            on=on,
            due_on=due_on,
            appeal_until=appeal_until,
            previous=previous,
            is_demonstration=demonstration,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            made_by=by.actor_key,
            made_at=at,
        )
    Sheet.objects.bulk_create([Sheet(campaign=made, unit=one) for one in asked], batch_size=1000)
    record(
        by=by,
        act="readiness.plan",
        thing=made,
        about={"index": version.key, "year": year, "units": len(asked), "seed": made.seed},
    )
    return made


@transaction.atomic
def move_campaign(*, by: Actor, campaign: Campaign, to: str, at: datetime) -> Campaign:
    """The next state of a campaign: open, review, appeal. Publishing is `publish_campaign`.

    Refused out of turn, and when appeals are to open while a sheet waits for its review.
    """
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _in_turn(row, to)
    sheets = list(row.sheets.select_for_update().order_by("id"))  # no answer slips in beside the change
    if to == State.APPEAL:
        _all_reviewed(row, sheets)
    row.state = to
    row.save(update_fields=["state"])
    record(by=by, act="readiness.move", thing=row, about={"to": to})
    if to == State.OPEN:
        tell_asked(by=by, campaign=row, at=at)
    elif to == State.APPEAL:
        tell_reviewed(by=by, campaign=row, at=at)
    return row


def _in_turn(row: Campaign, to: str) -> None:
    following = ORDER[ORDER.index(row.state) + 1 :][:1]
    if (to,) != following:
        raise Refused(
            N_("Cannot move campaign %(title)s to “%(to)s”: it stands at “%(state)s”."),
            title=row.title,
            to=Refused(_WORDS[to]) if to in _WORDS else to,
            state=Refused(_WORDS[row.state]),
        )


_WORDS: dict[str, str] = {
    State.DRAFT: N_("being planned"),
    State.OPEN: N_("answers are taken"),
    State.REVIEW: N_("under review"),
    State.APPEAL: N_("appeals are open"),
    State.PUBLISHED: N_("published"),
}


def _all_reviewed(row: Campaign, sheets: list[Sheet]) -> None:
    waiting = sum(sheet.state in (Sheet.State.HANDED_IN, Sheet.State.RETURNED) for sheet in sheets)
    if waiting:
        raise Refused(
            N_("Cannot go on with campaign %(title)s: %(waiting)d sheets have not been reviewed."),
            title=row.title,
            waiting=waiting,
        )


def _no_objection_possible(row: Campaign, on: date) -> None:
    """Until the last day for objections every lowering can still be objected to, once."""
    if row.appeal_until is None or on > row.appeal_until:
        return
    lowered = Answer.objects.filter(sheet__campaign=row, ruling=Answer.Ruling.LOWERED, appeal=Answer.Appeal.NONE)
    if many := lowered.count():
        raise Refused(
            N_(
                "Cannot publish campaign %(title)s: units may object until %(last)s, and %(lowered)d lowered answers "
                "can still be objected to."
            ),
            title=row.title,
            last=f"{row.appeal_until:%d/%m/%Y}",
            lowered=many,
        )


@transaction.atomic
def publish_campaign(*, by: Actor, campaign: Campaign, at: datetime) -> Campaign:
    """Scores every unit and publishes for good; nothing when it is published already.

    Refused while the index is not known whole, a sheet waits for its review, an appeal for its decision, or a unit
    may still object to a lowering: it was told until when.
    """
    row = Campaign.objects.select_for_update().select_related("version").get(pk=campaign.pk)
    if row.state == State.PUBLISHED:
        return row
    _in_turn(row, State.PUBLISHED)
    index = index_of(row.version)
    require_known(index)
    _all_reviewed(row, list(row.sheets.select_for_update().order_by("id")))
    open_ = Answer.objects.filter(sheet__campaign=row, appeal=Answer.Appeal.MADE).count()
    if open_:
        raise Refused(
            N_("Cannot publish campaign %(title)s: %(open)d appeals wait for a decision."),
            title=row.title,
            open=open_,
        )
    _no_objection_possible(row, timezone.localdate(at))
    results, findings = published_rows(row, index)
    Result.objects.bulk_create(results, batch_size=1000)
    row.state, row.published_at, row.published_by, row.findings = State.PUBLISHED, at, by.actor_key, findings
    row.save(update_fields=["state", "published_at", "published_by", "findings"])
    about = {
        "index": row.version.sha256,
        "units": len(results),
        "scored": sum(one.score is not None for one in results),
    }
    record(by=by, act="readiness.publish", thing=row, about=about)
    tell_published(by=by, campaign=row, at=at)
    return row
