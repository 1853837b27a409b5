"""The data dictionary: every table and column that can be taken away, what it holds, and where it comes from.

What is not listed here is never given out: no identity hash, no password, no token, no secret of a code, no free text
about a person. `path` is the way from a row to the value, as the database layer writes it.
"""

from dataclasses import dataclass
from typing import Final, Literal

from lantoa.common.refused import N_

Kind = Literal["text", "integer", "boolean", "date", "timestamp", "decimal", "figure"]
FORMATS: Final = ("csv", "parquet")


@dataclass(frozen=True)
class Column:
    """A column: its name, its kind, the way to its value, and what it means (a msgid)."""

    name: str
    kind: Kind
    path: str
    says: str


@dataclass(frozen=True)
class Table:
    """A table: its room, its name, what a row is (a msgid), and its columns."""

    room: str
    name: str
    says: str
    columns: tuple[Column, ...]


def _key(name: str = "key", path: str = "", says: str = N_("The key of the row; it never changes.")) -> Column:
    return Column(name, "text", path or name, says)


_UNIT = N_("The key of the unit.")
_PERSON = N_("The key of the person.")
_CLASS = N_("The key of the class.")
_SINCE = N_("The first day on which it held.")
_UNTIL = N_("The first day on which it no longer held; empty while it holds.")
_DEMO = N_("Whether it is invented, for trying things out.")
_TARGET = N_("The key of the target.")
_PILOT = N_("The key of the pilot.")
_FIRST = N_("The first day of the period.")
_END = N_("The day after the last day of the period.")
_MILLIONTHS = N_("In millionths of the scale on which it was published; empty where it is not known.")

