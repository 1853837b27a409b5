"""Questions: asked, read by a moderator, merged, answered, forwarded, declined, published; and voted for."""

from datetime import date, datetime

from django.db import connection, transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor, Machine
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.floor import held_conduct, refuse_unless_live
from lantoa.workshops.actions.question_notices import tell_forwarded
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import Forwarding, Question, Reply, Site, Vote, Workshop
from lantoa.workshops.queries.floor import conduct_of
from lantoa.workshops.queries.questions import votes_of

State = Question.State
ANONYMOUS = Machine("anonymous")
MOST_HELD = 20  # questions of one person, or of one site, that no moderator has read yet
MOST_NAMELESS = 500  # the same for all without a name in a workshop: nobody can be asked to wait


@transaction.atomic
def ask(
    *,
    by: Actor,
    workshop: Workshop,
    text: str,
    language: str,
    at: datetime,
    person: Person | None = None,
    site: Site | None = None,
    anonymous: bool = False,
) -> Question:
    """A question of a person (at a site) or of a site. It is held until a moderator has read it. The same words sent
    again by the same asker, while they are held, are the same question.

    Of an anonymous one neither person nor site is kept, here or in the ledger.
    """
    refuse_unless_live(workshop)
    conduct, words = conduct_of(workshop), text.strip()
    if not conduct.questions_open:
        raise Refused(N_("Cannot ask in “%(name)s”: no questions are taken now."), name=workshop.name)
    if not words:
        raise Refused(N_("Cannot send the question: it is empty."))
    if anonymous and not conduct.anonymous:
        raise Refused(
            N_("Cannot ask without a name in “%(name)s”: the chair has not allowed it."), name=workshop.name
        )
    if language not in workshop.languages:
        language = workshop.languages[0]
    held = Question.objects.filter(workshop=workshop, state=State.HELD, anonymous=anonymous)
    if not anonymous:
        held = held.filter(person=person) if person is not None else held.filter(person=None, site=site)
    if (same := held.filter(text=words).first()) is not None:
        return same
    waiting = held.count()
    if anonymous and waiting >= MOST_NAMELESS:
        raise Refused(
            N_("Cannot send the question: %(count)d without a name wait to be read already."), count=waiting
        )
    if not anonymous and waiting >= MOST_HELD:
        raise Refused(N_("Cannot send another question: %(count)d of yours wait to be read."), count=waiting)
    made = Question.objects.create(
        workshop=workshop,
        person=None if anonymous else person,
        site=None if anonymous else site,
        anonymous=anonymous,
        language=language,
        text=words,
        asked_at=at.replace(minute=0, second=0, microsecond=0) if anonymous else at,
    )
    record(by=ANONYMOUS if anonymous else by, act="workshops.ask", thing=workshop, about={"question": made.key})
    tell(workshop=workshop, kind="questions", about={"asked": made.key}, at=at, audience="desk")
    return made


@transaction.atomic
def vote(*, by: Actor, question: Question, person: Person, at: datetime) -> int:
    """One voice of this person for an answer; how many there are. Given twice it is one, the database holds it.

    The row is held as a reader: a merge waits for votes that are under way, and takes them along.
    """
    refuse_unless_live(question.workshop)
    question = Question.objects.raw("SELECT * FROM workshops_question WHERE id = %s FOR SHARE", [question.pk])[0]
    if question.state != State.OPEN:
        raise Refused(N_("Cannot vote for this question: it is not open."))
    Vote.objects.bulk_create([Vote(question=question, person=person)], ignore_conflicts=True)
    return votes_of(question)


@transaction.atomic
def take_vote_back(*, by: Actor, question: Question, person: Person) -> int:
    """The voice is taken back; how many remain."""
    Vote.objects.filter(question=question, person=person).delete()
    return votes_of(question)


# ---- moderation


def _locked(question: Question) -> Question:
    return (
        Question.objects.select_for_update(no_key=True, of=("self",))
        .select_related("workshop__unit", "site")
        .get(pk=question.pk)
    )


def _move(by: Actor, question: Question, act: str, at: datetime, **about: str) -> None:
    record(by=by, act=act, thing=question.workshop, about={"question": question.key, **about})
    seen = {"question": question.key, "state": question.state}
    tell(workshop=question.workshop, kind="question", about=seen, at=at)


