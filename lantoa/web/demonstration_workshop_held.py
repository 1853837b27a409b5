"""What happened in the workshop of 30 September 2020 in the demonstration: roll, floor, questions, polls, minutes.

All of it is invented and says so (“minh họa”); the newspapers told only who spoke of what.
"""

import random
from datetime import date, datetime, timedelta
from typing import Final

from lantoa.common.bulk import add_rows
from lantoa.common.models import new_key
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.conclusions import conclude, report_done
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.actions.minutes import draft_minutes
from lantoa.workshops.actions.polls import close_poll, make_poll, open_poll, show_poll
from lantoa.workshops.actions.questions import answer, ask, decline, forward, let_through
from lantoa.workshops.actions.roll import call_the_roll, close_the_roll
from lantoa.workshops.models import AgendaItem, Ballot, Hand, Poll, Site, SiteBallot, Workshop
from lantoa.workshops.queries.minutes import Head
from lantoa.workshops.rules.roll import ABSENT, FAULT, LATE, PRESENT, Report

STATES: Final = {5: LATE, 23: FAULT, 31: LATE, 47: ABSENT, 66: LATE}  # by place; all others were present
SPOKE: Final = (("T58", 12), ("HCM.Q9", 9), ("T32", 11), ("SG.GT", 14))  # site, minutes
ASKED: Final = (
    # site, question, answer
    ("T09", "Xã vùng cao chưa có cáp quang thì bắt đầu chuyển đổi số từ đâu? (minh họa)",
     "Bắt đầu từ việc người dân cần nhất và làm được bằng điện thoại; đường truyền đưa vào kế hoạch năm sau."),
    ("HCM.Q9", "Cán bộ phường học ở đâu và ai cấp chứng nhận? (minh họa)",
     "Học theo lớp của quận, mỗi lớp khoảng 40 người; chứng nhận do đơn vị tổ chức cấp và tra cứu được."),
    ("T58", "Dữ liệu giữa các sở chia sẻ theo quy định nào? (minh họa)",
     "Theo Nghị định 47/2020/NĐ-CP về quản lý, kết nối và chia sẻ dữ liệu số của cơ quan nhà nước."),
    ("SG.GT", "Which services did citizens ask for first? (illustration)",
     "Registering a birth, enrolling a child and asking where a file stands."),
)  # fmt: skip
OPEN_QUESTION: Final = "Có tài liệu của diễn giả bằng tiếng Việt không? (minh họa)"
TO_A_UNIT: Final = "Kinh phí bồi dưỡng cán bộ cấp xã lấy từ nguồn nào? (minh họa)"
FROM_THE_UNIT: Final = (
    "Từ kinh phí đào tạo, bồi dưỡng hằng năm của thành phố, lập dự toán cùng kế hoạch chuyển đổi số."
)
NEEDS: Final = (
    "Đơn vị cần hỗ trợ gì trước tiên? (minh họa)",
    "What does your unit need first? (illustration)",
    (("Bồi dưỡng cán bộ", "Training"), ("Đường truyền", "Lines"), ("Dữ liệu dùng chung", "Shared data")),
)
STARTED: Final = (
    "Đơn vị đã có kế hoạch chuyển đổi số chưa? (minh họa)",
    "Does your unit have a plan already? (illustration)",
    (("Đã có", "Yes"), ("Đang làm", "In the making"), ("Chưa", "No")),
)


CONCLUDED: Final = (
    "Chuyển đổi số bắt đầu từ nhận thức và năng lực của cán bộ, công chức (minh họa).",
    "Digital transformation begins with what officials know and can do (illustration).",
)
TASKS: Final = (
    ("Lập kế hoạch bồi dưỡng chuyển đổi số cho cán bộ, công chức quý IV năm 2020 (minh họa)",
     "Plan the training of officials for the last quarter of 2020 (illustration)", date(2020, 10, 31)),
    ("Gửi tài liệu và nội dung hỏi đáp của hội thảo tới các điểm cầu (minh họa)",
     "Send the documents, questions and answers to the sites (illustration)", date(2020, 10, 15)),
)  # fmt: skip
OUTCOMES: Final = (
    "Đã ban hành kế hoạch mở bốn lớp, mỗi lớp khoảng 40 người (minh họa).",
    "Đã gửi tới 80 điểm cầu (minh họa).",
)


def reports_of(
    roll: int, sites: list[Site], states: dict[int, str], *, by: Actor, of: str, at: datetime, chance: random.Random
) -> list[Act]:
    """What each site reports of itself, a few seconds apart."""
    acts = []
    for number, site in enumerate(sites):
        state = states.get(site.place, PRESENT)
        people = 0 if state == ABSENT else max(2, round(site.expected * chance.triangular(0.7, 1.1, 0.95)))
        leaders = min(people, 2)
        said = Report(state, people, leaders, min(people - leaders, site.place % 3), new_key(), roll=roll)
        moment = at + timedelta(seconds=4 + number * 1.7)
        acts.append(Act(Kind.REPORT, of, by.actor_key, moment, site=site.key, report=said))
    return acts


