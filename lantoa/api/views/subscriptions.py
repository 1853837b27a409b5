"""Pages for administrators: who is told of events, a new subscription (its secret shown once), what was sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.api.actions.webhooks import Subscribed, renew_secret, subscribe, unsubscribe
from lantoa.api.forms import SubscriptionForm
from lantoa.api.models import Delivery, Subscription
from lantoa.api.queries.events import last_deliveries
from lantoa.api.rules.events import EVENTS
from lantoa.api.views.systems import reader_of
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Other systems"), "url": reverse("api:systems")}]


@needs("api.manage")
@require_http_methods(["GET", "POST"])
def new_subscription(request: HttpRequest, key: str) -> HttpResponse:
    """Another system is told of what happens in the unit and everything under it."""
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = subscribe(by=reader_of(request), unit=unit, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return _shown(request, made)
    called = names([unit.pk], on=today())
    context = {
        "form": form,
        "name": called[unit.pk].full_name if called else "",
        "back": reverse("api:systems"),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "api/new_subscription.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, made: Subscribed) -> HttpResponse:
    context = {"made": made, "breadcrumbs": _crumbs()}
    response = render(request, "api/subscribed.html", context)
    response["Cache-Control"] = "no-store"
    return response


@needs("api.manage")
@require_http_methods(["GET", "POST"])
def subscription(request: HttpRequest, key: str) -> HttpResponse:
    """One subscription: what was sent, what was not taken; another secret, or no more events."""
    found = get_object_or_404(Subscription.objects.select_related("unit"), key=key)
    check(request, found.unit)
    if request.method == "POST" and found.stopped_at is None:
        if request.POST.get("act") == "renew":
            return _shown(request, renew_secret(by=reader_of(request), subscription=found))
        if request.POST.get("act") == "stop":
            unsubscribe(by=reader_of(request), subscription=found, at=timezone.now())
            messages.success(request, _("No more events are sent to %(name)s.") % {"name": found.name})
            return redirect("api:systems")
    return render(
        request,
        "api/subscription.html",
        {
            "subscription": found,
            "events": [_(EVENTS[event]) for event in found.events if event in EVENTS],
            "rows": [_row(one) for one in last_deliveries(found)],
            "breadcrumbs": _crumbs(),
        },
    )


def _row(one: Delivery) -> dict[str, Any]:
    kind, word = {
        Delivery.State.WAITING: ("wait", _("waiting")),
        Delivery.State.TAKEN: ("ok", _("taken")),
        Delivery.State.GIVEN_UP: ("late", _("given up")),
    }[Delivery.State(one.state)]
    why = _(one.fault) if one.fault else str(one.status or "")
    return {"delivery": one, "kind": kind, "word": word, "why": why, "said": _(EVENTS.get(one.event.kind, "?"))}
