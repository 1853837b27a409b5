"""The audit: whose lines an auditor reads, how they are found, one line in full, exports, the seals."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import factories
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lantoa.accounts.models import User
from lantoa.common.days import begins
from lantoa.directory.actions.merging import merge_people, unmerge_people
from lantoa.directory.models import Level, Person, Role, Unit
from lantoa.ledger.actions import look, record, seal
from lantoa.ledger.models import Entry
from lantoa.office.actions.jobs import Running
from lantoa.office.models import File, Job
from lantoa.training.actions.results import enter_marks
from lantoa.training.models import Assessment
from lantoa.web.actions import start_check, start_export
from lantoa.web.queries.audit import Chosen
from lantoa.web.tasks import check_seals, export_audit

pytestmark = pytest.mark.django_db
Address = str


@pytest.fixture
def country() -> Unit:
    return factories.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)


@pytest.fixture
def ward(country: Unit) -> Unit:
    return factories.unit("Phường Đông", under=factories.unit(under=country, kind="Tỉnh", level=Level.PROVINCE))


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def auditor(country: Unit) -> Client:
    return signed_in(factories.user(Role.AUDITOR, on=country))


def wrote(act: str = "test.act", thing: str = "test:1", by: Any = factories.BY, **about: Any) -> Entry:
    with transaction.atomic():
        return record(by=by, act=act, thing=thing, about=about)


def asked(client: Client, name: str = "ledger", **query: Any) -> Any:
    response = client.get(reverse(f"web:{name}"), query)
    assert response.status_code == 200
    return response


def things(client: Client, **query: Any) -> list[str]:
    return [row["line"].thing for row in asked(client, **query).context["rows"]]


def lines_of(auditor: User) -> list[str]:
    return [thing for thing in things(signed_in(auditor)) if thing.startswith("test:")]


def test_who_audits_a_unit_reads_what_its_own_people_did(country: Unit) -> None:
    here, there = (factories.unit(under=country, kind="Tỉnh", level=Level.PROVINCE) for _ in range(2))
    ward = factories.unit(under=here)
    for name, unit in (("here", ward), ("there", there)):
        wrote(by=factories.user(Role.PROGRAMME_OFFICER, on=unit), thing=f"test:{name}")
    wrote(thing="test:machine")
    assert lines_of(factories.user(Role.AUDITOR, on=here)) == ["test:here"]
    assert lines_of(factories.user(Role.AUDITOR, on=country)) == ["test:machine", "test:there", "test:here"]


def test_who_audits_a_unit_reads_everything_about_its_people_whoever_did_it(ward: Unit) -> None:
    mine, other = factories.person(at=ward), factories.person(at=factories.unit())
    line = wrote(thing=f"directory.person:{mine.key}")
    foreign = wrote(thing=f"directory.person:{other.key}")
    client = signed_in(factories.user(Role.AUDITOR, on=ward))

    assert things(client, person=f"directory.person:{mine.key}") == [f"directory.person:{mine.key}"]
    assert things(client, thing=f"directory.person:{mine.key}") == [f"directory.person:{mine.key}"]
    assert things(client, thing=f"directory.person:{other.key}") == []
    assert client.get(reverse("web:ledger_line", args=[line.key])).status_code == 200
    assert client.get(reverse("web:ledger_line", args=[foreign.key])).status_code == 404


def test_lines_are_narrowed_by_act_by_room_and_by_who(auditor: Client) -> None:
    lan = factories.user(full_name="Lê Thị Lan")
    wrote("training.enrol", "test:1")
    wrote("training.withdraw", "test:2", by=lan)
    wrote("office.keep_file", "test:3", by=lan)

    assert things(auditor, act="training.enrol") == ["test:1"]
    assert things(auditor, act="training.") == ["test:2", "test:1"]
    assert things(auditor, actor="thị lan") == ["test:3", "test:2"]
    assert things(auditor, actor=lan.actor_key, act="office.") == ["test:3"]
    assert things(auditor, actor="nobody") == []


def test_lines_are_narrowed_by_days_both_included(auditor: Client) -> None:
    wrote(thing="test:today")
    today = timezone.localdate()

    for since, until, found in (
        (today, today, ["test:today"]),
        (today + timedelta(days=1), "", []),
        ("", today - timedelta(days=1), []),
    ):
        assert things(auditor, since=since, until=until) == found
    shown = asked(auditor, since="2020-10-05", until="2020-10-01")
    assert "The last day stands before the first" in shown.content.decode()
    assert shown.context["rows"] == []


def test_what_was_done_about_a_person_is_found_by_name_over_all_their_things(auditor: Client, ward: Unit) -> None:
    who = factories.person("Nguyễn Thị Hoa", at=ward)
    place = factories.enrolment(factories.training_class(), who)
    test = Assessment.objects.create(
        training_class=place.training_class, code="bai", title="Bài", kind=Assessment.Kind.TEST
    )
    other = factories.enrolment(place.training_class)
    wrote("directory.correct_person", f"directory.person:{who.key}")
    wrote("directory.set_post", f"directory.post:{who.posts.get().key}", person=who.key)
    wrote("presence.check_in", "presence.gathering:gone", person=who.key)
    wrote("training.withdraw", f"training.enrolment:{place.key}")
    wrote("training.withdraw", f"training.enrolment:{other.key}")
    for enrolment in (place, other):
        enter_marks(
            by=factories.BY,
            assessment=test,
            marks={enrolment.pk: 8},
            source="page",
            at=datetime(2020, 10, 6, tzinfo=UTC),
        )  # type: ignore[dict-item]

    rows = asked(auditor, person="hoa").context["rows"]
    assert [row["line"].act for row in rows] == [
        "training.enter_marks",
        "training.withdraw",
        "presence.check_in",
        "directory.set_post",
        "directory.correct_person",
    ]


def test_what_was_written_of_a_merged_record_stands_with_the_survivor_until_they_are_separated(
    country: Unit, ward: Unit
) -> None:
    one, other = factories.person("Lê Thị Lan", at=ward), factories.person("Lê Thị Lân", at=factories.unit())
    line = wrote("directory.correct_person", f"directory.person:{other.key}")
    wrote("presence.check_in", "presence.gathering:gone", person=other.key)
    look(by=factories.BY, page="directory:person", whom=other, people=1, at=timezone.now())
    client = signed_in(factories.user(Role.AUDITOR, on=ward))
    asks = [{"person": f"directory.person:{one.key}"}, {"person": f"directory.person:{other.key}"}, {"person": "lan"}]
    own = {"thing": f"directory.person:{one.key}"}

    def shown() -> list[list[str]]:
        acts = [[row["line"].act for row in asked(client, **ask).context["rows"]] for ask in [*asks, own]]
        return [[act for act in found if act in ("directory.correct_person", "presence.check_in")] for found in acts]

    def looks_at(ask: dict[str, str]) -> int:
        return len(
            [row for row in asked(client, "looks", **ask).context["rows"] if row["look"].page == "directory:person"]
        )

    assert (shown(), looks_at(asks[0]), looks_at(own)) == ([[], [], [], []], 0, 0)
    made = merge_people(by=factories.BY, survivor=one, merged=other, at=timezone.now(), on=timezone.localdate()).merge
    both = ["presence.check_in", "directory.correct_person"]
    assert (shown(), looks_at(asks[0]), looks_at(own)) == ([both, both, both, both[1:]], 1, 1)
    page = client.get(reverse("web:ledger_line", args=[line.key]))
    assert page.status_code == 200 and "Lê Thị Lân" in page.content.decode()
    unmerge_people(by=factories.BY, merge=made, at=timezone.now())
    assert (shown(), looks_at(asks[0])) == ([[], [], [], []], 0)
    everything = signed_in(factories.user(Role.AUDITOR, on=country))
    assert things(everything, person=asks[1]["person"], act="directory.correct_person") == [line.thing]


def test_too_many_people_of_a_name_are_not_meant_all_at_once(auditor: Client, ward: Unit) -> None:
    for _ in range(21):
        factories.person("Nguyễn Văn An", at=ward)

    shown = asked(auditor, person="văn an").content.decode()
    assert "Too many people are called so: write more of the name" in shown


def test_what_was_done_in_a_class_holds_its_places_rolls_and_marks(auditor: Client) -> None:
    here, there = factories.training_class(), factories.training_class()
    for found in (here, there):
        wrote(thing=f"training.trainingclass:{found.key}")
        wrote(thing=f"training.enrolment:{factories.enrolment(found).key}")
        wrote(thing=f"presence.gathering:{factories.meeting(found).gathering.key}")

    kinds = [thing.partition(":")[0] for thing in things(auditor, thing=f"training.trainingclass:{here.key}")]
    assert kinds == ["presence.gathering", "training.enrolment", "training.trainingclass"]


def test_things_are_called_by_name_for_those_who_may_see_them(country: Unit, ward: Unit) -> None:
    document = factories.programme(ward, name="Chương trình Đông")
    who = factories.person("Nguyễn Thị Hoa", at=ward)
    wrote(thing=f"programmes.programme:{document.key}")
    wrote(thing=f"directory.person:{who.key}")
    wrote(thing="training.trainingclass:gone000000000")

    shown = asked(signed_in(factories.user(Role.AUDITOR, on=country))).content.decode()
    assert "Chương trình Đông" in shown
    assert "Nguyễn Thị Hoa" in shown
    assert "gone000000000" in shown


def test_a_line_does_not_name_a_person_to_an_auditor_of_another_unit(ward: Unit) -> None:
    elsewhere = factories.unit()
    clerk = factories.user(Role.PROGRAMME_OFFICER, on=elsewhere)
    who = factories.person("Nguyễn Thị Hoa", at=ward)
    line = wrote(thing=f"directory.person:{who.key}", by=clerk)
    client = signed_in(factories.user(Role.AUDITOR, on=elsewhere))

    for address in (reverse("web:ledger"), reverse("web:ledger_line", args=[line.key])):
        shown = client.get(address).content.decode()
        assert (who.key in shown, "Nguyễn Thị Hoa" in shown) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_lines_asks_the_same_few_questions_however_long(auditor: Client, ward: Unit, count: int) -> None:
    asked(auditor)
    for _ in range(count):
        wrote(thing=f"directory.person:{factories.person(at=ward).key}", by=factories.user())

    with CaptureQueriesContext(connection) as queries:
        assert len(things(auditor)) == count
    assert len(queries) == 8


def test_older_lines_are_a_page_further(auditor: Client) -> None:
    for number in range(52):
        wrote(thing=f"test:{number}")

    first = asked(auditor)
    rest = auditor.get(reverse("web:ledger") + first.context["older_url"])
    assert [row["line"].thing for row in rest.context["rows"]] == ["test:1", "test:0"]
    assert rest.context["older_url"] == ""
    assert auditor.get(reverse("web:ledger"), {"before": "nonsense"}).status_code == 404


def test_a_line_opens_with_everything_it_says(auditor: Client, ward: Unit) -> None:
    who = factories.person("Nguyễn Thị Hoa", at=ward)
    line = wrote("directory.end_post", "directory.post:gone000000000", person=who.key, on="2020-10-05")
    seal(at=timezone.now())

    shown = auditor.get(reverse("web:ledger_line", args=[line.key]))
    facts = {row["key"]: row["value"] for row in [*shown.context["facts"], *shown.context["values"]]}
    assert facts["Act"] == "ended a post (directory.end_post)"
    assert facts["Key of the thing"] == "directory.post:gone000000000"
    assert (facts["person"], facts["on day"]) == ("Nguyễn Thị Hoa", "05/10/2020")
    assert facts["Seal"].startswith("1, made on ")
    assert "reads as it was written down" in shown.content.decode()


def test_a_line_that_was_changed_says_so_on_its_page(auditor: Client) -> None:
    line = wrote()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_entry SET act = 'test.undone' WHERE id = %s", [line.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")

    shown = auditor.get(reverse("web:ledger_line", args=[line.key])).content.decode()
    assert "This line is not what was written down" in shown


class TestLooks:
    def test_a_persons_page_leaves_a_look_and_the_auditor_finds_it(self, auditor: Client, ward: Unit) -> None:
        who = factories.person("Nguyễn Thị Hoa", at=ward)
        reader = factories.user(Role.UNIT_COORDINATOR, on=ward, full_name="Trần Thị Coi")
        client = signed_in(reader)
        for _ in range(2):
            client.get(reverse("directory:person", args=[who.key]))
        client.get(reverse("directory:people", args=[ward.key]))

        rows = asked(auditor, "looks", person=f"directory.person:{who.key}").context["rows"]
        assert [(row["who"], row["page"], row["whom"].words) for row in rows] == [
            ("Trần Thị Coi", "the page of a person", "Nguyễn Thị Hoa")
        ]
        rows = asked(auditor, "looks", person=f"directory.person:{who.key}", lists="on").context["rows"]
        assert [(row["page"], row["whom"].words, row["look"].people) for row in rows] == [
            ("the people of a unit", "Phường Phường Đông", 1),
            ("the page of a person", "Nguyễn Thị Hoa", 1),
        ]
        assert [row["page"] for row in asked(auditor, "looks", page="directory:people").context["rows"]] == [
            "the people of a unit"
        ]

    def test_who_audits_a_unit_reads_its_peoples_looks_and_those_at_its_people(self, ward: Unit) -> None:
        mine = factories.person(at=ward)
        staff, stranger = factories.user(Role.UNIT_COORDINATOR, on=ward), factories.user()
        for by, whom in ((staff, "directory.person:x"), (stranger, f"directory.person:{mine.key}")):
            look(by=by, page="directory:person", whom=whom, people=1, at=timezone.now())
        client = signed_in(factories.user(Role.AUDITOR, on=ward))

        def seen(**query: str) -> list[str]:
            found = asked(client, "looks", **query).context["rows"]
            return [row["look"].whom for row in found if row["look"].page == "directory:person"]

        assert seen() == ["directory.person:x"]
        assert seen(person=f"directory.person:{mine.key}") == [f"directory.person:{mine.key}"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_list_of_looks_asks_the_same_few_questions_however_long(
        self, auditor: Client, ward: Unit, count: int
    ) -> None:
        asked(auditor, "looks")
        for _ in range(count):
            whom = f"directory.person:{factories.person(at=ward).key}"
            look(by=factories.user(), page="directory:person", whom=whom, people=1, at=timezone.now())

        with CaptureQueriesContext(connection) as queries:
            asked(auditor, "looks")
        assert len(queries) == 8

    def test_links_of_a_person_a_class_and_a_unit_lead_there_for_auditors_only(
        self, country: Unit, ward: Unit
    ) -> None:
        who, found = factories.person(at=ward), factories.training_class(factories.programme(ward))
        pages = {
            reverse("directory:person", args=[who.key]): f"?person=directory.person:{who.key}",
            reverse("training:class", args=[found.key]): f"?thing=training.trainingclass:{found.key}",
            reverse("directory:unit", args=[ward.key]): f"?thing=directory.unit:{ward.key}",
        }
        for role, there in ((Role.AUDITOR, True), (Role.PROGRAMME_OFFICER, False)):
            client = signed_in(factories.user(role, on=country))
            for page, choice in pages.items():
                shown = client.get(page).content.decode()
                links = (f'href="{reverse("web:ledger")}{choice}"', f'href="{reverse("web:looks")}{choice}"')
                assert [link in shown for link in links] == [there, there], (role, page)


class TestExport:
    def test_a_few_lines_are_exported_at_once_and_the_ledger_says_so(self, auditor: Client) -> None:
        wrote(thing="test:1", note="=1+1")
        wrote(thing="test:2")
        response = auditor.post(reverse("web:export_audit"), {"what": "lines", "format": "csv", "thing": "test:1"})
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert [(row["Key of the thing"], row["Values"]) for row in rows] == [("test:1", '{"note": "=1+1"}')]
        line = Entry.objects.get(act="web.export_audit")
        assert line.about == {"what": "lines", "format": "csv", "lines": 1, "chosen": {"thing": "test:1"}}

    def test_looks_are_exported_as_a_workbook_of_texts(self, auditor: Client) -> None:
        look(by=factories.BY, page="directory:person", whom="directory.person:x", people=1, at=timezone.now())
        response = auditor.post(
            reverse("web:export_audit"), {"what": "looks", "format": "xlsx", "actor": "machine:test"}
        )
        sheet = load_workbook(io.BytesIO(response.content)).active
        assert sheet is not None
        assert [[cell.value for cell in row][1:] for row in sheet.iter_rows(min_row=2)] == [
            ["machine:test", "test", "directory:person", "the page of a person", "directory.person:x", "person", "1"]
        ]

    def test_a_wrong_choice_or_format_is_not_exported(self, auditor: Client) -> None:
        address = reverse("web:export_audit")
        refused = auditor.post(address, {"what": "lines", "format": "pdf"})
        assert (
            "Cannot export: say what, and in which format. Use the buttons of the page." in refused.content.decode()
        )
        refused = auditor.post(address, {"what": "lines", "format": "csv", "since": "yesterday"})
        assert refused.status_code == 409
        assert "Cannot export the lines: the choice of lines is not right." in refused.content.decode()

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_large_export_is_a_job_that_goes_on_where_it_was_broken_off(self, country: Unit, kind: str) -> None:
        reader = factories.user(Role.AUDITOR, on=country)
        for number in range(3):
            wrote(thing=f"test:{number}")
        job = start_export(
            by=reader,
            what="lines",
            kind=kind,
            chosen=Chosen(act="test.act"),
            lines=3,
            unit=country,
            language="vi",
            at=timezone.now(),
        )
        Job.objects.update(state="running")
        running = Running(Job.objects.get(pk=job.pk), connection.connection, lambda: False)
        for _ in range(2):
            assert export_audit(running) == {"url": reverse("web:exports"), "lines": 3}
        file = File.objects.get()
        assert (file.seen_with, file.name[:8], file.name.rpartition(".")[2]) == ("ledger.view", "nhat-ky-", kind)
        shown = asked(signed_in(reader), "exports").content.decode()
        assert reverse("office:file", args=[file.key]) in shown


class TestSeals:
    def check(self, reader: User, country: Unit) -> None:
        job = start_check(by=reader, unit=country, at=timezone.now())
        Job.objects.filter(pk=job.pk).update(state="running")
        result = check_seals(Running(Job.objects.get(pk=job.pk), connection.connection, lambda: False))
        Job.objects.filter(pk=job.pk).update(state="done", result=result, finished_at=timezone.now())

    def test_the_page_says_what_the_last_check_read_and_that_nothing_was_changed(
        self, country: Unit, keys: None
    ) -> None:
        reader = factories.user(Role.AUDITOR, on=country, full_name="Lê Kiểm")
        client = signed_in(reader)
        assert "The seals were not checked yet" in asked(client, "seals").content.decode()
        wrote()
        self.check(reader, country)
        shown = " ".join(asked(client, "seals").content.decode().split())
        assert "Nothing was changed" in shown
        assert "asked for by Lê Kiểm" in shown

    def test_the_page_names_each_fault(self, country: Unit, keys: None) -> None:
        reader = factories.user(Role.AUDITOR, on=country)
        line = wrote()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE ledger_entry SET act = 'test.undone' WHERE id = %s", [line.pk])
            cursor.execute("SET LOCAL session_replication_role = origin")
        self.check(reader, country)
        shown = asked(signed_in(reader), "seals").content.decode()
        assert "1 fault was found" in shown
        assert f"Line {line.pk} was inserted or edited: test.undone of test:1 by machine:test" in shown

    def test_pressing_twice_starts_one_check_and_the_page_shows_how_far_it_is(
        self, country: Unit, auditor: Client, keys: None
    ) -> None:
        for _ in range(2):
            assert auditor.post(reverse("web:seals")).status_code == 302
        job = Job.objects.get(kind="web.check_seals")
        Job.objects.update(state="running", done=40, total=160)
        assert "40 of 160" in asked(auditor, "seals").content.decode()
        assert "40 of 160" in auditor.get(reverse("web:seals_progress")).content.decode()
        Job.objects.filter(pk=job.pk).update(state="stopped")
        assert auditor.get(reverse("web:seals_progress")).content == b""


@pytest.fixture
def keys(settings: Any, tmp_path: Any) -> None:
    settings.KEYS_DIR = tmp_path / "keys"


LINES = 30_000


def test_every_list_of_the_auditor_is_read_along_an_index(auditor: Client, ward: Unit) -> None:
    """A list that reads the whole table is slow with a million lines; the plan of each is looked at with many."""
    who = factories.person("Nguyễn Thị Hoa", at=ward)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_entry (key, at, actor, act, thing, about, mark)
               SELECT lpad(n::text, 13, '0'), timestamptz '2026-01-01' + n * interval '1 minute', 'user:' || n %% 50,
                      CASE WHEN n %% 1000 = 0 THEN 'office.keep_file' ELSE 'training.enrol' END, 'test:' || n,
                      CASE WHEN n %% 500 = 0 THEN jsonb_build_object('person', 'p' || n) ELSE '{}'::jsonb END, '\\x00'
                 FROM generate_series(1, %s) n""",
            [LINES],
        )
        cursor.execute(
            """INSERT INTO ledger_look (at, actor, page, whom, part, people, mark)
               SELECT timestamptz '2026-01-01' + n * interval '1 minute', 'user:' || n %% 50, 'directory:person',
                      'directory.person:' || n %% 5000, 1, 1, '\\x00' FROM generate_series(1, %s) n""",
            [LINES],
        )
        cursor.execute("ANALYZE ledger_entry, ledger_look")
    day = date(2026, 1, 10)
    plain: list[dict[str, Any]] = [
        {},
        {"actor": "user:7"},
        {"since": day, "until": day},
        {"actor": "user:7", "since": day, "until": day},
        {"person": f"directory.person:{who.key}"},
        {"thing": "directory.person:77"},
        {"before": f"{int(begins(day).timestamp()) * 1_000_000}-100"},
    ]
    for name, table, queries in (
        ("ledger", "ledger_entry", [*plain, {"thing": "test:77"}, {"act": "office.keep_file"}]),
        ("looks", "ledger_look", plain),
    ):
        for query in queries:
            with CaptureQueriesContext(connection) as captured:
                asked(auditor, name, **query)
            (sql,) = (one["sql"] for one in captured if f'FROM "{table}"' in one["sql"])
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN (FORMAT TEXT) " + sql.replace("%", "%%"), [])
                plan = "\n".join(line for (line,) in cursor.fetchall())
            assert f"Seq Scan on {table}" not in plan, f"{name} {query}\n{sql}\n{plan}"


def test_a_person_who_is_nobodys_is_named_to_who_audits_the_country_only(country: Unit, auditor: Client) -> None:
    lost = Person.objects.create(full_name="Nguyễn Vô Chủ", folded="nguyen vo chu", sort_key="chu")
    line = wrote(thing=f"directory.person:{lost.key}")
    assert "Nguyễn Vô Chủ" in auditor.get(reverse("web:ledger_line", args=[line.key])).content.decode()
