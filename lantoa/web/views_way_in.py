"""Ways in without a password: personal links and cards, issued, re-issued and revoked by the coordinator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.accounts.actions import Issued, revoke_links
from lantoa.accounts.models import PersonalLink
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.people import deciding_units, people_of
from lantoa.directory.queries.units import names
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import TrainingClass
from lantoa.web import actions as act
from lantoa.web.forms import NameForm

PAGE = 50


@needs("directory.issue_links")
@shows_people(N_("the way in of a person"))
@require_http_methods(["GET", "POST"])
def way_in(request: HttpRequest, key: str) -> HttpResponse:
    """A person's link and card: when made, when used; made anew, or revoked. A token is shown once, here."""
    person = get_object_or_404(Person.objects.select_related("user"), key=key)
    unit = _unit_in_care(request, person)
    issued = None
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind == "revoke" and person.user:
            count = revoke_links(by=request.user, user=person.user, at=timezone.now())  # type: ignore[arg-type]
            words = ngettext(
                "%(count)d link or card no longer works.", "%(count)d links and cards no longer work.", count
            )
            messages.success(request, words % {"count": count})
            return redirect("web:way_in", person.key)
        if kind not in PersonalLink.Kind.values:
            raise Http404
        issued = act.give_way_in(
            by=request.user,  # type: ignore[arg-type]
            person=person,
            unit=unit,
            kind=kind,
            at=timezone.now(),
            on=today(),
        )
        person.refresh_from_db()
    saw(request, person, 1)
    links = person.user.links.filter(revoked_at=None).order_by("kind") if person.user else []
    response = render(
        request,
        "web/way_in.html",
        {"person": person, "links": links, "issued": issued, "shown": issued and _shown(request, issued)},
    )
    response["Cache-Control"] = "no-store"
    return response


def _unit_in_care(request: HttpRequest, person: Person) -> Unit:
    """A unit of the person for which the reader may issue links; else 404."""
    on = today()
    care = in_care(request.user, "directory.issue_links", on=on)  # type: ignore[arg-type]
    deciding = deciding_units(person, on=on)  # a post that has ended gives its unit no say while another runs
    posts = person.posts.filter(unit__in=care).filter(unit__in=deciding).select_related("unit")
    post = posts.order_by("-period").first()
    if post is None:
        raise Http404
    return post.unit


@needs("directory.issue_links")
@shows_people(N_("the cards of a class"))
@require_http_methods(["GET", "POST"])
def cards(request: HttpRequest, key: str) -> HttpResponse:
    """Cards for a whole class, to print and cut; printing them makes earlier cards of these people worthless."""
    found = get_object_or_404(TrainingClass.objects.select_related("unit", "programme"), key=key)
    check(request, found.unit)
    people = list(enrolled(found).select_related("person", "unit").order_by("person__sort_key", "id"))
    printed = []
    if request.method == "POST":
        issued = act.print_cards(
            by=request.user,  # type: ignore[arg-type]
            people=[(row.person, row.unit) for row in people],
            kind=PersonalLink.Kind.CARD,
            at=timezone.now(),
            on=today(),
        )
        printed = [(row.person, _shown(request, one)) for row, one in zip(people, issued, strict=True)]
    saw(request, found, len(printed))
    response = render(
        request,
        "web/cards.html",
        {
            "training_class": found,
            "printed": printed,
            "consequences": [
                ngettext("%(count)d person gets a card.", "%(count)d people get a card.", len(people))
                % {"count": len(people)},
                _("Cards printed for them before stop working."),
            ],
            "back": reverse("training:class", args=[found.key]),
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@needs("directory.issue_links")
@shows_people(N_("cards and links for many people"))
@require_http_methods(["GET", "POST"])
def unit_cards(request: HttpRequest, key: str) -> HttpResponse:
    """Cards or links for many people of a unit at once: chosen, made, printed on one sheet."""
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    on = today()
    form = NameForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    found = people_of(unit, on=on, text=text)
    printed: list[tuple[Person, dict[str, str]]] = []
    kind, refusal = request.POST.get("kind", ""), ""
    if request.method == "POST":
        if kind not in PersonalLink.Kind.values:
            raise Http404
        keys = [one.replace("\0", "") for one in request.POST.getlist("chosen")][:PAGE]
        chosen = list(people_of(unit, on=on).filter(key__in=keys)) if keys else []
        try:
            if not chosen:
                raise Refused(N_("Cannot make cards or links: nobody was chosen."))
            issued = act.print_cards(
                by=request.user,  # type: ignore[arg-type]
                people=[(person, person.posts_now[0].unit) for person in chosen],  # type: ignore[attr-defined]
                kind=kind,
                at=timezone.now(),
                on=on,
            )
        except Refused as refused:
            refusal = say(refused)
        else:
            printed = [(person, _shown(request, one)) for person, one in zip(chosen, issued, strict=True)]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    standing = names([unit.pk], on=on)
    saw(request, unit, len(printed) or len(page), part=page.number)
    response = render(
        request,
        "web/unit_cards.html",
        {
            "name": standing[unit.pk].full_name if unit.pk in standing else "",
            "form": form,
            "page": page,
            "printed": printed,
            "kind": kind,
            "refusal": refusal,
            "back": reverse("directory:people", args=[unit.key]),
        },
        status=409 if refusal else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


def _shown(request: HttpRequest, issued: Issued) -> dict[str, str]:
    address = request.build_absolute_uri(reverse("accounts:personal_link", args=[issued.token]))
    import segno  # late, as everything that a start can do without

    picture = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="lt-qr", lineclass=None)
    page = request.build_absolute_uri(reverse("accounts:card")).partition("://")[2].rstrip("/")
    return {"address": address, "code": issued.code, "page": page, "qr": mark_safe(picture)}
