"""What is typed to come in."""

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from lantoa.accounts.models import User
from lantoa.accounts.rules import CARD_LETTERS, PASSWORD_LETTERS, clean_username, typed
from lantoa.common.forms import Form


def _password(label: Any, required: Any, help_text: Any = "") -> forms.CharField:
    """A password is taken as it was typed, spaces included."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=PASSWORD_LETTERS,
        widget=forms.PasswordInput,
        error_messages={
            "required": required,
            "max_length": _("The password must have at most %(limit_value)d letters"),
        },
    )


class SignInForm(Form):
    """Name and password."""

    username = forms.CharField(
        label=_("Username"), max_length=80, error_messages={"required": _("Enter your username")}
    )
    password = _password(_("Password"), _("Enter your password"))

    def clean_username(self) -> str:
        return clean_username(self.cleaned_data["username"])


class NewPasswordForm(Form):
    """A new password for `user`, typed twice."""

    new = _password(
        _("New password"),
        _("Enter a new password"),
        _("At least 10 letters, not digits only. A short sentence is easy to remember and hard to guess."),
    )
    again = _password(_("New password again"), _("Enter the new password again"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        new = cast("str", self.cleaned_data["new"])
        validate_password(new, self.user)
        return new

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new and again and new != again:
            self.add_error("again", _("Both passwords must be the same"))


class ChangePasswordForm(NewPasswordForm):
    """The current password, then the new one."""

    current = _password(_("Current password"), _("Enter your current password"))
    field_order = ("current", "new", "again")


class CardForm(Form):
    """The code of a printed card, in any spelling."""

    code = forms.CharField(
        label=_("Code"), max_length=80, error_messages={"required": _("Enter the code of your card")}
    )

    def clean_code(self) -> str:
        code = typed(self.cleaned_data["code"])
        if len(code) != CARD_LETTERS:
            raise forms.ValidationError(
                _("The code must have 16 letters and digits; this one has %(count)d"), params={"count": len(code)}
            )
        return code


class CodeForm(Form):
    """A one-time code, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your telephone, or one of your recovery codes."),
        max_length=40,
        error_messages={"required": _("Enter the code")},
    )
