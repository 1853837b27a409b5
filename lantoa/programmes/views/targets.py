"""Pages of targets: which there are, one of them with its figures, making, changing, sharing out, retiring."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.series import Point, plan_chart
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, in_care, may, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.actions.targets import (
    change_target,
    make_target,
    retire_target,
)
from lantoa.programmes.forms.targets import FindTargetsForm, RetireForm, TargetForm
from lantoa.programmes.models import Programme, Target
from lantoa.programmes.queries.acts import acts_behind
from lantoa.programmes.queries.acts import lines_of as acts_lines
from lantoa.programmes.queries.goals import past_goals
from lantoa.programmes.queries.measurements import lines_of_target, state_of
from lantoa.programmes.queries.targets import (
    Figures,
    Line,
    find_targets,
    line_of,
    lines_of,
)
from lantoa.programmes.rules.spans import Span
from lantoa.programmes.views.said import (
    FIGURE_KINDS,
    FIGURE_WORDS,
    act_row,
    line_row,
    target_name,
)
from lantoa.programmes.words import (
    EVERY_WORDS,
    HOW_WORDS,
    KIND_WORDS,
    MARK_WORDS,
    PILLAR_WORDS,
    ROLL_UP_WORDS,
    WAY_WORDS,
    figure_words,
    goal_words,
    missing_words,
    span_words,
)

PAGE = 50
JUDGED = ("met", "missed", "unknown", "late")


def target_at(request: HttpRequest, key: str) -> Target:
    """The target, if the reader may do on its unit what the page is for; else 404."""
    rows = Target.objects.select_related("unit", "field", "decision", "programme", "parent__unit")
    found = get_object_or_404(rows, key=key)
    check(request, found.unit)
    return found


def way_to(found: Target | None = None) -> list[dict[str, str]]:
    """Targets, this target."""
    way = [{"label": _("Targets"), "url": reverse("programmes:targets")}]
    if found:
        way.append({"label": found.code, "url": reverse("programmes:target", args=[found.key])})
    return way


@needs("programmes.view")
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """The targets of the units in one's care, each against its plan on the day."""
    on = day_of(request)
    form = FindTargetsForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    care = in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]
    mine = Target.objects.filter(unit__in=care)
    if not wanted.get("units"):
        mine = mine.exclude(parent__unit__in=care)
    found = find_targets(mine, wanted, on=on)
    state = wanted.get("state", "")
    lines: list[Line]
    if state in JUDGED:
        kept = [
            line
            for line in lines_of(list(found), on=on)
            if (line.is_late if state == "late" else line.verdict == state)
        ]
        page: Any = Paginator(kept, PAGE).get_page(request.GET.get("page"))
        lines = list(page)
    else:
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        lines = lines_of(list(page), on=on)
    owners = names({line.target.unit_id for line in lines}, on=on)
    manages = in_care(request.user, "programmes.manage", on=today()).exists()  # type: ignore[arg-type]
    context = {
        "on": on,
        "form": form,
        "page": page,
        "rows": [line_row(line, owners) for line in lines],
        "manages": manages,
    }
    return render(request, "programmes/targets.html", context)


