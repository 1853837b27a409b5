"""Forms loaded and chosen, surveys opened, answers taken so that nobody can tell whose they are."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from lantoa.common.bulk import add_rows
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit, period_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor, Machine
from lantoa.programmes.models import Programme
from lantoa.training.actions.feedback_notices import tell_asked
from lantoa.training.models import (
    Answer,
    AnswerGiven,
    AskedForm,
    FeedbackForm,
    Meeting,
    NamedAnswer,
    Survey,
    TrainingClass,
)
from lantoa.training.queries.feedback import asked, asked_forms, surveys_to_open
from lantoa.training.rules.feedback import fitting
from lantoa.training.rules.feedback.occasions import Occasion
from lantoa.training.rules.feedback.reading import read_form

READY_MADE = Path(__file__).parents[1] / "feedback_forms"
READY = {  # occasion: the form that comes with the house
    Occasion.MEETING: "sau-buoi-hoc",
    Occasion.COURSE: "sau-khoa-hoc",
    Occasion.LEARNER: "ap-dung-nguoi-hoc",
    Occasion.SUPERIOR: "ap-dung-cap-tren",
}
SOMEBODY = Machine("anonymous")  # who answers an anonymous form, for the ledger


# ---- forms


@transaction.atomic
def load_form(*, by: Actor, unit: Unit, text: str, on: date) -> tuple[FeedbackForm, bool]:
    """The form that the text says, and whether it is new: the same questions again are the version that is there,
    others are the next version. Raises FormFaults."""
    form = read_form(text)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # versions are counted one after the other
    last = FeedbackForm.objects.filter(unit=unit, code=form.code).order_by("-version").first()
    if last is not None and last.content == _plain(form.as_data()):
        return last, False
    made = FeedbackForm.objects.create(
        unit=unit,
        code=form.code,
        version=last.version + 1 if last else 1,
        text=text,
        content=form.as_data(),
        loaded_on=on,
    )
    record(by=by, act="training.load_form", thing=made, about={"code": made.code, "version": made.version})
    return made, True


def _plain(data: object) -> object:
    """As it comes back from the database: lists for tuples."""
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(one) for one in data] if isinstance(data, list | tuple) else data


@transaction.atomic
def choose_forms(*, by: Actor, programme: Programme, forms: Mapping[str, FeedbackForm | None]) -> None:
    """By occasion the form that the programme asks from now on; None: nothing is asked. Surveys that are open already
    keep theirs."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    before = asked_forms(programme)
    changed = {}
    for occasion, form in forms.items():
        if form == before.get(occasion):
            continue
        if form is not None and form.unit_id != programme.unit_id:
            raise Refused(
                N_("Cannot ask the form %(form)s in programme %(programme)s: it belongs to another unit."),
                form=form.code,
                programme=programme.name,
            )
        AskedForm.objects.filter(programme=programme, occasion=occasion).delete()
        if form is not None:
            AskedForm.objects.create(programme=programme, occasion=Occasion(occasion), form=form)
        changed[str(occasion)] = form.key if form else None
    if changed:
        record(by=by, act="training.choose_forms", thing=programme, about=changed)


@transaction.atomic
def use_ready_made(*, by: Actor, programme: Programme, on: date) -> None:
    """Loads the forms that come with the house and asks each on its occasion, where nothing is asked yet."""
    before = asked_forms(programme)
    made = {
        occasion.value: load_form(
            by=by, unit=programme.unit, text=(READY_MADE / f"{name}.yaml").read_text(encoding="utf-8"), on=on
        )[0]
        for occasion, name in READY.items()
        if occasion.value not in before
    }
    choose_forms(by=by, programme=programme, forms=made)


# ---- asking


@transaction.atomic
def open_survey(
    *,
    by: Actor,
    training_class: TrainingClass,
    occasion: Occasion,
    form: FeedbackForm,
    on: date,
    meeting: Meeting | None = None,
    months: int = 0,
) -> tuple[Survey, bool]:
    """The survey, open from that day on as long as its form says, and whether it is new. Once for each occasion."""
    survey, new = Survey.objects.get_or_create(
        training_class=training_class,
        meeting=meeting,
        occasion=occasion.value,
        months=months,
        defaults={"form": form, "period": period_of(on, on + timedelta(days=form.form.open_days))},
    )
    if new:
        about = {"class": training_class.key, "occasion": occasion.value, "months": months, "form": form.key}
        record(by=by, act="training.open_survey", thing=survey, about=about)
    return survey, new


