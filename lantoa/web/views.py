"""Home: the desk of whoever is signed in."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.accounts.models import User
from lantoa.directory.access import grants_of, held_permissions, in_care, needs, today
from lantoa.directory.models import Person, Unit
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.units import names
from lantoa.training.models import Enrolment, Meeting
from lantoa.training.queries.calls import asked_in_care
from lantoa.training.queries.follow_up import asks_of
from lantoa.training.queries.here import SEEN_CODE, awaited
from lantoa.web.desk_words import waiting
from lantoa.web.queries import running_programmes
from lantoa.web.queries_installation import backup_trouble

SHOWN = 20


@needs(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the reader today: meetings to teach, learning, work that is due, programmes in their care."""
    if key := awaited(request.session.get(SEEN_CODE), now=timezone.now()):
        return redirect("training:here", key, "read")
    on, held = today(), held_permissions(request.user, on=today())
    context: dict[str, Any] = {"on": on, "now": timezone.now(), "held": held}
    if "programmes.view" in held:
        care = in_care(request.user, "programmes.view", on=on)  # type: ignore[arg-type]
        context["programmes"] = _named(running_programmes(care, now=timezone.now())[:SHOWN], on)
    if "training.nominate" in held and "training.manage" not in held:  # officers have the calls of their programmes
        own = in_care(request.user, "training.nominate", on=on)  # type: ignore[arg-type]
        context["asked"] = list(asked_in_care(own, on=on, waiting_only=True)[:SHOWN])
    context["waiting"] = waiting(request.user, held, on=on)  # type: ignore[arg-type]
    person = Person.objects.filter(user=request.user.pk).first()
    if person:
        meetings = Meeting.objects.select_related("training_class", "topic", "room", "gathering")
        taught = meetings.filter(lecturer=person, during__endswith__gt=timezone.now())
        learned = meetings.filter(
            training_class__enrolments__person=person,
            training_class__enrolments__withdrawn_at=None,
            during__endswith__gt=timezone.now(),
        )
        context["teaching"] = taught.order_by("during").first()
        context["learning"] = learned.order_by("during").first()
        context["teaches"] = "training.teach" in held and Meeting.objects.filter(lecturer=person).exists()
        context["superior"] = reverse("training:superior") if asks_of(person, on=on).exists() else ""
        context["learns"] = Enrolment.objects.filter(person=person, withdrawn_at=None).exists()
    if "programmes.manage" in held:
        context |= {"load_label": _("Load a programme file"), "load_url": reverse("training:load_plan")}
    if "api.manage" in held:  # administrators
        context["backup_trouble"] = backup_trouble(now=timezone.now())
    context["doors"] = [*_own_units(request.user, held, on), *_doors(held)]  # type: ignore[arg-type]
    return render(request, "web/home.html", context)


def _named(programmes: Any, on: date) -> list[dict[str, Any]]:
    rows = list(programmes)
    owners = names((row.unit_id for row in rows), on=on)
    return [
        {
            "programme": row,
            "owner": owners[row.unit_id].full_name if row.unit_id in owners else "",
            "url": reverse("training:programme", args=[row.key]),
            "running": row.period.lower <= on < row.period.upper,
            "over": row.period.upper <= on,
        }
        for row in rows
    ]


def _own_units(user: User, held: frozenset[str], on: date) -> list[dict[str, str]]:
    """The people of the units the reader was given a role on; not of the whole country."""
    granted = grants_of(user, "directory.view_people", on=on)
    if granted.everywhere or not granted.units:
        return []
    called = names(granted.units, on=on)
    keys = Unit.objects.filter(pk__in=list(called)[:SHOWN]).values_list("pk", "key")
    offered = [
        ("web:leader", _("Leader's page of %(unit)s")),
        ("directory:people", _("People of %(unit)s")),
        ("training:unit", _("Training of the people of %(unit)s")),
        ("training:unit_year", _("The year ahead of %(unit)s")),
    ]
    if "directory.issue_links" in held:
        offered.append(("training:follow_up", _("Superiors to be asked about learners of %(unit)s")))
    return [
        {"url": reverse(name, args=[key]), "label": label % {"unit": called[pk].full_name}}
        for pk, key in keys
        for name, label in offered
    ]


def _doors(held: frozenset[str]) -> list[dict[str, str]]:
    offered = [
        ("programmes.manage", "training:load_plan", _("Load a programme file")),
        ("training.nominate", "training:asked_list", _("Calls for nominations")),
        ("directory.view_people", "directory:units", _("People and units")),
        ("directory.edit_people", "directory:transfers", _("Transfers between units")),
        ("directory.merge_people", "directory:duplicates", _("People recorded twice")),
        ("programmes.view", "office:days", _("Working days")),
        ("ledger.view", "web:ledger", _("The ledger")),
    ]
    if "programmes.view" not in held:  # whoever has no programmes has these alone
        offered += [
            ("workshops.operate", "workshops:workshops", _("Workshops")),
            ("exams.invigilate", "exams:my_rooms", _("Exam rooms")),
        ]
    return [{"url": reverse(name), "label": label} for permission, name, label in offered if permission in held]
