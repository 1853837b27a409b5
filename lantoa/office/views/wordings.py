"""The words of messages: what a unit uses, and changing them with a preview."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.actions.notices import keep_wording
from lantoa.office.forms import WordingForm
from lantoa.office.models import Wording
from lantoa.office.queries.notices import preview, templates, title_of, wording_of, wordings_in
from lantoa.office.queries.people import names_of
from lantoa.office.rules.notices import LANGUAGES, Text, check_text, sms_parts

NAMES = {"vi": "Tiếng Việt", "en": "English"}


@needs("office.manage_notices")
@require_safe
def list_wordings(request: HttpRequest, key: str) -> HttpResponse:
    """Every kind of message and whose words it uses in this unit, in one language at a time (`?language=`)."""
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    chosen = request.GET.get("language", "")
    if chosen not in NAMES:
        chosen = "en" if get_language() == "en" else "vi"
    kept = wordings_in(unit, on=today())
    called = names({row.unit_id for row in kept.values() if row.unit_id} | {unit.pk}, on=today())
    rows = [
        {
            "title": title_of(template),
            "subject": row.subject,
            "whose": called[row.unit_id].full_name if row.unit_id in called else _("as it came"),
            "url": reverse("office:wording", args=[key, template, language]),
        }
        for (template, language), row in kept.items()
        if language == chosen
    ]
    tabs = [{"label": name, "url": f"?language={code}", "current": code == chosen} for code, name in NAMES.items()]
    name = called[unit.pk].full_name if unit.pk in called else ""
    context = {"rows": rows, "tabs": tabs, "name": name, "breadcrumbs": _crumbs()}
    return render(request, "office/wordings.html", context)


@needs("office.manage_notices")
@require_http_methods(["GET", "POST"])
def change_wording(request: HttpRequest, key: str, template: str, language: str) -> HttpResponse:
    """The words to change; "See it" shows them with examples, "Keep" makes them hold from now on."""
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    if template not in templates() or language not in LANGUAGES:
        raise Http404
    kind = templates()[template]
    current = wording_of(template, language, unit=unit, on=today())
    initial = {name: getattr(current, name) for name in ("subject", "body", "short")}
    form = WordingForm(request.POST or None, initial=initial)
    text: Text = Text(current.subject, current.body, current.short)
    sound = True
    if request.method == "POST":
        sound = form.is_valid()
        if sound:
            text = form.text()
            try:
                if "see" not in request.POST:
                    keep_wording(
                        by=request.user,  # type: ignore[arg-type]
                        unit=unit,
                        template=template,
                        language=language,
                        text=text,
                        at=timezone.now(),
                    )
                    messages.success(request, _("The wording is kept and holds for every message from now on."))
                    return redirect(f"{reverse('office:wordings', args=[key])}?language={language}")
                check_text(text, kind.places)
            except Refused as refused:
                form.add_error(None, say(refused))
                sound = False
    shown = preview(kind, text, language) if sound else None
    reader = "en" if get_language() == "en" else "vi"
    return render(
        request,
        "office/wording.html",
        {
            "form": form,
            "title": title_of(template),
            "language": NAMES[language],
            "code": language,
            "places": [(f"{{{name}}}", place.words[reader]) for name, place in kind.places.items()],
            "shown": shown,
            "letters": len(shown.short) if shown else 0,
            "parts": sms_parts(shown.short) if shown else 0,
            "versions": _versions(unit, template, language),
            "breadcrumbs": [*_crumbs(), {"label": _("Wording"), "url": reverse("office:wordings", args=[key])}],
        },
        status=200 if sound else 422,
    )


def _versions(unit: Unit, template: str, language: str) -> list[dict[str, Any]]:
    kept = list(Wording.objects.filter(unit=unit, template=template, language=language).order_by("-version")[:20])
    who = names_of(row.made_by for row in kept)
    return [{"row": row, "who": who[row.made_by]} for row in kept]


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Messages"), "url": reverse("office:notices")}]
