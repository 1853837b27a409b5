"""Loading a file of targets: what it would make and change, and doing it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions import enter_decision
from lantoa.programmes.actions.targets import change_target, make_target, retire_target
from lantoa.programmes.models import Field, Target
from lantoa.programmes.queries import unit_called
from lantoa.programmes.rules.target_file import TargetFile, read_target_file

SHIPPED = Path(__file__).resolve().parents[1] / "data"


@dataclass
class TargetsLoaded:
    """What came of a file, by the codes of its targets. `left`: those of the decision that the file does not name."""

    applied: bool
    new: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class _Undo(Exception):
    """Takes back what a dry run has done."""


def shipped() -> dict[str, Path]:
    """The files that come with the house, by their names."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.toml"))}


def shipped_file(name: str) -> TargetFile:
    """A file that comes with the house."""
    return read_target_file(shipped()[name].read_bytes())


def load_targets(
    *, by: Actor, file: TargetFile, on: date, apply: bool = False, demonstration: bool = False
) -> TargetsLoaded:
    """Makes and changes the targets of a file; without `apply` everything is done and taken back. The same file twice
    changes nothing. What a target of the file has besides (programme, shares, figures) stays."""
    report = TargetsLoaded(apply)
    try:
        with transaction.atomic():
            _load(by, file, report, on=on, demonstration=demonstration)
            if not apply:
                raise _Undo
    except _Undo:
        pass
    return report


def _load(by: Actor, file: TargetFile, report: TargetsLoaded, *, on: date, demonstration: bool) -> None:
    unit = unit_called(file.owner, on=file.since)
    known = set(Field.objects.values_list("code", flat=True))
    for one in file.targets:
        if one.text.field and one.text.field not in known:
            raise Refused(
                N_("Cannot write target %(code)s: there is no field of work %(field)s."),
                code=one.text.code,
                field=one.text.field,
            )
    decision = enter_decision(
        by=by, number=file.number, issued_on=file.issued_on, issuer=file.issuer, title=file.title
    )
    standing = {one.code: one for one in Target.objects.filter(unit=unit)}
    for one in file.targets:
        target = standing.get(one.text.code)
        if target is None:
            target = make_target(by=by, unit=unit, text=one.text, decision=decision, demonstration=demonstration)
            report.new.append(target.code)
        else:
            changed = change_target(
                by=by,
                target=target,
                text=one.text,
                on=on,
                decision=decision,
                programme=target.programme,
                goals_reason=one.goals_reason,
            )
            if changed:
                report.changed[target.code] = changed
            else:
                report.same.append(target.code)
        if one.retired_on is not None and target.retired_on is None:
            retire_target(by=by, target=target, on=one.retired_on, reason=one.retired_reason)
            report.retired.append(target.code)
    named = {one.text.code for one in file.targets}
    report.left = sorted(
        code for code, target in standing.items() if target.decision_id == decision.pk and code not in named
    )
    if report.new or report.changed or report.retired:
        about = {"new": len(report.new), "changed": len(report.changed), "retired": len(report.retired)}
        record(by=by, act="programmes.load_targets", thing=decision, about=about)
