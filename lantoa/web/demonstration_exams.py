"""Exams of the demonstration: a question bank, the tests of District 9 before and after its course with what invented
people answered, those before the course of the running programme, and an exam of a whole city that waits for its
start."""

import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from math import exp
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantoa.directory.models import Person
from lantoa.directory.queries.people import people_of
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.log import Act, Kind, write
from lantoa.exams.actions.marking import mark_sitting, publish_results
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.actions.rooms import add_room, move_candidates, name_invigilators
from lantoa.exams.actions.sittings import make_sitting
from lantoa.exams.models import Attempt, Bank, Paper, Sitting, Version
from lantoa.exams.rules.answers import FIRST, PLAIN_PAGE, Sent
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.exams.rules.formats import gift
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme
from lantoa.training.actions.exams import hold_exam
from lantoa.training.models import ClassExam, TrainingClass

TITLE = "Chuyển đổi số cho cán bộ phường"
QUESTIONS = Path("examples") / "questions" / "chuyen-doi-so.gift"
PAPER = "Kiểm tra trước và sau khóa học, Quận 9"
FINISHED = {"pre": "Kiểm tra đầu khóa {}", "post": "Kiểm tra cuối khóa {}"}
RUNNING = {"pre": "Kiểm tra đầu khóa {} (minh họa)"}
ROOMS, IN_A_ROOM = 4, 40  # of the city-wide exam
CITY_WIDE = "Kiểm tra kiến thức chuyển đổi số toàn thành phố (minh họa)"
BEFORE, AFTER = -0.7, 1.1  # how able people are on the whole, before and after
HARD = {1: -0.8, 2: 0.1, 3: 0.9}  # by the difficulty that the author gave
TOO_EASY = {"CDS-02", "CDS-05"}  # every variant holds one of them
# Those who know most choose c, though the key says a: item analysis finds it.
DOUBTFUL = ("CDS-08", "c")


def write_questions(*, by: Actor, programme: Programme, at: datetime) -> None:
    """The questions of the example file in a bank, and a paper of two variants; the same at each start."""
    unit = programme.unit
    if Bank.objects.filter(unit=unit, title=TITLE).exists():
        return
    first = programme.classes.select_related("course").order_by("code").first()
    topics = list(first.course.topics.order_by("position")) if first else []
    summary = "Câu hỏi minh họa, dùng cho bài kiểm tra trước và sau khóa học."
    bank = create_bank(by=by, title=TITLE, summary=summary, unit=unit, at=at)
    text = (settings.BASE_DIR / QUESTIONS).read_text(encoding="utf-8")
    for number, question in enumerate(gift.read(text)):
        if question.content is not None:
            aims = [(topics[number % len(topics)], "")] if topics else []
            add_question(by=by, bank=bank, content=question.content, code=question.code, aims=aims, at=at)
    easy = [Part(bank.key, difficulty=level, count=2, penalty=Fraction(0)) for level in (1, 2, 3)]
    plan = Blueprint(
        tuple(easy),
        minutes=15,
        introduction="<p>Bài kiểm tra trước và sau khóa học. Mỗi câu một điểm; câu nhiều đáp án chọn sai bị trừ.</p>",
    )
    paper = create_paper(by=by, title=PAPER, unit=unit, blueprint=plan, at=at)
    for seed in (2020, 2021):
        draw_variant(by=by, paper=paper, banks=Bank.objects.filter(pk=bank.pk), at=at, seed=seed)


def hold_exams(*, by: Actor, finished: Programme, running: Programme, at: datetime) -> None:
    """The tests of the finished programme, sat and published in their time; of the running one those before the
    course, and one for everybody that waits for its button. What stands already stays."""
    paper = Paper.objects.filter(unit=finished.unit, title=PAPER).first()
    if paper is None:
        return
    _test_classes(by, random.Random("lantoa exams"), finished, paper, FINISHED, at)
    _test_classes(by, random.Random("lantoa exams now"), running, paper, RUNNING, at)
    if not Sitting.objects.filter(unit=running.unit, title=CITY_WIDE).exists():
        people = Person.objects.filter(enrolments__training_class__programme=running, enrolments__withdrawn_at=None)
        everybody = list(people.distinct().order_by("sort_key", "pk"))
        if everybody:
            with transaction.atomic():
                waiting = make_sitting(
                    by=by, unit=running.unit, paper=paper, title=CITY_WIDE, people=everybody, minutes=30, at=at
                )
                _rooms(by, waiting, at)


def _rooms(by: Actor, waiting: Sitting, at: datetime) -> None:
    """A few rooms, each with two of the city who do not sit the exam to watch over it and the next of the list in it;
    the last of the list have no room yet."""
    rows = list(waiting.sat.order_by("pk"))
    others = people_of(waiting.unit, on=timezone.localdate(at)).exclude(pk__in=[row.person_id for row in rows])
    watching = list(others[: 2 * ROOMS])
    named = {}
    for number in range(ROOMS):
        room = add_room(by=by, sitting=waiting, unit=waiting.unit, name=f"Phòng thi số {number + 1}")
        move_candidates(by=by, room=room, attempts=rows[number * IN_A_ROOM : (number + 1) * IN_A_ROOM])
        named[room] = watching[2 * number : 2 * number + 2]
    name_invigilators(by=by, sitting=waiting, named=named)


