"""A whole programme from a folder of files: the plan, the rosters, the sheets; and all its papers into another.

programme.yaml              the programme file (any one .yaml or .yml)
presence*, diem-danh*       presence sheets     .xlsx .xls .ods .csv
marks*, diem*, bang-diem*   mark lists
any other table             rosters
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import apply_import, choose, keep_and_preview
from lantoa.office.models import Import
from lantoa.office.rules.files import SHEETS
from lantoa.office.rules.imports import SKIP
from lantoa.office.rules.papers.docx import to_docx
from lantoa.office.rules.papers.pdf import to_pdf
from lantoa.programmes.models import Programme
from lantoa.training.actions.certificates import issue_certificates
from lantoa.training.actions.plan import load_plan
from lantoa.training.actions.results import decide_programme
from lantoa.training.importers.roster import offices_added
from lantoa.training.models import Certificate, Enrolment
from lantoa.training.queries import papers
from lantoa.training.queries.certificates import printed
from lantoa.training.queries.rows import Choice
from lantoa.training.rules.certificate.pdf import make_certificates
from lantoa.training.rules.plan import read_plan

Tell = Callable[[str], None]
KINDS = (
    ("training.presence", ("presence", "diem-danh", "diem danh", "diemdanh", "diem_danh", "attendance")),
    ("training.marks", ("marks", "diem", "bang-diem", "bang diem", "bang_diem", "ket-qua", "ket qua")),
)
ORDER = ("training.roster", "training.presence", "training.marks")
LARGEST = 50 * 1024 * 1024


@dataclass
class Loaded:
    """A file of the folder and what came of it. `counts` by verdict; `faults` as (where, message, values)."""

    path: Path
    kind: str
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    refusal: Refused | None = None
    offices: list[str] = field(default_factory=list)  # that it brought and no list of units names
    import_: Import | None = None


@dataclass
class FolderReport:
    programme: Programme
    offices: list[str] = field(default_factory=list)  # that the programme file brought and no list of units names
    files: list[Loaded] = field(default_factory=list)
    completed: int = 0
    certificates: int = 0
    written: list[Path] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many rows and files could not be taken."""
        return sum(len(one.faults) + (one.refusal is not None) for one in self.files)


def kind_of(path: Path) -> str:
    """What a table file is for, by the beginning of its name."""
    name = fold(path.stem)
    return next((kind for kind, beginnings in KINDS if name.startswith(beginnings)), "training.roster")


def files_of(folder: Path) -> tuple[Path, list[Path]]:
    """The programme file and the table files of a folder, rosters first. Hidden and temporary files do not count."""
    if not folder.is_dir():
        raise Refused(N_("Cannot run %(folder)s: there is no such folder."), folder=folder)
    found = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~")))
    plans = [p for p in found if p.suffix.lower() in (".yaml", ".yml")]
    if len(plans) != 1:
        raise Refused(
            N_("Cannot run %(folder)s: it must hold one programme file (.yaml), it holds %(count)d."),
            folder=folder,
            count=len(plans),
        )
    tables = [p for p in found if p.suffix.lower().lstrip(".") in SHEETS]
    return plans[0], sorted(tables, key=lambda p: (ORDER.index(kind_of(p)), p.name))


def load_folder(*, by: Actor, folder: Path, at: datetime, tell: Tell, add_units: bool = False) -> FolderReport:
    """Loads the plan and the tables of a folder. Rows that are wrong or doubtful are left out and reported."""
    plan_file, tables = files_of(folder)
    tell(plan_file.name)
    report = load_plan(by=by, plan=read_plan(_text(plan_file)), at=at, apply=True)
    programme = Programme.objects.select_related("unit", "decision").get(code=report.code)
    made = FolderReport(programme, [one.name for one in report.new if one.kind == "agency"])
    for path in tables:
        tell(path.name)
        made.files.append(_load_table(by, programme, path, at, add_units))
    decide_programme(by=by, programme=programme, at=at)
    made.completed = Enrolment.objects.filter(
        training_class__programme=programme, withdrawn_at=None, completed_at__isnull=False
    ).count()
    return made


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise Refused(N_("Cannot read %(file)s: it is larger than %(most)d MB."), file=path.name, most=LARGEST >> 20)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            N_("Cannot read %(file)s: it is not written in UTF-8 (byte %(place)d)."),
            file=path.name,
            place=error.start,
        ) from error


