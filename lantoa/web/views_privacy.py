"""The privacy desk: requests and their clocks, the register of purposes, what is kept how long."""

from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, may, needs, saw, shows_people, today
from lantoa.directory.actions.restriction import restrict_person
from lantoa.directory.models import Restriction, Unit
from lantoa.directory.queries.people import real_values, those_in_care
from lantoa.directory.queries.units import names
from lantoa.office.actions import privacy as act
from lantoa.office.actions.documents import draft_document
from lantoa.office.models import Breach, Consent, DataRequest, Document
from lantoa.office.queries.documents import paper_of
from lantoa.office.queries.people import names_of
from lantoa.office.queries.privacy import (
    breach_clock,
    last_paper,
    requests_of,
)
from lantoa.office.queries.privacy_papers import answer_paper
from lantoa.office.rules.papers.model import Paper
from lantoa.web.forms_privacy import (
    HeadForm,
    ReasonForm,
    RequestForm,
)
from lantoa.web.views_person_data import person_in_care, request_rows

PAGE = 50


def reader(request: HttpRequest) -> User:
    """The signed-in user."""
    assert isinstance(request.user, User)
    return request.user


@needs("office.view_privacy")
@shows_people(N_("the requests of people about their data"))
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits: requests with their clocks, breaches that run; and the doors to the registers."""
    care = in_care(reader(request), "office.view_privacy", on=today())
    ended = request.GET.get("show") == "ended"
    page = Paginator(requests_of(care, ended=ended), PAGE).get_page(request.GET.get("page"))
    saw(request, "office.datarequest:waiting", len(page))
    now = timezone.now()
    breaches = list(Breach.objects.filter(unit__in=care, closed_at=None).order_by("detected_at"))
    return render(
        request,
        "web/privacy_desk.html",
        {
            "page": page,
            "rows": request_rows(list(page)),
            "ended": ended,
            "tabs": [
                {"label": _("Waiting"), "url": "?", "current": not ended},
                {"label": _("Ended"), "url": "?show=ended", "current": ended},
            ],
            "breaches": [(one, breach_words(one, now)) for one in breaches],
            "restricted": _restricted(request, care),
        },
    )


def breach_words(breach: Breach, now: datetime) -> tuple[str, str]:
    """The kind and the words of a breach's clock: for a state."""
    clock = breach_clock(breach, now=now)
    until = f"{timezone.localtime(clock.until):%d/%m/%Y %H:%M}"
    late = (
        _("told late: 72 hours ended %(until)s")
        if breach.reported_at
        else _("the authority is not told: 72 hours ended %(until)s")
    )
    running = _("tell the authority by %(until)s (%(hours)d hours left)")
    return {
        "ok": ("ok", _("authority told in time")),
        "none": ("none", _("the authority need not be told")),
        "now": ("now", running % {"until": until, "hours": clock.hours}),
        "late": ("late", late % {"until": until}),
    }[clock.state]


def _restricted(request: HttpRequest, care: Any) -> list[dict[str, str]]:
    """Those whose use is restricted: no other list names them. For whoever may do something about it."""
    found = list(Restriction.objects.select_related("person").order_by("-since")[:200])
    mine = in_care(reader(request), "office.manage_privacy", on=today())
    cared = those_in_care([one.person_id for one in found], mine, on=today())
    return [
        {"name": one.values["full_name"], "url": reverse("web:person_data", args=[one.person.key])}
        for one in found
        if one.person_id in cared
    ]


# ---- requests


