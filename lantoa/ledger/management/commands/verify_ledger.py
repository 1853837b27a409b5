"""`lantoa verify-ledger`: was anything in the ledger changed behind its back?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lantoa.ledger.actions import accept_restore
from lantoa.ledger.queries import verify
from lantoa.ledger.rules import Machine, Report


class Command(BaseCommand):
    help = (
        "Checks every line and seal of the ledger and names each one that was edited, deleted, inserted or cut"
        " off. Exit code 0: nothing found; 1: something was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report for a machine")
        parser.add_argument(
            "--accept-restore",
            action="store_true",
            help="after an older backup was restored on purpose: take its last seal for the end of the ledger,"
            " and write that down in the ledger",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept_restore"]:
            head = accept_restore(by=Machine("verify-ledger"))
            self.stderr.write(f"The end of the ledger is now seal {head.number if head else 0}.")
        report = verify()
        self.stdout.write(as_json(report) if options["json"] else in_words(report))
        if not report.sound:
            raise SystemExit(1)


def in_words(report: Report) -> str:
    """The report as a person reads it: a line for each fault, and the sum."""
    lines = [str(fault) for fault in report.faults]
    if report.found > len(report.faults):
        lines.append(f"… and {report.found - len(report.faults):,} more.")
    counted = f"{report.lines:,} lines in {report.seals:,} seals checked, {report.unsealed:,} not sealed yet"
    if report.looks:
        counted += f", {report.looks:,} looks"
    lines.append(f"{counted}: {f'{report.found:,} faults.' if report.found else 'nothing was changed.'}")
    if report.lines and report.found >= report.lines:
        lines.append("Every line is wrong: is data/keys/ledger.key the key that this ledger was written with?")
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """The report as one JSON object."""
    faults = [{"kind": fault.kind, "says": str(fault), **fault.values} for fault in report.faults]
    said = {
        "sound": report.sound,
        "lines": report.lines,
        "seals": report.seals,
        "unsealed": report.unsealed,
        "looks": report.looks,
        "found": report.found,
        "faults": faults,
    }
    return json.dumps(said, ensure_ascii=False, indent=2)
