"""Forms that run: sheets filled in on paper are entered, those who have not answered are reminded."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.training.actions.feedback import enter_sheets
from lantoa.training.actions.feedback_notices import remind_unanswered
from lantoa.training.forms_feedback import AnswerForm
from lantoa.training.models import Survey
from lantoa.training.queries import feedback as found_by
from lantoa.training.views.feedback_forms import about, forms_crumbs

MOST = 10  # sheets at once: a page that a slow line still loads, and that is typed in one go


@needs("training.feedback")
@shows_people(N_("who has not answered a form, to enter paper sheets"))
@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest, key: str) -> HttpResponse:
    """First the people who handed in a sheet are ticked off, then the sheets are typed. Of an anonymous form they
    come in any order, as from a ballot box: no page ever shows a name beside an answer."""
    survey = survey_at(request, key)
    asked = survey.form.form
    typed = request.POST.get("act") == "enter"
    chosen = _chosen(request, survey)
    error = ""
    forms: list[AnswerForm] = []
    if request.method == "POST" and not 0 < len(chosen) <= MOST:
        error = _("Choose 1 to %(most)d people.") % {"most": MOST}
    elif request.method == "POST":
        values = request.POST if typed else None
        forms = [AnswerForm(values, prefix=f"s{number}", asked=asked) for number in range(len(chosen))]
        if typed and not sum(not one.is_valid() for one in forms):  # each says what is wrong with it
            try:
                kept = enter_sheets(
                    by=request.user,  # type: ignore[arg-type]
                    survey=survey,
                    people=chosen,
                    sheets=[one.values for one in forms],
                    on=today(),
                )
            except Refused as refused:
                error, forms = say(refused), []
            else:
                words = ngettext("%(count)s sheet is entered.", "%(count)s sheets are entered.", kept)
                messages.success(request, words % {"count": vnumber(kept)})
                return redirect("training:feedback_forms", survey.training_class.programme.key)
    left = [] if forms else list(found_by.unanswered(survey))
    saw(request, survey.training_class, len(left or chosen))
    return render(
        request,
        "training/feedback/sheets.html",
        {
            "title": asked.title.in_(get_language() or "vi"),
            "caption": about(survey),
            "asked": asked,
            "left": [(person, person in chosen) for person in left],
            "chosen": chosen,
            "sheets": list(zip(chosen, forms, strict=True)) if forms else [],
            "form": next((one for one in forms if one.errors), None),
            "error": error,
            "breadcrumbs": forms_crumbs(survey.training_class.programme),
        },
        status=422 if error or (typed and forms) else 200,
    )


def _chosen(request: HttpRequest, survey: Survey) -> list[Person]:
    """Those of the people asked whose keys were sent; whether they have answered is for the action to say."""
    keys = [text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]
    return list(found_by.asked(survey).filter(key__in=keys).order_by("sort_key", "pk"))


@needs("training.feedback")
@require_POST
def remind(request: HttpRequest, key: str) -> HttpResponse:
    """Reminds those who have not answered: each once, whoever presses it."""
    survey = survey_at(request, key)
    told = remind_unanswered(by=request.user, survey=survey, at=timezone.now())  # type: ignore[arg-type]
    if told:
        words = ngettext("%(count)s person is reminded.", "%(count)s people are reminded.", told)
        messages.success(request, words % {"count": vnumber(told)})
    else:
        messages.info(request, _("Nobody is left to be reminded: each is reminded once."))
    return redirect("training:feedback_forms", survey.training_class.programme.key)


def survey_at(request: HttpRequest, key: str) -> Survey:
    """A form that can be answered today, in the reader's care; else 404."""
    rows = found_by.running(on=today()).select_related("training_class__programme__unit", "form", "meeting__topic")
    found = get_object_or_404(rows, key=key)
    check(request, found.training_class.programme.unit)
    return found
