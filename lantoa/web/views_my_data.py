"""A person's own page about their data: what it is used for, what they agreed to, what they ask."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.directory.models import Person, Unit
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.people import deciding_units, real_values
from lantoa.office.actions import privacy as act
from lantoa.office.models import Consent, DataRequest, Purpose, PurposeText
from lantoa.office.queries.privacy import purposes_for
from lantoa.web.forms_privacy import GROUNDS, OwnRequestForm
from lantoa.web.views_person_data import country, request_rows, send_package
from lantoa.web.views_privacy import reader

STALE = N_("Cannot do this: the page is no longer up to date. Load it again.")


def own_person(request: HttpRequest) -> Person:
    """The person who reads; else 404."""
    return get_object_or_404(Person, user=request.user.pk)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """What one's data are used for, by which right, one's consents, one's requests; and a form for a new request."""
    person = Person.objects.filter(user=request.user.pk).first()
    if person is None:
        return render(request, "web/my_data_nobody.html")
    form = OwnRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = act.enter_request(
                by=reader(request),
                person=person,
                unit=_unit_of(person),
                kind=form.cleaned_data["kind"],
                channel=Consent.Channel.PAGE,
                words=form.cleaned_data["words"],
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            words = _("Your request was received. You get an answer by %(reply)s; it is done by %(due)s.")
            messages.success(
                request, words % {"reply": f"{made.reply_by:%d/%m/%Y}", "due": f"{made.due_on:%d/%m/%Y}"}
            )
            return redirect("web:my_data")
    english = (get_language() or "vi").startswith("en")
    return render(
        request,
        "web/my_data.html",
        {
            "person": person,
            "name": real_values(person)["full_name"],
            "purposes": [
                {
                    "asked": one,
                    "title": one.text.title_en if english else one.text.title_vi,
                    "text": one.text.text_en if english else one.text.text_vi,
                    "ground": GROUNDS[Purpose.Ground(one.purpose.ground)],
                    "asks": one.purpose.ground == Purpose.Ground.CONSENT,
                }
                for one in purposes_for(person, on=today())
            ],
            "former": Consent.objects.filter(person=person, withdrawn_at__isnull=False)
            .select_related("purpose", "text")
            .order_by("-withdrawn_at")[:20],
            "requests": request_rows(
                list(DataRequest.objects.filter(person=person).select_related("person").order_by("-pk")[:20])
            ),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _unit_of(person: Person) -> Unit:
    """In whose care the request is: of the unit that looks after the person; of the country without any."""
    deciding = deciding_units(person, on=today())
    return Unit.objects.filter(pk__in=deciding).order_by("pk").first() or country()


@needs(SIGNED_IN)
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Agrees to a purpose, or withdraws: one press each. A refusal is said on the same page."""
    person = own_person(request)
    try:
        said = _withdraw(request, person) if request.POST.get("act") == "withdraw" else _agree(request, person)
    except Refused as refused:
        messages.error(request, say(refused))
    else:
        messages.success(request, said)
    return redirect("web:my_data")


def _withdraw(request: HttpRequest, person: Person) -> str:
    found = Purpose.objects.filter(code=request.POST.get("purpose", "")).first()
    if found is None:
        raise Refused(STALE)
    act.withdraw_consent(by=reader(request), person=person, purpose=found, at=timezone.now())
    return _("You no longer agree. Nothing is done with your data for this any more.")


def _agree(request: HttpRequest, person: Person) -> str:
    version = request.POST.get("version", "")
    texts = PurposeText.objects.filter(purpose__code=request.POST.get("purpose", "")).select_related("purpose")
    text = texts.filter(version=int(version)).first() if re.fullmatch("[0-9]{1,4}", version) else None
    if text is None:
        raise Refused(STALE)
    act.give_consent(
        by=reader(request),
        person=person,
        text=text,
        agreed=request.POST.get("agree") == "yes",
        channel=Consent.Channel.PAGE,
        language=(get_language() or "vi")[:5],
        at=timezone.now(),
    )
    return _("You agree. You can withdraw here at any time.")


@needs(SIGNED_IN)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Takes one's own request back."""
    person = own_person(request)
    found = DataRequest.objects.filter(person=person, key=request.POST.get("request", "")).first()
    if found is None:
        raise Refused(STALE)
    act.end_request(by=reader(request), request=found, state="taken_back", outcome="", at=timezone.now())
    messages.success(request, _("You have taken the request back."))
    return redirect("web:my_data")


@needs(SIGNED_IN)
@require_POST
def my_package(request: HttpRequest) -> HttpResponse:
    """Everything about oneself, at once."""
    return send_package(request, own_person(request))