@needs("programmes.view")
@require_safe
def target(request: HttpRequest, key: str) -> HttpResponse:
    """One target: what it means, its plan, its figures, the units under it, every line ever reported."""
    found = target_at(request, key)
    on = day_of(request)
    user = request.user
    figures = Figures([found.pk], on=on)
    milestones = list(found.milestones.order_by("year"))
    line = line_of(found, figures)
    shares = list(found.shares.select_related("unit").order_by("code", "pk"))
    history = Paginator(lines_of_target(found.pk, on=on), PAGE).get_page(request.GET.get("page"))
    called = names({found.unit_id, *(one.unit_id for one in shares)}, on=on)
    actors = names_of(
        key for row in history for key in (row.reported_by, *([row.review.by] if hasattr(row, "review") else []))
    )
    held_first = min([found.since, *(held.since for held in figures.forebears.get(found.pk, ()))])
    series = figures.series(found.pk, held_first)
    context = {
        "target": found,
        "name": target_name(found),
        "on": on,
        "row": line_row(line, called),
        "facts": _facts(found, called, request.user),
        "milestones": [(one, goal_words(found, one.value), MARK_WORDS[one.mark]) for one in milestones],
        "past_goals": [(one, goal_words(found, one.value)) for one in past_goals(found)],
        "picture": _picture(found, milestones, series),
        "series": [
            {
                "span": span_words(one.span),
                "words": figure_words(found, one.value),
                "how": HOW_WORDS[one.how],
                "missing": missing_words(one),
                "missing_units": _missing_units(found, one, figures, called),
            }
            for one in reversed(series)
        ],
        "shares": Paginator(_share_rows(found, shares, figures, called, on), PAGE).get_page(request.GET.get("units")),
        "forebears": _forebear_rows(found, on),
        "history": history,
        "lines": [_history_row(found, row, actors) for row in history],
        "manages": may(user, "programmes.manage", found.unit, on=today()),
        "reports": may(user, "programmes.report", found.unit, on=today()),
        "reviews": may(user, "programmes.review", found.unit, on=today()),
        "acts": [act_row(line) for line in acts_lines(acts_behind(found), on=on)],
        "breadcrumbs": way_to()[:1],
    }
    return render(request, "programmes/target.html", context)


def _facts(found: Target, called: dict[int, Any], user: Any) -> list[dict[str, Any]]:
    unit = called.get(found.unit_id)
    english = (get_language() or "vi").startswith("en")
    field = (found.field.name_en if english else found.field.name_vi) if found.field else ""
    rows: list[tuple[str, Any, str]] = [
        (_("Owner"), unit.full_name if unit else "", ""),
        (_("Pillar"), PILLAR_WORDS[Target.Pillar(found.pillar)], ""),
        (_("Field of work"), field, ""),
        (_("Definition"), found.definition, ""),
        (_("Kind"), KIND_WORDS[Target.Kind(found.kind)], ""),
        (_("Unit of measure"), found.measure, ""),
        (_("Measured"), EVERY_WORDS[Target.Every(found.every)], ""),
        (_("Where the figures come from"), found.source, ""),
        (_("Decision"), f"{found.decision.number}, {found.decision.issuer}" if found.decision else "", ""),
        (_("Figures of units are"), ROLL_UP_WORDS[Target.RollUp(found.roll_up)] if found.roll_up else "", ""),
    ]
    if found.programme:
        url = reverse("programmes:programme", args=[found.programme.key])
        rows.append((_("Programme"), found.programme.name, url))
    if found.baseline is not None:
        said = f"{figure_words(found, found.baseline)} ({found.baseline_year})"
        mark = MARK_WORDS[found.baseline_mark]
        rows.append((_("Baseline"), f"{said}, {mark}" if found.baseline_mark else said, ""))
    if found.parent:
        opens = may(user, "programmes.view", found.parent.unit, on=today())
        url = reverse("programmes:target", args=[found.parent.key]) if opens else ""
        rows.append((_("Comes from"), f"{found.parent.code}: {WAY_WORDS[Target.Way(found.way)]}", url))
    return [{"key": key, "value": value, "url": url} for key, value, url in rows if value]


def _picture(found: Target, milestones: list[Any], series: list[Any]) -> str:
    if found.kind == Target.Kind.YES_NO:
        return ""
    planned = [
        Point(one.year + 0.5, float(one.value), figure_words(found, one.value), str(one.year)) for one in milestones
    ]
    if found.baseline is not None and found.baseline_year:
        planned.insert(
            0,
            Point(
                found.baseline_year + 0.5,
                float(found.baseline),
                figure_words(found, found.baseline),
                str(found.baseline_year),
            ),
        )
    actual = [
        Point(_middle(one.span), float(one.value), figure_words(found, one.value), span_words(one.span))
        for one in series
        if one.value is not None
    ]
    title = _("%(name)s: plan and figures") % {"name": target_name(found)}
    return plan_chart(
        planned,
        actual,
        title=title,
        description=_("The table of figures below says the same."),
        planned_word=_("plan"),
        actual_word=_("figures"),
    )


def _middle(span: Span) -> float:
    days = (span.end - span.first).days / 2
    start = date(span.year, 1, 1)
    return span.year + ((span.first - start).days + days) / 365.25


