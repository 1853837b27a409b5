"""Text into clean values: loading an index, planning a campaign, answering, ruling."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.programmes.queries import unit_called
from lantoa.readiness.models import Campaign, IndexVersion
from lantoa.readiness.rules.file import MOST_BYTES
from lantoa.readiness.rules.structure import RATIO, STEPS, YES_NO, Component

UNIT_HELP = _("By its name, the smallest first: Phường Phước Long, Thành phố Hồ Chí Minh")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class _OfUnit(Form):
    """A form with a unit in words: `owner` among its clean values."""

    unit = forms.CharField(label=_("Unit that holds it"), max_length=600, help_text=UNIT_HELP)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        """The unit by its name."""
        values = super().clean() or self.cleaned_data
        if values.get("unit"):
            try:
                values["owner"] = unit_called(values["unit"], on=self.on)
            except Refused as reason:
                self.add_error("unit", say(reason))
        return values


class LoadForm(_OfUnit):
    """An index of one's own as a file, or one that comes with the house."""

    ready_made = forms.ChoiceField(label=_("An index that comes with Lantoa"), required=False)
    file = forms.FileField(label=_("Or a file of an index (.toml)"), required=False)

    def __init__(self, *args: Any, ready_made: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ready_made"].choices = [("", _("Choose …")), *ready_made]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The text of the file, read as UTF-8."""
        values = super().clean()
        values["text"] = ""
        file = values.get("file")
        if file is not None:
            content = file.read(MOST_BYTES + 1)
            try:
                values["text"] = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise ValidationError(_("The file is no text in UTF-8"), code="unreadable") from None
        elif not values.get("ready_made"):
            raise ValidationError(_("Choose an index, or a file"), code="required")
        return values


class DeadlinesForm(Form):
    """Until when units answer and object."""

    due_on = forms.DateField(label=_("Last day for answers"), widget=DAY)
    appeal_until = forms.DateField(label=_("Last day for objections"), widget=DAY, required=False)


class CampaignForm(_OfUnit):
    """What is collected, of which year, of which units, until when."""

    version = forms.ModelChoiceField(label=_("Index"), queryset=IndexVersion.objects.none(), to_field_name="key")
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    title = forms.CharField(label=_("Title"), max_length=300)
    day = forms.DateField(
        label=_("Units in force on"),
        widget=DAY,
        help_text=_("Those that stood under the unit on this day are asked."),
    )
    due_on = forms.DateField(label=_("Last day for answers"), widget=DAY)
    appeal_until = forms.DateField(label=_("Last day for objections"), widget=DAY, required=False)
    previous = forms.ModelChoiceField(
        label=_("Compared with"), queryset=Campaign.objects.none(), to_field_name="key", required=False
    )

    def __init__(
        self, *args: Any, versions: Any, called: Callable[[IndexVersion], str], campaigns: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        version: Any = self.fields["version"]
        version.queryset, version.label_from_instance = versions, called
        self.fields["previous"].queryset = campaigns  # type: ignore[attr-defined]


class AnswerForm(Form):
    """The answer to one component, with fields by its rule. Nothing is chosen beforehand."""

    def __init__(self, *args: Any, component: Component, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in answer_fields(component).items():
            self.fields[name] = field

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: self.cleaned_data.get(name) or "" for name in ("value", "part", "whole") if name in self.fields}


def answer_fields(component: Component) -> dict[str, forms.Field]:
    """`value`, or `part` and `whole`."""
    language = get_language() or "vi"
    label = component.ask.of(language) or component.title.of(language)
    if component.rule.kind == RATIO:
        return {
            "part": _figure(_("Part: how many of them")),
            "whole": _figure(_("Whole: how many there are")),
        }
    if component.rule.kind in (YES_NO, STEPS):
        choices: list[tuple[str, Any]] = [("yes", _("yes")), ("no", _("no"))]
        if component.rule.kind == STEPS:
            choices = [(step.code, step.title.of(language)) for step in component.rule.steps]
        return {"value": forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)}
    unit = component.unit.of(language)
    return {"value": _figure(f"{label} ({unit})" if unit else label)}


def _figure(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )


class PaperForm(Form):
    """A document that shows what an answer says."""

    number = forms.CharField(label=_("Number of the document"), max_length=60, required=False)
    issued_on = forms.DateField(label=_("Day of the document"), required=False, widget=DAY)
    abstract = forms.CharField(label=_("Abstract"), max_length=500)
    file = forms.FileField(label=_("File of the document"), required=False)


class ObjectionForm(Form):
    """Why a unit objects."""

    words = forms.CharField(label=_("Why you object"), max_length=1000, widget=forms.Textarea)


class RulingForm(AnswerForm):
    """Accept, lower to what the papers show, or return; the reason for the last two."""

    ruling = forms.ChoiceField(
        label=_("Ruling"),
        widget=forms.RadioSelect,
        choices=[("accepted", _("accept")), ("lowered", _("lower")), ("returned", _("return to be corrected"))],
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea)
    field_order = ("ruling", "value", "part", "whole", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)


class DecisionForm(AnswerForm):
    """What counts after an objection; left empty the ruling stays."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea)
    field_order = ("value", "part", "whole", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
