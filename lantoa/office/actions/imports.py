"""Imports: a preview row by row, one button, an undo while nothing depends on it.

A room above writes an importer (`importers.py`) and registers it; the office keeps file, rows and state:

    reading -> previewed -> (applying ->) applied -> (undoing ->) undone
    reading -> refused                    a file that cannot be read
    previewed, refused, undone -> reading by `read_again`, with other columns if wanted

Reading, applying and undoing are one transaction each: all or nothing. Killed in the middle they leave nothing,
and the same button, command or job finishes the work. Whoever comes second finds it done.
"""

import json
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from lantoa.common.bulk import without_collecting
from lantoa.common.refused import N_, Refused
from lantoa.common.registry import Registry
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import File, Import, ImportRow
from lantoa.office.queries.files import read_file
from lantoa.office.rules.imports import (
    CHANGED,
    DOUBTFUL,
    NEW,
    SKIP,
    VERDICTS,
    KeptRow,
    Note,
    ReadRow,
    SheetColumn,
)
from lantoa.office.rules.refusals import as_json, plain

SMALL_FILE = 200_000  # bytes: about 2,000 rows; read within the request, larger ones by a job
SMALL_IMPORT = 2_000  # rows applied or undone within the request
CHUNK = 5_000
MARKED_FILE = "office.marked_file"  # the job that makes the sheet with its faults marked

BUSY = N_("The import is being worked on right now. Wait a moment and load the page again.")

Tell = Callable[[int, int | None], None]


def _silent(done: int, total: int | None) -> None:
    """Nobody watches."""


class Importer(ABC):
    """How one kind of file is read, applied and undone. Written by a room above, registered with
    `importer(kind)`.
    """

    title: ClassVar[str]  # what people call it (a msgid): "Roster"
    permission: ClassVar[str] = "office.import"  # who may open, apply and undo it, on the unit of the import
    columns: ClassVar[Mapping[str, str]]  # the values shown in the preview: name -> heading (a msgid), in order
    fields: ClassVar[Mapping[str, str]] = {}  # what a column of the file can be taken for: name -> words (a msgid)

    @abstractmethod
    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        """The rows of the file with their verdicts. `made.options` holds the corrected columns, `made.target`
        where it goes. Raises `Refused` for a file that cannot be read. Must not write."""

    @abstractmethod
    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        """Writes the rows, chunk by chunk, and gives each chunk back with `result` filled (keys made or changed,
        what stood there before). Runs inside the transaction of the whole import; raise `Refused` to leave
        everything as it was. Only new and changed rows arrive, and doubtful ones with their choice. What was read
        may be stale: look again before writing. Progress by `on_step(done, total)` may be left to the office,
        which counts chunks.
        """

    @abstractmethod
    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        """Takes back what `apply` wrote, by the rows' `result`; `Refused`, naming what, when something
        depends on it.
        """

    def obstacle(self, made: Import) -> Refused | None:
        """Why it cannot be undone now, for the page; None when nothing stands in the way as far as is known."""
        return None

    def applying_also(self, made: Import) -> list[Note]:
        """What applying would do besides the rows, for whoever is about to press the button."""
        return []

    def undoing_also(self, made: Import) -> list[Note]:
        """What undoing would do besides the rows."""
        return []

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        """The columns of the file, for correcting what each is taken for; empty when that cannot be corrected."""
        return []

    def page_of(self, made: Import) -> str:
        """The address of the thing the import goes into; "" for none."""
        return ""


IMPORTERS: Registry[Importer] = Registry()


def importer(kind: str) -> Callable[[type[Importer]], type[Importer]]:
    """Registers an importer under `kind` ("training.roster")."""

    def register(made: type[Importer]) -> type[Importer]:
        known = IMPORTERS.so_far.get(kind)
        if known and type(known).__qualname__ != made.__qualname__:
            raise RuntimeError(f"two importers for {kind}")
        IMPORTERS[kind] = made()
        return made

    return register


def importer_of(made: Import) -> Importer:
    """The importer of this import; refused when this installation no longer has it."""
    if made.kind not in IMPORTERS:
        raise Refused(
            N_("Cannot open the import: this installation knows no imports of kind %(kind)s."), kind=made.kind
        )
    return IMPORTERS[made.kind]


# ---- reading


def preview_file(
    *,
    by: Actor,
    kind: str,
    target: str,
    file: File,
    unit: Unit,
    at: datetime,
    options: Mapping[str, Any] | None = None,
    wait: bool = False,
    on_step: Tell = _silent,
) -> Import:
    """Reads a kept file into a preview: at once when it is small or `wait` says so, else by a job.

    A file that cannot be read gives an import in state "refused" with the reason in its summary.
    """
    if kind not in IMPORTERS:
        raise KeyError(kind)
    with transaction.atomic():
        made = Import.objects.create(
            kind=kind,
            target=target,
            file=file,
            unit=unit,
            options=dict(options or {}),
            made_by=by.actor_key,
            made_at=at,
        )
        record(
            by=by,
            act="office.preview_import",
            thing=made,
            about={"kind": kind, "target": target, "file": file.key},
        )
        if not wait and file.size > SMALL_FILE:
            _as_job(made, "read", by=by, at=at)
    return made if made.job else read_import(by=by, made=made, at=at, wait=wait, on_step=on_step)


