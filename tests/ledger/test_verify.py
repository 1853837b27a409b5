"""What was done to the ledger behind its back is found and named."""

import hashlib
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from ledger.conftest import write

from lantoa.ledger.actions import accept_restore
from lantoa.ledger.models import Entry, Seal
from lantoa.ledger.queries import KEPT_FAULTS, read_head, verify
from lantoa.ledger.rules import Machine

pytestmark = pytest.mark.django_db

Tamper = Callable[[str, list[Any]], None]
SealNow = Callable[..., list[Seal]]


def kinds() -> list[str]:
    return [fault.kind for fault in verify().faults]


def only_fault() -> str:
    report = verify()
    assert report.found == 1, [str(fault) for fault in report.faults]
    return str(report.faults[0])


@pytest.fixture
def ten_lines(seal_now: SealNow) -> list[Entry]:
    """Ten lines in four seals of three, three, three and one."""
    lines = [write(number=number) for number in range(10)]
    seal_now(batch=3)
    return lines


def said(line: Entry) -> str:
    return f"test.done of test.thing:1 by machine:test at {line.at.isoformat(timespec='seconds')}"


def test_a_ledger_that_nobody_touched_is_sound(ten_lines: list[Entry]) -> None:
    write()

    report = verify()

    assert (report.sound, report.lines, report.seals, report.unsealed) == (True, 11, 4, 1)


def test_an_empty_ledger_is_sound() -> None:
    assert verify().sound


