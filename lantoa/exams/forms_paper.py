"""Text into clean values: the blueprint of a paper."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import NumberField
from lantoa.directory.models import Unit
from lantoa.exams.forms import OwnedForm, Owners, difficulty_choices
from lantoa.exams.models import Paper
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import MOST_POINTS
from lantoa.exams.rules.drawing import MOST_QUESTIONS, Blueprint, Part, blueprint_from

MORE = 3
MOST_PARTS = 30


class PaperForm(OwnedForm):
    """What a paper is called, how it is marked, and its parts: so many questions of a bank, topic and difficulty."""

    title = forms.CharField(label=_("Title"), max_length=300)
    unit = forms.ModelChoiceField(label=_("Owner"), queryset=Unit.objects.none(), to_field_name="key")
    minutes = forms.IntegerField(label=_("Minutes (0: not printed)"), min_value=0, max_value=600, initial=0)
    introduction = forms.CharField(
        label=_("What stands above the questions"), widget=forms.Textarea, required=False, max_length=4000
    )
    partial = forms.BooleanField(label=_("A partly right answer earns its part"), required=False, initial=True)
    shuffle_questions = forms.BooleanField(
        label=_("Put the questions in another order"), required=False, initial=True
    )
    shuffle_options = forms.BooleanField(label=_("Put the choices in another order"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,
        banks: Sequence[tuple[str, str]],
        topics: Sequence[tuple[str, str]],
        paper: Paper | None = None,
        owners: Owners | None,
        units: Any = None,
        **kwargs: Any,
    ) -> None:
        before = None if paper is None else blueprint_from(paper.settings)
        if paper is not None and before is not None:
            kwargs["initial"] = {
                "title": paper.title,
                "minutes": before.minutes,
                "introduction": before.introduction,
                "partial": before.partial,
                "shuffle_questions": before.shuffle_questions,
                "shuffle_options": before.shuffle_options,
            }
        super().__init__(*args, owners=owners, units=units, **kwargs)
        standing = before.parts if before else ()
        count = len(standing) + MORE
        if self.is_bound:
            count = max(count, sum(1 for name in self.data if name.startswith("count_")))
        self.numbers = range(1, min(count, MOST_PARTS) + 1)
        for number in self.numbers:
            self._add_part(number, standing[number - 1] if number <= len(standing) else None, banks, topics)

    def _add_part(
        self, number: int, part: Part | None, banks: Sequence[tuple[str, str]], topics: Sequence[tuple[str, str]]
    ) -> None:
        only = banks[0][0] if len(banks) == 1 else ""
        kept = [(part.bank, part.bank)] if part and part.bank not in dict(banks) else []
        said = [(part.topic, part.topic)] if part and part.topic and part.topic not in dict(topics) else []
        made: dict[str, forms.Field] = {
            "count": forms.IntegerField(
                label=_("How many questions"),
                required=False,
                min_value=0,
                max_value=MOST_QUESTIONS,
                initial=part.count if part else None,
            ),
            "bank": forms.ChoiceField(
                label=_("Question bank"),
                choices=[("", gettext("Choose …")), *kept, *banks],
                required=False,
                initial=part.bank if part else only,
            ),
            "topic": forms.ChoiceField(
                label=_("Topic"),
                choices=[("", gettext("any topic")), *said, *topics],
                required=False,
                initial=part.topic if part else "",
            ),
            "difficulty": forms.ChoiceField(
                label=_("Difficulty"),
                choices=[("0", gettext("any difficulty")), *difficulty_choices()],
                required=False,
                initial=str(part.difficulty) if part else "0",
            ),
            "points": NumberField(
                label=_("Points each (empty: as the question says)"),
                required=False,
                min_value=Decimal("0.01"),
                max_value=MOST_POINTS,
                decimal_places=2,
                initial=part.points if part else None,
            ),
            "penalty": NumberField(
                label=_("A wrong answer costs, in % (empty: as the question says)"),
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=5,
                initial=Decimal(notation.plain_percent(part.penalty)) if part and part.penalty is not None else None,
            ),
        }
        self.fields |= {f"{name}_{number}": field for name, field in made.items()}

    def head(self) -> list[Any]:
        """The fields that stand above the parts."""
        return [self[name] for name in self.fields if not name.rpartition("_")[2].isdigit()]

    def parts(self) -> list[tuple[int, list[Any]]]:
        """The fields of each part."""
        return [
            (number, [self[name] for name in self.fields if name.endswith(f"_{number}")]) for number in self.numbers
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        found = []
        for number in self.numbers:
            count = values.get(f"count_{number}")
            if not count:
                continue
            if not values.get(f"bank_{number}"):
                self.add_error(f"bank_{number}", _("Choose a question bank."))
                continue
            penalty = values.get(f"penalty_{number}")
            found.append(
                Part(
                    bank=values[f"bank_{number}"],
                    topic=values.get(f"topic_{number}", ""),
                    difficulty=int(values.get(f"difficulty_{number}") or 0),
                    count=count,
                    points=values.get(f"points_{number}"),
                    penalty=None if penalty is None else notation.usual(Fraction(penalty) / 100),
                )
            )
        if not found and not self.errors:
            raise ValidationError(_("Say of at least one part how many questions it has."))
        values["blueprint"] = Blueprint(
            tuple(found),
            values.get("partial", True),
            values.get("shuffle_questions", True),
            values.get("shuffle_options", True),
            values.get("minutes") or 0,
            texts.from_typed(values.get("introduction", "")),
        )
        return values
