"""The demonstration: the four programmes of the seeds from `examples/`, and one account for each role.

Everybody in it is invented. Its passwords stand below for all to read, and open nothing beyond loopback.
"""

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantoa.accounts.actions import create_account
from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.directory.actions import import_units
from lantoa.directory.actions.people import link_user
from lantoa.directory.actions.roles import grant_role
from lantoa.directory.models import Level, Person, Role, RoleGrant, Unit
from lantoa.directory.queries.unit_files import built_in
from lantoa.directory.queries.units import unit_finder
from lantoa.ledger.rules import Machine
from lantoa.presence.models import Attendance
from lantoa.programmes.models import Programme
from lantoa.training.actions.classes import enrolled, plan_meeting
from lantoa.training.actions.results import call_roll
from lantoa.training.folder import certify, files_of, load_folder
from lantoa.training.models import Enrolment, Meeting
from lantoa.training.rules.plan import read_plan
from lantoa.web.demonstration_call import ask_for_people
from lantoa.web.demonstration_citizens import hear_citizens
from lantoa.web.demonstration_exams import hold_exams, write_questions
from lantoa.web.demonstration_feedback import say_feedback
from lantoa.web.demonstration_means import enter_acts, keep_inventory, spend_money
from lantoa.web.demonstration_people import open_a_class, record_twice
from lantoa.web.demonstration_pilots import show_pilots
from lantoa.web.demonstration_privacy import keep_desk
from lantoa.web.demonstration_readiness import hold_campaigns
from lantoa.web.demonstration_targets import set_targets
from lantoa.web.demonstration_workshop import hold_workshop
from lantoa.web.demonstration_workshop_live import hold_live_workshop

BY = Machine("demonstration")
FOLDERS = ("district-9", "bac-kan", "elp-2025", "now")
EXAMPLES = settings.BASE_DIR / "examples"
State = Attendance.State
PASSWORD = "lantoa-minh-hoa"
LEARNER = "hocvien"


@dataclass(frozen=True)
class SignIn:
    """A way in for whoever tries the demonstration."""

    role: str
    username: str
    name: str
    what: str
    password: str = PASSWORD


SIGN_INS = (
    SignIn(Role.ADMINISTRATOR, "quantri", "Quản Trị Minh Họa", N_("everything")),
    SignIn(
        Role.PROGRAMME_OFFICER, "canbo", "Cán Bộ Minh Họa", N_("programmes of Ho Chi Minh City, District 9 included")
    ),
    SignIn(Role.UNIT_COORDINATOR, "dieuphoi", "Điều Phối Minh Họa", N_("people of one ward")),
    SignIn(Role.LECTURER, "giangvien", "Giảng Viên Minh Họa", N_("the meetings of today")),
    SignIn(Role.LEARNER, LEARNER, "Học Viên Minh Họa", N_("one's own learning")),
    SignIn(Role.SITE_OPERATOR, "diemcau", "Điểm Cầu Minh Họa", N_("exam rooms and sites")),
    SignIn(Role.AUDITOR, "kiemtra", "Kiểm Tra Minh Họa", N_("the ledger")),
)


def is_loaded() -> bool:
    """Whether the demonstration stands complete in this database."""
    return User.objects.filter(username=SIGN_INS[-1].username, is_demonstration=True).exists()


def load(*, at: datetime, on: date, tell: Callable[[str], None]) -> None:
    """Loads the demonstration; whatever of it stands already stays as it is."""
    tell("units")
    import_units(by=BY, listed=built_in(), apply=True)
    for name in FOLDERS:
        report = load_folder(by=BY, folder=EXAMPLES / name, at=at, tell=partial(_tell_of, tell, name))
        if report.programme.period.upper <= on:
            certify(by=BY, programme=report.programme, at=at)
    tell("rolls")
    _call_rolls(at=at)
    _meet_today(at=at, on=on)
    tell("feedback")
    say_feedback(by=BY, programme=Programme.objects.get(code=_code_of("district-9")), on=on)
    tell("questions")
    finished, running = (Programme.objects.get(code=_code_of(name)) for name in ("district-9", "now"))
    prepared = timezone.make_aware(datetime.combine(finished.period.lower - timedelta(days=14), time(8)))
    write_questions(by=BY, programme=finished, at=prepared)
    hold_exams(by=BY, finished=finished, running=running, at=at)
    tell("workshop")
    held = hold_workshop(by=BY, folder=EXAMPLES / "workshop-2020")
    hold_live_workshop(by=BY, before=held, at=at, on=on)
    tell("readiness")
    hold_campaigns(by=BY, at=at)
    tell("accounts")
    with transaction.atomic():
        _accounts(on=on)
    with transaction.atomic():
        keep_desk(by=BY, learner=LEARNER, at=at, on=on)
    tell("call")
    _ask_for_people(at=at)
    tell("targets")
    _set_targets(at=at)
    tell("pilots")
    coordinator = RoleGrant.objects.get(user__username="dieuphoi", role=Role.UNIT_COORDINATOR, until=None)
    show_pilots(by=BY, ward=coordinator.unit, on=on)
    with transaction.atomic():
        hear_citizens(by=BY, ward=coordinator.unit, on=on)
    tell("means")
    officer = RoleGrant.objects.get(user__username="canbo", role=Role.PROGRAMME_OFFICER, until=None)
    with transaction.atomic():
        enter_acts(by=BY, city=officer.unit)
        spend_money(by=BY, at=at)
        keep_inventory(by=BY, city=officer.unit, coordinated=coordinator.unit, at=at)


