"""How simulated sites behave: drawn from a seed, so that the same seed is the same morning. Values in, values out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from lantoa.workshops.rules.roll import ABSENT, FAULT, LATE, PRESENT

LONGEST: Final = 75.0  # seconds from the call of the roll to the report of the slowest site
HEARD: Final = 40.0  # seconds between two signs of life of a page; the clock's own, never hurried
SUBJECTS: Final = ("chữ ký số", "kho dữ liệu dùng chung", "đường truyền của thôn", "tổ công nghệ số cộng đồng")
QUESTIONS: Final = (
    "Kinh phí đường truyền của điểm cầu lấy từ nguồn nào?",
    "Khi nào có tài liệu của phần trình bày này?",
    "Xã chưa có cán bộ chuyên trách thì giao ai làm đầu mối?",
    "Dữ liệu đã nhập ở hệ thống cũ có phải nhập lại không?",
)
QUESTIONS_EN: Final = (
    "Which standards do the shared data follow?",
    "Will the recording be published with captions?",
)
MARK: Final = "(mô phỏng)"
MARK_EN: Final = "(simulated)"


@dataclass(frozen=True, slots=True)
class Report:
    """What a site reports so many seconds after the roll was called."""

    after: float
    state: str
    people: int
    leaders: int
    guests: int


@dataclass(frozen=True, slots=True)
class Manner:
    """What one site does in a morning. Times are seconds; None: it does not do it."""

    reports: tuple[Report, ...]  # the last one stands
    hand_after: float | None
    question_after: float | None
    vote_after: float
    option: float  # 0 to 1: which of the options it takes
    check_in_after: float
    silent_from: float | None  # its line is dead from then on, for a while
    silent_for: float
    subject: str
    question: str


def manners(seed: int, expected: Sequence[tuple[int, str]]) -> list[Manner]:
    """One manner for each site, in their order; `expected`: how many people it expects, and its language."""
    return [_manner(random.Random(f"{seed}:{place}"), *one) for place, one in enumerate(expected)]


def _manner(chance: random.Random, expected: int, language: str) -> Manner:
    people = max(1, round((expected or 20) * chance.triangular(0.5, 1.15, 0.9)))
    after = min(LONGEST, 2 + chance.expovariate(1 / 14))
    lot = chance.random()
    first = _report(after, PRESENT, people, chance)
    if lot < 0.08:
        reports: tuple[Report, ...] = (_report(after, LATE, max(1, people // 3), chance), _later(first, 40, chance))
    elif lot < 0.14:
        reports = (_report(after, FAULT, people, chance), _later(first, 60, chance))
    elif lot < 0.16:
        reports = (Report(after, ABSENT, 0, 0, 0),)
    elif lot < 0.22:  # a number corrected
        reports = (first, _later(_report(after, PRESENT, people + chance.randint(1, 5), chance), 30, chance))
    else:
        reports = (first,)
    english = language == "en"
    return Manner(
        reports=reports,
        hand_after=chance.uniform(20, 420) if chance.random() < 0.35 else None,
        question_after=chance.uniform(15, 360) if chance.random() < 0.3 else None,
        vote_after=chance.uniform(1, 25),
        option=chance.betavariate(2, 3),
        check_in_after=chance.uniform(5, 90),
        silent_from=chance.uniform(60, 300) if chance.random() < 0.05 else None,
        silent_for=chance.uniform(150, 300),
        subject=f"{chance.choice(SUBJECTS)} {MARK}",
        question=f"{chance.choice(QUESTIONS_EN)} {MARK_EN}" if english else f"{chance.choice(QUESTIONS)} {MARK}",
    )


def _report(after: float, state: str, people: int, chance: random.Random) -> Report:
    leaders = min(people, chance.randint(1, 3))
    return Report(after, state, people, leaders, min(people - leaders, chance.randint(0, 4)))


def _later(report: Report, least: float, chance: random.Random) -> Report:
    after = report.after + chance.uniform(least, least * 2)
    return Report(after, report.state, report.people, report.leaders, report.guests)


# ---- pages, read as a browser reads them


@dataclass(slots=True)
class PageForm:
    """A form of a page: where it leads, its hidden fields, and the values that its boxes and buttons offer."""

    action: str
    fields: dict[str, str]
    offered: dict[str, list[str]]


MARKS: Final = frozenset({"data-ticket", "data-after", "data-roll-number", "data-roll-state"})


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[PageForm] = []
        self.marks: dict[str, str] = {}
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "hidden" not in said:
            self.marks = {name: value for name, value in said.items() if name in MARKS} | self.marks
        if tag == "form":
            self.forms.append(PageForm(said.get("action", ""), {}, {}))
            self._open = True
        elif self._open and tag in {"input", "button"} and said.get("name"):
            form = self.forms[-1]
            if said.get("type") in {"radio", "checkbox"} or tag == "button":
                form.offered.setdefault(said["name"], []).append(said.get("value", ""))
            else:
                form.fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def read_page(text: str) -> tuple[list[PageForm], dict[str, str]]:
    """The forms of a page in their order, and what its first shown marks (`MARKS`) say to its scripts."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms, reader.marks
