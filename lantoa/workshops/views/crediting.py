"""Hours of a workshop that count in a class: chosen by its organiser, entered into the roll of a meeting."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdatetime
from lantoa.common.words import say
from lantoa.directory.access import in_care, needs, today
from lantoa.workshops.actions.crediting import credit_hours
from lantoa.workshops.forms_after import CreditForm
from lantoa.workshops.queries.crediting import meetings_then
from lantoa.workshops.rules.words import OVER
from lantoa.workshops.views.reaching import in_words, way, workshop_for


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def credit(request: HttpRequest, key: str) -> HttpResponse:
    """Which meeting of a class the workshop was; whoever checked in at a site stands in its roll then."""
    found = workshop_for(request, key)
    care = in_care(request.user, "training.mark_presence", on=today())  # type: ignore[arg-type]
    meetings = list(meetings_then(found, care))
    said = [
        (one.key, f"{one.training_class.code}: {one.topic.title}, {vdatetime(one.during.lower)}") for one in meetings
    ]
    form = CreditForm(request.POST or None, meetings=said)
    if request.method == "POST" and form.is_valid():
        meeting = next((one for one in meetings if one.key == form.cleaned_data["meeting"]), None)
        if meeting is None:
            raise Http404
        try:
            count = credit_hours(by=request.user, workshop=found, meeting=meeting, at=timezone.now())  # type: ignore[arg-type]
            words = ngettext(
                "%(count)d person of the class was at a site.", "%(count)d people of the class were at sites.", count
            )
            messages.success(request, words % {"count": count})
            return redirect("workshops:after", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {
        "form": form if said and found.state == OVER else None,
        "workshop": found,
        "name": in_words(found),
        "breadcrumbs": way(found, (_("After the workshop"), "workshops:after")),
    }
    return render(request, "workshops/credit.html", context, status=422 if form.errors else 200)
