"""The privacy desk: purposes and consents, requests and their clocks, breaches and their 72 hours, retention."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factories
import pytest
from django.db import IntegrityError, transaction

from lantoa.accounts.models import PersonalLink
from lantoa.common.refused import Refused
from lantoa.directory.actions.restriction import lift_restriction, restrict_person
from lantoa.directory.models import Person, Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions import privacy as act
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.retention import days_of, forget_all_due, forget_due, set_retention
from lantoa.office.models import Breach, Consent, DataRequest, File, Import, Purpose, RetentionRun
from lantoa.office.queries.days import working_calendar
from lantoa.office.queries.files import path_of
from lantoa.office.queries.privacy import (
    agreeing,
    breach_clock,
    has_consent,
    purposes_for,
    requests_of,
    retention,
    standings,
    text_to_show,
)
from lantoa.office.queries.privacy_papers import Head, answer_paper, breach_paper
from lantoa.office.rules.papers.layout import lay_out
from lantoa.office.rules.privacy import clock
from lantoa.office.rules.register import REGISTER

pytestmark = pytest.mark.django_db
BY = factories.BY
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday 20 November 2026, 09:00 in Hà Nội
ON = date(2026, 11, 20)
HEAD = Head("Ủy ban nhân dân Quận 9", "UBND", "Quận 9", "Ủy ban nhân dân Thành phố", "Chủ tịch", "Nguyễn Văn Ký")


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return str(caught.value)


def purpose(code: str = "notices", ground: str = "consent") -> Purpose:
    return act.enter_purpose(
        by=BY,
        code=code,
        ground=ground,
        basis="Điều 9",
        data="Điện thoại",
        titles=("Báo tin", "Notices"),
        texts=("Tôi đồng ý nhận tin.", "I agree to notices."),
        since=ON,
        at=AT,
    )


def agree(person: Person, to: Purpose, **fields: Any) -> Consent:
    values: dict[str, Any] = {"agreed": True, "channel": "page", "language": "vi", "at": AT, **fields}
    text = values.pop("text", None) or to.texts.order_by("-version")[0]
    return act.give_consent(by=BY, person=person, text=text, **values)


@pytest.fixture
def ward() -> Unit:
    return factories.unit("Long Bình")


@pytest.fixture
def person(ward: Unit) -> Person:
    return factories.person("Đỗ Thị Mai", at=ward, phone="0909000111", email="mai@example.org")


class TestConsent:
    def test_is_to_one_version_of_the_text_and_counts_until_withdrawn(self, person: Person) -> None:
        to = purpose()
        given = agree(person, to)

        assert (given.text.version, given.language, has_consent(person, "notices")) == (1, "vi", True)
        act.withdraw_consent(by=BY, person=person, purpose=to, at=AT + timedelta(days=1))
        assert has_consent(person, "notices") is False
        assert Consent.objects.get().withdrawn_at == AT + timedelta(days=1)

    def test_silence_is_none(self, person: Person) -> None:
        to = purpose()
        assert refused(lambda: agree(person, to, agreed=False)) == (
            "Cannot take the consent: the box “I agree” is not ticked."
        )

    def test_is_not_asked_where_the_law_needs_none(self, person: Person) -> None:
        to = purpose("training", "state_function")
        assert refused(lambda: agree(person, to)) == (
            "Cannot take a consent to training: it rests on Điều 9 and asks nobody."
        )

    def test_to_an_old_text_is_refused_and_to_the_new_one_replaces_it(self, person: Person) -> None:
        to = purpose()
        old = to.texts.get()
        agree(person, to)
        act.word_purpose(by=BY, purpose=to, titles=("Báo tin", "Notices"), texts=("Mới.", "New."), at=AT)

        assert refused(lambda: agree(person, to, text=old)) == (
            "Cannot take the consent: the text has a newer version (2). Read it first."
        )
        (asked,) = purposes_for(person, on=ON)
        assert (asked.is_newest, asked.consent is not None) == (False, True)
        agree(person, to, at=AT + timedelta(hours=1))
        assert list(Consent.objects.order_by("pk").values_list("text__version", "withdrawn_at")) == [
            (1, AT + timedelta(hours=1)),
            (2, None),
        ]

    def test_given_twice_stays_one(self, person: Person) -> None:
        to = purpose()
        assert agree(person, to) == agree(person, to)
        with pytest.raises(IntegrityError), transaction.atomic():
            Consent.objects.create(
                person=person, purpose=to, text=to.texts.get(), given_at=AT, given_by="x", channel="page"
            )

    def test_of_an_ended_purpose_is_refused(self, person: Person) -> None:
        to = purpose()
        act.end_purpose(by=BY, purpose=to, on=ON)
        assert refused(lambda: agree(person, to)) == "Cannot take a consent to notices: it ended on 20/11/2026."
        assert refused(lambda: act.end_purpose(by=BY, purpose=to, on=ON)) == (
            "Cannot end the purpose notices: it ended on 20/11/2026."
        )
        assert (text_to_show("notices", on=ON), purposes_for(person, on=ON)) == (None, [])

    def test_that_is_not_there_cannot_be_withdrawn(self, person: Person) -> None:
        to = purpose()
        assert refused(lambda: act.withdraw_consent(by=BY, person=person, purpose=to, at=AT)) == (
            "Cannot withdraw the consent to notices: there is none."
        )

    def test_of_somebody_restricted_counts_for_nothing(self, person: Person) -> None:
        to = purpose()
        agree(person, to)
        restrict_person(by=BY, person=person, at=AT)
        assert agreeing([person.pk], "notices") == set()
        lift_restriction(by=BY, person=person)
        assert agreeing([person.pk], "notices") == {person.pk}

    def test_a_purpose_needs_a_basis_and_both_languages(self) -> None:
        texts = {"titles": ("A", "B"), "texts": ("C", "")}
        common = {"by": BY, "code": "x", "ground": "consent", "data": "d", "since": ON, "at": AT}
        assert refused(lambda: act.enter_purpose(basis=" ", **texts, **common)) == (  # type: ignore[arg-type]
            "Cannot enter the purpose x: name its legal basis."
        )
        assert refused(lambda: act.enter_purpose(basis="Điều 9", **texts, **common)) == (  # type: ignore[arg-type]
            "Cannot word the purpose x: title and text are needed in Vietnamese and in English."
        )

    def test_the_register_to_start_from_can_be_entered(self) -> None:
        from dataclasses import asdict

        for one in REGISTER:
            act.enter_purpose(by=BY, since=ON, at=AT, **asdict(one))
        asks = Purpose.objects.filter(ground="consent").order_by("pk").values_list("code", flat=True)
        assert list(asks) == ["notices", "follow-up", "open-classes"]


def ask(person: Person, kind: str, **fields: Any) -> DataRequest:
    unit = person.posts.get().unit
    return act.enter_request(by=BY, person=person, unit=unit, kind=kind, channel="paper", at=AT, **fields)


class TestClocks:
    @pytest.mark.parametrize(
        ("kind", "due"),
        [
            ("see", date(2026, 11, 30)),
            ("correct", date(2026, 11, 30)),
            ("restrict", date(2026, 12, 4)),  # 5 December is a Saturday
            ("object", date(2026, 12, 4)),
            ("delete", date(2026, 12, 10)),
        ],
    )
    def test_a_request_of_a_friday(self, person: Person, kind: str, due: date) -> None:
        made = ask(person, kind)
        # Saturday and Sunday do not count, nor does Culture Day, the 24th
        assert (made.reply_by, made.due_on) == (date(2026, 11, 25), due)

    def test_over_tet_the_answer_waits_for_working_days_and_the_rest_ends_before(self) -> None:
        times = clock("see", date(2026, 2, 12), working_calendar())  # Thursday before Tết
        assert times.reply_by == date(2026, 2, 23)
        assert times.due_on == date(2026, 2, 13)  # the 10 days end in the holidays; no reading is broken

    def test_of_a_list_take_one_query(self, person: Person, django_assert_num_queries: Any) -> None:
        requests = [ask(person, kind) for kind in ("see", "correct", "delete")]
        for some in (requests[:1], requests):
            with django_assert_num_queries(1):
                standings(some, on=ON)

    def test_first_the_answer_then_the_deed_then_nothing(self, person: Person) -> None:
        made = ask(person, "see")
        first = standings([made], on=ON)[made.pk]
        assert (first.what, first.left, first.late) == ("reply", 3, False)
        made = act.answer_request(by=BY, request=made, at=AT)
        second = standings([made], on=date(2026, 12, 1))[made.pk]
        assert (second.what, second.day, second.late) == ("due", date(2026, 11, 30), True)
        made = act.end_request(by=BY, request=made, state="done", outcome="", at=AT)
        assert standings([made], on=ON) == {}

    def test_the_next_due_stands_first(self, person: Person, ward: Unit) -> None:
        late = ask(person, "delete")
        act.answer_request(by=BY, request=late, at=AT)
        soon = ask(person, "see")
        assert list(requests_of([ward])) == [soon, late]


class TestRequests:
    def test_one_of_a_kind_at_a_time(self, person: Person) -> None:
        ask(person, "see")
        assert refused(lambda: ask(person, "see")) == (
            "Cannot enter the request: one of the same kind has been open since 20/11/2026."
        )

    def test_cannot_have_come_tomorrow(self, person: Person) -> None:
        assert refused(lambda: ask(person, "see", received_at=AT + timedelta(days=1))) == (
            "Cannot enter the request: it cannot have come after now."
        )

    def test_are_extended_once_in_time_and_with_a_reason(self, person: Person) -> None:
        made = ask(person, "see")
        assert refused(lambda: act.extend_request(by=BY, request=made, reason=" ", at=AT)) == (
            "Cannot extend the request: say why."
        )
        late = AT + timedelta(days=20)
        assert refused(lambda: act.extend_request(by=BY, request=made, reason="x", at=late)) == (
            "Cannot extend the request: it was due on 30/11/2026."
        )
        longer = act.extend_request(by=BY, request=made, reason="Phải hỏi nhà cung cấp", at=AT)
        assert longer.due_on == date(2026, 12, 10)
        assert refused(lambda: act.extend_request(by=BY, request=made, reason="x", at=AT)) == (
            "Cannot extend the request: it was extended once already."
        )

    def test_are_refused_with_a_reason_only(self, person: Person) -> None:
        made = ask(person, "delete")
        assert refused(lambda: act.end_request(by=BY, request=made, state="refused", outcome="", at=AT)) == (
            "Cannot refuse the request: say why, with the article of the law."
        )
        ended = act.end_request(by=BY, request=made, state="refused", outcome="Điều 14 khoản 2", at=AT)
        assert (ended.state, ended.answered_at) == ("refused", AT)
        assert refused(lambda: act.answer_request(by=BY, request=made, at=AT)) == (
            "Cannot change the request: it ended on 20/11/2026."
        )

    def test_leave_no_words_in_the_ledger(self, person: Person) -> None:
        ask(person, "delete", words="Đỗ Thị Mai muốn xóa")
        assert all("Mai" not in str(about) for about in Entry.objects.values_list("about", flat=True))

    def test_are_answered_by_a_paper_that_says_what_was_done(self, person: Person) -> None:
        made = act.end_request(
            by=BY, request=ask(person, "delete"), state="refused", outcome="Đang trong vụ kiện (Điều 14)", at=AT
        )
        said = text_of(answer_paper(made, HEAD, name=person.full_name))
        assert "Trả lời yêu cầu xóa dữ liệu cá nhân" in said
        assert "nhận được yêu cầu xóa dữ liệu cá nhân của ông (bà) Đỗ Thị Mai" in said
        assert "Yêu cầu không được thực hiện. Ngày kết thúc: 20/11/2026." in said
        assert "Đang trong vụ kiện (Điều 14)." in said


def text_of(paper: Any) -> str:
    return "\n".join(str(item) for sheet in lay_out(paper) for item in sheet.flow)


class TestRestriction:
    def test_takes_name_and_contacts_out_of_the_row_and_back(self, person: Person) -> None:
        user = factories.user(is_person=person, full_name="Đỗ Thị Mai", email="mai@example.org")
        restrict_person(by=BY, person=person, at=AT)
        person.refresh_from_db()
        user.refresh_from_db()
        assert (person.full_name, person.phone, person.email, person.birth_year) == (
            "Người được hạn chế xử lý",
            "",
            "",
            None,
        )
        assert (user.full_name, user.email) == ("Người được hạn chế xử lý", "")
        lift_restriction(by=BY, person=person)
        person.refresh_from_db()
        user.refresh_from_db()
        assert (person.full_name, person.phone, person.birth_year, person.folded) == (
            "Đỗ Thị Mai",
            "0909000111",
            1985,
            "do thi mai",
        )
        assert (user.full_name, user.email) == ("Đỗ Thị Mai", "mai@example.org")

    def test_twice_or_for_nobody_is_refused(self, person: Person) -> None:
        assert refused(lambda: lift_restriction(by=BY, person=person)) == (
            "Cannot lift the restriction: there is none."
        )
        restrict_person(by=BY, person=person, at=AT)
        assert refused(lambda: restrict_person(by=BY, person=person, at=AT)) == (
            "Cannot restrict the use of these data: it has been restricted since 20/11/2026."
        )


def breach(ward: Unit, **fields: Any) -> Breach:
    values: dict[str, Any] = {"title": "Gửi nhầm danh sách", "what": "Gửi nhầm", "data": "Họ tên", **fields}
    return act.log_breach(by=BY, unit=ward, detected_at=AT, at=AT, **values)


class TestBreaches:
    def test_the_clock_runs_72_hours_from_the_detection(self, ward: Unit) -> None:
        made = breach(ward)
        until = AT + timedelta(hours=72)
        assert breach_clock(made, now=AT).hours == 72
        assert breach_clock(made, now=until).state == "now"
        assert breach_clock(made, now=until + timedelta(seconds=1)).state == "late"
        made = act.report_breach(by=BY, breach=made, reported_at=until, at=until)
        assert breach_clock(made, now=until + timedelta(days=9)).state == "ok"

    def test_late_needs_a_reason(self, ward: Unit) -> None:
        made, late = breach(ward), AT + timedelta(hours=73)
        assert refused(lambda: act.report_breach(by=BY, breach=made, reported_at=late, at=late)) == (
            "Cannot enter the notice of the breach without the reason why it is late: 72 hours ended on "
            "23/11/2026 09:00."
        )
        made = act.report_breach(by=BY, breach=made, reported_at=late, at=late, late_reason="Mất điện")
        assert breach_clock(made, now=late).state == "late"
        assert refused(lambda: act.report_breach(by=BY, breach=made, reported_at=late, at=late)) == (
            "Cannot enter the notice of the breach: it was sent on 23/11/2026 10:00."
        )

    def test_cannot_be_told_before_it_was_seen_nor_be_seen_tomorrow(self, ward: Unit) -> None:
        made, early = breach(ward), AT - timedelta(hours=1)
        assert refused(lambda: act.report_breach(by=BY, breach=made, reported_at=early, at=AT)) == (
            "Cannot enter the notice of the breach: it was sent between the detection and now, or not at all."
        )
        assert (
            refused(
                lambda: act.log_breach(
                    by=BY, unit=ward, title="x", what="x", data="x", detected_at=AT + timedelta(hours=1), at=AT
                )
            )
            == "Cannot log the breach: it cannot have been detected after now."
        )

    def test_is_closed_when_told_and_mended(self, ward: Unit) -> None:
        made = breach(ward)
        assert refused(lambda: act.close_breach(by=BY, breach=made, at=AT)) == (
            "Cannot close the breach: the authority has not been notified."
        )
        act.report_breach(by=BY, breach=made, reported_at=AT, at=AT)
        assert refused(lambda: act.close_breach(by=BY, breach=made, at=AT)) == (
            "Cannot close the breach: write down what was done."
        )
        act.change_breach(by=BY, breach=made, measures="Đã thu hồi")
        act.tell_people(by=BY, breach=made, at=AT)
        closed = act.close_breach(by=BY, breach=made, at=AT)
        assert closed.closed_at == AT
        assert refused(lambda: act.change_breach(by=BY, breach=made, measures="x")) == (
            "Cannot change the breach: it was closed on 20/11/2026."
        )

    def test_that_harms_nobody_runs_no_clock(self, ward: Unit) -> None:
        made = breach(ward, must_report=False, measures="Đã thu hồi")
        assert breach_clock(made, now=AT + timedelta(days=9)).state == "none"
        assert act.close_breach(by=BY, breach=made, at=AT).closed_at == AT

    def test_the_notice_says_what_form_08_asks(self, ward: Unit) -> None:
        made = breach(ward, people=1234, effects="Lộ số điện thoại", happened="Sáng 20/11")
        said = text_of(breach_paper(made, HEAD, now=AT))
        for part in (
            "Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao",
            "09 giờ 00 phút, ngày 20 tháng 11 năm 2026",
            "Số chủ thể dữ liệu bị ảnh hưởng: 1.234.",
            "Hậu quả, thiệt hại có thể xảy ra: Lộ số điện thoại",
            "Mẫu số 08",
        ):
            assert part in said
        assert "Lý do thông báo sau 72 giờ" not in said
        late = text_of(breach_paper(made, HEAD, now=AT + timedelta(hours=80)))
        assert "Lý do thông báo sau 72 giờ: Chưa xác định; sẽ bổ sung khi có thông tin." in late


def imported(ward: Unit, at: datetime) -> Import:
    file = keep_file(by=BY, name="ds.csv", content=b"Ho ten,CCCD\nA,079185001234\n", unit=ward, at=at)
    made = Import.objects.create(
        kind="training.roster",
        target="x",
        file=file,
        unit=ward,
        state=Import.State.APPLIED,
        made_by="machine:test",
        made_at=at,
    )
    made.rows.create(number=1, verdict="new", values={"full_name": "A"})
    return made


class TestRetention:
    def test_an_uploaded_roster_is_gone_after_14_days_and_its_rows_after_90(
        self, ward: Unit, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = imported(ward, AT)
        path = path_of(made.file)
        with django_capture_on_commit_callbacks(execute=True):
            assert forget_due(by=BY, kind="office.import_files", at=AT + timedelta(days=14)) is None
            run = forget_due(by=BY, kind="office.import_files", at=AT + timedelta(days=14, seconds=1))
        assert run is not None
        assert (run.deleted, run.left, path.exists(), made.rows.count()) == (1, 0, False, 1)
        forget_all_due(by=BY, at=AT + timedelta(days=91))
        assert made.rows.count() == 0
        made.refresh_from_db()
        assert made.summary == {"forgotten": True}

    def test_one_that_is_being_read_again_keeps_its_file(self, ward: Unit) -> None:
        made = imported(ward, AT)
        Import.objects.create(
            kind="x", target="x", file=made.file, unit=ward, made_by="x", made_at=AT + timedelta(days=10)
        )
        assert forget_due(by=BY, kind="office.import_files", at=AT + timedelta(days=20)) is None
        assert File.objects.get().removed_at is None

    def test_the_table_may_say_otherwise_and_the_ledger_says_by_whom(self, ward: Unit) -> None:
        imported(ward, AT)
        set_retention(by=BY, kind="office.import_files", days=3, why="Kế hoạch 12", at=AT)
        assert days_of("office.import_files") == 3
        run = forget_due(by=BY, kind="office.import_files", at=AT + timedelta(days=4))
        assert run is not None and run.days == 3
        line = Entry.objects.get(act="office.forget_due")
        assert line.about == {"kind": "office.import_files", "days": 3, "deleted": 1, "left": 0}

    def test_looking_deletes_nothing(self, ward: Unit) -> None:
        imported(ward, AT)
        lines = {line.kind: line for line in retention(at=AT + timedelta(days=100))}
        assert (lines["office.import_files"].due, lines["office.import_rows"].due) == (1, 1)
        assert (RetentionRun.objects.count(), File.objects.get().removed_at) == (0, None)

    def test_days_and_reasons_are_checked(self) -> None:
        kind = "office.import_files"
        assert refused(lambda: set_retention(by=BY, kind=kind, days=0, why="x", at=AT)) == (
            "Cannot keep this for 0 days: between 1 and 3650 are possible."
        )
        assert refused(lambda: set_retention(by=BY, kind=kind, days=1, why=" ", at=AT)) == (
            "Cannot change how long this is kept: say why."
        )

    def test_links_that_ended_and_withdrawn_consents_go_in_their_time(self, person: Person) -> None:
        user = factories.user()
        for number, revoked in enumerate([None, AT]):
            PersonalLink.objects.create(
                user=user, kind="link", token_hash=bytes([number]), made_at=AT, made_by="x", revoked_at=revoked
            )
        to = purpose()
        agree(person, to)
        act.withdraw_consent(by=BY, person=person, purpose=to, at=AT)
        runs = {run.kind: run.deleted for run in forget_all_due(by=BY, at=AT + timedelta(days=2000))}
        assert runs == {"accounts.links": 1, "office.consents": 1}
        assert (PersonalLink.objects.count(), Consent.objects.count()) == (1, 0)

    def test_every_kind_can_be_counted_and_forgotten(self) -> None:
        assert forget_all_due(by=BY, at=AT) == []
