"""Targets and figures as people type them."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantoa.common.figures import AMBIGUOUS, Ambiguous, read_figure, typed
from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.programmes.forms import CODE, DayField, field_choices
from lantoa.programmes.models import Programme, Target
from lantoa.programmes.queries import unit_called, unit_in_words
from lantoa.programmes.queries.targets import text_of
from lantoa.programmes.rules.figures import read_goals, written_goals
from lantoa.programmes.rules.spans import Span, read_span
from lantoa.programmes.rules.target_text import Goal, TargetText, wrongs
from lantoa.programmes.words import EVERY_WORDS, KIND_WORDS, PILLAR_WORDS, ROLL_UP_WORDS, STATE_WORDS, WAY_WORDS


class FigureField(forms.CharField):
    """A figure as people write it: 1.234,5 or 1234.5, with a percent sign or without."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_figure(text)
        except Ambiguous as error:
            raise ValidationError(_(AMBIGUOUS), params={"value": text}) from error
        except (ValueError, InvalidOperation) as error:
            raise ValidationError(_("“%(text)s” is no number."), params={"text": text}) from error

    def prepare_value(self, value: Any) -> Any:
        return typed(value) if isinstance(value, Decimal) else value


class UnitField(forms.CharField):
    """A unit by its name, the smallest first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("The smallest first: Phường Bến Thành, Thành phố Hồ Chí Minh"))
        super().__init__(max_length=600, **kwargs)


class FindTargetsForm(Form):
    """Which targets to show."""

    text = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    pillar = forms.ChoiceField(label=_("Pillar"), required=False, choices=[("", _("All")), *PILLAR_WORDS.items()])
    field = forms.ChoiceField(label=_("Field of work"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *KIND_WORDS.items()])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATE_WORDS.items()])
    units = forms.BooleanField(label=_("Shares of units, too"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", _("All")), *field_choices()]  # type: ignore[attr-defined]


class TargetForm(Form):
    """A target with its milestones."""

    unit = UnitField(label=_("Owner"))
    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE])
    name = forms.CharField(label=_("Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    pillar = forms.ChoiceField(label=_("Pillar"), choices=list(PILLAR_WORDS.items()))
    field = forms.ChoiceField(label=_("Field of work"), required=False)
    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KIND_WORDS.items()))
    measure = forms.CharField(label=_("Unit of measure"), max_length=60, help_text=_("%, place, files, people …"))
    definition = forms.CharField(
        label=_("Definition"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(label=_("Where the figures come from"), max_length=300, required=False)
    since = DayField(label=_("First day it holds"))
    every = forms.ChoiceField(label=_("Measured"), choices=list(EVERY_WORDS.items()))
    roll_up = forms.ChoiceField(
        label=_("Figures of units are"),
        required=False,
        choices=[("", _("not joined")), *ROLL_UP_WORDS.items()],
    )
    baseline = FigureField(label=_("Baseline"), required=False)
    baseline_year = forms.IntegerField(
        label=_("Year of the baseline"), required=False, min_value=1990, max_value=2100
    )
    goals = forms.CharField(
        label=_("Milestones"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A line for each year: 2025 = 80. Evidence may follow: 2025 = 80; F; vietnamnet.vn 2455309"),
    )
    goals_reason = forms.CharField(
        label=_("Why a milestone of a year that is over changes"),
        max_length=500,
        required=False,
        help_text=_("Only when one of them is changed or taken out. What it was stays readable."),
    )
    low = FigureField(label=_("The least that can be"), required=False)
    high = FigureField(label=_("The most that can be"), required=False)
    jump = FigureField(label=_("A change above so many percent must be explained"), required=False)

    def __init__(self, *args: Any, programmes: Any, target: Target | None = None, **kwargs: Any) -> None:
        if target is not None:
            kwargs["initial"] = values_of(target)
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", "–"), *field_choices()]  # type: ignore[attr-defined]
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["programme"].to_field_name = "key"  # type: ignore[attr-defined]
        if target is not None:
            self.fields["unit"].disabled = True
        else:
            del self.fields["goals_reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("unit") and values.get("since") and not self.fields["unit"].disabled:
            try:
                values["owner"] = unit_called(values["unit"], on=values["since"])
            except Refused as reason:
                self.add_error("unit", say(reason))
        try:
            goals = read_goals(values.get("goals", ""))
        except Refused as reason:
            self.add_error("goals", say(reason))
            goals = ()
        if not self.errors:
            values["text"] = self._text(values, goals)
            for wrong in wrongs(values["text"]):
                self.add_error("goals" if wrong.goal is not None else wrong.field, say(wrong.refused()))
        return values

    def _text(self, values: dict[str, Any], goals: tuple[Goal, ...]) -> TargetText:
        plain = (
            "code", "name", "name_en", "pillar", "kind", "measure", "since", "field", "definition", "source",
            "roll_up", "every", "low", "high", "jump", "baseline", "baseline_year",
        )  # fmt: skip
        return TargetText(**{name: values[name] for name in plain}, goals=goals)


def values_of(target: Target) -> dict[str, Any]:
    """A target as its form shows it."""
    text = text_of(target)
    values = {name: getattr(text, name) for name in TargetText.__dataclass_fields__}
    return values | {
        "unit": unit_in_words(target.unit, on=target.since),
        "programme": target.programme.key if target.programme else None,
        "goals": written_goals(text.goals),
    }


class RetireForm(Form):
    """From when on a target no longer holds, and why."""

    on = DayField(label=_("First day it no longer holds"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    shares_too = forms.BooleanField(label=_("The shares of units end as well"), required=False)


class FigureForm(Form):
    """A figure with where it comes from."""

    period = forms.CharField(label=_("Period"), max_length=20, help_text=_("2025, Q3/2025 or 09/2025"))
    value = FigureField(label=_("Figure"), required=False)
    part = FigureField(label=_("Of a ratio: the part"), required=False)
    whole = FigureField(label=_("Of a ratio: the whole"), required=False)
    document_number = forms.CharField(label=_("Source document: number"), max_length=60, required=False)
    document_date = DayField(label=_("Source document: date"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    reason = forms.CharField(
        label=_("Why the figure that stands changes"),
        max_length=500,
        required=False,
        help_text=_("Only for a correction. The line before stays readable."),
    )

    def clean_period(self) -> Span:
        span = read_span(fold(self.cleaned_data["period"]))
        if span is None:
            raise ValidationError(_("A period is written 2025, Q3/2025 or 09/2025."))
        return span

    def clean_document_date(self) -> date | None:
        day: date | None = self.cleaned_data["document_date"]
        return day


class ReviewForm(Form):
    """Why a figure is given back."""

    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class ShareOutForm(Form):
    """How a target comes down to units."""

    way = forms.ChoiceField(label=_("How"), choices=list(WAY_WORDS.items()), widget=forms.RadioSelect)
    since = DayField(label=_("First day it holds"))


class ForebearsForm(Form):
    """How the figures of the units before are joined."""

    rule = forms.ChoiceField(label=_("Their figures are"), choices=list(ROLL_UP_WORDS.items()))


class ReportHeadForm(Form):
    """Who issues a report and who signs it."""

    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    superior = forms.CharField(label=_("Superior body"), max_length=200, required=False)
    code = forms.CharField(label=_("Its letters in the number"), max_length=20, help_text=_("UBND in 12/BC-UBND"))
    place = forms.CharField(label=_("Place"), max_length=100)
    post = forms.CharField(label=_("Post of the signer"), max_length=200)
    name = forms.CharField(label=_("Name of the signer"), max_length=100)
