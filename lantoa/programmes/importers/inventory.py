"""An inventory in a sheet, on its way into the house."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, spell
from lantoa.directory.models import Placement, Unit
from lantoa.directory.queries.units import names, units_under
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
from lantoa.programmes.actions.inventory import (
    StageText,
    check_stage,
    enter_system,
    says_the_same,
    standing_at,
    take_back_stages,
    why_not_take_back,
)
from lantoa.programmes.actions.inventory import say_stage as say
from lantoa.programmes.models import Stage, System
from lantoa.programmes.queries.inventory import kinds
from lantoa.programmes.rules.inventory_sheet import STATE_TEXTS, VOCABULARY, SystemRow, read_inventory_sheet

KIND: Final = "programmes.inventory"
CHANGES: Final = {
    "state": N_("State"),
    "name": N_("Name"),
    "owner": N_("Whose it is"),
    "supplier": N_("Supplier"),
    "users": N_("Users"),
    "cost": N_("Cost a year"),
    "links": N_("Connected to"),
    "note": N_("Note"),
}


def office_of(made: Import) -> Unit:
    """The office whose units the sheet speaks of."""
    return Unit.objects.get(key=made.target.partition(":")[2])


@importer(KIND)
class InventoryImporter(Importer):
    """Systems of an office and of the units under it, known again by the code of the row, else by kind and name."""

    permission: ClassVar[str] = "programmes.inventory"
    title: ClassVar[str] = N_("Inventory of platforms and infrastructure")
    columns: ClassVar[Mapping[str, str]] = {
        "unit": N_("Unit"),
        "kind": N_("Kind"),
        "name": N_("Name"),
        "state": N_("State"),
        "since": N_("Since"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        rows, _tables = _sheet(made, data)
        on_step(0, len(rows))
        judge = _Judge(office_of(made), on=timezone.localdate(made.made_at))
        for row in rows:
            yield judge.row(row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        count = 0
        for chunk in chunks:
            for row in chunk:
                row.result = _take(row, by=by, at=at)
            count += len(chunk)
            yield chunk
        about = {"import": made.key, "systems": count}
        record(by=by, act="programmes.load_inventory", thing=office_of(made), about=about)

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        results = [row.result for chunk in chunks for row in chunk]
        stages = [one["stage"] for one in results]
        take_back_stages(by=by, stages=stages, systems=[one["system"] for one in results if one["system"]])
        about = {"import": made.key, "systems": len(stages)}
        record(by=by, act="programmes.take_inventory_back", thing=office_of(made), about=about)

    def obstacle(self, made: Import) -> Refused | None:
        keys = list(made.rows.filter(result__has_key="stage").values_list("result__stage", flat=True))
        return why_not_take_back(list(Stage.objects.filter(key__in=keys)))

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        return columns_in(_sheet(made, data)[1])

    def page_of(self, made: Import) -> str:
        return reverse("programmes:unit_inventory", args=[made.target.partition(":")[2]])


def _sheet(made: Import, data: bytes) -> tuple[list[SystemRow], Any]:
    return read_inventory_sheet(read_table_file(data, made.file.name), kinds(), mapping=made.options.get("columns"))


def _take(row: KeptRow, *, by: Actor, at: datetime) -> dict[str, str]:
    """Writes a row; the keys of what was made."""
    said = row.values["_said"]
    text = StageText(**{**said, "since": date.fromisoformat(said["since"]), "links": tuple(said["links"])})
    if row.values["_system"]:
        system = System.objects.get(key=row.values["_system"])
        stage = say(by=by, system=system, text=text, at=at, reason=row.values["_reason"])
        return {"stage": stage.key, "system": ""}
    unit = Unit.objects.get(key=row.values["_unit"])
    made = enter_system(by=by, unit=unit, kind=row.values["_kind"], text=text, at=at)
    return {"stage": made.stages.get().key, "system": made.key}


class _Judge:
    """What each row means for the house as it stands."""

    def __init__(self, office: Unit, *, on: date) -> None:
        self.on, self.office = on, office
        placements = list(units_under(office, on=on))
        mine = [office.pk, *(one.unit_id for one in placements)]
        self.called = names(mine, on=on)
        self.units: dict[str, list[Placement]] = {}
        for one in self.called.values():
            self.units.setdefault(spell(one.full_name), []).append(one)
        self.systems = {
            one.key: one
            for one in System.objects.filter(unit__in=mine).select_related("unit").prefetch_related("stages")
        }
        self.known: dict[tuple[int, str, str], System] = {}
        for system in self.systems.values():
            for stage in system.stages.all():
                self.known[system.unit_id, system.kind, fold(stage.name)] = system
        self.seen: dict[tuple[int, str, str, date | None], int] = {}

    def row(self, row: SystemRow) -> ReadRow:
        """The row of the preview."""
        values: dict[str, Any] = {
            "unit": row.texts["unit"],
            "kind": kinds()[row.kind].name if row.kind else "",
            "name": row.texts["name"],
            "state": STATE_TEXTS[row.state],
            "since": f"{row.since:%d/%m/%Y}" if row.since else "",
        }
        if row.faults:
            return ReadRow(row.number, WRONG, values, tuple(row.faults), sheet=row.sheet)
        try:
            return self._judged(row, values)
        except Refused as refused:
            return ReadRow(row.number, WRONG, values, (RowFault(refused.message, refused.values),), sheet=row.sheet)

    def _judged(self, row: SystemRow, values: dict[str, Any]) -> ReadRow:
        assert row.since is not None
        unit, name = self._unit(row), row.texts["name"]
        values["unit"] = self.called[unit.pk].full_name
        system = self._system(row, unit)
        text = StageText(
            row.since, row.state, name, row.texts["owner"], row.texts["supplier"],
            row.numbers["users"], row.numbers["cost"], row.links, row.texts["note"],
        )  # fmt: skip
        check_stage(unit, row.kind, text, on=self.on)
        asked = (unit.pk, row.kind, fold(name), row.since)
        if asked in self.seen:
            raise Refused(N_("This row stands in row %(row)d already."), row=self.seen[asked])
        self.seen[asked] = row.number
        said = {**vars(text), "since": row.since.isoformat(), "links": list(row.links)}
        values |= {
            "_unit": unit.key,
            "_kind": row.kind,
            "_system": system.key if system else "",
            "_reason": row.texts["reason"],
            "_said": said,
        }
        if system is None:
            return ReadRow(row.number, NEW, values, sheet=row.sheet)
        standing, stage = standing_at(system, row.since)
        if stage is not None and says_the_same(stage, text):
            return ReadRow(row.number, KNOWN, values, sheet=row.sheet)
        if standing is not None and not row.texts["reason"]:
            raise Refused(
                N_("Of %(name)s something is said from %(day)s on already: write why it changes."),
                name=name,
                day=values["since"],
            )
        return ReadRow(row.number, CHANGED, values, changes=tuple(_changes(stage, text)), sheet=row.sheet)

    def _unit(self, row: SystemRow) -> Unit:
        text = row.texts["unit"]
        if not text:
            return self.called[self.office.pk].unit
        found = self.units.get(spell(text.partition(",")[0]), [])
        if len(found) != 1:
            words = N_("%(count)d units under this office are called %(unit)s.")
            raise Refused(words, count=len(found), unit=text)
        return found[0].unit

    def _system(self, row: SystemRow, unit: Unit) -> System | None:
        if not row.key:
            return self.known.get((unit.pk, row.kind, fold(row.texts["name"])))
        system = self.systems.get(row.key)
        if system is None:
            raise Refused(N_("The units of this office have no row %(code)s."), code=row.key[:20])
        if (system.unit_id, system.kind) != (unit.pk, row.kind):
            raise Refused(
                N_("Row %(code)s is of another unit or kind. What runs elsewhere is entered anew."), code=row.key
            )
        return system


def _changes(stage: Stage | None, text: StageText) -> Iterator[RowChange]:
    for name, label in CHANGES.items():
        old, new = getattr(stage, name, ""), getattr(text, name)
        if list(old or []) != list(new or []) if name == "links" else old != new:
            yield RowChange(label, _told(name, old), _told(name, new))


def _told(name: str, value: Any) -> str:
    if name == "links":
        return ", ".join(kinds()[code].name for code in value or ())
    if name == "state":
        return STATE_TEXTS.get(value, "")
    return "" if value is None else str(value)
