"""What stands behind a key of the ledger: its words and its page, for a reader who may see it.

The ledger knows things by key only (`training.trainingclass:0abc…`). Here each kind of thing says how it is called,
on which unit and by which permission it is seen, and where its page is. A line about a thing that is gone, or that
the reader may not see, shows its key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.accounts.models import User
from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vdate, vdatetime
from lantoa.competence.models import Course, Material, Topic
from lantoa.directory.access import grants_of, in_care
from lantoa.directory.models import Decision, Person, Placement, Post, RoleGrant, Unit
from lantoa.directory.queries import names, those_in_care
from lantoa.exams.models import Attempt, Bank, Paper, Question, Room, Sitting, Variant
from lantoa.ledger.models import thing_key
from lantoa.office.actions.jobs import REGISTERED
from lantoa.office.models import Document, File, Import, Job, Notice, SigningKey
from lantoa.office.queries.notices import name_of
from lantoa.presence.models import Attendance, Gathering
from lantoa.programmes.models import Partner, Programme
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, Submission, TrainingClass
from lantoa.web.rules.things import PAGELESS
from lantoa.workshops.models import Site, Workshop

OPEN = ""  # a permission that everybody signed in holds
AUDIT = "ledger.view"


@dataclass(frozen=True)
class Seen:
    """A thing as a reader sees it. `kind` is its word, `words` what it is called ("": gone, or not for the reader),
    `url` its page ("": none), `personal` whether the words say something of a person."""

    kind: str
    key: str
    words: str = ""
    url: str = ""
    personal: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its word (a msgid), the path to its unit, the permission that shows it, how it is called and
    where its page is."""

    model: type[Thing]
    word: str
    unit: str
    permission: str
    says: Callable[[Any], str]
    page: Callable[[Any], str] = lambda row: ""
    joins: tuple[str, ...] = ()
    personal: bool = False

    def rows(self, keys: Iterable[str], reader: User, *, permission: str, on: date) -> "QuerySet[Any]":
        """Those of these keys for which the reader holds the permission."""
        found: QuerySet[Any] = self.model._default_manager.filter(key__in=list(keys)).select_related(*self.joins)
        if not permission or not self.unit or grants_of(reader, permission, on=on).everywhere:
            return found
        return found.filter(**{f"{self.unit}__in": in_care(reader, permission, on=on)})


def _at(name: str, path: str = "") -> Callable[[Any], str]:
    """The address `name` of the thing, or of what stands at the path behind it."""

    def page(row: Any) -> str:
        for step in filter(None, path.split(".")):
            row = getattr(row, step)
        return reverse(name, args=[row.key])

    return page


def _held(row: Any) -> str:
    return f"{row.training_class.code}, {vdatetime(row.during.lower)}"


