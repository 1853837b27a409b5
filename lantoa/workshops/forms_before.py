"""Text into clean values: an answer to an invitation, a technical check, a document."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, NumberField
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.checks import BAD, MEASURED, OK, UNKNOWN, YES_NO
from lantoa.workshops.rules.words import LANGUAGES


class AnswerForm(Form):
    """Whether a site takes part, and with how many."""

    answer = forms.ChoiceField(
        label=_("Does the site take part?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    people = forms.IntegerField(label=_("How many people will come"), min_value=0, max_value=999_999, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("If it does not take part: why")
    )


class CheckForm(Form):
    """What works at a site. The script of the page fills in what it has measured; without it, one says so."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [(OK, gettext("works")), (BAD, gettext("does not work")), (UNKNOWN, gettext("not tried"))]
        fields: dict[str, forms.Field] = {
            name: forms.ChoiceField(
                label=gettext(words).capitalize(), choices=said, widget=forms.RadioSelect, initial=UNKNOWN
            )
            for name, words in YES_NO.items()
        }
        for name, (words, unit) in MEASURED.items():
            fields[name] = NumberField(label=f"{gettext(words).capitalize()} ({unit})", required=False)
        self.fields = {**fields, **self.fields}

    def results(self) -> dict[str, Any]:
        """What was measured or said."""
        return {name: self.cleaned_data[name] for name in (*YES_NO, *MEASURED)}


class DocumentForm(Form):
    """A document for everybody at the sites."""

    file = forms.FileField(label=_("File"))
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(one, gettext(LANGUAGES[one])) for one in workshop.languages]  # type: ignore[attr-defined]
        self.fields["language"].initial = workshop.languages[0]
