"""Asks what is due: after meetings, after courses, 3 and 6 months later. To be run once a day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lantoa.ledger.rules import Machine
from lantoa.training.actions.feedback import open_due
from lantoa.training.queries.feedback import surveys_to_open


class Command(BaseCommand):
    help = "Asks the forms of feedback that are due; harmless to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="without it nothing is written")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        due = surveys_to_open(at=now)
        for one in due:
            self.stdout.write(f"{one.training_class.code}: {one.occasion} {one.months or ''} {one.form}".rstrip())
        if options["apply"]:
            self.stdout.write(f"{len(open_due(by=Machine('ask-feedback'), at=now))} asked.")
        else:
            self.stdout.write(f"{len(due)} would be asked; run again with --apply")
