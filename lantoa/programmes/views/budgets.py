"""The money of all programmes in one's care: sums that open to their entries, and the same as a sheet."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.directory.access import day_of, in_care, needs, today
from lantoa.directory.queries.units import names
from lantoa.office.queries.files import made_file
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import table_workbook
from lantoa.programmes.forms.budget import FindBudgetsForm, FindEntriesUnderForm
from lantoa.programmes.models import BudgetLine, Programme
from lantoa.programmes.queries.budget import Portion, entries_under, owners_under, portions_under, summed
from lantoa.programmes.rules.budget import KINDS
from lantoa.programmes.views.budget import cells, entries_page, out_of_order, sum_rows
from lantoa.programmes.words_budget import KIND_WORDS, SOURCE_WORDS

PAGE = 50


def _care(request: HttpRequest) -> Any:
    return in_care(request.user, "programmes.view", on=today())  # type: ignore[arg-type]


def _wanted(request: HttpRequest, on: date) -> tuple[FindBudgetsForm, dict[str, Any], dict[int, str]]:
    """The form, what it asks for, and the names of the offices that have programmes with money."""
    owners = owners_under(_care(request))
    called = names(owners, on=on)
    in_order = sorted((called[pk].sort_key, key, called[pk].full_name) for pk, key in owners.items() if pk in called)
    form = FindBudgetsForm(request.GET or None, owners=[(key, name) for _sort, key, name in in_order])
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = {name: value for name, value in said.items() if value}
    return form, wanted, {pk: one.full_name for pk, one in called.items()}


@needs("programmes.view")
@require_safe
def budgets(request: HttpRequest) -> HttpResponse:
    """What is planned, allocated and spent of every programme on the day, by programme, source, year and giver."""
    on = day_of(request)
    form, wanted, called = _wanted(request, on)
    portions = portions_under(_care(request), on=on, **wanted)
    entries = reverse("programmes:budgets_entries")
    kept = {name: str(value) for name, value in wanted.items()}
    by_programme = summed(portions, lambda one: one.programme)
    found = Programme.objects.filter(pk__in=by_programme).order_by("-period__startswith", "code")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    givers = {key: sums for key, sums in summed(portions, lambda one: one.giver).items() if key}
    years, sources = summed(portions, lambda one: one.year), summed(portions, lambda one: one.source)
    context = {
        "on": on,
        "dated": on.isoformat(),
        "kept": "".join(f"&{name}={value}" for name, value in kept.items()),
        "form": form,
        "page": page,
        "programmes": [
            {
                "programme": one,
                "owner": called.get(one.unit_id, ""),
                "cells": cells(by_programme[one.pk], entries, on, {**kept, "programme": one.key}),
                "warnings": out_of_order(by_programme[one.pk]),
            }
            for one in page
        ],
        "total": cells(summed(portions, lambda one: None).get(None, {}), entries, on, kept) if portions else [],
        "sources": sum_rows(
            {SOURCE_WORDS[BudgetLine.Source(one)]: (sums, {**kept, "source": one}) for one, sums in sources.items()},
            entries,
            on,
        ),
        "years": sum_rows({str(one): (sums, {**kept, "year": str(one)}) for one, sums in years.items()}, entries, on),
        "givers": sum_rows({one: (sums, {**kept, "giver": one}) for one, sums in givers.items()}, entries, on),
        "invented": any(one.invented for one in portions),
        "breadcrumbs": _way()[:1],
    }
    return render(request, "programmes/budgets.html", context)


def _way() -> list[dict[str, str]]:
    return [
        {"label": _("Programmes"), "url": reverse("programmes:programmes")},
        {"label": _("Budgets of programmes"), "url": reverse("programmes:budgets")},
    ]


@needs("programmes.view")
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The entries of all programmes that a sum was made of, and what they come to."""
    on = day_of(request)
    form = FindEntriesUnderForm(request.GET or None)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = entries_under(_care(request), on=on, **said)
    context = {"caption": _("Budgets of programmes"), "across": True, "on": on, "form": form, "breadcrumbs": _way()}
    return render(request, "programmes/budget_entries.html", context | entries_page(request, rows, lambda one: False))


@needs("programmes.view")
@require_safe
def budgets_file(request: HttpRequest) -> HttpResponse:
    """A line for each programme, year, source and giver of the choice."""
    on = day_of(request)
    _form, wanted, called = _wanted(request, on)
    portions = portions_under(_care(request), on=on, **wanted)
    programmes = Programme.objects.in_bulk({one.programme for one in portions})
    columns = [
        Column(str(_("Programme")), weight=36),
        Column(str(_("Owner")), weight=28),
        Column(str(_("Year")), ColumnKind.MARK, 8),
        Column(str(_("Source of money")), weight=22),
        Column(str(_("Who gives it")), weight=22),
        *(Column(str(words), ColumnKind.NUMBER, 20) for words in KIND_WORDS.values()),
    ]
    rows = [_file_row(one, programmes[one.programme], called) for one in portions]
    notes = [_("Demonstration: every figure here is invented.")] if any(one.invented for one in portions) else []
    made = table_workbook(_("Budgets of programmes"), columns, rows, notes, landscape=True, made_on=today())
    return made_file(made, f"kinh-phi-{on:%Y-%m-%d}.xlsx")


def _file_row(one: Portion, programme: Programme, called: Mapping[int, str]) -> tuple[Any, ...]:
    source = str(SOURCE_WORDS[BudgetLine.Source(one.source)])
    said = (programme.name, called.get(programme.unit_id, ""), str(one.year), source, one.giver)
    return (*said, *(one.sums[kind] for kind in KINDS))
