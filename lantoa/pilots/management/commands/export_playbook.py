"""`lantoa export-playbook CODE`: the file of a playbook, letter for letter, for another house."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.pilots.models import Playbook
from lantoa.pilots.queries.playbooks import last_version
from lantoa.programmes.queries import unit_called


class Command(BaseCommand):
    help = "Writes the last version of a playbook (or the one asked for) to a file, or to the screen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the code of the playbook, as its file has it")
        parser.add_argument("--unit", default="", help="the unit that keeps it, when several keep one of this code")
        parser.add_argument("--version-number", type=int, default=0, help="another version than the last one")
        parser.add_argument("--to", default="", help="the file to write; one that stands is never overwritten")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = _text(options["code"], options["unit"], options["version_number"])
            if not options["to"]:
                self.stdout.write(text, ending="")
                return
            with Path(options["to"]).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            words = N_("Cannot write %(file)s: %(reason)s.")
            raise CommandError(fill(words, {"file": options["to"], "reason": error.strerror})) from error
        except Refused as reason:
            raise CommandError(say(reason)) from reason
        self.stdout.write(
            fill(N_("%(code)s is written to %(file)s."), {"code": options["code"], "file": options["to"]})
        )


def _text(code: str, unit: str, number: int) -> str:
    """The file of a version. Refused when there is none, or several units keep one of this code and none is named."""
    rows = Playbook.objects.filter(code=code)
    if unit:
        rows = rows.filter(unit=unit_called(unit, on=timezone.localdate()))
    found = list(rows.order_by("pk")[:2])
    if not found:
        raise Refused(N_("Cannot export %(code)s: there is no playbook of this code here."), code=code)
    if len(found) > 1:
        raise Refused(
            N_("Cannot export %(code)s: several units keep one of this code. Say whose: --unit."), code=code
        )
    version = found[0].versions.filter(number=number).first() if number else last_version(found[0])
    if version is None:
        raise Refused(N_("Cannot export %(code)s: it has no version %(number)d."), code=code, number=number)
    return version.text
