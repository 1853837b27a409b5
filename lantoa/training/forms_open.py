"""Text into clean values: a class opened to everybody, and whoever joins it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantoa.common.forms import Form
from lantoa.training.forms import DayField
from lantoa.training.models import Joining


class OpenForm(Form):
    """Until when everybody may join, and what they should know."""

    until = DayField(
        label=gettext_lazy("Last day to join"), error_messages={"required": gettext_lazy("Enter the day")}
    )
    about = forms.CharField(
        label=gettext_lazy("For whom, and what to bring"), max_length=600, required=False, widget=forms.Textarea
    )


class JoinForm(Form):
    """No more than the class needs. The consent is never given before the reader gives it."""

    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter your name")},
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=20, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("You come as"),
        choices=[
            (Joining.Kind.CITIZEN, gettext_lazy("a citizen")),
            (Joining.Kind.BUSINESS, gettext_lazy("somebody from a business")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of them")},
    )
    business = forms.CharField(label=gettext_lazy("Name of the business"), max_length=200, required=False)
    consent = forms.BooleanField(error_messages={"required": gettext_lazy("Tick the box if you agree")})

    def __init__(self, *args: Any, consent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "email" in values and not values.get("phone", "").strip() and not values["email"]:
            raise ValidationError(_("Give a telephone number or an e-mail address: one of them is enough."))
        return values
