"""`lantoa export-programme CODE`: a programme of the house as a file. Changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.programmes.models import Programme
from lantoa.training.actions.plan import export_plan
from lantoa.training.rules.plan import write_plan


class Command(BaseCommand):
    help = "Writes a programme as one readable file that another house loads unchanged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the programme's code, e.g. quan-9-2020")
        parser.add_argument("--out", type=Path, help="the file to write; without it the text is printed")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = (
            Programme.objects.select_related("unit", "decision", "parent").filter(code=options["code"]).first()
        )
        if programme is None:
            raise CommandError(fill(N_("There is no programme %(code)s here."), {"code": options["code"]}))
        try:
            text = write_plan(export_plan(programme))
        except Refused as reason:
            raise CommandError(say(reason)) from reason
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
            self.stdout.write(
                fill(N_("%(name)s is written to %(file)s."), {"name": programme.name, "file": str(options["out"])})
            )
        else:
            self.stdout.write(text)
