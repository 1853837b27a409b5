"""What can be done with courses: making and changing them, their topics and materials."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, ProtectedError

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import spell
from lantoa.competence.models import Course, Material, Topic
from lantoa.competence.rules import LinkText, TopicText
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import File


@dataclass
class CourseWritten:
    """What came of writing a course: its topics in their order, what changed, which topics are no longer wanted."""

    course: Course
    topics: list[Topic]
    is_new: bool = False
    changed: list[str] = field(default_factory=list)
    surplus: list[Topic] = field(default_factory=list)


@transaction.atomic
def write_course(
    *,
    by: Actor,
    code: str,
    title: str,
    summary: str,
    topics: Sequence[TopicText],
    unit: Unit,
    unit_is_said: bool = True,
) -> CourseWritten:
    """Makes the course of this code, or changes what differs. Topics are recognised by title, then by place.

    An existing course keeps its owner unless `unit_is_said`. Topics no longer named are returned as `surplus`, for
    `drop_topics` once nothing uses them. Materials that are files are never touched here.
    """
    course = Course.objects.select_for_update().filter(code=code).first()
    if course is None:
        course = Course.objects.create(code=code, title=title, summary=summary, unit=unit)
        written = CourseWritten(course, [], is_new=True)
    else:
        written = CourseWritten(course, [])
        wanted = {"title": title, "summary": summary} | ({"unit": unit} if unit_is_said else {})
        written.changed = [name for name, value in wanted.items() if getattr(course, name) != value]
        for name in written.changed:
            setattr(course, name, wanted[name])
        if written.changed:
            course.save(update_fields=written.changed)
    _write_topics(written, topics)
    if written.is_new or written.changed:
        act = "competence.create_course" if written.is_new else "competence.change_course"
        record(by=by, act=act, thing=course, about={"code": code, "changed": sorted(written.changed)})
    return written


def _write_topics(written: CourseWritten, texts: Sequence[TopicText]) -> None:
    standing = list(written.course.topics.order_by("position").prefetch_related("materials"))
    left = {topic.pk: topic for topic in standing}
    matched: list[Topic | None] = []
    for text in texts:
        same = next((topic for topic in left.values() if spell(topic.title) == spell(text.title)), None)
        matched.append(left.pop(same.pk) if same else None)
    changed: list[Topic] = []
    for at, text in enumerate(texts):
        topic = matched[at] or next((one for one in left.values() if one.position == at + 1), None)
        if topic is None:
            topic = Topic(course=written.course, position=at + 1)
            written.changed.append("topics")
        else:
            left.pop(topic.pk, None)
        wanted = (at + 1, text.title, "\n".join(text.outcomes), text.hours)
        if topic.pk is None or (topic.position, topic.title, topic.outcomes, topic.hours) != wanted:
            topic.position, topic.title, topic.outcomes, topic.hours = wanted
            changed.append(topic)
        written.topics.append(topic)
    for place, topic in enumerate(left.values(), len(texts) + 1):
        topic.position = place
        changed.append(topic)
    if changed:
        written.changed.append("topics")
    new = [topic for topic in changed if topic.pk is None]
    Topic.objects.bulk_update([topic for topic in changed if topic.pk], ["position", "title", "outcomes", "hours"])
    Topic.objects.bulk_create(new)
    old = set(map(id, new))
    for topic, text in zip(written.topics, texts, strict=True):
        standing_links = [] if id(topic) in old else [one for one in topic.materials.all() if one.url]
        if _write_links(topic, sorted(standing_links, key=lambda one: (one.position, one.pk)), text.links):
            written.changed.append("materials")
    written.surplus = list(left.values())
    written.changed = sorted(set(written.changed))


def _write_links(topic: Topic, standing: list[Material], links: Sequence[LinkText]) -> bool:
    if [(one.title, one.url) for one in standing] == [(one.title, one.url) for one in links]:
        return False
    Material.objects.filter(pk__in=[one.pk for one in standing]).delete()
    files = topic.materials.aggregate(last=Max("position"))["last"] or 0
    Material.objects.bulk_create(
        Material(topic=topic, position=files + at, title=one.title, url=one.url) for at, one in enumerate(links, 1)
    )
    return True


@transaction.atomic
def drop_topics(*, by: Actor, course: Course, topics: Sequence[Topic]) -> None:
    """Removes topics that nothing uses; refused, named, when a meeting treats one."""
    for topic in topics:
        key = topic.key
        try:
            with transaction.atomic():
                topic.delete()
        except ProtectedError as error:
            raise _in_use(topic, course, error) from error
        record(by=by, act="competence.drop_topic", thing=course, about={"topic": key})
    _close_gaps(course)


def _in_use(topic: Topic, course: Course, error: ProtectedError) -> Refused:
    """What holds the topic: meetings and questions, of rooms that stand above this one."""
    meetings = [one for one in error.protected_objects if one._meta.label == "training.Meeting"]
    others = len(error.protected_objects) - len(meetings)
    about = {"topic": topic.title, "course": course.title}
    if not others:
        words = N_("Cannot remove topic %(topic)s of course %(course)s: %(count)d meetings treat it.")
        return Refused(words, **about, count=len(meetings))
    if not meetings:
        words = N_("Cannot remove topic %(topic)s of course %(course)s: %(questions)d versions of questions test it.")
        return Refused(words, **about, questions=others)
    words = N_(
        "Cannot remove topic %(topic)s of course %(course)s: %(count)d meetings treat it, and %(questions)d versions "
        "of questions test it."
    )
    return Refused(words, **about, count=len(meetings), questions=others)


def _close_gaps(course: Course) -> None:
    moved = []
    for at, topic in enumerate(course.topics.order_by("position"), 1):
        if topic.position != at:
            topic.position = at
            moved.append(topic)
    Topic.objects.bulk_update(moved, ["position"])


@transaction.atomic
def create_course(*, by: Actor, code: str, title: str, summary: str, unit: Unit) -> Course:
    """A new course without topics."""
    with only_one(Refused(N_("Cannot create course %(code)s: a course has this code already."), code=code)):
        made = Course.objects.create(code=code, title=title, summary=summary, unit=unit)
    record(by=by, act="competence.create_course", thing=made, about={"code": code})
    return made


@transaction.atomic
def change_course(*, by: Actor, course: Course, title: str, summary: str) -> Course:
    """Changes what a course is called and what is said of it."""
    changed = [name for name, value in (("title", title), ("summary", summary)) if getattr(course, name) != value]
    course.title, course.summary = title, summary
    if changed:
        course.save(update_fields=changed)
        record(by=by, act="competence.change_course", thing=course, about={"changed": changed})
    return course


@transaction.atomic
def add_topic(*, by: Actor, course: Course, title: str, hours: Decimal, outcomes: str) -> Topic:
    """A topic more, after the last."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = course.topics.aggregate(last=Max("position"))["last"] or 0
    made = Topic.objects.create(course=course, position=last + 1, title=title, hours=hours, outcomes=outcomes)
    record(by=by, act="competence.add_topic", thing=made, about={"course": course.key})
    return made


