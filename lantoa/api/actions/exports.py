"""Taking a whole room away: asked for, made by a job, kept for a few days."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from lantoa.api.queries.tables import check_format
from lantoa.api.rules.dictionary import FORMATS, ROOMS
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import Job

KIND = "api.export"
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def start_export(*, by: Actor, room: str, form: str, unit: Unit, language: str, at: datetime) -> Job:
    """Starts the job that packs the tables of a room, as far as they are in the care of the unit. Whoever asks again
    for the same while it is waiting or under way is answered with that one.

    Refused for a room or a format there is not, and for Parquet where pyarrow is not installed.
    """
    if room not in ROOMS or form not in FORMATS:
        raise Refused(
            N_("Cannot export %(room)s as %(form)s: there is no such room or format."), room=room, form=form
        )
    check_format(form)
    arguments = {"room": room, "format": form, "language": language}
    with connection.cursor() as cursor:  # two presses of a button start it once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.api.export'))")
    same = Job.objects.filter(kind=KIND, arguments=arguments, unit=unit, requested_by=by.actor_key)
    if under_way := same.filter(state__in=[Job.State.WAITING, Job.State.RUNNING], stop_asked=False).first():
        return under_way
    job = start_job(by=by, kind=KIND, arguments=arguments, unit=unit, at=at)
    record(by=by, act="api.export", thing=job, about={"room": room, "format": form, "unit": unit.key})
    return job
