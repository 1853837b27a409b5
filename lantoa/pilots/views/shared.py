"""What the pages of the room share: the tabs, the page of a form, names of units with their heirs."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.accounts.models import User
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, grants_of, in_care, may, today
from lantoa.directory.models import Person, Unit, UnitQuerySet
from lantoa.directory.queries.heirs import stands_for
from lantoa.directory.queries.units import names
from lantoa.programmes.queries import unit_in_words

REPORT, MANAGE = "pilots.report", "pilots.manage"
Way = list[dict[str, str]]


def reader(request: HttpRequest) -> User:
    """Who reads; every page of the room is for whoever is signed in."""
    user = request.user
    assert isinstance(user, User)
    return user


def person_of(request: HttpRequest) -> Person | None:
    """The person behind the reader's account, if there is one."""
    return Person.objects.filter(user=reader(request)).first()


def cared_for(request: HttpRequest, permission: str) -> UnitQuerySet:
    """The units for which the reader holds the permission today."""
    return in_care(reader(request), permission, on=today())


def holds(request: HttpRequest, permission: str, unit: Unit) -> bool:
    """Whether the reader holds the permission for the unit today."""
    return may(request.user, permission, unit, on=today())


def allowed(request: HttpRequest, permission: str) -> Callable[[Unit], bool]:
    """For forms: the units that the reader may name."""
    return lambda unit: holds(request, permission, unit)


def own_unit(request: HttpRequest, permission: str) -> str:
    """The unit on which the reader's role was given, in words: what a form begins with."""
    units = grants_of(reader(request), permission, on=today()).units
    first = Unit.objects.filter(pk__in=units[:1]).first()
    return unit_in_words(first, on=today()) if first else ""


def asked_unit(request: HttpRequest) -> Unit | None:
    """The unit that `?unit=` asks for; 404 for strangers, None when none is asked for."""
    key = request.GET.get("unit", "")
    if not key:
        return None
    found = get_object_or_404(Unit, key=key)
    check(request, found)
    return found


def tabs(at: str) -> list[dict[str, Any]]:
    """The parts of the room."""
    parts = (
        ("pilots:pilots", _("Pilots")),
        ("pilots:pains", _("Pain points")),
        ("pilots:playbooks", _("Playbooks")),
        ("pilots:spreads", _("Spread")),
    )
    return [{"label": label, "url": reverse(name), "current": name == at} for name, label in parts]


def way(*steps: tuple[str, str]) -> Way:
    """Breadcrumbs: the room, then these (label, address)."""
    first = {"label": _("Pilots"), "url": reverse("pilots:pilots")}
    return [first, *({"label": label, "url": url} for label, url in steps)]


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], str],
    *,
    title: str,
    way: Way,
    lead: str = "",
    label: str = "",
) -> HttpResponse:
    """A form on a page of its own. `act` does it and says where to go next; what it refuses is said above."""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(act(form.cleaned_data))
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": title, "lead": lead, "label": label or _("Save"), "breadcrumbs": way}
    return render(request, "pilots/form.html", context)


def called(units: Iterable[int], *, on: date) -> dict[int, dict[str, str]]:
    """For each unit (id) its `name` on the day, its `short` one without the kind, and `now`: the heir that stands in
    its place, where it has ended."""
    ids = list(set(units))
    standing = stands_for(ids, on=on)
    placed = names([*ids, *standing.values()], on=on)
    found = {}
    for pk in ids:
        heir = standing.get(pk, pk)
        found[pk] = {
            "name": placed[pk].full_name if pk in placed else "",
            "short": placed[pk].name if pk in placed else "",
            "now": placed[heir].full_name if heir != pk and heir in placed else "",
        }
    return found