def keep_and_preview(
    *,
    by: Actor,
    kind: str,
    target: str,
    name: str,
    content: Any,
    allowed: Iterable[str],
    seen_with: str,
    unit: Unit,
    at: datetime,
    options: Mapping[str, Any] | None = None,
    wait: bool = False,
) -> Import:
    """A file as it came, kept (`files.keep_file`) and read into a preview."""
    file = keep_file(by=by, name=name, content=content, unit=unit, at=at, allowed=allowed, seen_with=seen_with)
    return preview_file(by=by, kind=kind, target=target, file=file, unit=unit, at=at, options=options, wait=wait)


def read_again(
    *, by: Actor, made: Import, at: datetime, options: Mapping[str, Any] | None = None, wait: bool = False
) -> Import:
    """Reads the file anew, with other options (such as the columns) when given. Choices made before are
    forgotten.
    """
    with transaction.atomic():
        made = _locked(made)
        if made.state == Import.State.APPLIED:
            raise Refused(N_("Cannot read the file again: the import is applied. Undo it first."))
        _refuse_busy(made)
        if options is not None:
            made.options = dict(options)
        made.state, made.job = Import.State.READING, None
        made.save(update_fields=["options", "state", "job"])
        record(by=by, act="office.read_import_again", thing=made)
        if not wait and made.file.size > SMALL_FILE:
            _as_job(made, "read", by=by, at=at)
    return made if made.job else read_import(by=by, made=made, at=at, wait=wait)


def read_import(*, by: Actor, made: Import, at: datetime, wait: bool = False, on_step: Tell = _silent) -> Import:
    """Reads the file of an import in state "reading" and keeps its rows; an import that was read stays as
    it is.
    """
    try:
        with transaction.atomic():
            made = _locked(made, wait=wait)
            if made.state != Import.State.READING:
                return made
            made.read_turn = _last_turn(made)  # before anything is read: what comes later makes the preview old
            made.rows.all().delete()
            with without_collecting():
                counts = _keep_rows(made, importer_of(made).read(made, read_file(made.file), on_step=on_step))
            made.summary = {verdict: counts[verdict] for verdict in VERDICTS}
            made.state, made.read_at = Import.State.PREVIEWED, at
            made.save(update_fields=["summary", "state", "read_at", "read_turn"])
    except Refused as refused:
        with transaction.atomic():
            made = _locked(made, wait=wait)
            if made.state == Import.State.READING:
                made.summary = {"refusal": as_json(refused)}
                made.state, made.read_at = Import.State.REFUSED, at
                made.save(update_fields=["summary", "state", "read_at"])
    return made


_COLUMNS = "source_id, sheet, number, verdict, values, faults, changes, candidates, choice, result"


def _keep_rows(made: Import, rows: Iterable[ReadRow]) -> Counter[str]:
    """Writes the rows by COPY; how many there are of each verdict.

    Chunk by chunk: an importer asks the database while it reads, and during a COPY the connection answers nobody.
    """
    counts: Counter[str] = Counter()
    rows = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            counts.update(row.verdict for row in chunk)
            with cursor.copy(f"COPY office_importrow ({_COLUMNS}) FROM STDIN") as copy:
                for row in chunk:
                    copy.write_row(_kept(made.pk, row))
        if counts.total() > CHUNK:
            cursor.execute("ANALYZE office_importrow")
    if unknown := set(counts) - set(VERDICTS):
        raise ValueError(f"{made.kind} gave the verdicts {sorted(unknown)}")
    return counts


_dump = json.JSONEncoder(ensure_ascii=False, default=plain).encode


def _kept(source_id: int, row: ReadRow) -> tuple[Any, ...]:
    """A row in the order of _COLUMNS."""
    return (
        source_id,
        row.sheet[:100].replace("\x00", ""),
        row.number,
        row.verdict,
        _json(_dump(row.values)),
        _json(_dump([_fault(fault) for fault in row.faults])) if row.faults else "[]",
        _json(_dump([{"field": c.field, "old": c.old, "new": c.new} for c in row.changes])) if row.changes else "[]",
        _json(_dump([{"key": c.key, "words": c.words} for c in row.candidates])) if row.candidates else "[]",
        "",
        "{}",
    )


