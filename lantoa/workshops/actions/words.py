"""Captions, announcements, faults, and what a site shows of the stream."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.floor import refuse_unless_live
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Announcement, Caption, Fault, Screen, Site, Workshop
from lantoa.workshops.queries.words import lines_of

KINDS: Final[Mapping[str, str]] = {
    Fault.Kind.LINE: N_("the line"),
    Fault.Kind.PICTURE: N_("the picture"),
    Fault.Kind.SOUND: N_("the sound"),
    Fault.Kind.POWER: N_("no electricity"),
    Fault.Kind.INTERPRETING: N_("the interpreting"),
    Fault.Kind.OTHER: N_("something else"),
}
RUNGS: Final[Mapping[str, str]] = {
    Screen.Rung.VIDEO: N_("video"),
    Screen.Rung.SOUND: N_("sound and slides"),
    Screen.Rung.SLIDES: N_("slides and captions"),
    Screen.Rung.TEXT: N_("text only"),
}


@transaction.atomic
def add_caption(*, by: Actor, workshop: Workshop, language: str, text: str, at: datetime) -> Caption:
    """A line of what is being said, in one language. One line of the ledger for an interpreter and a day is enough:
    the first; the lines themselves say who typed them."""
    refuse_unless_live(workshop)
    if language not in workshop.languages:
        raise Refused(
            N_("Cannot caption “%(name)s” in “%(language)s”: the workshop does not speak it."),
            name=workshop.name,
            language=language,
        )
    if not text.strip():
        raise Refused(N_("Cannot send the caption: it is empty."))
    if not workshop.captions.filter(language=language, typed_by=by.actor_key).exists():
        record(by=by, act="workshops.caption", thing=workshop, about={"language": language})
    made = Caption.objects.create(
        workshop=workshop, language=language, text=text.strip()[:500], typed_by=by.actor_key, at=at
    )
    tell(workshop=workshop, kind=f"caption-{language}", about={"lines": lines_of(workshop, language)}, at=at)
    tell(workshop=workshop, kind="captions", about={"language": language}, at=at, audience="desk")
    return made


@transaction.atomic
def announce(*, by: Actor, workshop: Workshop, text: str, text_en: str = "", at: datetime) -> Announcement:
    """Said to everybody, on every page, until it is taken down."""
    if not text.strip():
        raise Refused(N_("Cannot announce it: there are no words."))
    made = Announcement.objects.create(
        workshop=workshop, text=text.strip(), text_en=text_en.strip(), made_by=by.actor_key, made_at=at
    )
    record(by=by, act="workshops.announce", thing=workshop, about={"announcement": made.key})
    tell(
        workshop=workshop, kind="announcement", about={"text": made.text, "text_en": made.text_en or made.text}, at=at
    )
    return made


@transaction.atomic
def end_announcement(*, by: Actor, announcement: Announcement, at: datetime) -> None:
    """Taken down."""
    if Announcement.objects.filter(pk=announcement.pk, ended_at=None).update(ended_at=at):
        about = {"announcement": announcement.key}
        record(by=by, act="workshops.end_announcement", thing=announcement.workshop, about=about)
        tell(workshop=announcement.workshop, kind="announcement", about={"text": "", "text_en": ""}, at=at)


# ---- faults


@transaction.atomic
def report_fault(*, by: Actor, site: Site, kind: str, text: str = "", at: datetime) -> Fault:
    """Something does not work at the site. What is open already stays: reported twice it is one."""
    fault, new = Fault.objects.get_or_create(
        site=site,
        ended_at=None,
        defaults={"kind": kind, "text": text.strip()[:300], "reported_by": by.actor_key, "reported_at": at},
    )
    if new:
        record(by=by, act="workshops.report_fault", thing=site, about={"fault": fault.key, "kind": kind})
        _told(site, fault, at)
    return fault


@transaction.atomic
def call_about(*, by: Actor, fault: Fault, at: datetime) -> Fault:
    """This person calls the site now, nobody else; refused while another one does."""
    fault = _locked(fault)
    _refuse_over(fault)
    if fault.caller and fault.caller != by.actor_key:
        raise Refused(
            N_("Cannot call %(site)s: %(person)s is calling them since %(when)s."),
            site=fault.site.name,
            person=names_of([fault.caller]).get(fault.caller, fault.caller),
            when=f"{fault.called_at:%H:%M} UTC",
        )
    if not fault.caller:
        fault.caller, fault.called_at = by.actor_key, at
        fault.save(update_fields=["caller", "called_at"])
        record(by=by, act="workshops.call_about_fault", thing=fault.site, about={"fault": fault.key})
        _told(fault.site, fault, at)
    return fault


@transaction.atomic
def hang_up(*, by: Actor, fault: Fault, at: datetime) -> Fault:
    """Nobody calls any more; somebody else may."""
    fault = _locked(fault)
    if fault.caller:
        fault.caller, fault.called_at = "", None
        fault.save(update_fields=["caller", "called_at"])
        record(by=by, act="workshops.hang_up", thing=fault.site, about={"fault": fault.key})
        _told(fault.site, fault, at)
    return fault


@transaction.atomic
def end_fault(*, by: Actor, fault: Fault, outcome: str = "", at: datetime) -> Fault:
    """It works again, said by the site or by whoever called. Said twice it is said once."""
    fault = _locked(fault)
    if fault.ended_at is None:
        fault.ended_at, fault.outcome = max(at, fault.reported_at), outcome.strip()[:300]
        fault.save(update_fields=["ended_at", "outcome"])
        record(by=by, act="workshops.end_fault", thing=fault.site, about={"fault": fault.key})
        _told(fault.site, fault, at)
    return fault


def _locked(fault: Fault) -> Fault:
    return (
        Fault.objects.select_for_update(no_key=True, of=("self",)).select_related("site__workshop").get(pk=fault.pk)
    )


def _refuse_over(fault: Fault) -> None:
    if fault.ended_at is not None:
        raise Refused(N_("Cannot call %(site)s: what was wrong there is mended."), site=fault.site.name)


def _told(site: Site, fault: Fault, at: datetime) -> None:
    about = {"site": site.key, "kind": fault.kind, "open": fault.ended_at is None, "called": bool(fault.caller)}
    for audience in ("desk", f"site:{site.key}"):
        tell(workshop=site.workshop, kind="fault", about=about, at=at, audience=audience)


@transaction.atomic
def choose_rung(*, by: Actor, site: Site, rung: str, at: datetime) -> Screen:
    """What the site shows of the stream from now on."""
    screen, _new = Screen.objects.update_or_create(
        site=site, defaults={"rung": Screen.Rung(rung), "chosen_by": by.actor_key, "chosen_at": at}
    )
    record(by=by, act="workshops.choose_rung", thing=site, about={"rung": rung})
    return screen