def open_due(*, by: Actor, at: datetime, programme: Programme | None = None) -> list[Survey]:
    """Opens what is due at that moment and asks those concerned; the surveys that are new. Harmless to repeat, each
    survey in a transaction of its own."""
    made = []
    for one in surveys_to_open(at=at, programme=programme):
        with transaction.atomic():
            survey, new = open_survey(
                by=by,
                training_class=one.training_class,
                occasion=one.occasion,
                form=one.form,
                meeting=one.meeting,
                months=one.months,
                on=timezone.localdate(at),
            )
            if new:
                tell_asked(by=by, survey=survey, at=at)
                made.append(survey)
    return made


# ---- answering


@transaction.atomic
def answer(*, by: Actor, survey: Survey, person: Person, values: Mapping[str, str], on: date) -> None:
    """Keeps one person's answer. Of an anonymous form nobody, the ledger included, learns who gave it.

    Raises Refused when the survey is not open on that day, does not ask this person, has their answer already, or an
    answer does not fit its question.
    """
    _take(by=by, survey=survey, people=[person], sheets=[values], on=on)


@transaction.atomic
def enter_sheets(
    *, by: Actor, survey: Survey, people: Sequence[Person], sheets: Sequence[Mapping[str, str]], on: date
) -> int:
    """Answers given on paper, all or none; how many. As with a ballot: the people are ticked off a list, the sheets
    are read in any order."""
    return _take(by=by, survey=survey, people=people, sheets=sheets, on=on)


def _take(
    *, by: Actor, survey: Survey, people: Sequence[Person], sheets: Sequence[Mapping[str, str]], on: date
) -> int:
    survey = Survey.objects.select_for_update(of=("self",)).select_related("form", "training_class").get(pk=survey.pk)
    form = survey.form.form
    code = survey.training_class.code
    if not survey.period.lower <= on < survey.period.upper:
        raise Refused(
            N_("Cannot keep the answer: “%(form)s” of class %(code)s could be answered from %(first)s to %(last)s."),
            form=form.title.vi,
            code=code,
            first=f"{survey.period.lower:%d/%m/%Y}",
            last=f"{survey.period.upper - timedelta(days=1):%d/%m/%Y}",
        )
    ids = {person.pk for person in people}
    if asked(survey).filter(pk__in=ids).count() < len(ids):
        raise Refused(
            N_("Cannot keep the answer: “%(form)s” of class %(code)s does not ask this person."),
            form=form.title.vi,
            code=code,
        )
    if len(ids) < len(people) or AnswerGiven.objects.filter(survey=survey, person__in=ids).exists():
        raise Refused(
            N_("Cannot keep the answer: “%(form)s” of class %(code)s is answered already, once for each person."),
            form=form.title.vi,
            code=code,
        )
    if len(sheets) != len(people):
        raise Refused(
            N_("Cannot enter the sheets of class %(code)s: %(sheets)d sheets for %(people)d people."),
            code=code,
            sheets=len(sheets),
            people=len(people),
        )
    kept = [fitting(form, values) for values in sheets]
    add_rows(AnswerGiven, ("survey_id", "person_id"), [(survey.pk, person.pk) for person in people])
    if form.anonymous:
        _drop_into_box(survey, kept)
    else:
        NamedAnswer.objects.bulk_create(
            NamedAnswer(survey=survey, person=person, values=values)
            for person, values in zip(people, kept, strict=True)
        )
    # who enters paper sheets is known; whose they are, and who answers for themselves anonymously, is not
    actor = by if len(kept) > 1 or not form.anonymous else SOMEBODY
    record(by=actor, act="training.answer", thing=survey, about={"answers": len(kept)})
    return len(kept)


def _drop_into_box(survey: Survey, new: Iterable[dict[str, str]]) -> None:
    """Adds answers and shakes the box: all answers of the (locked) survey are written anew in an order of chance. So
    neither ids nor places on the disk nor the transactions that PostgreSQL notes at each row say which came when."""
    everything = [*Answer.objects.filter(survey=survey).values_list("values", flat=True), *new]
    secrets.SystemRandom().shuffle(everything)
    Answer.objects.filter(survey=survey).delete()
    add_rows(Answer, ("survey_id", "values"), [(survey.pk, Jsonb(values)) for values in everything])
