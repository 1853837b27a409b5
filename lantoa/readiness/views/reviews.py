"""The pages of reviewers: a sheet with every ruling, one answer, what is finished, appeals."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs
from lantoa.office.queries.files import send_file
from lantoa.readiness.actions.reviews import accept_rest, decide_appeal, finish_review, handed_in, rule_on, seen_of
from lantoa.readiness.forms import DecisionForm, RulingForm
from lantoa.readiness.models import Answer, Evidence, Sheet
from lantoa.readiness.queries.campaigns import Line, lines_of
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules import seeing
from lantoa.readiness.views.reaching import SHEETS, name_of, state_of, title_of, version_title, way
from lantoa.readiness.views.saying import answer_words, rule_words


def _sheet(request: HttpRequest, key: str) -> Sheet:
    """A sheet of a campaign that one reviews; 404 for others."""
    found = get_object_or_404(Sheet.objects.select_related("campaign__version", "campaign__unit", "unit"), key=key)
    check(request, found.campaign.unit)
    return found


def _answer(request: HttpRequest, key: str) -> Answer:
    found = get_object_or_404(
        Answer.objects.select_related("sheet__campaign__version", "sheet__campaign__unit", "sheet__unit"), key=key
    )
    check(request, found.sheet.campaign.unit)
    return found


def _shown(sheet: Sheet, one: Answer | None) -> bool:
    return one is not None and seeing.sees_answer(
        office=True, own=False, campaign=sheet.campaign.state, sheet=sheet.state, ruling=one.ruling
    )


@needs("readiness.review")
@require_safe
def review(request: HttpRequest, key: str) -> HttpResponse:
    """A sheet as its reviewers see it: nothing before it is handed in, nothing that is being corrected."""
    found = _sheet(request, key)
    lines = lines_of(found)
    rules = seeing.may_rule(campaign=found.campaign.state, sheet=found.state)
    context = {
        "sheet": found,
        "unit": name_of(found.unit),
        "index": version_title(found.campaign.version),
        "state": state_of(SHEETS, found.state),
        "rows": [_row(found, line) for line in lines],
        "rules": rules,
        "seen": handed_in(found),
        "waiting": sum(line.is_answered and line.answer is not None and not line.answer.ruling for line in lines),
        "missing": sum(not line.is_answered for line in lines),
        "breadcrumbs": way(found.campaign),
    }
    return render(request, "readiness/review.html", context)


def _row(found: Sheet, line: Line) -> dict[str, Any]:
    one = line.answer
    shown = _shown(found, one)
    words = {
        "": ("wait", _("no ruling")),
        "accepted": ("ok", _("accepted as declared")),
        "lowered": ("late", _("lowered")),
        "returned": ("late", _("returned")),
    }
    kind, word = words[one.ruling if one and shown else ""]
    if one is None or not shown or one.declared is None:
        kind, word = "none", _("not answered") if one is None or shown else _("being corrected")
    if one and one.appeal == Answer.Appeal.MADE:
        kind, word = "now", _("objected to")
    return {
        "title": f"{line.component.code} {title_of(line.component.title)}",
        "url": reverse("readiness:rule", args=[one.key]) if one and shown and one.declared is not None else "",
        "declared": answer_words(line.component, one.declared) if one and shown else "–",
        "counted": answer_words(line.component, one.counted) if one and shown else "–",
        "papers": len(line.papers) if shown else 0,
        "state": {"kind": kind, "word": word},
    }


@needs("readiness.review")
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One answer with its papers: a ruling, or the decision on an objection."""
    found = _answer(request, key)
    sheet = found.sheet
    if not _shown(sheet, found):
        raise Http404
    component = index_of(sheet.campaign.version).component[found.component]
    appeal = found.appeal == Answer.Appeal.MADE and sheet.campaign.state == "appeal"
    own = appeal and found.ruled_by == request.user.actor_key  # type: ignore[union-attr]
    rules = seeing.may_rule(campaign=sheet.campaign.state, sheet=sheet.state)
    kind = DecisionForm if appeal else RulingForm
    form = kind(request.POST if request.method == "POST" else None, component=component)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            if appeal:
                decide_appeal(by=request.user, answer=found, typed=form.typed, reason=reason, at=timezone.now())  # type: ignore[arg-type]
            else:
                rule_on(
                    by=request.user,  # type: ignore[arg-type]
                    answer=found,
                    ruling=form.cleaned_data["ruling"],
                    typed=form.typed,
                    reason=reason,
                    seen=request.POST.get("seen"),
                    at=timezone.now(),
                )
            return redirect("readiness:review", sheet.key)
        except Refused as reason_:
            form.add_error(None, say(reason_))
    offered = rules or (appeal and not own)
    if form.errors and not form.non_field_errors() and not (offered or own):  # of a form that is there no more
        form.errors.clear()
        form.add_error(None, _("Nothing is saved for “%(code)s”: it waits for no ruling and no decision any more.")
                       % {"code": found.component})  # fmt: skip
    papers = list(found.evidence.select_related("file").order_by("id"))
    context = {
        "answer": found,
        "sheet": sheet,
        "unit": name_of(sheet.unit),
        "title": f"{component.code} {title_of(component.title)}",
        "rule": rule_words(component),
        "declared": answer_words(component, found.declared),
        "ruled": answer_words(component, found.ruled) if found.ruled is not None else "",
        "counted": answer_words(component, found.counted),
        "papers": [paper for paper in papers if not paper.at_appeal],
        "appeal_papers": [paper for paper in papers if paper.at_appeal],
        "form": form if offered else None,
        "wrong": form,  # also where there is nothing to fill in any more: why what was sent is refused
        "seen": "" if appeal else seen_of(found, sheet),
        "appeal": appeal,
        "own": own,
        "breadcrumbs": [
            *way(sheet.campaign),
            {"label": name_of(sheet.unit), "url": reverse("readiness:review", args=[sheet.key])},
        ],
    }
    return render(request, "readiness/rule.html", context, status=422 if form.is_bound else 200)


@needs("readiness.review")
@require_POST
def accept_others(request: HttpRequest, key: str) -> HttpResponse:
    """Accepts whatever has no ruling yet."""
    found = _sheet(request, key)
    try:
        seen = request.POST.get("seen")
        many = accept_rest(by=request.user, sheet=found, seen=seen, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("%(many)d answers are accepted.") % {"many": many})
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("readiness:review", found.key)


@needs("readiness.review")
@require_POST
def finish(request: HttpRequest, key: str) -> HttpResponse:
    """Ends the review of a sheet."""
    found = _sheet(request, key)
    try:
        finish_review(by=request.user, sheet=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The review of this sheet is finished."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("readiness:campaign", found.campaign.key)


@needs("readiness.review")
@require_safe
def paper_reviewed(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file of a paper, for those who review it."""
    found = get_object_or_404(Evidence.objects.select_related("answer__sheet__campaign__unit", "file"), key=key)
    sheet = found.answer.sheet
    check(request, sheet.campaign.unit)
    if found.file is None or not _shown(sheet, found.answer):
        raise Http404
    return send_file(request, found.file)
