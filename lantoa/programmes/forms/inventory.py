"""What runs and what is expected, as people type it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.programmes.actions.inventory import MOST_MONEY, MOST_USERS, StageText
from lantoa.programmes.forms import DayField
from lantoa.programmes.queries.inventory import kinds
from lantoa.programmes.rules.inventory import GROUPS, MOST_YEARS, Expected
from lantoa.programmes.words_inventory import CHOSEN_WORDS, GROUP_WORDS, LEVEL_WORDS, STATE_WORDS, kind_words


def kind_choices() -> list[Any]:
    """The kinds, platforms first, in the reader's language."""
    return [
        (GROUP_WORDS[group], [(code, kind_words(code)) for code, one in kinds().items() if one.group == group])
        for group in GROUPS
    ]


class StageForm(Form):
    """What is true of a system from a day on."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As people call it, with its version"))
    state = forms.ChoiceField(label=_("State"), choices=list(STATE_WORDS.items()))
    since = DayField(label=_("Since"), help_text=_("From this day on all of this is true"))
    owner = forms.CharField(
        label=_("Whose it is"), max_length=200, required=False, help_text=_("Empty: the unit's own")
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=200, required=False)
    users = forms.IntegerField(label=_("Users"), required=False, min_value=0, max_value=MOST_USERS)
    cost = forms.IntegerField(label=_("Cost a year (đồng)"), required=False, min_value=0, max_value=MOST_MONEY)
    links = forms.MultipleChoiceField(label=_("Connected to"), required=False, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    reason = forms.CharField(
        label=_("Why what was said of this day changes"),
        max_length=500,
        required=False,
        help_text=_("Only for a correction. The line before stays readable."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["links"].choices = [  # type: ignore[attr-defined]
            (code, kind_words(code)) for code, one in kinds().items() if one.group == GROUPS[0]
        ]

    def text(self) -> StageText:
        """As the actions take it."""
        said = {name: self.cleaned_data[name] for name in StageText.__dataclass_fields__}
        return StageText(**said | {"links": tuple(said["links"])})


class SystemForm(StageForm):
    """A system more."""

    kind = forms.ChoiceField(label=_("Kind"))
    field_order = ("kind",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose …")), *kind_choices()]  # type: ignore[attr-defined]
        del self.fields["reason"]


class FindForm(Form):
    """Which units of the inventory to show."""

    text = forms.CharField(label=_("Name of the unit"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("Units that"), required=False, choices=[("", _("All")), *CHOSEN_WORDS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *kind_choices()]  # type: ignore[attr-defined]


class SheetForm(Form):
    """A sheet that is loaded."""

    file = forms.FileField(
        label=_("The sheet (.xlsx, .xls, .ods or .csv)"), error_messages={"required": _("Choose a file")}
    )


class ExpectedForm(Form):
    """What units of a level are to run. Nothing is chosen beforehand but what stands already."""

    level = forms.ChoiceField(label=_("Units of this level"), choices=list(LEVEL_WORDS.items()))
    since = DayField(label=_("From this day on"))
    basis = forms.CharField(
        label=_("It rests on"), max_length=300, required=False, help_text=_("Number and date of the decision")
    )
    wanted = forms.MultipleChoiceField(
        label=_("They are to run"), required=False, widget=forms.CheckboxSelectMultiple
    )
    connected = forms.MultipleChoiceField(
        label=_("Connected to the data sharing platform"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ages = forms.CharField(
        label=_("At most so many years old"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line for each kind: devices = 5. The words before the sign are those of the list above."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, f"{kind_words(code)} ({code})") for code in kinds()]
        for name in ("wanted", "connected"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_ages(self) -> dict[str, int]:
        found = {}
        for line in self.cleaned_data["ages"].splitlines():
            if not line.strip():
                continue
            code, _sign, years = (part.strip() for part in line.partition("="))
            if code not in kinds() or not years.isdecimal() or not 1 <= int(years) <= MOST_YEARS:
                raise forms.ValidationError(
                    _("“%(line)s” is no kind with a number of years: devices = 5"), params={"line": line[:60]}
                )
            found[code] = int(years)
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        wanted = set(values.get("wanted", ()))
        for name in ("connected", "ages"):
            if beyond := [code for code in values.get(name, ()) if code not in wanted]:
                self.add_error(name, _("Choose it above, too: %(kinds)s") % {"kinds": ", ".join(beyond)})
        return values

    def items(self) -> list[Expected]:
        """As the actions take it."""
        said = self.cleaned_data
        return [
            Expected(code, said["ages"].get(code), code in said["connected"])
            for code in kinds()
            if code in said["wanted"]
        ]
