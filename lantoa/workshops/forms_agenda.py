"""Text into clean values: a part of the agenda."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, MomentField
from lantoa.workshops.models import AgendaItem, Workshop
from lantoa.workshops.rules.words import LANGUAGES


class ItemForm(Form):
    """What is spoken about, by whom, when, in which language."""

    title = forms.CharField(label=_("Title"), max_length=300)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    speaker = forms.CharField(label=_("Speaker"), max_length=200, required=False, help_text=_("Name, post, office"))
    speaker_en = forms.CharField(label=_("Speaker in English"), max_length=200, required=False)
    begins = MomentField(label=_("Begins at"), help_text=_("By the clock of the workshop"))
    ends = MomentField(label=_("Ends at"))
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, workshop: Workshop, item: AgendaItem | None = None, **kwargs: Any) -> None:
        last = workshop.agenda.order_by("position").last()
        begins = last.during.upper if last else workshop.during.lower
        kwargs["initial"] = (
            {
                **{name: getattr(item, name) for name in ("title", "title_en", "speaker", "speaker_en", "language")},
                "begins": item.during.lower,
                "ends": item.during.upper,
            }
            if item
            else {"begins": begins, "language": workshop.languages[0]}
        )
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        self.fields["language"].choices = [(one, gettext(LANGUAGES[one])) for one in workshop.languages]  # type: ignore[attr-defined]
        if len(workshop.languages) == 1:
            for name in ("title_en", "speaker_en", "language"):
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """The values that both adding and changing take."""
        values = {"language": self.workshop.languages[0], **self.cleaned_data}
        return {"begins": values.pop("begins"), "ends": values.pop("ends"), "values": values}