@transaction.atomic
def let_through(*, by: Actor, question: Question, at: datetime) -> Question:
    """The question is shown to everybody: read for the first time, or taken up again after it was declined."""
    question = _locked(question)
    if question.state not in {State.HELD, State.DECLINED}:
        return question
    question.state, question.reason = State.OPEN, ""
    question.save(update_fields=["state", "reason"])
    _move(by, question, "workshops.open_question", at)
    return question


@transaction.atomic
def decline(*, by: Actor, question: Question, reason: str, at: datetime) -> Question:
    """The question is not answered, and whoever asked reads why."""
    question = _locked(question)
    _refuse_done(question)
    if not reason.strip():
        raise Refused(N_("Cannot decline the question: say why, whoever asked reads it."))
    question.state, question.reason = State.DECLINED, reason.strip()[:300]
    question.save(update_fields=["state", "reason"])
    _end_forwarding(question, at)
    _take_off_the_screens(by, question, at)
    _move(by, question, "workshops.decline_question", at)
    return question


@transaction.atomic
def merge(*, by: Actor, question: Question, into: Question, at: datetime) -> Question:
    """Both ask the same: the votes of the one count for the other, each person once."""
    if question.pk == into.pk:
        raise Refused(N_("Cannot merge the question: it is the same one."))
    pair = {one.pk: one for one in (_locked(one) for one in sorted((question, into), key=lambda one: one.pk))}
    question, into = pair[question.pk], pair[into.pk]
    _refuse_done(question)
    if into.workshop_id != question.workshop_id:
        raise Refused(N_("Cannot merge the question: the other one was asked in another workshop."))
    if into.state in {State.MERGED, State.DECLINED}:
        raise Refused(N_("Cannot merge the question: the other one is merged or declined itself."))
    question.state, question.into = State.MERGED, into
    question.save(update_fields=["state", "into"])
    Question.objects.filter(into=question).update(into=into)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workshops_vote (question_id, person_id) SELECT %s, person_id FROM workshops_vote"
            " WHERE question_id = %s ON CONFLICT DO NOTHING",
            [into.pk, question.pk],
        )
    _end_forwarding(question, at)
    _take_off_the_screens(by, question, at)
    _move(by, question, "workshops.merge_question", at, into=into.key)
    return into


def _take_off_the_screens(by: Actor, question: Question, at: datetime) -> None:
    if held_conduct(question.workshop).pinned == question.key:
        pin(by=by, workshop=question.workshop, question=None, at=at)


@transaction.atomic
def pin(*, by: Actor, workshop: Workshop, question: Question | None, at: datetime) -> None:
    """The question stands on all screens, until another one does or none."""
    if question is not None:
        question = _locked(question)
        if question.state not in {State.OPEN, State.ANSWERED}:
            raise Refused(N_("Cannot put the question on the screens: let it through first."))
    conduct = held_conduct(workshop)
    conduct.pinned = question.key if question else ""
    conduct.save(update_fields=["pinned"])
    record(by=by, act="workshops.pin_question", thing=workshop, about={"question": conduct.pinned})
    tell(workshop=workshop, kind="pinned", about={"question": conduct.pinned}, at=at)


# ---- answers


@transaction.atomic
def answer(
    *,
    by: Actor,
    question: Question,
    language: str,
    text: str,
    read: str,
    publish: bool,
    at: datetime,
    asked: Forwarding | None = None,
) -> tuple[Reply, Reply | None]:
    """Writes the answer in one language; (what was written, the answer that stands instead of it, if any).

    `read` is the key of the answer that stood when the page was read ("" when there was none). If somebody else has
    written one meanwhile, theirs stands, this one is kept beside it, and whoever wrote it is told. A unit answers
    while it is `asked`.
    """
    question = _locked(question)
    if asked is not None and not question.forwardings.filter(pk=asked.pk, ended_at=None).exists():
        raise Refused(N_("Cannot answer the question: it has been answered or taken back meanwhile."))
    if question.state == State.MERGED:
        raise Refused(N_("Cannot answer the question: it is merged into another one. Answer that."))
    if not text.strip():
        raise Refused(N_("Cannot save the answer: it is empty."))
    if language not in question.workshop.languages:
        raise Refused(N_("Cannot save the answer: the workshop does not speak “%(language)s”."), language=language)
    standing = question.replies.filter(language=language, stands=True).first()
    if standing is not None and standing.key != read:
        beside = _written(by, question, language, text, at, stands=False)
        record(by=by, act="workshops.answer_beside", thing=question.workshop, about={"question": question.key})
        return beside, standing
    if standing is not None:
        standing.stands, standing.published_at = False, None
        standing.save(update_fields=["stands", "published_at"])
    made = _written(by, question, language, text, at, stands=True, published_at=at if publish else None)
    question.state, question.reason = State.ANSWERED, ""
    question.save(update_fields=["state", "reason"])
    _end_forwarding(question, at)
    _move(by, question, "workshops.answer_question", at, language=language)
    return made, None


