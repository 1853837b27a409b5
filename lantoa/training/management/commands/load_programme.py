"""`lantoa load-programme FILE`: a programme file into the house. Dry unless `--apply`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.ledger.rules import Machine
from lantoa.training.actions.plan import LoadReport, load_plan
from lantoa.training.rules.plan import Fault, PlanFaults, read_plan_bytes

BY = Machine("load-programme")


class Command(BaseCommand):
    help = "Reads a programme file and says what it would make, change and remove; does it with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the programme file (.yaml); see docs/programme-file.md")
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")
        parser.add_argument("--json", action="store_true", help="the answer as JSON, for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            report = load_plan(
                by=BY, plan=read_plan_bytes(path.read_bytes()), at=timezone.now(), apply=options["apply"]
            )
        except OSError as error:
            raise CommandError(
                fill(N_("Cannot read %(file)s: %(reason)s."), {"file": str(path), "reason": error.strerror})
            ) from error
        except PlanFaults as faults:
            if options["json"]:
                self.stdout.write(_json({"loaded": False, "faults": [_fault(one) for one in faults.faults]}))
            else:
                for one in faults.faults:
                    self.stderr.write(f"{path}:{one.line}:{one.column}: {one.path}: {say(one.reason)}")
            words = N_("%(file)s cannot be loaded: %(count)d faults.")
            raise CommandError(fill(words, {"file": path.name, "count": len(faults.faults)})) from faults
        except Refused as reason:
            raise CommandError(say(reason)) from reason
        self.stdout.write(_json(as_data(report)) if options["json"] else in_words(report))


def in_words(report: LoadReport) -> str:
    """The report as lines: a sign for what is new, changed or removed, then the sum."""
    signs = {"new": "+", "changed": "~", "removed": "-"}
    lines = [
        f"{signs[one.state]} {one.kind} {one.name}" + (f" ({', '.join(one.fields)})" if one.fields else "")
        for one in report.changes
    ]
    counts = {state: report.count(state) for state in signs}
    values = {"name": report.name, **counts, "same": sum(report.same.values())}
    if report.changes_nothing:
        lines.append(fill(N_("%(name)s: nothing changes, %(same)d things stay as they are."), values))
    elif report.applied:
        words = N_("%(name)s is loaded: %(new)d new, %(changed)d changed, %(removed)d removed, %(same)d unchanged.")
        lines.append(fill(words, values))
    else:
        words = N_(
            "%(name)s would be loaded: %(new)d new, %(changed)d changed, %(removed)d removed, %(same)d unchanged. "
            "Nothing was changed; add --apply to do it."
        )
        lines.append(fill(words, values))
    return "\n".join(lines)


def as_data(report: LoadReport) -> dict[str, Any]:
    """The report for machines."""
    return {
        "loaded": report.applied,
        "programme": report.code,
        "key": report.programme_key if report.applied else "",
        "shifted_by_days": report.shifted_by,
        "changes": [
            {"state": one.state, "kind": one.kind, "name": one.name, "fields": list(one.fields)}
            for one in report.changes
        ],
        "same": report.same,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.column, "path": fault.path, "reason": say(fault.reason)}


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
