"""What a programme file says, as values. Equal plans mean equal files; where a thing stood is kept beside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any

from lantoa.training.rules.completion import Rule

Place = tuple[int, int]  # line and column, from 1
MeetingKey = tuple[int, date, time]  # number of the class in the file, day, start


@dataclass(frozen=True)
class UnitName:
    """A unit by its names, smallest first ("Phường Phước Long A", "Quận 9"), or by official code and level."""

    names: tuple[str, ...] = ()
    code: str = ""
    level: str = ""

    def __str__(self) -> str:
        return ", ".join(self.names) or f"{self.level} {self.code}"


@dataclass(frozen=True)
class DecisionPlan:
    number: str
    date: date
    issuer: str
    title: str


@dataclass(frozen=True)
class PartnerPlan:
    name: str
    role: str  # host, teaching, partner, donor
    unit: UnitName | None = None


@dataclass(frozen=True)
class ActPlan:
    """A legal act behind the programme. `replaces` and `amends` are numbers of other acts of the same file."""

    number: str
    issued_on: date
    issuer: str
    title: str
    kind: str
    starts: date | None = None
    ends: date | None = None
    url: str = ""
    mark: str = ""
    replaces: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()


@dataclass(frozen=True)
class BudgetPlan:
    """What is planned of a line of the budget, in đồng; `foreign` and `rate` in the donor's currency."""

    year: int
    source: str
    planned: int
    partner: str = ""
    purpose: str = ""
    currency: str = ""
    foreign: Decimal | None = None
    rate: Decimal | None = None


@dataclass(frozen=True)
class ProgrammePart:
    """The mandate. `first` and `last` are both days of the programme."""

    code: str
    name: str
    unit: UnitName
    first: date
    last: date
    decision: DecisionPlan | None = None
    parent: str = ""
    audience: str = ""
    fields: tuple[str, ...] = ()
    partners: tuple[PartnerPlan, ...] = ()
    demonstration: bool = False


@dataclass(frozen=True)
class Agency:
    """A body that stands in no official list of units (a department, a centre): made when it is not there yet."""

    name: str
    under: UnitName | None = None
    kind: str = ""
    since: date | None = None


@dataclass(frozen=True)
class LecturerPlan:
    code: str
    full_name: str
    organisation: str = ""


@dataclass(frozen=True)
class RoomPlan:
    name: str
    unit: UnitName | None = None  # None: the programme's own
    capacity: int | None = None


@dataclass(frozen=True)
class MaterialLink:
    title: str
    url: str


@dataclass(frozen=True)
class TopicPlan:
    title: str
    hours: Decimal
    outcomes: tuple[str, ...] = ()
    materials: tuple[MaterialLink, ...] = ()


@dataclass(frozen=True)
class CoursePlan:
    code: str
    title: str
    topics: tuple[TopicPlan, ...]
    summary: str = ""
    unit: UnitName | None = None


@dataclass(frozen=True, order=True)
class MeetingPlan:
    """A meeting in local time. `topic` is its number in the course, from 1."""

    date: date
    starts: time
    ends: time
    topic: int
    lecturer: str = ""
    room: str = ""


@dataclass(frozen=True)
class Assessment:
    code: str
    title: str
    kind: str = "test"  # test, assignment, plan
    highest: Decimal = Decimal(10)
    due: date | None = None


@dataclass(frozen=True)
class ClassPlan:
    """A class. `completion` and `assessments` are None where it follows those of the programme."""

    code: str
    course: str
    capacity: int
    unit: UnitName | None = None
    place: str = ""
    online: str = ""
    meetings: tuple[MeetingPlan, ...] = ()
    completion: Rule | None = None
    assessments: tuple[Assessment, ...] | None = None


@dataclass(frozen=True)
class Signer:
    post: str
    name: str


@dataclass(frozen=True)
class CertificateSettings:
    """What certificates say. `number` is a pattern: {number} and {year} are filled when they are issued."""

    issuer: str
    title: str
    number: str
    signer: Signer
    superior: str = ""
    place: str = ""


@dataclass(frozen=True)
class ReportSettings:
    """The head and foot of the official report; words as in Decree 30/2020. `code` is the issuing body's letters."""

    issuer: str
    code: str
    place: str
    signer: Signer
    superior: str = ""
    to: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    archive: str = ""


@dataclass(frozen=True)
class Plan:
    """A whole programme file. `shift` is the day of the file that counts as today, in demonstrations only."""

    programme: ProgrammePart
    acts: tuple[ActPlan, ...] = ()
    budget: tuple[BudgetPlan, ...] = ()
    agencies: tuple[Agency, ...] = ()
    lecturers: tuple[LecturerPlan, ...] = ()
    rooms: tuple[RoomPlan, ...] = ()
    courses: tuple[CoursePlan, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    completion: Rule = Rule()
    classes: tuple[ClassPlan, ...] = ()
    certificate: CertificateSettings | None = None
    report: ReportSettings | None = None
    shift: date | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    meeting_paths: Mapping[MeetingKey, str] = field(default_factory=dict, compare=False, repr=False)

    def assessments_of(self, one: ClassPlan) -> tuple[Assessment, ...]:
        """What is marked in a class."""
        return self.assessments if one.assessments is None else one.assessments

    def completion_of(self, one: ClassPlan) -> Rule:
        """The rule of a class."""
        return self.completion if one.completion is None else one.completion

    def meeting_path(self, number: int, meeting: MeetingPlan) -> str:
        """Where a meeting of the class with this number stands in the file: its own line, or its pattern."""
        path = self.meeting_paths.get((number, meeting.date, meeting.starts))
        if path:
            return path
        pattern = f"classes[{number}].pattern"
        return pattern if pattern in self.places else f"classes[{number}].meetings"

    def place(self, path: str) -> Place:
        """Line and column of a key; of the nearest key above it when it has none of its own; (0, 0) if unknown."""
        while path:
            if path in self.places:
                return self.places[path]
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return (0, 0)


def plain(value: Any) -> Any:
    """Settings as JSON: names of fields to values, empty ones left out."""
    if isinstance(value, CertificateSettings | ReportSettings | Signer | Assessment):
        return {name: plain(part) for name, part in vars(value).items() if part not in ("", (), None)}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
