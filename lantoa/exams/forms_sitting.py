"""Text into clean values: a sitting, extra time, points by people, a candidate's answer to any question."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, MomentField, NumberField
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.directory.models import Person, Unit
from lantoa.exams.actions.sittings import LONGEST, REASONS
from lantoa.exams.models import Paper
from lantoa.exams.rules.clock import COUNTS, MOST_ATTEMPTS, STARTS, hours_of, wrong_hours
from lantoa.exams.rules.content import number_of
from lantoa.exams.rules.handed import most_megabytes

MOST_LISTED = 300  # people with a box each; more are a unit as a whole
LONGEST_TEXT = 30_000


class SearchForm(Form):
    """A unit looked for by its name."""

    q = forms.CharField(label=_("Name of the unit"), max_length=200, required=False)


class WhoseForm(Form):
    """The unit whose people sit an exam."""

    unit = forms.ChoiceField(label=_("Unit whose people sit the exam"))

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", gettext("Choose …")), *units]  # type: ignore[attr-defined]


class SittingForm(Form):
    """Which paper, who, when, how long."""

    title = forms.CharField(label=_("Name of the exam"), max_length=300)
    paper = forms.ModelChoiceField(label=_("Exam paper"), queryset=Paper.objects.none(), to_field_name="key")
    start = forms.ChoiceField(
        label=_("How it begins"),
        choices=[(code, _(words)) for code, words in STARTS.items()],
        widget=forms.RadioSelect,
        initial="button",
    )
    starts_at = MomentField(label=_("Begins at"), required=False)
    closes_at = MomentField(
        label=_("Ends at"), required=False, help_text=_("Only where each starts at a time of their own.")
    )
    minutes = forms.IntegerField(label=_("Minutes for the exam"), min_value=1, max_value=LONGEST)
    attempts = forms.IntegerField(
        label=_("Attempts of a person, at most"),
        min_value=1,
        max_value=MOST_ATTEMPTS,
        initial=1,
        required=False,
        help_text=_("More than one only where each starts at a time of their own."),
    )
    counts = forms.ChoiceField(
        label=_("Which attempt counts"), widget=forms.RadioSelect, initial="best", required=False
    )
    late_minutes = forms.IntegerField(
        label=_("How many minutes late answers are taken"),
        min_value=0,
        max_value=10 * LONGEST,
        initial=60,
        help_text=_("They are kept, and count only when you say so."),
    )
    whom = forms.ChoiceField(label=_("Who sits it"), widget=forms.RadioSelect, initial="all")
    people = forms.MultipleChoiceField(label=_("People"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, papers: Any, people: Sequence[Person], unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.everybody = people
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]
        self.fields["counts"].choices = [(code, gettext(words)) for code, words in COUNTS.items()]  # type: ignore[attr-defined]
        everybody = gettext("everybody of the unit (%(count)d people)") % {"count": len(people)}
        choices = [("all", everybody)]
        if len(people) <= MOST_LISTED:
            choices.append(("some", gettext("only those ticked below")))
            self.fields["people"].choices = [(one.key, one.full_name) for one in people]  # type: ignore[attr-defined]
        else:
            del self.fields["people"]
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["attempts"], values["counts"] = values.get("attempts") or 1, values.get("counts") or "best"
        hours = values.get("start", ""), values.get("starts_at"), values.get("closes_at")
        for name, words in wrong_hours(*hours, values["attempts"]):
            if name not in self.errors:
                self.add_error(name, gettext(words))
        chosen = set(values.get("people", ()))
        some = values.get("whom") == "some"
        if some and not chosen and not self.errors:
            self.add_error("people", _("Tick at least one person."))
        values["listed"] = [one for one in self.everybody if not some or one.key in chosen]
        values |= hours_of(*hours)
        return values


class ExtraTimeForm(Form):
    """How many more minutes somebody has, and why."""

    minutes = forms.IntegerField(label=_("Extra minutes in all"), min_value=0, max_value=LONGEST)
    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(code, gettext(words)) for code, words in REASONS.items()]  # type: ignore[attr-defined]


class AnswerFileForm(Form):
    """What a candidate's device saved as a file."""

    file = forms.FileField(
        label=_("The file that the page of the exam saved"),
        help_text=_("Answers that come after the end are kept as late."),
    )


