"""What a test tells of itself and of its questions: classical test theory, as pure functions (decision 0027).

Values in, values out. A candidate's work is a `Reply` for each question they were asked: the share of its points that
was earned (1 all, 1/2 half, below 0 where a wrong answer costs), the points it gives at most, and what was chosen, in
the letters of the bank, so that variants whose choices are shuffled differently are read together.

| word | definition | source |
|---|---|---|
| difficulty p | mean share of the points; of questions that are right or wrong: the share of right answers | usual |
| discrimination r | correlation of the share earned with the share of all other points (item-rest) | Henrysson 1963 |
| discrimination D | mean share of the upper 27 % less that of the lower 27 %, by their whole result | Kelley 1939 |
| alpha | k/(k-1) (1 - sum of the variances of the questions / variance of the totals) | Cronbach 1951 |
| KR-20 | alpha of questions that are right or wrong: a variance is p(1-p) | Kuder and Richardson 1937 |
| interval of alpha | from 1 - (1-a) F(1-g/2) to 1 - (1-a) F(g/2), F with n-1 and (n-1)(k-1) degrees | Feldt 1965 |
| SEM | standard deviation of the totals times sqrt(1 - alpha) | usual |

Nothing is told of fewer than `LEAST` candidates; of fewer than `FEW` it is called uncertain.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.exams.rules.quantiles import f_quantile

LEAST: Final = 5
FEW: Final = 30
KELLEY: Final = 0.27
LEVEL: Final = 0.95
THIRDS: Final = 3  # 0 the lower third, 1 the middle, 2 the upper
FULL, PART, WRONG, BLANK = "full", "part", "wrong", "blank"
OUTCOMES: Final = {
    FULL: N_("all the points"),
    PART: N_("a part of the points"),
    WRONG: N_("no points"),
    BLANK: N_("not answered"),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What one candidate made of one question."""

    share: float
    points: float
    outcome: str
    chosen: tuple[str, ...] = ()


Work = Mapping[str, Reply]  # of one candidate, by question


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Whole:
    """What the test as a whole tells, of those who were asked the same questions. None: nothing can be said."""

    people: int
    questions: int
    most: float  # points
    mean: float
    deviation: float | None  # of the totals, in points, n - 1 in the denominator
    alpha: float | None
    dichotomous: bool  # then alpha is KR-20
    interval: Interval | None
    error: float | None  # the standard error of measurement, in points


@dataclass(frozen=True)
class Told:
    """What a question tells. `choices` and `outcomes` count, for each third, who did what."""

    question: str
    people: int
    difficulty: float
    discrimination: float | None
    upper_lower: float | None
    thirds: tuple[int, int, int]
    outcomes: Mapping[str, tuple[int, int, int]]
    choices: Mapping[str, tuple[int, int, int]]


# ---- sums


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean of at least one value."""
    return math.fsum(values) / len(values)


def variance(values: Sequence[float]) -> float:
    """The variance with n - 1 in the denominator; 0 of a single value."""
    if len(values) < 2:
        return 0.0
    middle = mean(values)
    return math.fsum((one - middle) ** 2 for one in values) / (len(values) - 1)


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's correlation. None where one of the two does not vary: then there is none."""
    middle, other = mean(left), mean(right)
    spread = math.fsum((one - middle) ** 2 for one in left), math.fsum((one - other) ** 2 for one in right)
    if min(spread) < 1e-12:
        return None
    shared = math.fsum((one - middle) * (two - other) for one, two in zip(left, right, strict=True))
    return max(-1.0, min(1.0, shared / math.sqrt(spread[0] * spread[1])))


# ---- the whole test


