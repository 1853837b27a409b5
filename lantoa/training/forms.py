"""Text into clean values."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.competence.models import Course, Topic
from lantoa.directory.models import Person
from lantoa.presence.models import Attendance
from lantoa.training.models import Assessment, Room, TrainingClass


def _asks(words: Any) -> dict[str, Any]:
    """What a field that was left empty asks for, in words."""
    return {"required": words}


class DayField(forms.DateField):
    """A day, typed 05/10/2020 or chosen from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")


class ClassForm(Form):
    code = forms.CharField(label=_("Class code"), max_length=40, error_messages=_asks(_("Enter the class code")))
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.none(), error_messages=_asks(_("Choose the course"))
    )
    capacity = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=100_000, error_messages=_asks(_("Enter the number of places"))
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    online_url = forms.URLField(
        label=_("Address of the online class"), max_length=500, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, courses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = courses  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("place") and not values.get("online_url"):
            self.add_error("place", _("Say where the class is held, or give the address of the online class."))
        return values


class MeetingForm(Form):
    topic = forms.ModelChoiceField(
        label=_("Topic"), queryset=Topic.objects.none(), error_messages=_asks(_("Choose the topic"))
    )
    day = DayField(label=_("Day"), error_messages=_asks(_("Enter the day")))
    starts = forms.TimeField(
        label=_("Begins at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=_asks(_("Enter the time")),
    )
    ends = forms.TimeField(
        label=_("Ends at"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=_asks(_("Enter the time")),
    )
    lecturer = forms.ModelChoiceField(
        label=_("Lecturer"), queryset=Person.objects.none(), to_field_name="key", required=False
    )
    room = forms.ModelChoiceField(label=_("Room"), queryset=Room.objects.none(), required=False)

    def __init__(self, *args: Any, training_class: TrainingClass, lecturers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = training_class.course.topics.order_by("position")  # type: ignore[attr-defined]
        self.fields["lecturer"].queryset = lecturers  # type: ignore[attr-defined]
        self.fields["room"].queryset = Room.objects.filter(unit=training_class.unit).order_by("name")  # type: ignore[attr-defined]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when until when, in the zone of the place."""
        day, values = self.cleaned_data["day"], self.cleaned_data
        return (
            timezone.make_aware(datetime.combine(day, values["starts"])),
            timezone.make_aware(datetime.combine(day, values["ends"])),
        )


class ReasonForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, error_messages=_asks(_("Enter the reason")))


class CorrectionForm(Form):
    state = forms.ChoiceField(
        label=_("Was there"), widget=forms.RadioSelect, error_messages=_asks(_("Choose one of them"))
    )
    percent = forms.IntegerField(label=_("Part attended, in percent"), min_value=1, max_value=99, required=False)
    reason = forms.CharField(
        label=_("Reason of the correction"), max_length=300, error_messages=_asks(_("Enter the reason"))
    )

    WORDS = {
        Attendance.State.PRESENT: _("Present"),
        Attendance.State.PARTIAL: _("For a part"),
        Attendance.State.LEAVE: _("On leave"),
        Attendance.State.ABSENT: _("Absent"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = list(self.WORDS.items())  # type: ignore[attr-defined]


class CodeForm(Form):
    digits = forms.CharField(
        label=_("The six digits on the wall"), max_length=12, error_messages=_asks(_("Enter the six digits"))
    )


class HandInForm(Form):
    text = forms.CharField(
        label=_("Your text"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    file = forms.FileField(label=_("A file"), required=False)
    problem = forms.CharField(
        label=_("The problem in your office"), max_length=5_000, required=False, widget=forms.Textarea
    )
    first_step = forms.CharField(label=_("The first step"), max_length=5_000, required=False, widget=forms.Textarea)
    by_when = DayField(label=_("By when"), required=False)

    PLAN = ("problem", "first_step", "by_when")
    ASSIGNMENT = ("text", "file")

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_plan = assessment.kind == Assessment.Kind.PLAN
        for name in self.ASSIGNMENT if is_plan else self.PLAN:
            del self.fields[name]
        if is_plan:
            for name, words in (
                ("problem", _("Describe the problem")),
                ("first_step", _("Describe the first step")),
            ):
                self.fields[name].required = True
                self.fields[name].error_messages = {**self.fields[name].error_messages, **_asks(words)}


class ChoiceForm(Form):
    """Which rows of a programme are shown. All of it stands in the address."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, classes: Any, states: dict[str, Any], named: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [("", _("all")), *((code, code) for code in classes)]
        # "class" is a word of the language, so the field is added by name
        self.fields["class"] = forms.ChoiceField(label=_("Class"), choices=codes, required=False)
        self.fields["state"].choices = [("", _("all")), *states.items()]  # type: ignore[attr-defined]
        if not named:
            del self.fields["name"]


class PeopleForm(Form):
    """Which people of a unit are shown."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, states: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("all")), *states.items()]  # type: ignore[attr-defined]


# ---- calls for nominations


class CallForm(Form):
    """What is asked of units. `about`: a class or a course of the programme, as "class:KEY" or "course:KEY"."""

    about = forms.ChoiceField(
        label=_("For which class or course"), error_messages=_asks(_("Choose the class or course"))
    )
    title = forms.CharField(label=_("Title of the call"), max_length=200, error_messages=_asks(_("Enter the title")))
    places = forms.IntegerField(
        label=_("Places in all"),
        min_value=1,
        max_value=100_000,
        error_messages=_asks(_("Enter the number of places")),
    )
    due_on = DayField(label=_("Answers by"), error_messages=_asks(_("Enter the day")))
    audience = forms.CharField(
        label=_("Whom to nominate"),
        help_text=_("For the units to read, for example: one official in charge of digital transformation."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, about: list[tuple[str, Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if about is None:
            del self.fields["about"]
        else:
            self.fields["about"].choices = about  # type: ignore[attr-defined]


class ShareForm(Form):
    """What holds for one unit of a call."""

    most = forms.IntegerField(
        label=_("Places for this unit at most"),
        help_text=_("Left empty: as many as there are."),
        min_value=0,
        max_value=100_000,
        required=False,
    )
    due_on = DayField(
        label=_("A later deadline for this unit"),
        help_text=_("Left empty: the deadline of the call."),
        required=False,
    )


class ReopenForm(Form):
    due_on = DayField(label=_("Answers by"), error_messages=_asks(_("Enter the day")))


class NameForm(Form):
    """Whom or what a list shows: those whose name holds these words."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False)


class AnswersForm(Form):
    """Which units of a call, or which nominations, are shown."""

    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, states: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("all")), *states.items()]  # type: ignore[attr-defined]
