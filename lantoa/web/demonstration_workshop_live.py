"""A workshop that is being held when the demonstration is loaded: simulated, so that a newcomer sees a board.

Its sites are those of 2020, carried over; most have reported already. `lantoa simulate-workshop` lets them act on.
"""

import random
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from lantoa.directory.models import Unit
from lantoa.directory.queries.units import unit_finder
from lantoa.ledger.rules import Actor
from lantoa.web.demonstration_slides import show_slides
from lantoa.web.demonstration_workshop_held import reports_of
from lantoa.workshops.actions.agenda import add_item
from lantoa.workshops.actions.log import write
from lantoa.workshops.actions.polls import make_poll
from lantoa.workshops.actions.questions import ask
from lantoa.workshops.actions.roll import call_the_roll
from lantoa.workshops.actions.sites import carry_over
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import AgendaItem, Poll, Workshop
from lantoa.workshops.rules.roll import FAULT, LATE

CODE: Final = "mo-phong"
HOURS: Final = 8
REPORTED: Final = 52  # of the 80 sites
STATES: Final = {7: LATE, 19: FAULT, 38: FAULT, 41: LATE}
AGENDA: Final = (
    ("Khai mạc và điểm danh", "Opening and roll call", "vi", 30),
    ("Kết quả bồi dưỡng của các đơn vị", "What the units have learnt", "vi", 60),
    ("Trình bày từ điểm cầu Singapore", "Presentation from the sites in Singapore", "en", 60),
    ("Thảo luận giữa các điểm cầu", "Discussion between the sites", "vi", 180),
    ("Kết luận", "Conclusions", "vi", 30),
)
POLLS: Final = (
    ("Điểm cầu nghe rõ phiên dịch không? (mô phỏng)", "Is the interpreting heard well? (simulated)",
     (("Rõ", "Well"), ("Lúc được lúc mất", "On and off"), ("Không", "No"))),
    ("Lần sau họp vào buổi nào? (mô phỏng)", "Which half of the day next time? (simulated)",
     (("Sáng", "Morning"), ("Chiều", "Afternoon"))),
)  # fmt: skip
QUESTION: Final = "Tài liệu của phần vừa rồi lấy ở đâu? (mô phỏng)"


@transaction.atomic
def hold_live_workshop(*, by: Actor, before: Workshop, at: datetime, on: date) -> Workshop:
    """The workshop that is live now; nothing when it stands already."""
    found = unit_finder().resolve("Thành phố Hồ Chí Minh", on=on).unit
    city = Unit.objects.get(pk=found) if found else before.unit
    if standing := Workshop.objects.filter(unit=city, code=CODE).first():
        return standing
    begins = at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)  # so that it is on time
    made = create_workshop(
        by=by,
        unit=city,
        code=CODE,
        name="Hội thảo mô phỏng: chuyển đổi số của các địa phương",
        name_en="Simulated workshop: digital transformation of the provinces",
        begins=begins,
        ends=begins + timedelta(hours=HOURS),
        languages=["vi", "en"],
        previous=before,
        simulated=True,
        at=at,
    )
    planned = begins
    for title, title_en, language, minutes in AGENDA:
        ends = planned + timedelta(minutes=minutes)
        values = {"title": title, "title_en": title_en, "speaker": "", "speaker_en": "", "language": language}
        add_item(by=by, workshop=made, values=values, begins=planned, ends=ends, at=at)
        planned = ends
    carry_over(by=by, workshop=made, on=on, at=at)
    for state in ("ready", "live"):
        made = change_state(by=by, workshop=made, to=state, at=at)
    AgendaItem.objects.filter(workshop=made, position=1).update(started_at=at)
    roll = call_the_roll(by=by, workshop=made, mode="together", at=at)
    chance = random.Random("live")
    sites = chance.sample(list(made.sites.order_by("place")), min(REPORTED, made.sites.count()))
    write(reports_of(roll.number, sites, STATES, by=by, of=made.key, at=at, chance=chance))
    for title, title_en, options in POLLS:
        make_poll(by=by, workshop=made, title=title, title_en=title_en, options=options, voices=Poll.Voices.SITES)
    ask(by=by, workshop=made, site=sites[0], text=QUESTION, language="vi", at=at)
    show_slides(by=by, workshop=made, at=at, day=on)
    return made
