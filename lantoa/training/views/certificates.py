"""Certificates: issued by the officer, taken by the learner, verified by anyone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.forms import Form
from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.permissions import PUBLIC
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import File, Job
from lantoa.office.queries.files import made_file
from lantoa.programmes.models import Programme
from lantoa.training.actions import certificates as act
from lantoa.training.actions import notices as tell
from lantoa.training.forms import DayField
from lantoa.training.models import Certificate
from lantoa.training.queries.certificates import (
    printed,
    public_keys,
    signed_revocations,
    verdict_on,
)
from lantoa.training.rules.certificate.offline import offline_page
from lantoa.training.rules.certificate.pdf import make_certificate
from lantoa.training.rules.certificate.trust import REASON_WORDS, keyed, read_list
from lantoa.training.views.classes import crumbs, programme_at

PAGE = 50


class SearchForm(Form):
    q = forms.CharField(label=gettext_lazy("Name or number"), max_length=100, required=False)


class IssueForm(Form):
    on = DayField(label=gettext_lazy("Dated"))


class RevokeForm(Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What may be published"),
        choices=[(kind.value, gettext_lazy(words)) for kind, words in REASON_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of them")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, for the file"),
        max_length=300,
        error_messages={"required": gettext_lazy("Enter the reason")},
    )


class VerifyForm(Form):
    text = forms.CharField(
        label=gettext_lazy("The text of the QR code, or its address"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@needs("training.certify")
@shows_people(N_("the certificates of a programme"))
@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest, key: str) -> HttpResponse:
    """What is due, what was issued, what was revoked; one button issues all that is due."""
    programme = programme_at(request, key)
    due = act.eligible(programme).count()
    form = IssueForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            job = _start(request, programme, form)
            return redirect("office:job", job.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    rows = (
        Certificate.objects.filter(enrolment__training_class__programme=programme)
        .select_related("enrolment__training_class", "enrolment__person")
        .order_by("id")
    )
    jobs = Job.objects.filter(kind="training.certificates", arguments__programme=programme.key, state=Job.State.DONE)
    last = jobs.order_by("-id").first()
    files = File.objects.filter(key__in=(last.result.get("files") or {}).values()) if last else []
    search = SearchForm(request.GET if "q" in request.GET else None)
    sought = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    if sought:
        rows = rows.filter(Q(number__icontains=sought) | Q(enrolment__person__folded__contains=fold(sought)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    saw(request, programme, len(page), part=page.number)
    return render(
        request,
        "training/certificates.html",
        {
            "programme": programme,
            "due": due,
            "form": form,
            "files": files,
            "lost": _lost(programme, last.result.get("lost") or {}) if last else [],
            "page": page,
            "search": search,
            "sought": sought,
            "breadcrumbs": crumbs(programme),
        },
        status=422 if form.errors else 200,
    )


def _lost(programme: Programme, lost: dict[str, str]) -> list[str]:
    """Of certificates in force that are in no file for the printer why: their number, whose, the letter that is of no
    typeface."""
    rows = Certificate.objects.filter(
        enrolment__training_class__programme=programme, number__in=lost, revoked_on=None
    ).exclude(payload="")
    words = _(
        "Certificate %(number)s of %(name)s is in no file: the typeface has no letter “%(letter)s”. Revoke it, write "
        "the name otherwise, and issue it anew."
    )
    return [
        words % {"number": row.number, "name": row.facts["name"], "letter": lost[row.number]}
        for row in rows.order_by("id")
    ]


def _start(request: HttpRequest, programme: Programme, form: IssueForm) -> Any:
    """Issues the first batch at once, so that a refusal is seen here; the rest and the printing are a job."""
    on = form.cleaned_data["on"]
    act.check_issuable(programme=programme, on=on, today=today())
    tell.issue_and_tell(by=request.user, programme=programme, on=on, at=timezone.now())  # type: ignore[arg-type]
    return start_job(
        by=request.user,  # type: ignore[arg-type]
        kind="training.certificates",
        arguments={"programme": programme.key, "on": on.isoformat()},
        unit=programme.unit,
        at=timezone.now(),
    )


@needs("training.learn")
@shows_people(N_("the certificate of a person"))
@require_safe
def certificate(request: HttpRequest, key: str) -> HttpResponse:
    """The certificate as a PDF, for its owner and for whoever issues certificates."""
    row = get_object_or_404(
        Certificate.objects.select_related("enrolment__person", "enrolment__training_class__unit"), key=key
    )
    own = row.enrolment.person.user_id == request.user.pk
    if not own:
        check(request, row.enrolment.training_class.unit, "training.certify")
    if row.revoked_on is not None or not row.payload:
        raise Http404
    saw(request, row.enrolment.person, 0 if own else 1)
    (paper,) = printed([row])
    return made_file(make_certificate(paper), f"chung-nhan-{row.key}.pdf")


@needs("training.certify")
@shows_people(N_("a certificate, to be revoked"))
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Revokes a certificate, with a reason."""
    row = get_object_or_404(
        Certificate.objects.select_related(
            "enrolment__training_class__programme", "enrolment__training_class__unit", "enrolment__person"
        ),
        key=key,
    )
    programme = row.enrolment.training_class.programme
    check(request, row.enrolment.training_class.unit)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tell.revoke_and_tell(
                by=request.user,  # type: ignore[arg-type]
                certificate=row,
                on=today(),
                at=timezone.now(),
                **form.cleaned_data,
            )
            messages.success(request, _("Certificate %(number)s is revoked.") % {"number": row.number})
            return redirect("training:certificates", programme.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    saw(request, row.enrolment.person, 1)
    return render(
        request,
        "training/revoke.html",
        {
            "form": form,
            "certificate": row,
            "consequences": [
                f"{row.number} · {row.facts['name']}",
                _("Everyone who checks it from now on reads that it was revoked."),
            ],
            "back": reverse("training:certificates", args=[programme.key]),
            "breadcrumbs": crumbs(programme),
        },
        status=422 if form.is_bound else 200,
    )


@needs(PUBLIC)
@require_safe
def verify(request: HttpRequest, text: str = "") -> HttpResponse:
    """Whether a certificate is genuine and in force; for anyone, without signing in."""
    text = (text or request.GET.get("text", ""))[:2_000].strip()
    context: dict[str, Any] = {"form": VerifyForm(initial={"text": text}), "text": text}
    if text:
        verdict, row = verdict_on(text, on=today())
        context |= {"verdict": verdict, "payload": verdict.payload, "certificate": row, "words": _(verdict.words)}
        context["valid_words"] = _("As of %(day)s no revocation is known.") % {"day": vdate(today())}
        if verdict.revocation:
            context["why"] = _(REASON_WORDS[verdict.revocation.reason])
    return render(request, "training/verify.html", context)


@needs(PUBLIC)
@require_safe
def revocations(request: HttpRequest) -> HttpResponse:
    """The dated, signed list of revocations."""
    listed = signed_revocations(on=today())
    if not listed:
        raise Http404
    return HttpResponse(listed, content_type="application/json; charset=utf-8")


@needs(PUBLIC)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """One page to keep on a phone: it verifies certificates without any line, by the list of revocations of today."""
    keys, listed = public_keys(), signed_revocations(on=today())
    page = offline_page(keys, read_list(listed, keyed(keys)) if listed else None, today())
    response = HttpResponse(page, content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lantoa-{today():%Y-%m-%d}.html"'
    return response
