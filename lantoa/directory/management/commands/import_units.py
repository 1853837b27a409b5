"""`lantoa import-units`: load lists of units. Dry unless `--apply`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.actions import Changes, import_units
from lantoa.directory.queries.unit_files import built_in, from_path
from lantoa.directory.rules.unit_lists import Faulty
from lantoa.ledger.rules import Machine


class Command(BaseCommand):
    help = "Load the list of units that comes with the house, or one of your own. Changes nothing without --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--file", type=Path, metavar="FOLDER", help="a list of units of your own, in the format of data/README.md"
        )
        parser.add_argument("--apply", action="store_true", help="write the changes")
        parser.add_argument("--json", action="store_true", help="print the result for machines")
        parser.add_argument(
            "--only", action="append", metavar="CODE", help="only the province with this code; may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_json: bool = options["json"]
        try:
            listed = (
                from_path(options["file"], provinces=options["only"])
                if options["file"]
                else built_in(provinces=options["only"])
            )
            changes = import_units(by=Machine("import-units"), listed=listed, apply=options["apply"])
        except Refused as refused:
            faults = refused.faults if isinstance(refused, Faulty) else [refused]
            if as_json:
                self.stdout.write(
                    json.dumps({"refused": str(refused), "faults": [str(f) for f in faults]}, ensure_ascii=False)
                )
            elif len(faults) > 1:
                for fault in faults[:50]:
                    self.stderr.write(say(fault))
            raise CommandError(say(refused)) from refused
        if as_json:
            self.stdout.write(json.dumps(changes.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(in_words(changes))


def in_words(changes: Changes) -> str:
    """What changed, a line each."""
    if changes.nothing:
        return f"{changes.title}: nothing new; {changes.already_known:,} statements were known already."
    lines = [
        f"{changes.title}:",
        f"  {changes.units:,} new units",
        *(f"  {count:,} placements: {level}" for level, count in changes.placements.items()),
        f"  {changes.ended:,} placements ended",
        *(f"  {count:,} successions: {kind}" for kind, count in changes.successions.items()),
        f"  {changes.links:,} links from forebears to heirs",
        f"  {changes.coverage:,} periods for which all units are known",
        f"  {changes.already_known:,} statements were known already",
        *(f"  for example {words}" for words in changes.examples["placements"]),
        "Written." if changes.applied else "Nothing was written. To write it: --apply",
    ]
    return "\n".join(lines)
