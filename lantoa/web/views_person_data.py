"""What the privacy desk sees and does about one person: everything known, the package, restriction, erasure."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.actions.restriction import lift_restriction, restrict_person
from lantoa.directory.models import Level, Person, Restriction, Unit
from lantoa.directory.queries.people import deciding_units, is_in_care, real_values
from lantoa.ledger.actions import record
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import DataRequest, Erasure
from lantoa.office.queries.files import made_file
from lantoa.office.queries.people import names_of
from lantoa.office.queries.privacy import Standing, standings
from lantoa.web.forms_privacy import KINDS, STATES
from lantoa.web.queries_privacy import Section, everything_about, package

SHOWN = 20  # rows of a table on the page; the package has them all


def person_in_care(request: HttpRequest, key: str, permission: str) -> tuple[Person, Unit]:
    """The person and the unit in whose care they are, if the reader holds the permission there; else 404."""
    assert isinstance(request.user, User)
    person = get_object_or_404(Person.objects.select_related("user"), key=key, erased_at=None)
    on = today()
    care = in_care(request.user, permission, on=on)
    deciding = deciding_units(person, on=on)
    if not is_in_care(deciding, care):
        raise Http404
    unit = care.filter(pk__in=deciding).order_by("pk").first() if deciding else country()
    if unit is None:
        raise Http404
    return person, unit


def country() -> Unit:
    """The unit above all, in whose care a person without any post is."""
    return Unit.objects.filter(placements__parent=None, placements__level=Level.COUNTRY).order_by("pk")[0]


def clock_of(standing: Standing | None, request: DataRequest) -> tuple[str, str]:
    """The kind and the words of a request's clock: for a state."""
    if standing is None:
        return (
            "ok" if request.state == DataRequest.State.DONE else "none",
            str(STATES[DataRequest.State(request.state)]),
        )
    what = _("answer by %(day)s") if standing.what == "reply" else _("do by %(day)s")
    said = what % {"day": f"{standing.day:%d/%m/%Y}"}
    if standing.late:
        return "late", _("late: %(what)s") % {"what": said}
    if standing.day == today():
        return "wait", _("%(what)s (due today)") % {"what": said}
    left = ngettext("%(count)d working day left", "%(count)d working days left", standing.left) % {
        "count": standing.left
    }
    return "wait" if standing.left <= 3 else "now", f"{said} ({left})"


def request_rows(requests: list[DataRequest]) -> list[dict[str, Any]]:
    """Requests for a list: whose, what, how the clock stands. The same number of queries for any number of rows."""
    on = today()
    clocks = standings(requests, on=on)
    restricted = dict(
        Restriction.objects.filter(person__in=[one.person_id for one in requests if one.person_id]).values_list(
            "person_id", "values"
        )
    )
    return [
        {
            "request": one,
            "url": reverse("web:data_request", args=[one.key]),
            "name": restricted[one.person_id]["full_name"]
            if one.person_id in restricted
            else (one.person.full_name if one.person else _("(erased)")),
            "kind": KINDS[DataRequest.Kind(one.kind)],
            "clock": clock_of(clocks.get(one.pk), one),
        }
        for one in requests
    ]


@needs("office.manage_privacy")
@shows_people(N_("all data of a person"))
@require_safe
def person_data(request: HttpRequest, key: str) -> HttpResponse:
    """All that every room knows about a person, and what can be done with it."""
    person = person_in_care(request, key, "office.manage_privacy")[0]
    saw(request, person, 1)
    sections = everything_about(person, on=today())
    return render(
        request,
        "web/person_data.html",
        {
            "person": person,
            "name": real_values(person)["full_name"],
            "sections": [_shown(section) for section in sections],
            "requests": request_rows(
                list(DataRequest.objects.filter(person=person).select_related("person").order_by("-id"))
            ),
            "export_url": reverse("web:export_person", args=[key]),
            "erase_url": reverse("web:erase_person", args=[key]),
            "restrict_url": reverse("web:restrict_person", args=[key]),
        },
    )


