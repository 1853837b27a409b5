"""Workshops as lists and pages need them."""

from django.db.models import Count, QuerySet, Sum

from lantoa.workshops.models import Site, Workshop


def listed(workshops: "QuerySet[Workshop]") -> "QuerySet[Workshop]":
    """In a list: the latest first, with the number of their sites."""
    return workshops.annotate(site_count=Count("sites")).order_by("-during", "-pk")


def numbers(sites: "QuerySet[Site]") -> dict[str, int]:
    """How many sites, topmost ones, countries and expected people."""
    found = sites.order_by().aggregate(
        sites=Count("pk"),
        roots=Count("root", distinct=True),
        countries=Count("country", distinct=True),
        expected=Sum("expected"),
    )
    return {name: int(count or 0) for name, count in found.items()}
