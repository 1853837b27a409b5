"""The last days of a campaign, given anew while it goes on."""

from datetime import date

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.readiness.models import Campaign

State = Campaign.State


@transaction.atomic
def change_deadlines(*, by: Actor, campaign: Campaign, due_on: date, appeal_until: date | None) -> Campaign:
    """Other last days for answers and objections. Refused: after publication, a day for answers before that of the
    units, objections that end no later than the answers; and, of a day that units were told, an earlier one."""
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.state == State.PUBLISHED:
        raise Refused(N_("Cannot change the last days of campaign %(title)s: it is published."), title=row.title)
    told = row.state != State.DRAFT
    for before, after in ((row.due_on, due_on), (row.appeal_until, appeal_until)):
        if told and before is not None and (after is None or after < before):
            raise Refused(
                N_("Cannot change the last days of campaign %(title)s: units were told %(before)s, not less."),
                title=row.title,
                before=f"{before:%d/%m/%Y}",
            )
    if due_on < row.on or (appeal_until is not None and appeal_until <= due_on):
        raise Refused(
            N_(
                "Cannot change the last days of campaign %(title)s: its units are those of %(on)s, then come the last"
                " day for answers, %(due)s, and that for objections, %(appeals)s."
            ),
            title=row.title,
            on=f"{row.on:%d/%m/%Y}",
            due=f"{due_on:%d/%m/%Y}",
            appeals=f"{appeal_until:%d/%m/%Y}" if appeal_until else "–",
        )
    if (row.due_on, row.appeal_until) == (due_on, appeal_until):
        return row
    about = {"due_on": due_on.isoformat(), "appeal_until": appeal_until.isoformat() if appeal_until else ""}
    row.due_on, row.appeal_until = due_on, appeal_until
    row.save(update_fields=["due_on", "appeal_until"])
    record(by=by, act="readiness.change_deadlines", thing=row, about=about)
    return row