def _written(
    by: Actor,
    question: Question,
    language: str,
    text: str,
    at: datetime,
    *,
    stands: bool,
    published_at: datetime | None = None,
) -> Reply:
    return Reply.objects.create(
        question=question,
        language=language,
        text=text.strip(),
        stands=stands,
        written_by=by.actor_key,
        written_at=at,
        published_at=published_at,
    )


@transaction.atomic
def let_stand(*, by: Actor, reply: Reply, at: datetime) -> Reply:
    """An answer that was kept beside becomes the answer; the one before is kept beside instead."""
    question = _locked(reply.question)
    reply.refresh_from_db()
    if reply.stands:
        return reply
    published = None
    for other in question.replies.filter(language=reply.language, stands=True):
        published = at if other.published_at else None
        other.stands, other.published_at = False, None
        other.save(update_fields=["stands", "published_at"])
    reply.stands, reply.published_at = True, published
    reply.save(update_fields=["stands", "published_at"])
    _move(by, question, "workshops.choose_answer", at)
    return reply


@transaction.atomic
def publish(*, by: Actor, question: Question, at: datetime) -> int:
    """The answers that stand are shown to everybody; how many are new. During the workshop or long after it."""
    question = _locked(question)
    count = question.replies.filter(stands=True, published_at=None).update(published_at=at)
    if count:
        _move(by, question, "workshops.publish_answer", at)
    return count


# ---- forwarding


@transaction.atomic
def forward(*, by: Actor, question: Question, unit: Unit, due_on: date, at: datetime, on: date) -> Forwarding:
    """The unit is to answer until that day; its coordinators are told. During the workshop or after it."""
    question = _locked(question)
    _refuse_done(question)
    if due_on < on:
        raise Refused(
            N_("Cannot forward the question: its deadline %(due)s has passed already."), due=f"{due_on:%d/%m/%Y}"
        )
    standing = question.forwardings.filter(ended_at=None).select_related("unit").first()
    if standing is not None:
        called = names([standing.unit_id], on=on)
        raise Refused(
            N_("Cannot forward the question: %(unit)s is asked already. Take that back first."),
            unit=called[standing.unit_id].full_name if standing.unit_id in called else standing.unit.key,
        )
    if question.state == State.HELD:
        question.state = State.OPEN
        question.save(update_fields=["state"])
    made = Forwarding.objects.create(question=question, unit=unit, due_on=due_on, asked_by=by.actor_key, asked_at=at)
    _move(by, question, "workshops.forward_question", at, unit=unit.key, due=due_on.isoformat())
    tell_forwarded(by=by, forwarding=made, at=at)
    return made


@transaction.atomic
def take_back(*, by: Actor, question: Question, at: datetime) -> Question:
    """The unit that was asked need not answer any more."""
    question = _locked(question)
    if _end_forwarding(question, at):
        _move(by, question, "workshops.take_question_back", at)
    return question


def _end_forwarding(question: Question, at: datetime) -> int:
    return question.forwardings.filter(ended_at=None).update(ended_at=at)


def _refuse_done(question: Question) -> None:
    if question.state == State.MERGED:
        raise Refused(N_("Cannot change the question: it is merged into another one."))
    if question.state == State.ANSWERED:
        by = question.replies.filter(stands=True).values_list("written_by", flat=True).first() or ""
        raise Refused(
            N_("Cannot change the question: %(person)s has answered it."), person=names_of([by]).get(by, by)
        )
