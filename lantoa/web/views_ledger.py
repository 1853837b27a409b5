"""The ledger, for whoever audits: who did what, when, about what."""

import re
from datetime import date

from django import forms
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lantoa.accounts.models import User
from lantoa.common.forms import Form
from lantoa.directory.access import grants_of, in_care, needs, today
from lantoa.ledger import queries as ledger_queries
from lantoa.ledger.models import Entry, EntryQuerySet
from lantoa.web.acts import ACTS


class LedgerForm(Form):
    thing = forms.CharField(label=_("Thing"), max_length=80, required=False)
    actor = forms.CharField(label=_("Who"), max_length=60, required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


@needs("ledger.view")
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """The newest lines first; narrowed by thing, actor or day. Who audits the country reads all of them, who
    audits a unit reads what the people with a role in it did."""
    form = LedgerForm(request.GET if request.GET else None)
    entries = _readable(request)
    if form.is_valid():
        values = form.cleaned_data
        if values["thing"]:
            entries = entries.about_thing(values["thing"])
        if values["actor"]:
            entries = _by(entries, values["actor"])
        if isinstance(values["day"], date):
            entries = entries.of_day(values["day"])
    before = request.GET.get("before", "")
    if before and not re.fullmatch("[0-9]{1,18}", before):
        raise Http404
    lines = ledger_queries.page(entries, before=int(before) if before else None)
    keys = [line.actor.partition(":")[2] for line in lines.lines if line.actor.startswith("user:")]
    names = {f"user:{user.key}": user.full_name for user in User.objects.filter(key__in=keys)}
    rows = [
        (line, names.get(line.actor, line.actor), _said(line.act), *line.thing.partition(":")[::2])
        for line in lines.lines
    ]
    return render(request, "web/ledger.html", {"form": form, "lines": lines, "rows": rows})


def _readable(request: HttpRequest) -> EntryQuerySet:
    user, on = request.user, today()
    if grants_of(user, "ledger.view", on=on).everywhere:  # type: ignore[arg-type]
        return Entry.objects.all()
    staff = User.objects.filter(grants__unit__in=in_care(user, "ledger.view", on=on))  # type: ignore[arg-type]
    return Entry.objects.filter(actor__in=staff.values(actor=Concat(Value("user:"), "key")))


def _said(act: str) -> str:
    """The act in the reader's language; one this version does not know keeps its own name."""
    return gettext(ACTS[act]) if act in ACTS else act


def _by(entries: EntryQuerySet, who: str) -> EntryQuerySet:
    """The lines of an actor's key, as links carry it, or of everyone of that name or username, as people type it."""
    if ":" in who:
        return entries.by(who)
    named = User.objects.filter(Q(username__iexact=who) | Q(full_name__icontains=who)).values_list("key", flat=True)
    return entries.filter(actor__in=[f"user:{key}" for key in named])
