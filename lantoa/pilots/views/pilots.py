"""Pages of pilots: the list, the page that a chair understands in a minute, the plan, the decision."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.templatetags.lantoa import vdate
from lantoa.directory.access import care_of_unit, check, day_of, needs, today
from lantoa.pilots.actions.pilots import change_pilot, decide_pilot, fix_plan, plan_pilot
from lantoa.pilots.forms import OUTCOME_WORDS, STAGE_WORDS, DecidePilotForm, FindPilotForm, PilotForm
from lantoa.pilots.models import PainPoint, Pilot, Reading
from lantoa.pilots.queries.pilots import (
    GateNow,
    MeasureNow,
    PilotNow,
    all_readings,
    find_pilots,
    fixed_late,
    last_day,
    past_gates,
    pilot_now,
    with_all,
)
from lantoa.pilots.views.pictures import figure, measure_picture
from lantoa.pilots.views.shared import (
    MANAGE,
    REPORT,
    Way,
    allowed,
    asked_unit,
    called,
    cared_for,
    form_page,
    holds,
    own_unit,
    reader,
    tabs,
    way,
)
from lantoa.programmes.actions import enter_decision
from lantoa.programmes.queries import unit_in_words

PAGE = 50
STAGE_KINDS = {"planned": "none", "waiting": "wait", "running": "now", "undecided": "late", "decided": "ok"}
CAME_WORDS = {
    "better": ("ok", gettext_lazy("better than before")),
    "worse": ("late", gettext_lazy("worse than before")),
    "same": ("wait", gettext_lazy("as before")),
}


def pilot_for(request: HttpRequest, key: str) -> Pilot:
    """One in the reader's care for the page's permission; 404 for strangers."""
    found = get_object_or_404(Pilot.objects.select_related("unit", "decision", "pain", "follows"), key=key)
    check(request, found.unit)
    return found


def at(pilot: Pilot) -> str:
    """The page of a pilot."""
    return reverse("pilots:pilot", args=[pilot.key])


def pilot_way(pilot: Pilot) -> Way:
    """To the page of a pilot."""
    return way((pilot.name, at(pilot)))


def stage_tag(now: PilotNow) -> dict[str, Any]:
    """Where it stands, as a state."""
    if now.stage == "decided":
        kind = {"spread": "ok", "adapt": "wait", "stop": "none"}[now.pilot.outcome]
        return {"kind": kind, "word": OUTCOME_WORDS[Pilot.Outcome(now.pilot.outcome)]}
    return {"kind": STAGE_KINDS[now.stage], "word": STAGE_WORDS[now.stage]}


@needs("pilots.view")
@require_safe
def pilots(request: HttpRequest) -> HttpResponse:
    """The pilots in one's care on a day: found by words, field and stage."""
    on = day_of(request)
    form = FindPilotForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    mine = Pilot.objects.filter(unit__in=cared_for(request, "pilots.view"))
    if of := asked_unit(request):
        mine = mine.filter(unit__in=care_of_unit(of.pk, on=on))
    found = find_pilots(
        mine, text=wanted.get("text", ""), field=wanted.get("field", ""), show=wanted.get("show", ""), on=on
    )
    page = Paginator(with_all(found), PAGE).get_page(request.GET.get("page"))
    units = called({one.unit_id for one in page}, on=on)
    rows = []
    for one in page:
        now = pilot_now(one, on=on)
        gate = now.next_gate
        rows.append(
            {
                "pilot": one,
                "unit": units[one.unit_id],
                "last": last_day(one),
                "state": stage_tag(now),
                "gate": gate.gate.on if gate else None,
                "late": now.late,
            }
        )
    context = {
        "tabs": tabs("pilots:pilots"),
        "of": called([of.pk], on=on)[of.pk]["name"] if of else "",
        "on": on,
        "form": form,
        "page": page,
        "rows": rows,
        "manages": cared_for(request, MANAGE).exists(),
    }
    return render(request, "pilots/pilots.html", context)


