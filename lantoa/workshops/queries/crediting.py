"""Who was at any site of a workshop, and which meetings of classes it may have been."""

from decimal import Decimal

from django.db.models import QuerySet

from lantoa.directory.models import UnitQuerySet
from lantoa.presence.models import Attendance
from lantoa.training.models import Meeting
from lantoa.workshops.models import Workshop


def there(workshop: Workshop) -> dict[int, tuple[str, Decimal]]:
    """State and share by the person (id), the fullest where somebody checked in at several sites. Two queries."""
    sources = [f"workshops.site:{key}" for key in workshop.sites.values_list("key", flat=True)]
    lines = Attendance.objects.filter(gathering__source__in=sources, share__gt=0).order_by("share")
    return {person: (state, share) for person, state, share in lines.values_list("person_id", "state", "share")}


def meetings_then(workshop: Workshop, care: UnitQuerySet) -> "QuerySet[Meeting]":
    """The meetings of these units' classes that lay in the hours of the workshop."""
    found = Meeting.objects.filter(training_class__unit__in=care, during__overlap=workshop.during)
    return found.select_related("training_class__programme", "topic", "gathering").order_by("during", "pk")
