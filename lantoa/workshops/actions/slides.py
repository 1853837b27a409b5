"""Showing slides by their numbers (decision 0049)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.jobs import start_job
from lantoa.office.queries.files import open_file
from lantoa.workshops.actions.floor import refuse_unless_live
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import Deck, Showing, Slide, Workshop, WorkshopFile
from lantoa.workshops.queries.slides import said_of
from lantoa.workshops.rules.slides import COUNTED, DRAWN, SHOWN, slides_in

DRAW: Final = "workshops.draw_slides"  # the long job
SLIDE: Final = "slide"  # what is told: of the slide that is on
DECKS: Final = "decks"  # and to the desk: of what can be shown
MOST: Final = 9_999  # slides of a file whose pages nobody has counted


@transaction.atomic
def use_as_slides(*, by: Actor, document: WorkshopFile, same_as: Deck | None = None, at: datetime) -> Deck:
    """The document is shown page by page from now on; its pages are drawn by a long job. `same_as`: the same slides
    in another language. Used twice it is used once."""
    workshop = held(document.workshop)
    kind = document.file.name.rpartition(".")[2].lower()
    if kind not in SHOWN:
        raise Refused(
            N_("Cannot show “%(title)s” page by page: only %(kinds)s can be. Save the slides as .pdf."),
            title=document.title,
            kinds=", ".join(f".{one}" for one in SHOWN),
        )
    first = same_as.same_as or same_as if same_as else None
    if first is not None and (
        first.document.workshop_id != workshop.pk or first.document.language == document.language
    ):
        raise Refused(
            N_("Cannot show “%(title)s” for “%(first)s”: only slides of this workshop in another language stand in."),
            title=document.title,
            first=first.document.title,
        )
    pages = None
    if kind in COUNTED:
        with open_file(document.file) as file:
            pages = slides_in(file)
    undrawn = Deck.Undrawn.NO if kind in DRAWN else Deck.Undrawn.KIND
    made, new = Deck.objects.get_or_create(
        document=document, defaults={"same_as": first, "pages": pages, "undrawn": undrawn}
    )
    if new:
        record(by=by, act="workshops.use_as_slides", thing=document, about={"workshop": workshop.key})
        if kind in DRAWN:
            start_job(by=by, kind=DRAW, arguments={"deck": made.key}, unit=workshop.unit, at=at)
        _decks_changed(by, workshop, at)
    return made


@transaction.atomic
def keep_slide(*, deck: Deck, number: int, of: int, small: bytes, wide: bytes) -> bool:
    """One page as pictures, by the job that draws them. Drawn twice it is kept once. False when the deck was taken
    away meanwhile."""
    if not Deck.objects.select_for_update(no_key=True).filter(pk=deck.pk).exists():
        return False
    Slide.objects.get_or_create(deck=deck, number=number, defaults={"small": small, "wide": wide})
    Deck.objects.filter(pk=deck.pk, pages=None).update(pages=of)
    return True


@transaction.atomic
def finish_drawing(*, by: Actor, deck: Deck, undrawn: str = "", at: datetime) -> None:
    """All pages are drawn, or `undrawn` says why they cannot be. Pages that show one of them are told."""
    workshop = held(deck.document.workshop)
    drawn_at = None if undrawn else at
    if Deck.objects.filter(pk=deck.pk, drawn_at=None, undrawn="").update(drawn_at=drawn_at, undrawn=undrawn):
        record(by=by, act="workshops.draw_slides", thing=deck.document, about={"undrawn": undrawn})
        _decks_changed(by, workshop, at)


@transaction.atomic
def show_slide(*, by: Actor, deck: Deck, number: int, at: datetime) -> Showing:
    """From now on this slide is on. An act names the slide it wants, not "the next": pressed twice it is one."""
    workshop = held(deck.document.workshop)
    refuse_unless_live(workshop)
    deck = Deck.objects.select_related("document", "same_as").get(pk=deck.pk)
    if number < 1 or (deck.pages is not None and number > deck.pages):
        raise Refused(
            N_("Cannot show slide %(number)d of “%(title)s”: it has %(pages)d."),
            number=number,
            title=deck.document.title,
            pages=deck.pages or 0,
        )
    if number > MOST:
        raise Refused(N_("Cannot show slide %(number)d: there is no such number."), number=number)
    said = said_of(deck, number)
    standing = Showing.objects.filter(workshop=workshop).first()
    if standing is not None and (standing.deck_id, standing.number, standing.said) == (deck.pk, number, said):
        return standing
    showing, _new = Showing.objects.update_or_create(
        workshop=workshop,
        defaults={"deck": deck, "number": number, "said": said, "shown_by": by.actor_key, "shown_at": at},
    )
    record(by=by, act="workshops.show_slide", thing=deck.document, about={"number": number})
    tell(workshop=workshop, kind=SLIDE, about=said, at=at)
    return showing


@transaction.atomic
def take_slides_off(*, by: Actor, workshop: Workshop, at: datetime) -> None:
    """No slide is on any more. Twice is once."""
    workshop = held(workshop)
    if Showing.objects.filter(workshop=workshop).delete()[0]:
        record(by=by, act="workshops.take_slides_off", thing=workshop)
        tell(workshop=workshop, kind=SLIDE, about={}, at=at)


@transaction.atomic
def no_slides_any_more(*, by: Actor, document: WorkshopFile, at: datetime) -> None:
    """The document is not shown page by page any more: its pictures go, and it leaves the screens."""
    workshop = held(document.workshop)
    deck = Deck.objects.filter(document=document).first()
    if deck is None:
        return
    if Showing.objects.filter(workshop=workshop, deck=deck).exists():
        take_slides_off(by=by, workshop=workshop, at=at)
    deck.delete()
    record(by=by, act="workshops.no_slides_any_more", thing=document, about={"workshop": workshop.key})
    _decks_changed(by, workshop, at)


def _decks_changed(by: Actor, workshop: Workshop, at: datetime) -> None:
    """The desk is told; and everybody, where what is on can be shown otherwise now: in one more language, drawn."""
    tell(workshop=workshop, kind=DECKS, about={}, at=at, audience="desk")
    showing = Showing.objects.filter(workshop=workshop).select_related("deck__document").first()
    if showing is None:
        return
    said = said_of(showing.deck, showing.number)
    if said != showing.said:
        showing.said = said
        showing.save(update_fields=["said"])
        tell(workshop=workshop, kind=SLIDE, about=said, at=at)
