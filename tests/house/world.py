"""Two corners of a country for the walk over all addresses: one in the reader's care, one that is not."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import factories
from django.core.signing import Signer
from django.db import transaction
from django.utils import timezone
from factories import BY, DAY, course, decision, enrolment, meeting, person, programme, training_class, unit, user

from lantoa.accounts.actions import issue_link
from lantoa.accounts.models import PersonalLink, User
from lantoa.api.actions.tokens import issue_token
from lantoa.api.actions.webhooks import subscribe
from lantoa.api.models import Subscription, Token
from lantoa.common.models import new_key
from lantoa.competence.models import Course, Material, Topic
from lantoa.directory.actions.merging import merge_people
from lantoa.directory.actions.moves import ask_transfer
from lantoa.directory.models import Level, Merge, Person, Post, Role, RoleGrant, Transfer, Unit
from lantoa.exams.actions.bank import add_picture, add_question, create_bank, share_bank
from lantoa.exams.actions.minutes import draft_minutes, sign_minutes, sign_second
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.actions.rooms import add_room, change_room, move_candidates
from lantoa.exams.actions.sittings import make_sitting, mark_attempts
from lantoa.exams.models import (
    Attempt,
    Bank,
    HandedFile,
    Minutes,
    Paper,
    Picture,
    Question,
    Room,
    Share,
    Sitting,
    Variant,
)
from lantoa.exams.queries.minutes import Head, facts
from lantoa.exams.rules.content import Content, Option
from lantoa.exams.rules.drawing import Blueprint, Part
from lantoa.exams.rules.minutes import sha256
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.office.actions.documents import draft_document
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.privacy import enter_purpose, enter_request, log_breach
from lantoa.office.models import Breach, DataRequest, Document, Erasure, File, Import, Job, Notice, Purpose
from lantoa.pilots.actions.adopting import ask_help
from lantoa.pilots.actions.measuring import enter_reading, write_gate
from lantoa.pilots.actions.pains import report_pain
from lantoa.pilots.actions.pilots import add_measure, plan_pilot
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import add_units, begin_spread
from lantoa.pilots.models import (
    Adoption,
    CitizenWord,
    Gate,
    Help,
    Measure,
    PainPoint,
    Pilot,
    Playbook,
    Reading,
    Spread,
    StepDone,
)
from lantoa.pilots.queries.playbooks import shipped
from lantoa.programmes.actions.acts import enter_act, keep_act_file, relate_acts
from lantoa.programmes.actions.budget import EntryText, add_budget_line, enter_amount
from lantoa.programmes.actions.inventory import StageText, enter_system
from lantoa.programmes.actions.reporting import ask_for, open_reporting
from lantoa.programmes.models import (
    ActRelation,
    BudgetEntry,
    BudgetLine,
    LegalAct,
    Measurement,
    Partner,
    Programme,
    Reporting,
    System,
    Target,
)
from lantoa.programmes.rules.acts import ActText
from lantoa.programmes.rules.budget import Amount, LineText
from lantoa.programmes.rules.spans import span_at
from lantoa.readiness.actions.campaigns import move_campaign, plan_campaign, publish_campaign
from lantoa.readiness.actions.indices import load_index
from lantoa.readiness.actions.reviews import accept_rest, finish_review
from lantoa.readiness.actions.sheets import add_paper, hand_in, save_answer
from lantoa.readiness.models import Campaign, Evidence, IndexVersion, Sheet
from lantoa.training.actions.calls import ask_units, open_call
from lantoa.training.actions.certificates import issue_certificates
from lantoa.training.actions.exams import hold_exam
from lantoa.training.actions.feedback import READY_MADE, load_form, open_survey
from lantoa.training.actions.nominations import nominate
from lantoa.training.models import (
    Asked,
    Assessment,
    Call,
    Certificate,
    ClassExam,
    Enrolment,
    FeedbackForm,
    Meeting,
    Nomination,
    OpenClass,
    SuperiorAsk,
    Survey,
    TrainingClass,
)
from lantoa.training.queries.papers import report_paper
from lantoa.training.queries.rows import Choice
from lantoa.training.rules.feedback.occasions import Occasion
from lantoa.workshops.actions.agenda import add_item
from lantoa.workshops.actions.documents import add_document
from lantoa.workshops.actions.minutes import draft_minutes as draft_workshop_minutes
from lantoa.workshops.actions.polls import make_poll
from lantoa.workshops.actions.roll import call_the_roll
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import (
    AgendaItem,
    Conclusion,
    Forwarding,
    Interpreter,
    Poll,
    RollCall,
    Site,
    Workshop,
    WorkshopFile,
)
from lantoa.workshops.models import Question as WorkshopQuestion
from lantoa.workshops.queries.minutes import Head as WorkshopHead

AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
SIGNER = {"post": "Chủ tịch", "name": "Nguyễn Văn Thử"}
PAPERS = {
    "report": {"issuer": "Ủy ban nhân dân tỉnh", "code": "UBND", "place": "Một", "signer": SIGNER},
    "certificate": {
        "issuer": "Ủy ban nhân dân tỉnh",
        "title": "Chứng nhận",
        "number": "{number}/{year}/CN-THU",
        "place": "Một",
        "signer": SIGNER,
    },
}
INDEX = """
lantoa_index = 1
[index]
code = "thu"
version = "1"
title = "Chỉ số thử"
level = "commune"
[[component]]
code = "1"
title = "Có kế hoạch"
points = 10
rule = { kind = "yes_no" }
"""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CSV = "Họ và tên,Đơn vị\nNguyễn Thị Hoa,Phường 1\n".encode()


@dataclass
class Corner:
    """A district with a ward under it, and one thing of every kind that belongs to it. Made when asked for.

    `reader` is the person whose own things (meetings taught, classes attended, certificate) stand in this corner.
    """

    unit: Unit
    reader: Person = field(default_factory=person)

    @cached_property
    def ward(self) -> Unit:
        return unit(under=self.unit)

    @cached_property
    def person(self) -> Person:
        return person(at=self.ward)

    @cached_property
    def post(self) -> Post:
        return self.person.posts.get()

    @cached_property
    def merge(self) -> Merge:
        both = person(at=self.ward), person(at=self.ward)
        return merge_people(by=BY, survivor=both[0], merged=both[1], at=AT, on=DAY).merge

    @cached_property
    def transfer(self) -> Transfer:
        target = unit(under=self.unit)
        post = person(at=self.ward).posts.get()  # one that runs on the day, in the demonstration too
        return ask_transfer(by=BY, post=post, target=target, title="", on=date(2020, 10, 5), at=AT)

    @cached_property
    def coordinator(self) -> User:
        return user(Role.UNIT_COORDINATOR, on=self.ward, is_person=person(at=self.ward))

    @cached_property
    def grant(self) -> RoleGrant:
        return self.coordinator.grants.get()

    @cached_property
    def target(self) -> Target:
        return factories.target(self.ward)

    @cached_property
    def figure(self) -> Measurement:
        return factories.figure(self.target, 2019, 50)

    @cached_property
    def reporting(self) -> Reporting:
        span = span_at("year", date(2019, 1, 1))
        made = open_reporting(by=BY, unit=self.unit, title="Báo cáo", span=span, due_on=DAY, at=AT)
        ask_for(by=BY, reporting=made, targets=[self.target], at=AT)
        return made

    @cached_property
    def budget_line(self) -> BudgetLine:
        return add_budget_line(
            by=BY,
            programme=self.programme,
            text=LineText(self.programme.period.lower.year, "local", purpose=new_key()),
        )

    @cached_property
    def amount(self) -> BudgetEntry:
        text = EntryText("planned", date(2020, 10, 1), Amount(1_000_000))
        return enter_amount(by=BY, line=self.budget_line, text=text, at=AT)

    @cached_property
    def act(self) -> LegalAct:
        text = ActText(f"{new_key()}/QĐ-UBND", date(2019, 1, 1), "UBND tỉnh", "Phê duyệt", "decision")
        made = enter_act(by=BY, unit=self.unit, text=text)
        return keep_act_file(by=BY, act=made, name="qd.pdf", content=b"%PDF-1.7", at=AT)

    @cached_property
    def act_relation(self) -> ActRelation:
        text = ActText(f"{new_key()}/KH-UBND", date(2018, 1, 1), "UBND tỉnh", "Kế hoạch", "plan")
        earlier = enter_act(by=BY, unit=self.unit, text=text)
        return relate_acts(by=BY, act=self.act, other=earlier, way="replaces")

    @cached_property
    def system(self) -> System:
        since = max(date(2019, 1, 1), self.ward.placements.earliest("period").period.lower)
        text = StageText(since, "running", "Văn phòng điện tử")
        at = max(AT, datetime.combine(since, AT.timetz()))
        return enter_system(by=BY, unit=self.ward, kind="document_management", text=text, at=at)

    @cached_property
    def programme(self) -> Programme:
        made = programme(self.unit, decision=decision(), papers=PAPERS)
        made.papers["certificate"]["number"] = f"{{number}}/{{year}}/{made.pk}"
        made.save()
        return made

    @cached_property
    def partner(self) -> Partner:
        return Partner.objects.create(
            programme=self.programme, position=1, name="Đại học Một", role=Partner.Role.PARTNER
        )

    @cached_property
    def course(self) -> Course:
        return course(self.unit)

    @cached_property
    def topic(self) -> Topic:
        return self.course.topics.get()

    @cached_property
    def material(self) -> Material:
        return Material.objects.create(topic=self.topic, position=1, title="Bài giảng", url="https://example.org/")

    @cached_property
    def handout(self) -> Material:
        return Material.objects.create(topic=self.topic, position=2, title="Tài liệu", file=self.file)

    @cached_property
    def bank(self) -> Bank:
        return create_bank(by=BY, title="Ngân hàng câu hỏi", summary="", unit=self.unit, at=AT)

    @cached_property
    def question(self) -> Question:
        options = (Option("Một", Fraction(1)), Option("Hai"))
        asked = Content("single", "Chữ ký số là gì?", options=options)
        return add_question(by=BY, bank=self.bank, content=asked, aims=[(self.topic, "")], at=AT).question

    @cached_property
    def share(self) -> Share:
        return share_bank(by=BY, bank=self.bank, unit=self.ward, right="see", at=AT)

    @cached_property
    def paper(self) -> Paper:
        assert self.question
        plan = Blueprint((Part(self.bank.key),))
        return create_paper(by=BY, title="Đề thi", unit=self.unit, blueprint=plan, at=AT)

    @cached_property
    def variant(self) -> Variant:
        return draw_variant(by=BY, paper=self.paper, banks=Bank.objects.all(), at=AT)

    @cached_property
    def sitting(self) -> Sitting:
        """One that waits for its button; the reader and the person of the corner are on its list."""
        assert self.variant
        return make_sitting(
            by=BY,
            unit=self.unit,
            paper=self.paper,
            title="Kiểm tra",
            people=[self.reader, self.person],
            minutes=30,
            at=AT,
        )

    @cached_property
    def analysed(self) -> Sitting:
        """One that is over and marked, with just enough people to tell something of its question."""
        assert self.variant
        made = make_sitting(
            by=BY,
            unit=self.unit,
            paper=self.paper,
            title="Đã xong",
            people=[person(at=self.ward) for _ in range(5)],
            minutes=30,
            at=AT,
            starts_at=AT,
        )
        made.sat.update(started_at=AT)
        mark_attempts(by=BY, attempts=list(made.sat.all()), at=AT)
        of = self.meeting.training_class
        ClassExam.objects.create(training_class=of, sitting=made, purpose=ClassExam.Purpose.PRACTICE)
        return made

    @cached_property
    def own_attempt(self) -> Attempt:
        return self.sitting.sat.get(person=self.reader)

    @cached_property
    def attempt(self) -> Attempt:
        return self.sitting.sat.get(person=self.person)

    @cached_property
    def handed_file(self) -> HandedFile:
        return HandedFile.objects.create(
            attempt=self.attempt,
            question="0question0001",
            sha256="0" * 64,
            file=keep_file(
                by=BY, name="cau-1.pdf", content=b"%PDF-1.7", unit=self.unit, at=AT, seen_with="exams.hold"
            ),
            received_at=AT,
        )

    @cached_property
    def sat_on_paper(self) -> Attempt:
        """Of somebody whose paper has one question, which asks for a file."""
        asked = Content("file", "Nộp kế hoạch", extensions=("pdf",))
        bank = create_bank(by=BY, title="Câu nộp tệp", summary="", unit=self.unit, at=AT)
        add_question(by=BY, bank=bank, content=asked, aims=[(self.topic, "")], at=AT)
        plan = Blueprint((Part(bank.key),))
        paper = create_paper(by=BY, title="Đề nộp tệp", unit=self.unit, blueprint=plan, at=AT)
        draw_variant(by=BY, paper=paper, banks=Bank.objects.all(), at=AT)
        return make_sitting(
            by=BY, unit=self.unit, paper=paper, title="Nộp tệp", people=[self.person], minutes=30, at=AT
        ).sat.get()

    @cached_property
    def exam_room(self) -> Room:
        """One that the reader watches over by name."""
        room = add_room(by=BY, sitting=self.sitting, unit=self.ward, name="Phòng 1")
        change_room(by=BY, room=room, name=room.name, invigilators=[self.reader])
        move_candidates(by=BY, room=room, attempts=[self.attempt])
        return room

    @cached_property
    def minutes(self) -> Minutes:
        """Those of an empty room, signed by two and drafted as a document; the reader watches over it."""
        room = add_room(by=BY, sitting=self.sitting, unit=self.ward, name="Phòng 2")
        change_room(by=BY, room=room, name=room.name, invigilators=[self.reader])
        Sitting.objects.filter(pk=self.sitting.pk).update(starts_at=AT)
        room.refresh_from_db()
        later = AT + timedelta(hours=1)
        signed = sign_minutes(by=BY, room=room, read=sha256(facts(room, at=later)), at=later)
        sign_second(by=Machine("second"), minutes=signed, at=later)
        head = Head("UBND phường", "", "UBND", "Thử")
        draft_minutes(by=BY, minutes=signed, head=head, at=later)
        Sitting.objects.filter(pk=self.sitting.pk).update(starts_at=None)
        return signed

    @cached_property
    def seated(self) -> Attempt:
        assert self.exam_room
        return self.attempt

    @cached_property
    def picture(self) -> Picture:
        return add_picture(by=BY, bank=self.bank, name="hinh.png", content=PNG)

    @cached_property
    def training_class(self) -> TrainingClass:
        return training_class(self.programme, course=self.course)

    @cached_property
    def meeting(self) -> Meeting:
        return meeting(self.training_class, lecturer=self.reader)

    @cached_property
    def enrolment(self) -> Enrolment:
        return enrolment(self.training_class, self.reader, unit=self.ward)

    @cached_property
    def class_exam(self) -> ClassExam:
        """One that the class of the reader's own meeting holds."""
        assert self.variant and self.enrolment
        return hold_exam(
            by=BY,
            training_class=self.meeting.training_class,
            paper=self.paper,
            title="Kiểm tra đầu khóa",
            purpose="pre",
            minutes=30,
            at=AT,
        )

    @cached_property
    def assignment(self) -> Assessment:
        return Assessment.objects.create(
            training_class=self.training_class, code="bai", title="Bài thu hoạch", kind=Assessment.Kind.ASSIGNMENT
        )

    @cached_property
    def feedback_form(self) -> FeedbackForm:
        text = (READY_MADE / "sau-khoa-hoc.yaml").read_text(encoding="utf-8")
        return load_form(by=BY, unit=self.unit, text=text, on=DAY)[0]

    @cached_property
    def survey(self) -> Survey:
        made, _new = open_survey(
            by=BY,
            training_class=self.enrolment.training_class,
            occasion=Occasion.COURSE,
            form=self.feedback_form,
            on=timezone.localdate(),
        )
        return made

    @cached_property
    def superior_survey(self) -> Survey:
        Enrolment.objects.filter(pk=self.learner.pk).update(completed_at=AT)
        made, _new = open_survey(
            by=BY,
            training_class=self.training_class,
            occasion=Occasion.SUPERIOR,
            form=self.feedback_form,
            months=3,
            on=timezone.localdate(),
        )
        return made

    @cached_property
    def learner(self) -> Enrolment:
        return enrolment(self.training_class, self.person, unit=self.ward)

    @cached_property
    def superior_ask(self) -> SuperiorAsk:
        return SuperiorAsk.objects.create(survey=self.superior_survey, person=self.person, superior=self.reader)

    @cached_property
    def opened(self) -> OpenClass:
        found, _made = OpenClass.objects.get_or_create(
            training_class=self.training_class, defaults={"until": timezone.localdate()}
        )
        return found

    @cached_property
    def certificate(self) -> Certificate:
        Enrolment.objects.filter(pk=self.enrolment.pk).update(completed_at=AT)
        issue_certificates(by=BY, programme=self.programme, on=date(2021, 1, 5))
        return Certificate.objects.get(enrolment=self.enrolment)

    @cached_property
    def call(self) -> Call:
        return open_call(
            by=BY,
            programme=self.programme,
            course=self.training_class.course,
            title="Cử học viên",
            places=2,
            due_on=timezone.localdate() + timedelta(days=9),
            at=timezone.now(),
        )

    @cached_property
    def asked(self) -> Asked:
        (made,) = ask_units(by=BY, call=self.call, units=[self.ward], at=timezone.now())
        return made

    @cached_property
    def nomination(self) -> Nomination:
        (made,) = nominate(by=BY, asked=self.asked, people=[self.person], at=timezone.now())
        return made

    @cached_property
    def file(self) -> File:
        return keep_file(by=BY, name="danh-sach.csv", content=CSV, unit=self.unit, at=AT)

    @cached_property
    def job(self) -> Job:
        return Job.objects.create(
            kind="office.import", unit=self.unit, requested_by="machine:test", requested_at=timezone.now()
        )

    @cached_property
    def roster(self) -> Import:
        return self._sent("training.roster", self.programme)

    @cached_property
    def sheet_sent(self) -> Import:
        return self._sent("programmes.inventory", self.unit)  # of a kind that coordinators may load too

    def _sent(self, kind: str, into: Any) -> Import:
        return Import.objects.create(
            kind=kind,
            target=thing_key(into),
            file=self.file,
            unit=self.unit,
            state=Import.State.PREVIEWED,
            made_by="machine:test",
            made_at=AT,
        )

    @cached_property
    def document(self) -> Document:
        paper = report_paper(Choice(self.programme, DAY))
        return draft_document(
            by=BY,
            kind="BC",
            title=paper.abstract,
            issuer=self.unit,
            symbol=f"BC-{paper.issuer.code}",
            content=paper,
            about=thing_key(self.programme),
            as_of=DAY,
            at=AT,
        )

    @cached_property
    def notice(self) -> Notice:
        return self._told(state=Notice.State.WAITING)

    @cached_property
    def sent_notice(self) -> Notice:
        return self._told(state=Notice.State.SENT, finished_at=AT)

    @cached_property
    def lost_notice(self) -> Notice:
        return self._told(state=Notice.State.UNREACHABLE, why="no_address", finished_at=AT)

    def _told(self, **fields: Any) -> Notice:
        return Notice.objects.create(
            once=f"test:{new_key()}",
            person=self.person,
            unit=self.unit,
            person_unit=self.ward,
            template="training.certificate_ready",
            values={"course": "Một", "number": "01", "link": "/me/"},
            made_by="machine:test",
            made_at=AT,
            due_at=AT,
            **fields,
        )

    @cached_property
    def line(self) -> Entry:
        with transaction.atomic():
            return record(by=BY, act="training.change_class", thing=self.training_class)

    @cached_property
    def data_request(self) -> DataRequest:
        """One's own, or the one that stands open in the demonstration: of a kind only one is open."""
        standing = DataRequest.objects.filter(person=self.person, kind="see").first()
        return standing or enter_request(
            by=BY, person=self.person, unit=self.ward, kind="see", channel="paper", at=timezone.now()
        )

    @cached_property
    def erasure(self) -> Erasure:
        return Erasure.objects.create(person_key=new_key(), unit=self.ward, at=AT, by="machine:test")

    @cached_property
    def breach(self) -> Breach:
        return log_breach(
            by=BY, unit=self.ward, title="Mất sổ", detected_at=AT, what="Mất sổ điểm danh", data="Họ tên", at=AT
        )

    @cached_property
    def purpose(self) -> Purpose:
        return enter_purpose(
            by=BY,
            code=f"muc-dich-{new_key()}",
            ground="consent",
            basis="Điều 9",
            data="Điện thoại",
            titles=("Báo tin", "Notices"),
            texts=("Tôi đồng ý.", "I agree."),
            since=DAY,
            at=AT,
        )

    @cached_property
    def token(self) -> str:
        return issue_link(by=BY, user=user(), kind=PersonalLink.Kind.LINK, at=timezone.now()).token

    @cached_property
    def token_of_a_system(self) -> Token:
        expires = timezone.now() + timedelta(days=30)
        scopes = ["programmes.view"]
        return issue_token(
            by=BY, name=f"Nhân sự {new_key()}", unit=self.unit, scopes=scopes, expires_at=expires, at=timezone.now()
        ).token

    @cached_property
    def subscription(self) -> Subscription:
        return subscribe(
            by=BY,
            name="Trục liên thông",
            unit=self.unit,
            url="https://example.org/events",
            events=["person.added"],
            at=timezone.now(),
        ).subscription

    @cached_property
    def calendar(self) -> str:
        return Signer(salt="lantoa.training.calendar").sign(self.reader.key)

    @cached_property
    def workshop(self) -> Workshop:
        """One that is announced; the reader answers for a site of it by name."""
        made = create_workshop(
            by=BY,
            unit=self.unit,
            code=f"ht-{new_key()}",
            name="Hội thảo",
            begins=AT,
            ends=AT + timedelta(hours=3),
            languages=["vi", "en"],
            at=AT,
        )
        Site.objects.create(
            workshop=made, code="01", name="Điểm cầu 1", unit=self.ward, place=1, operator=self.reader, language="vi"
        )
        if self.reader.user is not None:
            account = self.reader.user.actor_key
            Interpreter.objects.create(workshop=made, account=account, named_by="machine:test", named_at=AT)
        return change_state(by=BY, workshop=made, to="ready", at=AT)

    @cached_property
    def agenda_item(self) -> AgendaItem:
        return add_item(
            by=BY,
            workshop=self.workshop,
            values={"title": "Khai mạc", "language": "vi"},
            begins=AT,
            ends=AT + timedelta(minutes=15),
            at=AT,
        )

    @cached_property
    def workshop_file(self) -> WorkshopFile:
        return add_document(
            by=BY, workshop=self.workshop, name="tai-lieu.csv", content=CSV, title="Tài liệu", language="vi", at=AT
        )

    @cached_property
    def past_workshop(self) -> Workshop:
        """One that is over, with its minutes."""
        made = create_workshop(
            by=BY,
            unit=self.unit,
            code=f"ht-{new_key()}",
            name="Hội thảo đã xong",
            begins=AT,
            ends=AT + timedelta(hours=3),
            languages=["vi"],
            at=AT,
        )
        for state in ("ready", "live", "over"):
            made = change_state(by=BY, workshop=made, to=state, at=AT)
        head = WorkshopHead("UBND tỉnh", "", "UBND", "Một", "Nguyễn Văn Thử", "Trần Văn Thử")
        draft_workshop_minutes(by=BY, workshop=made, head=head, at=AT)
        return made

    @cached_property
    def following(self) -> Workshop:
        """The workshop after that one."""
        return create_workshop(
            by=BY,
            unit=self.unit,
            code=f"ht-{new_key()}",
            name="Hội thảo sau",
            begins=AT + timedelta(days=30),
            ends=AT + timedelta(days=30, hours=3),
            languages=["vi"],
            previous=self.workshop,
            at=AT,
        )

    @cached_property
    def called(self) -> RollCall:
        """Its roll is being called."""
        return call_the_roll(by=BY, workshop=self.workshop, mode="together", at=AT)

    @cached_property
    def site(self) -> Site:
        return self.workshop.sites.get(code="01")

    @cached_property
    def deputised_site(self) -> Site:
        self.site.deputy = self.person
        self.site.save()
        return self.site

    @cached_property
    def workshop_question(self) -> WorkshopQuestion:
        return WorkshopQuestion.objects.create(
            workshop=self.workshop, person=self.person, site=self.site, language="vi", text="Khi nào?", asked_at=AT
        )

    @cached_property
    def forwarding(self) -> Forwarding:
        due = timezone.localdate() + timedelta(days=7)
        return Forwarding.objects.create(
            question=self.workshop_question, unit=self.ward, due_on=due, asked_by="machine:test", asked_at=AT
        )

    @cached_property
    def workshop_task(self) -> Conclusion:
        due = timezone.localdate() + timedelta(days=7)
        return Conclusion.objects.create(
            workshop=self.workshop,
            text="Lập danh sách",
            unit=self.ward,
            due_on=due,
            written_by="machine:test",
            written_at=timezone.now(),
        )

    @cached_property
    def workshop_poll(self) -> Poll:
        return make_poll(by=BY, workshop=self.workshop, title="Đồng ý?", options=[("Có", "Yes"), ("Không", "No")])

    @cached_property
    def pain(self) -> PainPoint:
        again = f"Lần thứ {PainPoint.objects.count() + 1}"  # the same words are written once for a unit
        return report_pain(by=BY, unit=self.unit, title="Phải khai lại giấy tờ", text=again, fields=[], at=AT)

    @cached_property
    def citizen_word(self) -> CitizenWord:
        """What somebody wrote who waits for an answer."""
        return CitizenWord.objects.create(
            unit=self.ward,
            text="Phải đi lại ba lần",
            name="Lê Văn Dân",
            contact="0912000222",
            consent="x",
            said_at=timezone.now(),  # what is old is forgotten at night
        )

    @cached_property
    def pilot(self) -> Pilot:
        """One that is being planned."""
        return plan_pilot(
            by=BY,
            code=f"td-{new_key()}",
            name="Thử khai một lần",
            unit=self.unit,
            problem="Phải khai lại",
            hypothesis="Nếu dùng lại dữ liệu thì nhanh hơn",
            first=date(2020, 11, 1),
            last=date(2021, 2, 28),
        )

    @cached_property
    def pilot_measure(self) -> Measure:
        return add_measure(by=BY, pilot=self.pilot, name="Số phút", counted_in="phút", direction="down", every=30)

    @cached_property
    def baseline(self) -> Reading:
        return enter_reading(
            by=BY, measure=self.pilot_measure, value=Decimal(30), day=DAY, how="", at=AT, on=DAY, baseline=True
        )

    @cached_property
    def playbook(self) -> Playbook:
        text = shipped()["vi-huong-2020.toml"].replace('code = "vi-huong', f'code = "{new_key()}')
        return load_playbook(by=BY, unit=self.unit, text=text, at=AT).playbook

    @cached_property
    def spread(self) -> Spread:
        return begin_spread(by=BY, unit=self.unit, version=self.playbook.versions.get(), name="Nhân rộng")

    @cached_property
    def adoption(self) -> Adoption:
        """One of a unit of one's own."""
        add_units(by=BY, spread=self.spread, units=[self.unit], at=AT)
        return self.spread.adoptions.get(unit=self.unit)

    @cached_property
    def step_done(self) -> StepDone:
        return StepDone.objects.create(
            adoption=self.adoption, step="wifi", on=DAY, entered_at=AT, entered_by="machine:test"
        )

    @cached_property
    def help_asked(self) -> Help:
        return ask_help(by=BY, adoption=self.adoption, text="Làm thế nào?", step="", at=AT)

    @cached_property
    def gate(self) -> Gate:
        return write_gate(by=BY, pilot=self.pilot, day=date(2020, 12, 1), criterion="Dưới 20 phút", on=DAY)

    @cached_property
    def index_version(self) -> IndexVersion:
        return load_index(by=BY, unit=self.unit, text=INDEX, at=AT)

    def _index_campaign(self) -> Campaign:
        """One that asks the ward and is handed in by somebody else; in a year of its own."""
        year = 2020 + Campaign.objects.filter(unit=self.unit).count()
        made = plan_campaign(
            by=BY,
            unit=self.unit,
            version=self.index_version,
            year=year,
            title=f"Chỉ số {year}",
            on=DAY,
            due_on=timezone.localdate() + timedelta(days=9),
            units=[self.ward],
            seed=1,
            at=AT,
        )
        move_campaign(by=BY, campaign=made, to="open", at=AT)
        sheet = made.sheets.get()
        save_answer(by=BY, sheet=sheet, component="1", typed={"value": "yes"}, at=AT, on=DAY)
        add_paper(by=BY, sheet=sheet, component="1", abstract="Kế hoạch", name="kh.csv", content=CSV, at=AT, on=DAY)
        hand_in(by=BY, sheet=sheet, at=AT, on=DAY)
        made.refresh_from_db()
        return made

    @cached_property
    def index_campaign(self) -> Campaign:
        return self._index_campaign()

    @cached_property
    def index_sheet(self) -> Sheet:
        return self.index_campaign.sheets.get()

    @cached_property
    def index_paper(self) -> Evidence:
        return Evidence.objects.get(answer__sheet=self.index_sheet)

    @cached_property
    def index_published(self) -> Campaign:
        made = self._index_campaign()
        other = Machine("reviewer")
        accept_rest(by=other, sheet=made.sheets.get(), at=AT)
        finish_review(by=other, sheet=made.sheets.get(), at=AT)
        move_campaign(by=BY, campaign=made, to="review", at=AT)
        move_campaign(by=BY, campaign=made, to="appeal", at=AT)
        return publish_campaign(by=BY, campaign=made, at=AT)


@dataclass
class World:
    """A country with the reader's province and another one."""

    country: Unit
    own_province: Unit
    other_province: Unit

    @classmethod
    def make(cls) -> "World":
        """Names with a code, as official papers need them."""
        country = unit("Việt Nam", kind="", level=Level.COUNTRY)
        provinces = [
            unit(name, kind="Tỉnh", level=Level.PROVINCE, under=country, code=code)
            for name, code in (("Một", "01"), ("Hai", "02"))
        ]
        return cls(country, *provinces)

    def own(self, reader: Person) -> Corner:
        """The corner in the reader's care."""
        return Corner(self.own_province, reader)

    def beside(self) -> Corner:
        """The corner that is not."""
        return Corner(self.other_province)

    def above(self) -> Corner:
        """The own province and another ward in it, for a reader whose role holds for one ward only."""
        return Corner(self.own_province)
