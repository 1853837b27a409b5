"""What the office's tests import and work on: files of days off, one `2020-10-05;words` a line.

A word that begins with "?" is doubtful, a day that is none is wrong. Twice the same day breaks a key of the table, so
that a job or an import done twice is seen at once.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.actions.jobs import Running, job
from lantoa.office.models import DayChange, Import
from lantoa.office.rules.imports import (
    CHANGED,
    DOUBTFUL,
    KNOWN,
    NEW,
    WRONG,
    Candidate,
    KeptRow,
    ReadRow,
    RowChange,
    RowFault,
    SheetColumn,
)

FIRST = date(1990, 1, 1)


@importer("test.days_off")
class DaysOff(Importer):
    title = "Days off"
    columns: ClassVar[dict[str, str]] = {"day": "Date", "words": "Words"}
    fields: ClassVar[dict[str, str]] = {"day": "Date", "words": "Words"}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterator[ReadRow]:
        if data.startswith(b"unreadable"):
            raise Refused(N_("Cannot read the file %(name)s: it is a test."), name=made.file.name)
        there = dict(DayChange.objects.values_list("day", "words"))
        for number, line in enumerate(data.decode().splitlines(), start=1):
            first, _, words = line.replace("<NUL>", "\x00").partition(";")
            yield self._row(number, first, words, there)

    def _row(self, number: int, first: str, words: str, there: dict[date, str]) -> ReadRow:
        try:
            day = date.fromisoformat(first)
        except ValueError:
            fault = RowFault(N_('"%(value)s" is not a date'), {"value": first}, cell=f"A{number}")
            return ReadRow(number, WRONG, {"day": first, "words": words}, faults=(fault,))
        values = {"day": first, "words": words}
        if words.startswith("?"):
            return ReadRow(number, DOUBTFUL, values, candidates=(Candidate("1990-01-01", "1 January"),))
        if day not in there:
            return ReadRow(number, NEW, values)
        if there[day] == words:
            return ReadRow(number, KNOWN, values)
        return ReadRow(number, CHANGED, values, changes=(RowChange("Words", there[day], words),))

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        for chunk in chunks:
            for row in chunk:
                if row.verdict == DOUBTFUL and row.choice != NEW:
                    row.result = {"joined": row.choice}
                    continue
                if made.options.get("slow"):
                    time.sleep(made.options["slow"])
                    on_step(row.number, None)
                old = DayChange.objects.filter(day=row.values["day"]).values_list("words", flat=True).first()
                if row.verdict == CHANGED:
                    DayChange.objects.filter(day=row.values["day"]).update(words=row.values["words"])
                else:
                    DayChange.objects.create(day=row.values["day"], works=False, words=row.values["words"])
                row.result = {"day": row.values["day"], "old": old}
            yield chunk

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        if obstacle := self.obstacle(made):
            raise obstacle
        for chunk in chunks:
            for row in chunk:
                if "day" not in row.result:
                    continue
                if made.options.get("slow"):
                    time.sleep(made.options["slow"])
                    on_step(row.number, None)
                if row.result["old"] is None:
                    DayChange.objects.filter(day=row.result["day"]).delete()
                else:
                    DayChange.objects.filter(day=row.result["day"]).update(words=row.result["old"])

    def obstacle(self, made: Import) -> Refused | None:
        needed = DayChange.objects.filter(words="needed").first()
        return Refused(N_("Cannot undo: %(day)s is needed."), day=f"{needed.day:%d/%m/%Y}") if needed else None

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        first = data.decode().splitlines()[0].split(";")
        return [SheetColumn("A", "Ngày", first[0], "day"), SheetColumn("B", "Lý do", first[1], "words")]

    def page_of(self, made: Import) -> str:
        return "/the-target/"


@job("test.days", "Days, one by one")
def make_days(running: Running) -> dict[str, Any]:
    """Makes `count` days, a transaction each; goes on from its checkpoint."""
    count = running.arguments["count"]
    for number in range(running.checkpoint.get("next", 0), count):
        with transaction.atomic():
            DayChange.objects.create(day=FIRST + timedelta(days=number), works=False, words=str(number))
            running.keep(next=number + 1)
        time.sleep(running.arguments.get("pause", 0))
        running.step(number + 1, count)
    return {"url": "/made/", "days": count}


@job("test.refused", "Refused")
def refuse(running: Running) -> dict[str, Any]:
    raise Refused(N_("Cannot do %(what)s: it is a test."), what=running.arguments["what"])


@job("test.crash", "Crash")
def crash(running: Running) -> dict[str, Any]:
    with transaction.atomic():
        DayChange.objects.create(day=FIRST, works=False, words="left by a crash")
        raise ZeroDivisionError("as the test wants")


@job("test.who", "Who holds it")
def hold(running: Running) -> dict[str, Any]:
    """Notes that it runs, waits, and lets anyone else who runs it break a key."""
    DayChange.objects.create(day=FIRST, works=False, words="held")
    time.sleep(running.arguments["pause"])
    DayChange.objects.filter(day=FIRST).delete()
    return {}


def lines(days: Iterable[tuple[str, str]]) -> bytes:
    """A file of days off."""
    return "\n".join(f"{day};{words}" for day, words in days).encode()
