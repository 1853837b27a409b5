"""Text into clean values."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, NumberField
from lantoa.competence.models import Course, Topic
from lantoa.directory.models import Unit


class FindForm(Form):
    """Which courses to show."""

    text = forms.CharField(label=_("Title or code"), required=False, max_length=100)


class CourseForm(Form):
    """What a course is called."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[RegexValidator(r"^[\w.\-/]+$", _("Use letters, digits, - . _ / and no spaces."))],
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    summary = forms.CharField(label=_("Summary"), max_length=4000, required=False, widget=forms.Textarea)
    unit = forms.ModelChoiceField(label=_("Owner"), queryset=Unit.objects.none(), to_field_name="key")

    def __init__(
        self, *args: Any, owners: list[tuple[str, str]], units: Any, course: Course | None = None, **kwargs: Any
    ) -> None:
        if course is not None:
            kwargs["initial"] = {"code": course.code, "title": course.title, "summary": course.summary}
        super().__init__(*args, **kwargs)
        if course is not None:
            del self.fields["unit"]
            self.fields["code"].disabled = True
        else:
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]
            self.fields["unit"].choices = owners  # type: ignore[attr-defined]


class TopicForm(Form):
    """A topic: what it treats, how long, what people can do afterwards."""

    title = forms.CharField(label=_("Title"), max_length=300)
    hours = NumberField(label=_("Lesson hours"), max_digits=5, decimal_places=1, min_value=Decimal("0.1"))
    outcomes = forms.CharField(
        label=_("Outcomes"),
        required=False,
        widget=forms.Textarea,
        help_text=_("What people can do afterwards, one a line."),
    )

    def __init__(self, *args: Any, topic: Topic | None = None, **kwargs: Any) -> None:
        if topic is not None:
            kwargs["initial"] = {"title": topic.title, "hours": topic.hours, "outcomes": topic.outcomes}
        super().__init__(*args, **kwargs)

    def clean_outcomes(self) -> str:
        lines = (line.strip() for line in self.cleaned_data["outcomes"].splitlines())
        return "\n".join(line for line in lines if line)


class MaterialForm(Form):
    """A file or a link of a topic."""

    title = forms.CharField(label=_("Title"), max_length=200)
    file = forms.FileField(label=_("File"), required=False, help_text=_("Up to 5 MB opens well on a phone."))
    url = forms.URLField(label=_("Or a link"), max_length=500, required=False, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values.get("file")) == bool(values.get("url")):
            raise ValidationError(_("Give a file or a link, one of the two."))
        return values
