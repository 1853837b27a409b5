"""The officer's page of a programme, and the rows behind its numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from lantoa.common.pictures import Lane, Tick, timeline
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import percent, vdate, vnumber
from lantoa.common.vietnamese import fold
from lantoa.directory.access import check, day_of, may, needs, permissions_on, saw, shows_people, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.programmes.models import Programme
from lantoa.training.forms import ChoiceForm
from lantoa.training.queries import rows
from lantoa.training.queries.overview import Line, Overview, overview, unit_lines, units_of
from lantoa.training.views.people import people_seen

PAGE = 50
UNITS = 25  # of a programme on its page: below its classes, each with its figures


@needs("programmes.view")
@require_safe
def programme(request: HttpRequest, key: str) -> HttpResponse:
    """Done, late, missing, by class and by unit; each number opens to exactly its rows."""
    found = _programme(request, key)
    seen = overview(rows.Choice(found, day_of(request), now=timezone.now()))
    units = Paginator(units_of(seen.choice), UNITS).get_page(request.GET.get("page"))
    return render(
        request,
        "training/programme.html",
        {
            "programme": found,
            "owner": _owner(seen.choice),
            "mandate": _mandate(found),
            "overview": seen,
            "on": seen.choice.on,
            "picture": _timeline(seen) if seen.classes else "",
            "links": _links(seen.choice),
            "tables": _tables(seen, unit_lines(seen, list(units))),
            "units": units,
            "next": _next(request, seen),
            "tasks": _tasks(request, found),
            "new_class_label": _("Add a class"),
            "new_class_url": reverse("training:new_class", args=[found.key]),
        },
    )


@dataclass(frozen=True)
class _Column:
    """A number of each line: the rows it opens are those of `view` in `state`."""

    name: str
    label: str
    view: str = "people"
    state: str = ""
    of: str = ""  # the whole it is a part of


def _tables(seen: Overview, units: list[Line]) -> list[dict[str, Any]]:
    """By class and by unit. The addresses are worked out once for a table, not once for a figure."""
    people = _Column("people", escape(_("Learners")))
    attendance = _Column("attendance", escape(_("Attendance")))
    ends = (
        _Column("completed", escape(_("Completed")), state="completed"),
        _Column("missing", escape(_("Not completed")), state="missing"),
        _Column("certified", escape(_("Certificates")), state="certified"),
    )
    held = _Column("held", escape(_("Held")), "meetings", "held", of="meetings")
    late = _Column("late", escape(_("Without roll")), "meetings", "late")
    absent = _Column("absent", escape(_("Absent")), "presence", "absent")
    key = seen.choice.programme.key
    written = cache(lambda number: escape(vnumber(number)))  # the same figures stand there again and again
    addresses = {view: reverse(f"training:{view}", args=[key]) for view in ("people", "meetings", "presence")}
    return [
        {
            "title": title,
            "first": first,
            "labels": [column.label for column in columns],
            "rows": [_row(line, columns, addresses, written) for line in lines],
        }
        for title, first, lines, columns in (
            (_("By class"), _("Class"), seen.classes, (people, held, late, attendance, *ends)),
            (_("By unit"), _("Unit"), units, (people, attendance, absent, *ends)),
        )
    ]


# The figures of a hundred lines are written here, not in the template: there they would cost most of the page.
_CELL = '<td data-label="%s" class="lt-num">%s</td>'
_FIGURE = '<a class="govuk-link" data-opens href="%s">%s</a>%s'
_METER = (
    '<span class="lt-meter"><progress aria-label="%s" max="1" value="%s"></progress>'
    '<span class="lt-num">%s</span></span>'
)


def _row(
    line: Line, columns: tuple[_Column, ...], addresses: dict[str, str], written: Callable[[int], str]
) -> dict[str, Any]:
    query = escape(line.choice.query)  # once for a line: with a hundred units escaping each figure would cost most
    cells = []
    for column in columns:
        value = getattr(line, column.name)
        if column.name == "attendance":
            shown = "–" if value is None else _METER % (column.label, f"{value:.2f}", escape(percent(value)))
        else:
            state = f"&amp;state={column.state}" if column.state else ""
            of = f"/{written(getattr(line, column.of))}" if column.of else ""
            shown = _FIGURE % (f"{addresses[column.view]}?{query}{state}", written(value), of)
        cells.append(_CELL % (column.label, shown))
    found = line.training_class
    return {
        "title": line.title,
        "url": reverse("training:class", args=[found.key]) if found else "",
        "late": line.late,
        "cells": mark_safe("".join(cells)),
    }


def _owner(choice: rows.Choice) -> str:
    """The owner as it was called then."""
    unit = choice.programme.unit_id
    named = names([unit], on=choice.naming_day)
    return named[unit].full_name if named else ""


def _mandate(found: Programme) -> str:
    last = found.period.upper - timedelta(days=1)
    period = f"{vdate(found.period.lower)} – {vdate(last)}"
    return f"{found.decision.number} · {period}" if found.decision else period


def _links(choice: rows.Choice) -> dict[str, str]:
    key = choice.programme.key
    views = {
        "people": ["", "completed", "missing", "certified", "under_way"],
        "meetings": ["held", "late"],
        "presence": [""],
    }
    return {
        state or view: f"{reverse(f'training:{view}', args=[key])}?{choice.but(state=state).query}"
        for view, states in views.items()
        for state in states
    }


def _next(request: HttpRequest, seen: Overview) -> dict[str, Any]:
    """The one thing to do now on this programme, if there is one."""
    found, total = seen.choice.programme, seen.total
    if not may(request.user, "training.manage", found.unit, on=today()):
        return {}
    if not seen.classes:
        return {
            "words": _("Add the first class, or load a programme file."),
            "url": reverse("training:new_class", args=[found.key]),
            "label": _("Add a class"),
        }
    if not total.people:
        return {
            "words": _("Nobody is enrolled yet: load the roster as it came."),
            "url": reverse("training:import_roster", args=[found.key]),
            "label": _("Load a roster from a file"),
        }
    if total.late:
        words = ngettext(
            "%(count)d meeting is over without a roll.", "%(count)d meetings are over without a roll.", total.late
        )
        return {
            "words": words % {"count": total.late},
            "url": _links(seen.choice)["late"],
            "label": _("Show them"),
            "now": True,
        }
    waiting = total.completed - total.certified
    if waiting > 0:
        words = ngettext(
            "%(count)d person has completed and has no certificate yet.",
            "%(count)d people have completed and have no certificate yet.",
            waiting,
        )
        return {
            "words": words % {"count": waiting},
            "url": reverse("training:certificates", args=[found.key]),
            "label": _("Issue certificates"),
        }
    return {}


def _tasks(request: HttpRequest, found: Programme) -> list[dict[str, str]]:
    """What the reader may do here, as links."""
    offered = [
        ("programmes.view", "programmes:programme", _("Decision, partners and file of the programme")),
        ("training.manage", "training:new_class", _("Add a class")),
        ("training.manage", "training:calls", _("Calls for nominations")),
        ("office.import", "training:import_roster", _("Load a roster from a file")),
        ("office.import", "training:import_presence", _("Load presence sheets from a file")),
        ("office.import", "training:import_marks", _("Load marks from a file")),
        ("training.certify", "training:certificates", _("Certificates")),
        ("programmes.view", "training:feedback", _("Feedback: what people said")),
        ("office.manage_documents", "training:papers", _("Lists, presence sheets, results, report and decision")),
    ]
    allowed = permissions_on(request.user, found.unit, on=today())
    return [
        {"url": reverse(name, args=[found.key]), "label": label}
        for permission, name, label in offered
        if permission in allowed
    ]


@needs("programmes.view")
@shows_people(N_("the learners of a programme"))
@require_safe
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Who is meant by a number of people."""
    choice = _choice(request, key, rows.PEOPLE_STATES)
    found = rows.people(choice).select_related("person", "training_class").annotate(under_way=rows.under_way(choice))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    saw(request, choice.programme, len(page), part=page.number)
    called = names((row.unit_id for row in page), on=choice.naming_day)
    listed = [(row, called[row.unit_id].full_name if row.unit_id in called else "") for row in page]
    may_print = may(request.user, "office.manage_documents", choice.programme.unit, on=today())
    sheet = reverse("training:sheet", args=[choice.programme.key, "participants"])
    more = {
        "listed": listed,
        "seen": people_seen(request, [row.person_id for row in page]),
        "end_of_day": choice.end_of_day,
        "sheet": f"{sheet}?{choice.query}" if may_print else "",
    }
    return _list(request, "training/people.html", choice, page, more)