def _shown(section: Section) -> dict[str, Any]:
    rows = [
        [
            (heading, vnumber(value) if isinstance(value, float) else value)
            for heading, value in zip(section.headings, row, strict=True)
        ]
        for row in section.rows[:SHOWN]
    ]
    return {"title": section.title, "count": len(section.rows), "rows": rows, "more": len(section.rows) > SHOWN}


def send_package(request: HttpRequest, person: Person) -> HttpResponse:
    """The package as a download; nothing of it is kept here. That it was taken is a line of the ledger."""
    with transaction.atomic():
        record(by=request.user, act="web.export_person", thing=person)  # type: ignore[arg-type]
    return made_file(package(person, at=timezone.now()), f"du-lieu-ca-nhan-{person.key}.zip")


@needs("office.manage_privacy")
@shows_people(N_("all data of a person as a file"))
@require_POST
def export_person(request: HttpRequest, key: str) -> HttpResponse:
    """The package of a person, for the answer to their request."""
    person = person_in_care(request, key, "office.manage_privacy")[0]
    saw(request, person, 1)
    return send_package(request, person)


@needs("office.manage_privacy")
@require_POST
def restrict(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a person out of use, or lets them back."""
    person = person_in_care(request, key, "office.manage_privacy")[0]
    if person.restricted_at is None:
        restrict_person(by=request.user, person=person, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The use of these data is restricted from now on."))
    else:
        lift_restriction(by=request.user, person=person)  # type: ignore[arg-type]
        messages.success(request, _("The restriction is lifted."))
    return redirect("web:person_data", key)


@needs("office.manage_privacy")
@shows_people(N_("the page that erases a person"))
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """Asks once more, then a job erases: it searches the whole database and all files."""
    person, unit = person_in_care(request, key, "office.manage_privacy")
    asked = DataRequest.objects.filter(person=person, kind=DataRequest.Kind.DELETE, ended_at=None).first()
    if request.method == "POST":
        job = start_job(
            by=request.user,  # type: ignore[arg-type]
            kind="web.erase_person",
            arguments={"person": person.key, "request": asked.key if asked else ""},
            unit=unit,
            at=timezone.now(),
        )
        return redirect("office:job", job.key)
    saw(request, person, 1)
    return render(
        request,
        "web/erase_person.html",
        {
            "name": real_values(person)["full_name"],
            "asked": asked,
            "consequences": [
                _("All about this person is deleted in every room: account, posts, contacts, what they handed in."),
                _("Certificates, rolls and marks stay without a name; numbered documents stay as they were issued."),
                _("Uploaded files that hold them lose their content, also the rows of others in them."),
                _("Then the whole database and all files are searched, and what is still found is shown."),
            ],
            "back": reverse("web:person_data", args=[key]),
        },
    )


@needs("office.view_privacy")
@require_safe
def erasure(request: HttpRequest, key: str) -> HttpResponse:
    """What an erasure deleted, what stayed and why, and what the search found afterwards."""
    made = get_object_or_404(Erasure.objects.select_related("unit"), key=key)
    check(request, made.unit)
    fates = {"deleted": _("deleted"), "anonymised": _("without a name"), "kept": _("kept")}
    kinds = {"deleted": "ok", "anonymised": "wait", "kept": "none"}
    return render(
        request,
        "web/erasure.html",
        {
            "made": made,
            "who": names_of([made.by])[made.by],
            "gone": [
                {
                    "table": _(one["table"]),
                    "count": one["count"],
                    "fate": fates[one["fate"]],
                    "kind": kinds[one["fate"]],
                    "why": _(one["why"]) if one["why"] else "",
                }
                for one in made.gone
            ],
            "traces": [{**one, "why": _(str(one["why"]))} for one in made.traces],
        },
    )
