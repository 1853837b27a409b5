"""Pages of the budget of a programme: sums that open to their entries, lines, amounts, counter-entries."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.pictures import Bar, bars
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, day_of, may, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.actions.budget import add_budget_line, counter_amount, enter_amount
from lantoa.programmes.forms.budget import AmountForm, CounterForm, FindEntriesForm, LineForm
from lantoa.programmes.models import BudgetEntry, BudgetLine, Programme
from lantoa.programmes.queries.budget import Line, budget_of, entries_of
from lantoa.programmes.rules.budget import KINDS, OVERSPENT, PLANNED, SPENT, warnings
from lantoa.programmes.views.targets import form_page
from lantoa.programmes.words_budget import KIND_WORDS, SOURCE_WORDS, WARNING_WORDS, foreign_words
from lantoa.programmes.words_inventory import money

PAGE = 100


def programme_at(request: HttpRequest, key: str) -> Programme:
    """The programme, if the reader may do for its unit what the page is for; else 404."""
    found = get_object_or_404(Programme.objects.select_related("unit", "decision"), key=key)
    check(request, found.unit)
    return found


def line_at(request: HttpRequest, key: str) -> BudgetLine:
    """The line, likewise."""
    found = get_object_or_404(BudgetLine.objects.select_related("programme__unit", "partner"), key=key)
    check(request, found.programme.unit)
    return found


def way_to(programme: Programme, *, inside: bool = True) -> list[dict[str, str]]:
    """Programmes, this programme, its budget."""
    way = [
        {"label": _("Programmes"), "url": reverse("programmes:programmes")},
        {"label": programme.name, "url": reverse("programmes:programme", args=[programme.key])},
    ]
    if inside:
        way.append({"label": _("Budget"), "url": reverse("programmes:budget", args=[programme.key])})
    return way


def line_words(line: BudgetLine) -> str:
    """A line as people call it: 2020, State budget, local: training."""
    words = f"{line.year}, {SOURCE_WORDS[BudgetLine.Source(line.source)]}"
    return f"{words}: {line.purpose}" if line.purpose else words


@needs("programmes.view")
@require_safe
def budget(request: HttpRequest, key: str) -> HttpResponse:
    """The budget of a programme on the day: its sums, its lines, who gives what."""
    found = programme_at(request, key)
    on = day_of(request)
    made = budget_of(found, on=on)
    entries = reverse("programmes:budget_entries", args=[found.key])
    by_source = made.by(lambda line: line.source)
    by_partner = made.by(lambda line: line.partner)
    by_partner.pop(None, None)
    called = names([found.unit_id], on=on).get(found.unit_id)
    context = {
        "programme": found,
        "unit_name": called.full_name if called else "",
        "on": on,
        "lines": [_line_row(one, entries, on) for one in made.lines],
        "numbers": [
            {
                "words": KIND_WORDS[BudgetEntry.Kind(kind)],
                "sum": money(made.total.get(kind, 0)),
                "url": opens(entries, on, kind=kind),
            }
            for kind in KINDS
        ],
        "sources": sum_rows(
            {SOURCE_WORDS[BudgetLine.Source(one)]: (sums, {"source": one}) for one, sums in by_source.items()},
            entries,
            on,
        ),
        "years": sum_rows(
            {str(one): (sums, {"year": str(one)}) for one, sums in made.by(lambda line: line.year).items()},
            entries,
            on,
        ),
        "partners": sum_rows(
            {one.name: (sums, {"partner": one.key}) for one, sums in by_partner.items()}, entries, on
        ),
        "warnings": [WARNING_WORDS[one] for one in warnings(made.total)],
        "picture": _picture(by_source, entries, on) if made.lines else "",
        "invented": any(one.line.is_demonstration for one in made.lines),
        "keeps": may(request.user, "programmes.budget", found.unit, on=today()),
        "loads": may(request.user, "office.import", found.unit, on=today()),
        "dated": on.isoformat(),
        "breadcrumbs": way_to(found, inside=False),
    }
    return render(request, "programmes/budget.html", context)


def opens(entries: str, on: Any, **said: str) -> str:
    """The page of the entries that a sum was made of."""
    return f"{entries}?{urlencode({**said, 'on': on.isoformat()})}"


def cells(sums: Mapping[str, int], entries: str, on: Any, said: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"label": KIND_WORDS[BudgetEntry.Kind(kind)], "sum": money(sums.get(kind, 0)),
         "url": opens(entries, on, kind=kind, **said)}
        for kind in KINDS
    ]  # fmt: skip


def sum_rows(rows: Mapping[Any, Any], entries: str, on: Any) -> list[dict[str, Any]]:
    """Rows of sums by name, each with its entries and with what is out of order in it."""
    return [
        {"name": name, "cells": cells(sums, entries, on, said), "warnings": out_of_order(sums)}
        for name, (sums, said) in rows.items()
    ]


def out_of_order(sums: Mapping[str, int]) -> list[dict[str, Any]]:
    """The states of sums in which more was spent than allocated, or more allocated than planned."""
    return [{"kind": "late" if one == OVERSPENT else "wait", "word": WARNING_WORDS[one]} for one in warnings(sums)]


def _line_row(one: Line, entries: str, on: Any) -> dict[str, Any]:
    return {
        "line": one.line,
        "name": line_words(one.line),
        "partner": one.line.partner.name if one.line.partner else "",
        "cells": cells(one.sums, entries, on, {"line": one.line.key}),
        "warnings": out_of_order(one.sums),
    }


def _picture(by_source: Mapping[str, Mapping[str, int]], entries: str, on: Any) -> str:
    """Planned against spent, source by source."""
    drawn = []
    for source, sums in by_source.items():
        for kind, css in ((PLANNED, "rest"), (SPENT, "held")):
            name = f"{KIND_WORDS[BudgetEntry.Kind(kind)]}: {SOURCE_WORDS[BudgetLine.Source(source)]}"
            amount = max(sums.get(kind, 0), 0)
            url = opens(entries, on, kind=kind, source=source)
            drawn.append(Bar(name, float(amount), money(amount), url, css))
    most = max((bar.value for bar in drawn), default=0) or 1
    return bars(
        drawn,
        title=_("Planned and spent by source"),
        description=_("The table below says the same, with what is allocated."),
        most=most,
    )


@needs("programmes.view")
@require_safe
def entries(request: HttpRequest, key: str) -> HttpResponse:
    """The entries that a sum was made of, and what they come to."""
    found = programme_at(request, key)
    on = day_of(request)
    form = FindEntriesForm(request.GET or None)
    rows = entries_of(found, on=on, **(form.cleaned_data if form.is_bound and form.is_valid() else {}))
    keeps = may(request.user, "programmes.budget", found.unit, on=today())
    context = {"caption": found.name, "on": on, "form": form, "breadcrumbs": way_to(found)}
    return render(request, "programmes/budget_entries.html", context | entries_page(request, rows, lambda one: keeps))


def entries_page(
    request: HttpRequest, rows: "QuerySet[BudgetEntry]", keeps: Callable[[BudgetEntry], bool]
) -> dict[str, Any]:
    """A page of entries with what all of them come to; `keeps`: whose the reader may counter."""
    totals = rows.aggregate(sum=Sum("amount", default=0), count=Count("pk"))
    paginator = Paginator(rows, PAGE)
    paginator.count = totals["count"]
    page = paginator.get_page(request.GET.get("page"))
    said_by = names_of({one.said_by for one in page})
    return {
        "page": page,
        "count": totals["count"],
        "sum": money(int(totals["sum"])),
        "rows": [_entry_row(one, said_by, keeps=keeps(one)) for one in page],
    }


def _entry_row(one: BudgetEntry, said_by: Mapping[str, str], *, keeps: bool) -> dict[str, Any]:
    countered = getattr(one, "countered", None)
    return {
        "entry": one,
        "line": line_words(one.line),
        "partner": one.line.partner.name if one.line.partner else "",
        "kind": KIND_WORDS[BudgetEntry.Kind(one.kind)],
        "amount": money(one.amount),
        "foreign": foreign_words(one),
        "said_by": said_by.get(one.said_by, one.said_by),
        "countered": countered,
        "counters": one.counters_id is not None,
        "may_counter": keeps and countered is None and one.counters_id is None,
    }


@needs("programmes.budget")
@require_http_methods(["GET", "POST"])
def new_line(request: HttpRequest, key: str) -> HttpResponse:
    """A line more."""
    found = programme_at(request, key)
    form = LineForm(request.POST or None, programme=found, initial={"year": found.period.lower.year})
    if request.method == "POST" and form.is_valid():
        try:
            made = add_budget_line(by=request.user, programme=found, text=form.text())  # type: ignore[arg-type]
            return redirect("programmes:enter_amount", made.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Add a budget line"), way_to(found), found.name)


@needs("programmes.budget")
@require_http_methods(["GET", "POST"])
def amount(request: HttpRequest, key: str) -> HttpResponse:
    """An amount of a line. What is out of order afterwards is said at once."""
    line = line_at(request, key)
    form = AmountForm(request.POST or None, initial={"day": today()})
    if request.method == "POST" and form.is_valid():
        try:
            enter_amount(by=request.user, line=line, text=form.text(), at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The amount is entered."))
            for one in budget_of(line.programme, on=today()).lines:
                for name in one.warnings if one.line.pk == line.pk else ():
                    messages.warning(request, f"{line_words(line)}: {WARNING_WORDS[name]}")
            return redirect("programmes:budget", line.programme.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return form_page(request, form, _("Enter an amount"), way_to(line.programme), line_words(line))


@needs("programmes.budget")
@require_http_methods(["GET", "POST"])
def counter(request: HttpRequest, key: str) -> HttpResponse:
    """Counters an amount with a reason."""
    rows = BudgetEntry.objects.select_related("line__programme__unit")
    entry = get_object_or_404(rows, key=key)
    programme = entry.line.programme
    check(request, programme.unit)
    form = CounterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            counter_amount(by=request.user, entry=entry, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The amount is countered. Enter the right one anew."))
            return redirect("programmes:budget", programme.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    caption = f"{line_words(entry.line)}, {KIND_WORDS[BudgetEntry.Kind(entry.kind)]}: {money(entry.amount)}"
    return form_page(request, form, _("Counter the amount"), way_to(programme), caption)