@needs("programmes.view")
@require_safe
def meetings(request: HttpRequest, key: str) -> HttpResponse:
    """Which meetings are meant by a number of meetings."""
    choice = _choice(request, key, rows.MEETING_STATES)
    found = rows.meetings(choice).select_related("training_class", "topic", "lecturer", "room", "gathering")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return _list(request, "training/meetings.html", choice, page, {"over_by": choice.over_by})


@needs("programmes.view")
@shows_people(N_("the presence of the learners of a programme"))
@require_safe
def presence(request: HttpRequest, key: str) -> HttpResponse:
    """Who was expected at which meeting, and whether they were there: what is meant by a number of presence."""
    choice = _choice(request, key, rows.PRESENCE_STATES)
    found = rows.presence(choice).select_related("person", "training_class")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    saw(request, choice.programme, len({row.person_id for row in page}), part=page.number)
    return _list(request, "training/presence.html", choice, page, {})


def _programme(request: HttpRequest, key: str) -> Programme:
    found = get_object_or_404(Programme.objects.select_related("unit", "decision"), key=key)
    check(request, found.unit)
    return found


def _choice(request: HttpRequest, key: str, states: tuple[str, ...]) -> rows.Choice:
    return choice_of(request, _programme(request, key), states)


def choice_of(request: HttpRequest, programme: Programme, states: tuple[str, ...]) -> rows.Choice:
    """What the address asks for: `?on=` `&class=` `&unit=` `&state=` `&name=`."""
    state = request.GET.get("state", "")
    return rows.Choice(
        programme=programme,
        on=day_of(request),
        now=timezone.now(),
        class_code=request.GET.get("class", "")[:40],
        unit_key=request.GET.get("unit", "")[:13],
        state=state if state in states else "",
        name=fold(request.GET.get("name", ""))[:100],
    )