def _set_targets(*, at: datetime) -> None:
    coordinator = RoleGrant.objects.get(user__username="dieuphoi", role=Role.UNIT_COORDINATOR, until=None)
    with transaction.atomic():
        set_targets(by=BY, coordinated=coordinator.unit, at=at)


def _ask_for_people(*, at: datetime) -> None:
    coordinator = RoleGrant.objects.get(user__username="dieuphoi", role=Role.UNIT_COORDINATOR, until=None)
    programme = Programme.objects.get(code=_code_of("now"))
    with transaction.atomic():
        ask_for_people(by=BY, programme=programme, ward=coordinator.unit, at=at)
        record_twice(by=BY, ward=coordinator.unit, at=at)
        open_a_class(by=BY, programme=programme, at=at)


def _tell_of(tell: Callable[[str], None], folder: str, words: str) -> None:
    tell(f"{folder}/{words}")


def _call_rolls(*, at: datetime) -> None:
    """The rolls of the running programme: of every meeting that is over but the last, left for its lecturer."""
    over = Meeting.objects.filter(
        training_class__programme__code=_code_of("now"), during__endswith__lt=at, gathering__held=False
    )
    chance = random.Random("lantoa")
    states = [State.PRESENT] * 17 + [State.LEAVE, State.ABSENT, State.ABSENT]
    meetings = list(over.select_related("training_class", "gathering").order_by("during", "id"))
    for meeting in meetings[:-1]:
        people = enrolled(meeting.training_class).order_by("id").values_list("person_id", flat=True)
        call_roll(
            by=BY, meeting=meeting, states={pk: chance.choice(states) for pk in people}, at=meeting.during.upper
        )


def _meet_today(*, at: datetime, on: date) -> None:
    """A meeting of the running programme today, so that there is a code to show and a roll to call on any day."""
    meetings = Meeting.objects.filter(training_class__programme__code=_code_of("now"), lecturer__isnull=False)
    coming = meetings.filter(during__startswith__date__gt=on).order_by("during", "id").first()
    if coming is None or meetings.filter(during__startswith__date=on).exists():
        return
    starts = at.replace(minute=0, second=0, microsecond=0)
    with contextlib.suppress(Refused):  # a public holiday: then there is none
        plan_meeting(
            by=BY,
            training_class=coming.training_class,
            topic=coming.topic,
            lecturer=coming.lecturer,
            starts=starts,
            ends=starts + timedelta(hours=3),
        )


def _accounts(*, on: date) -> None:
    finder = unit_finder()
    country = Unit.objects.get(placements__level=Level.COUNTRY, placements__period__contains=on)
    found = finder.resolve("Thành phố Hồ Chí Minh", on=on).unit
    assert found is not None
    city = Unit.objects.get(pk=found)
    running = Programme.objects.get(code=_code_of("now"))
    coming = Meeting.objects.filter(training_class__programme=running, lecturer__isnull=False)
    meeting = coming.filter(during__endswith__date__gte=on).order_by("during").first() or coming.last()
    assert meeting is not None and meeting.lecturer is not None
    learner = (
        Enrolment.objects.filter(training_class=meeting.training_class, withdrawn_at=None).order_by("id").first()
    )
    assert learner is not None
    where: dict[str, Unit] = {
        Role.ADMINISTRATOR: country,
        Role.UNIT_COORDINATOR: learner.unit,
        Role.LEARNER: learner.unit,
        Role.AUDITOR: country,
    }
    who: dict[str, Person] = {Role.LECTURER: meeting.lecturer, Role.LEARNER: learner.person}
    for one in SIGN_INS:
        if User.objects.filter(username=one.username).exists():
            continue
        person = who.get(one.role)
        user = create_account(
            by=BY,
            username=one.username,
            full_name=person.full_name if person else one.name,
            password=one.password,
            must_change_password=False,
            is_demonstration=True,
        )
        if person and person.user_id is None:
            link_user(by=BY, person=person, user=user)
        grant_role(by=BY, user=user, role=one.role, unit=where.get(one.role, city), on=on - timedelta(days=1))


def _code_of(folder: str) -> str:
    plan_file, _tables = files_of(EXAMPLES / folder)
    return read_plan(plan_file.read_text(encoding="utf-8")).programme.code


def write_sign_ins(path: Path) -> None:
    """One sign-in per role, for the server to print at its start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in SIGN_INS], ensure_ascii=False, indent=1) + "\n")
