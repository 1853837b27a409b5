"""Campaigns: the list, planning one, its page, its next state."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.common.words import say
from lantoa.directory.access import check, holds_anywhere, in_care, may, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.actions.jobs import start_job
from lantoa.readiness.actions.campaigns import move_campaign, plan_campaign
from lantoa.readiness.actions.deadlines import change_deadlines
from lantoa.readiness.forms import CampaignForm, DeadlinesForm
from lantoa.readiness.models import Campaign, Sheet
from lantoa.readiness.queries.campaigns import campaigns_in, objected_in, progress, sheets_of, versions_in
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.tasks import PUBLISH
from lantoa.readiness.views.reaching import (
    ANSWER,
    MANAGE,
    REVIEW,
    SHEETS,
    STATES,
    VIEW,
    campaign_seen,
    name_of,
    state_of,
    version_title,
    way,
)

QUESTIONS = {
    "open": N_("Take answers now?"),
    "review": N_("Take no more answers?"),
    "appeal": N_("Open objections now?"),
    "published": N_("Score and publish now?"),
}
PAGE = 50
OBJECTED = "objected"  # sheets with an objection that waits for its decision
STEPS = {
    "draft": ("open", N_("Take answers")),
    "open": ("review", N_("Take no more answers")),
    "review": ("appeal", N_("Open objections")),
    "appeal": ("published", N_("Score and publish")),
}


@needs("readiness.view")
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of the units in one's care, and those that ask them."""
    units = in_care(request.user, VIEW, on=today())  # type: ignore[arg-type]
    page = Paginator(campaigns_in(units), PAGE).get_page(request.GET.get("page"))
    called = names({row.unit_id for row in page}, on=today())
    rows = [
        {
            "campaign": row,
            "index": version_title(row.version),
            "owner": called[row.unit_id].full_name if row.unit_id in called else "",
            "state": state_of(STATES, row.state),
        }
        for row in page
    ]
    context = {"page": page, "rows": rows, "manages": holds_anywhere(request.user, MANAGE)}
    return render(request, "readiness/campaigns.html", context)


