"""The ledger, for whoever audits: who did what, when, about what; one line in full."""

import json
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vdatetime, vnumber
from lantoa.directory.access import needs, saw, shows_people, today
from lantoa.ledger import queries as ledger_queries
from lantoa.ledger.models import Entry
from lantoa.office.queries.people import names_of
from lantoa.web.acts import ACTS
from lantoa.web.forms_audit import LinesForm
from lantoa.web.queries.audit import Chosen, lines_for
from lantoa.web.queries.telling import kept, name_of
from lantoa.web.queries.things import KINDS, PERSON, UNIT, WORDS, Seen, seen

PLACE = re.compile("[0-9]{1,16}-[0-9]{1,18}")
LEDGER = "ledger.entry"  # whom a look was at that was at lines of many
ABOUT = {  # a value of a line that is the key of a thing
    "person": PERSON,
    "unit": UNIT,
    "user": "accounts.user",
    "class": "training.trainingclass",
    "programme": "programmes.programme",
    "assessment": "training.assessment",
    "course": "competence.course",
    "topic": "competence.topic",
    "partner": "programmes.partner",
    "file": "office.file",
    "bank": "exams.bank",
    "paper": "exams.paper",
    "sitting": "exams.sitting",
    "workshop": "workshops.workshop",
    "site": "workshops.site",
    "index": "readiness.indexversion",
    "sheet": "readiness.sheet",
    "pain": "pilots.painpoint",
    "pilot": "pilots.pilot",
    "playbook": "pilots.playbook",
}


