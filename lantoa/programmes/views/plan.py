"""A unit's plan against what was reached, as a picture and a table, and the yearly report of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.pictures import Bar, bars
from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import percent
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, may, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import thing_key
from lantoa.office.actions.documents import draft_document
from lantoa.office.models import Document
from lantoa.programmes.forms.targets import ReportHeadForm
from lantoa.programmes.models import Programme
from lantoa.programmes.queries.reports import Head, yearly_paper
from lantoa.programmes.queries.targets import Line, plan_against_actual
from lantoa.programmes.rules.judging import MET, MISSED, UNKNOWN
from lantoa.programmes.views.said import line_row, target_name
from lantoa.programmes.views.targets import form_page, way_to
from lantoa.programmes.words import PILLAR_WORDS, STATE_WORDS

KINDS = {MET: "held", MISSED: "s2", UNKNOWN: "rest"}


def unit_at(request: HttpRequest, key: str) -> Unit:
    """The unit, if the reader may do for it what the page is for; else 404."""
    found = get_object_or_404(Unit, key=key)
    check(request, found)
    return found


@needs("programmes.view")
@require_safe
def plan(request: HttpRequest, key: str) -> HttpResponse:
    """Where a unit stands with its targets on a day: numbers, picture, table; each opens to its rows. With
    `?approved=1` of that day, too, are the approvals: what was known then."""
    found = unit_at(request, key)
    on = day_of(request)
    then = request.GET.get("approved") == "1"
    lines = plan_against_actual(found, on=on, approved_by=on if then else None)
    called = names([found.pk], on=on)
    state = request.GET.get("state", "")
    shown = [line for line in lines if state in ("", line.verdict) or (state == "late" and line.is_late)]
    rows = [line_row(line, called) for line in shown]
    context = {
        "unit": found,
        "name": called[found.pk].full_name if found.pk in called else "",
        "on": on,
        "then": then,
        "dated": (f"on={on.isoformat()}&" if "on" in request.GET else "") + ("approved=1&" if then else ""),
        "total": len(lines),
        "invented": any(line.target.is_demonstration for line in lines),
        "counts": [
            {
                "count": sum(1 for line in lines if line.verdict == verdict),
                "word": STATE_WORDS[verdict],
                "state": verdict,
            }
            for verdict in (MET, MISSED, UNKNOWN)
        ],
        "late": sum(1 for line in lines if line.is_late),
        "picture": _picture(shown) if shown else "",
        "pillars": [
            (word, mine)
            for pillar, word in PILLAR_WORDS.items()
            if (mine := [row for row in rows if row["target"].pillar == pillar])
        ],
        "drafts": may(request.user, "office.manage_documents", found, on=today()),
        "documents": Document.objects.filter(about=thing_key(found), kind="BC").order_by("-pk")[:10],
        "breadcrumbs": way_to(),
    }
    return render(request, "programmes/plan.html", context)


def _picture(lines: list[Line]) -> str:
    rows = [
        Bar(
            f"{line.target.code} {target_name(line.target)}",
            float(line.gone or 0),
            percent(line.gone) if line.gone is not None else "–",
            reverse("programmes:target", args=[line.target.key]),
            KINDS.get(line.verdict, "rest"),
        )
        for line in lines
    ]
    return bars(
        rows,
        title=_("The way to the next milestone"),
        description=_("The table below says the same, with plan and figure."),
        most=1,
    )


@needs("office.manage_documents")
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Drafts the report on a unit's targets as of the day; the number is the clerk's."""
    found = unit_at(request, key)
    on = day_of(request)
    called = names([found.pk], on=on)
    named = called[found.pk].full_name if found.pk in called else ""
    form = ReportHeadForm(request.POST or None, initial=_head(found, named))
    if request.method == "POST" and form.is_valid():
        try:
            paper = yearly_paper(found, Head(**form.cleaned_data), named=named, on=on)
            document = draft_document(
                by=request.user,  # type: ignore[arg-type]
                kind="BC",
                title=paper.abstract,
                issuer=found,
                symbol=f"BC-{paper.issuer.code}",
                content=paper,
                about=thing_key(found),
                as_of=on,
                at=timezone.now(),
            )
            return redirect("office:document", document.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    way: list[dict[str, Any]] = [*way_to(), {"label": named, "url": reverse("programmes:plan", args=[found.key])}]
    return form_page(request, form, _("Draft the report on targets"), way, named)


def _head(unit: Unit, named: str) -> dict[str, str]:
    """What the last programme of the unit says of its reports."""
    for papers in Programme.objects.filter(unit=unit).order_by("-period").values_list("papers", flat=True):
        if settings := papers.get("report"):
            signer = settings.get("signer", {})
            return {
                "issuer": settings.get("issuer", ""),
                "code": settings.get("code", ""),
                "place": settings.get("place", ""),
                "superior": settings.get("superior", ""),
                "post": signer.get("post", ""),
                "name": signer.get("name", ""),
            }
    return {"issuer": f"Ủy ban nhân dân {named}", "code": "UBND", "place": named.split(" ", 1)[-1]}
