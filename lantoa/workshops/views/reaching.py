"""May you? What the pages of the room share."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.directory.access import check, may, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.exams.queries.sittings import active_job
from lantoa.office.actions.jobs import start_job
from lantoa.workshops.models import Invitation, Site, Workshop
from lantoa.workshops.queries.access import MANAGE, VIEW, answers_for, sites_of
from lantoa.workshops.queries.interpreting import interprets

_WITH = ("unit", "programme", "previous")


def workshop_for(request: HttpRequest, key: str) -> Workshop:
    """The workshop, for whoever holds the page's permission for its unit; 404 for strangers."""
    found = get_object_or_404(Workshop.objects.select_related(*_WITH), key=key)
    check(request, found.unit)
    return found


def workshop_seen(request: HttpRequest, key: str) -> tuple[Workshop, bool]:
    """The workshop and whether all of it is the reader's to see; for whoever only answers for a site of it, not
    before it is announced. 404 for strangers."""
    found = get_object_or_404(Workshop.objects.select_related(*_WITH), key=key)
    if may(request.user, VIEW, found.unit, on=today()):
        return found, True
    if interprets(request.user, found):
        return found, False
    if found.state == Workshop.State.DRAFT or not sites_of(request.user, on=today(), workshop=found).exists():
        raise Http404
    return found, False


def site_answered_for(request: HttpRequest, key: str) -> Site:
    """The site, for whoever answers for it, or manages its workshop; 404 for strangers."""
    found = get_object_or_404(
        Site.objects.select_related("workshop__unit", "unit", "above", "operator", "deputy"), key=key
    )
    if may(request.user, MANAGE, found.workshop.unit, on=today()):
        return found
    if found.workshop.state == Workshop.State.DRAFT or not answers_for(request.user, found, on=today()):
        raise Http404
    return found


def manages(request: HttpRequest, workshop: Workshop) -> bool:
    """Whether the reader may change the workshop and its sites."""
    return may(request.user, MANAGE, workshop.unit, on=today())


def name_of(unit: Unit) -> str:
    """What the unit is called today."""
    called = names([unit.pk], on=today())
    return called[unit.pk].full_name if unit.pk in called else unit.key


def in_words(row: Any, field: str = "name") -> str:
    """A text that has a place for each language, in the reader's; Vietnamese where there is no English one."""
    english = (get_language() or "vi").startswith("en")
    text: str = (english and getattr(row, f"{field}_en")) or getattr(row, field)
    return text


def way(workshop: Workshop | None = None, *more: tuple[str, str]) -> list[dict[str, str]]:
    """The breadcrumbs: all workshops, this one, and pages of it (label, name of the address)."""
    found = [{"label": _("Workshops"), "url": reverse("workshops:workshops")}]
    if workshop is not None:
        found.append({"label": in_words(workshop), "url": reverse("workshops:workshop", args=[workshop.key])})
        found += [{"label": label, "url": reverse(name, args=[workshop.key])} for label, name in more]
    return found


def confirm(
    request: HttpRequest,
    title: str,
    says: list[str],
    label: str,
    back: str,
    *,
    undo: str = "",
    kind: str = "warning",
    hidden: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """Asks before an act."""
    context: dict[str, Any] = {"title": title, "consequences": says, "undo": undo, "label": label, "back": back}
    context |= {"kind": kind, "hidden": hidden}
    return render(request, "workshops/confirm.html", context)


def site_seen(request: HttpRequest, key: str) -> tuple[Site, bool]:
    """The site, and whether the reader answers for it or manages its workshop; 404 for strangers."""
    found = get_object_or_404(
        Site.objects.select_related("workshop__unit", "unit", "above", "operator", "deputy"), key=key
    )
    if may(request.user, MANAGE, found.workshop.unit, on=today()):
        return found, True
    if found.workshop.state != Workshop.State.DRAFT and answers_for(request.user, found, on=today()):
        return found, True
    check(request, found.workshop.unit, VIEW)
    return found, False


def site_for(request: HttpRequest, key: str) -> Site:
    """The site, for whoever holds the page's permission for the unit of its workshop; 404 for strangers."""
    found = get_object_or_404(
        Site.objects.select_related("workshop__unit", "unit", "above", "operator", "deputy"), key=key
    )
    check(request, found.workshop.unit)
    return found


def by_job(request: HttpRequest, workshop: Workshop, kind: str) -> HttpResponse:
    """Has it done by a long job, and shows how far it is; one that is under way is the same one."""
    job = active_job(kind, workshop=workshop.key) or start_job(
        by=request.user,  # type: ignore[arg-type]
        kind=kind,
        arguments={"workshop": workshop.key},
        unit=workshop.unit,
        at=timezone.now(),
    )
    return redirect("office:job", job.key)


ANSWERS = {"yes": "ok", "no": "late", "": "wait"}


def answer_of(invitation: Invitation | None) -> dict[str, Any]:
    """Kind and word of what a site answered, and how many people it announced."""
    if invitation is None:
        return {"kind": "none", "word": _("not invited yet"), "people": None, "note": ""}
    word = {"yes": _("takes part"), "no": _("does not take part"), "": _("has not answered")}[invitation.answer]
    return {
        "kind": ANSWERS[invitation.answer],
        "word": word,
        "people": invitation.people,
        "note": invitation.note,
        "at": invitation.answered_at,
    }
