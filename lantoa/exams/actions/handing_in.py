"""Files handed in during an exam: their content, which an event of the log has named (decision 0035)."""

import hashlib
import io
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.answering import save_answer
from lantoa.exams.actions.on_paper import enter_paper
from lantoa.exams.models import Attempt, HandedFile, Judgement
from lantoa.exams.queries.handed import may_come_until, naming
from lantoa.exams.rules.answer_file import GivenFile
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.handed import MB, MOST_FILES, most_megabytes, value_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import CHUNK, keep_file, remove_content
from lantoa.office.rules.files import clean_name, kind_of


class NotNamed(Refused):
    """The event that names the file has not come yet: the device sends it again later."""


@transaction.atomic
def take_handed_file(
    *, by: Actor, attempt: Attempt, question: str, kind: str, content: IO[bytes], at: datetime
) -> HandedFile:
    """The content of a file that a device has named. The same content again changes nothing.

    That its checksum was told in time makes it count, not when the content came; it is taken as long as late answers
    are, and no longer.
    """
    asked = _asked(attempt, question)
    size, digest = _measured(content)
    if known := _known(attempt, question, digest):
        return known
    if not naming(attempt, question, digest):
        raise NotNamed(N_("Cannot keep the file: no answer of this exam names it."))
    _refuse_too_late(attempt, at)
    return _keep(by, attempt, asked, kind, content, (size, digest), at)


@transaction.atomic
def hand_in_file(*, by: Actor, attempt: Attempt, question: str, upload: Any, at: datetime) -> HandedFile:
    """A file from a plain page: the event that names it and its content in one. Another one takes its place."""
    asked = _asked(attempt, question)
    kind = kind_of(clean_name(upload.name), asked["extensions"]).extension
    size, digest = _measured(upload)
    made = _known(attempt, question, digest)
    if made is None:
        _refuse_too_late(attempt, at)
        made = _keep(by, attempt, asked, kind, upload, (size, digest), at)
    # last, for it locks the attempt: nobody waits for a disk
    save_answer(by=by, attempt=attempt, question=question, answer=value_of(digest, size, kind), at=at)
    return made


@transaction.atomic
def bring_file(*, by: Actor, attempt: Attempt, file: GivenFile, at: datetime) -> HandedFile:
    """The content of a file that lay in a file of answers: an organiser brings it, whenever that is. Refused where
    points were given for the answer without it."""
    asked = _asked(attempt, file.question)
    if known := _known(attempt, file.question, file.sha256):
        return known
    if not naming(attempt, file.question, file.sha256):
        raise NotNamed(N_("Cannot keep the file: no answer of this exam names it."))
    of = {fingerprint(one) for one in naming(attempt, file.question, file.sha256)}
    if Judgement.objects.filter(attempt=attempt, question=file.question, fingerprint__in=of).exists():
        raise Refused(N_("Cannot keep the file: points were given for this answer without it."))
    measured = len(file.content), file.sha256
    return _keep(by, attempt, asked, file.kind, io.BytesIO(file.content), measured, at)


@transaction.atomic
def enter_paper_file(*, by: Actor, attempt: Attempt, question: str, upload: Any, at: datetime) -> HandedFile:
    """A file that somebody who sat on paper has handed in beside their sheet: an organiser enters it, as they enter
    the sheet and after it. Another one takes its place."""
    if attempt.on_paper_at is None:
        raise Refused(
            N_("Cannot keep the file: the sheet of this candidate in %(title)s is not entered yet."),
            title=attempt.sitting.title,
        )
    asked = _asked(attempt, question)
    kind = kind_of(clean_name(upload.name), asked["extensions"]).extension
    size, digest = _measured(upload)
    made = _known(attempt, question, digest) or _keep(by, attempt, asked, kind, upload, (size, digest), at)
    given = {question: value_of(digest, size, kind)}
    enter_paper(by=by, attempt=attempt, answers_given=given, at=at)  # last, for it locks the attempt
    return made


def _refuse_too_late(attempt: Attempt, at: datetime) -> None:
    until = may_come_until(attempt)
    if until is not None and at >= until:
        raise Refused(
            N_("Cannot keep the file: it came after the time in which late answers of %(title)s are taken."),
            title=attempt.sitting.title,
        )


def _asked(attempt: Attempt, question: str) -> Mapping[str, Any]:
    for number, one in enumerate(attempt.variant.content, 1):
        if one["id"] == question and one["kind"] == "file":
            return {**one, "number": number}
    raise Refused(N_("Cannot keep the file: this question does not ask for one."))


def _measured(content: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _known(attempt: Attempt, question: str, digest: str) -> HandedFile | None:
    found = (
        HandedFile.objects.filter(attempt=attempt, question=question, sha256=digest).select_related("file").first()
    )
    if found is not None and found.file.removed_at is not None:
        raise Refused(N_("Cannot keep the file: its content was removed before, when its time was over."))
    return found


def _keep(
    by: Actor,
    attempt: Attempt,
    asked: Mapping[str, Any],
    kind: str,
    content: IO[bytes],
    measured: tuple[int, str],
    at: datetime,
) -> HandedFile:
    """Checked and kept. No row of the exam is locked meanwhile: the writer of the log must not wait for a disk."""
    size, digest = measured
    most = most_megabytes(asked["megabytes"])
    if size > most * MB:
        raise Refused(N_("Cannot keep the file: it is larger than %(most)d MB, the most here."), most=most)
    count = HandedFile.objects.filter(attempt=attempt, question=asked["id"]).count()
    if count >= MOST_FILES:
        raise Refused(
            N_("Cannot keep the file: question %(number)d has %(count)d files of yours already, the most."),
            number=asked["number"],
            count=count,
        )
    file = keep_file(
        by=by,
        name=f"cau-{asked['number']}-{attempt.key}.{kind}",  # the name it came with may be somebody's
        content=content,
        unit=attempt.sitting.unit,
        at=at,
        allowed=asked["extensions"],
        seen_with="exams.hold",
    )
    made, new = HandedFile.objects.get_or_create(
        attempt=attempt, question=asked["id"], sha256=digest, defaults={"file": file, "received_at": at}
    )
    if not new:  # the same from two windows at once
        remove_content(file, at=at)
        return made
    about = {"question": asked["id"], "size": size, "sha256": digest}
    record(by=by, act="exams.hand_in_file", thing=attempt, about=about)
    return made
