"""Figures in the sheet of a campaign, on their way into the house."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.access import care_of_unit
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import (
    CHANGED,
    KNOWN,
    NEW,
    WRONG,
    KeptRow,
    ReadRow,
    RowChange,
    RowFault,
    SheetColumn,
    columns_in,
)
from lantoa.office.rules.sheets import read_table_file
from lantoa.programmes.actions.measurements import (
    Report,
    before_jump,
    check_report,
    limits_of,
    report_figures,
    says_the_same,
    take_back_figures,
    why_not_take_back,
)
from lantoa.programmes.actions.reporting import hold_open
from lantoa.programmes.models import Due, Measurement, Reporting
from lantoa.programmes.queries.measurements import latest_lines
from lantoa.programmes.rules.checking import figure, worked_out
from lantoa.programmes.rules.figure_sheet import VOCABULARY, FigureRow, keys_once, read_figure_sheet
from lantoa.programmes.rules.spans import Span, before

KIND: Final = "programmes.figures"
FIGURES: Final = ("value", "part", "whole")


def reporting_of(made: Import) -> Reporting:
    """The campaign that an import goes into."""
    return Reporting.objects.select_related("unit").get(key=made.target.partition(":")[2])


@importer(KIND)
class FiguresImporter(Importer):
    """Figures of a campaign, known again by the code of the row. Rows that nobody filled in are left alone."""

    permission: ClassVar[str] = "programmes.report"
    title: ClassVar[str] = N_("Figures of targets")
    columns: ClassVar[Mapping[str, str]] = {
        "unit": N_("Unit"),
        "code": N_("Target"),
        "value": N_("Figure"),
        "document": N_("Source document"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        rows, _tables = read_figure_sheet(read_table_file(data, made.file.name), mapping=made.options.get("columns"))
        on_step(0, len(rows))
        judge = _Judge(made, on=timezone.localdate(made.made_at))
        for done, row in enumerate(keys_once(rows), 1):
            if done % 500 == 0:
                on_step(done, len(rows))
            yield judge.row(row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        reporting, count = hold_open(reporting_of(made)), 0
        span = Span(reporting.period.lower, reporting.period.upper)
        for chunk in chunks:
            dues = {one.key: one for one in _dues(reporting, [row.values["_due"] for row in chunk])}
            reports = [_report(dues[row.values["_due"]], span, row.values["_said"]) for row in chunk]
            lines = report_figures(by=by, reports=reports, at=at)
            for row, line in zip(chunk, lines, strict=True):
                row.result = {"made": line.key}
            count += len(chunk)
            yield chunk
        record(by=by, act="programmes.load_figures", thing=reporting, about={"import": made.key, "figures": count})

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        keys = [row.result["made"] for chunk in chunks for row in chunk]
        count = take_back_figures(by=by, keys=keys)
        record(
            by=by,
            act="programmes.take_figures_back",
            thing=reporting_of(made),
            about={"import": made.key, "figures": count},
        )

    def obstacle(self, made: Import) -> Refused | None:
        keys = list(made.rows.filter(result__has_key="made").values_list("result__made", flat=True))
        return why_not_take_back(list(Measurement.objects.filter(key__in=keys).select_related("target", "review")))

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        _rows, tables = read_figure_sheet(read_table_file(data, made.file.name), mapping=made.options.get("columns"))
        return columns_in(tables)

    def page_of(self, made: Import) -> str:
        if "only" in made.options:
            return reverse("programmes:owed")
        return reverse("programmes:reporting", args=[made.target.partition(":")[2]])


def _dues(reporting: Reporting, keys: Iterable[str]) -> Iterable[Due]:
    return reporting.dues.filter(key__in=list(keys)).select_related("target")


def _report(due: Due, span: Span, said: Mapping[str, Any]) -> Report:
    """A figure as a row kept it."""
    value, part, whole = (Decimal(said[name]) if said[name] is not None else None for name in FIGURES)
    day = said["document_date"]
    return Report(
        due.target,
        span,
        value,
        part,
        whole,
        document_number=said["document_number"],
        document_date=date.fromisoformat(day) if day else None,
        note=said["note"],
        reason=said["reason"],
    )


class _Judge:
    """What each row of a file means for the campaign as it stands."""

    def __init__(self, made: Import, *, on: date) -> None:
        reporting = reporting_of(made)
        self.on = on
        self.span = Span(reporting.period.lower, reporting.period.upper)
        asked = reporting.dues.select_related("target")
        if "only" in made.options:  # a unit's own sheet: the unit and those under it
            asked = asked.filter(target__unit__in=care_of_unit(made.unit_id, on=on))
        dues = list(asked)
        self.dues = {one.key: one for one in dues}
        spans = {before(self.span, one.target.every) for one in dues}
        self.lines = latest_lines([one.target_id for one in dues], [self.span, *spans])
        self.called = names([one.target.unit_id for one in dues], on=self.span.last)
        self.closed = reporting.closed_at is not None

    def row(self, row: FigureRow) -> ReadRow:
        """The row of the preview."""
        values: dict[str, Any] = {
            "unit": row.texts["unit"],
            "code": row.texts["code"],
            "value": "",
            "document": row.texts["document_number"],
        }
        due = self.dues.get(row.key)
        if due is None:
            fault = RowFault(N_("This campaign has no row %(code)s."), {"code": row.key[:20] or "–"})
            return ReadRow(row.number, WRONG, values, (fault,), sheet=row.sheet)
        unit = self.called.get(due.target.unit_id)
        values |= {"unit": unit.full_name if unit else "", "code": due.target.code}
        if row.is_empty:
            return ReadRow(row.number, KNOWN, values, sheet=row.sheet)
        if row.faults:
            return ReadRow(row.number, WRONG, values, tuple(row.faults), sheet=row.sheet)
        said = {
            **{name: str(number) if number is not None else None for name, number in row.figures.items()},
            **{name: row.texts[name] for name in ("document_number", "note", "reason")},
            "document_date": row.document_date.isoformat() if row.document_date else "",
        }
        return self._judged(row, due, values | {"_due": due.key, "_said": said})

    def _judged(self, row: FigureRow, due: Due, values: dict[str, Any]) -> ReadRow:
        target, report = due.target, _report(due, self.span, values["_said"])
        value = worked_out(limits_of(target), report.said)
        standing = self.lines.get((target.pk, self.span))
        values["value"] = figure(value) if value is not None else ""
        if standing is not None and says_the_same(standing, report, value):
            return ReadRow(row.number, KNOWN, values, sheet=row.sheet)
        earlier = self.lines.get((target.pk, before(self.span, target.every)))
        try:
            if self.closed:
                raise Refused(N_("The campaign is closed."))
            check_report(target, report, standing, before_jump(earlier), on=self.on)
        except Refused as refused:
            return ReadRow(row.number, WRONG, values, (RowFault(refused.message, refused.values),), sheet=row.sheet)
        if standing is None:
            return ReadRow(row.number, NEW, values, sheet=row.sheet)
        change = RowChange(N_("Figure"), figure(standing.value), values["value"])
        return ReadRow(row.number, CHANGED, values, changes=(change,), sheet=row.sheet)
