"""The units that a programme file names, as of its first day; agencies that stand nowhere yet are made."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from lantoa.common.refused import N_, Refused
from lantoa.directory.actions.agencies import add_agency, named_in
from lantoa.directory.models import Level, Placement, Unit
from lantoa.ledger.rules import Actor
from lantoa.programmes.queries import find_unit_by_code, find_units
from lantoa.training.rules.plan import Agency, Plan, UnitName

Fault = Callable[[str, Refused], None]


class UnitBook:
    """Unit names of a file to units. `open` first; then `book[name]`."""

    def __init__(self, *, by: Actor, plan: Plan, at: datetime) -> None:
        self.by, self.plan, self.at = by, plan, at
        self.on = plan.programme.first
        self.found: dict[UnitName, Unit] = {}

    def __getitem__(self, name: UnitName) -> Unit:
        return self.found[name]

    def open(self, fault: Fault) -> list[str]:
        """Finds every unit of the file, making the agencies that are missing; returns the names of those made."""
        made = self._agencies(fault)
        self._find(list(self._named()), fault)
        return made

    def _named(self) -> Iterator[tuple[str, UnitName]]:
        plan = self.plan
        yield "programme.unit", plan.programme.unit
        several: tuple[tuple[str, Sequence[Any]], ...] = (
            ("programme.partners", plan.programme.partners),
            ("rooms", plan.rooms),
            ("courses", plan.courses),
            ("classes", plan.classes),
        )
        for key, items in several:
            for number, item in enumerate(items, 1):
                if item.unit is not None:
                    yield f"{key}[{number}].unit", item.unit

    def _find(self, named: list[tuple[str, UnitName]], fault: Fault) -> None:
        by_names = find_units({name.names for _, name in named if name.names}, on=self.on)
        for path, name in named:
            if name in self.found:
                continue
            if name.code:
                unit = find_unit_by_code(name.code, name.level, on=self.on)
                units = [unit] if unit else []
            else:
                units = by_names[name.names]
            if len(units) == 1:
                self.found[name] = units[0]
            else:
                fault(path, self._refusal(name, len(units)))

    def _refusal(self, name: UnitName, count: int) -> Refused:
        day = f"{self.on:%d/%m/%Y}"
        if not count:
            return Refused(
                N_("There was no unit %(unit)s on %(day)s, the programme's first day."), unit=str(name), day=day
            )
        return Refused(
            N_("%(unit)s can mean %(count)d units on %(day)s. Say under which unit it stands."),
            unit=str(name),
            count=count,
            day=day,
        )

    def _agencies(self, fault: Fault) -> list[str]:
        """Makes the agencies of the file in its order, so that one may stand under another of the file."""
        made: list[str] = []
        for number, agency in enumerate(self.plan.agencies, 1):
            full = f"{agency.kind} {agency.name}".strip()
            above = agency.under.names if agency.under else ()
            names = (full, *above)
            if agency.under and agency.under not in self.found:
                self._find([(f"agencies[{number}].under", agency.under)], fault)
            parent = self.found.get(agency.under) if agency.under else None
            if agency.under and parent is None:
                continue
            if find_units([names], on=self.on)[names]:
                continue
            self._make(agency, parent)
            made.append(full)
        return made

    def _make(self, agency: Agency, parent: Unit | None) -> None:
        said = self.plan.programme
        add_agency(
            by=self.by,
            name=agency.name,
            kind=agency.kind,
            since=agency.since or self.on,
            under=parent,
            snapshot=named_in(
                slug=snapshot_slug(said.code), title=said.name, as_of=self.on, publisher=str(said.unit)
            ),
        )


def snapshot_slug(code: str) -> str:
    """The snapshot of the agencies that a programme file brought along."""
    return f"programme-file:{code}"


def agencies_of(code: str, *, on: date) -> list[Placement]:
    """The agencies that the programme of this code brought along, those above first."""
    return list(
        Placement.objects.filter(snapshot__slug=snapshot_slug(code), level=Level.AGENCY)
        .select_related("parent")
        .order_by("id")
    )
