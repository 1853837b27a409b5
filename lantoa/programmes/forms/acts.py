"""Legal acts as people type them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.programmes.forms import DayField
from lantoa.programmes.forms.targets import UnitField
from lantoa.programmes.models import LegalAct
from lantoa.programmes.queries import unit_called
from lantoa.programmes.queries.acts import text_of
from lantoa.programmes.rules.acts import ActText
from lantoa.programmes.words import MARK_WORDS
from lantoa.programmes.words_acts import FORCE_WORDS, KIND_WORDS, WAY_WORDS

OURS = [("", _("our own act, or seen by us")), *((mark, words) for mark, words in MARK_WORDS.items() if mark)]


class FindActsForm(Form):
    """Which acts to show."""

    text = forms.CharField(label=_("Number, issuer or title"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind of the act"), required=False, choices=[("", _("All")), *KIND_WORDS.items()]
    )
    force = forms.ChoiceField(label=_("On the day"), required=False, choices=[("", _("All")), *FORCE_WORDS.items()])


class ActForm(Form):
    """What an act says of itself, and for how long it holds."""

    kind = forms.ChoiceField(label=_("Kind of the act"), choices=list(KIND_WORDS.items()))
    number = forms.CharField(label=_("Number"), max_length=60, help_text=_("As written on it: 2393/QĐ-UBND"))
    issued_on = DayField(label=_("Issued on"))
    issuer = forms.CharField(label=_("Issuing body"), max_length=200)
    title = forms.CharField(label=_("Title of the act"), max_length=500)
    starts = DayField(label=_("In force from"), required=False, help_text=_("Empty: the day of its issue"))
    ends = DayField(label=_("No longer in force from"), required=False)
    url = forms.CharField(label=_("Where it can be read"), max_length=500, required=False, help_text=_("https://…"))
    mark = forms.ChoiceField(label=_("Evidence mark"), choices=OURS, required=False)

    def __init__(self, *args: Any, act: LegalAct | None = None, **kwargs: Any) -> None:
        if act is not None:
            kwargs["initial"] = vars(text_of(act))
        super().__init__(*args, **kwargs)
        if act is not None:
            for name in ("number", "issued_on", "issuer"):
                self.fields[name].disabled = True

    def text(self) -> ActText:
        """As the actions take it."""
        return ActText(**{name: self.cleaned_data[name] for name in ActText.__dataclass_fields__})


class NewActForm(ActForm):
    """An act more, and the office that keeps it."""

    unit = UnitField(label=_("The office that keeps it"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("unit") and values.get("issued_on"):
            try:
                values["keeper"] = unit_called(values["unit"], on=self.today)
            except Refused as reason:
                self.add_error("unit", say(reason))
        return values

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class RelateForm(Form):
    """Which act this one touches, and how."""

    way = forms.ChoiceField(label=_("This act"), choices=list(WAY_WORDS.items()))
    other = forms.ModelChoiceField(label=_("Which act"), queryset=LegalAct.objects.none(), to_field_name="key")

    def __init__(self, *args: Any, acts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = acts  # type: ignore[attr-defined]


class RestForm(Form):
    """Which programmes and targets rest on an act."""

    programmes = forms.MultipleChoiceField(
        label=_("Programmes that rest on it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    targets = forms.MultipleChoiceField(
        label=_("Targets that rest on it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, programmes: Any, targets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programmes"].choices = [(one.key, one.name) for one in programmes]  # type: ignore[attr-defined]
        self.fields["targets"].choices = [(one.key, str(one)) for one in targets]  # type: ignore[attr-defined]


class ActFileForm(Form):
    """The act itself."""

    file = forms.FileField(
        label=_("The act as a file (.pdf, .docx, .doc or .odt)"), error_messages={"required": _("Choose a file")}
    )
