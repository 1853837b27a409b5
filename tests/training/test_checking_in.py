"""Checking in by the code on the wall: forty phones, strangers, photographs, people who sign in late."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from training.held import BY

from lantoa.accounts import rules
from lantoa.accounts.actions import issue_link
from lantoa.accounts.models import PersonalLink
from lantoa.directory.models import Person, Role
from lantoa.presence import actions as presence
from lantoa.presence.models import Attendance
from lantoa.presence.rules import code_at
from lantoa.training.models import Meeting, TrainingClass

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def meeting(now: datetime) -> Meeting:
    """A meeting that began ten minutes ago; its code is on the wall."""
    lecturer = factories.person("Trần Giảng")
    made = factories.meeting(
        factories.training_class(code="Q9-1"), now - timedelta(minutes=10), hours=3, lecturer=lecturer
    )
    factories.user(Role.LECTURER, on=made.training_class.unit, is_person=lecturer)
    presence.open_code(by=BY, gathering=made.gathering, at=now - timedelta(minutes=10))
    made.gathering.refresh_from_db()
    return made


def learner(of: TrainingClass | None, name: str = "") -> Person:
    who = factories.person(name)
    factories.user(Role.LEARNER, on=of.unit if of else factories.unit(), is_person=who)
    if of:
        factories.enrolment(of, who, enrolled_at=datetime(2020, 1, 1, tzinfo=UTC))
    return who


def phone(who: Person | None = None) -> Client:
    made = Client(REMOTE_ADDR="203.0.113.9")
    made.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    if who and who.user:
        made.force_login(who.user)
    return made


def code(meeting: Meeting, ago: int = 0) -> str:
    gathering = meeting.gathering
    return code_at(bytes(gathering.code_secret), timezone.now() - timedelta(seconds=ago), gathering.code_seconds)


def address(meeting: Meeting, digits: str) -> str:
    return reverse("training:here", args=[meeting.gathering.key, digits])


def test_forty_phones_behind_one_address_check_in_by_their_personal_links(meeting: Meeting) -> None:
    people = [learner(meeting.training_class) for _ in range(40)]
    links = [
        issue_link(by=BY, user=who.user, kind=PersonalLink.Kind.LINK, at=timezone.now()) for who in people if who.user
    ]
    began = timezone.now()
    for issued in links:
        client = phone()
        entered = client.post(reverse("accounts:personal_link", args=[issued.token]))
        assert entered.status_code == 302
        answer = client.get(address(meeting, code(meeting)))
        assert (answer.status_code, "You are here" in answer.content.decode()) == (200, True)
    assert timezone.now() - began < timedelta(minutes=2)
    assert Attendance.objects.filter(gathering=meeting.gathering, state="present", how="code").count() == 40


def test_someone_of_another_class_is_refused(meeting: Meeting) -> None:
    stranger = learner(factories.training_class())
    answer = phone(stranger).get(address(meeting, code(meeting)))
    assert answer.status_code == 409
    assert answer.context["reason"] == "Cannot check in: you are not in this class. Ask the lecturer to add you."
    assert Attendance.objects.count() == 0


def test_an_account_without_a_person_is_refused_in_words(meeting: Meeting) -> None:
    client = phone()
    client.force_login(factories.user(Role.AUDITOR, on=meeting.training_class.unit))
    assert client.get(address(meeting, code(meeting))).status_code == 409


def test_after_a_refusal_ones_own_page_opens_again(meeting: Meeting) -> None:
    client = phone(learner(factories.training_class()))
    client.get(address(meeting, code(meeting)))
    assert client.get(reverse("training:me")).status_code == 200


def test_a_forwarded_photograph_of_the_code_is_refused(meeting: Meeting) -> None:
    digits = code(meeting, ago=60)
    answer = phone(learner(meeting.training_class)).get(address(meeting, digits))
    assert answer.status_code == 409
    assert answer.context["reason"] == (
        f"Cannot check in: the code {digits} is not, or no longer, on the wall. Take the one shown now."
    )


def test_a_code_that_is_not_shown_any_more_is_refused(meeting: Meeting) -> None:
    presence.close_code(by=BY, gathering=meeting.gathering, at=timezone.now())
    answer = phone(learner(meeting.training_class)).get(address(meeting, code(meeting)))
    assert answer.context["reason"] == "Cannot check in: the code of this meeting is not being shown now."


def test_whoever_signs_in_after_reading_the_code_counts_from_the_reading(meeting: Meeting) -> None:
    who, client = learner(meeting.training_class), phone()
    assert who.user
    answer = client.get(address(meeting, code(meeting)))
    assert answer.headers["Location"].startswith(reverse("accounts:sign_in"))
    read = client.session["presence.seen_code"][1]
    told = [str(message) for message in client.get(answer.headers["Location"]).context["messages"]]
    assert told == [
        "The code is read. Sign in within 10 minutes, and you count from "
        f"{timezone.localtime(datetime.fromisoformat(read)):%H:%M} on."
    ]
    issued = issue_link(by=BY, user=who.user, kind=PersonalLink.Kind.LINK, at=timezone.now())
    client.post(reverse("accounts:personal_link", args=[issued.token]))
    answer = client.get(reverse("web:home"), follow=True)
    assert "You are here" in answer.content.decode()
    assert Attendance.objects.get().at == datetime.fromisoformat(read)


def test_a_code_read_long_before_signing_in_no_longer_counts(meeting: Meeting) -> None:
    client = phone()
    client.get(address(meeting, code(meeting)))
    session = client.session
    session["presence.seen_code"] = [meeting.gathering.key, (timezone.now() - timedelta(minutes=11)).isoformat()]
    session.save()
    who = learner(meeting.training_class)
    assert who.user
    client.force_login(who.user)
    assert client.get(address(meeting, "000000")).status_code == 409


def test_the_six_digits_can_be_typed(meeting: Meeting) -> None:
    who = learner(meeting.training_class)
    digits = code(meeting)
    answer = phone(who).post(reverse("training:type_code"), {"digits": f"{digits[:3]} {digits[3:]}"})
    assert answer.status_code == 200
    assert Attendance.objects.get().person == who


def test_typed_digits_without_an_open_meeting_are_refused(meeting: Meeting) -> None:
    who = learner(factories.training_class())
    answer = phone(who).post(reverse("training:type_code"), {"digits": code(meeting)}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "Cannot check in: no meeting of yours shows a code now."
    ]


def test_whoever_comes_late_is_counted_for_the_rest(meeting: Meeting, now: datetime) -> None:
    late = factories.meeting(factories.training_class(), now - timedelta(hours=5, minutes=10), hours=10)
    presence.open_code(by=BY, gathering=late.gathering, at=now)
    late.gathering.refresh_from_db()
    line = phone(learner(late.training_class)).get(address(late, code(late))).context["line"]
    assert (line.state, line.share) == ("partial", Decimal("0.48"))


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_digits_cannot_be_guessed_by_trying_them_all(
    meeting: Meeting, signed_in: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PER_ADDRESS", rules.Limit(20, rules.WINDOW))
    client = phone(learner(meeting.training_class)) if signed_in else phone()
    client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    wrong = next(
        digits for digits in ("000000", "111111", "222222") if digits not in (code(meeting), code(meeting, 1))
    )
    for _ in range(20):
        client.get(address(meeting, wrong))
    answer = client.get(address(meeting, code(meeting)))
    assert answer.status_code == 409
    assert str(answer.context["reason"]).startswith("Too many tries have failed: try again after ")


def test_a_right_code_is_no_failed_try(meeting: Meeting) -> None:
    client = phone(learner(meeting.training_class))
    assert {client.get(address(meeting, code(meeting))).status_code for _ in range(22)} == {200}


@pytest.fixture
def lecturer(meeting: Meeting) -> Client:
    return phone(meeting.lecturer)


def test_the_wall_shows_the_code_of_the_moment_and_renews_itself(meeting: Meeting, lecturer: Client) -> None:
    learner(meeting.training_class)
    answer = lecturer.get(reverse("training:wall", args=[meeting.key]))
    shown = answer.context["digits"].replace(" ", "")
    assert shown in (code(meeting), code(meeting, ago=20))
    assert (answer.headers["Refresh"], answer.headers["Cache-Control"]) == ("5", "no-store")
    assert "0 of 1 here" in answer.content.decode()


def test_the_roll_is_called_in_one_tap(meeting: Meeting, lecturer: Client) -> None:
    one, two = (learner(meeting.training_class) for _ in range(2))
    page = lecturer.get(reverse("training:roll_call", args=[meeting.key])).content.decode()
    assert page.count('value="present" checked') == 2
    lecturer.post(
        reverse("training:roll_call", args=[meeting.key]), {f"p-{one.key}": "present", f"p-{two.key}": "absent"}
    )
    meeting.gathering.refresh_from_db()
    assert (meeting.gathering.held, [line.state for line in Attendance.objects.order_by("id")]) == (
        True, ["present", "absent"],
    )  # fmt: skip


def test_a_correction_shows_what_stood_there_before(meeting: Meeting, lecturer: Client) -> None:
    who = learner(meeting.training_class)
    presence.correct(by=BY, gathering=meeting.gathering, person=who, state="leave", reason="ốm", at=timezone.now())
    place = reverse("training:correct", args=[meeting.key, who.key])
    lecturer.post(place, {"state": "partial", "percent": "50", "reason": "về sớm"})
    page = lecturer.get(place)
    assert [(was["words"], was["reason"]) for was in page.context["corrections"]] == [("On leave", "về sớm")]


def test_a_partial_presence_needs_its_part(meeting: Meeting, lecturer: Client) -> None:
    who = learner(meeting.training_class, "Nguyễn An")
    place = reverse("training:correct", args=[meeting.key, who.key])
    answer = lecturer.post(place, {"state": "partial", "reason": "về sớm"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Cannot correct the presence of Nguyễn An: say which part (1 to 99 percent) they attended."
    ]


@pytest.mark.parametrize("page", ["meeting", "wall", "roll_call"])
def test_a_lecturer_sees_no_meeting_of_another(meeting: Meeting, page: str) -> None:
    other = factories.person()
    factories.user(Role.LECTURER, on=meeting.training_class.unit, is_person=other)
    assert phone(other).get(reverse(f"training:{page}", args=[meeting.key])).status_code == 404
