"""What an auditor asks for, made into clean values."""

from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from lantoa.accounts.models import User
from lantoa.common.forms import Form
from lantoa.web.acts import ACTS, ROOMS
from lantoa.web.queries.audit import Chosen, actors_called, people_called


class AuditDay(forms.DateField):
    """A day, typed 05/10/2020 or chosen from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")


class AuditForm(Form):
    """By whom, about whom or what, which acts, in which days. The whole choice stands in the address."""

    actor = forms.CharField(label=_("Who"), max_length=60, required=False)
    person = forms.CharField(label=_("About whom"), max_length=100, required=False)
    thing = forms.CharField(label=_("Thing"), max_length=80, required=False)
    since = AuditDay(label=_("From day"), required=False)
    until = AuditDay(label=_("To day"), required=False)

    def __init__(self, *args: Any, reader: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.on = reader, on

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day stands before the first"))
        if who := values.get("person"):
            values["people"] = people_called(who, self.reader, on=self.on)
            if values["people"] is None:
                self.add_error("person", _("Too many people are called so: write more of the name"))
        return values

    def chosen(self) -> Chosen:
        """What was asked for."""
        values = self.cleaned_data
        return Chosen(
            actors=actors_called(values["actor"]) if values["actor"] else None,
            people=values.get("people"),
            thing=values["thing"],
            act=values.get("act", "") or values.get("page", ""),
            since=values["since"],
            until=values["until"],
            lists=values.get("lists", False),
        )


@cache  # some three hundred words, looked up and put in order once in a language
def _acts(_language: str) -> list[Any]:
    """All kinds of acts, room by room, in the order of their words in the language that is active."""
    grouped: list[Any] = [("", gettext("all"))]
    for room, words in ROOMS.items():
        acts = [(act, gettext(said)) for act, said in ACTS.items() if act.startswith(room)]
        everything = (room, gettext("all: %(room)s") % {"room": gettext(words)})
        grouped.append((gettext(words), [everything, *sorted(acts, key=lambda one: one[1])]))
    return grouped


class LinesForm(AuditForm):
    """Which lines of the ledger."""

    act = forms.ChoiceField(label=_("Kind of act"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = _acts(get_language() or "")  # type: ignore[attr-defined]


class LooksForm(AuditForm):
    """Which looks: on which page, and whether lists count in which a person may have stood."""

    page = forms.ChoiceField(label=_("Page"), required=False)
    lists = forms.BooleanField(label=_("Also the lists they may have stood in"), required=False)

    def __init__(self, *args: Any, pages: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.data.get("page", "")
        called = {words: page for page, words in sorted(pages.items(), reverse=True)}  # pages called alike are one
        called |= {pages[asked]: asked} if asked in pages else {}
        choices = sorted((words, page) for words, page in called.items())
        self.fields["page"].choices = [("", gettext("all")), *((page, words) for words, page in choices)]  # type: ignore[attr-defined]
