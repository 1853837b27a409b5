"""Pages of a unit that takes a playbook on: its steps, checks, and help asked for and given."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.directory.access import care_of_unit, check, day_of, needs, today
from lantoa.pilots.actions.adopting import ask_help, check_fidelity, give_help, step_done, take_step_back
from lantoa.pilots.actions.spreads import leave_spread
from lantoa.pilots.forms_spreads import FOUND_WORDS, AnswerForm, CheckForm, HelpForm, ReasonForm, StepForm
from lantoa.pilots.models import Adoption, Help, StepDone
from lantoa.pilots.queries.leader import adoptions_of
from lantoa.pilots.queries.playbooks import book_of
from lantoa.pilots.queries.spreads import adoption_now, helps_of, may_help, with_steps
from lantoa.pilots.views.shared import (
    MANAGE,
    REPORT,
    Way,
    asked_unit,
    called,
    cared_for,
    form_page,
    holds,
    reader,
    tabs,
    way,
)
from lantoa.pilots.views.spreads import spread_seen, spread_way, state_of

PAGE = 50
FOUND_KINDS = {"as_written": "ok", "adapted": "wait", "left_out": "late"}


def _adoption(request: HttpRequest, key: str) -> Adoption:
    """One of a unit in the reader's care for the page's permission; 404 for strangers."""
    rows = Adoption.objects.select_related("unit", "wave", "spread__unit", "spread__version__playbook")
    found = get_object_or_404(rows, key=key)
    check(request, found.unit)
    return found


def _at(adoption: Adoption) -> str:
    return reverse("pilots:adoption", args=[adoption.key])


def _way(adoption: Adoption) -> Way:
    name = called([adoption.unit_id], on=today())[adoption.unit_id]["name"]
    return [*spread_way(adoption.spread), {"label": name, "url": _at(adoption)}]


@needs("pilots.view")
@require_safe
def adoptions(request: HttpRequest) -> HttpResponse:
    """What units in one's care take on as of a day; `?unit=` one of them with all in its care, `?show=` a state."""
    on, of, show = day_of(request), asked_unit(request), request.GET.get("show", "")
    care = care_of_unit(of.pk, on=on) if of else cared_for(request, "pilots.view")
    page = Paginator(adoptions_of(care, on=on, show=show), PAGE).get_page(request.GET.get("page"))
    units = called({row.adoption.unit_id for row in page} | ({of.pk} if of else set()), on=on)
    context = {
        "on": on,
        "of": units[of.pk]["name"] if of else "",
        "tabs": tabs("pilots:spreads"),
        "page": page,
        "rows": [(row, units[row.adoption.unit_id], state_of(row)) for row in page],
    }
    return render(request, "pilots/adoptions.html", context)


@needs("pilots.view")
@require_safe
def adoption(request: HttpRequest, key: str) -> HttpResponse:
    """A unit and the steps of the playbook, on a day."""
    found = _adoption(request, key)
    on = day_of(request)
    now = adoption_now(with_steps(Adoption.objects.filter(pk=found.pk)).get(), on=on)
    book = book_of(found.spread.version)
    lines = {row.step: row for row in found.steps.filter(taken_back_at=None, on__lte=on)}
    check_now = found.checks.filter(on__lte=on).order_by("-on", "-pk").first()
    context = {
        "adoption": found,
        "on": on,
        "now": now,
        "state": state_of(now),
        "unit": called([found.unit_id], on=on)[found.unit_id],
        "steps": [
            {
                "title": title,
                "done": lines.get(code),
                "found": _found(check_now.found.get(code, "")) if check_now else None,
            }
            for code, title in book.steps.items()
        ],
        "check": check_now,
        "taken_back": found.steps.filter(taken_back_at__isnull=False).order_by("-pk"),
        "helps": found.helps.select_related("helper").order_by("-pk"),
        "reports": holds(request, REPORT, found.unit) and found.left_on is None,
        "manages": holds(request, MANAGE, found.spread.unit),
        "breadcrumbs": spread_way(found.spread) if _sees_spread(request, found) else way(),
    }
    return render(request, "pilots/adoption.html", context)


def _sees_spread(request: HttpRequest, adoption: Adoption) -> bool:
    return holds(request, "pilots.view", adoption.unit)