def hold_it(held: Workshop, *, by: Actor, begins: datetime) -> None:
    """Roll, floor, questions and polls of a workshop that is live."""
    chance = random.Random("lantoa")
    sites = list(held.sites.order_by("place"))
    roll = call_the_roll(by=by, workshop=held, mode="together", at=begins)
    write(reports_of(roll.number, sites, STATES, by=by, of=held.key, at=begins, chance=chance))
    close_the_roll(by=by, workshop=held, at=begins + timedelta(minutes=6))
    by_code = {one.code: one for one in sites}
    _floor(held, by_code, by=by, begins=begins)
    _questions(held, by_code, by=by, at=begins + timedelta(minutes=105))
    _polls(held, sites, by=by, at=begins + timedelta(minutes=150), chance=chance)
    _conclusions(held, by=by, at=begins + timedelta(minutes=175))


def _floor(held: Workshop, by_code: dict[str, Site], *, by: Actor, begins: datetime) -> None:
    discussion = AgendaItem.objects.filter(workshop=held, position=4).first()
    at = begins + timedelta(minutes=100)
    rows = []
    for code, minutes in SPOKE:
        ends = at + timedelta(minutes=minutes)
        rows.append(
            (held.pk, by_code[code].pk, discussion.pk if discussion else None, "spoken", at - timedelta(minutes=5))
            + (by.actor_key, at - timedelta(minutes=1), at, minutes * 60, ends)
        )
        at = ends + timedelta(minutes=1)
    columns = ("workshop_id", "site_id", "item_id", "state", "raised_at", "raised_by", "invited_at", "started_at")
    add_rows(Hand, (*columns, "seconds", "ended_at"), rows)


def _questions(held: Workshop, by_code: dict[str, Site], *, by: Actor, at: datetime) -> None:
    asked = []
    for code, words, said in (*ASKED, ("T32", OPEN_QUESTION, ""), ("HCM.QTD", TO_A_UNIT, FROM_THE_UNIT)):
        site = by_code[code]
        made = ask(by=by, workshop=held, site=site, text=words, language=site.language, at=at)
        asked.append((let_through(by=by, question=made, at=at + timedelta(minutes=1)), said, site.language))
        at += timedelta(minutes=2)
    for question, said, language in asked[:-2]:
        answer(by=by, question=question, language=language, text=said, read="", publish=True, at=at)
        at += timedelta(minutes=3)
    decline(
        by=by,
        question=asked[-2][0],
        reason="Tài liệu đã đăng tại mục tài liệu của hội thảo, không cần trả lời riêng.",
        at=at,
    )
    question, said, language = asked[-1]
    due = date(2020, 10, 15)
    forwarded = forward(by=by, question=question, unit=held.unit, due_on=due, at=at, on=at.date())
    later = at + timedelta(days=9)
    answer(by=by, question=question, language=language, text=said, read="", publish=True, asked=forwarded, at=later)


def _polls(held: Workshop, sites: list[Site], *, by: Actor, at: datetime, chance: random.Random) -> None:
    polls = []
    for (title, title_en, options), voices in ((NEEDS, Poll.Voices.PEOPLE), (STARTED, Poll.Voices.SITES)):
        made = make_poll(by=by, workshop=held, title=title, title_en=title_en, options=options, voices=voices)
        polls.append(open_poll(by=by, poll=made, at=at))
    there = [one for one in sites if STATES.get(one.place) != ABSENT]
    people = [(who, one.pk) for one in there for who in (one.operator_id, one.deputy_id)]
    moment = at + timedelta(seconds=50)
    add_rows(
        Ballot,
        ("poll_id", "person_id", "site_id", "chosen", "at"),
        [(polls[0].pk, who, site, [chance.choice((0, 0, 0, 1, 2, 2))], moment) for who, site in people],
    )
    add_rows(
        SiteBallot,
        ("poll_id", "site_id", "chosen", "heads", "cast_by", "at"),
        [(polls[1].pk, one.pk, [chance.choice((0, 0, 1, 1, 2))], 0, by.actor_key, moment) for one in there],
    )
    for poll in polls:
        close_poll(by=by, poll=poll, at=at + timedelta(minutes=3))
        show_poll(by=by, poll=poll, at=at + timedelta(minutes=4))


def _conclusions(held: Workshop, *, by: Actor, at: datetime) -> None:
    conclude(by=by, workshop=held, text=CONCLUDED[0], text_en=CONCLUDED[1], at=at, on=at.date())
    for (words, words_en, due), outcome in zip(TASKS, OUTCOMES, strict=True):
        task = conclude(
            by=by,
            workshop=held,
            text=words,
            text_en=words_en,
            unit=held.unit,
            due_on=due,
            at=at,
            on=at.date(),
        )
        report_done(by=by, conclusion=task, outcome=outcome, at=at + timedelta(days=14))


def write_minutes(held: Workshop, *, by: Actor, at: datetime) -> None:
    """Its minutes, as the secretariat drafts them. Without a number: that is the clerk's."""
    head = Head(
        issuer="Ủy ban nhân dân Thành phố Hồ Chí Minh",
        superior="",
        code="UBND",
        place="Thành phố Hồ Chí Minh",
        chair="Chủ Tọa Minh Họa",
        secretary="Thư Ký Minh Họa",
    )
    draft_minutes(by=by, workshop=held, head=head, at=at)
