"""`lantoa load-playbook FILE --unit …`: a playbook file into the house. Dry unless `--apply`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.ledger.rules import Machine
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.queries.playbooks import SHIPPED
from lantoa.pilots.rules.playbook import PlaybookFaults, decode, read_playbook
from lantoa.programmes.queries import unit_called

BY = Machine("load-playbook")


class Command(BaseCommand):
    help = "Reads a playbook file and says which version it would be; keeps it with --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = ", ".join(path.stem for path in sorted(SHIPPED.glob("*.toml")))
        parser.add_argument("file", help=f"the file (.toml), see docs/playbook-file.md; or one of: {names}")
        parser.add_argument("--unit", required=True, help='the unit that keeps it, by name: "Tỉnh Thái Nguyên"')
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.exists() and (SHIPPED / f"{path.name}.toml").exists():
            path = SHIPPED / f"{path.name}.toml"
        try:
            text = decode(path.read_bytes())
            unit = unit_called(options["unit"], on=_today())
            with transaction.atomic():
                loaded = load_playbook(by=BY, unit=unit, text=text, at=timezone.now())
                if not options["apply"]:
                    transaction.set_rollback(True)
        except OSError as error:
            words = N_("Cannot read %(file)s: %(reason)s.")
            raise CommandError(fill(words, {"file": str(path), "reason": error.strerror})) from error
        except PlaybookFaults as faults:
            for one in faults.faults:
                self.stderr.write(f"{path}:{one.line}: {say(one.words)}")
            words = N_("%(file)s cannot be loaded: %(count)d faults.")
            raise CommandError(fill(words, {"file": path.name, "count": len(faults.faults)})) from faults
        except Refused as reason:
            raise CommandError(say(reason)) from reason
        values = {
            "code": loaded.playbook.code,
            "number": loaded.version.number,
            "steps": len(read_playbook(text).steps),
        }
        if not loaded.new:
            said = N_("%(code)s stands here already as version %(number)d; nothing changes.")
        elif options["apply"]:
            said = N_("%(code)s is loaded as version %(number)d: %(steps)d steps.")
        else:
            said = N_(
                "%(code)s would be loaded as version %(number)d: %(steps)d steps. Nothing was changed; add --apply to"
                " do it."
            )
        self.stdout.write(fill(said, values))


def _today() -> date:
    return timezone.localdate()