def _test_classes(
    by: Actor, chance: random.Random, programme: Programme, paper: Paper, titles: Mapping[str, str], at: datetime
) -> None:
    """The tests of the classes whose results are known by now."""
    if not ClassExam.objects.filter(training_class__programme=programme).exists():
        with transaction.atomic():
            for one in programme.classes.order_by("code"):
                _test_class(by, chance, one, paper, titles, at)


def _test_class(
    by: Actor, chance: random.Random, one: TrainingClass, paper: Paper, titles: Mapping[str, str], at: datetime
) -> None:
    meetings = list(one.meetings.order_by("during"))
    if not meetings or not one.enrolments.filter(withdrawn_at=None).exists():
        return
    first, last = meetings[0].during.lower, meetings[-1].during.upper
    able: dict[int, float] = {}
    for purpose, title in titles.items():
        opens, lean = (first - timedelta(days=1), BEFORE) if purpose == "pre" else (last, AFTER)
        told = opens + timedelta(days=2)
        if told > at:
            continue
        exam = hold_exam(
            by=by,
            training_class=one,
            paper=paper,
            title=title.format(one.code),
            purpose=purpose,
            minutes=15,
            at=opens - timedelta(days=3),
            together=False,
            starts_at=opens,
            closes_at=opens + timedelta(hours=4),
        )
        _sit(chance, exam.sitting, able, lean)
        mark_sitting(by=by, sitting=exam.sitting, at=told)
        publish_results(by=by, sitting=exam.sitting, at=told)


def _sit(chance: random.Random, sitting: Sitting, able: dict[int, float], lean: float) -> None:
    """Nearly everybody sits it, each in an hour of their own: starts, answers question by question, hands in."""
    assert sitting.starts_at is not None
    codes = {
        key: (code, HARD.get(difficulty, 0.0))
        for key, code, difficulty in Version.objects.filter(question__bank__title=TITLE).values_list(
            "key", "question__code", "difficulty"
        )
    }
    acts: list[Act] = []
    for attempt in sitting.sat.select_related("person", "variant").order_by("pk"):
        knows = able.setdefault(attempt.person_id, chance.gauss(0, 1.1))
        if chance.random() < 0.06:
            continue
        actor = f"person:{attempt.person.key}"
        at = sitting.starts_at + timedelta(minutes=chance.randrange(3 * 60))
        acts.append(Act(Kind.START, attempt.key, actor, at))
        before = FIRST
        for number, (asked, key) in enumerate(_asked(attempt), 1):
            at += timedelta(seconds=chance.randrange(20, 100))
            answer = _answer(chance, asked, key, knows + lean, *codes[asked["id"]])
            moment = round(at.timestamp() * 1000)
            value = json.dumps(answer, ensure_ascii=False)
            sent = Sent(PLAIN_PAGE, number, asked["id"], value, moment, moment, before)
            acts.append(Act(Kind.ANSWERS, attempt.key, actor, at, (sent,)))
            before = sent.hash(attempt.key)
        acts.append(Act(Kind.HAND_IN, attempt.key, actor, at + timedelta(seconds=chance.randrange(5, 60))))
    write(acts)


def _asked(attempt: Attempt) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return [(asked, attempt.variant.keys[asked["id"]]) for asked in attempt.variant.content]


def _answer(
    chance: random.Random, asked: Mapping[str, Any], key: Mapping[str, Any], knows: float, code: str, hard: float
) -> Any:
    """What somebody of this ability answers: right as often as the logistic curve says."""
    right = chance.random() < 1 / (1 + exp(hard - 2.2 - knows if code in TOO_EASY else 1.6 * (hard - knows)))
    if code == DOUBTFUL[0] and knows > 0.8 and chance.random() < 0.75:
        return next(shown for shown, bank in key["origin"].items() if bank == DOUBTFUL[1])
    if asked["kind"] in {"single", "truefalse"}:
        return chance.choice([one for one, share in key["options"].items() if (share == "1") is right])
    if asked["kind"] == "multiple":
        good = [one for one, share in key["options"].items() if Fraction(share) > 0]
        bad = [one for one in key["options"] if one not in good]
        return sorted(good) if right else sorted([chance.choice(good), chance.choice(bad)])
    if asked["kind"] == "matching":
        lefts, rights = list(key["pairs"]), list(key["pairs"].values())
        return dict(zip(lefts, rights if right else [*rights[1:], rights[0]], strict=True))
    if right:
        return key["answers"][0]["text"]
    return chance.choice(["10", "100", "4"] if asked["kind"] == "numeric" else ["dữ liệu lớn", "dữ liệu số"])