@needs("pilots.view")
@require_safe
def pilot(request: HttpRequest, key: str) -> HttpResponse:
    """One, on a day: measures against the baseline, the next gate, who is late."""
    found = pilot_for(request, key)
    on = day_of(request)
    now = pilot_now(with_all(Pilot.objects.filter(pk=found.pk)).get(), on=on)
    units = called({found.unit_id, *(one.measure.unit_id for one in now.measures)}, on=on)
    manages = holds(request, MANAGE, found.unit)
    gate = now.next_gate
    late = _late(now, units)
    readings = list(all_readings(found, on=on))
    corrected = _corrected_baselines(found, readings)
    context = {
        "pilot": found,
        "fixed_late": fixed_late(found, on=on),
        "on": on,
        "now": now,
        "unit": units[found.unit_id],
        "state": stage_tag(now),
        "last": last_day(found),
        "measures": [
            _measure_row(now, one, units) | {"corrected": corrected.get(one.measure.pk, [])} for one in now.measures
        ],
        "gates": [_gate_row(one) for one in now.gates],
        "past_gates": past_gates(found),
        "next_gate": _gate_row(gate) if gate else None,
        "late": late,
        "fields": found.fields.order_by("code"),
        "readings": [(row, figure(row.value, row.measure.counted_in)) for row in readings],
        "playbooks": found.playbooks.filter(unit__in=cared_for(request, "pilots.view")).order_by("title"),
        "manages": manages,
        "reports": holds(request, REPORT, found.unit) and not found.outcome,
        "open": found.fixed_at is None,
        "breadcrumbs": way(),
    }
    return render(request, "pilots/pilot.html", context)


def _late(now: PilotNow, units: dict[int, dict[str, str]]) -> list[str]:
    """Who is late with what, in sentences."""
    said = [
        _("%(unit)s has not measured “%(measure)s”, due on %(day)s.")
        % {"unit": units[one.measure.unit_id]["name"], "measure": one.measure.name, "day": vdate(one.due)}
        for one in now.measures
        if one.late
    ]
    said += [_("The gate of %(day)s is not decided.") % {"day": vdate(one.gate.on)} for one in now.gates if one.late]
    if now.stage == "undecided":
        said.append(
            _("%(unit)s has not decided what becomes of the pilot, which ended on %(day)s.")
            % {"unit": units[now.pilot.unit_id]["name"], "day": vdate(last_day(now.pilot))}
        )
    return said


def _corrected_baselines(pilot: Pilot, readings: list[Reading]) -> dict[int, list[str]]:
    """By measure what became of its baseline after the plan was fixed, in sentences."""
    by_key = {row.pk: row for row in readings}
    said: dict[int, list[str]] = {}
    for row in sorted(readings, key=lambda row: row.pk):
        was = by_key.get(row.corrects_id or 0)
        if row.baseline and was is not None and pilot.fixed_at is not None and row.recorded_at >= pilot.fixed_at:
            sentence = _("Baseline corrected on %(day)s from %(was)s to %(value)s: %(reason)s") % {
                "day": vdate(row.recorded_at),
                "was": figure(was.value, row.measure.counted_in),
                "value": figure(row.value, row.measure.counted_in),
                "reason": row.reason,
            }
            said.setdefault(row.measure_id, []).append(sentence)
    return said


def _measure_row(now: PilotNow, one: MeasureNow, units: dict[int, dict[str, str]]) -> dict[str, Any]:
    unit = one.measure.counted_in
    return {
        "measure": one.measure,
        "picture": measure_picture(now.pilot, one, on=now.on),
        "baseline": figure(one.baseline.value if one.baseline else None, unit),
        "baseline_on": one.baseline.on if one.baseline else None,
        "has_baseline": one.baseline is not None,
        "latest": figure(one.latest.value if one.latest else None, unit),
        "latest_on": one.latest.on if one.latest else None,
        "goal": figure(one.measure.goal, unit),
        "reached": one.reached,
        "came": CAME_WORDS.get(one.came),
        "due": one.due,
        "late": one.late,
        "unit": units[one.measure.unit_id]["name"],
    }