def _list(request: HttpRequest, template: str, choice: rows.Choice, page: Any, more: dict[str, Any]) -> HttpResponse:
    named = names(
        Unit.objects.filter(key=choice.unit_key).values_list("pk", flat=True),
        on=choice.naming_day,
    )
    unit = next(iter(named.values()), None)
    states = STATE_WORDS[template]
    form = ChoiceForm(
        request.GET if {"class", "state", "name"} & set(request.GET) else None,
        classes=choice.programme.classes.order_by("code").values_list("code", flat=True),
        states=states,
        named=template == "training/people.html",
    )
    return render(
        request,
        template,
        {
            "programme": choice.programme,
            "on": choice.on,
            "page": page,
            "form": form,
            "clear": f"?on={choice.on:%Y-%m-%d}",
            "unit_name": unit.full_name if unit else _owner(choice),
            "heading": " · ".join(
                str(part) for part in (TITLES[template], choice.class_code, states.get(choice.state)) if part
            ),
            "breadcrumbs": [
                {"label": choice.programme.name, "url": reverse("training:programme", args=[choice.programme.key])}
            ],
            **more,
        },
    )


TITLES = {
    "training/people.html": gettext_lazy("Learners"),
    "training/meetings.html": gettext_lazy("Meetings"),
    "training/presence.html": gettext_lazy("Presence"),
}
STATE_WORDS: dict[str, dict[str, Any]] = {
    "training/people.html": {
        "completed": gettext_lazy("completed"),
        "certified": gettext_lazy("with a certificate"),
        "under_way": gettext_lazy("under way"),
        "missing": gettext_lazy("not completed"),
        "withdrawn": gettext_lazy("withdrawn"),
    },
    "training/meetings.html": {
        "held": gettext_lazy("held"),
        "late": gettext_lazy("no roll"),
        "coming": gettext_lazy("to come"),
    },
    "training/presence.html": {
        "present": gettext_lazy("present"),
        "partial": gettext_lazy("for a part"),
        "leave": gettext_lazy("on leave"),
        "absent": gettext_lazy("absent"),
    },
}


def _timeline(seen: Overview) -> str:
    period = seen.choice.programme.period
    word = cache(vdate)  # classes meet on the same days
    lanes = [
        Lane(
            line.title,
            [
                Tick(day := timezone.localdate(starts), state, word(day))
                for starts, state in seen.lanes.get(line.title, ())
            ],
            reverse("training:class", args=[line.training_class.key]) if line.training_class else "",
        )
        for line in seen.classes
    ]
    return timeline(
        lanes,
        start=period.lower,
        end=period.upper,
        today=seen.choice.on if period.lower <= seen.choice.on < period.upper else None,
        title=_("Meetings of each class over time"),
        description=_("A lane for each class, a tick for each meeting; the table below says the same."),
        today_word=vdate(seen.choice.on),
        month_word=lambda day: date_format(day, "m/Y"),
    )
