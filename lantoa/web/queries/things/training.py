"""Classes, their meetings and rolls, places, tests and certificates."""

from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vdatetime
from lantoa.presence.models import Attendance, Gathering
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, Submission, TrainingClass
from lantoa.web.queries.things.kind import Kind, at


def _held(row: Any) -> str:
    return f"{row.training_class.code}, {vdatetime(row.during.lower)}"


_CLASS = ("training_class",)


KINDS: Final = (
    Kind(
        TrainingClass,
        N_("class"),
        "unit",
        "programmes.view",
        lambda row: row.code,
        page=at("training:class"),
    ),
    Kind(
        Meeting,
        N_("meeting"),
        "training_class__unit",
        "programmes.view",
        _held,
        page=at("training:class", "training_class"),
        joins=_CLASS,
    ),
    Kind(
        Gathering,
        N_("roll of a meeting"),
        "meeting__training_class__unit",
        "programmes.view",
        lambda row: _held(row.meeting),
        page=at("training:class", "meeting.training_class"),
        joins=("meeting__training_class",),
    ),
    Kind(
        Attendance,
        N_("presence"),
        "gathering__meeting__training_class__unit",
        "programmes.view",
        lambda row: f"{row.person}, {_held(row.gathering.meeting)}",
        page=at("training:class", "gathering.meeting.training_class"),
        joins=("person", "gathering__meeting__training_class"),
        personal=True,
    ),
    Kind(
        Enrolment,
        N_("place in a class"),
        "training_class__unit",
        "programmes.view",
        lambda row: f"{row.person}, {row.training_class.code}",
        page=at("training:class", "training_class"),
        joins=("person", *_CLASS),
        personal=True,
    ),
    Kind(
        Assessment,
        N_("test or assignment"),
        "training_class__unit",
        "programmes.view",
        lambda row: f"{row.title}, {row.training_class.code}",
        page=at("training:class", "training_class"),
        joins=_CLASS,
    ),
    Kind(
        Submission,
        N_("work handed in"),
        "enrolment__training_class__unit",
        "programmes.view",
        lambda row: f"{row.enrolment.person}, {row.assessment.title}",
        page=at("training:class", "enrolment.training_class"),
        joins=("enrolment__person", "enrolment__training_class", "assessment"),
        personal=True,
    ),
    Kind(
        Certificate,
        N_("certificate"),
        "enrolment__training_class__unit",
        "programmes.view",
        lambda row: f"{row.number}, {row.facts['name']}",
        page=at("training:class", "enrolment.training_class"),
        joins=("enrolment__training_class",),
        personal=True,
    ),
)
