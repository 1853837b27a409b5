"""Files of questions on their way into a bank: GIFT, Moodle XML, Aiken, our Excel sheet."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.competence.models import Topic
from lantoa.exams.actions.bank import add_picture, add_question, change_question, take_back_version
from lantoa.exams.importers_paper import AnswersImporter
from lantoa.exams.models import Bank, Question, Version
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import KINDS, as_json, from_json
from lantoa.exams.rules.formats import aiken, gift, moodle, sheet
from lantoa.exams.rules.formats.model import MOST, ReadQuestion
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.queries.files import read_file
from lantoa.office.rules.imports import CHANGED, KNOWN, NEW, WRONG, KeptRow, ReadRow, RowChange, RowFault
from lantoa.office.rules.sheets import read_table_file

__all__ = ["AnswersImporter", "QuestionsImporter"]  # finding this file registers both


def questions_in(data: bytes, name: str) -> Iterator[tuple[str, ReadQuestion]]:
    """The questions of a file with the name of their sheet (""), by the kind of file its name says."""
    extension = name.rpartition(".")[2].lower()
    if extension == "xml":
        yield from (("", one) for one in moodle.read(data, name))
    elif extension in ("gift", "txt"):
        text = _text(data, name)
        found = aiken.read(text) if aiken.looks_so(text) else gift.read(text)
        yield from (("", one) for one in found)
    else:
        yield from sheet.read(read_table_file(data, name), name)


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(N_('Cannot read the file "%(name)s": it is no UTF-8 text. Save it as UTF-8.'), name=name)


@importer("exams.questions")
class QuestionsImporter(Importer):
    """Questions of a bank, known again by their code. The same file twice changes nothing."""

    title: ClassVar[str] = N_("Questions")
    columns: ClassVar[Mapping[str, str]] = {
        "code": N_("Code"),
        "kind": N_("Kind"),
        "text": N_("Question"),
        "topic": N_("Topic"),
    }

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        judge = _Judge(bank_of(made))
        count = 0
        for count, (name, question) in enumerate(questions_in(data, made.file.name), 1):
            if count > MOST:
                raise Refused(
                    N_('Cannot read the file "%(name)s": it has more than %(most)d questions.'),
                    name=made.file.name,
                    most=MOST,
                )
            if count % 200 == 0:
                on_step(count, None)
            yield judge.row(name, question)
        if not count:
            raise Refused(N_('Cannot read the file "%(name)s": no question is found in it.'), name=made.file.name)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        bank, source = bank_of(made), f"office.import:{made.key}"
        pictures: dict[str, bytes] = {}
        for _name, question in questions_in(read_file(made.file), made.file.name):
            pictures |= question.pictures
        standing = {one.code: one for one in Question.objects.filter(bank=bank)}
        topics = {topic.pk: topic for topic in Topic.objects.all()}
        for chunk in chunks:
            for row in chunk:
                content = from_json(row.values["_content"])
                for checksum in texts.pictures_in(content.texts()):
                    if checksum in pictures:
                        add_picture(by=by, bank=bank, name=checksum, content=pictures[checksum])
                aims = [(topics[topic], said) for topic, said in row.values["_aims"] if topic in topics]
                code = row.values["code"]
                if code in standing:
                    version = change_question(
                        by=by, question=standing[code], content=content, aims=aims, source=source, at=at
                    )
                else:
                    version = add_question(
                        by=by, bank=bank, content=content, code=code, aims=aims, source=source, at=at
                    )
                row.result = {"version": version.key} if version.source == source else {}
            yield chunk

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if refused := self.obstacle(made):
            raise refused
        for chunk in chunks:
            keys = [row.result["version"] for row in chunk if row.result.get("version")]
            for version in Version.objects.filter(key__in=keys).order_by("-pk"):
                take_back_version(by=by, version=version)

    def obstacle(self, made: Import) -> Refused | None:
        source = f"office.import:{made.key}"
        used = Version.objects.filter(source=source, used_at__isnull=False).select_related("question").first()
        if used is None:
            return None
        return Refused(N_("Cannot take back question %(code)s: a paper holds it."), code=used.question.code)

    def page_of(self, made: Import) -> str:
        return reverse("exams:bank", args=[made.target.partition(":")[2]])


def bank_of(made: Import) -> Bank:
    """The bank that an import goes into."""
    return Bank.objects.get(key=made.target.partition(":")[2])


class _Judge:
    """What each question of the file means for the bank as it stands."""

    def __init__(self, bank: Bank) -> None:
        versions = Version.objects.filter(question__bank=bank, current=True).prefetch_related("aims")
        self.standing = {one.question.code: one for one in versions.select_related("question")}
        self.seen: dict[str, int] = {}
        topics = list(Topic.objects.select_related("course").order_by("course__title", "position"))
        self.by_title: dict[str, list[Topic]] = {}
        for topic in topics:
            self.by_title.setdefault(fold(topic.title), []).append(topic)

    def row(self, name: str, read: ReadQuestion) -> ReadRow:
        """The row of the preview."""
        faults = list(read.faults)
        if read.code in self.seen:
            faults.append(
                RowFault(
                    N_("The code %(code)s stands in row %(row)d already."),
                    {"code": read.code, "row": self.seen[read.code]},
                )
            )
        self.seen.setdefault(read.code, read.number)
        aims, said = self._aims(read.aims)
        faults += said
        content = read.content
        words = texts.words(content.text)[:200] if content else ""
        values: dict[str, Any] = {
            "code": read.code,
            "kind": _(KINDS[content.kind]) if content else "",
            "text": words,
            "topic": "; ".join(title for title, _topic, _outcome in aims),
        }
        if content is None or any(fault.severity == "error" for fault in faults):
            return ReadRow(read.number, WRONG, values, tuple(faults), sheet=name)
        targets = [[topic, outcome] for _title, topic, outcome in aims]
        if said or not read.aims:  # what the file does not name, or not in words known here, stays
            targets += [aim for aim in self._known_aims(read.code) if aim not in targets]
        values |= {"_content": as_json(content), "_aims": targets}
        verdict, changes = self._against(read.code, as_json(content), targets)
        return ReadRow(read.number, verdict, values, tuple(faults), changes, sheet=name)

    def _against(self, code: str, content: dict[str, Any], aims: list[Any]) -> tuple[str, tuple[RowChange, ...]]:
        standing = self.standing.get(code)
        if standing is None:
            return NEW, ()
        before = from_json(standing.content)
        known = self._known_aims(code)
        if standing.content == content and known == sorted(aims):
            return KNOWN, ()
        old, new = texts.words(before.text)[:120], texts.words(content["text"])[:120]
        changes = (RowChange(N_("Question"), old, new),) if old != new else ()
        return CHANGED, changes

    def _known_aims(self, code: str) -> list[list[Any]]:
        standing = self.standing.get(code)
        return sorted([aim.topic_id, aim.outcome] for aim in standing.aims.all()) if standing else []

    def _aims(self, said: Iterable[str]) -> tuple[list[tuple[str, int, str]], list[RowFault]]:
        """Topics and outcomes by their words: "course code / topic / outcome", or the topic alone."""
        found, faults = [], []
        for words in said:
            parts = [part.strip() for part in words.split(" / ")]
            topics = self.by_title.get(fold(parts[0]), []) if len(parts) == 1 else []
            if len(parts) > 1:
                topics = [
                    one for one in self.by_title.get(fold(parts[1]), []) if fold(one.course.code) == fold(parts[0])
                ]
            if len(topics) != 1:
                faults.append(
                    RowFault(
                        N_("The topic %(topic)s is not known, and left out."),
                        {"topic": words[:80]},
                        severity="warning",
                    )
                )
                continue
            outcome = " / ".join(parts[2:])
            if outcome and outcome not in topics[0].outcomes.splitlines():
                faults.append(
                    RowFault(
                        N_("The outcome %(outcome)s is not known, and left out."),
                        {"outcome": outcome[:80]},
                        severity="warning",
                    )
                )
                outcome = ""
            found.append((topics[0].title, topics[0].pk, outcome))
        return found, faults