def alpha_of(columns: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of the points of each question, a column each, over the same candidates.

    None with fewer than two questions or where the totals do not vary.
    """
    if len(columns) < 2:
        return None
    totals = [math.fsum(row) for row in zip(*columns, strict=True)]
    whole = variance(totals)
    if whole < 1e-12:
        return None
    k = len(columns)
    return k / (k - 1) * (1 - math.fsum(variance(column) for column in columns) / whole)


def feldt_interval(alpha: float, *, people: int, questions: int, level: float = LEVEL) -> Interval | None:
    """The confidence interval of alpha after Feldt (1965), as written in Feldt, Woodruff and Salih (1987), formulas
    6 and 7: 1 - (1 - alpha) F, F the quantiles with people - 1 and (people - 1)(questions - 1) degrees of freedom.

    None where there are fewer than two of either.
    """
    if people < 2 or questions < 2:
        return None
    degrees = people - 1, (people - 1) * (questions - 1)
    tail = (1 - level) / 2
    return Interval(
        1 - (1 - alpha) * f_quantile(1 - tail, *degrees),
        1 - (1 - alpha) * f_quantile(tail, *degrees),
    )


def whole_of(works: Sequence[Work]) -> Whole:
    """What the test tells of candidates who were all asked the same questions."""
    questions = sorted(works[0])
    columns = [[work[one].share * work[one].points for work in works] for one in questions]
    totals = [math.fsum(row) for row in zip(*columns, strict=True)]
    alpha = alpha_of(columns)
    deviation = math.sqrt(variance(totals)) if len(works) > 1 else None
    return Whole(
        people=len(works),
        questions=len(questions),
        most=math.fsum(works[0][one].points for one in questions),
        mean=mean(totals),
        deviation=deviation,
        alpha=alpha,
        dichotomous=all(work[one].share in (0.0, 1.0) for work in works for one in questions)
        and len({work[one].points for work in works for one in questions}) == 1,
        interval=None if alpha is None else feldt_interval(alpha, people=len(works), questions=len(questions)),
        error=None if alpha is None or deviation is None else deviation * math.sqrt(max(0.0, 1 - alpha)),
    )


def wholes(works: Iterable[Work]) -> list[Whole]:
    """The same for each set of questions that was asked, the largest group first; too small groups are left out.

    Variants that shuffle the same questions are one set; variants drawn with other questions are tests of their own.
    """
    groups: dict[frozenset[str], list[Work]] = defaultdict(list)
    for work in works:
        groups[frozenset(work)].append(work)
    found = [whole_of(group) for asked, group in groups.items() if asked and len(group) >= LEAST]
    return sorted(found, key=lambda one: (-one.people, -one.questions, one.mean))


# ---- questions


def thirds_of(results: Sequence[float]) -> list[int]:
    """The third of each candidate, 0 to 2, by their result. Equal results stay in one third: that of their middle."""
    order = sorted(results)
    places: dict[float, tuple[int, int]] = {}
    for at, one in enumerate(order):
        places[one] = (places.get(one, (at, at))[0], at)
    middle = {one: (first + last + 1) / 2 / len(order) for one, (first, last) in places.items()}
    return [min(THIRDS - 1, int(middle[one] * THIRDS)) for one in results]


def upper_lower_of(shares: Sequence[float], results: Sequence[float]) -> float | None:
    """Kelley's index: the mean share of the upper 27 % less that of the lower 27 %, by their whole result.

    Where equal results stand on both sides of the cut, each counts with the part that fills the group, so that the
    order of the list does not matter. None where all results are equal.
    """
    size = KELLEY * len(results)
    if len(set(results)) < 2:
        return None
    by_result: dict[float, list[float]] = defaultdict(list)
    for share, result in zip(shares, results, strict=True):
        by_result[result].append(share)
    means = []
    for backwards in (True, False):
        left, found = size, 0.0
        for result in sorted(by_result, reverse=backwards):
            taken = min(left, len(by_result[result]))
            found += taken * mean(by_result[result])
            left -= taken
            if left <= 0:
                break
        means.append(found / size)
    return means[0] - means[1]


def told_of(question: str, works: Sequence[Work], results: Sequence[float], rests: Sequence[float]) -> Told:
    """What a question tells, of those who were asked it; `results` with the question, `rests` without it."""
    replies = [work[question] for work in works]
    shares = [one.share for one in replies]
    thirds = thirds_of(results)
    outcomes: dict[str, list[int]] = {name: [0, 0, 0] for name in OUTCOMES}
    choices: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for reply, third in zip(replies, thirds, strict=True):
        outcomes[reply.outcome][third] += 1
        for letter in reply.chosen:
            choices[letter][third] += 1
    sizes = Counter(thirds)
    return Told(
        question=question,
        people=len(replies),
        difficulty=mean(shares),
        discrimination=correlation(shares, rests),
        upper_lower=upper_lower_of(shares, results),
        thirds=(sizes[0], sizes[1], sizes[2]),
        outcomes={name: (found[0], found[1], found[2]) for name, found in outcomes.items()},
        choices={letter: (found[0], found[1], found[2]) for letter, found in sorted(choices.items())},
    )


def analyse(works: Sequence[Work]) -> list[Told]:
    """What each question tells; those that fewer than `LEAST` candidates were asked are left out."""
    asked: dict[str, list[int]] = defaultdict(list)
    sums: list[tuple[float, float]] = []
    for place, work in enumerate(works):
        for question in work:
            asked[question].append(place)
        sums.append(
            (
                math.fsum(one.share * one.points for one in work.values()),
                math.fsum(one.points for one in work.values()),
            )
        )
    whole = [round(got / most, 9) if most else 0.0 for got, most in sums]  # equal work is an equal result
    found = []
    for question, places in asked.items():
        if len(places) < LEAST:
            continue
        of = [works[place] for place in places]
        rests = []
        for place in places:
            got, most = sums[place]
            reply = works[place][question]
            left = most - reply.points
            rests.append((got - reply.share * reply.points) / left if left > 1e-9 else 0.0)
        found.append(told_of(question, of, [whole[place] for place in places], rests))
    return found


# ---- in plain words

HARD: Final = 0.2
EASY: Final = 0.95
WEAK: Final = 0.1
STRONG: Final = 0.3
SENTENCES: Final = {  # in the order in which they are said; the first is what matters most
    "key": N_("Those who knew most chose %(chosen)s, the key says %(right)s: check the key."),
    "against": N_("Those who knew less did better than those who knew more: check the key and the words."),
    "nobody": N_("Nobody got it right: check the key, or whether it was taught."),
    "everybody": N_("Everybody got it right: it tells nobody apart."),
    "weak": N_("It hardly tells those who know from those who do not."),
    "hard": N_("Very hard: %(share)s of the points were earned. Check whether it was taught."),
    "easy": N_("Very easy: %(share)s of the points were earned."),
    "unchosen": N_("Nobody chose %(letters)s: a wrong choice that nobody believes does no work."),
    "good": N_("It tells those who know from those who do not well."),
    "fair": N_("Nothing is wrong with it."),
}


@dataclass(frozen=True)
class Finding:
    """A sentence about a question: its name in `SENTENCES`, and letters of the bank or a share for its places."""

    name: str
    letters: Mapping[str, tuple[str, ...]]
    share: float | None = None

    @property
    def urgent(self) -> bool:
        """Whether somebody should look at the question before the results are used."""
        return self.name in {"key", "against", "nobody"}


def findings_of(told: Told, options: Mapping[str, float]) -> list[Finding]:
    """What to say of a question, the weightiest first. `options`: the share each letter of the bank earns; {} where
    there is nothing to choose."""
    found: list[Finding] = []
    right = tuple(letter for letter, share in sorted(options.items()) if share > 0)
    if chosen := _better_than_key(told, options, right):
        found.append(Finding("key", {"chosen": chosen, "right": right}))
    elif told.discrimination is not None and told.discrimination < 0 and (told.upper_lower or 0) < 0:
        found.append(Finding("against", {}))
    if told.difficulty <= 0 and not found:
        found.append(Finding("nobody", {}))
    elif told.difficulty >= 1:
        found.append(Finding("everybody", {}))
    elif told.discrimination is not None and 0 <= told.discrimination < WEAK and not found:
        found.append(Finding("weak", {}))
    if 0 < told.difficulty < HARD:
        found.append(Finding("hard", {}, told.difficulty))
    elif EASY < told.difficulty < 1:
        found.append(Finding("easy", {}, told.difficulty))
    unchosen = tuple(
        letter for letter, share in sorted(options.items()) if share <= 0 and not sum(told.choices.get(letter, (0,)))
    )
    if unchosen and told.people >= FEW and told.difficulty < 1:
        found.append(Finding("unchosen", {"letters": unchosen}))
    if not found:
        strong = told.discrimination is not None and told.discrimination >= STRONG
        found.append(Finding("good" if strong else "fair", {}))
    return found


def _better_than_key(told: Told, options: Mapping[str, float], right: Sequence[str]) -> tuple[str, ...]:
    """The one wrong choice that the upper third took more often than any other and any right one, and at least as
    readily as the lower third did: then it draws those who know. () where there is none."""
    if not right or told.thirds[2] < 2:
        return ()
    best = max(told.choices.get(letter, (0, 0, 0))[2] for letter in right)
    wrong = {letter: counts for letter, counts in told.choices.items() if options.get(letter, 0) <= 0}
    most = max((counts[2] for counts in wrong.values()), default=0)
    drawn = [letter for letter, counts in wrong.items() if counts[2] == most]
    if most <= best or len(drawn) > 1 or wrong[drawn[0]][2] * told.thirds[0] < wrong[drawn[0]][0] * told.thirds[2]:
        return ()
    return (drawn[0],)


RELIABILITY: Final = (  # from which alpha on, and what it means
    (0.8, N_("The test is reliable: a second one of its kind would put people in much the same order.")),
    (0.7, N_("Reliable enough for a test in class. Decide about single people by more than this test alone.")),
    (0.5, N_("The marks are rough: do not rank people whose marks lie close together.")),
    (-math.inf, N_("The marks say little about single people: ask more questions, and mend those named below.")),
)


def reliability_words(alpha: float) -> str:
    """What this alpha means for a lecturer (a msgid)."""
    return next(words for least, words in RELIABILITY if alpha >= least)


def as_json(works: Sequence[Work]) -> dict[str, Any]:
    """Everything that can be told, as it is kept: plain numbers and texts."""
    return {
        "people": len(works),
        "wholes": [
            {
                "people": one.people,
                "questions": one.questions,
                "most": one.most,
                "mean": one.mean,
                "deviation": one.deviation,
                "alpha": one.alpha,
                "dichotomous": one.dichotomous,
                "interval": None if one.interval is None else [one.interval.low, one.interval.high],
                "error": one.error,
            }
            for one in wholes(works)
        ],
        "questions": {
            one.question: {
                "people": one.people,
                "difficulty": one.difficulty,
                "discrimination": one.discrimination,
                "upper_lower": one.upper_lower,
                "thirds": list(one.thirds),
                "outcomes": {name: list(counts) for name, counts in one.outcomes.items()},
                "choices": {letter: list(counts) for letter, counts in one.choices.items()},
            }
            for one in analyse(works)
        },
    }


def told_from(question: str, kept: Mapping[str, Any]) -> Told:
    """What `as_json` wrote of a question."""

    def three(counts: Sequence[int]) -> tuple[int, int, int]:
        low, middle, high = counts
        return low, middle, high

    return Told(
        question=question,
        people=kept["people"],
        difficulty=kept["difficulty"],
        discrimination=kept["discrimination"],
        upper_lower=kept["upper_lower"],
        thirds=three(kept["thirds"]),
        outcomes={name: three(counts) for name, counts in kept["outcomes"].items()},
        choices={letter: three(counts) for letter, counts in kept["choices"].items()},
    )
