"""Who looked at personal data of whom."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lantoa.common.refused import N_
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.ledger import queries as ledger_queries
from lantoa.ledger.models import Look
from lantoa.office.queries.people import names_of
from lantoa.web.forms_audit import LooksForm
from lantoa.web.queries.audit import Chosen, looks_for
from lantoa.web.queries.pages import page_words
from lantoa.web.queries.things import PERSON, Seen, seen
from lantoa.web.views_ledger import LEDGER, about_words, auditor, before_of, exported, older_url, tabs


@needs("ledger.view")
@shows_people(N_("who looked at personal data"))
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """The newest looks first; narrowed by who looked, at whom, on which page and days."""
    reader, on = auditor(request), today()
    pages = page_words()
    form = LooksForm(request.GET or None, reader=reader, on=on, pages=pages)
    chosen = form.chosen() if form.is_valid() else Chosen()
    wrong = form.is_bound and not form.is_valid()
    found = Look.objects.none() if wrong else looks_for(reader, chosen, on=on)
    listed = ledger_queries.page(found, before=before_of(request))
    names = names_of(look.actor for look in listed.lines)
    asked = [chosen.thing, *(f"{PERSON}:{key}" for key in chosen.people or ())]
    shown = seen([*(look.whom for look in listed.lines), *filter(None, asked)], reader, on=on)
    saw(request, LEDGER, sum(1 for what in shown.values() if what.personal and what.words))
    return render(
        request,
        "web/looks.html",
        {
            "form": form,
            "about": about_words(chosen, shown),
            "rows": [
                {
                    "look": look,
                    "who": names[look.actor],
                    "page": pages.get(look.page, look.page),
                    "whom": shown.get(look.whom) or Seen(look.whom, ""),
                }
                for look in listed.lines
            ],
            "older_url": older_url(request, listed.next),
            "tabs": tabs("looks"),
            "hidden": [("what", "looks"), *exported(request)],
        },
    )