_CLASS = ("training_class",)
KINDS: dict[str, Kind] = {
    kind.model._meta.label_lower: kind
    for kind in (
        Kind(User, N_("account"), "", OPEN, lambda row: row.full_name),
        Kind(Decision, N_("decision"), "", OPEN, lambda row: row.number),
        Kind(
            RoleGrant,
            N_("role"),
            "unit",
            AUDIT,
            lambda row: row.user.full_name,
            joins=("user",),
        ),
        Kind(
            Post,
            N_("post"),
            "unit",
            "directory.view_people",
            lambda row: f"{row.person}: {row.title}",
            page=_at("directory:person", "person"),
            joins=("person",),
            personal=True,
        ),
        Kind(
            Programme,
            N_("programme"),
            "unit",
            "programmes.view",
            lambda row: row.name,
            page=_at("training:programme"),
        ),
        Kind(Partner, N_("partner"), "programme__unit", "programmes.view", lambda row: row.name),
        Kind(Course, N_("course"), "unit", "programmes.view", lambda row: row.title, page=_at("competence:course")),
        Kind(
            Topic,
            N_("topic"),
            "course__unit",
            "programmes.view",
            lambda row: row.title,
            page=_at("competence:course", "course"),
            joins=("course",),
        ),
        Kind(
            Material,
            N_("material"),
            "topic__course__unit",
            "programmes.view",
            lambda row: row.title,
            page=_at("competence:course", "topic.course"),
            joins=("topic__course",),
        ),
        Kind(Bank, N_("question bank"), "unit", "exams.view", lambda row: row.title, page=_at("exams:bank")),
        Kind(
            Question,
            N_("question"),
            "bank__unit",
            "exams.view",
            lambda row: row.code,
            page=_at("exams:question"),
        ),
        Kind(Paper, N_("exam paper"), "unit", "exams.view", lambda row: row.title, page=_at("exams:paper")),
        Kind(
            Variant,
            N_("variant of an exam paper"),
            "paper__unit",
            "exams.view",
            str,
            page=_at("exams:variant"),
            joins=("paper",),
        ),
        Kind(Sitting, N_("exam"), "unit", "exams.hold", lambda row: row.title, page=_at("exams:sitting")),
        Kind(Room, N_("exam room"), "unit", "exams.invigilate", lambda row: row.name, page=_at("exams:room")),
        Kind(
            Attempt,
            N_("exam paper of a candidate"),
            "sitting__unit",
            "exams.hold",
            lambda row: f"{row.sitting.title}: {row.person}",
            page=_at("exams:sitting", "sitting"),
            joins=("sitting", "person"),
            personal=True,
        ),
        Kind(
            TrainingClass,
            N_("class"),
            "unit",
            "programmes.view",
            lambda row: row.code,
            page=_at("training:class"),
        ),
        Kind(
            Meeting,
            N_("meeting"),
            "training_class__unit",
            "programmes.view",
            _held,
            page=_at("training:class", "training_class"),
            joins=_CLASS,
        ),
        Kind(
            Gathering,
            N_("roll of a meeting"),
            "meeting__training_class__unit",
            "programmes.view",
            lambda row: _held(row.meeting),
            page=_at("training:class", "meeting.training_class"),
            joins=("meeting__training_class",),
        ),
        Kind(
            Attendance,
            N_("presence"),
            "gathering__meeting__training_class__unit",
            "programmes.view",
            lambda row: f"{row.person}, {_held(row.gathering.meeting)}",
            page=_at("training:class", "gathering.meeting.training_class"),
            joins=("person", "gathering__meeting__training_class"),
            personal=True,
        ),
        Kind(
            Enrolment,
            N_("place in a class"),
            "training_class__unit",
            "programmes.view",
            lambda row: f"{row.person}, {row.training_class.code}",
            page=_at("training:class", "training_class"),
            joins=("person", *_CLASS),
            personal=True,
        ),
        Kind(
            Assessment,
            N_("test or assignment"),
            "training_class__unit",
            "programmes.view",
            lambda row: f"{row.title}, {row.training_class.code}",
            page=_at("training:class", "training_class"),
            joins=_CLASS,
        ),
        Kind(
            Submission,
            N_("work handed in"),
            "enrolment__training_class__unit",
            "programmes.view",
            lambda row: f"{row.enrolment.person}, {row.assessment.title}",
            page=_at("training:class", "enrolment.training_class"),
            joins=("enrolment__person", "enrolment__training_class", "assessment"),
            personal=True,
        ),
        Kind(
            Certificate,
            N_("certificate"),
            "enrolment__training_class__unit",
            "programmes.view",
            lambda row: f"{row.number}, {row.facts['name']}",
            page=_at("training:class", "enrolment.training_class"),
            joins=("enrolment__training_class",),
            personal=True,
        ),
        Kind(Workshop, N_("workshop"), "unit", "workshops.view", str, page=_at("workshops:workshop")),
        Kind(Site, N_("site of a workshop"), "workshop__unit", "workshops.view", str, _at("workshops:site_record")),
        Kind(File, N_("file"), "unit", "office.import", lambda row: row.name),
        Kind(
            Import,
            N_("import"),
            "unit",
            "office.import",
            lambda row: row.file.name,
            page=_at("office:show_import"),
            joins=("file",),
        ),
        Kind(
            Job,
            N_("long job"),
            "unit",
            "office.view_jobs",
            lambda row: _(REGISTERED[row.kind].title) if row.kind in REGISTERED else row.kind,
            page=_at("office:job"),
        ),
        Kind(
            Document,
            N_("document"),
            "issuer",
            "office.manage_documents",
            lambda row: row.title,
            page=_at("office:document"),
        ),
        Kind(
            Notice,
            N_("message to a person"),
            "unit",
            "office.view_notices",
            lambda row: name_of(row),
            page=_at("office:notice"),
            joins=("person", "user"),
            personal=True,
        ),
        Kind(SigningKey, N_("signing key"), "", OPEN, lambda row: row.kid),
    )
}
PERSON, UNIT = Person._meta.label_lower, Unit._meta.label_lower
WORDS = {  # things without a row of their own, and those that are named by other rules
    PERSON: N_("person"),
    UNIT: N_("unit"),
    **PAGELESS,
    **{label: kind.word for label, kind in KINDS.items()},
}


