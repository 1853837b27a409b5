"""Inviting sites and what they answer; the answer of one site by whoever looks after it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.files import made_file
from lantoa.workshops.actions.invitations import answer_invitation, invite, remind
from lantoa.workshops.actions.sites import AT_ONCE
from lantoa.workshops.forms_before import AnswerForm
from lantoa.workshops.models import Invitation
from lantoa.workshops.queries.access import sites_of
from lantoa.workshops.queries.before_sheet import to_call_workbook
from lantoa.workshops.queries.invitations import INVITE, REMIND, STATES, count_answers, sites_answered
from lantoa.workshops.rules.words import LIVE, READY
from lantoa.workshops.views.reaching import (
    answer_of,
    by_job,
    confirm,
    in_words,
    manages,
    site_answered_for,
    way,
    workshop_for,
    workshop_seen,
)
from lantoa.workshops.views.sites import people_words, way_to

PAGE = 50


@needs(SIGNED_IN)
@shows_people(N_("who is invited to a workshop, and what they answered"))
@require_safe
def invitations(request: HttpRequest, key: str) -> HttpResponse:
    """Who was invited and what they answered; of one's own sites for whoever looks after some."""
    found, whole = workshop_seen(request, key)
    sites = found.sites.all() if whole else sites_of(request.user, on=today(), workshop=found)
    show = request.GET.get("show", "")
    if show and show not in STATES:
        raise Http404
    counted = count_answers(sites)
    page = Paginator(sites_answered(sites, show), PAGE).get_page(request.GET.get("page"))
    saw(request, found, sum(1 for one in page if one.operator or one.deputy), part=page.number)
    plans = manages(request, found) and found.state in {READY, LIVE}
    context = {
        "workshop": found,
        "name": in_words(found),
        "numbers": [
            {"count": counted[name], "words": _(words), "url": f"?show={name}"} for name, words in STATES.items()
        ],
        "people": counted["people"],
        "page": page,
        "show": _(STATES[show]) if show else _("All sites"),
        "rows": [
            (one, in_words(one), people_words(one), answer_of(getattr(one, "invitation", None))) for one in page
        ],
        "plans": plans,
        "answers": found.state in {READY, LIVE} and (plans or not whole),
        "uninvited": counted["uninvited"],
        "waiting": counted["waiting"],
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/invitations.html", context)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, key: str) -> HttpResponse:
    """Invites all sites that were not invited yet."""
    found = workshop_for(request, key)
    back = reverse("workshops:invitations", args=[found.key])
    count = found.sites.filter(invitation=None).count()
    if request.method == "POST" and count > AT_ONCE:
        return by_job(request, found, INVITE)
    if request.method == "POST":
        sites, letters = invite(by=request.user, workshop=found, at=timezone.now())  # type: ignore[arg-type]
        said = _("%(sites)s sites invited, %(letters)s of them to be invited by letter.")
        messages.success(request, said % {"sites": vnumber(sites), "letters": vnumber(letters)})
        return redirect(back)
    says = [
        _("%(sites)s sites that were not invited yet.") % {"sites": vnumber(count)},
        _("Operators and deputies get one message each, by the way they have chosen."),
        _("Where a site has nobody, whoever looks after the site above is told; the others stand on a printed list."),
    ]
    return confirm(request, _("Invite the sites?"), says, _("Invite the sites"), back, kind="primary")


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def remind_sites(request: HttpRequest, key: str) -> HttpResponse:
    """Reminds those who have not answered."""
    found = workshop_for(request, key)
    back = reverse("workshops:invitations", args=[found.key])
    if request.method == "POST" and found.sites.filter(invitation__answer="").count() > AT_ONCE:
        return by_job(request, found, REMIND)
    if request.method == "POST":
        sites, calls = remind(by=request.user, workshop=found, at=timezone.now())  # type: ignore[arg-type]
        said = _("%(sites)s sites were reminded; %(calls)s of them can only be called.")
        messages.success(request, said % {"sites": vnumber(sites), "calls": vnumber(calls)})
        return redirect(back)
    says = [_("Once a day at most. Sites that nobody can be told of stand in the list of whom to call.")]
    return confirm(request, _("Remind the sites?"), says, _("Remind them"), back, kind="primary")


@needs("workshops.manage")
@shows_people(N_("the sites of a workshop to invite by letter or to call, as an Excel sheet"))
@require_safe
def to_call(request: HttpRequest, key: str) -> HttpResponse:
    """The list to print: whom to write to, or to call."""
    found = workshop_for(request, key)
    saw(request, found, None)
    return made_file(to_call_workbook(found, on=today()), "diem-cau-can-lien-he.xlsx")


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """What one site answers."""
    found = site_answered_for(request, key)
    standing = Invitation.objects.filter(site=found).first()
    first = {"answer": standing.answer, "people": standing.people, "note": standing.note} if standing else {}
    form = AnswerForm(request.POST or None, initial={"people": found.expected or None, **first})
    if request.method == "POST" and form.is_valid():
        try:
            answer_invitation(by=request.user, site=found, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The answer is kept."))
            return redirect("workshops:site_record", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Answer the invitation"),
        "lead": in_words(found),
        "breadcrumbs": way_to(found),
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)