def _found(name: str) -> tuple[str, Any] | None:
    return (FOUND_KINDS[name], FOUND_WORDS[name]) if name else None


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def new_step(request: HttpRequest, key: str) -> HttpResponse:
    """A step the unit has done."""
    found = _adoption(request, key)
    done = set(found.steps.filter(taken_back_at=None).values_list("step", flat=True))
    steps = {code: title for code, title in book_of(found.spread.version).steps.items() if code not in done}
    form = StepForm(request.POST or None, initial={"day": today()}, steps=steps)

    def act(values: dict[str, Any]) -> str:
        step_done(by=reader(request), adoption=found, at=timezone.now(), on=today(), **values)
        return _at(found)

    return form_page(request, form, act, title=_("Enter a step"), way=_way(found))


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def drop_step(request: HttpRequest, key: str) -> HttpResponse:
    """The step is not done after all."""
    done = get_object_or_404(StepDone.objects.select_related("adoption__unit", "adoption__spread"), key=key)
    check(request, done.adoption.unit)
    form = ReasonForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        take_step_back(by=reader(request), done=done, reason=values["reason"], at=timezone.now())
        return _at(done.adoption)

    return form_page(request, form, act, title=_("Take the step back"), way=_way(done.adoption))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def new_check(request: HttpRequest, key: str) -> HttpResponse:
    """Whether the unit does it as it is written."""
    found = _adoption(request, key)
    form = CheckForm(request.POST or None, initial={"day": today()}, steps=book_of(found.spread.version).steps)

    def act(values: dict[str, Any]) -> str:
        check_fidelity(
            by=reader(request),
            adoption=found,
            found=form.found(),
            words=values["words"],
            day=values["day"],
            at=timezone.now(),
            on=today(),
        )
        return _at(found)

    return form_page(request, form, act, title=_("Check whether it is done as written"), way=_way(found))


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """The unit does not go on."""
    found = _adoption(request, key)
    form = ReasonForm(request.POST or None)

    def act(values: dict[str, Any]) -> str:
        leave_spread(by=reader(request), adoption=found, reason=values["reason"], on=today())
        return _at(found)

    lead = _("It is given no place when the order is settled.")
    if found.place is not None:
        lead = _("It keeps its place in the order, so that what was drawn stays what it was.")
    return form_page(request, form, act, title=_("The unit leaves"), way=_way(found), lead=lead)


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """The unit asks the others."""
    found = _adoption(request, key)
    form = HelpForm(request.POST or None, steps=book_of(found.spread.version).steps)

    def act(values: dict[str, Any]) -> str:
        ask_help(by=reader(request), adoption=found, at=timezone.now(), **values)
        return _at(found)

    lead = _("Every unit of the spread, and the one that tried it first, reads this and may answer.")
    return form_page(request, form, act, title=_("Ask for help"), way=_way(found), lead=lead)


@needs("pilots.view")
@require_safe
def helps(request: HttpRequest, key: str) -> HttpResponse:
    """What units of the spread ask each other."""
    found = spread_seen(request, key)
    rows = list(helps_of(found)[:200])
    ids = {pk for row in rows for pk in (row.adoption.unit_id, row.helper_id) if pk}
    units = called(ids, on=today())
    steps = book_of(found.version).steps
    context = {
        "spread": found,
        "rows": [
            {
                "help": row,
                "unit": units[row.adoption.unit_id],
                "helper": units[row.helper_id] if row.helper_id else None,
                "step": steps.get(row.step, ""),
            }
            for row in rows
        ],
        "helps": may_help(reader(request), found, on=today()).exists(),
        "breadcrumbs": spread_way(found),
    }
    return render(request, "pilots/helps.html", context)


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """A unit of the spread answers another."""
    asked = get_object_or_404(Help.objects.select_related("adoption__spread"), key=key)
    found = spread_seen(request, asked.adoption.spread.key)
    units = may_help(reader(request), found, on=today())
    form = AnswerForm(request.POST or None, units=units, names=called([unit.pk for unit in units], on=today()))

    def act(values: dict[str, Any]) -> str:
        give_help(by=reader(request), asked=asked, at=timezone.now(), **values)
        return reverse("pilots:helps", args=[found.key])

    return form_page(request, form, act, title=_("Answer"), way=spread_way(found), lead=asked.text)
