"""Questions, papers, exams."""

from typing import Final

from lantoa.common.refused import N_
from lantoa.exams.models import Attempt, Bank, Paper, Question, Room, Sitting, Variant
from lantoa.web.queries.things.kind import Kind, at

KINDS: Final = (
    Kind(Bank, N_("question bank"), "unit", "exams.view", lambda row: row.title, page=at("exams:bank")),
    Kind(
        Question,
        N_("question"),
        "bank__unit",
        "exams.view",
        lambda row: row.code,
        page=at("exams:question"),
    ),
    Kind(Paper, N_("exam paper"), "unit", "exams.view", lambda row: row.title, page=at("exams:paper")),
    Kind(
        Variant,
        N_("variant of an exam paper"),
        "paper__unit",
        "exams.view",
        str,
        page=at("exams:variant"),
        joins=("paper",),
    ),
    Kind(Sitting, N_("exam"), "unit", "exams.hold", lambda row: row.title, page=at("exams:sitting")),
    Kind(Room, N_("exam room"), "unit", "exams.invigilate", lambda row: row.name, page=at("exams:room")),
    Kind(
        Attempt,
        N_("exam paper of a candidate"),
        "sitting__unit",
        "exams.hold",
        lambda row: f"{row.sitting.title}: {row.person}",
        page=at("exams:sitting", "sitting"),
        joins=("sitting", "person"),
        personal=True,
    ),
)