def auditor(request: HttpRequest) -> User:
    """The signed-in user; the gate lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def before_of(request: HttpRequest) -> str:
    """The place the page goes on from; what is none is a 404."""
    before = request.GET.get("before", "")
    if before and not PLACE.fullmatch(before):
        raise Http404
    return before


def older_url(request: HttpRequest, place: str) -> str:
    """The same choice, older; "" where this was the last page."""
    if not place:
        return ""
    query = request.GET.copy()
    query["before"] = place
    return f"?{query.urlencode()}"


def note_look(request: HttpRequest, chosen: Chosen, shown: dict[str, Seen]) -> None:
    """Who reads the ledger sees names too: written down as every look is."""
    named = {thing for thing, what in shown.items() if what.personal and what.words}
    one = chosen.people is not None and len(chosen.people) == 1
    saw(request, f"{PERSON}:{chosen.people[0]}" if one and chosen.people else LEDGER, len(named))


def about_words(chosen: Chosen, shown: dict[str, Seen]) -> str:
    """Whom or what the choice is about, called by its name."""
    things = [chosen.thing] if chosen.thing else [f"{PERSON}:{key}" for key in chosen.people or ()]
    return ", ".join(shown[thing].words or thing for thing in things if thing in shown)


@needs("ledger.view")
@shows_people(N_("the ledger"))
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The newest lines first; narrowed by who, about whom, thing, kind of act and days."""
    reader, on = auditor(request), today()
    form = LinesForm(request.GET or None, reader=reader, on=on)
    chosen = form.chosen() if form.is_valid() else Chosen()
    wrong = form.is_bound and not form.is_valid()
    entries = Entry.objects.none() if wrong else lines_for(reader, chosen, on=on, acts=ACTS)
    lines = ledger_queries.page(entries, before=before_of(request))
    names = names_of(line.actor for line in lines.lines)
    asked = [chosen.thing, *(f"{PERSON}:{key}" for key in chosen.people or ())]
    shown = seen([*(line.thing for line in lines.lines), *filter(None, asked)], reader, on=on)
    note_look(request, chosen, shown)
    person = f"?person={PERSON}:{chosen.people[0]}" if chosen.people and len(chosen.people) == 1 else ""
    return render(
        request,
        "web/ledger.html",
        {
            "form": form,
            "about": about_words(chosen, shown),
            "rows": [
                {
                    "line": line,
                    "url": reverse("web:ledger_line", args=[line.key]) + person,
                    "who": names[line.actor],
                    "said": said(line.act),
                    "thing": shown.get(line.thing) or Seen(line.thing, ""),
                }
                for line in lines.lines
            ],
            "older_url": older_url(request, lines.next),
            "tabs": tabs("ledger"),
            "hidden": [("what", "lines"), *exported(request)],
        },
    )


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of the audit."""
    offered = [
        ("ledger", _("What was done")),
        ("looks", _("Who looked at personal data")),
        ("seals", _("Are the seals whole?")),
        ("exports", _("Exports")),
    ]
    return [{"label": label, "url": reverse(f"web:{name}"), "current": name == current} for name, label in offered]


def exported(request: HttpRequest) -> list[tuple[str, str]]:
    """The choice of the page, for the form that exports it."""
    return [(name, str(value)) for name, value in request.GET.items() if name != "before"]


@needs("ledger.view")
@shows_people(N_("a line of the ledger"))
@require_safe
def ledger_line(request: HttpRequest, key: str) -> HttpResponse:
    """One line: everything that was written down, the seal that holds it, and whether it still reads so.
    `?person=` says about whom the list was that led here."""
    reader, on = auditor(request), today()
    line = get_object_or_404(Entry.objects.select_related("seal"), key=key)
    if not _may_read(request, line, reader):
        raise Http404
    things = {name: about for name, value in line.about.items() if (about := _thing_of(name, value))}
    shown = seen([line.thing, *things.values()], reader, on=on)
    note_look(request, Chosen(), shown)
    thing = shown.get(line.thing) or Seen(line.thing, "")
    facts = [
        {"key": _("When"), "value": vdatetime(line.at)},
        {
            "key": _("Who"),
            "value": names_of([line.actor])[line.actor],
            "url": f"{reverse('web:ledger')}?actor={line.actor}",
        },
        {"key": _("Act"), "value": f"{said(line.act)} ({line.act})" if said(line.act) != line.act else line.act},
        {"key": _("Thing"), "value": f"{thing.kind}: {thing.words or thing.key}".rstrip(": "), "url": thing.url},
        {"key": _("Key of the thing"), "value": line.thing},
        {"key": _("Key of the line"), "value": line.key},
        {
            "key": _("Seal"),
            "value": _("%(number)s, made on %(when)s")
            % {"number": vnumber(line.seal.number), "when": vdatetime(line.seal.made_at)}
            if line.seal
            else _("not sealed yet; that happens every minute"),
        },
    ]
    values = [
        {
            "key": name_of(name),
            "value": (name in things and shown[things[name]].words) or _plain(name, value),
            "url": shown[things[name]].url if name in things else "",
        }
        for name, value in line.about.items()
    ]
    return render(
        request,
        "web/ledger_line.html",
        {
            "title": said(line.act),
            "line": line,
            "facts": facts,
            "values": values,
            "genuine": ledger_queries.is_genuine(line),
            "breadcrumbs": [{"label": _("Ledger"), "url": reverse("web:ledger")}],
            "same_url": f"{reverse('web:ledger')}?thing={line.thing}",
        },
    )


def _may_read(request: HttpRequest, line: Entry, reader: User) -> bool:
    choices = [Chosen(thing=line.thing)]
    label, _colon, key = request.GET.get("person", "").partition(":")
    if label == PERSON and key:
        choices.append(Chosen(people=(key,)))
    found = (lines_for(reader, chosen, on=today(), acts=ACTS) for chosen in choices)
    return any(lines.filter(pk=line.pk).exists() for lines in found)


def _thing_of(name: str, value: Any) -> str:
    """The key of the thing that a value names; "" for a plain one."""
    if not isinstance(value, str):
        return ""
    if name in ABOUT:
        return f"{ABOUT[name]}:{value}"
    label = value.partition(":")[0]
    return value if ":" in value and (label in KINDS or label in WORDS) else ""


def _plain(name: str, value: Any) -> str:
    said = kept(value, name).replace("\n", "; ")
    return said or (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def said(act: str) -> str:
    """The act in the reader's language; one this version does not know keeps its own name."""
    return _(ACTS[act]) if act in ACTS else act
