"""The workshop that is live in the demonstration: simulated, with slides in both languages."""

from datetime import timedelta

import factories as make
import pytest
from django.utils import timezone
from workshops.held import site, workshop

from lantoa.office.actions.worker import Worker
from lantoa.web.demonstration_workshop_live import hold_live_workshop
from lantoa.workshops.models import Deck, Showing
from lantoa.workshops.queries.slides import slide_said

pytestmark = pytest.mark.django_db(transaction=True)


def test_its_first_slide_is_on_and_drawn_in_both_languages() -> None:
    before, now = workshop(), timezone.now()
    for _each in range(3):
        site(before)

    made = hold_live_workshop(by=make.BY, before=before, at=now, on=timezone.localdate(now))
    again = hold_live_workshop(by=make.BY, before=before, at=now + timedelta(minutes=1), on=timezone.localdate(now))

    assert (again, Showing.objects.get().number) == (made, 1)
    Worker().run(until_idle=True, housekeeping=False)
    decks = {deck.document.language: deck for deck in Deck.objects.select_related("document")}
    assert {language: (deck.pages, deck.slides.count()) for language, deck in decks.items()} == {
        "vi": (5, 5),
        "en": (5, 5),
    }
    said = slide_said(made)
    assert (said["number"], said["of"]) == (1, 5)
    assert {language: one["deck"] for language, one in said["in"].items()} == {
        language: deck.key for language, deck in decks.items()
    }
