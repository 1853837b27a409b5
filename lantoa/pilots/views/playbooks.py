"""Pages of playbooks: the list, one of them, loading a file, the file to take away."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.forms import Form
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, today
from lantoa.office.queries.files import made_file
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.forms_fields import UnitField
from lantoa.pilots.models import Pilot, Playbook
from lantoa.pilots.queries.playbooks import begun_from, book_of, last_version, playbooks_seen, shipped
from lantoa.pilots.rules.playbook import PARTS, PlaybookFaults, decode, read_playbook, write_playbook
from lantoa.pilots.rules.playbook.reading import LARGEST
from lantoa.pilots.views.pictures import figure
from lantoa.pilots.views.shared import MANAGE, allowed, called, cared_for, holds, own_unit, reader, tabs, way

PAGE = 50
PART_WORDS = {
    "facts": N_("Facts"),
    "steps": N_("Steps"),
    "people": N_("People"),
    "materials": N_("Materials"),
    "classes": N_("Classes to attend"),
    "costs": N_("Cost"),
    "pitfalls": N_("Pitfalls"),
    "measures": N_("Measures"),
}
EVIDENCE = {
    "verified": ("ok", gettext_lazy("checked")),
    "found": ("wait", gettext_lazy("from a named source")),
    "known": ("none", gettext_lazy("known to the author")),
    "invented": ("late", gettext_lazy("made up")),
}
TIMES = {"once": gettext_lazy("once"), "monthly": gettext_lazy("monthly"), "yearly": gettext_lazy("yearly")}


class LoadForm(Form):
    """A playbook file as it is, or its text."""

    file = forms.FileField(label=gettext_lazy("Playbook file (.toml)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or the text of the file"), required=False, strip=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(
            label=gettext_lazy("Unit that keeps it"), on=today(), allowed=allowed(request, MANAGE)
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("file") and not (values.get("text") or "").strip():
            raise ValidationError(_("Choose a file, or write its text."))
        return values


def playbook_for(request: HttpRequest, key: str) -> Playbook:
    """One that the reader sees; 404 for strangers."""
    rows = playbooks_seen(reader(request), on=today()).select_related("unit", "pilot")
    return get_object_or_404(rows, key=key)


@needs("pilots.view")
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """The playbooks one may use."""
    page = Paginator(playbooks_seen(reader(request), on=today()), PAGE).get_page(request.GET.get("page"))
    units = called({one.unit_id for one in page}, on=today())
    manages = cared_for(request, MANAGE).exists()
    context = {
        "tabs": tabs("pilots:playbooks"),
        "page": page,
        "rows": [{"playbook": one, "unit": units[one.unit_id]} for one in page],
        "manages": manages,
        "shipped": [(name, read_playbook(text).title) for name, text in shipped().items()] if manages else [],
    }
    return render(request, "pilots/playbooks.html", context)


@needs("pilots.view")
@require_safe
def playbook(request: HttpRequest, key: str) -> HttpResponse:
    """One, as its last version says it: what another unit needs, and how sure that is."""
    found = playbook_for(request, key)
    version = last_version(found)
    book = book_of(version)
    manages = holds(request, MANAGE, found.unit)
    mine = found.pilot if found.pilot and found.pilot.unit_id in _in_care(request, found.pilot.unit_id) else None
    context = {
        "playbook": found,
        "version": version,
        "book": book,
        "unit": called([found.unit_id], on=today())[found.unit_id],
        "pilot": mine,
        "parts": [
            (part.name, _(PART_WORDS[part.name]), [_row(dict(item)) for item in book.items(part.name)])
            for part in PARTS
            if manages or book.items(part.name)
        ],
        "manages": manages,
        "breadcrumbs": way((_("Playbooks"), reverse("pilots:playbooks"))),
    }
    return render(request, "pilots/playbook.html", context)


def _in_care(request: HttpRequest, unit: int) -> set[int]:
    return set(cared_for(request, "pilots.view").filter(pk=unit).values_list("pk", flat=True))


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """An item as people read it: a heading, more words, how sure it is, and from where."""
    evidence = EVIDENCE[item.pop("evidence")]
    source, code = item.pop("source", ""), item.pop("code", "")
    head = str(next(iter(item.values())))
    rest = dict(list(item.items())[1:])
    said = []
    if "week" in rest or "weeks" in rest:
        first, weeks = rest.pop("week", 1), rest.pop("weeks", 1)
        said.append(_("week %(first)d, for %(weeks)d weeks") % {"first": first, "weeks": weeks})
    if "dong" in rest:
        said.append(_money(rest.pop("dong")))
    if "when" in rest:
        said.append(str(TIMES[rest.pop("when")]))
    if "instead" in rest:
        said.append(_("Instead: %(what)s") % {"what": rest.pop("instead")})
    if "direction" in rest:
        rest.pop("direction")
    said += [str(value) for value in rest.values()]
    return {"head": head, "code": code, "more": said, "evidence": evidence, "source": source}


def _money(dong: int) -> str:
    return figure(Decimal(dong), "đồng")


@needs("pilots.view")
@require_safe
def playbook_file(request: HttpRequest, key: str) -> HttpResponse:
    """The file, letter for letter, for another house."""
    found = playbook_for(request, key)
    return made_file(last_version(found).text, f"{found.code}.toml")


@needs("pilots.manage")
@require_POST
def begun(request: HttpRequest, key: str) -> HttpResponse:
    """Begins the playbook of a pilot, to go on writing in forms; leads to the one that was begun before."""
    found = get_object_or_404(Pilot.objects.select_related("unit"), key=key, unit__in=cared_for(request, MANAGE))
    kept = Playbook.objects.filter(unit=found.unit, code=found.code).first()
    if kept is None:
        text = write_playbook(begun_from(found, months=round((found.end - found.first).days / 30.4)))
        made = load_playbook(by=reader(request), unit=found.unit, text=text, at=timezone.now(), pilot=found)
        kept = made.playbook
        messages.success(request, _("The playbook is begun with what the pilot says. Now write its steps."))
    return redirect("pilots:playbook", kept.key)


@needs("pilots.manage")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """A playbook file, or its faults with their lines; with `?shipped=` one that comes with the house."""
    name = request.GET.get("shipped", "")
    if name and name not in shipped():
        raise Http404
    initial = {"unit": own_unit(request, MANAGE), "text": shipped().get(name, "")}
    form = LoadForm(request.POST or None, request.FILES or None, initial=initial, request=request)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            upload = values["file"]
            text = decode(upload.read(LARGEST + 1)) if upload else values["text"].replace("\r\n", "\n")
            made = load_playbook(by=reader(request), unit=values["unit"], text=text, at=timezone.now())
            if made.new:
                messages.success(request, _("Version %(number)d is loaded.") % {"number": made.version.number})
            else:
                messages.info(request, _("This file stands here already; nothing has changed."))
            return redirect("pilots:playbook", made.playbook.key)
        except PlaybookFaults as found:
            faults = [(fault.line, say(fault.words)) for fault in found.faults]
        except Refused as reason:
            form.add_error(None, say(reason))
    crumbs = way((_("Playbooks"), reverse("pilots:playbooks")))
    return render(request, "pilots/playbook_load.html", {"form": form, "faults": faults, "breadcrumbs": crumbs})