_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def _json(text: str) -> str:
    """PostgreSQL holds no NUL in JSON; a sheet may."""
    return _NUL.sub(r"\1", text) if "\\u0000" in text else text


def _fault(fault: Any) -> dict[str, Any]:
    return {
        "cell": fault.cell,
        "severity": fault.severity,
        "message": fault.message,
        "values": {name: plain(value) for name, value in fault.values.items()},
    }


# ---- choosing


@transaction.atomic
def choose(*, by: Actor, made: Import, choices: Mapping[int, str], others: str = "") -> int:
    """Says of doubtful rows (by their id) what they are: NEW, SKIP, or the key of a candidate; "" takes it back.

    `others` ("new" or "skip") is for all doubtful rows still open. How many rows were said.
    """
    made = _locked(made)
    if made.state != Import.State.PREVIEWED:
        raise Refused(N_("Cannot choose: the import is no longer a preview."))
    doubtful = made.rows.filter(verdict=DOUBTFUL)
    said = 0
    rows = {row.pk: row for row in doubtful.filter(pk__in=list(choices))}
    for row_id, choice in choices.items():
        row = rows.get(row_id)
        if row is None or choice not in {"", NEW, SKIP, *(candidate["key"] for candidate in row.candidates)}:
            raise Refused(N_("Cannot choose: one of the rows does not offer this choice. Load the page again."))
        row.choice = choice
        said += 1
    ImportRow.objects.bulk_update(rows.values(), ["choice"], batch_size=1000)
    if others in (NEW, SKIP):
        said += doubtful.filter(choice="").update(choice=others)
    record(by=by, act="office.choose_import_rows", thing=made, about={"rows": said})
    return said


# ---- applying


def apply_import(*, by: Actor, made: Import, at: datetime, wait: bool = False, on_step: Tell = _silent) -> Import:
    """Applies a preview: at once when it is small or `wait` says so, else by a job. All rows or none.

    Applying what is applied does nothing. Refused while another is at it, while doubtful rows wait for a choice,
    and when the house has changed by another import since the preview was made.
    """
    with transaction.atomic():
        made = _locked(made, wait=wait)
        if made.state == Import.State.APPLIED:
            return made
        _check_appliable(made)
        if not wait and _appliable(made).count() > SMALL_IMPORT:
            made.state = Import.State.APPLYING
            _as_job(made, "apply", by=by, at=at)
            return made
        _one_of_a_kind(made, wait=wait)
        return _apply(made, by=by, at=at, on_step=on_step)


def _check_appliable(made: Import) -> None:
    _refuse_busy(made)
    if made.state not in (Import.State.PREVIEWED, Import.State.APPLYING):
        raise Refused(N_("Cannot apply the import: it has no preview. Read the file again."))
    if forgotten(made):
        raise Refused(
            N_("Cannot apply the import: its rows were erased when their time was over. Load the file again.")
        )
    undecided = made.rows.filter(verdict=DOUBTFUL, choice="").count()
    if undecided:
        raise Refused(
            N_("Cannot apply the import: %(count)d doubtful rows still wait for a choice."), count=undecided
        )
    _refuse_stale(made)


def _refuse_stale(made: Import) -> None:
    other = (
        Import.objects.filter(kind=made.kind, turn__gt=made.read_turn)
        .exclude(pk=made.pk)
        .select_related("file")
        .order_by("turn")
        .last()
    )
    if other or made.turn > made.read_turn:
        raise Refused(
            N_(
                "Cannot apply the import: since this preview was made the file %(file)s was applied or undone, so "
                "the preview may no longer be true. Read the file again."
            ),
            file=(other or made).file.name,
        )


def _apply(made: Import, *, by: Actor, at: datetime, on_step: Tell) -> Import:
    _refuse_stale(made)
    rows = _appliable(made)
    total = rows.count()
    done = 0
    for chunk in importer_of(made).apply(made, _chunks(rows), by=by, at=at, on_step=on_step):
        _keep_results(chunk)
        done += len(chunk)
        on_step(done, total)
    if done != total:
        raise RuntimeError(f"{made.kind} applied {done} rows of {total}")
    made.state, made.applied_at, made.undone_at = Import.State.APPLIED, at, None
    made.turn = _last_turn(made) + 1
    made.save(update_fields=["state", "applied_at", "undone_at", "turn"])
    record(
        by=by,
        act="office.apply_import",
        thing=made,
        about={"kind": made.kind, "target": made.target, "rows": done},
    )
    return made


def _appliable(made: Import) -> Any:
    return made.rows.filter(verdict__in=[NEW, CHANGED]) | made.rows.filter(verdict=DOUBTFUL).exclude(
        choice__in=["", SKIP]
    )