def _load_table(by: Actor, programme: Programme, path: Path, at: datetime, add_units: bool) -> Loaded:
    loaded = Loaded(path, kind_of(path))
    try:
        preview = keep_and_preview(
            by=by,
            kind=loaded.kind,
            target=thing_key(programme),
            name=path.name,
            content=path.read_bytes(),
            allowed=SHEETS,
            seen_with="office.import",
            unit=programme.unit,
            at=at,
            options={"add_units": add_units},
            wait=True,
        )
        loaded.import_ = preview
        if preview.state == Import.State.REFUSED:
            refusal = preview.summary["refusal"]
            loaded.refusal = Refused(refusal["message"], **refusal["values"])
            return loaded
        loaded.counts = dict(preview.summary)
        loaded.faults = list(_faults(preview))
        if preview.summary.get("doubtful"):
            choose(by=by, made=preview, choices={}, others=SKIP)
        applied = apply_import(by=by, made=preview, at=at, wait=True)
        loaded.offices = list(offices_added(applied).values())
    except Refused as refused:
        loaded.refusal = refused
    return loaded


def _faults(preview: Import) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Rows that are not taken, with the reason; doubtful rows with whom they may be."""
    for row in preview.rows.filter(verdict__in=("wrong", "doubtful")).order_by("sheet", "number"):
        where = f"{row.sheet}!{row.number}" if row.sheet else str(row.number)
        if row.verdict == "doubtful":
            words = " | ".join(candidate["words"] for candidate in row.candidates)
            yield (
                where,
                N_("%(person)s may be known already: %(candidates)s"),
                {
                    "person": row.values.get("full_name", ""),
                    "candidates": words,
                },
            )
        for fault in row.faults:
            if fault["severity"] == "error":
                yield fault["cell"] and f"{row.sheet}!{fault['cell']}" or where, fault["message"], fault["values"]


def certify(*, by: Actor, programme: Programme, at: datetime) -> int:
    """Issues what is due, dated the last day of the programme or today, whichever comes first. How many."""
    last = programme.period.upper - timedelta(days=1)
    on = min(last, timezone.localdate(at))
    if not programme.papers.get("certificate"):
        return 0
    count = 0
    while made := issue_certificates(by=by, programme=programme, on=on):
        count += len(made)
    return count


def write_papers(report: FolderReport, out: Path, *, on: date, tell: Tell) -> None:
    """Writes certificates, lists, sheets, report and decision into `out`. Files of the same name are replaced."""
    programme = report.programme
    choice = Choice(programme, min(on, programme.period.upper - timedelta(days=1)))
    out.mkdir(parents=True, exist_ok=True)

    def keep(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.part")
        draft.write_bytes(content)
        draft.replace(path)
        report.written.append(path)

    tell("danh-sach-hoc-vien.xlsx")
    keep(out / "danh-sach-hoc-vien.xlsx", papers.participants(choice))
    keep(out / "ket-qua.xlsx", papers.results(choice))
    for one in programme.classes.order_by("code"):
        for name, content in papers.presence(one, on=on):
            keep(out / "diem-danh" / f"{name}.xlsx", content)
    makers = {"bao-cao": papers.report_paper, "quyet-dinh": papers.decision_paper}
    for name, make in makers.items():
        tell(name)
        if not programme.papers.get("report") or (name == "quyet-dinh" and not report.certificates):
            continue
        paper = make(choice)
        keep(out / f"{name}.docx", to_docx(paper))
        keep(out / f"{name}.pdf", to_pdf(paper))
    rows = list(
        Certificate.objects.filter(revoked_on=None, enrolment__training_class__programme=programme)
        .exclude(payload="")
        .select_related("enrolment__training_class", "enrolment__person")
        .order_by("id")
    )
    for number, (row, made) in enumerate(zip(rows, make_certificates(printed(rows)), strict=True), 1):
        if number % 100 == 0 or number == len(rows):
            tell(f"chung-nhan {number}/{len(rows)}")
        if isinstance(made, Refused):  # one name keeps nobody else from their paper
            tell(say(made))
            continue
        name = f"{row.number.replace('/', '-')} {row.facts['name']}.pdf"
        keep(out / "chung-nhan" / row.enrolment.training_class.code / name, made)
