"""Pages of a pilot's measures, their values, and its gates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.directory.access import check, needs, today
from lantoa.pilots.actions.measuring import correct_reading, decide_gate, enter_reading, remove_gate, write_gate
from lantoa.pilots.actions.pilots import add_measure, remove_measure
from lantoa.pilots.forms import CorrectForm, DecideGateForm, GateForm, MeasureForm, ReadingForm
from lantoa.pilots.models import Gate, Measure, Reading
from lantoa.pilots.views.pilots import at, pilot_for, pilot_way
from lantoa.pilots.views.shared import form_page, reader


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_measure(request: HttpRequest, key: str) -> HttpResponse:
    """Something that is measured."""
    found = pilot_for(request, key)
    form = MeasureForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        add_measure(by=reader(request), pilot=found, **values)
        return at(found)

    return form_page(request, form, act, title=_("New measure"), way=pilot_way(found))


@needs("pilots.manage")
@require_POST
def drop_measure(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a measure out of a plan that is not fixed."""
    found = get_object_or_404(Measure.objects.select_related("pilot__unit"), key=key)
    check(request, found.pilot.unit)
    remove_measure(by=reader(request), measure=found)
    return redirect(at(found.pilot))


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def new_reading(request: HttpRequest, key: str) -> HttpResponse:
    """A value of a measure: the baseline while the plan is not fixed, else a value of the pilot."""
    found = get_object_or_404(Measure.objects.select_related("pilot__unit", "unit"), key=key)
    check(request, found.unit)
    baseline = found.pilot.fixed_at is None
    form = ReadingForm(request.POST or None, initial={"day": today()})

    def act(values: dict[str, Any]) -> str:
        enter_reading(by=reader(request), measure=found, at=timezone.now(), on=today(), baseline=baseline, **values)
        return at(found.pilot)

    lead = _("%(measure)s, in %(unit)s") % {"measure": found.name, "unit": found.counted_in}
    title = _("Enter the baseline") if baseline else _("Enter a value")
    return form_page(request, form, act, title=title, way=pilot_way(found.pilot), lead=lead)


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """Another value for the same day; the first one stays beside it."""
    found = get_object_or_404(Reading.objects.select_related("measure__pilot__unit", "measure__unit"), key=key)
    check(request, found.measure.unit)
    form = CorrectForm(request.POST or None, initial={"value": found.value})

    def act(values: dict[str, Any]) -> str:
        correct_reading(by=reader(request), reading=found, at=timezone.now(), **values)
        return at(found.measure.pilot)

    lead = _("What was entered first stays beside it.")
    return form_page(request, form, act, title=_("Correct a value"), way=pilot_way(found.measure.pilot), lead=lead)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_gate(request: HttpRequest, key: str) -> HttpResponse:
    """A day and the criterion asked on it."""
    found = pilot_for(request, key)
    form = GateForm(request.POST or None, pilot=found)

    def act(values: dict[str, Any]) -> str:
        write_gate(by=reader(request), pilot=found, on=today(), **values)
        return at(found)

    lead = _("Once its day has come, its criterion is not changed any more.")
    return form_page(request, form, act, title=_("New gate"), way=pilot_way(found), lead=lead)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def change_gate(request: HttpRequest, key: str) -> HttpResponse:
    """Other words or another day for a gate whose day has not come; the old ones stay on record."""
    found = _gate(request, key)
    initial = {"day": found.on, "criterion": found.criterion, "bound": found.bound}
    if found.measure:
        initial["measure"] = found.measure.key
    form = GateForm(request.POST or None, initial=initial, pilot=found.pilot)

    def act(values: dict[str, Any]) -> str:
        write_gate(by=reader(request), pilot=found.pilot, on=today(), replaces=found, **values)
        return at(found.pilot)

    lead = _("How it reads now stays on record.")
    return form_page(request, form, act, title=_("Change the gate"), way=pilot_way(found.pilot), lead=lead)


@needs("pilots.manage")
@require_POST
def drop_gate(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a gate out of a plan that is not fixed."""
    found = _gate(request, key)
    remove_gate(by=reader(request), gate=found)
    return redirect(at(found.pilot))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def pass_gate(request: HttpRequest, key: str) -> HttpResponse:
    """Whether the criterion was met."""
    found = _gate(request, key)
    form = DecideGateForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        decide_gate(by=reader(request), gate=found, on=today(), **values)
        return at(found.pilot)

    return form_page(
        request, form, act, title=_("Decide on the gate"), way=pilot_way(found.pilot), lead=found.criterion
    )


def _gate(request: HttpRequest, key: str) -> Gate:
    found = get_object_or_404(Gate.objects.select_related("pilot__unit", "measure"), key=key)
    check(request, found.pilot.unit)
    return found
