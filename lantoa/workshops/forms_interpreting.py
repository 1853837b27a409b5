"""Text into clean values: interpreters and their words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form


class InterpreterForm(Form):
    """Which account interprets."""

    username = forms.CharField(label=_("Sign-in name of the interpreter"), max_length=80)


class TermForm(Form):
    """A word in both languages."""

    vi = forms.CharField(label=_("In Vietnamese"), max_length=200)
    en = forms.CharField(label=_("In English"), max_length=200)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
