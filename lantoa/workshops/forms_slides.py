"""Text into clean values: which document is shown page by page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form


class SlidesForm(Form):
    """A document, and the slides that it says in another language."""

    document = forms.ChoiceField(label=_("Document"))
    same_as = forms.ChoiceField(label=_("The same slides in another language"), required=False)

    def __init__(
        self, *args: Any, documents: Sequence[tuple[str, str]], decks: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = documents  # type: ignore[attr-defined]
        self.fields["same_as"].choices = [("", _("none")), *decks]  # type: ignore[attr-defined]
        if not decks:
            del self.fields["same_as"]
