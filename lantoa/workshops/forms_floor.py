"""Text into clean values: what is said and done during a workshop."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.workshops.actions.words import KINDS, RUNGS
from lantoa.workshops.models import Poll
from lantoa.workshops.rules.floor import LONGEST, SHORTEST
from lantoa.workshops.rules.words import LANGUAGES

Choices = Sequence[tuple[str, str]]


def _choose(form: forms.Form, field: str, choices: Choices) -> None:
    form.fields[field].choices = choices  # type: ignore[attr-defined]


class ConductForm(Form):
    """How the workshop is held from now on."""

    seconds = forms.IntegerField(
        label=_("Seconds that a site has to speak"), min_value=SHORTEST, max_value=LONGEST, initial=180
    )
    by_protocol = forms.BooleanField(label=_("The queue follows the order of protocol"), required=False)
    hands_open = forms.BooleanField(label=_("Sites may raise their hands"), required=False)
    questions_open = forms.BooleanField(label=_("Questions are taken"), required=False)
    anonymous = forms.BooleanField(label=_("Questions may be asked without a name"), required=False)


class HandForm(Form):
    """What a site wants to speak of."""

    about = forms.CharField(label=_("What you want to speak about"), max_length=200, required=False)


class AskForm(Form):
    """A question."""

    text = forms.CharField(label=_("Your question"), max_length=1000, widget=forms.Textarea)
    language = forms.ChoiceField(label=_("Language of the question"))
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_("Neither your name nor your site is kept. You cannot find the question again as yours."),
    )

    def __init__(self, *args: Any, languages: Sequence[str], anonymous: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "language", spoken(languages))
        if not anonymous:
            del self.fields["anonymous"]


def spoken(languages: Sequence[str]) -> list[tuple[str, str]]:
    """The languages of a workshop as choices."""
    return [(code, gettext(LANGUAGES.get(code, code))) for code in languages]


class PlaceForm(Form):
    """At which site one sits."""

    site = forms.ChoiceField(label=_("The site where you are"), required=False)
    code = forms.CharField(
        label=_("Or its code"), max_length=40, required=False, help_text=_("It stands on the screen of the site.")
    )

    def __init__(self, *args: Any, sites: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "site", [("", gettext("Choose …")), *sites])


class ReplyForm(Form):
    """An answer in one language. `read` is the answer that stood when the page was read."""

    language = forms.ChoiceField(label=_("Language of the answer"))
    text = forms.CharField(label=_("The answer"), max_length=4000, widget=forms.Textarea)
    publish = forms.BooleanField(label=_("Show it to everybody at once"), required=False)
    read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, languages: Sequence[str], publishes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "language", spoken(languages))
        if not publishes:
            del self.fields["publish"]


class DeclineForm(Form):
    """Why not."""

    reason = forms.CharField(label=_("Why it is not answered"), max_length=300)


class ForwardForm(Form):
    """Who is to answer, until when."""

    unit = forms.CharField(
        label=_("Unit that is to answer"),
        max_length=600,
        help_text=_("By its name, the smallest first: Phường Hiệp Phú, Thành phố Hồ Chí Minh"),
    )
    due_on = forms.DateField(
        label=_("Until the day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class MergeForm(Form):
    """Which other question asks the same."""

    into = forms.ChoiceField(label=_("Merge it into"))

    def __init__(self, *args: Any, others: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "into", [("", gettext("Choose …")), *others])


class PollForm(Form):
    """A poll or a quiz: an option a line, the English one behind a bar."""

    title = forms.CharField(label=_("What is asked"), max_length=500)
    title_en = forms.CharField(label=_("The same in English"), max_length=500, required=False)
    options = forms.CharField(
        label=_("Options, one a line"),
        max_length=3000,
        widget=forms.Textarea,
        help_text=_(
            "The English words behind a bar: Đồng ý | I agree. Of a quiz, what is right begins with an asterisk."
        ),
    )
    several = forms.BooleanField(label=_("More than one may be chosen"), required=False)
    voices = forms.ChoiceField(label=_("Who votes"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(
            self,
            "voices",
            [
                (Poll.Voices.PEOPLE, gettext("Each person, once")),
                (Poll.Voices.SITES, gettext("Each site, once, by its operator")),
                (Poll.Voices.HEADS, gettext("Each site, counting as many as are there")),
            ],
        )

    def options_of(self) -> tuple[list[tuple[str, str]], list[int]]:
        """The options in both languages, and the places of those that are right."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        right = [place for place, line in enumerate(lines) if line.startswith("*")]
        pairs = [line.lstrip("*").partition("|") for line in lines]
        return [(vi.strip()[:200], en.strip()[:200]) for vi, _bar, en in pairs], right


class CaptionForm(Form):
    """A line of what is being said."""

    text = forms.CharField(label=_("What is being said"), max_length=500)


class AnnounceForm(Form):
    """Said to all sites."""

    text = forms.CharField(label=_("Announcement"), max_length=500)
    text_en = forms.CharField(label=_("The same in English"), max_length=500, required=False)


class FaultForm(Form):
    """What does not work."""

    kind = forms.ChoiceField(label=_("What does not work"), widget=forms.RadioSelect)
    text = forms.CharField(label=_("In more words"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", [(code, gettext(words)) for code, words in KINDS.items()])


class RungForm(Form):
    """What the site shows of the stream."""

    rung = forms.ChoiceField(label=_("What this site shows"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "rung", [(code, gettext(words)) for code, words in RUNGS.items()])
