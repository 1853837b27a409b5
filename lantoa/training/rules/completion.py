"""When a learner has completed a class: a rule that is data, and its judgement with reasons.

A rule in its stored form (JSON, in `TrainingClass.rule`); every part may be left out, an empty rule asks nothing:

    {"presence": {"at_least": 0.8}, "marks": [{"assessment": "bai", "at_least": 5}], "handed_in": ["ke-hoach"]}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lantoa.common.refused import N_, Refused
from lantoa.training.rules.attendance import expected_at_each_meeting_held, share_where_no_line_is_absence

Share = Decimal


@dataclass(frozen=True)
class Rule:
    """What counts. `presence` is a share of the meetings held (0 < share <= 1), None when presence does not count;
    `marks` holds (code of the assessment, least mark), `handed_in` codes of assessments."""

    presence: Share | None = None
    marks: tuple[tuple[str, Decimal], ...] = ()
    handed_in: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The stored form."""
        told: dict[str, Any] = {}
        if self.presence is not None:
            told["presence"] = {"at_least": _number(self.presence)}
        if self.marks:
            told["marks"] = [{"assessment": code, "at_least": _number(least)} for code, least in self.marks]
        if self.handed_in:
            told["handed_in"] = list(self.handed_in)
        return told


@dataclass(frozen=True)
class Facts:
    """What is known of one learner. `attended` is a sum of shares (1 for a whole meeting) over the `held` meetings
    that count for them; `marks` and `handed_in` by code of the assessment."""

    attended: Decimal
    held: int
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    handed_in: frozenset[str] = frozenset()

    @property
    def attendance(self) -> Share | None:
        """The share attended (0 to 1); None while nothing was held."""
        return share_where_no_line_is_absence(self.attended, expected_at_each_meeting_held(1, self.held))


@dataclass(frozen=True)
class Reason:
    """Something that is missing, as a sentence with its numbers; `kind` is presence, mark or handed_in."""

    kind: str
    message: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return self.message % self.values


@dataclass(frozen=True)
class Outcome:
    """The judgement: complete, or what is missing."""

    complete: bool
    missing: tuple[Reason, ...] = ()


def judge(rule: "Rule | Mapping[str, Any]", facts: Facts) -> Outcome:
    """Judges the facts by the rule. Where presence counts, a class that has held no meeting is never completed."""
    rule = rule if isinstance(rule, Rule) else read_rule(rule)
    missing = [*_presence(rule, facts), *_marks(rule, facts), *_handed_in(rule, facts)]
    return Outcome(not missing, tuple(missing))


def _presence(rule: Rule, facts: Facts) -> list[Reason]:
    share = facts.attendance
    if rule.presence is None or (share is not None and share >= rule.presence):
        return []
    return [
        Reason(
            "presence",
            N_("Present at %(attended)s of %(held)d meetings; %(needed)s%% is needed."),
            {"attended": written(facts.attended), "held": facts.held, "needed": written(rule.presence * 100)},
        )
    ]


def _marks(rule: Rule, facts: Facts) -> list[Reason]:
    missing = []
    for code, least in rule.marks:
        mark = facts.marks.get(code)
        if mark is None:
            words = N_("No mark yet for %(assessment)s; at least %(needed)s is needed.")
            missing.append(Reason("mark", words, {"assessment": code, "needed": written(least)}))
        elif mark < least:
            words = N_("Mark %(mark)s for %(assessment)s; at least %(needed)s is needed.")
            values = {"mark": written(mark), "assessment": code, "needed": written(least)}
            missing.append(Reason("mark", words, values))
    return missing


def _handed_in(rule: Rule, facts: Facts) -> list[Reason]:
    words = N_("%(assessment)s is not handed in.")
    return [
        Reason("handed_in", words, {"assessment": code}) for code in rule.handed_in if code not in facts.handed_in
    ]


def words(rule: "Rule | Mapping[str, Any]", titles: Mapping[str, str] | None = None) -> tuple[Reason, ...]:
    """The rule in sentences, one for each part; `titles` names assessments by code."""
    rule = rule if isinstance(rule, Rule) else read_rule(rule)
    named = titles or {}
    told = []
    if rule.presence is not None:
        message = N_("Present at %(needed)s%% of the meetings or more.")
        told.append(Reason("presence", message, {"needed": written(rule.presence * 100)}))
    for code, least in rule.marks:
        message = N_("A mark of %(needed)s or more for %(assessment)s.")
        told.append(Reason("mark", message, {"needed": written(least), "assessment": named.get(code, code)}))
    for code in rule.handed_in:
        message = N_("%(assessment)s handed in.")
        told.append(Reason("handed_in", message, {"assessment": named.get(code, code)}))
    return tuple(told) or (Reason("none", N_("Nothing but being enrolled."), {}),)


def read_rule(data: Mapping[str, Any], assessments: Mapping[str, Decimal] | None = None) -> Rule:
    """The rule that the stored form means. With `assessments` (code -> highest mark) its codes must be among them.

    Refused, naming part, reason and value: unknown parts, a share outside 0 to 1, a mark above the highest.
    """
    if unknown := sorted(set(data) - {"presence", "marks", "handed_in"}):
        raise Refused(N_("Cannot read the completion rule: it has no part called %(part)s."), part=unknown[0])
    presence = None
    if "presence" in data:
        presence = _decimal(_part(data["presence"], "presence").get("at_least"), "presence")
        if not 0 < presence <= 1:
            raise Refused(
                N_(
                    "Cannot read the completion rule: the share of presence is %(value)s, not more than 0 and "
                    "at most 1."
                ),
                value=written(presence),
            )
    marks = []
    for item in _items(data.get("marks", []), "marks"):
        item = _part(item, "marks")
        code, least = _code(item.get("assessment"), assessments), _decimal(item.get("at_least"), "marks")
        highest = (assessments or {}).get(code)
        if least < 0 or (highest is not None and least > highest):
            raise Refused(
                N_(
                    "Cannot read the completion rule: %(assessment)s asks for a mark of %(value)s; marks go from 0 "
                    "to %(highest)s."
                ),
                assessment=code,
                value=written(least),
                highest="?" if highest is None else written(highest),
            )
        marks.append((code, least))
    handed_in = tuple(_code(code, assessments) for code in _items(data.get("handed_in", []), "handed_in"))
    for codes in ([code for code, _ in marks], handed_in):
        for code in codes:
            if list(codes).count(code) > 1:
                raise Refused(
                    N_("Cannot read the completion rule: %(assessment)s stands in it twice."), assessment=code
                )
    return Rule(presence, tuple(marks), handed_in)


def _part(value: Any, part: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(
            N_("Cannot read the completion rule: the part %(part)s is not written as it should be."), part=part
        )
    return value


def _items(value: Any, part: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Refused(
            N_("Cannot read the completion rule: the part %(part)s is not written as it should be."), part=part
        )
    return value


def _code(value: Any, assessments: Mapping[str, Decimal] | None) -> str:
    if not isinstance(value, str) or (assessments is not None and value not in assessments):
        raise Refused(
            N_("Cannot read the completion rule: there is no assessment called %(assessment)s."), assessment=value
        )
    return value


def _decimal(value: Any, part: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        raise Refused(
            N_("Cannot read the completion rule: %(value)s in the part %(part)s is no number."),
            value=value,
            part=part,
        )
    return number


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def written(number: Decimal) -> str:
    """A number without needless zeros: 0.80 * 100 is "80"."""
    return f"{number.normalize():f}" if number else "0"
