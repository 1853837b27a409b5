"""`lantoa run FOLDER --out DIR`: the whole main job on a folder of files."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.directory.actions import import_units
from lantoa.directory.queries.unit_files import built_in
from lantoa.ledger.rules import Machine
from lantoa.office.rules.imports import Note
from lantoa.training.folder import FolderReport, certify, files_of, load_folder, write_papers
from lantoa.training.rules.plan import PlanFaults, read_plan_bytes

BY = Machine("run")
SHOWN = 20


class Command(BaseCommand):
    help = "Loads a folder (programme file, rosters, sheets) and writes certificates, lists, report and decision."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--out", type=Path, required=True, help="where the papers go")
        parser.add_argument("--strict-units", action="store_true", help="refuse offices that no list of units names")
        parser.add_argument("--json", action="store_true", help="the summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        quiet = options["json"]

        def tell(words: str) -> None:
            if not quiet:
                self.stderr.write(f"  {time.monotonic() - started:6.1f} s  {words}")

        try:
            plan_file, _tables = files_of(options["folder"])
            read_plan_bytes(plan_file.read_bytes())  # a faulty plan is told before the country is loaded
            tell(_("the country's units"))
            import_units(by=BY, listed=built_in(), apply=True)
            now = timezone.now()
            report = load_folder(
                by=BY, folder=options["folder"], at=now, tell=tell, add_units=not options["strict_units"]
            )
            report.certificates = certify(by=BY, programme=report.programme, at=now)
            write_papers(report, options["out"], on=timezone.localdate(now), tell=tell)
        except PlanFaults as faults:
            for one in faults.faults:
                self.stderr.write(f"{plan_file.name}:{one.line}:{one.column}: {one.path}: {say(one.reason)}")
            words = N_("%(file)s cannot be loaded: %(count)d faults.")
            raise CommandError(fill(words, {"file": plan_file.name, "count": len(faults.faults)})) from faults
        except Refused as refused:
            raise CommandError(say(refused)) from refused
        summary = _summary(report, time.monotonic() - started)
        (options["out"] / "tom-tat.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
        if quiet:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        self.stdout.write(_told(summary))
        sys.stdout.flush()


ADDED = N_("Offices added that no list of units names: %(count)d (%(names)s)")


def _summary(report: FolderReport, seconds: float) -> dict[str, Any]:
    return {
        "programme": report.programme.name,
        "offices_added": report.offices,
        "files": [
            {
                "file": one.path.name,
                "kind": one.kind,
                **one.counts,
                "offices_added": one.offices,
                "refused": say(one.refusal) if one.refusal else None,
                "faults": [f"{where}: {fill(message, values)}" for where, message, values in one.faults],
            }
            for one in report.files
        ],
        "completed": report.completed,
        "certificates": report.certificates,
        "papers": len(report.written),
        "seconds": round(seconds, 1),
    }


def _told(summary: dict[str, Any]) -> str:
    lines = [summary["programme"]]
    if added := summary["offices_added"]:
        lines.append(_offices(added))
    lines.append("")
    for one in summary["files"]:
        counts = ", ".join(f"{one[verdict]} {word}" for verdict, word in _verdicts().items() if one.get(verdict))
        lines.append(f"{one['file']}: {one['refused'] or counts}")
        if offices := one.get("offices_added"):
            lines.append("    " + _offices(offices))
        lines += [f"    {fault}" for fault in one["faults"][:SHOWN]]
        if len(one["faults"]) > SHOWN:
            lines.append("    " + _("… and %(count)d more") % {"count": len(one["faults"]) - SHOWN})
    lines += [
        "",
        _("%(completed)d completed, %(certificates)d certificates, %(papers)d papers in %(seconds)s s.") % summary,
    ]
    return "\n".join(lines)


def _offices(names: list[str]) -> str:
    return fill(ADDED, Note(ADDED, tuple(names)).values)


def _verdicts() -> dict[str, str]:
    return {
        "new": _("new"),
        "changed": _("changed"),
        "known": _("already known"),
        "doubtful": _("doubtful"),
        "wrong": _("wrong"),
    }
