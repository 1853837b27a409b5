"""The working days of a year: holidays, swapped days, and what the house itself has entered."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.words import say
from lantoa.directory.access import grants_of, needs, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.actions.days import change_day, restore_day, swap_days
from lantoa.office.forms import DayForm, WhyForm
from lantoa.office.models import DayChange
from lantoa.office.queries.days import days_before, year_of_days
from lantoa.office.queries.people import names_of
from lantoa.office.rules.days import FIRST_YEAR, LAST_YEAR


@needs(SIGNED_IN)
@require_safe
def list_days(request: HttpRequest) -> HttpResponse:
    """The special days of a year; this year's unless `?year=` says another."""
    year = _year(request)
    before = days_before(year)
    who = names_of({was.by for was in before})
    years = {_("Earlier: %(year)d"): year - 1, _("Later: %(year)d"): year + 1}
    return render(
        request,
        "office/days.html",
        {
            "year": year,
            "rows": year_of_days(year),
            "before": [(was, who[was.by]) for was in before],
            "years": [
                (f"?year={other}", words % {"year": other})
                for words, other in years.items()
                if FIRST_YEAR <= other <= LAST_YEAR
            ],
            "may_change": _is_everywhere(request),
        },
    )


@needs("office.change_days")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Enters a day of rest or of work, or both days of a swap."""
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        day, other, rests = said["day"], said["other"], said["kind"] == DayForm.REST
        values: dict[str, Any] = {"by": request.user, "words": said["words"], "at": timezone.now()}
        try:
            _refuse_unless_everywhere(request)
            if other:
                swap_days(rests=day if rests else other, works=other if rests else day, **values)
            else:
                change_day(day=day, works=not rests, **values)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return _to(day.year)
    return render(request, "office/change_day.html", {"form": form, "back": reverse("office:days")})


@needs("office.change_days")
@require_http_methods(["GET", "POST"])
def restore(request: HttpRequest, day: str) -> HttpResponse:
    """Takes the change of a day back, with a reason."""
    try:
        which = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    found = DayChange.objects.filter(day=which).first()
    if found is None:  # taken back already
        return _to(which.year)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _refuse_unless_everywhere(request)
        restore_day(by=request.user, day=which, reason=form.cleaned_data["reason"], at=timezone.now())  # type: ignore[arg-type]
        return _to(which.year)
    shown = {"day": vdate(which), "words": found.words}
    consequence = (
        _("%(day)s was a day of work: %(words)s") if found.works else _("%(day)s was a day of rest: %(words)s")
    )
    return render(
        request,
        "office/restore_day.html",
        {
            "title": _("Take back the change of %(day)s?") % shown,
            "consequences": [
                consequence % shown,
                _("From now on the day counts as the country's calendar has it."),
                _("Deadlines that were set already stay as they are."),
            ],
            "form": form,
            "back": f"{reverse('office:days')}?year={which.year}",
        },
    )


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    if not text:
        return today().year
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text[:5]) <= LAST_YEAR):
        raise Http404
    return int(text[:5])


def _to(year: int) -> HttpResponse:
    return redirect(f"{reverse('office:days')}?year={year}")


def _is_everywhere(request: HttpRequest) -> bool:
    return grants_of(request.user, "office.change_days", on=today()).everywhere  # type: ignore[arg-type]


def _refuse_unless_everywhere(request: HttpRequest) -> None:
    """The calendar is the whole house's."""
    if not _is_everywhere(request):
        raise Refused(N_("Cannot change this: it holds for the whole house, your role for a part of it."))