def seen(things: Iterable[str], reader: User, *, on: date) -> dict[str, Seen]:
    """Each of these things as the reader sees it; a query or two for each kind that is among them, however many."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    wanted = set(things)
    for thing in wanted:
        label, _colon, key = thing.partition(":")
        by_kind[label].add(key)
    found: dict[str, Seen] = {}
    for label, keys in sorted(by_kind.items()):
        word = _(WORDS[label]) if label in WORDS else label
        found |= {f"{label}:{key}" if key else label: Seen(word, key) for key in keys}
        for key, words, url, personal in _rows_of(label, keys, reader, on):
            found[f"{label}:{key}"] = Seen(word, key, words, url, personal)
    return {thing: found[thing] for thing in wanted if thing in found}


def _rows_of(label: str, keys: set[str], reader: User, on: date) -> Iterable[tuple[str, str, str, bool]]:
    if label == PERSON:
        for record, _stands in _records_seen(keys, reader, "directory.view_people", on):
            yield record.key, record.full_name, reverse("directory:person", args=[record.key]), True
    elif label == UNIT:
        units = dict(Unit.objects.filter(key__in=keys).values_list("pk", "key"))
        called = names(units, on=on)
        for pk, key in units.items():
            words = called[pk].full_name if pk in called else ""
            yield key, words, reverse("directory:unit", args=[key]), False
    elif label == "office.daychange":
        for key in keys:
            yield key, _day(key), "", False
    elif kind := KINDS.get(label):
        for row in kind.rows(keys, reader, permission=kind.permission, on=on):
            yield row.key, kind.says(row), kind.page(row), kind.personal


def _day(text: str) -> str:
    try:
        return vdate(date.fromisoformat(text))
    except ValueError:
        return ""


def people_of_keys(keys: Iterable[str], reader: User, *, permission: str, on: date) -> list[Person]:
    """The people of these keys for whom the reader holds the permission, in the order of names; whoever was merged as
    the one they are asked for through."""
    return list(dict.fromkeys(stands for _record, stands in _records_seen(keys, reader, permission, on)))


def _records_seen(keys: Iterable[str], reader: User, permission: str, on: date) -> list[tuple[Person, Person]]:
    """The records of these keys, each with the person it stands for, as far as the reader holds the permission."""
    found = Person.records.filter(key__in=list(keys)).select_related("merged_into").order_by("sort_key", "pk")
    pairs = [(record, record.merged_into or record) for record in found]
    if grants_of(reader, permission, on=on).everywhere:
        return pairs
    cared = those_in_care([one.pk for _record, one in pairs], in_care(reader, permission, on=on), on=on)
    return [(record, one) for record, one in pairs if one.pk in cared]


def with_merged(keys: Iterable[str]) -> "QuerySet[Person]":
    """The people of these keys with all records that were merged into them: what was written down of those, while
    they stood alone, is theirs until the merge is taken back."""
    rows = Person.records.filter(key__in=list(keys)).values_list("pk", "merged_into")
    stand = [into or pk for pk, into in rows]
    return Person.records.filter(Q(pk__in=stand) | Q(merged_into__in=stand)).order_by("pk")


def is_audited_by(thing: str, reader: User, *, on: date) -> bool:
    """Whether the reader audits the unit that this thing belongs to: then every line about it is theirs to read."""
    label, _colon, key = thing.partition(":")
    if label == PERSON:
        return bool(people_of_keys([key], reader, permission=AUDIT, on=on))
    if label == UNIT:
        return in_care(reader, AUDIT, on=on).filter(key=key).exists()
    kind = KINDS.get(label)
    return bool(kind and kind.unit and kind.rows([key], reader, permission=AUDIT, on=on).exists())


def things_of(person: Person) -> list[str]:
    """Everything in the ledger that is a person's own: themselves, posts, account, places in classes, presence,
    work, certificates."""
    things = [thing_key(person)]
    if person.user_id:
        things.append(f"accounts.user:{User.objects.values_list('key', flat=True).get(pk=person.user_id)}")
    own: dict[type[Thing], QuerySet[Any]] = {
        RoleGrant: RoleGrant.objects.filter(user=person.user_id, user__isnull=False),
        Post: person.posts.all(),
        Enrolment: person.enrolments.all(),
        Attendance: person.attendance.all(),
        Submission: Submission.objects.filter(enrolment__person=person),
        Certificate: Certificate.objects.filter(enrolment__person=person),
    }
    for model, rows in own.items():
        things += [f"{model._meta.label_lower}:{key}" for key in rows.values_list("key", flat=True)]
    return things


def things_within(thing: str) -> list[str]:
    """The thing itself; of a person also those merged into them, of a class also its meetings, rolls, places, marks
    and certificates, of a unit also its posts, roles, programmes, classes, files and documents: what "here" means on
    their pages."""
    label, _colon, key = thing.partition(":")
    if label == PERSON:
        return [thing, *(other for one in with_merged([key]) if (other := thing_key(one)) != thing)]
    if label == UNIT:
        inside = {kind.model: kind.unit for kind in KINDS.values() if kind.unit in {"unit", "issuer"}}
    elif label == "training.trainingclass":
        inside = _IN_A_CLASS
    else:
        inside = {}
    things = [thing]
    for model, path in inside.items():
        rows = model._default_manager.filter(**{f"{path}__key": key}).order_by("pk").values_list("key", flat=True)
        things += [f"{model._meta.label_lower}:{one}" for one in rows]
    return things


_IN_A_CLASS: dict[type[Thing], str] = {
    Meeting: "training_class",
    Gathering: "meeting__training_class",
    Attendance: "gathering__meeting__training_class",
    Enrolment: "training_class",
    Assessment: "training_class",
    Submission: "enrolment__training_class",
    Certificate: "enrolment__training_class",
}


def lists_of(person: Person) -> list[str]:
    """The lists in which a person may have been seen: of their classes and programmes, of the units of their posts
    and of every unit above."""
    rows = person.enrolments.values_list("training_class__key", "training_class__programme__key")
    classes, programmes = {key for key, _programme in rows}, {key for _class, key in rows}
    things = [f"training.trainingclass:{key}" for key in sorted(classes)]
    things += [f"programmes.programme:{key}" for key in sorted(programmes)]
    units = Unit.objects.filter(pk__in=_with_those_above({post.unit_id for post in person.posts.all()}))
    return things + [f"{UNIT}:{key}" for key in units.order_by("pk").values_list("key", flat=True)]


def _with_those_above(units: set[int]) -> set[int]:
    """The units and all they ever stood under."""
    found, coming = set(units), set(units)
    while coming:
        above = Placement.objects.filter(unit__in=coming, parent__isnull=False).values_list("parent_id", flat=True)
        coming = set(above) - found
        found |= coming
    return found