def _chunks(rows: Any) -> Iterator[list[KeptRow]]:
    """The rows in the order of the file, from a cursor of the server: never all in memory."""
    plain_rows = (
        rows.order_by("id")
        .values_list("id", "sheet", "number", "verdict", "values", "choice", "result")
        .iterator(chunk_size=CHUNK)
    )
    while chunk := [KeptRow(*row) for row in islice(plain_rows, CHUNK)]:
        yield chunk


def _keep_results(chunk: list[KeptRow]) -> None:
    if kept := {row.id: row.result for row in chunk if row.result}:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE office_importrow SET result = v.value::jsonb FROM json_each(%s) v WHERE id = v.key::bigint",
                [_json(_dump(kept))],
            )


# ---- undoing


def undo_import(*, by: Actor, made: Import, at: datetime, wait: bool = False, on_step: Tell = _silent) -> Import:
    """Takes an applied import back: at once when it is small or `wait` says so, else by a job.

    Undoing what is undone does nothing. Refused, with what depends on it, when something does.
    """
    with transaction.atomic():
        made = _locked(made, wait=wait)
        if made.state == Import.State.UNDONE:
            return made
        _refuse_busy(made)
        if made.state not in (Import.State.APPLIED, Import.State.UNDOING):
            raise Refused(N_("Cannot undo the import: it is not applied."))
        if forgotten(made):
            raise Refused(N_("Cannot undo the import: its rows were erased when their time was over."))
        if obstacle := importer_of(made).obstacle(made):
            raise obstacle
        if not wait and made.rows.exclude(result={}).count() > SMALL_IMPORT:
            made.state = Import.State.UNDOING
            _as_job(made, "undo", by=by, at=at)
            return made
        _one_of_a_kind(made, wait=wait)
        return _undo(made, by=by, at=at, on_step=on_step)


def _undo(made: Import, *, by: Actor, at: datetime, on_step: Tell) -> Import:
    rows = made.rows.exclude(result={})
    importer_of(made).undo(made, _chunks(rows), by=by, at=at, on_step=on_step)
    made.rows.exclude(result={}).update(result={})
    made.state, made.undone_at = Import.State.UNDONE, at
    made.turn = _last_turn(made) + 1
    made.save(update_fields=["state", "undone_at", "turn"])
    record(by=by, act="office.undo_import", thing=made, about={"kind": made.kind, "target": made.target})
    return made


# ---- jobs, locks


def go_on(*, by: Actor, made: Import, act: str, at: datetime, on_step: Tell) -> Import:
    """What a job does: reads, applies or undoes; nothing when that is done already. A refusal gives the
    buttons back.
    """
    if act == "read":
        return read_import(by=by, made=made, at=at, wait=True, on_step=on_step)
    during, before = {
        "apply": (Import.State.APPLYING, Import.State.PREVIEWED),
        "undo": (Import.State.UNDOING, Import.State.APPLIED),
    }[act]
    work = {"apply": _apply, "undo": _undo}[act]
    try:
        with transaction.atomic():
            made = _locked(made, wait=True)
            if made.state != during:
                return made
            _one_of_a_kind(made, wait=True)
            return work(made, by=by, at=at, on_step=on_step)
    except Refused:
        Import.objects.filter(pk=made.pk, state=during).update(state=before)
        raise


def _as_job(made: Import, act: str, *, by: Actor, at: datetime) -> None:
    made.job = start_job(
        by=by, kind="office.import", arguments={"import": made.key, "act": act}, unit=made.unit, at=at
    )
    made.save(update_fields=["state", "job"])


def _locked(made: Import, *, wait: bool = False) -> Import:
    """The import, held until the transaction ends; refused when someone else holds it, unless we `wait` for them.

    Commands and jobs wait: what holds it may be the last breath of a worker that was killed.
    """
    try:
        with transaction.atomic():
            # the job and the file are not locked: a job writes its own progress meanwhile
            return (
                Import.objects.select_for_update(nowait=not wait, of=("self",))
                .select_related("job", "file", "unit")
                .get(pk=made.pk)
            )
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55P03":  # lock_not_available
            raise Refused(BUSY) from error
        raise


def _refuse_busy(made: Import) -> None:
    if made.is_busy:
        raise Refused(BUSY)


def _one_of_a_kind(made: Import, *, wait: bool) -> None:
    """Imports of one kind are applied and undone one after another: each sees what the one before has made."""
    with connection.cursor() as cursor:
        name = f"lantoa.import.{made.kind}"
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            return
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [name])
        if not cursor.fetchone()[0]:
            raise Refused(
                N_("Another file of this kind is being applied or undone right now. Try again when it is done.")
            )


def _last_turn(made: Import) -> int:
    return Import.objects.filter(kind=made.kind).aggregate(last=Max("turn"))["last"] or 0


# ---- forgetting


def forgotten(made: Import) -> bool:
    """Whether its rows were erased."""
    return bool(made.summary.get("forgotten"))
