"""The worker process: runs long jobs, seals the ledger each minute, sweeps files each day."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lantoa.office.actions.worker import Worker


class Command(BaseCommand):
    help = "Run long jobs until stopped (SIGTERM ends after the current step and puts the job back)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-idle", action="store_true", help="end when no job waits")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        signal.signal(signal.SIGTERM, worker.end)
        signal.signal(signal.SIGINT, worker.end)
        worker.run(until_idle=options["until_idle"])
