"""Forms of the rooms of an exam."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.directory.models import Person
from lantoa.exams.actions.invigilating import KINDS
from lantoa.exams.actions.rooms import LARGEST
from lantoa.exams.actions.sittings import LONGEST, REASONS
from lantoa.exams.models import Room
from lantoa.exams.queries.minutes import Head


class MakeRoomsForm(Form):
    """How many sit in one room."""

    most = forms.IntegerField(
        label=_("People in one room, at most"),
        min_value=1,
        max_value=LARGEST,
        initial=40,
        help_text=_("Everybody who has no room yet gets a place in a room of their unit."),
    )


class RoomForm(Form):
    """A room by hand."""

    name = forms.CharField(label=_("Name of the room"), max_length=200)
    unit = forms.ChoiceField(
        label=_("Unit whose site operators watch over it"),
    )

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", gettext("Choose …")), *units]  # type: ignore[attr-defined]


class ChangeRoomForm(Form):
    """The name of a room, and who watches over it."""

    name = forms.CharField(label=_("Name of the room"), max_length=200)
    people = forms.MultipleChoiceField(
        label=_("Invigilators by name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see this room only. The site operators of its unit see it anyway."),
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everybody = people
        self.fields["people"].choices = [(one.key, one.full_name) for one in people]  # type: ignore[attr-defined]
        if not people:
            del self.fields["people"]

    def chosen(self) -> list[Person]:
        """Those ticked."""
        keys = set(self.cleaned_data.get("people", ()))
        return [one for one in self.everybody if one.key in keys]


class MoveForm(Form):
    """Into which room."""

    room = forms.ModelChoiceField(label=_("Into the room"), queryset=Room.objects.none(), to_field_name="key")

    def __init__(self, *args: Any, rooms: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]


class RemarkForm(Form):
    """What happened."""

    kind = forms.ChoiceField(label=_("What it is about"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is noted"),
        max_length=500,
        required=False,
        widget=forms.Textarea,
        help_text=_(
            "It stands in the minutes as you write it, and cannot be changed. Of one person: on their own page."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, gettext(words)) for code, words in KINDS.items()]  # type: ignore[attr-defined]


class RoomTimeForm(Form):
    """More minutes for a whole room."""

    minutes = forms.IntegerField(label=_("More minutes for everybody in the room"), min_value=1, max_value=LONGEST)
    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    given = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(code, gettext(words)) for code, words in REASONS.items()]  # type: ignore[attr-defined]


class HeadForm(Form):
    """Who issues the minutes as a document."""

    issuer = forms.CharField(label=_("Issuing body"), max_length=200)
    superior = forms.CharField(label=_("Superior body"), max_length=200, required=False)
    code = forms.CharField(label=_("Abbreviation in the code"), help_text=_("UBND in 05/BB-UBND"), max_length=20)
    place = forms.CharField(label=_("Place"), max_length=80)

    @property
    def head(self) -> Head:
        """The values, cleaned."""
        return Head(**{name: self.cleaned_data[name] for name in self.fields})
