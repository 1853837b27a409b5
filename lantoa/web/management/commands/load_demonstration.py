"""Loads the demonstration: the four programmes of `examples/` and one account for each role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lantoa.web import demonstration


class Command(BaseCommand):
    help = "Loads the demonstration; quick when it stands already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="without it nothing is written")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["apply"]:
            state = "stands" if demonstration.is_loaded() else "is not loaded; run again with --apply"
            self.stdout.write(f"The demonstration {state}.")
            return
        if not demonstration.is_loaded():
            now = timezone.now()
            demonstration.load(at=now, on=timezone.localdate(now), tell=lambda words: self.stderr.write(f"  {words}"))
        demonstration.write_sign_ins(settings.DATA_DIR / "demo-sign-ins.json")
