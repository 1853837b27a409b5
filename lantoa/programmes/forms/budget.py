"""Money as people type it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, NumberField
from lantoa.programmes.actions.budget import EntryText
from lantoa.programmes.forms import DayField
from lantoa.programmes.forms.targets import FigureField
from lantoa.programmes.models import Programme
from lantoa.programmes.rules.budget import MOST, Amount, LineText
from lantoa.programmes.words_budget import KIND_WORDS, SOURCE_WORDS


class LineForm(Form):
    """A line of the budget."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    source = forms.ChoiceField(label=_("Source of money"), choices=[("", _("Choose …")), *SOURCE_WORDS.items()])
    partner = forms.ChoiceField(
        label=_("Who gives it"),
        required=False,
        help_text=_("A partner of the programme; needed for donors and gifts"),
    )
    purpose = forms.CharField(label=_("What for"), max_length=300, required=False)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict.fromkeys(programme.partners.order_by("position").values_list("name", flat=True))
        self.fields["partner"].choices = [("", "–"), *((one, one) for one in named)]  # type: ignore[attr-defined]

    def text(self) -> LineText:
        """As the actions take it."""
        return LineText(**self.cleaned_data)


class AmountForm(Form):
    """An amount of a line."""

    kind = forms.ChoiceField(label=_("Which amount"), choices=[("", _("Choose …")), *KIND_WORDS.items()])
    day = DayField(
        label=_("Day of the amount"),
        help_text=_("The amount is added to those entered before: enter what is new, not the sum so far."),
    )
    amount = NumberField(
        label=_("Amount in đồng"), required=False, min_value=1, max_value=MOST, decimal_places=0,
        help_text=_("Whole đồng. May stay empty where currency, amount in it and rate are given."),
    )  # fmt: skip
    currency = forms.CharField(
        label=_("Donor's currency"), max_length=3, required=False, help_text=_("Three letters: USD"),
        validators=[RegexValidator(r"^[A-Z]{3}$", _("A currency has three capital letters: USD."))],
    )  # fmt: skip
    foreign = FigureField(label=_("Amount in that currency"), required=False)
    rate = FigureField(label=_("Rate: đồng for one of it"), required=False)
    document_number = forms.CharField(label=_("Source document: number"), max_length=60, required=False)
    document_date = DayField(label=_("Source document: date"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def text(self) -> EntryText:
        """As the actions take it."""
        said = self.cleaned_data
        dong = None if said["amount"] is None else int(said["amount"])
        amount = Amount(dong, said["currency"], said["foreign"], said["rate"])
        plain = {name: said[name] for name in ("kind", "day", "document_number", "document_date", "note")}
        return EntryText(amount=amount, **plain)


class CounterForm(Form):
    """Why an amount is countered."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class FindEntriesForm(Form):
    """Which entries to show."""

    kind = forms.ChoiceField(label=_("Which amount"), required=False, choices=[("", _("All")), *KIND_WORDS.items()])
    source = forms.ChoiceField(
        label=_("Source of money"), required=False, choices=[("", _("All")), *SOURCE_WORDS.items()]
    )
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)
    partner = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)
    line = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)


class FindEntriesUnderForm(FindEntriesForm):
    """The same over several programmes."""

    programme = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)
    giver = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    owner = forms.CharField(required=False, max_length=13, widget=forms.HiddenInput)


class FindBudgetsForm(Form):
    """Which money of several programmes to show. `owners`: key and name of the offices that have some."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)
    source = forms.ChoiceField(
        label=_("Source of money"), required=False, choices=[("", _("All")), *SOURCE_WORDS.items()]
    )

    def __init__(self, *args: Any, owners: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All")), *owners]