@needs("readiness.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A campaign by form."""
    units = in_care(request.user, MANAGE, on=today())  # type: ignore[arg-type]
    mine = campaigns_in(units)
    form = CampaignForm(
        request.POST or None, versions=versions_in(units), called=version_title, campaigns=mine, on=today()
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not may(request.user, MANAGE, values["owner"], on=today()):
            form.add_error("unit", _("You do not hold campaigns of this unit."))
        else:
            try:
                made = plan_campaign(
                    by=request.user,  # type: ignore[arg-type]
                    unit=values["owner"],
                    version=values["version"],
                    year=values["year"],
                    title=values["title"],
                    on=values["day"],
                    due_on=values["due_on"],
                    appeal_until=values["appeal_until"],
                    previous=values["previous"],
                    at=timezone.now(),
                )
                messages.success(request, _("The campaign is planned. Nobody is asked before you take answers."))
                return redirect("readiness:campaign", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    context = {"form": form, "title": _("New campaign"), "breadcrumbs": way(), "label": _("Plan it")}
    return render(request, "readiness/form.html", context, status=422 if form.is_bound else 200)


@needs("readiness.view")
@require_safe
def campaign(request: HttpRequest, key: str) -> HttpResponse:
    """One campaign: how far it is, the sheets of one's own units, and for the office those of all."""
    found = campaign_seen(request, key)
    office = may(request.user, VIEW, found.unit, on=today())
    reviews = may(request.user, REVIEW, found.unit, on=today())
    manages = may(request.user, MANAGE, found.unit, on=today())
    sheets = sheets_of(found)
    answers = set(
        found.sheets.filter(unit__in=in_care(request.user, ANSWER, on=today())).values_list("id", flat=True)  # type: ignore[arg-type]
    )
    if not office:
        sheets = sheets.filter(pk__in=answers)
    chosen = request.GET.get("state", "")
    if chosen in SHEETS:
        sheets = sheets.filter(state=chosen)
    elif chosen == OBJECTED:
        sheets = sheets.filter(pk__in=objected_in(found))
    page = Paginator(sheets.order_by("id"), PAGE).get_page(request.GET.get("page"))
    called = names({row.unit_id for row in page}, on=found.on)
    step = STEPS.get(found.state) if manages else None
    context = {
        "campaign": found,
        "index": version_title(found.version),
        "state": state_of(STATES, found.state),
        "owner": name_of(found.unit),
        "office": office,
        "numbers": _numbers(found) if office else [],
        "asked": len(index_of(found.version).components),
        "page": page,
        "rows": [_row(row, called, answers, reviews, found) for row in page],
        "next": {"to": step[0], "label": _(step[1])} if step else None,
        "can_score": found.version.can_score,
        "previous": found.previous,
        "breadcrumbs": way(),
    }
    return render(request, "readiness/campaign.html", context)


def _numbers(found: Campaign) -> list[dict[str, Any]]:
    counted = progress(found)
    here = reverse("readiness:campaign", args=[found.key])
    total = sum(counted.values())
    rows: list[dict[str, Any]] = [
        {
            "count": counted[state],
            "words": state_of(SHEETS, state)["word"],
            "total": total,
            "url": f"{here}?state={state}",
        }
        for state in SHEETS
    ]
    if found.state == Campaign.State.APPEAL:
        objected = objected_in(found).count()
        words = _("with an objection to decide")
        rows.append({"count": objected, "words": words, "total": total, "url": f"{here}?state={OBJECTED}"})
    return rows


def _row(row: Any, called: Any, answers: set[int], reviews: bool, found: Campaign) -> dict[str, Any]:
    url = ""
    if row.pk in answers and found.state != Campaign.State.DRAFT:
        url = reverse("readiness:sheet", args=[row.key])
    elif reviews and row.state != "filling":
        url = reverse("readiness:review", args=[row.key])
    return {
        "name": called[row.unit_id].full_name if row.unit_id in called else row.unit.key,
        "url": url,
        "review_url": reverse("readiness:review", args=[row.key]) if reviews and row.state != "filling" else "",
        "state": state_of(SHEETS, row.state),
        "answered": row.answered,
        "appeals": row.appeals,
    }


@needs("readiness.manage")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, key: str, to: str) -> HttpResponse:
    """The next state, after one has read what it does: no step can be taken back. Publishing is a long job: it scores
    every unit."""
    found = campaign_seen(request, key)
    check(request, found.unit)
    if to not in Campaign.State.values:
        raise Http404
    if request.method == "GET":
        step, label = STEPS.get(found.state, ("", ""))
        if to != step:
            return redirect("readiness:campaign", found.key)
        context = {
            "title": _(QUESTIONS[to]),
            "consequences": _consequences(found, to),
            "undo": _("It cannot be taken back."),
            "label": _(label),
            "back": reverse("readiness:campaign", args=[found.key]),
            "breadcrumbs": way(found),
        }
        return render(request, "readiness/confirm.html", context)
    if to == Campaign.State.PUBLISHED:
        job = start_job(
            by=request.user,  # type: ignore[arg-type]
            kind=PUBLISH,
            arguments={"campaign": found.key},
            unit=found.unit,
            at=timezone.now(),
        )
        return redirect("office:job", job.key)
    try:
        move_campaign(by=request.user, campaign=found, to=to, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The campaign has moved on."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("readiness:campaign", found.key)


@needs("readiness.manage")
@require_http_methods(["GET", "POST"])
def deadlines(request: HttpRequest, key: str) -> HttpResponse:
    """Other last days for answers and objections."""
    found = campaign_seen(request, key)
    check(request, found.unit)
    form = DeadlinesForm(request.POST or None, initial={"due_on": found.due_on, "appeal_until": found.appeal_until})
    if request.method == "POST" and form.is_valid():
        try:
            change_deadlines(by=request.user, campaign=found, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The last days are saved. They stand on every unit's page."))
            return redirect("readiness:campaign", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": _("Change the last days"), "breadcrumbs": way(found), "label": _("Save")}
    return render(request, "readiness/form.html", context, status=422 if form.is_bound else 200)


def _consequences(found: Campaign, to: str) -> list[str]:
    counted = progress(found)
    total, filling = sum(counted.values()), counted[Sheet.State.FILLING]
    if to == Campaign.State.OPEN:
        said = ngettext("%(count)s unit is told and may answer.", "%(count)s units are told and may answer.", total)
        return [said % {"count": vnumber(total)}, _("Last day for answers: %(day)s.") % {"day": vdate(found.due_on)}]
    if to == Campaign.State.REVIEW:
        said = ngettext(
            "%(count)s unit has not handed in and cannot do so any more.",
            "%(count)s units have not handed in and cannot do so any more.",
            filling,
        )
        says = [said % {"count": vnumber(filling)}] if filling else [_("All units have handed in.")]
        if found.due_on >= today():
            says.append(_("They were told that they may answer until %(day)s.") % {"day": vdate(found.due_on)})
        return says
    if to == Campaign.State.APPEAL:
        says = [_("Every unit sees what became of its answers and may object.")]
        if found.appeal_until:
            says.append(_("Last day for objections: %(day)s.") % {"day": vdate(found.appeal_until)})
        return says
    return [
        _("Every unit is scored and ranked, and everybody who may see the campaign sees the results."),
        _("Answers, rulings and decided objections can no longer be changed."),
    ]
