"""The demonstration as corners of the world (tests/house/world.py), so that one table makes all arguments."""

from datetime import datetime, time, timedelta
from functools import cached_property

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone
from factories import person
from house.world import Corner

from lantoa.accounts.models import User
from lantoa.competence.models import Course
from lantoa.directory.models import Person, Post, RoleGrant, Unit
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Machine
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import preview_file
from lantoa.office.models import File, Import, Job
from lantoa.programmes.models import Partner, Programme
from lantoa.training.models import (
    Asked,
    Assessment,
    Call,
    Certificate,
    ClassExam,
    Enrolment,
    Meeting,
    Nomination,
    SuperiorAsk,
    TrainingClass,
)
from lantoa.web.demonstration import EXAMPLES
from lantoa.workshops.models import Workshop

BY = Machine("walk")


class Standing(Corner):
    """A programme of the demonstration with all that belongs to it; what it lacks is made as in any corner."""

    def __init__(self, programme: Programme, enrolment: Enrolment, meeting: Meeting) -> None:
        super().__init__(programme.unit, enrolment.person)
        self.__dict__ |= {"programme": programme, "enrolment": enrolment, "meeting": meeting}

    programme: Programme
    enrolment: Enrolment
    meeting: Meeting

    @cached_property
    def ward(self) -> Unit:
        return self.enrolment.unit

    @cached_property
    def person(self) -> Person:
        return self.enrolment.person

    @cached_property
    def post(self) -> Post:
        return self.person.posts.latest("period")

    @cached_property
    def grant(self) -> RoleGrant:
        return RoleGrant.objects.filter(unit=self.ward).first() or super().grant

    @cached_property
    def partner(self) -> Partner:
        return self.programme.partners.first() or super().partner

    @cached_property
    def course(self) -> Course:
        return self.training_class.course

    @cached_property
    def topic(self) -> object:
        return self.course.topics.order_by("position").first()

    @cached_property
    def training_class(self) -> TrainingClass:
        return self.enrolment.training_class

    @cached_property
    def learner(self) -> Enrolment:
        return self.enrolment

    @cached_property
    def superior_ask(self) -> SuperiorAsk:
        asked = SuperiorAsk.objects.filter(survey=self.superior_survey, person=self.person).first()
        superior = person(at=self.ward)  # the reader of these corners is the learner
        return asked or SuperiorAsk.objects.create(survey=self.superior_survey, person=self.person, superior=superior)

    @cached_property
    def assignment(self) -> Assessment:
        return self.training_class.assessments.exclude(kind=Assessment.Kind.TEST).first() or super().assignment

    @cached_property
    def class_exam(self) -> ClassExam:
        return ClassExam.objects.filter(training_class=self.training_class).first() or super().class_exam

    @cached_property
    def certificate(self) -> Certificate:
        own = Certificate.objects.filter(enrolment__training_class__programme=self.programme)
        return own.first() or Certificate.objects.latest("id")

    @cached_property
    def file(self) -> File:
        loaded = Import.objects.filter(target=thing_key(self.programme)).last()
        return loaded.file if loaded else super().file

    @cached_property
    def sheet_sent(self) -> Import:
        return Import.objects.filter(target=thing_key(self.programme)).last() or super().roster

    @cached_property
    def call(self) -> Call:
        return Call.objects.filter(programme=self.programme).first() or super().call

    @cached_property
    def asked(self) -> Asked:
        return Asked.objects.filter(call=self.call, unit=self.ward).first() or super().asked

    @cached_property
    def nomination(self) -> Nomination:
        return Nomination.objects.filter(asked__call=self.call).first() or super().nomination

    @cached_property
    def job(self) -> Job:
        now = timezone.now()
        result = {"url": "/", "words": ""}
        return Job.objects.create(
            kind="training.certificates",
            unit=self.unit,
            requested_by=f"user:{User.objects.get(username='canbo').key}",
            requested_at=now,
            started_at=now,
            finished_at=now,
            state=Job.State.DONE,
            done=3,
            total=3,
            result=result,
        )


class Waiting(Standing):
    """The same with an import that waits for a person: the roster of one programme read into another."""

    @cached_property
    def sheet_sent(self) -> Import:
        now = timezone.now()
        (source,) = (EXAMPLES / "district-9").glob("*Q9-3.xls")
        file = keep_file(
            by=BY, name=source.name, content=source.read_bytes(), unit=self.unit, at=now, seen_with="office.import"
        )
        return preview_file(
            by=BY, kind="training.roster", target=thing_key(self.programme), file=file, unit=self.unit, at=now
        )

    @cached_property
    def job(self) -> Job:
        return Job.objects.create(
            kind="training.certificates",
            unit=self.unit,
            requested_by="machine:walk",
            requested_at=timezone.now(),
            state=Job.State.FAILED,
            error_code="1a2b3c4d",
        )


class New(Corner):
    """Nothing in it yet. Its job was stopped, so that no worker takes it up while journeys are walked."""

    @cached_property
    def job(self) -> Job:
        made = super().job
        made.state = Job.State.STOPPED
        made.save()
        return made


class Live(New):
    """The workshop of the demonstration that is being held now; for pictures."""

    def __init__(self) -> None:
        held = Workshop.objects.filter(simulated=True).select_related("unit").earliest("id")
        super().__init__(held.unit)
        self.__dict__ |= {"workshop": held, "site": held.sites.get(code="T32")}


def corners() -> dict[str, Corner]:
    """Finished, running, running with something that waits, and new with nothing in it."""
    learner = Enrolment.objects.filter(person__user__username="hocvien").earliest("id")
    running = learner.training_class.programme
    taught = Meeting.objects.filter(lecturer__user__username="giangvien", training_class__programme=running)
    today = _taught_today(taught)
    finished = Programme.objects.get(code__contains="quan-9")
    first = Enrolment.objects.filter(training_class__programme=finished).earliest("id")
    held = first.training_class.meetings.earliest("during")
    return {
        "finished": Standing(finished, first, held),
        "running": Standing(running, learner, today),
        "waiting": Waiting(running, learner, taught.earliest("during")),
        "new": New(running.unit),
    }


def _taught_today(taught: QuerySet[Meeting]) -> Meeting:
    """The lecturer's meeting of today; on a day without one, their next meeting is moved to this evening."""
    today = timezone.localdate()
    found = taught.filter(during__startswith__date=today).order_by("during").first()
    if found:
        return found
    moved = taught.filter(during__startswith__date__gt=today).order_by("during").first() or taught.latest("during")
    begins = timezone.make_aware(datetime.combine(today, time(20)))
    moved.during = moved.gathering.during = DateTimeTZRange(begins, begins + timedelta(hours=2), "[)")
    moved.gathering.save()
    moved.save()
    return moved
