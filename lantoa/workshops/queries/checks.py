"""The technical checks of sites: the one that counts, the board by colour, province by province."""

from typing import Any, Final

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from lantoa.common.refused import N_
from lantoa.workshops.models import Check, Site

COLOUR_NOW: Final = "colour_now"
NOT_CHECKED: Final = "none"
COLOURS: Final = {
    "green": N_("ready"),
    "amber": N_("with doubts"),
    "red": N_("not able to take part"),
    NOT_CHECKED: N_("not checked"),
}
TAGS: Final = {"green": "ok", "amber": "wait", "red": "late", NOT_CHECKED: "none"}


def with_colour(sites: "QuerySet[Site]") -> "QuerySet[Site]":
    """The sites with `colour_now`: that of their last check that is not outdated, NOT_CHECKED where there is none;
    and `checked_at`, when that was."""
    last = Check.objects.filter(site=OuterRef("pk"), outdated_at=None).order_by("-id")
    return sites.annotate(
        colour_now=Coalesce(Subquery(last.values("colour")[:1]), Value(NOT_CHECKED), output_field=CharField()),
        checked_at=Subquery(last.values("made_at")[:1]),
    )


def count_colours(sites: "QuerySet[Site]") -> dict[str, int]:
    """How many sites are of each colour. One query."""
    counted: dict[str, Any] = {name: Count("pk", filter=Q(colour_now=name)) for name in COLOURS}
    return {name: int(count) for name, count in with_colour(sites).order_by().aggregate(**counted).items()}


def colours_by_root(sites: "QuerySet[Site]") -> list[dict[str, Any]]:
    """Of each topmost site how many under it, itself among them, are of each colour; by protocol. One query."""
    counted: dict[str, Any] = {name: Count("pk", filter=Q(colour_now=name)) for name in COLOURS}
    rows: Any = (
        with_colour(sites)
        .order_by("root__place", "root__code")
        .values("root__key", "root__name", "root__name_en", "root__place", "root__code")
    )
    return list(rows.annotate(sites=Count("pk"), **counted))


def sites_coloured(sites: "QuerySet[Site]", colour: str, under: str) -> "QuerySet[Site]":
    """The sites of one colour ("" for all), under one topmost site ("" for all); by protocol."""
    found = with_colour(sites)
    if colour:
        found = found.filter(**{COLOUR_NOW: colour})
    if under:
        found = found.filter(root__key=under)
    return found.select_related("operator", "deputy", "above").order_by("place", "code", "pk")
