"""A site in the hands of whoever answers for it: its equipment and line, and handing it over to the deputy."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import person_name
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people
from lantoa.directory.models import Person
from lantoa.directory.permissions import SIGNED_IN
from lantoa.workshops.actions.site_own import change_own_technology, hand_over
from lantoa.workshops.forms_own import OwnSiteForm
from lantoa.workshops.views.reaching import confirm, in_words, site_answered_for, way

OWN = ("equipment", "line", "phone", "seats")


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def own_technology(request: HttpRequest, key: str) -> HttpResponse:
    """Equipment and line as they really are there."""
    site = site_answered_for(request, key)
    form = OwnSiteForm(request.POST or None, initial={name: getattr(site, name) for name in OWN})
    if request.method == "POST" and form.is_valid():
        try:
            change_own_technology(by=request.user, site=site, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The changes are saved."))
            return redirect("workshops:site_record", site.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form,
        "title": _("Equipment and line"),
        "lead": _("After other equipment or another line the technical check is due again."),
        "breadcrumbs": [
            *way(site.workshop),
            {"label": in_words(site), "url": reverse("workshops:site_record", args=[site.key])},
        ],
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


@needs(SIGNED_IN)
@shows_people(N_("a site of a workshop and who operates it"))
@require_http_methods(["GET", "POST"])
def hand_site_over(request: HttpRequest, key: str) -> HttpResponse:
    """From now on the deputy operates the site."""
    site = site_answered_for(request, key)
    if request.method == "POST":
        to = Person.objects.filter(key=request.POST.get("to", "")).first()
        if to is None:
            raise Http404
        hand_over(by=request.user, site=site, to=to, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The site is handed over."))
        return redirect("workshops:workshop", site.workshop.key)
    if site.deputy is None:
        raise Http404
    saw(request, site, 1)
    says = _("%(person)s answers for the site from now on; whoever did is the deputy.")
    return confirm(
        request,
        _("Hand %(site)s over?") % {"site": in_words(site)},
        [says % {"person": person_name(site.deputy)}],
        _("Hand over"),
        reverse("workshops:site_record", args=[site.key]),
        kind="primary",
        hidden=[("to", site.deputy.key)],
    )
