"""Slides by their numbers: what can be shown, and what is on (decision 0049)."""

from typing import Any

from django.db.models import QuerySet

from lantoa.workshops.models import Deck, Showing, Slide, Workshop, WorkshopFile
from lantoa.workshops.rules.slides import SHOWN, SIZES


def decks_of(workshop: Workshop) -> "QuerySet[Deck]":
    """All decks, the same slides in other languages beside each other. One query."""
    found = Deck.objects.filter(document__workshop=workshop).select_related("document__file", "same_as__document")
    return found.order_by("pk")


def may_be_decks(workshop: Workshop) -> "QuerySet[WorkshopFile]":
    """Documents that can be shown page by page and are not yet."""
    kinds = "|".join(SHOWN)
    found = workshop.files.filter(deck=None, file__removed_at=None, file__name__iregex=rf"\.({kinds})$")
    return found.select_related("file").order_by("-pk")


def said_of(deck: Deck, number: int) -> dict[str, Any]:
    """What pages are told while this slide is on: its number, of how many, and in each language that has these slides
    the key of its deck and its title; no key where there is no picture of that page. One query."""
    first = deck.same_as_id or deck.pk
    family = Deck.objects.filter(pk=first) | Deck.objects.filter(same_as=first)
    found: dict[str, dict[str, str]] = {}
    for one in sorted(family.select_related("document"), key=lambda one: (one.pk != deck.pk, one.pk)):
        if one.pk == deck.pk or one.pages is None or number <= one.pages:
            key = one.key if one.drawn_at is not None else ""
            found.setdefault(one.document.language, {"deck": key, "title": one.document.title})
    return {"number": number, "of": deck.pages or 0, "first": deck.document.language, "in": found}


def showing_of(workshop: Workshop) -> Showing | None:
    """What is on. One query."""
    found = Showing.objects.filter(workshop=workshop).select_related("deck__document", "deck__same_as")
    return found.first()


def slide_said(workshop: Workshop) -> dict[str, Any]:
    """What was told of it last; {} while no slide is on. One query."""
    found: dict[str, Any] | None = Showing.objects.filter(workshop=workshop).values_list("said", flat=True).first()
    return found or {}


def picture_of(workshop: str, deck: str, number: int, size: str) -> bytes | None:
    """A page of a deck of that workshop (keys) as a picture; None where there is none. One query."""
    assert size in SIZES
    found = Slide.objects.filter(deck__key=deck, deck__document__workshop__key=workshop, number=number)
    picture = found.values_list(size, flat=True).first()
    return None if picture is None else bytes(picture)
