"""The pages of a unit: its sheet, an answer with its papers, handing in, objecting."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.figures import typed
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.office.queries.files import send_file
from lantoa.readiness.actions.sheets import (
    add_appeal_paper,
    add_paper,
    hand_in,
    object_to,
    remove_paper,
    save_answer,
    saved_at,
)
from lantoa.readiness.forms import AnswerForm, ObjectionForm, PaperForm
from lantoa.readiness.models import Campaign, Evidence, Sheet
from lantoa.readiness.queries.campaigns import Line, lines_of
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.rules import seeing
from lantoa.readiness.rules.structure import NONE
from lantoa.readiness.views.reaching import SHEETS, name_of, state_of, title_of, version_title, way
from lantoa.readiness.views.saying import answer_words, rule_words


def _sheet(request: HttpRequest, key: str) -> Sheet:
    """A sheet of a unit one answers for, once the campaign is open; 404 for others."""
    found = get_object_or_404(Sheet.objects.select_related("campaign__version", "campaign__unit", "unit"), key=key)
    check(request, found.unit)
    if found.campaign.state == Campaign.State.DRAFT:
        raise Http404
    return found


def _writes(sheet: Sheet, ruling: str = "") -> bool:
    open_ = seeing.may_write(campaign=sheet.campaign.state, sheet=sheet.state, ruling=ruling)
    return open_ and (sheet.state == Sheet.State.RETURNED or today() <= sheet.campaign.due_on)


def _sees_ruling(sheet: Sheet, line: Line) -> bool:
    return line.answer is not None and seeing.sees_ruling(
        office=False, own=True, campaign=sheet.campaign.state, sheet=sheet.state, ruling=line.answer.ruling
    )


@needs("readiness.answer")
@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """All that is asked of the unit, with what stands where; the next thing is the first without an answer."""
    found = _sheet(request, key)
    lines = lines_of(found)
    writes = _writes(found)
    empty = next((line for line in lines if not line.is_answered), None)
    parts: list[dict[str, Any]] = []
    for line in lines:
        group = index_of(found.campaign.version).group.get(line.component.under)
        if not parts or parts[-1]["code"] != line.component.under:
            parts.append({"code": line.component.under, "title": title_of(group.title) if group else "", "rows": []})
        parts[-1]["rows"].append(_row(found, line))
    context = {
        "sheet": found,
        "unit": name_of(found.unit),
        "index": version_title(found.campaign.version),
        "state": state_of(SHEETS, found.state),
        "parts": parts,
        "answered": sum(line.is_answered for line in lines),
        "asked": len(lines),
        "lacking": [line.component.code for line in lines if line.lacks_paper],
        "hands_in": _hands_in(found),
        "next_url": reverse("readiness:answer", args=[found.key, empty.component.code]) if empty and writes else "",
        "next_title": f"{empty.component.code} {title_of(empty.component.title)}" if empty and writes else "",
        "breadcrumbs": way(found.campaign),
    }
    return render(request, "readiness/sheet.html", context)


def _hands_in(found: Sheet) -> bool:
    if found.state == Sheet.State.RETURNED:
        return found.campaign.state in (Campaign.State.OPEN, Campaign.State.REVIEW)
    return _writes(found)


def _row(found: Sheet, line: Line) -> dict[str, Any]:
    state = {"kind": "none", "word": _("not answered")}
    if line.is_answered:
        state = {"kind": "ok", "word": _("answered")}
    if line.lacks_paper:
        state = {"kind": "late", "word": _("a paper is missing")}
    if line.answer and _sees_ruling(found, line):
        state = _ruling_state(line.answer.ruling, line.answer.appeal) or state
    return {
        "title": f"{line.component.code} {title_of(line.component.title)}",
        "url": reverse("readiness:answer", args=[found.key, line.component.code]),
        "hint": answer_words(line.component, line.answer.declared if line.answer else None),
        **state,
    }


def _ruling_state(ruling: str, appeal: str) -> dict[str, str] | None:
    if appeal == "made":
        return {"kind": "wait", "word": _("objected to")}
    if appeal:
        return {"kind": "ok", "word": _("decided")}
    words = {
        "accepted": ("ok", _("accepted as declared")),
        "lowered": ("late", _("lowered")),
        "returned": ("late", _("returned")),
    }
    return {"kind": words[ruling][0], "word": words[ruling][1]} if ruling else None


def _line(found: Sheet, component: str) -> tuple[Line, list[Line], int]:
    lines = lines_of(found)
    for at, line in enumerate(lines):
        if line.component.code == component:
            return line, lines, at
    raise Http404


@needs("readiness.answer")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str, component: str) -> HttpResponse:
    """One component: what is asked, the answer, its papers, what became of it. Saved at once, resumed anywhere.

    A script that keeps what is typed on the device posts with `X-Requested-With: fetch` and is told in JSON.
    """
    found = _sheet(request, key)
    line, lines, at = _line(found, component)
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        component=line.component,
        initial=_initial(line.answer.declared if line.answer else None),
    )
    by_script = request.headers.get("X-Requested-With") == "fetch"
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_answer(
                by=request.user,  # type: ignore[arg-type]
                sheet=found,
                component=component,
                typed=form.typed,
                seen=request.POST.get("seen"),
                at=timezone.now(),
                on=today(),
            )
        except Refused as reason:
            if by_script:
                return JsonResponse({"saved": False, "words": say(reason)}, status=422)
            form.add_error(None, say(reason))
        else:
            following = lines[at + 1].component.code if "next" in request.POST and lines[at + 1 :] else ""
            then = (
                reverse("readiness:answer", args=[found.key, following])
                if following
                else reverse("readiness:sheet", args=[found.key])
            )
            if by_script:
                told = {"saved": True, "words": _("Saved at the centre."), "at": saved_at(kept), "next": then}
                return JsonResponse(told)
            return redirect(then)
    if by_script and form.is_bound:
        return JsonResponse({"saved": False, "words": _("This is no answer yet.")}, status=422)
    return _page(request, found, (line, lines, at), form=form)


def _page(
    request: HttpRequest,
    found: Sheet,
    placed: tuple[Line, list[Line], int],
    *,
    form: AnswerForm | None = None,
    paper: PaperForm | None = None,
    appeal_paper: PaperForm | None = None,
) -> HttpResponse:
    """The page of one component; a form that was refused stands on it with what was typed."""
    line, lines, at = placed
    writes = _writes(found, line.answer.ruling if line.answer else "")
    form = form or AnswerForm(
        component=line.component, initial=_initial(line.answer.declared if line.answer else None)
    )
    refused = next((one for one in (form, paper, appeal_paper) if one is not None and one.is_bound), None)
    takes = line.component.evidence != NONE
    context = {
        "sheet": found,
        "form": form,
        "refused": refused or form,
        "line": line,
        "title": f"{line.component.code} {title_of(line.component.title)}",
        "ask": title_of(line.component.ask),
        "rule": rule_words(line.component),
        "writes": writes,
        "seen": saved_at(line.answer),
        "papers": line.papers,
        "takes_papers": takes,
        "paper_form": (paper or PaperForm()) if writes and takes else None,
        "declared": answer_words(line.component, line.answer.declared if line.answer else None),
        "ruling": _ruling(found, line) if _sees_ruling(found, line) else None,
        "objection_form": ObjectionForm() if _objects(found, line) else None,
        "appeal_papers": line.appeal_papers,
        "appeal_paper_form": (appeal_paper or PaperForm()) if _adds_to_appeal(found, line) else None,
        "has_next": at + 1 < len(lines),
        "breadcrumbs": _way(found),
    }
    return render(request, "readiness/answer.html", context, status=422 if refused else 200)


def _way(found: Sheet) -> list[dict[str, Any]]:
    return [
        *way(found.campaign),
        {"label": name_of(found.unit), "url": reverse("readiness:sheet", args=[found.key])},
    ]


def _initial(kept: Any) -> dict[str, str]:
    if isinstance(kept, list):
        return {"part": _typed(kept[0]), "whole": _typed(kept[1])}
    return {"value": _typed(kept) if kept is not None else ""}


def _typed(text: str) -> str:
    """As it is typed here: a comma before the decimals."""
    return typed(Decimal(text)) if text.replace(".", "").replace("-", "").isdigit() else text


def _ruling(found: Sheet, line: Line) -> dict[str, Any]:
    one = line.answer
    assert one is not None
    state = _ruling_state(one.ruling, "")
    return {
        "state": state,
        "reason": one.reason,
        "ruled": answer_words(line.component, one.ruled) if one.ruled is not None else "",
        "appeal": one.appeal,
        "words": one.appeal_words,
        "decision": one.decision_reason,
        "counted": answer_words(line.component, one.counted),
    }


def _objects(found: Sheet, line: Line) -> bool:
    one = line.answer
    if one is None or (found.campaign.appeal_until and today() > found.campaign.appeal_until):
        return False
    return seeing.may_appeal(campaign=found.campaign.state, sheet=found.state, ruling=one.ruling, appeal=one.appeal)


def _adds_to_appeal(found: Sheet, line: Line) -> bool:
    if line.answer is None or (found.campaign.appeal_until and today() > found.campaign.appeal_until):
        return False
    return seeing.may_add_to_appeal(campaign=found.campaign.state, appeal=line.answer.appeal)


@needs("readiness.answer")
@require_POST
def hand_in_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Hands the sheet in."""
    found = _sheet(request, key)
    try:
        hand_in(by=request.user, sheet=found, at=timezone.now(), on=today())  # type: ignore[arg-type]
        messages.success(request, _("The sheet is handed in. You see here what becomes of it."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("readiness:sheet", found.key)


@needs("readiness.answer")
@require_POST
def new_paper(request: HttpRequest, key: str, component: str) -> HttpResponse:
    """A paper more."""
    found = _sheet(request, key)
    placed = _line(found, component)
    form = PaperForm(request.POST, request.FILES)
    if _is_added(request, form, partial(add_paper, sheet=found, component=component)):
        return redirect("readiness:answer", found.key, component)
    return _page(request, found, placed, paper=form)


@needs("readiness.answer")
@require_POST
def new_appeal_paper(request: HttpRequest, key: str, component: str) -> HttpResponse:
    """A paper more for an objection."""
    found = _sheet(request, key)
    placed = _line(found, component)
    answer = placed[0].answer
    form = PaperForm(request.POST, request.FILES)
    if answer is None:
        messages.error(request, _("There is no ruling to object to."))
    elif not _is_added(request, form, partial(add_appeal_paper, answer=answer)):
        return _page(request, found, placed, appeal_paper=form)
    return redirect("readiness:answer", found.key, component)


def _is_added(request: HttpRequest, form: PaperForm, act: Callable[..., Evidence]) -> bool:
    """Whether the paper of the form was added; if not, the form says why."""
    if not form.is_valid():
        return False
    values = form.cleaned_data
    file = values["file"]
    try:
        act(
            by=request.user,
            abstract=values["abstract"],
            number=values["number"],
            issued_on=values["issued_on"],
            name=file.name if file else "",
            content=file,
            at=timezone.now(),
            on=today(),
        )
    except Refused as reason:
        form.add_error(None, say(reason))
        return False
    messages.success(request, _("The paper is added."))
    return True


def _paper(request: HttpRequest, key: str) -> Evidence:
    found = get_object_or_404(
        Evidence.objects.select_related("answer__sheet__campaign", "answer__sheet__unit", "file"), key=key
    )
    check(request, found.answer.sheet.unit)
    if found.answer.sheet.campaign.state == Campaign.State.DRAFT:
        raise Http404
    return found


@needs("readiness.answer")
@require_POST
def drop_paper(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a paper away."""
    found = _paper(request, key)
    one = found.answer
    try:
        remove_paper(by=request.user, paper=found, at=timezone.now(), on=today())  # type: ignore[arg-type]
        messages.success(request, _("The paper is taken away."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("readiness:answer", one.sheet.key, one.component)


@needs("readiness.answer")
@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file of a paper, for its unit."""
    found = _paper(request, key)
    if found.file is None:
        raise Http404
    return send_file(request, found.file)


@needs("readiness.answer")
@require_POST
def object_(request: HttpRequest, key: str, component: str) -> HttpResponse:
    """Objects to a ruling."""
    found = _sheet(request, key)
    line, _lines, _at = _line(found, component)
    form = ObjectionForm(request.POST)
    if line.answer is None:
        messages.error(request, _("There is no ruling to object to."))
    elif not form.is_valid():
        messages.error(request, _("Say why you object."))
    else:
        try:
            words = form.cleaned_data["words"]
            object_to(by=request.user, answer=line.answer, words=words, at=timezone.now(), on=today())  # type: ignore[arg-type]
            messages.success(request, _("Your objection is with the office."))
        except Refused as reason:
            messages.error(request, say(reason))
    return redirect("readiness:answer", found.key, component)
