"""What citizens wrote: what waits, one by its link."""

from typing import Final

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from lantoa.directory.models import UnitQuerySet
from lantoa.pilots.models import CitizenWord

SALT: Final = "lantoa.pilots.citizen"


def words_of(units: UnitQuerySet, *, decided: bool = False) -> "QuerySet[CitizenWord]":
    """Those for these units that wait to be looked at, the oldest first; or those that were, the latest first."""
    rows = CitizenWord.objects.filter(unit__in=units, decided_at__isnull=not decided).select_related("unit", "pain")
    return rows.order_by("-decided_at", "-pk") if decided else rows.order_by("pk")


def word_of(token: str) -> CitizenWord | None:
    """The one whose link this is; None for one that was never made."""
    try:
        key = Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    return CitizenWord.objects.select_related("unit").filter(key=key).first()
