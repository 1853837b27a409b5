"""The year ahead: what awaits the people of a unit and one person, and who is called twice within a week."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.common.refused import N_
from lantoa.directory import queries as directory
from lantoa.directory.access import check, day_of, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Person, Unit
from lantoa.training.queries import year as ahead
from lantoa.training.views.people import people_seen

PAGE = 50


@needs("directory.view_people")
@shows_people(N_("the year ahead of the people of a unit"))
@require_safe
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """Weeks with classes, calls to answer, people called twice; `?show=` and `?class=` open them."""
    this = get_object_or_404(Unit, key=key)
    check(request, this)
    on = day_of(request)
    span = ahead.Ahead(on)
    units = directory.itself_and_under(this, on=on)
    weeks = ahead.weeks_of(units, span)
    calls = ahead.calls_to(units, span)
    twice = ahead.called_twice(units, span)
    dated = {"on": on.isoformat()} if on != today() else {}
    show, class_key = request.GET.get("show", ""), request.GET.get("class", "")[:13]
    listed = ahead.people_of_class(units, span, class_key) if class_key else []
    rows = {"twice": twice, "calls": calls}.get(show, listed if class_key else weeks)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    called = directory.names([this.pk, *(row.unit_id for row in calls)], on=on)
    name = called[this.pk].full_name if this.pk in called else ""
    nominates = in_care(request.user, "training.nominate", on=today())  # type: ignore[arg-type]
    may_open = set(nominates.filter(pk__in={row.unit_id for row in calls}).values_list("pk", flat=True))
    people = [one.person.pk for one in twice] if show == "twice" else [person.pk for person, _called in listed]
    saw(request, this, len(page) if people else 0, part=page.number)
    as_of = f"?{urlencode(dated)}" if dated else ""
    return render(
        request,
        "training/unit_year.html",
        {
            "unit_name": name,
            "on": on,
            "show": show if show in {"twice", "calls"} else "class" if class_key else "",
            "page": page,
            "rows": list(page),
            "class_code": next((one.training_class.code for one in weeks if one.training_class.key == class_key), ""),
            "weeks": len({one.monday for one in weeks}),
            "calls": len(calls),
            "twice": len({one.person.pk for one in twice}),
            "called": {pk: placement.full_name for pk, placement in called.items()},
            "may_open": may_open,
            "seen": people_seen(request, people),
            "query": "&" + urlencode(dated) if dated else "",
            "all_url": request.path + as_of,
            "breadcrumbs": [
                {"label": name, "url": reverse("directory:unit", args=[key]) + as_of},
                {"label": _("Training of the people"), "url": reverse("training:unit", args=[key]) + as_of},
            ],
        },
    )


@needs("directory.view_people")
@shows_people(N_("the year ahead of a person"))
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """Everything that awaits one person, in the order of time."""
    this = get_object_or_404(Person, key=key)
    if this.pk not in people_seen(request, [this.pk]):
        raise Http404
    on = day_of(request)
    saw(request, this, 1)
    rows = ahead.year_of(this, ahead.Ahead(on))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "training/person_year.html",
        {
            "person": this,
            "on": on,
            "page": page,
            "rows": list(page),
            "twice": sum(1 for row in rows if row.after),
            "open": list(ahead.open_nominations(this)),
            "breadcrumbs": [
                {"label": this.full_name, "url": reverse("directory:person", args=[this.key])},
                {"label": _("Training of the person"), "url": reverse("training:person", args=[this.key])},
            ],
        },
    )
