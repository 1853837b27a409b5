"""Open classes: the public list, joining and leaving without an account; the officer opens a class and sees who
joined."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.accounts.rules import caller
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.directory.permissions import PUBLIC
from lantoa.directory.queries import names
from lantoa.training.actions import open_classes as act
from lantoa.training.forms_open import JoinForm, OpenForm
from lantoa.training.models import OpenClass
from lantoa.training.queries import open_classes as found_by
from lantoa.training.views.classes import class_at, crumbs
from lantoa.training.views.people import people_seen


def consent_words(opened: OpenClass) -> str:
    """What is agreed to: purpose, use, how long, how to take it back. Kept with whoever agreed."""
    found = opened.training_class
    called = names([found.unit_id], on=today())
    unit = called[found.unit_id].full_name if found.unit_id in called else found.unit.key
    return _(
        "I agree that %(unit)s uses my name and my telephone number or e-mail address to run class %(code)s: to keep"
        " my place, call the roll, tell me of changes and give me the certificate. Nothing else. I can take this back"
        " at any time by the link I get."
    ) % {"unit": unit, "code": found.code}


@needs(PUBLIC)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The classes that everybody may join."""
    found = list(found_by.open_classes(on=today(), at=timezone.now()))
    return render(request, "training/open/list.html", {"found": found})


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, key: str) -> HttpResponse:
    """One open class: what it is, and joining it."""
    opened = get_object_or_404(found_by.open_classes(on=today(), at=timezone.now()), key=key)
    consent = consent_words(opened)
    form = JoinForm(request.POST if request.method == "POST" else None, consent=consent)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        agreed = values.pop("consent")
        address = caller(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.PROXIES,
        )
        try:
            joining = act.join(
                opened=opened,
                visitor=act.Visitor(**values),
                consent=consent if agreed else "",
                address=address,
                at=timezone.now(),
                on=today(),
            )
            return _joined(request, opened, act.leaving_token(joining))
        except Refused as refused:
            form.add_error(None, say(refused))
    return render(
        request,
        "training/open/join.html",
        {"opened": opened, "found": opened.training_class, "form": form},
        status=422 if form.is_bound else 200,
    )


def _joined(request: HttpRequest, opened: OpenClass, token: str) -> HttpResponse:
    """Said at once and not by a redirect: the link to leave is shown this once."""
    response = render(
        request,
        "training/open/joined.html",
        {
            "found": opened.training_class,
            "meetings": opened.training_class.meetings.select_related("topic", "room").order_by("during"),
            "link": request.build_absolute_uri(reverse("training:leave", args=[token])),
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leaving an open class, and taking the consent back, by the link given when joining."""
    joining = found_by.joining_of(token)
    if joining is not None and request.method == "POST":
        try:
            act.leave(joining=joining, at=timezone.now())
            joining.refresh_from_db()
        except Refused as refused:
            return render(request, "training/open/leave.html", {"error": say(refused)}, status=409)
    response = render(
        request, "training/open/leave.html", {"joining": joining}, status=200 if joining is not None else 404
    )
    response["Cache-Control"] = "no-store"
    return response


@needs("training.manage")
@shows_people(N_("who joined an open class"))
@require_http_methods(["GET", "POST"])
def open_class(request: HttpRequest, key: str) -> HttpResponse:
    """Opens a class to everybody, and shows who joined it."""
    found = class_at(request, key)
    opened = OpenClass.objects.filter(training_class=found).first()
    initial = {"until": opened.until, "about": opened.about} if opened else {}
    form = OpenForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            act.open_class(by=request.user, training_class=found, on=today(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("Class %(code)s stands on the public page.") % {"code": found.code})
            return redirect("training:open_class", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    joined = found_by.joined(found) if opened else []
    saw(request, found, len(joined))
    return render(
        request,
        "training/open/open_class.html",
        {
            "found": found,
            "opened": opened,
            "is_open": opened is not None and opened.until >= today(),
            "link": opened and request.build_absolute_uri(reverse("training:join", args=[opened.key])),
            "form": form,
            "joined": joined,
            "seen": people_seen(request, [one.joining.enrolment.person_id for one in joined]),
            "breadcrumbs": crumbs(found.programme, found),
        },
        status=422 if form.is_bound else 200,
    )


@needs("training.manage")
@require_POST
def close_class(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a class off the public page."""
    found = class_at(request, key)
    opened = OpenClass.objects.filter(training_class=found).first()
    if opened is not None:
        act.close_class(by=request.user, opened=opened, on=today())  # type: ignore[arg-type]
    return redirect("training:open_class", found.key)
