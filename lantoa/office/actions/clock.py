"""What is done once a day: a room registers a job as daily, the worker's clock starts it when its hour has come.

    @daily(time(8))
    @job("training.remind", N_("Remind of what is coming"))
    def remind(running: Running) -> dict[str, Any]:
        day = date.fromisoformat(running.arguments["day"])

A row of the database holds the once: two workers, or one that is killed and started again, start it once for a day. A
day on which no worker ran is not made up for; the job of the next day finds what is due then.
"""

from collections.abc import Callable
from datetime import date, datetime, time

from django.db import connection, transaction
from django.utils import timezone

from lantoa.common.registry import Registry
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import roots
from lantoa.ledger.rules import Actor
from lantoa.office.actions.jobs import REGISTERED, Function, start_job
from lantoa.office.models import DailyRun

DAILY: Registry[time] = Registry()
# What rooms above have the clock do each minute: short, harmless to redo. They enter it in their `tasks`.
EACH_MINUTE: Registry[Callable[[datetime], None]] = Registry()


def daily(after: time) -> Callable[[Function], Function]:
    """Registers a job (the decorator `job` stands below this one) as done once a day, not before `after`."""

    def register(function: Function) -> Function:
        kind = next(kind for kind, known in REGISTERED.so_far.items() if known.function is function)
        DAILY[kind] = after
        return function

    return register


def house_unit(*, on: date) -> Unit | None:
    """The unit in whose care jobs of the whole house stand: the country."""
    top = roots(on=on).first()
    return top.unit if top else None


@transaction.atomic
def start_daily(*, by: Actor, at: datetime) -> list[str]:
    """Starts the daily jobs whose hour has come and that were not started for this day; their kinds."""
    now = timezone.localtime(at)
    due = [kind for kind, after in DAILY.items() if now.time() >= after]
    done = set(DailyRun.objects.filter(day=now.date(), kind__in=due).values_list("kind", flat=True))
    missing = [kind for kind in due if kind not in done]
    if not missing or (unit := house_unit(on=now.date())) is None:
        return []
    with connection.cursor() as cursor:  # a second clock waits here, and then finds the row
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.office.clock'))")
    started = []
    for kind in missing:
        _row, new = DailyRun.objects.get_or_create(kind=kind, day=now.date(), defaults={"at": at})
        if new:
            start_job(by=by, kind=kind, arguments={"day": now.date().isoformat()}, unit=unit, at=at)
            started.append(kind)
    return started