class PointsForm(Form):
    """What a person gives for one answer."""

    attempt = forms.CharField(widget=forms.HiddenInput, max_length=13)
    question = forms.CharField(widget=forms.HiddenInput, max_length=13)
    of = forms.CharField(widget=forms.HiddenInput, max_length=64)
    points = NumberField(label=_("Points"), max_digits=6, decimal_places=2)

    def __init__(self, *args: Any, criteria: Sequence[tuple[str, Decimal]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if criteria:
            del self.fields["points"]
        for at, (text, most) in enumerate(criteria):
            self.fields[f"part_{at}"] = NumberField(
                label=text,
                help_text=gettext("at most %(most)s points") % {"most": vnumber(most)},
                max_digits=6,
                decimal_places=2,
            )

    def parts(self) -> list[Decimal]:
        """The points of each criterion; [] where there are none."""
        return [value for name, value in self.cleaned_data.items() if name.startswith("part_")]

    def whole(self) -> Decimal:
        """All the points."""
        points: Decimal | None = self.cleaned_data.get("points")
        return sum(self.parts(), Decimal(0)) if points is None else points


class MarkersForm(Form):
    """How many people mark each answer that people mark."""

    markers = forms.ChoiceField(label=_("Who marks each answer"), widget=forms.RadioSelect)
    tolerance = NumberField(
        label=_("So many points two may differ by"),
        max_digits=6,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text=_("Within that their mean counts. Beyond it a third person decides."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["markers"].choices = [  # type: ignore[attr-defined]
            ("1", gettext("one person")),
            ("2", gettext("two people, who do not see each other's points")),
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("markers") == "2" and values.get("tolerance") is None and "tolerance" not in self.errors:
            self.add_error("tolerance", _("Say by how many points two may differ."))
        return values


class AnswerForm(Form):
    """One question of a paper, answered in plain fields. `answer()` is what the log holds; None: not answered."""

    def __init__(self, *args: Any, asked: Mapping[str, Any], before: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.kind: str = asked["kind"]
        {
            "single": self._choice,
            "truefalse": self._choice,
            "multiple": self._choices,
            "ordering": self._places,
            "matching": self._pairs,
            "numeric": self._line,
            "short": self._line,
            "long": self._text,
            "file": self._file,
        }[self.kind](before)

    def _choice(self, before: Any) -> None:
        words = {"true": gettext("true"), "false": gettext("false")}
        choices = [(one["id"], words.get(one["id"]) or _labelled(one)) for one in self.asked["options"]]
        self.fields["answer"] = forms.ChoiceField(
            label=gettext("Your answer"),
            choices=[*choices, ("", gettext("no answer"))],
            widget=forms.RadioSelect,
            required=False,
            initial=before if isinstance(before, str) else "",
        )

    def _choices(self, before: Any) -> None:
        self.fields["answer"] = forms.MultipleChoiceField(
            label=gettext("Your answer: all that is right"),
            choices=[(one["id"], _labelled(one)) for one in self.asked["options"]],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=before if isinstance(before, list) else [],
        )

    def _places(self, before: Any) -> None:
        order = before if isinstance(before, list) else []
        places = [(str(at), str(at)) for at in range(1, len(self.asked["options"]) + 1)]
        for one in self.asked["options"]:
            self.fields[f"place_{one['id']}"] = forms.ChoiceField(
                label=_labelled(one),
                choices=[("", gettext("Which place?")), *places],
                required=False,
                initial=str(order.index(one["id"]) + 1) if one["id"] in order else "",
            )

    def _pairs(self, before: Any) -> None:
        given = before if isinstance(before, dict) else {}
        rights = [(one["id"], f"{one['id'].upper()}") for one in self.asked["rights"]]
        for one in self.asked["lefts"]:
            self.fields[f"pair_{one['id']}"] = forms.ChoiceField(
                label=_labelled(one),
                choices=[("", gettext("Which letter?")), *rights],
                required=False,
                initial=given.get(one["id"], ""),
            )

    def _line(self, before: Any) -> None:
        self.fields["answer"] = forms.CharField(
            label=gettext("Your answer: a number") if self.kind == "numeric" else gettext("Your answer"),
            max_length=500,
            required=False,
            initial=before or "",
        )

    def _text(self, before: Any) -> None:
        self.fields["answer"] = forms.CharField(
            label=gettext("Your answer"),
            max_length=LONGEST_TEXT,
            required=False,
            initial=before or "",
            widget=forms.Textarea,
        )

    def _file(self, before: Any) -> None:
        kinds, most = ", ".join(self.asked["extensions"]), most_megabytes(self.asked["megabytes"])
        self.fields["answer"] = forms.FileField(
            label=gettext("Your file"),
            required=False,
            help_text=gettext("One file (%(kinds)s) of at most %(most)d MB. Another one takes its place.")
            % {"kinds": kinds, "most": most},
            widget=forms.FileInput(attrs={"accept": ",".join(f".{one}" for one in self.asked["extensions"])}),
        )
        if before is not None:
            self.fields["back"] = forms.BooleanField(label=gettext("Take my file back"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.kind == "ordering":
            chosen = [place for place in values.values() if place]
            if chosen and (len(set(chosen)) != len(self.fields)) and not self.errors:
                raise ValidationError(_("Give each line a place, and each place to one line only."))
        if self.kind == "numeric" and values.get("answer") and number_of(values["answer"]) is None:
            self.add_error("answer", _("Write a number, such as 3,14"))
        return values

    def answer(self) -> Any:
        """The answer in the shape of `exams.rules.marking`; None where nothing was given. Of a file: what was
        uploaded."""
        values = self.cleaned_data
        if self.kind == "ordering":
            placed = {name.removeprefix("place_"): int(place) for name, place in values.items() if place}
            return sorted(placed, key=lambda letter: placed[letter]) or None
        if self.kind == "matching":
            return {name.removeprefix("pair_"): letter for name, letter in values.items() if letter} or None
        return values["answer"] or None


def _labelled(one: Mapping[str, Any]) -> str:
    """A choice with its letter. Its text was cleaned when it was kept (`rules.texts.clean`)."""
    return mark_safe(f"<strong>{one['id'].upper()}.</strong> {one['text']}")
