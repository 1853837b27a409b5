"""After a workshop: minutes in the official form, beside the workshop before; a pack for sites that were down."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal

import factories as make
import pytest
from django.urls import reverse
from docx import Document as Word
from workshops.held import BEFORE, T0, site, workshop
from workshops.test_before import item
from workshops.test_workshops import browser, refusal

from lantoa.directory.models import Role
from lantoa.office.actions.documents import enter_number
from lantoa.office.models import Document
from lantoa.presence.models import Attendance, Gathering
from lantoa.workshops.actions.crediting import credit_hours
from lantoa.workshops.actions.minutes import draft_minutes
from lantoa.workshops.actions.workshops import change_state
from lantoa.workshops.models import AgendaItem, Poll, Question, Reply, RollCall, SiteReport, Workshop
from lantoa.workshops.queries import minutes
from lantoa.workshops.queries.minutes import Head, minutes_of, minutes_paper
from lantoa.workshops.rules.words import LIVE, OVER, READY

pytestmark = pytest.mark.django_db
HEAD = Head("UBND tỉnh Một", "", "UBND", "Một", "Nguyễn Văn Chủ", "Trần Thị Thư")


def over(made: Workshop) -> Workshop:
    for state in (READY, LIVE, OVER):
        made = change_state(by=make.BY, workshop=made, to=state, at=BEFORE)
    return made


def called(made: Workshop, *reports: tuple[str, str, int | None]) -> None:
    """A roll that was called: what each site (by its code) reported."""
    roll = RollCall.objects.create(workshop=made, number=1, mode="together", opened_at=T0, closed_at=T0)
    for code, state, people in reports:
        SiteReport.objects.create(
            roll_call=roll,
            site=made.sites.get(code=code),
            state=state,
            people=people,
            how="site",
            nonce=f"nonce{code}",
            at=T0,
            by="machine:test",
        )


def said(made: Workshop) -> str:
    """All words of the minutes, as the .docx holds them."""
    page = browser(Role.PROGRAMME_OFFICER, made.unit).get(reverse("workshops:minutes_file", args=[made.key, "docx"]))
    word = Word(io.BytesIO(page.content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])


def test_minutes_say_who_was_there_what_was_planned_and_what_came_before() -> None:
    before = workshop()
    site(before, "A")
    made = workshop(before.unit, previous=before)
    site(made, "A", name="Tỉnh Một", expected=50)
    site(made, "B", name="Xin-ga-po", country="SG", zone="Asia/Singapore", expected=10)
    site(made, "C", name="Xã Ba")
    part = item(made, "Khai mạc", 0, speaker="Ông Một")
    AgendaItem.objects.filter(pk=part.pk).update(started_at=T0, ended_at=T0 + timedelta(minutes=31))
    called(made, ("A", "present", 48), ("B", "late", 9))
    over(made)

    draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)

    words = said(made)
    for one in (
        "3 điểm cầu tại 2 quốc gia (Xin-ga-po, Việt Nam)",
        "múi giờ khác: Singapore (UTC+8)",
        "1 điểm cầu có mặt, 1 đến muộn, 0 gặp sự cố kỹ thuật, 0 vắng, 1 không báo cáo",
        "Số người tham dự do các điểm cầu báo cáo: 57",
        "thêm 2 điểm cầu, bớt 0 điểm cầu; số người tham dự lần trước: 0",
        "08:00-08:31",
        "không báo cáo",
        "CHỦ TRÌ",
        "Trần Thị Thư",
    ):
        assert one in words


def test_minutes_are_made_when_it_is_over_and_anew_until_they_have_a_number() -> None:
    made = workshop(state="live")
    assert refusal(lambda: draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)) == (
        "Cannot make the minutes of Hội thảo chuyển đổi số: it is not over."
    )
    change_state(by=make.BY, workshop=made, to=OVER, at=T0)

    first = draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)
    assert draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0) == first
    assert Document.objects.count() == 1
    enter_number(by=make.BY, document=first, number=5, dated=T0.date(), at=T0)
    assert refusal(lambda: draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)).startswith("Cannot")


def test_a_part_more_is_a_function_more() -> None:
    made = over(workshop())
    more = minutes.Section("Câu hỏi", (minutes.Clause("Không có."),))
    minutes.PARTS.append(lambda of: [more])
    try:
        assert minutes_paper(made, HEAD).parts[-1] == more
    finally:
        minutes.PARTS.pop()


def test_questions_and_polls_stand_in_the_minutes_without_those_who_asked() -> None:
    made = workshop()
    where = site(made, "A", name="Tỉnh Một")
    asked = Question.objects.create(
        workshop=made, site=where, person=make.person("Trần Hỏi"), language="vi", text="Bao giờ xong?", asked_at=T0
    )
    Question.objects.filter(pk=asked.pk).update(state="answered")
    Reply.objects.create(
        question=asked, language="vi", text="Quý tới.", stands=True, written_by="user:1", written_at=T0
    )
    Question.objects.create(workshop=made, anonymous=True, language="vi", text="Ai làm?", state="open", asked_at=T0)
    Poll.objects.create(
        workshop=made,
        position=1,
        title="Có nên làm ngay?",
        options=[{"vi": "Có"}, {"vi": "Không"}],
        voices="sites",
        state="closed",
        opened_at=T0,
        closed_at=T0,
    )
    over(made)
    draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)

    words = said(made)
    for one in (
        "Bao giờ xong? (Tỉnh Một)",
        "Trả lời: Quý tới.",
        "Chưa trả lời: Ai làm?",
        "Có nên làm ngay?",
        "Có: 0.",
    ):
        assert one in words
    assert "Trần Hỏi" not in words


def test_the_page_after_a_workshop_compares_and_leads_to_the_minutes() -> None:
    before = workshop()
    made = over(workshop(before.unit, previous=before))
    client = browser(Role.PROGRAMME_OFFICER, made.unit)
    page = reverse("workshops:after", args=[made.key])

    assert "Make the minutes" in client.get(page).content.decode()
    form = {"issuer": "UBND", "code": "UBND", "place": "Một", "chair": "Một", "secretary": "Hai"}
    assert client.post(reverse("workshops:make_minutes", args=[made.key]), form).status_code == 302

    assert "Make the minutes anew" in client.get(page).content.decode()
    assert minutes_of(made) is not None
    pdf = client.get(reverse("workshops:minutes_file", args=[made.key, "pdf"]))
    assert pdf.content[:5] == b"%PDF-"
    packed = b"".join(client.get(reverse("workshops:pack", args=[made.key])).streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["bien-ban.pdf"]


def test_whoever_answers_for_a_site_gets_the_minutes_with_their_number() -> None:
    made = workshop()
    operator = make.person()
    site(made, operator=operator)
    over(made)
    pack = reverse("workshops:pack", args=[made.key])
    clients = (browser(who=operator), browser(Role.PROGRAMME_OFFICER, made.unit))

    def packed() -> list[list[str]]:
        answers = [b"".join(client.get(pack).streaming_content) for client in clients]  # type: ignore[attr-defined]
        return [zipfile.ZipFile(io.BytesIO(one)).namelist() for one in answers]

    draft = draft_minutes(by=make.BY, workshop=made, head=HEAD, at=T0)
    assert packed() == [[], ["bien-ban.pdf"]]

    enter_number(by=make.BY, document=draft, number=5, dated=T0.date(), at=T0)
    assert packed() == [["bien-ban.pdf"], ["bien-ban.pdf"]]


# ---- hours


def test_learners_who_checked_in_at_a_site_stand_in_the_roll_of_their_meeting() -> None:
    made = workshop()
    here = site(made)
    meeting = make.meeting(make.training_class(make.programme(made.unit)), T0, hours=3)
    learner, other, stranger = make.person(), make.person(), make.person()
    for person in (learner, other):
        make.enrolment(meeting.training_class, person)
    gathering = Gathering.objects.create(
        source=f"workshops.site:{here.key}", during=made.during, code_secret=b"s" * 32
    )
    for person in (learner, stranger):
        Attendance.objects.create(
            gathering=gathering, person=person, state="partial", share="0.5", how="code", at=T0, by="machine:test"
        )
    credit = {"by": make.BY, "workshop": made, "meeting": meeting, "at": T0}
    assert refusal(lambda: credit_hours(**credit)) == (
        "Cannot credit hours for Hội thảo chuyển đổi số: it is not over."
    )
    over(made)

    assert credit_hours(**credit) == 1
    assert credit_hours(**credit) == 1

    lines = list(meeting.gathering.attendance.values_list("person", "state", "share"))
    assert lines == [(learner.pk, "partial", Decimal("0.50"))]


def test_the_meeting_is_chosen_among_those_in_the_hours_of_the_workshop() -> None:
    made = over(workshop())
    lessons = make.training_class(make.programme(made.unit))
    then = make.meeting(lessons, T0, hours=3)
    make.meeting(lessons, T0 + timedelta(days=3))
    client = browser(Role.PROGRAMME_OFFICER, made.unit)
    page = reverse("workshops:credit", args=[made.key])

    shown = client.get(page).content.decode()
    assert shown.count('type="radio"') == 1
    assert then.key in shown
    assert client.post(page, {"meeting": then.key}).status_code == 302