@needs("office.manage_privacy")
@shows_people(N_("a request about data"))
@require_http_methods(["GET", "POST"])
def enter_request(request: HttpRequest, key: str) -> HttpResponse:
    """A request that came on paper or by word of mouth."""
    person, unit = person_in_care(request, key, "office.manage_privacy")
    saw(request, person, 1)
    form = RequestForm(request.POST or None, initial={"received": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        now = timezone.now()
        noon = timezone.make_aware(datetime.combine(data["received"], time(12)))
        try:
            made = act.enter_request(
                by=reader(request),
                person=person,
                unit=unit,
                kind=data["kind"],
                channel=data["channel"],
                words=data["words"],
                received_at=min(noon, now) if data["received"] <= today() else noon,
                at=now,
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("web:data_request", made.key)
    return form_page(
        request,
        form,
        _("Enter a request"),
        _("Enter the request"),
        reverse("web:person_data", args=[key]),
        real_values(person)["full_name"],
    )


def form_page(
    request: HttpRequest, form: Any, title: str, label: str, back: str, caption: str = "", text: str = ""
) -> HttpResponse:
    """A page with one form and one button."""
    return render(
        request,
        "web/privacy_form.html",
        {"form": form, "title": title, "label": label, "back": back, "caption": caption, "text": text},
        status=422 if form.is_bound else 200,
    )


def _found(request: HttpRequest, key: str) -> DataRequest:
    found = get_object_or_404(DataRequest.objects.select_related("person__user", "unit", "answer"), key=key)
    check(request, found.unit)
    return found


@needs("office.view_privacy")
@shows_people(N_("one request about data"))
@require_safe
def data_request(request: HttpRequest, key: str) -> HttpResponse:
    """One request: what was asked, how its clock stands, and what can be done."""
    return _request_page(request, _found(request, key), ReasonForm())


def _request_page(request: HttpRequest, found: DataRequest, form: ReasonForm) -> HttpResponse:
    """The page of a request; a form that was sent and refused stands in it as it was typed."""
    key = found.key
    (row,) = request_rows([found])
    if found.person is not None:
        saw(request, found.person, 1)
    manages = may(request.user, "office.manage_privacy", found.unit, on=today())
    doers = names_of([found.entered_by, *([found.ended_by] if found.ended_by else [])])
    facts = [
        {"key": _("What is asked for"), "value": row["kind"]},
        {"key": _("In their words"), "value": found.words},
        {"key": _("Received"), "value": f"{timezone.localtime(found.received_at):%d/%m/%Y}"},
        {"key": _("Answer by"), "value": f"{found.reply_by:%d/%m/%Y}"},
        {"key": _("Do by"), "value": f"{found.due_on:%d/%m/%Y}"},
        {"key": _("Extended because"), "value": found.extension_reason},
        {"key": _("Entered by"), "value": doers[found.entered_by]},
        {"key": _("Ended by"), "value": doers.get(found.ended_by, "")},
        {"key": _("Outcome"), "value": found.outcome},
    ]
    return render(
        request,
        "web/data_request.html",
        {
            "found": found,
            "row": row,
            "facts": [fact for fact in facts if fact["value"]],
            "manages": manages,
            "form": form,
            "act_url": reverse("web:act_on_request", args=[key]),
            "person_url": reverse("web:person_data", args=[found.person.key])
            if manages and found.person and found.person.erased_at is None
            else "",
            "correct_url": reverse("directory:correct_person", args=[found.person.key])
            if found.person and found.kind == DataRequest.Kind.CORRECT
            else "",
        },
        status=422 if form.is_bound else 200,
    )


@needs("office.manage_privacy")
@shows_people(N_("one request about data"))
@require_POST
def act_on_request(request: HttpRequest, key: str) -> HttpResponse:
    """One of the acts of a request; what it asks for is done with it where the house can do it. A refusal is said
    beside what was typed."""
    found = _found(request, key)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            _act_on(request, found, request.POST.get("act", ""), form.cleaned_data["words"])
        except Refused as refused:
            form.add_error("words", say(refused))
        else:
            return redirect("web:data_request", key)
    return _request_page(request, _found(request, key), form)


@transaction.atomic
def _act_on(request: HttpRequest, found: DataRequest, what: str, words: str) -> None:
    by, now = reader(request), timezone.now()
    if what == "answer":
        act.answer_request(by=by, request=found, at=now)
        messages.success(request, _("Noted that the person was told."))
    elif what == "extend":
        act.extend_request(by=by, request=found, reason=words, at=now)
        messages.success(request, _("The time was extended, once."))
    elif what == "refuse":
        act.end_request(by=by, request=found, state="refused", outcome=words, at=now)
        messages.success(request, _("The request was refused, with its reason."))
    elif what == "done":
        _fulfil(found, by=by, at=now)
        act.end_request(by=by, request=found, state="done", outcome=words, at=now)
        messages.success(request, _("The request is done."))


def _fulfil(found: DataRequest, *, by: User, at: datetime) -> None:
    """Restricting and objecting are done by the button itself; erasing has its own page, which asks once more."""
    person = found.person
    if found.kind == DataRequest.Kind.DELETE and person is not None and person.erased_at is None:
        raise Refused(N_("Cannot end the request as done: the person is not erased yet. Open their data and erase."))
    if person is None or found.kind not in (DataRequest.Kind.RESTRICT, DataRequest.Kind.OBJECT):
        return
    if found.kind == DataRequest.Kind.OBJECT:
        for consent in Consent.objects.filter(person=person, withdrawn_at=None).select_related("purpose"):
            act.withdraw_consent(by=by, person=person, purpose=consent.purpose, at=at)
    if person.restricted_at is None:
        restrict_person(by=by, person=person, at=at)


def head_form(request: HttpRequest, unit: Unit, prefix: str) -> HeadForm:
    """Who issues and signs, as on the last paper of this desk."""
    last = last_paper([unit], prefix)
    if last is not None:
        paper = paper_of(last)
        initial = {
            **asdict(paper.issuer),
            "post": "\n".join(paper.signature.lines),
            "signer": paper.signature.name,
            "issuer": paper.issuer.name,
        }
    else:
        called = names([unit.pk], on=today())
        initial = {"issuer": called[unit.pk].full_name if unit.pk in called else ""}
    return HeadForm(request.POST or None, initial=initial)


def draft(request: HttpRequest, paper: Paper, unit: Unit, about: str) -> Document:
    """Keeps the paper as a draft of the desk."""
    kind = paper.kind.abbreviation or ""
    return draft_document(
        by=reader(request),
        kind=kind,
        title=paper.abstract,
        issuer=unit,
        symbol=f"{kind}-{paper.issuer.code}",
        content=paper,
        about=about,
        as_of=today(),
        at=timezone.now(),
    )


@needs("office.manage_privacy")
@require_http_methods(["GET", "POST"])
def answer_document(request: HttpRequest, key: str) -> HttpResponse:
    """The answer as an official document: drafted here, numbered by the clerk among the documents."""
    found = _found(request, key)
    if found.person is None:
        raise Http404
    form = head_form(request, found.unit, "office.datarequest:")
    if request.method == "POST" and form.is_valid():
        name = real_values(found.person)["full_name"]
        try:
            paper = answer_paper(found, form.head, name=name)
            document = draft(request, paper, found.unit, f"office.datarequest:{found.key}")
            act.attach_answer(by=reader(request), request=found, document=document)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            return redirect("office:document", document.key)
    return form_page(
        request, form, _("Draft the answer"), _("Draft the answer"), reverse("web:data_request", args=[key])
    )
