"""`lantoa certificates`: the certificates of those who completed, issued with `--apply`, as PDF/A in a folder."""

import csv
import json
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.ledger.rules import Machine
from lantoa.programmes.models import Programme
from lantoa.training.actions.certificates import check_issuable, eligible, issue_certificates
from lantoa.training.models import Certificate
from lantoa.training.queries.certificates import printed
from lantoa.training.rules.certificate.pdf import make_certificates

BY = Machine("certificates")
REGISTER = "so-chung-nhan.csv"
COLUMNS = ("number", "name", "class", "issued_on", "file", "key")
BETWEEN = 1.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = "Says how many certificates of a programme are due. Issues them with --apply; writes PDF files with --out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", metavar="PROGRAMME", help="the code of the programme")
        parser.add_argument("--class", dest="code", default="", metavar="CODE", help="only this class")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="the day they bear, 2020-12-31")
        parser.add_argument("--apply", action="store_true", help="issue them")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write the certificates in force as PDF files")
        parser.add_argument("--json", action="store_true", help="print the result for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        self.started, self.said_at = time.monotonic(), float("-inf")
        self.quiet = bool(options["json"])
        try:
            found = self.work(options)
        except Refused as refused:
            raise CommandError(say(refused)) from refused
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) if self.quiet else _told(found))

    def work(self, options: dict[str, Any]) -> dict[str, Any]:
        programme = Programme.objects.filter(code=options["programme"]).select_related("decision").first()
        if programme is None:
            raise Refused(N_("Cannot issue certificates: there is no programme %(code)s."), code=options["programme"])
        code = options["code"]
        if code and not programme.classes.filter(code=code).exists():
            raise Refused(
                N_("Cannot issue certificates: programme %(programme)s has no class %(code)s."),
                programme=programme.name,
                code=code,
            )
        on = options["on"] or min(programme.period.upper - timedelta(days=1), timezone.localdate())
        due = Counter(eligible(programme, code).values_list("training_class__code", flat=True))
        check_issuable(programme=programme, on=on, today=timezone.localdate(), class_code=code)
        found: dict[str, Any] = {
            "programme": programme.code,
            "on": on.isoformat(),
            "due": sum(due.values()),
            "by_class": dict(sorted(due.items())),
            "issued": 0,
            "written": 0,
            "kept": 0,
        }
        if options["apply"]:
            while made := issue_certificates(by=BY, programme=programme, on=on, class_code=code):
                found["issued"] += len(made)
                self.tell(_("issued: %(done)d of %(total)d"), found["issued"], found["due"])
        if options["out"]:
            rows = Certificate.objects.filter(revoked_on=None, enrolment__training_class__programme=programme)
            rows = rows.exclude(payload="")  # of somebody who was erased
            if code:
                rows = rows.filter(enrolment__training_class__code=code)
            found |= self.write(rows, options["out"])
        return found

    def write(self, rows: Any, folder: Path) -> dict[str, int]:
        """Writes the files one by one. What the folder's register says is there already is not made again."""
        refused: list[Refused] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            kept = dict(_registered(folder))
            everything = list(
                rows.select_related("enrolment__training_class")
                .defer("enrolment__training_class__rule")
                .order_by("enrolment__training_class__code", "id")
            )
            todo = [
                row for row in everything if kept.get(_name(row)) != row.key or not (folder / _name(row)).exists()
            ]
            with _Register(folder) as register:
                for done, (row, content) in enumerate(zip(todo, make_certificates(printed(todo)), strict=True), 1):
                    if isinstance(content, Refused):  # one name keeps nobody else from their paper
                        refused.append(content)
                        self.stderr.write(say(content))
                        continue
                    path = folder / _name(row)
                    path.parent.mkdir(exist_ok=True)
                    draft = path.with_name(f".{path.name}.part")
                    draft.write_bytes(content)
                    draft.replace(path)
                    register.add(row)
                    self.tell(_("written: %(done)d of %(total)d"), done, len(todo))
        except OSError as error:
            raise Refused(
                N_("Cannot write into %(folder)s: %(reason)s."), folder=folder, reason=error.strerror or ""
            ) from error
        written = len(todo) - len(refused)
        found = {"written": written, "kept": len(everything) - len(todo)}
        return found | ({"refused": len(refused)} if refused else {})

    def tell(self, words: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.quiet and (now - self.said_at >= BETWEEN or done == total):
            self.said_at = now
            said = words % {"done": done, "total": total}
            self.stderr.write(f"  {now - self.started:6.1f} s  {said}")


def _name(row: Certificate) -> str:
    """`Q9-1/01-2020 Nguyễn Văn An.pdf`, below the folder."""
    code = _plain(row.enrolment.training_class.code)
    return f"{code}/{_plain(row.number)} {_plain(row.facts['name'])}"[:180] + ".pdf"


def _plain(text: str) -> str:
    return "".join("-" if letter in '/\\:*?"<>|\0' else letter for letter in text).strip(" .") or "-"


def _registered(folder: Path) -> Iterator[tuple[str, str]]:
    """File and key of each certificate in the register; a line cut off by a crash does not count."""
    try:
        with (folder / REGISTER).open(newline="", encoding="utf-8-sig") as file:
            for line in csv.DictReader(file):
                if line.get("file") and line.get("key"):
                    yield line["file"], line["key"]
    except (FileNotFoundError, UnicodeDecodeError, csv.Error):
        return


class _Register:
    """The list of the files, beside them; a line is added after its file is there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / REGISTER

    def __enter__(self) -> "_Register":
        whole = self.path.exists() and self.path.read_bytes().endswith(b"\n")
        new = not self.path.exists() or self.path.stat().st_size == 0
        self.file = self.path.open("a", newline="", encoding="utf-8-sig" if new else "utf-8")
        self.writer = csv.writer(self.file, lineterminator="\n")
        if new:
            self.writer.writerow(COLUMNS)
        elif not whole:
            self.file.write("\n")
        return self

    def add(self, row: Certificate) -> None:
        code = row.enrolment.training_class.code
        values = (row.number, row.facts["name"], code, row.issued_on.isoformat(), _name(row), row.key)
        self.writer.writerow(values)
        self.file.flush()

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _told(found: dict[str, Any]) -> str:
    lines = [
        _("%(due)d certificates were due, dated %(on)s.") % found
        if found["issued"]
        else _("%(due)d certificates are due, dated %(on)s.") % found
    ]
    lines += [f"  {code}: {count}" for code, count in found["by_class"].items()]
    if found["issued"]:
        lines.append(_("%(issued)d issued.") % found)
    elif found["due"]:
        lines.append(_("Nothing was issued. Issue them with --apply."))
    if found["written"] or found["kept"]:
        lines.append(_("%(written)d files written, %(kept)d were there already.") % found)
    return "\n".join(lines)
