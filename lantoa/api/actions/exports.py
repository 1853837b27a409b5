"""Taking a whole room away: asked for, made by a job, kept for a few days."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lantoa.api.queries.tables import check_format
from lantoa.api.rules.dictionary import FORMATS, ROOMS
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import remove_content
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import File, Job

KIND = "api.export"
KEPT_FOR = timedelta(days=7)


@transaction.atomic
def start_export(*, by: Actor, room: str, form: str, unit: Unit, language: str, at: datetime) -> Job:
    """Starts the job that packs the tables of a room, as far as they are in the care of the unit.

    Refused for a room or a format there is not, and for Parquet where pyarrow is not installed.
    """
    if room not in ROOMS or form not in FORMATS:
        raise Refused(
            N_("Cannot export %(room)s as %(form)s: there is no such room or format."), room=room, form=form
        )
    check_format(form)
    arguments = {"room": room, "format": form, "language": language}
    job = start_job(by=by, kind=KIND, arguments=arguments, unit=unit, at=at)
    record(by=by, act="api.export", thing=job, about={"room": room, "format": form, "unit": unit.key})
    return job


def forget_exports(*, at: datetime) -> int:
    """Erases what exports older than a week hold: personal data are not left lying about. How many."""
    old: Any = Job.objects.filter(kind=KIND, state=Job.State.DONE, finished_at__lte=at - KEPT_FOR)
    keys = [key for key in old.values_list("result__file", flat=True) if key]
    files = list(File.objects.filter(key__in=keys, removed_at=None))
    for file in files:
        with transaction.atomic():
            remove_content(file, at=at)
    return len(files)
