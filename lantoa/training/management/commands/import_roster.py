"""`lantoa import-roster`: a roster as it came, row by row what it would change; changed with `--apply`."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Machine
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, choose, importer_of, preview_file, undo_import
from lantoa.office.models import File, Import
from lantoa.office.queries.files import path_of
from lantoa.office.queries.imports import marked_file, outlook
from lantoa.office.rules.files import SHEETS
from lantoa.office.rules.imports import CHANGED, DOUBTFUL, KNOWN, NEW, SKIP, VERDICTS, WRONG, Note
from lantoa.office.rules.refusals import from_json
from lantoa.programmes.models import Programme

BY = Machine("import-roster")
KIND = "training.roster"
SHOWN = 20
BETWEEN = 1.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = "Reads a roster (.xlsx .xls .ods .csv) and says what it would change. Changes nothing without --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--programme", metavar="CODE", help="the programme whose classes the people enter")
        parser.add_argument("--apply", action="store_true", help="write the changes, all of them or none")
        parser.add_argument("--doubtful", choices=(NEW, SKIP), help="what to do with rows that may be someone known")
        parser.add_argument("--add-units", action="store_true", help="add offices that no list of units names")
        parser.add_argument(
            "--columns",
            nargs="+",
            metavar="FIELD=LETTER",
            help="correct what a column is taken for: full_name=B, or SHEET!full_name=B where there are several",
        )
        parser.add_argument("--marked", type=Path, metavar="OUT.xlsx", help="write the sheet with its faults marked")
        parser.add_argument("--undo", metavar="KEY", help="take back the import with this key instead")
        parser.add_argument("--json", action="store_true", help="print the result for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        self.started, self.said_at = time.monotonic(), float("-inf")
        self.quiet = bool(options["json"])
        if bool(options["file"]) == bool(options["undo"]):
            raise CommandError(_("Name one file, or an import to undo."))
        try:
            found = self.undo(options["undo"], options["apply"]) if options["undo"] else self.take(options)
        except Refused as refused:
            raise CommandError(say(refused)) from refused
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) if self.quiet else _told(found))

    # ---- a file

    def take(self, options: dict[str, Any]) -> dict[str, Any]:
        """Reads the file and, if asked, applies it: in one transaction, of which nothing stays in a dry run."""
        path: Path = options["file"]
        if not options["programme"]:
            raise CommandError(_("Name the programme: --programme CODE."))
        programme = Programme.objects.select_related("unit").filter(code=options["programme"]).first()
        if programme is None:
            raise Refused(N_("Cannot load %(file)s: there is no programme %(code)s."), file=path.name,
                          code=options["programme"])  # fmt: skip
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Refused(
                N_("Cannot read %(file)s: %(reason)s."), file=path.name, reason=error.strerror or ""
            ) from error
        given = {"columns": _columns(options["columns"] or (), path.name, content)} if options["columns"] else {}
        kept: File | None = None
        stays = False
        try:
            with transaction.atomic():
                kept = keep_file(
                    by=BY,
                    name=path.name,
                    content=content,
                    unit=programme.unit,
                    at=timezone.now(),
                    allowed=SHEETS,
                    seen_with="office.import",
                )
                del content
                self.tell(_("reading %(file)s") % {"file": path.name})
                made = preview_file(
                    by=BY,
                    kind=KIND,
                    target=thing_key(programme),
                    file=kept,
                    unit=programme.unit,
                    at=timezone.now(),
                    options={**given, "add_units": options["add_units"]},
                    wait=True,
                    on_step=self.step(_("rows read: %(done)d of %(total)s")),
                )
                if made.state == Import.State.REFUSED:
                    raise from_json(made.summary["refusal"])
                if options["doubtful"]:
                    choose(by=BY, made=made, choices={}, others=options["doubtful"])
                if options["marked"]:
                    _write(options["marked"], marked_file(made))
                found = _found(made, programme)
                view = outlook(made)
                if options["apply"] and (view.taken or view.undecided):
                    apply_import(
                        by=BY,
                        made=made,
                        at=timezone.now(),
                        wait=True,
                        on_step=self.step(_("rows applied: %(done)d of %(total)s")),
                    )
                    found |= {"state": "applied", "import": made.key}
                    stays = True
                else:
                    found["state"] = "nothing" if options["apply"] else "preview"
                    transaction.set_rollback(True)
        except BaseException:
            stays = False
            raise
        finally:
            if kept is not None and not stays:
                path_of(kept).unlink(missing_ok=True)
        return found

    # ---- undoing

    def undo(self, key: str, apply: bool) -> dict[str, Any]:
        """Takes an import back, or says what stands in the way."""
        made = Import.objects.filter(key=key, kind=KIND).select_related("file").first()
        if made is None:
            raise Refused(N_("Cannot undo: there is no import %(key)s."), key=key)
        rows = made.rows.exclude(result={}).count()
        found: dict[str, Any] = {"import": key, "file": made.file.name, "rows": rows, "state": "applied"}
        if apply:
            made = undo_import(
                by=BY, made=made, at=timezone.now(), wait=True, on_step=self.step(_("rows looked at: %(done)d"))
            )
        elif made.state == Import.State.APPLIED and (obstacle := importer_of(made).obstacle(made)):
            raise obstacle
        elif made.state == Import.State.APPLIED:
            found["also"] = _said(importer_of(made).undoing_also(made))
        return found | {"state": made.state}

    # ---- telling

    def tell(self, words: str) -> None:
        if not self.quiet:
            self.stderr.write(f"  {time.monotonic() - self.started:6.1f} s  {words}")

    def step(self, words: str) -> Any:
        def on_step(done: int, total: int | None) -> None:
            now = time.monotonic()
            if now - self.said_at >= BETWEEN or done == total:
                self.said_at = now
                self.tell(words % {"done": done, "total": total})

        return on_step


def _columns(given: Any, name: str, content: bytes) -> dict[str, dict[str, str]]:
    """`full_name=B`, `DS!class_code=J` as {sheet: {field: letter}}; without a sheet: the first that is shown."""
    from lantoa.office.rules.sheets import read_table_file
    from lantoa.training.rules.roster import VOCABULARY

    found: dict[str, dict[str, str]] = {}
    first = ""
    for one in given:
        where, _is, letter = one.partition("=")
        sheet, _mark, field = where.rpartition("!")
        if field not in VOCABULARY.fields or not letter.isalpha():
            raise Refused(
                N_("Cannot read the column %(given)s: write one of %(fields)s, =, and the letter of the column."),
                given=one,
                fields=", ".join(VOCABULARY.fields),
            )
        if not sheet and not first:
            shown = [one.name for one in read_table_file(content, name).sheets if one.rows and not one.hidden]
            first = shown[0] if shown else ""
        found.setdefault(sheet or first, {})[field] = letter.upper()
    return found


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)


def _found(made: Import, programme: Programme) -> dict[str, Any]:
    """What the preview says, for people and machines."""
    faults = []
    for row in made.rows.exclude(faults=[]).order_by("id").iterator(chunk_size=2_000):
        for fault in row.faults:
            if fault["severity"] == "error":
                words = fill(fault["message"], fault["values"])
                faults.append({"sheet": row.sheet, "row": row.number, "cell": fault["cell"], "words": words})
    doubtful = [
        {
            "sheet": row.sheet,
            "row": row.number,
            "person": row.values.get("full_name", ""),
            "candidates": [one["words"] for one in row.candidates],
            "choice": row.choice,
        }
        for row in made.rows.filter(verdict=DOUBTFUL).order_by("id").iterator(chunk_size=2_000)
    ]
    return {
        "file": made.file.name,
        "programme": programme.code,
        "state": "preview",
        "import": None,
        "counts": {verdict: made.summary.get(verdict, 0) for verdict in VERDICTS},
        "faults": faults,
        "doubtful": doubtful,
        "also": _said(importer_of(made).applying_also(made)),
    }


def _said(notes: Iterable[Note]) -> list[str]:
    return [fill(one.message, one.values) for one in notes]


def _told(found: dict[str, Any]) -> str:
    if "rows" in found:
        ending = {
            "undone": _("Taken back: %(rows)d rows of %(file)s."),
            "applied": _("%(rows)d rows of %(file)s would be taken back. Write it with --apply."),
        }.get(found["state"], _("There is nothing to take back of %(file)s."))
        return "\n".join([*(f"  {one}" for one in found.get("also", ())), ending % found])
    words = {
        NEW: _("%(count)d new"),
        CHANGED: _("%(count)d changed"),
        KNOWN: _("%(count)d already known"),
        DOUBTFUL: _("%(count)d doubtful"),
        WRONG: _("%(count)d wrong"),
    }
    counts = ", ".join(words[verdict] % {"count": count} for verdict, count in found["counts"].items() if count)
    lines = [f"{found['file']}: {counts or _('no rows')}"]
    for one in found["faults"][:SHOWN]:
        lines.append(f"  {_place(one)}: {one['words']}")
    lines += _more(found["faults"])
    for one in found["doubtful"][:SHOWN]:
        said = _("%(person)s may be known already: %(candidates)s") % {
            "person": one["person"],
            "candidates": " | ".join(one["candidates"]),
        }
        lines.append(f"  {_place(one)}: {said}")
    lines += _more(found["doubtful"])
    lines += [f"  {one}" for one in found["also"]]
    lines.append(
        {
            "preview": _("Nothing was written. Write it with --apply."),
            "nothing": _("There is nothing to write."),
            "applied": _("Written. To take it back: lantoa import-roster --undo %(import)s --apply") % found,
        }[found["state"]]
    )
    return "\n".join(lines)


def _place(one: dict[str, Any]) -> str:
    place = one.get("cell") or str(one["row"])
    return f"{one['sheet']}!{place}" if one["sheet"] else place


def _more(found: list[Any]) -> list[str]:
    return ["  " + _("… and %(count)d more") % {"count": len(found) - SHOWN}] if len(found) > SHOWN else []
