"""What desks show that joins rooms."""

from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lantoa.directory.models import Unit
from lantoa.programmes.models import Programme
from lantoa.training.models import Enrolment, Meeting


def running_programmes(care: QuerySet[Unit], *, now: datetime) -> QuerySet[Programme]:
    """Programmes of these units, those under way first, with what a desk says of each in one query:
    `people`, `completed`, `held`, `meetings`, `late`."""

    def counted(rows: QuerySet, **which: object) -> Coalesce:  # type: ignore[type-arg]
        rows = rows.filter(training_class__programme=OuterRef("pk"), **which).order_by()
        grouped = rows.values("training_class__programme").annotate(n=Count("id")).values("n")
        return Coalesce(Subquery(grouped), 0)

    running, meetings = Enrolment.objects.filter(withdrawn_at=None), Meeting.objects.all()
    over = Q(during__endswith__lte=now)
    return (
        Programme.objects.filter(unit__in=care)
        .annotate(
            people=counted(running),
            completed=counted(running, completed_at__isnull=False),
            meetings=counted(meetings),
            held=counted(meetings, gathering__held=True),
            late=counted(meetings.filter(over), gathering__held=False),
        )
        .order_by("-period", "name")
    )
