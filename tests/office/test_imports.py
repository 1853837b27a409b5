"""Imports: a preview, one button, an undo; all or nothing, once, whoever presses."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from factories import BY
from office.conftest import Workers, until
from office.days_off import FIRST, lines

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.forgetting import KEPT_FOR, forget_rows
from lantoa.office.actions.imports import (
    apply_import,
    choose,
    preview_file,
    read_again,
    undo_import,
)
from lantoa.office.actions.worker import Worker
from lantoa.office.models import DayChange, Import
from lantoa.office.queries.files import path_of
from lantoa.office.queries.imports import outlook
from lantoa.office.rules.refusals import from_json

AT = datetime(2020, 10, 5, 2, tzinfo=UTC)
ROSTER = lines([("2020-10-05", "first"), ("2020-10-06", "second"), ("2020-10-77", "none")])


def loaded(ward: Unit, content: bytes = ROSTER, **more: Any) -> Import:
    more.setdefault("at", AT)
    file = keep_file(by=BY, name="days.csv", content=content, unit=ward, at=more["at"], seen_with="office.import")
    return preview_file(by=BY, kind="test.days_off", target="test:1", file=file, unit=ward, **more)


def words() -> list[str]:
    return list(DayChange.objects.order_by("day").values_list("words", flat=True))


def many(count: int) -> bytes:
    return lines((str(FIRST + timedelta(days=number)), str(number)) for number in range(count))


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value)


@pytest.mark.django_db
class TestPreview:
    def test_gives_every_row_its_verdict_and_writes_nothing(self, ward: Unit) -> None:
        DayChange.objects.create(day="2020-10-05", works=False, words="first")
        DayChange.objects.create(day="2020-10-06", works=False, words="other")
        made = loaded(ward, ROSTER + b"\n2020-10-08;?who\n2020-10-09;last")
        assert made.state == "previewed"
        assert list(made.rows.order_by("number").values_list("number", "verdict")) == [
            (1, "known"),
            (2, "changed"),
            (3, "wrong"),
            (4, "doubtful"),
            (5, "new"),
        ]
        assert made.summary == {"new": 1, "changed": 1, "known": 1, "doubtful": 1, "wrong": 1}
        assert words() == ["first", "other"]

    def test_names_the_cell_the_reason_and_the_old_and_the_new_value(self, ward: Unit) -> None:
        DayChange.objects.create(day="2020-10-06", works=False, words="other")
        made = loaded(ward)
        wrong, changed = made.rows.get(number=3), made.rows.get(number=2)
        assert wrong.faults == [
            {
                "cell": "A3",
                "severity": "error",
                "message": '"%(value)s" is not a date',
                "values": {"value": "2020-10-77"},
            }
        ]
        assert changed.changes == [{"field": "Words", "old": "other", "new": "second"}]

    def test_keeps_hostile_text_as_text(self, ward: Unit) -> None:
        hostile = '=HYPERLINK("http://example.org")\t<script>\\N\\.\\u0000'
        made = loaded(ward, lines([("2020-10-05", hostile + "<NUL>")]))
        assert made.rows.get().values == {"day": "2020-10-05", "words": hostile}

    def test_an_unreadable_file_is_refused_with_words_and_changes_nothing(self, ward: Unit) -> None:
        made = loaded(ward, b"unreadable")
        assert made.state == "refused"
        assert str(from_json(made.summary["refusal"])) == "Cannot read the file days.csv: it is a test."
        assert made.rows.count() == 0

    def test_reading_again_replaces_the_rows_and_takes_other_options(self, ward: Unit) -> None:
        made = loaded(ward)
        DayChange.objects.create(day="2020-10-05", works=False, words="first")
        made = read_again(by=BY, made=made, at=AT, options={"columns": {"": {"A": "day"}}})
        assert made.summary["known"] == 1
        assert made.rows.count() == 3
        assert made.options == {"columns": {"": {"A": "day"}}}


@pytest.mark.django_db
class TestApply:
    def test_writes_the_good_rows_and_leaves_the_wrong_ones_out(self, ward: Unit) -> None:
        made = apply_import(by=BY, made=loaded(ward), at=AT)
        assert (made.state, made.applied_at, words()) == ("applied", AT, ["first", "second"])
        assert Entry.objects.get(act="office.apply_import").about == {
            "kind": "test.days_off",
            "target": "test:1",
            "rows": 2,
        }

    def test_twice_does_it_once(self, ward: Unit) -> None:
        made = loaded(ward)
        apply_import(by=BY, made=made, at=AT)
        apply_import(by=BY, made=made, at=AT)
        assert words() == ["first", "second"]
        assert Entry.objects.filter(act="office.apply_import").count() == 1

    def test_the_same_file_again_changes_nothing(self, ward: Unit) -> None:
        apply_import(by=BY, made=loaded(ward), at=AT)
        again = loaded(ward)
        assert again.summary == {"new": 0, "changed": 0, "known": 2, "doubtful": 0, "wrong": 1}
        apply_import(by=BY, made=again, at=AT)
        assert words() == ["first", "second"]

    def test_is_refused_when_another_import_came_between_preview_and_apply(self, ward: Unit) -> None:
        first, second = loaded(ward), loaded(ward)
        apply_import(by=BY, made=first, at=AT)
        assert refused(lambda: apply_import(by=BY, made=second, at=AT)) == (
            "Cannot apply the import: since this preview was made the file days.csv was applied or undone, so the "
            "preview may no longer be true. Read the file again."
        )
        second = read_again(by=BY, made=second, at=AT)
        apply_import(by=BY, made=second, at=AT)
        assert words() == ["first", "second"]

    def test_waits_for_the_choice_of_doubtful_rows(self, ward: Unit) -> None:
        made = loaded(ward, lines([("2020-10-05", "?a"), ("2020-10-06", "?b")]))
        assert refused(lambda: apply_import(by=BY, made=made, at=AT)) == (
            "Cannot apply the import: 2 doubtful rows still wait for a choice."
        )

    def test_takes_doubtful_rows_as_they_were_chosen(self, ward: Unit) -> None:
        made = loaded(ward, lines([(f"2020-10-0{number}", f"?{number}") for number in (1, 2, 3)]))
        ids = dict(made.rows.values_list("number", "id"))
        choose(by=BY, made=made, choices={ids[1]: "new", ids[2]: "1990-01-01"}, others="skip")
        assert outlook(made).taken == 2
        apply_import(by=BY, made=made, at=AT)
        assert words() == ["?1"]
        assert list(made.rows.order_by("number").values_list("result", flat=True)) == [
            {"day": "2020-10-01", "old": None},
            {"joined": "1990-01-01"},
            {},
        ]

    def test_a_choice_that_a_row_does_not_offer_is_refused(self, ward: Unit) -> None:
        made = loaded(ward, lines([("2020-10-05", "?a")]))
        row = made.rows.get()
        said = "Cannot choose: one of the rows does not offer this choice. Load the page again."
        assert refused(lambda: choose(by=BY, made=made, choices={row.pk: "someone-else"})) == said
        assert refused(lambda: choose(by=BY, made=made, choices={row.pk + 1: "new"})) == said

    def test_a_fault_in_the_middle_leaves_nothing(self, ward: Unit) -> None:
        made = loaded(ward)
        DayChange.objects.create(day="2020-10-06", works=False, words="came between")
        with pytest.raises(Exception, match="duplicate key"), transaction.atomic():
            apply_import(by=BY, made=made, at=AT)
        made.refresh_from_db()
        assert (made.state, words()) == ("previewed", ["came between"])

    def test_a_file_that_was_refused_cannot_be_applied(self, ward: Unit) -> None:
        made = loaded(ward, b"unreadable")
        assert refused(lambda: apply_import(by=BY, made=made, at=AT)) == (
            "Cannot apply the import: it has no preview. Read the file again."
        )


@pytest.mark.django_db
class TestUndo:
    def test_gives_back_what_was_there(self, ward: Unit) -> None:
        DayChange.objects.create(day="2020-10-06", works=False, words="other")
        made = apply_import(by=BY, made=loaded(ward), at=AT)
        made = undo_import(by=BY, made=made, at=AT)
        assert (made.state, words()) == ("undone", ["other"])

    def test_twice_does_it_once(self, ward: Unit) -> None:
        made = apply_import(by=BY, made=loaded(ward), at=AT)
        undo_import(by=BY, made=made, at=AT)
        DayChange.objects.create(day="2020-10-05", works=False, words="later")
        undo_import(by=BY, made=made, at=AT)
        assert words() == ["later"]

    def test_is_refused_while_something_depends_on_it(self, ward: Unit) -> None:
        made = apply_import(by=BY, made=loaded(ward), at=AT)
        DayChange.objects.create(day="2021-01-01", works=False, words="needed")
        assert refused(lambda: undo_import(by=BY, made=made, at=AT)) == "Cannot undo: 01/01/2021 is needed."
        assert words() == ["first", "second", "needed"]

    def test_of_a_mere_preview_is_refused(self, ward: Unit) -> None:
        made = loaded(ward)
        assert refused(lambda: undo_import(by=BY, made=made, at=AT)) == "Cannot undo the import: it is not applied."

    def test_an_undone_import_is_read_again_before_it_is_applied_again(self, ward: Unit) -> None:
        made = undo_import(by=BY, made=apply_import(by=BY, made=loaded(ward), at=AT), at=AT)
        assert refused(lambda: apply_import(by=BY, made=made, at=AT)) == (
            "Cannot apply the import: it has no preview. Read the file again."
        )
        made = apply_import(by=BY, made=read_again(by=BY, made=made, at=AT), at=AT)
        assert words() == ["first", "second"]


@pytest.mark.django_db
class TestForgetting:
    def test_an_old_preview_cannot_be_applied_any_more(self, ward: Unit) -> None:
        made = loaded(ward)
        forget_rows(before=AT + timedelta(seconds=1), at=AT + KEPT_FOR)
        assert refused(lambda: apply_import(by=BY, made=made, at=AT)) == (
            "Cannot apply the import: its rows were erased when their time was over. Load the file again."
        )

    def test_an_import_under_way_is_not_forgotten(self, ward: Unit) -> None:
        made = loaded(ward)
        Import.objects.update(state="applying")
        assert forget_rows(before=AT + KEPT_FOR, at=AT + 2 * KEPT_FOR) == 0
        assert made.rows.count() == 3

    def test_old_rows_and_files_are_erased_and_what_was_applied_stays(
        self, ward: Unit, django_capture_on_commit_callbacks: Any
    ) -> None:
        made = apply_import(by=BY, made=loaded(ward), at=AT)
        with django_capture_on_commit_callbacks(execute=True):
            assert forget_rows(before=AT, at=AT + KEPT_FOR) == 0
            assert forget_rows(before=AT + timedelta(seconds=1), at=AT + KEPT_FOR) == 1
            assert forget_rows(before=AT + timedelta(seconds=1), at=AT + KEPT_FOR) == 0
        made.refresh_from_db()
        assert (made.rows.count(), path_of(made.file).exists(), words()) == (0, False, ["first", "second"])
        assert refused(lambda: undo_import(by=BY, made=made, at=AT)) == (
            "Cannot undo the import: its rows were erased when their time was over."
        )


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_people_pressing_at_once_do_it_once(self, ward: Unit) -> None:
        made = loaded(ward, many(40), options={"slow": 0.01})
        said: list[str] = []

        def press() -> None:
            try:
                said.append(apply_import(by=BY, made=made, at=AT).state)
            except Refused as no:
                said.append(str(no))
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        assert sorted(said) == [
            "The import is being worked on right now. Wait a moment and load the page again.",
            "applied",
        ]
        assert words() == [str(number) for number in range(40)]

    def test_two_files_are_applied_one_after_the_other(self, ward: Unit) -> None:
        first, second = loaded(ward, many(40), options={"slow": 0.01}), loaded(ward)
        said: list[str] = []

        def press() -> None:
            apply_import(by=BY, made=first, at=AT)
            connection.close()

        thread = threading.Thread(target=press)
        thread.start()
        time.sleep(0.15)
        said.append(refused(lambda: apply_import(by=BY, made=second, at=AT)))
        said.append(refused(lambda: apply_import(by=BY, made=second, at=AT, wait=True)))
        thread.join()
        assert said == [
            "Another file of this kind is being applied or undone right now. Try again when it is done.",
            "Cannot apply the import: since this preview was made the file days.csv was applied or undone, so the "
            "preview may no longer be true. Read the file again.",
        ]

    def test_a_large_file_is_read_applied_and_undone_by_jobs(self, ward: Unit) -> None:
        made = loaded(ward, many(15_000))
        assert (made.state, made.job is not None) == ("reading", True)
        assert refused(lambda: apply_import(by=BY, made=made, at=AT)) == (
            "The import is being worked on right now. Wait a moment and load the page again."
        )
        work()
        made.refresh_from_db()
        assert (made.state, made.summary["new"]) == ("previewed", 15_000)
        # a smaller part is enough to apply
        made.rows.filter(number__gt=2_500).delete()
        made = apply_import(by=BY, made=made, at=AT)
        assert (made.state, DayChange.objects.count()) == ("applying", 0)
        work()
        made.refresh_from_db()
        assert (made.state, DayChange.objects.count()) == ("applied", 2_500)
        undo_import(by=BY, made=made, at=AT)
        work()
        made.refresh_from_db()
        assert (made.state, DayChange.objects.count()) == ("undone", 0)

    def test_a_refusal_in_the_job_gives_the_buttons_back(self, ward: Unit) -> None:
        made, other = loaded(ward, many(2_100), wait=True), loaded(ward)
        made = apply_import(by=BY, made=made, at=AT)
        Import.objects.filter(pk=other.pk).update(turn=1, state="applied")
        work()
        made.refresh_from_db()
        assert (made.state, made.job and made.job.state, DayChange.objects.count()) == ("previewed", "failed", 0)


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def test_an_import_killed_at_random_moments_is_never_half_done_and_ends_the_same(
        self, ward: Unit, workers: Workers
    ) -> None:
        moment = random.Random(20201216)
        made = loaded(ward, many(2_100), wait=True, options={"slow": 0.0005}, at=timezone.now())
        made = apply_import(by=BY, made=made, at=AT)
        assert made.job is not None
        for kill in range(4):
            process = workers.start()
            until(lambda: state(made)[1] == "running" and losses(made) == kill, "taken up")  # noqa: B023
            time.sleep(moment.uniform(0, 0.8))
            process.kill()
            process.wait()
            count = DayChange.objects.count()
            assert count in (0, 2_100)
            if state(made)[1] == "done":
                break
        workers.finish()
        made.refresh_from_db()
        assert state(made) == ("applied", "done")
        assert words() == [str(number) for number in range(2_100)]
        assert Entry.objects.filter(act="office.apply_import").count() == 1
        assert made.rows.exclude(result={}).count() == 2_100

    def test_reading_and_undoing_survive_a_kill_too(self, ward: Unit, workers: Workers) -> None:
        made = apply_import(
            by=BY, made=loaded(ward, many(2_100), wait=True, options={"slow": 0.0005}, at=timezone.now()), at=AT
        )
        workers.finish()
        undo_import(by=BY, made=made, at=AT)
        made.refresh_from_db()
        process = workers.start()
        until(lambda: state(made)[1] == "running", "taken up")
        time.sleep(0.3)
        process.kill()
        process.wait()
        assert DayChange.objects.count() == 2_100
        workers.finish()
        made.refresh_from_db()
        assert (state(made), words()) == (("undone", "done"), [])


def state(made: Import) -> tuple[str, str]:
    now = Import.objects.select_related("job").get(pk=made.pk)
    assert now.job is not None
    return now.state, now.job.state


def losses(made: Import) -> int:
    now = Import.objects.select_related("job").get(pk=made.pk)
    assert now.job is not None
    return now.job.losses


def work() -> None:
    Worker().run(until_idle=True, housekeeping=False)
