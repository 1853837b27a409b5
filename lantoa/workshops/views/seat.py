"""Checking in at a site, by the code on its wall, with one's own phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import needs
from lantoa.directory.models import Person
from lantoa.directory.permissions import SIGNED_IN
from lantoa.presence.queries import was_there
from lantoa.workshops.actions.seat import check_in_here
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.roll import gathering_of
from lantoa.workshops.views.reaching import in_words


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest, key: str) -> HttpResponse:
    """Where the picture on the wall leads: one tap, or the six digits typed by hand."""
    site = get_object_or_404(Site.objects.select_related("workshop"), key=key)
    person = Person.objects.filter(user=request.user.pk).first()
    if site.workshop.state == Workshop.State.DRAFT or person is None:
        return render(request, "workshops/check_in.html", {"name": in_words(site), "nobody": True}, status=404)
    refused, status = "", 200
    if request.method == "POST":
        digits = request.POST.get("code", "")
        try:
            check_in_here(by=request.user, site=site, person=person, digits=digits, at=timezone.now())  # type: ignore[arg-type]
        except Refused as reason:
            refused, status = say(reason), 409
    gathering = gathering_of(site)
    context = {
        "name": in_words(site),
        "workshop": in_words(site.workshop),
        "line": was_there(gathering, person) if gathering else None,
        "code": request.GET.get("code", "")[:12],
        "refused": refused,
        "title": _("Check in"),
    }
    return render(request, "workshops/check_in.html", context, status=status)