def _gate_row(one: GateNow) -> dict[str, Any]:
    gate = one.gate
    state = ("wait", _("to come"))
    if one.passed is not None:
        state = ("ok", _("met")) if one.passed else ("late", _("not met"))
    elif one.late:
        state = ("late", _("late"))
    return {
        "gate": gate,
        "passed": one.passed,
        "state": state,
        "value": figure(one.value, gate.measure.counted_in) if gate.measure else "",
        "bound": figure(gate.bound, gate.measure.counted_in) if gate.measure else "",
        "holds": one.holds,
    }


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_pilot(request: HttpRequest) -> HttpResponse:
    """A pilot by form; with `?pain=` against a pain point."""
    key = request.GET.get("pain", "")
    mine = cared_for(request, MANAGE)
    pain = get_object_or_404(PainPoint, key=key, unit__in=mine) if key else None
    initial = {"unit": own_unit(request, MANAGE)}
    if pain is not None:
        initial |= {"unit": unit_in_words(pain.unit, on=today()), "name": pain.title, "problem": pain.text}
    form = PilotForm(request.POST or None, initial=initial, on=today(), allowed=allowed(request, MANAGE))

    def act(values: dict[str, Any]) -> str:
        fields = values.pop("fields_of_work")
        made = plan_pilot(by=reader(request), pain=pain, fields=fields, **values)
        messages.success(
            request, _("The pilot is planned. Now say what is measured, and measure it before it starts.")
        )
        return at(made)

    lead = _("Against: %(title)s") % {"title": pain.title} if pain else ""
    return form_page(request, form, act, title=_("New pilot"), way=way(), lead=lead)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changes a plan that is not fixed."""
    found = pilot_for(request, key)
    names = ("name", "problem", "hypothesis", "budget", "paid_by", "first")
    initial = {name: getattr(found, name) for name in names} | {
        "last": last_day(found),
        "unit": unit_in_words(found.unit, on=today()),
        "fields_of_work": list(found.fields.values_list("code", flat=True)),
    }
    form = PilotForm(
        request.POST or None, initial=initial, on=today(), allowed=allowed(request, MANAGE), is_new=False
    )

    def act(values: dict[str, Any]) -> str:
        fields = values.pop("fields_of_work")
        change_pilot(by=reader(request), pilot=found, fields=fields, **values)
        return at(found)

    return form_page(request, form, act, title=_("Change the plan"), way=pilot_way(found))


@needs("pilots.manage")
@require_POST
def fix(request: HttpRequest, key: str) -> HttpResponse:
    """The plan stands from now on."""
    found = fix_plan(by=reader(request), pilot=pilot_for(request, key), at=timezone.now(), on=today())
    messages.success(request, _("The plan is fixed. The pilot starts on %(day)s.") % {"day": vdate(found.first)})
    return redirect(at(found))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """The decision at the end, with its record."""
    found = pilot_for(request, key)
    form = DecidePilotForm(request.POST or None)

    @transaction.atomic  # a decision that is refused leaves no legal act behind
    def act(values: dict[str, Any]) -> str:
        legal = None
        if values["number"]:
            legal = enter_decision(
                by=reader(request),
                number=values["number"],
                issued_on=values["issued_on"],
                issuer=values["issuer"],
                title=values["title"],
            )
        decide_pilot(
            by=reader(request),
            pilot=found,
            outcome=values["outcome"],
            reason=values["reason"],
            on=today(),
            decision=legal,
        )
        return at(found)

    lead = _("It is decided once, and stays.")
    return form_page(request, form, act, title=_("Decide on the pilot"), way=pilot_way(found), lead=lead)
