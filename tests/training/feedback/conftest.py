"""Forms and surveys for these tests."""

import factories
import pytest
from training.feedback.saying import OPEN, SHORT, Ask

from lantoa.directory.models import Level, Person, Unit
from lantoa.training.actions.feedback import load_form, open_survey
from lantoa.training.models import FeedbackForm, Survey, TrainingClass
from lantoa.training.rules.feedback.occasions import Occasion


@pytest.fixture
def district(db: None) -> Unit:
    return factories.unit("9", kind="Quận", level=Level.DISTRICT)


@pytest.fixture
def form(district: Unit) -> FeedbackForm:
    return load_form(by=factories.BY, unit=district, text=SHORT, on=OPEN)[0]


@pytest.fixture
def training_class(district: Unit) -> TrainingClass:
    return factories.training_class(factories.programme(district), code="Q9-1")


@pytest.fixture
def ask(training_class: TrainingClass, form: FeedbackForm) -> Ask:
    """Asks a class of so many people after its course; the survey and the people."""

    def asks(size: int, *, of: TrainingClass | None = None, form: FeedbackForm = form) -> tuple[Survey, list[Person]]:
        found = of or training_class
        people = [factories.person() for _ in range(size)]
        for person in people:
            factories.enrolment(found, person)
        survey, _new = open_survey(
            by=factories.BY, training_class=found, occasion=Occasion.COURSE, form=form, on=OPEN
        )
        return survey, people

    return asks
