"""What can be done with banks and questions."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Topic
from lantoa.directory.models import Unit
from lantoa.exams.models import Aim, Bank, Picture, Question, Share, Version
from lantoa.exams.rules.content import Content, as_json, faults_of, normal
from lantoa.exams.rules.pictures import LARGEST_PICTURE, kind_of_picture
from lantoa.exams.rules.texts import pictures_in
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

Target = tuple[Topic, str]  # a topic, and one of its outcomes ("" for the topic as a whole)


@transaction.atomic
def create_bank(*, by: Actor, title: str, summary: str, unit: Unit, at: datetime) -> Bank:
    """A new collection, without questions."""
    made = Bank.objects.create(title=title, summary=summary, unit=unit, made_by=by.actor_key, made_at=at)
    record(by=by, act="exams.create_bank", thing=made, about={"unit": unit.key})
    return made


@transaction.atomic
def change_bank(*, by: Actor, bank: Bank, title: str, summary: str) -> Bank:
    """Changes what a bank is called and what is said of it."""
    changed = [name for name, value in (("title", title), ("summary", summary)) if getattr(bank, name) != value]
    bank.title, bank.summary = title, summary
    if changed:
        bank.save(update_fields=changed)
        record(by=by, act="exams.change_bank", thing=bank, about={"changed": changed})
    return bank


@transaction.atomic
def share_bank(*, by: Actor, bank: Bank, unit: Unit, right: str, at: datetime) -> Share:
    """Lets a unit, and everything under it, see, use or edit the bank; a share that stands is changed."""
    if unit.pk == bank.unit_id:
        raise Refused(N_("Cannot share bank %(bank)s: the unit chosen owns it already."), bank=bank.title)
    Bank.objects.select_for_update().get(pk=bank.pk)
    made, _new = Share.objects.update_or_create(
        bank=bank, unit=unit, defaults={"right": right, "given_by": by.actor_key, "given_at": at}
    )
    record(by=by, act="exams.share_bank", thing=bank, about={"unit": unit.key, "right": right})
    return made


@transaction.atomic
def stop_sharing(*, by: Actor, share: Share) -> None:
    """Takes a share back; papers made meanwhile stay."""
    record(by=by, act="exams.stop_sharing", thing=share.bank, about={"unit": share.unit.key, "right": share.right})
    share.delete()


@transaction.atomic
def add_question(
    *,
    by: Actor,
    bank: Bank,
    content: Content,
    at: datetime,
    code: str = "",
    aims: Sequence[Target] = (),
    source: str = "",
) -> Version:
    """A new question with its first version. Without a code it gets the next number of the bank."""
    content = normal(content)
    Bank.objects.select_for_update().get(pk=bank.pk)
    code = code or _next_code(bank)
    _refuse_faulty(code, bank, content, aims)
    if Question.objects.filter(bank=bank, code=code).exists():
        raise Refused(N_("Cannot add question %(code)s: the bank has a question of this code."), code=code)
    question = Question.objects.create(bank=bank, code=code)
    version = _version(by, question, 1, content, aims, source, at)
    record(by=by, act="exams.add_question", thing=question, about={"bank": bank.key, "version": version.key})
    return version


@transaction.atomic
def change_question(
    *, by: Actor, question: Question, content: Content, at: datetime, aims: Sequence[Target] = (), source: str = ""
) -> Version:
    """A new version; the one before stays as it was. When nothing differs the current one is given back."""
    content = normal(content)
    question = Question.objects.select_for_update().select_related("bank").get(pk=question.pk)
    _refuse_faulty(question.code, question.bank, content, aims)
    current = question.versions.get(current=True)
    standing = sorted(current.aims.values_list("topic_id", "outcome"))
    if current.content == as_json(content) and standing == sorted({(topic.pk, said) for topic, said in aims}):
        return current
    last = question.versions.aggregate(last=Max("number"))["last"]
    Version.objects.filter(pk=current.pk).update(current=False)
    version = _version(by, question, last + 1, content, aims, source, at)
    about = {"bank": question.bank.key, "version": version.key, "number": version.number}
    record(by=by, act="exams.change_question", thing=question, about=about)
    return version


@transaction.atomic
def retire_question(*, by: Actor, question: Question, at: datetime) -> None:
    """No new paper takes it any more; nothing else changes."""
    if Question.objects.filter(pk=question.pk, retired_at=None).update(retired_at=at):
        record(by=by, act="exams.retire_question", thing=question, about={"bank": question.bank.key})


@transaction.atomic
def restore_question(*, by: Actor, question: Question) -> None:
    """Papers may take it again."""
    if Question.objects.filter(pk=question.pk, retired_at__isnull=False).update(retired_at=None):
        record(by=by, act="exams.restore_question", thing=question, about={"bank": question.bank.key})


@transaction.atomic
def take_back_version(*, by: Actor, version: Version) -> None:
    """Deletes the newest version of a question; the one before is the current one again, and a question without one
    is gone. Refused once a paper holds it, or a newer one stands on it."""
    question = Question.objects.select_for_update().select_related("bank").get(pk=version.question_id)
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.used_at is not None:
        raise Refused(N_("Cannot take back question %(code)s: a paper holds it."), code=question.code)
    if not version.current:
        raise Refused(N_("Cannot take back question %(code)s: it was changed since."), code=question.code)
    record(by=by, act="exams.take_back_version", thing=question, about={"version": version.key})
    version.delete()
    before = question.versions.order_by("-number").first()
    if before is None:
        question.delete()
    else:
        Version.objects.filter(pk=before.pk).update(current=True)


@transaction.atomic
def add_picture(*, by: Actor, bank: Bank, name: str, content: bytes) -> Picture:
    """Keeps a picture in the bank; the same picture once. Refused when it is none, or too large for phones."""
    kind = kind_of_picture(content)
    if kind is None:
        raise Refused(N_('Cannot keep the picture "%(name)s": it is no PNG, JPEG, GIF or WebP picture.'), name=name)
    if len(content) > LARGEST_PICTURE:
        raise Refused(
            N_('Cannot keep the picture "%(name)s": it has %(size)d KB; the most is %(most)d KB.'),
            name=name,
            size=len(content) // 1024,
            most=LARGEST_PICTURE // 1024,
        )
    checksum = hashlib.sha256(content).hexdigest()
    fields = {"name": name[:200], "media_type": kind, "size": len(content), "content": content}
    made, new = Picture.objects.get_or_create(bank=bank, sha256=checksum, defaults=fields)
    if new:
        record(by=by, act="exams.add_picture", thing=made, about={"bank": bank.key, "size": len(content)})
    return made


def _next_code(bank: Bank) -> str:
    number = Question.objects.filter(bank=bank).count() + 1
    taken = set(Question.objects.filter(bank=bank, code__startswith="C").values_list("code", flat=True))
    while f"C{number:03d}" in taken:
        number += 1
    return f"C{number:03d}"


def _refuse_faulty(code: str, bank: Bank, content: Content, aims: Sequence[Target]) -> None:
    for fault in faults_of(content):
        reason = Refused(fault.message, **fault.values)
        raise Refused(N_("Cannot keep question %(code)s: %(reason)s"), code=code, reason=reason)
    for topic, outcome in aims:
        if outcome and outcome not in topic.outcomes.splitlines():
            raise Refused(
                N_("Cannot keep question %(code)s: topic %(topic)s has no outcome of these words: %(outcome)s"),
                code=code,
                topic=topic.title,
                outcome=outcome,
            )
    wanted = pictures_in(content.texts())
    there = {one[:32] for one in bank.pictures.values_list("sha256", flat=True)} if wanted else set()
    missing = [one for one in wanted if one not in there]
    if missing:
        raise Refused(
            N_("Cannot keep question %(code)s: the bank has no picture %(picture)s."), code=code, picture=missing[0]
        )


def _version(
    by: Actor, question: Question, number: int, content: Content, aims: Sequence[Target], source: str, at: datetime
) -> Version:
    version = Version.objects.create(
        question=question,
        number=number,
        kind=content.kind,
        difficulty=content.difficulty,
        points=content.points,
        content=as_json(content),
        folded=content.folded(),
        source=source,
        made_by=by.actor_key,
        made_at=at,
    )
    wanted = dict.fromkeys((topic.pk, outcome) for topic, outcome in aims)
    Aim.objects.bulk_create(Aim(version=version, topic_id=topic, outcome=outcome) for topic, outcome in wanted)
    return version