def test_every_column_of_a_sealed_line_is_guarded(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    changes = [
        ("key = %s", "0000000000000"),
        ("at = at + %s::interval", "1 microsecond"),
        ("actor = %s", "user:0000000000000"),
        ("act = %s", "test.undone"),
        ("thing = %s", "test.thing:2"),
        ("about = %s::jsonb", '{"number": 99}'),
        ("mark = %s", hashlib.sha256(b"guess").digest()),
    ]
    for line, (change, value) in zip(ten_lines, changes, strict=False):
        behind_the_back(f"UPDATE ledger_entry SET {change} WHERE id = %s", [value, line.pk])

    assert kinds() == ["edited"] * len(changes)


def test_an_edited_line_is_named_with_who_what_when(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    line = ten_lines[4]
    behind_the_back("UPDATE ledger_entry SET about = '{}' WHERE id = %s", [line.pk])

    assert only_fault() == (f"Line {line.pk} was edited: {said(line)} is not what was written down (key {line.key}).")


def test_a_deleted_line_is_named_with_its_seal(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("DELETE FROM ledger_entry WHERE id = %s", [ten_lines[4].pk])
    made_at = Seal.objects.get(number=2).made_at.isoformat(timespec="seconds")

    assert only_fault() == f"Line {ten_lines[4].pk} was deleted: seal 2 holds it, made at {made_at}."


def test_a_line_inserted_into_a_seal_is_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    line = write()
    behind_the_back("UPDATE ledger_entry SET seal_id = 2 WHERE id = %s", [line.pk])

    assert only_fault() == (
        f"Line {line.pk} was inserted: {said(line)} (key {line.key}) says it is in seal 2, which does not hold it."
    )


def test_a_line_inserted_without_the_key_is_named_before_it_is_sealed(
    ten_lines: list[Entry], behind_the_back: Tamper
) -> None:
    line = write()
    behind_the_back("UPDATE ledger_entry SET mark = %s WHERE id = %s", [b"x" * 32, line.pk])

    assert only_fault() == (
        f"Line {line.pk} was inserted or edited: {said(line)} (key {line.key})"
        " is not sealed yet and its mark is wrong."
    )


def test_a_line_inserted_without_the_key_is_named_after_it_was_sealed(
    ten_lines: list[Entry], behind_the_back: Tamper, seal_now: SealNow
) -> None:
    line = write()
    behind_the_back("UPDATE ledger_entry SET mark = %s WHERE id = %s", [b"x" * 32, line.pk])
    seal_now()

    assert kinds() == ["edited"]


def test_two_lines_that_changed_places_are_both_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    first, second = ten_lines[0].pk, ten_lines[1].pk
    for old, new in ((first, -1), (second, first), (-1, second)):
        behind_the_back("UPDATE ledger_entry SET id = %s WHERE id = %s", [new, old])

    report = verify()

    assert [fault.kind for fault in report.faults] == ["moved", "moved"]
    assert str(report.faults[0]) == (
        f"Line {first} was exchanged: it now reads {said(ten_lines[1])} (key {ten_lines[1].key}),"
        " a genuine line but not the one that seal 1 holds here."
    )


def test_a_line_taken_out_of_its_seal_is_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("UPDATE ledger_entry SET seal_id = NULL WHERE id = %s", [ten_lines[0].pk])

    assert only_fault() == (
        f"Line {ten_lines[0].pk} was taken out of its seal: seal 1 holds it, the line itself says -."
    )


def test_an_edited_seal_is_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("UPDATE ledger_seal SET ids = ids[1:2], marks = substr(marks, 1, 64) WHERE number = 2", [])
    behind_the_back("DELETE FROM ledger_entry WHERE id = %s", [ten_lines[5].pk])
    made_at = Seal.objects.get(number=2).made_at.isoformat(timespec="seconds")

    assert only_fault() == f"Seal 2, made at {made_at}, was edited: its mark does not fit its lines."


def test_a_seal_whose_marks_were_shortened_is_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("UPDATE ledger_seal SET marks = substr(marks, 1, 40) WHERE number = 2", [])

    assert kinds() == ["seal-edited"]


def test_a_line_edited_together_with_its_seal_is_still_named(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("UPDATE ledger_entry SET act = 'test.undone' WHERE id = %s", [ten_lines[4].pk])
    behind_the_back("UPDATE ledger_seal SET marks = %s WHERE number = 2", [b"x" * 96])

    assert kinds() == ["seal-edited", "edited"]


def test_a_missing_seal_is_named_with_the_lines_it_held(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("DELETE FROM ledger_seal WHERE number = 2", [])

    assert [str(fault) for fault in verify().faults] == [
        "Seals 2 to 2 are missing; the lines they held may be gone, and the mark of seal 3 after them"
        " cannot be checked.",
        f"3 lines from line {ten_lines[3].pk} on say they are in seal 2, which is not there.",
    ]


def test_a_tail_cut_off_with_its_lines_is_noticed_by_the_remembered_head(
    ten_lines: list[Entry], behind_the_back: Tamper
) -> None:
    behind_the_back("DELETE FROM ledger_entry WHERE seal_id >= 3", [])
    behind_the_back("DELETE FROM ledger_seal WHERE number >= 3", [])

    assert only_fault() == (
        "The end was cut off: seal 4 was made, but the last one in the database is 2."
        " After restoring an older backup on purpose, run: lantoa verify-ledger --accept-restore"
    )


def test_a_tail_cut_off_stays_noticed_when_new_seals_have_grown_over_it(
    ten_lines: list[Entry], behind_the_back: Tamper, seal_now: SealNow
) -> None:
    behind_the_back("DELETE FROM ledger_entry WHERE seal_id >= 3", [])
    behind_the_back("DELETE FROM ledger_seal WHERE number >= 3", [])
    for _ in range(4):
        write()
        seal_now()

    assert only_fault() == "Seal 4 was replaced: its mark is not the one remembered in ledger-head."


def test_an_emptied_ledger_is_noticed(ten_lines: list[Entry], behind_the_back: Tamper) -> None:
    behind_the_back("DELETE FROM ledger_entry", [])
    behind_the_back("DELETE FROM ledger_seal", [])

    assert kinds() == ["tail-cut"]


def test_a_restored_backup_is_accepted_by_an_act_of_its_own(
    ten_lines: list[Entry], behind_the_back: Tamper, seal_now: SealNow, django_capture_on_commit_callbacks: Any
) -> None:
    behind_the_back("DELETE FROM ledger_entry WHERE seal_id >= 3", [])
    behind_the_back("DELETE FROM ledger_seal WHERE number >= 3", [])

    with django_capture_on_commit_callbacks(execute=True):
        accept_restore(by=Machine("test"))
    seal_now()

    assert verify().sound
    line = Entry.objects.latest("id")
    assert (line.act, line.about) == ("ledger.restore_accepted", {"lost_head": 4, "new_head": 2})


def test_a_missing_head_file_is_a_fault_until_the_next_seal(
    ten_lines: list[Entry], keys: Path, seal_now: SealNow
) -> None:
    (keys / "ledger-head").unlink()
    assert only_fault() == ("The file ledger-head, which remembers the last seal, is missing or cannot be read.")

    write()
    seal_now()

    assert verify().sound
    head = read_head()
    assert head is not None and head.number == 5


def test_a_crash_between_the_first_seal_and_its_head_is_mended_by_the_next_round(
    keys: Path, seal_now: SealNow
) -> None:
    """Before the first seal there is no file: nothing tells one that was never written from one that was lost."""
    write()
    seal_now()
    (keys / "ledger-head").unlink()
    assert kinds() == ["head-missing"]

    seal_now()

    assert verify().sound
    head = read_head()
    assert head is not None and head.number == 1


def test_a_head_lost_later_is_not_mended_by_a_round_with_nothing_to_seal(
    ten_lines: list[Entry], keys: Path, seal_now: SealNow
) -> None:
    (keys / "ledger-head").unlink()

    seal_now()

    assert kinds() == ["head-missing"]


def test_with_another_key_every_line_is_wrong_and_the_command_says_what_to_look_at(
    ten_lines: list[Entry], keys: Path, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (keys / "ledger-head").rename(tmp_path / "other" / "ledger-head")
    settings.KEYS_DIR = tmp_path / "other"
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("verify_ledger", stdout=out)

    assert out.getvalue().splitlines()[-1] == (
        "Every line is wrong: is data/keys/ledger.key the key that this ledger was written with?"
    )


def test_at_most_a_thousand_faults_are_kept_and_all_are_counted(seal_now: SealNow, behind_the_back: Tamper) -> None:
    for number in range(KEPT_FAULTS + 5):
        write(number=number)
    seal_now(batch=300)
    behind_the_back("UPDATE ledger_entry SET act = 'test.undone'", [])

    report = verify()

    assert (report.found, len(report.faults)) == (KEPT_FAULTS + 5, KEPT_FAULTS)


def test_the_command_is_quiet_and_succeeds_on_a_sound_ledger(ten_lines: list[Entry]) -> None:
    out = StringIO()

    call_command("verify_ledger", stdout=out)

    assert out.getvalue() == "10 lines in 4 seals checked, 0 not sealed yet: nothing was changed.\n"


def test_the_command_fails_with_code_1_and_tells_machines_what_it_found(
    ten_lines: list[Entry], behind_the_back: Tamper
) -> None:
    behind_the_back("DELETE FROM ledger_entry WHERE id = %s", [ten_lines[4].pk])
    out = StringIO()

    with pytest.raises(SystemExit) as exit_code:
        call_command("verify_ledger", "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert exit_code.value.code == 1
    assert (report["sound"], report["found"], report["faults"][0]["line"]) == (False, 1, ten_lines[4].pk)