TABLES: Final[tuple[Table, ...]] = (
    Table(
        "directory",
        "units",
        N_("Where a unit stood, what it was called and of what kind it was, for a period."),
        (
            _key(),
            _key("unit", "unit__key", _UNIT),
            Column("name", "text", "name", N_("The name without the word for its kind.")),
            Column("kind", "text", "kind", N_("The word for its kind, such as Phường.")),
            Column("level", "text", "level", N_("country, province, district, commune or agency.")),
            Column("code", "text", "code", N_("The official code, which other units may have had at other times.")),
            _key("parent", "parent__key", N_("The key of the unit it stood under.")),
            Column("since", "date", "period__startswith", _SINCE),
            Column("until", "date", "period__endswith", _UNTIL),
            Column("decision", "text", "decision__number", N_("The number of the decision.")),
        ),
    ),
    Table(
        "directory",
        "people",
        N_("A person."),
        (
            _key(),
            Column("full_name", "text", "full_name", N_("The full name.")),
            Column("birth_year", "integer", "birth_year", N_("The year of birth, where it is known.")),
            Column("birth_month", "integer", "birth_month", N_("The month of birth, where it is known.")),
            Column("birth_day", "integer", "birth_day", N_("The day of birth, where it is known.")),
            Column("gender", "text", "gender", N_("f, m, or empty for not known.")),
            Column("phone", "text", "phone", N_("The telephone number.")),
            Column("email", "text", "email", N_("The e-mail address.")),
            Column("is_demonstration", "boolean", "is_demonstration", _DEMO),
        ),
    ),
    Table(
        "directory",
        "posts",
        N_("What a person was, where, and when."),
        (
            _key(),
            _key("person", "person__key", _PERSON),
            _key("unit", "unit__key", _UNIT),
            Column("title", "text", "title", N_("What the person is there.")),
            Column("since", "date", "period__startswith", _SINCE),
            Column("until", "date", "period__endswith", _UNTIL),
        ),
    ),
    Table(
        "programmes",
        "programmes",
        N_("A programme."),
        (
            _key(),
            Column("code", "text", "code", N_("What its file calls it; unique here.")),
            Column("name", "text", "name", N_("Its name.")),
            _key("unit", "unit__key", N_("The unit that runs it.")),
            Column("decision", "text", "decision__number", N_("The number of the decision.")),
            Column("since", "date", "period__startswith", N_("Its first day.")),
            Column("until", "date", "period__endswith", N_("The day after its last day.")),
            Column("audience", "text", "audience", N_("For whom it is.")),
            Column("is_demonstration", "boolean", "is_demonstration", _DEMO),
        ),
    ),
    Table(
        "programmes",
        "targets",
        N_("A target of a unit."),
        (
            _key(),
            _key("unit", "unit__key", N_("The unit that owns it.")),
            _key("programme", "programme__key", N_("The key of the programme it belongs to.")),
            _key("parent", "parent__key", N_("The key of the target it came down from.")),
            Column("code", "text", "code", N_("Its code, unique in its unit.")),
            Column("name", "text", "name", N_("Its name.")),
            Column("pillar", "text", "pillar", N_("government, economy or society.")),
            Column("field", "text", "field__code", N_("The code of its field of work.")),
            Column("measure", "text", "measure", N_("What it is counted in.")),
            Column("kind", "text", "kind", N_("at_least, at_most, exactly, rank, yes_no, growth or reduction.")),
            Column("roll_up", "text", "roll_up", N_("sum, ratio, mean or worst; empty when nothing is added up.")),
            Column("every", "text", "every", N_("year, half, quarter or month.")),
            Column("baseline", "figure", "baseline", N_("Its value before.")),
            Column("baseline_year", "integer", "baseline_year", N_("The year of that value.")),
            Column("since", "date", "since", _SINCE),
            Column("retired_on", "date", "retired_on", N_("The first day on which it no longer held.")),
            Column("is_demonstration", "boolean", "is_demonstration", _DEMO),
        ),
    ),
    Table(
        "programmes",
        "milestones",
        N_("What is to be reached in a year."),
        (
            _key(),
            _key("target", "target__key", _TARGET),
            Column("year", "integer", "year", N_("The year.")),
            Column("value", "figure", "value", N_("What is to be reached.")),
        ),
    ),
    Table(
        "programmes",
        "measurements",
        N_("A figure that was reported; a correction is a row of its own."),
        (
            _key(),
            _key("target", "target__key", _TARGET),
            _key("unit", "unit__key", N_("The unit that reported it.")),
            Column("since", "date", "period__startswith", _FIRST),
            Column("until", "date", "period__endswith", _END),
            Column(
                "number", "integer", "number", N_("1 for the first report of the period; the greatest one stands.")
            ),
            Column("value", "figure", "value", N_("The figure.")),
            Column("part", "figure", "part", N_("Of a ratio: what was counted.")),
            Column("whole", "figure", "whole", N_("Of a ratio: of how many.")),
            Column("document_number", "text", "document_number", N_("The number of the document it was taken from.")),
            Column("document_date", "date", "document_date", N_("The day of that document.")),
            Column("verdict", "text", "review__verdict", N_("approved, returned, or empty while nobody has looked.")),
            Column("reported_at", "timestamp", "reported_at", N_("When it was reported, in UTC.")),
        ),
    ),
    Table(
        "competence",
        "topics",
        N_("A topic of a course."),
        (
            _key(),
            _key("course", "course__key", N_("The key of the course.")),
            Column("course_code", "text", "course__code", N_("What files call the course.")),
            Column("course_title", "text", "course__title", N_("The title of the course.")),
            Column("position", "integer", "position", N_("Its place within the course, from 1.")),
            Column("title", "text", "title", N_("Its title.")),
            Column("hours", "decimal", "hours", N_("Lesson hours.")),
        ),
    ),
    Table(
        "training",
        "classes",
        N_("A class."),
        (
            _key(),
            Column("code", "text", "code", N_("Unique within the programme.")),
            _key("programme", "programme__key", N_("The key of the programme.")),
            _key("course", "course__key", N_("The key of the course.")),
            _key("unit", "unit__key", N_("The unit that holds it.")),
            Column("place", "text", "place", N_("Where it is held.")),
            Column("capacity", "integer", "capacity", N_("How many places it has.")),
        ),
    ),
    Table(
        "training",
        "meetings",
        N_("A meeting of a class."),
        (
            _key(),
            _key("training_class", "training_class__key", _CLASS),
            _key("topic", "topic__key", N_("The key of the topic.")),
            _key("lecturer", "lecturer__key", _PERSON),
            Column("starts", "timestamp", "during__startswith", N_("When it begins, in UTC.")),
            Column("ends", "timestamp", "during__endswith", N_("When it ends, in UTC.")),
            Column("held", "boolean", "gathering__held", N_("Whether its roll is complete.")),
        ),
    ),
    Table(
        "training",
        "enrolments",
        N_("A person in a class."),
        (
            _key(),
            _key("training_class", "training_class__key", _CLASS),
            _key("person", "person__key", _PERSON),
            _key("unit", "unit__key", N_("The unit they came from.")),
            Column("post_title", "text", "post_title", N_("What they were there.")),
            Column("enrolled_at", "timestamp", "enrolled_at", N_("When they were enrolled, in UTC.")),
            Column("withdrawn_at", "timestamp", "withdrawn_at", N_("When they left the class, in UTC.")),
            Column("completed_at", "timestamp", "completed_at", N_("When they had completed it, in UTC.")),
        ),
    ),
    Table(
        "training",
        "marks",
        N_("A mark."),
        (
            _key(),
            _key("enrolment", "enrolment__key", N_("The key of the enrolment.")),
            Column("assessment", "text", "assessment__code", N_("What the class calls the assessment.")),
            Column("highest", "decimal", "assessment__highest", N_("The highest mark.")),
            Column("value", "decimal", "value", N_("The mark.")),
            Column("at", "timestamp", "at", N_("When it was entered, in UTC.")),
        ),
    ),
    Table(
        "training",
        "certificates",
        N_("A certificate."),
        (
            _key(),
            _key("enrolment", "enrolment__key", N_("The key of the enrolment.")),
            Column("number", "text", "number", N_("The number that is printed on it.")),
            Column("issued_on", "date", "issued_on", N_("The day that is printed on it.")),
            Column("revoked_on", "date", "revoked_on", N_("The day on which it was revoked.")),
            Column("revoked_because", "text", "revocation_kind", N_("mistake, replaced, withdrawn or fraud.")),
        ),
    ),
    Table(
        "presence",
        "attendance",
        N_("One person at one meeting."),
        (
            _key(),
            _key("meeting", "gathering__meeting__key", N_("The key of the meeting.")),
            _key("person", "person__key", _PERSON),
            Column("state", "text", "state", N_("present, partial, leave (excused) or absent.")),
            Column("share", "decimal", "share", N_("The share of the meeting that was attended, 0 to 1.")),
            Column("how", "text", "how", N_("By code, roll_call or import.")),
            Column("at", "timestamp", "at", N_("When it was entered, in UTC.")),
        ),
    ),
    Table(
        "readiness",
        "campaigns",
        N_("A published campaign of an index."),
        (
            _key(),
            _key("unit", "unit__key", N_("The unit that held it.")),
            Column("index", "text", "version__code", N_("The code of the index.")),
            Column("version", "text", "version__version", N_("The version of the index: no score without it.")),
            Column("sha256", "text", "version__sha256", N_("The fingerprint of the file of that version.")),
            Column("year", "integer", "year", N_("The year.")),
            Column("title", "text", "title", N_("Its title.")),
            Column("on", "date", "on", N_("The day on which its units stood.")),
            Column("published_at", "timestamp", "published_at", N_("When it was published, in UTC.")),
            Column("is_demonstration", "boolean", "is_demonstration", _DEMO),
        ),
    ),
    Table(
        "readiness",
        "results",
        N_("A unit in a published campaign."),
        (
            _key(),
            _key("campaign", "campaign__key", N_("The key of the campaign.")),
            _key("unit", "unit__key", _UNIT),
            Column("score", "integer", "score", _MILLIONTHS),
            Column("declared", "integer", "declared", N_("What its own answers would have given, in millionths.")),
            Column("rank", "integer", "rank", N_("Its place; empty without a score.")),
            Column("shared", "integer", "shared", N_("How many share the place.")),
            Column("rank_low", "integer", "rank_low", N_("The best place when weighed otherwise.")),
            Column("rank_high", "integer", "rank_high", N_("The worst place when weighed otherwise.")),
            Column("band", "text", "band", N_("The code of its band.")),
        ),
    ),
    Table(
        "pilots",
        "pilots",
        N_("Something tried in one unit. What is only planned is among them."),
        (
            _key(),
            _key("unit", "unit__key", N_("The unit that owns it.")),
            Column("code", "text", "code", N_("Its code; unique here.")),
            Column("name", "text", "name", N_("Its name.")),
            Column("since", "date", "period__startswith", N_("Its first day.")),
            Column("until", "date", "period__endswith", N_("The day after its last day.")),
            Column(
                "fixed_at", "timestamp", "fixed_at", N_("When its plan was fixed, in UTC; empty while it is planned.")
            ),
            Column("outcome", "text", "outcome", N_("spread, adapt, stop, or empty while nobody has decided.")),
            Column("decided_on", "date", "decided_on", N_("The day of that decision.")),
            Column("is_demonstration", "boolean", "is_demonstration", _DEMO),
        ),
    ),
    Table(
        "pilots",
        "measures",
        N_("What is measured of a pilot."),
        (
            _key(),
            _key("pilot", "pilot__key", _PILOT),
            Column("name", "text", "name", N_("Its name.")),
            Column("counted_in", "text", "counted_in", N_("What it is counted in.")),
            Column("direction", "text", "direction", N_("up when higher is better, else down.")),
            Column("goal", "figure", "goal", N_("What is to be reached.")),
            Column("every", "integer", "every", N_("Days between two values.")),
        ),
    ),
    Table(
        "pilots",
        "readings",
        N_("A value of a measure on a day; a correction is a row of its own."),
        (
            _key(),
            _key("measure", "measure__key", N_("The key of the measure.")),
            Column("baseline", "boolean", "baseline", N_("Whether it was measured before the start.")),
            Column("on", "date", "on", N_("The day.")),
            Column("value", "figure", "value", N_("The value.")),
            _key("corrects", "corrects__key", N_("The key of the row that it corrects.")),
            Column("recorded_at", "timestamp", "recorded_at", N_("When it was entered, in UTC.")),
        ),
    ),
    Table(
        "pilots",
        "playbooks",
        N_("A version of a playbook."),
        (
            _key(),
            _key("playbook", "playbook__key", N_("The key of the playbook.")),
            Column("code", "text", "playbook__code", N_("The code that its file gives it, the same in every house.")),
            Column("title", "text", "playbook__title", N_("Its title.")),
            _key("unit", "playbook__unit__key", N_("The unit that keeps it.")),
            Column("number", "integer", "number", N_("The version.")),
            Column("loaded_at", "timestamp", "loaded_at", N_("When it was loaded, in UTC.")),
        ),
    ),
    Table(
        "pilots",
        "adoptions",
        N_("A unit that takes a playbook on."),
        (
            _key(),
            _key("version", "spread__version__key", N_("The key of the version of the playbook.")),
            _key("office", "spread__unit__key", N_("The unit that runs the spread.")),
            _key("unit", "unit__key", _UNIT),
            Column("place", "integer", "place", N_("Its place in the order, from 1.")),
            Column("wave", "integer", "wave__number", N_("The number of its wave.")),
            Column("starts_on", "date", "wave__starts_on", N_("The first day of its wave.")),
            Column("left_on", "date", "left_on", N_("The day on which it left.")),
        ),
    ),
    Table(
        "pilots",
        "steps_done",
        N_("A step that a unit has done."),
        (
            _key(),
            _key("adoption", "adoption__key", N_("The key of the adoption.")),
            Column("step", "text", "step", N_("The code of the step in the playbook.")),
            Column("on", "date", "on", N_("The day.")),
            Column(
                "taken_back_at",
                "timestamp",
                "taken_back_at",
                N_("When it was taken back, in UTC; empty while it stands."),
            ),
        ),
    ),
)
ROOMS: Final = tuple(dict.fromkeys(table.room for table in TABLES))
ROOM_WORDS: Final[dict[str, str]] = {
    "directory": N_("Units and people"),
    "programmes": N_("Programmes, targets, figures"),
    "competence": N_("Courses"),
    "training": N_("Classes, marks, certificates"),
    "presence": N_("Presence"),
    "readiness": N_("Scores of readiness"),
    "pilots": N_("Pilots, playbooks, spread"),
}


def tables_of(room: str) -> tuple[Table, ...]:
    """The tables of a room."""
    return tuple(table for table in TABLES if table.room == room)
