"""`lantoa load-targets FILE`: a file of targets into the house. Dry unless `--apply`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import LinedFaults
from lantoa.common.words import fill, say
from lantoa.ledger.rules import Machine
from lantoa.programmes.actions.target_files import TargetsLoaded, load_targets, shipped
from lantoa.programmes.rules.target_file import read_target_file

BY = Machine("load-targets")


class Command(BaseCommand):
    help = "Reads a file of targets and says what it would make and change; does it with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(shipped())
        parser.add_argument("file", help=f"the file (.toml), see docs/target-file.md; or one of: {names}")
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.exists():
            path = shipped().get(path.name, path)
        try:
            report = load_targets(
                by=BY, file=read_target_file(path.read_bytes()), on=timezone.localdate(), apply=options["apply"]
            )
        except OSError as error:
            words = N_("Cannot read %(file)s: %(reason)s.")
            raise CommandError(fill(words, {"file": str(path), "reason": error.strerror})) from error
        except LinedFaults as faults:
            for one in faults.faults:
                place = f"{one.place}: " if one.place else ""
                self.stderr.write(f"{path}:{one.line}: {place}{say(one.reason)}")
            words = N_("%(file)s cannot be loaded: %(count)d faults.")
            raise CommandError(fill(words, {"file": path.name, "count": len(faults.faults)})) from faults
        except Refused as reason:
            raise CommandError(say(reason)) from reason
        self.stdout.write(in_words(report, path.name))


def in_words(report: TargetsLoaded, name: str) -> str:
    """The report as lines: a sign for what is new, changed or retired, then the sum."""
    lines = [f"+ {code}" for code in report.new]
    lines += [f"~ {code} ({', '.join(fields)})" for code, fields in report.changed.items()]
    lines += [f"- {code}" for code in report.retired]
    lines += [f"? {code}" for code in report.left]
    values = {
        "name": name,
        "new": len(report.new),
        "changed": len(report.changed),
        "retired": len(report.retired),
        "same": len(report.same),
    }
    if report.left:
        lines.append(
            fill(
                N_("%(count)d targets of this decision are not in the file; they stay."), {"count": len(report.left)}
            )
        )
    if not (report.new or report.changed or report.retired):
        words = N_("%(name)s: nothing changes, %(same)d targets stay as they are.")
    elif report.applied:
        words = N_(
            "%(name)s is loaded: %(new)d targets new, %(changed)d changed, %(retired)d retired, %(same)d unchanged."
        )
    else:
        words = N_(
            "%(name)s would be loaded: %(new)d targets new, %(changed)d changed, %(retired)d retired, "
            "%(same)d unchanged. Nothing was changed; add --apply to do it."
        )
    lines.append(fill(words, values))
    return "\n".join(lines)