@transaction.atomic
def change_topic(*, by: Actor, topic: Topic, title: str, hours: Decimal, outcomes: str) -> Topic:
    """Changes a topic's title, hours or outcomes (one a line)."""
    wanted = {"title": title, "hours": hours, "outcomes": outcomes}
    changed = [name for name, value in wanted.items() if getattr(topic, name) != value]
    for name in changed:
        setattr(topic, name, wanted[name])
    if changed:
        topic.save(update_fields=changed)
        record(by=by, act="competence.change_topic", thing=topic, about={"changed": changed})
    return topic


@transaction.atomic
def move_topic(*, by: Actor, topic: Topic, up: bool) -> None:
    """Changes places with the topic before or after it; the first stays first, the last stays last."""
    Course.objects.select_for_update().get(pk=topic.course_id)
    topics = list(Topic.objects.filter(course=topic.course_id).order_by("position"))
    at = next(place for place, one in enumerate(topics) if one.pk == topic.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(topics):
        return
    topics[at].position, topics[other].position = topics[other].position, topics[at].position
    Topic.objects.bulk_update([topics[at], topics[other]], ["position"])
    record(by=by, act="competence.move_topic", thing=topics[at], about={"position": topics[at].position})


@transaction.atomic
def add_material(*, by: Actor, topic: Topic, title: str, file: File | None = None, url: str = "") -> Material:
    """A file or a link more, after the last; exactly one of the two."""
    if bool(file) == bool(url):
        raise Refused(N_("Cannot add material %(title)s: give a file or a link, one of the two."), title=title)
    last = topic.materials.aggregate(last=Max("position"))["last"] or 0
    made = Material.objects.create(topic=topic, position=last + 1, title=title, file=file, url=url)
    record(by=by, act="competence.add_material", thing=made, about={"topic": topic.key})
    return made


@transaction.atomic
def remove_material(*, by: Actor, material: Material) -> None:
    """Takes a material away; its file stays in the office's files."""
    record(by=by, act="competence.remove_material", thing=material, about={"topic": material.topic.key})
    material.delete()
