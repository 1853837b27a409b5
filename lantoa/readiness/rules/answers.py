"""Answers: as people type them, as the database keeps them, as the engine reckons with them."""

from collections.abc import Mapping
from typing import Final

from lantoa.common.figures import Ambiguous, read_figure
from lantoa.common.refused import N_, Refused
from lantoa.readiness.rules.numbers import fixed, written
from lantoa.readiness.rules.scoring import Answer, score_of
from lantoa.readiness.rules.structure import DOWN, NUMERIC, POINTS, RATIO, STEPS, YES_NO, Component

YES: Final = "yes"
NO: Final = "no"
Kept = str | list[str]  # "yes", the code of a step, a number, or two numbers


def read_answer(component: Component, typed: Mapping[str, str]) -> Kept | None:
    """What was typed into the fields of a component (`value`, or `part` and `whole`); None when nothing was.

    Numbers may be written as people write them (`read_figure`). Refused with the reason.
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
        return fixed(read_figure("" if "%" in text else text))  # a share as per cent would be taken a hundred times
    except Ambiguous as error:
        raise Refused(
            N_(
                "Cannot answer “%(component)s” with “%(value)s”: it may be a thousand or a fraction."
                " Write thousands without a sign, decimals with fewer than three digits."
            ),
            component=component.code,
            value=text[:60],
        ) from error
    except (ValueError, ArithmeticError) as error:
        raise _no_answer(component, text) from error


def _no_answer(component: Component, text: str) -> Refused:
    return Refused(
        N_("Cannot answer “%(component)s” with “%(value)s”: it is no number with six decimals at most."),
        component=component.code,
        value=text[:60],
    )
