"""Forgetting imports: first the file as it came, later its rows; what was applied stays.

How long is said by the retention table (`actions.retention`); the days below are what holds until it says otherwise.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from lantoa.office.actions.files import remove_content
from lantoa.office.models import File, Import

FILES_KEPT_FOR = timedelta(days=14)  # then the file is forgotten (identity numbers stand in it in clear)
KEPT_FOR = timedelta(days=90)  # then its rows are forgotten; what was applied stays


def old_imports(before: datetime) -> "QuerySet[Import]":
    """Imports older than that whose rows are still kept, and which nobody is working on."""
    return (
        Import.objects.filter(made_at__lt=before)
        .exclude(summary__has_key="forgotten")
        .exclude(state__in=[Import.State.READING, Import.State.APPLYING, Import.State.UNDOING])
    )


def forget_rows(*, before: datetime, at: datetime) -> int:
    """Erases rows and file contents of imports older than that: personal data nobody needs any more.

    What was applied stays; the import stays with its counts. How many were forgotten.
    """
    count = 0
    for import_id in list(old_imports(before).values_list("pk", flat=True)):
        with transaction.atomic():
            # one that is being worked on just now is left for tomorrow
            found = old_imports(before).select_for_update(skip_locked=True, of=("self",))
            made = found.filter(pk=import_id).first()
            if made is None:
                continue
            made.rows.all().delete()
            made.summary = {**made.summary, "forgotten": True}
            made.save(update_fields=["summary"])
            if not Import.objects.filter(file=made.file_id, made_at__gte=before).exists():
                remove_content(made.file, at=at)
            count += 1
    return count


def old_files(before: datetime) -> "QuerySet[File]":
    """Files of imports none of which is younger than that or still at work."""
    busy = Import.objects.filter(file=OuterRef("pk")).filter(
        Q(made_at__gte=before) | Q(state__in=[Import.State.READING, Import.State.APPLYING, Import.State.UNDOING])
    )
    imported = Import.objects.filter(file=OuterRef("pk"))
    return File.objects.filter(Exists(imported), ~Exists(busy), removed_at=None)


def forget_files(*, before: datetime, at: datetime) -> int:
    """Erases the contents of files whose imports are older than that; their rows can still be undone."""
    files = list(old_files(before))
    for file in files:
        remove_content(file, at=at)
    return len(files)
