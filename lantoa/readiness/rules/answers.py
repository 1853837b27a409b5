"""Answers: as people type them, as the database keeps them, as the engine reckons with them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.readiness.rules.numbers import fixed, written
from lantoa.readiness.rules.scoring import Answer, score_of
from lantoa.readiness.rules.structure import DOWN, NUMERIC, POINTS, RATIO, STEPS, YES_NO, Component

YES: Final = "yes"
NO: Final = "no"
Kept = str | list[str]  # "yes", the code of a step, a number, or two numbers


def read_answer(component: Component, typed: Mapping[str, str]) -> Kept | None:
    """What was typed into the fields of a component (`value`, or `part` and `whole`); None when nothing was.

    Numbers may be written as people here write them: 1.234,5 or 1234,5 or 1234.5. Refused with the reason.
    """
    kind = component.rule.kind
    if kind == RATIO:
        texts = [typed.get("part", "").strip(), typed.get("whole", "").strip()]
        if not any(texts):
            return None
        return _ratio(component, [_number(component, text) for text in texts])
    text = typed.get("value", "").strip()
    if not text:
        return None
    if kind == YES_NO:
        return _one_of(component, text, (YES, NO))
    if kind == STEPS:
        return _one_of(component, text, tuple(step.code for step in component.rule.steps))
    value = _number(component, text)
    if kind == POINTS and not 0 <= value <= component.most:
        raise Refused(
            N_("Cannot answer “%(component)s” with %(value)s: it is between 0 and %(most)s."),
            component=component.code,
            value=text,
            most=written(component.most),
        )
    return written(value)


def check_kept(component: Component, kept: Any) -> Kept:
    """An answer from elsewhere (a file, another system) as it is kept. Refused when it is none."""
    if component.rule.kind == RATIO:
        if not (isinstance(kept, list) and len(kept) == 2 and all(isinstance(one, str) for one in kept)):
            raise _no_answer(component, str(kept))
        answer = read_answer(component, {"part": kept[0], "whole": kept[1]})
    else:
        answer = read_answer(component, {"value": kept if isinstance(kept, str) else str(kept)})
    if answer is None:
        raise _no_answer(component, str(kept))
    return answer


def reckoned(component: Component, kept: Kept | None) -> Answer | None:
    """A kept answer as the engine takes it."""
    if kept is None:
        return None
    if isinstance(kept, list):
        return fixed(kept[0]), fixed(kept[1])
    if component.rule.kind == YES_NO:
        return kept == YES
    return fixed(kept) if component.rule.kind in NUMERIC else kept


def is_better(component: Component, one: Kept, other: Kept) -> bool:
    """Whether the first answer is better than the second; of a rule that looks at the others, by the figures."""
    first, second = reckoned(component, one), reckoned(component, other)
    assert first is not None and second is not None
    if component.is_relative:
        assert isinstance(first, int) and isinstance(second, int)
        return first < second if component.direction == DOWN else first > second
    return score_of(component, first) > score_of(component, second) if _scores(component, first, second) else False


def is_share_of_nothing(kept: Kept) -> bool:
    """Whether it is a ratio whose whole is 0: neither better nor worse than another answer, it counts as missing."""
    return isinstance(kept, list) and not fixed(kept[1])


def _scores(component: Component, *answers: Answer) -> bool:
    """A share of nothing has no score to compare."""
    return component.is_scored and not any(isinstance(one, tuple) and not one[1] for one in answers)


def _one_of(component: Component, text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise Refused(
            N_("Cannot answer “%(component)s” with “%(value)s”: it is one of %(choices)s."),
            component=component.code,
            value=text[:60],
            choices=", ".join(choices),
        )
    return text


def _ratio(component: Component, pair: list[int]) -> list[str]:
    part, whole = pair
    texts = [written(part), written(whole)]
    if part < 0 or whole < 0:
        raise Refused(
            N_("Cannot answer “%(component)s” with %(part)s of %(whole)s: neither can be below 0."),
            component=component.code,
            part=texts[0],
            whole=texts[1],
        )
    if part > whole and not component.rule.over:
        raise Refused(
            N_("Cannot answer “%(component)s” with %(part)s of %(whole)s: the part is more than the whole."),
            component=component.code,
            part=texts[0],
            whole=texts[1],
        )
    return texts


def _number(component: Component, text: str) -> int:
    try:
        return fixed(Decimal(_plain(text)))
    except (ValueError, ArithmeticError) as error:
        raise _no_answer(component, text) from error


def _plain(text: str) -> str:
    """1.234.567,5 and 1234,5 as 1234567.5 and 1234.5; a single point is the decimal one, as 12.5."""
    text = text.replace(" ", "").replace("\u00a0", "")
    if "," in text:
        return text.replace(".", "").replace(",", ".")
    return text.replace(".", "") if text.count(".") > 1 else text


def _no_answer(component: Component, text: str) -> Refused:
    return Refused(
        N_("Cannot answer “%(component)s” with “%(value)s”: it is no number with six decimals at most."),
        component=component.code,
        value=text[:60],
    )
