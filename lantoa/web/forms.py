"""What is typed and chosen at the desks that join rooms."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form


class NameForm(Form):
    """Words of a person's name."""

    q = forms.CharField(label=_("Name of a person"), required=False, max_length=100)


class MergeForm(Form):
    """What has to be said before two records become one; nothing is chosen beforehand."""

    reason = forms.CharField(label=_("Why they are one person"), required=False, max_length=300)

    def __init__(
        self,
        *args: Any,
        accounts: Sequence[str],
        places: Sequence[tuple[str, Sequence[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if accounts:
            self.fields["account"] = forms.ChoiceField(
                label=_("Both have an account. Which one stays?"),
                help_text=_("The other one is closed; its roles do not pass over."),
                choices=list(zip(("survivor", "merged"), accounts, strict=True)),
                widget=forms.RadioSelect,
                error_messages={"required": _("Say which account stays")},
            )
        self._places = [f"place-{number}" for number in range(len(places))]
        for name, (code, choices) in zip(self._places, places, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=_("Both are in class %(code)s. Which place stays?") % {"code": code},
                help_text=_("The other one is taken out of the class; marks and certificate stay with the place."),
                choices=list(choices),
                widget=forms.RadioSelect,
                error_messages={"required": _("Say which place in the class stays")},
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def places(self) -> list[str]:
        """The keys of the enrolments that stay."""
        return [self.cleaned_data[name] for name in self._places]
