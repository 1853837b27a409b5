"""Text into clean values: what a citizen writes, and what becomes of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.directory.access import today
from lantoa.pilots.forms_fields import FieldsField, UnitField


class SayForm(Form):
    """What hurts and where. How to be reached only for whoever wants an answer; the consent is never given before the
    reader gives it."""

    text = forms.CharField(
        label=_("What hurts"),
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": _("Write what hurts")},
    )
    wants = forms.BooleanField(label=_("I would like an answer"), required=False)
    name = forms.CharField(label=_("Your name"), max_length=100, required=False)
    contact = forms.CharField(label=_("Telephone or e-mail"), max_length=120, required=False)
    consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, consent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(label=_("Commune, ward or special zone"), on=today())
        self.fields["consent"].label = consent
        self.order_fields(["unit", "text", "wants", "name", "contact", "consent"])

    def clean(self) -> dict[str, Any]:
        """Without the wish for an answer nothing of the person is taken, whatever was typed."""
        values = super().clean() or {}
        if not values.get("wants"):
            values["name"] = values["contact"] = ""
            values["consent"] = False
        elif not values.get("contact"):
            self.add_error("contact", ValidationError(_("Enter a telephone number or an e-mail address")))
        elif not values.get("consent"):
            self.add_error("consent", ValidationError(_("Tick the box if you agree")))
        return values


class TakeOverForm(Form):
    """What was said, in the office's words."""

    title = forms.CharField(label=_("Pain point"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=2000, required=False, widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_of_work"] = FieldsField()


class DeclineForm(Form):
    """Why it is not taken over."""

    reason = forms.CharField(label=_("Why it is set aside"), max_length=300)
