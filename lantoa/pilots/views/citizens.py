"""What citizens write: the public page, taking the consent back, and the pages of those who look at it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.accounts.rules import caller
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say as in_words
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.models import Unit
from lantoa.directory.permissions import PUBLIC
from lantoa.pilots.actions import citizens as act
from lantoa.pilots.forms_citizens import DeclineForm, SayForm, TakeOverForm
from lantoa.pilots.models import CitizenWord
from lantoa.pilots.queries.citizens import word_of, words_of
from lantoa.pilots.views.shared import REPORT, called, cared_for, form_page, reader, way
from lantoa.programmes.queries import unit_in_words

PAGE = 50
LISTS = {"waiting": N_("To be looked at"), "decided": N_("Looked at")}


def consent_words() -> str:
    """What is agreed to: purpose, use, how long, how to take it back. Kept with whoever agreed."""
    return _(
        "I agree that the office I write to uses my name and my telephone number or e-mail address to answer me."
        " Nothing else. They are erased when I am answered, and after 180 days at the latest. I can take this back"
        " at any time by the link I get."
    )


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def say(request: HttpRequest) -> HttpResponse:
    """A citizen writes what hurts in a commune. `?unit=` fills the commune in, for a code on the wall."""
    unit = Unit.objects.filter(key=request.GET.get("unit", "")[:13].replace("\0", "")).first()
    initial = {"unit": unit_in_words(unit, on=today())} if unit else {}
    consent = consent_words()
    form = SayForm(request.POST if request.method == "POST" else None, initial=initial, consent=consent)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        address = caller(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            proxies=settings.PROXIES,
        )
        try:
            word = act.hear(
                unit=values["unit"],
                text=values["text"],
                name=values["name"],
                contact=values["contact"],
                consent=consent if values["consent"] else "",
                address=address,
                at=timezone.now(),
                on=today(),
            )
            return _said(request, word)
        except Refused as refused:
            form.add_error(None, in_words(refused))
    return render(request, "pilots/citizen_say.html", {"form": form}, status=422 if form.is_bound else 200)


def _said(request: HttpRequest, word: CitizenWord) -> HttpResponse:
    """Said at once and not by a redirect: the link to take the consent back is shown this once."""
    way_back = reverse("pilots:unsay", args=[act.take_back_token(word)])
    link = request.build_absolute_uri(way_back) if word.contact else ""
    response = render(request, "pilots/citizen_said.html", {"link": link})
    response["Cache-Control"] = "no-store"
    return response


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def unsay(request: HttpRequest, token: str) -> HttpResponse:
    """Taking the consent back, by the link given when writing."""
    word = word_of(token)
    if word is not None and request.method == "POST":
        act.take_back(word=word)
        word.refresh_from_db()
    context = {"known": word is not None, "reached": word is not None and bool(word.contact)}
    response = render(request, "pilots/citizen_unsay.html", context, status=200 if word is not None else 404)
    response["Cache-Control"] = "no-store"
    return response


@needs("pilots.report")
@require_safe
def citizens(request: HttpRequest) -> HttpResponse:
    """What citizens wrote to the units in one's care: what waits, and what was looked at. No names."""
    show = "decided" if request.GET.get("show") == "decided" else "waiting"
    page = Paginator(words_of(cared_for(request, REPORT), decided=show == "decided"), PAGE).get_page(
        request.GET.get("page")
    )
    units = called({one.unit_id for one in page}, on=today())
    context = {
        "tabs": [
            {"label": _(words), "url": f"?show={name}", "current": name == show} for name, words in LISTS.items()
        ],
        "page": page,
        "rows": [{"word": one, "unit": units[one.unit_id]} for one in page],
        "breadcrumbs": way((_("Pain points"), reverse("pilots:pains"))),
    }
    return render(request, "pilots/citizens.html", context)


def _word(request: HttpRequest, key: str) -> CitizenWord:
    found = get_object_or_404(CitizenWord.objects.select_related("unit", "pain"), key=key)
    check(request, found.unit)
    return found


@needs("pilots.report")
@shows_people(N_("what a citizen wrote, with how they are reached"))
@require_http_methods(["GET", "POST"])
def citizen(request: HttpRequest, key: str) -> HttpResponse:
    """One: what was written, who waits for an answer; taking it over in the office's words."""
    found = _word(request, key)
    first = found.text.splitlines()[0][:200]
    form = TakeOverForm(request.POST if request.method == "POST" else None, initial={"title": first})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = act.take_over_word(
                by=reader(request),
                word=found,
                title=values["title"],
                text=values["text"],
                fields=values["fields_of_work"],
                where=_("A citizen, by the public page"),
                at=timezone.now(),
            )
            messages.success(request, _("The pain point stands in the list."))
            return redirect("pilots:pain", made.key)
        except Refused as refused:
            form.add_error(None, in_words(refused))
    saw(request, found, 1 if found.contact else 0)
    context = {
        "word": found,
        "unit": called([found.unit_id], on=today())[found.unit_id],
        "form": form if found.decided_at is None else None,
        "bound": form if form.is_bound else None,
        "breadcrumbs": way((_("What citizens wrote"), reverse("pilots:citizens"))),
    }
    return render(request, "pilots/citizen.html", context, status=422 if form.is_bound else 200)


@needs("pilots.report")
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """Sets it aside, with the reason."""
    found = _word(request, key)

    def do(values: dict[str, str]) -> str:
        act.decline_word(by=reader(request), word=found, reason=values["reason"], at=timezone.now())
        messages.success(request, _("It is set aside."))
        return reverse("pilots:citizens")

    form = DeclineForm(request.POST or None)
    crumbs = way((_("What citizens wrote"), reverse("pilots:citizens")))
    return form_page(request, form, do, title=_("Set it aside"), way=crumbs)


@needs("pilots.report")
@require_POST
def answered(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever wrote has been answered, and is reached no more."""
    found = _word(request, key)
    try:
        act.note_answered(by=reader(request), word=found, at=timezone.now())
        messages.success(request, _("Noted. How they were reached is erased."))
    except Refused as refused:
        messages.error(request, in_words(refused))
    return redirect("pilots:citizen", found.key)