def _missing_units(found: Target, actual: Any, figures: Figures, called: dict[int, Any]) -> list[str]:
    """The units that are missing in a joined figure, by name, the first of them."""
    if actual.how != "rolled" or actual.complete:
        return []
    missing = [
        held.unit
        for held in figures.shares_at(found.pk, actual.span)
        if not ((part := figures.at(held.id, actual.span)) and part.complete)
    ]
    return [called[unit].full_name for unit in missing if unit in called]


def _share_rows(
    found: Target, shares: list[Target], figures: Figures, called: dict[int, Any], on: date
) -> list[dict[str, Any]]:
    """The shares of units, in the order of their names: against their own plans where they were read already."""
    if not shares:
        return []
    ids = [one.pk for one in shares]
    known = figures if found.roll_up else Figures(ids, on=on)
    rows = [line_row(line_of(one, known), called) for one in shares]
    return sorted(rows, key=lambda row: row["sort_key"])


def _forebear_rows(found: Target, on: date) -> dict[str, Any]:
    rows = list(found.forebears.select_related("unit").order_by("code", "pk"))
    called = names([one.unit_id for one in rows], on=found.since)
    return {
        "rule": ROLL_UP_WORDS[Target.RollUp(found.forebear_rule)] if found.forebear_rule else "",
        "rows": [(one, called[one.unit_id].full_name if one.unit_id in called else "") for one in rows],
        "since": found.since,
    }


def _history_row(found: Target, row: Any, actors: dict[str, str]) -> dict[str, Any]:
    state = state_of(row)
    review = row.review if hasattr(row, "review") else None
    return {
        "line": row,
        "span": span_words(Span(row.period.lower, row.period.upper)),
        "words": figure_words(found, row.value),
        "reporter": actors.get(row.reported_by, ""),
        "reviewer": actors.get(review.by, "") if review else "",
        "review": review,
        "state": {"kind": FIGURE_KINDS[state], "word": FIGURE_WORDS[state]},
        "waiting": review is None,
    }


# ---- making and changing


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def new_target(request: HttpRequest) -> HttpResponse:
    """A target by form."""
    form = TargetForm(request.POST or None, programmes=_programmes(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not may(request.user, "programmes.manage", values["owner"], on=today()):
            form.add_error("unit", _("You do not manage targets of this unit."))
        else:
            try:
                made = make_target(
                    by=request.user,  # type: ignore[arg-type]
                    unit=values["owner"],
                    text=values["text"],
                    programme=values["programme"],
                )
                messages.success(request, _("The target was made."))
                return redirect("programmes:target", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    return form_page(request, form, _("New target"), way_to())


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changes what a target says."""
    found = target_at(request, key)
    form = TargetForm(request.POST or None, programmes=_programmes(request), target=found)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if (text.baseline, text.baseline_year) == (found.baseline, found.baseline_year):
            text = replace(text, baseline_mark=found.baseline_mark)
        try:
            change_target(
                by=request.user,  # type: ignore[arg-type]
                target=found,
                text=text,
                on=today(),
                programme=form.cleaned_data["programme"],
                decision=found.decision,
                goals_reason=form.cleaned_data["goals_reason"],
            )
            messages.success(request, _("The changes are saved."))
            return redirect("programmes:target", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Change the target"), way_to(found))


def _programmes(request: HttpRequest) -> Any:
    care = in_care(request.user, "programmes.manage", on=today())  # type: ignore[arg-type]
    return Programme.objects.filter(unit__in=care).order_by("code")


def form_page(
    request: HttpRequest, form: Any, title: str, way: list[dict[str, str]], caption: str = "", why: str = ""
) -> HttpResponse:
    """A form alone on its page; `why` it is there again."""
    context = {"form": form, "title": title, "caption": caption, "why": why, "breadcrumbs": way}
    return render(request, "programmes/form.html", context, status=422 if form.is_bound else 200)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """Ends a target with a reason."""
    found = target_at(request, key)
    form = RetireForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            count = retire_target(by=request.user, target=found, **form.cleaned_data)  # type: ignore[arg-type]
            said = ngettext("%(count)d target is retired.", "%(count)d targets are retired.", count)
            messages.success(request, said % {"count": count})
            return redirect("programmes:target", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Retire the target"), way_to(found), target_name(found))
