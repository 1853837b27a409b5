"""What invented people say of the programme of District 9: after its meetings, after the course, months later."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

from lantoa.directory.models import Person
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme
from lantoa.training.actions.feedback import enter_sheets, open_survey, use_ready_made
from lantoa.training.models import FeedbackForm, Meeting, Survey, TrainingClass
from lantoa.training.queries.feedback import asked, asked_forms
from lantoa.training.rules.feedback import Form, Question
from lantoa.training.rules.feedback.occasions import Occasion, moments, months_after

SAID = (
    "Nên có thêm ví dụ của phường, xã.",
    "Mong có bản ghi hình để xem lại.",
    "Phần thực hành hơi ngắn.",
    "Giảng viên trình bày rõ, dễ theo dõi.",
    "Cần hướng dẫn cách làm với dữ liệu đang có tại cơ quan.",
    "Đã dùng biểu mẫu trực tuyến để nhận đăng ký họp, bớt được một nửa thời gian.",
    "Phòng học hơi chật vào buổi chiều.",
)


def say_feedback(*, by: Actor, programme: Programme, on: date) -> None:
    """Forms chosen, surveys asked on the days on which they were due, sheets entered; the same at each start."""
    if Survey.objects.filter(training_class__programme=programme).exists():
        return
    chance = random.Random("lantoa feedback")
    use_ready_made(by=by, programme=programme, on=programme.period.lower)
    forms = asked_forms(programme)
    for one in programme.classes.order_by("code"):
        meetings = list(one.meetings.filter(gathering__held=True).order_by("during"))
        for number, meeting in enumerate(meetings):
            day = timezone.localdate(meeting.during.upper)
            # of one meeting only three answered: what they said is shown nowhere
            most = 3 if number == len(meetings) - 1 and one.code.endswith("4") else None
            _ask(by, chance, one, Occasion.MEETING, forms, day, meeting=meeting, most=most)
        if not meetings:
            continue
        ended = timezone.localdate(meetings[-1].during.upper)
        for occasion in (Occasion.COURSE, Occasion.LEARNER, Occasion.SUPERIOR):
            for months in moments(occasion):
                day = months_after(ended, months)
                if day + timedelta(days=forms[occasion].form.open_days) <= on:
                    _ask(by, chance, one, occasion, forms, day, months=months)


def _ask(
    by: Actor,
    chance: random.Random,
    training_class: TrainingClass,
    occasion: Occasion,
    forms: dict[str, FeedbackForm],
    day: date,
    *,
    meeting: Meeting | None = None,
    months: int = 0,
    most: int | None = None,
) -> None:
    survey, _new = open_survey(
        by=by,
        training_class=training_class,
        occasion=occasion,
        form=forms[occasion],
        on=day,
        meeting=meeting,
        months=months,
    )
    people = list(asked(survey).order_by("pk"))
    some = _some(chance, people, 0.6 if months == 0 else 0.5)[:most]
    lean = chance.choice((0.5, 0.7, 0.9))
    asks = survey.form.form
    sheets = [_sheet(chance, asks, lean) for _person in some]
    enter_sheets(by=by, survey=survey, people=some, sheets=sheets, on=day)


def _some(chance: random.Random, people: Sequence[Person], share: float) -> list[Person]:
    return [person for person in people if chance.random() < share]


def _sheet(chance: random.Random, form: Form, lean: float) -> dict[str, str]:
    return {question.code: value for question in form.questions if (value := _value(chance, question, lean))}


def _value(chance: random.Random, question: Question, lean: float) -> str:
    match question.kind:
        case "scale":
            return chance.choices(question.values, (1, 2, 4, 10 * lean, 8 * lean))[0]
        case "yesno":
            return "yes" if chance.random() < 0.5 + lean / 2 else "no"
        case "choice":
            return chance.choice(question.values)
    return chance.choice(SAID) if chance.random() < 0.06 else ""
