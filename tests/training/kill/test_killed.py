"""Killed with -9 at random moments, the program or the database under it: nothing is half done, and the same command
finishes it. Thirty moments, fifteen in each test; every fifth kills the database server."""

import random
import time
from pathlib import Path

import pytest
from training.kill.conftest import Installation, until
from training.kill.prepare import GROUPS, LEARNERS, PEOPLE

pytestmark = pytest.mark.slow
MOMENTS = 15
SEED = 20201001
OWN = ("directory_person", "directory_post", "training_enrolment")


def test_an_import_is_done_or_not_done(installation: Installation, tmp_path: Path) -> None:
    house, chance = installation, random.Random(SEED)
    path = tmp_path / "danh sách.csv"
    house.prepare("roster", str(path))
    command = ("import_roster", str(path), "--programme", "thu", "--apply")
    longest = seconds_of(house, *command)
    undo_last(house)
    before, killed = house.dump(), 0
    while killed < MOMENTS:
        process = house.start(*command)
        until(process.words)  # it says that it reads the file: from here on it works
        time.sleep(chance.uniform(0, longest))
        if process.runs():
            killed += house.kill_server(process) if killed % 5 == 4 else house.kill(process)
        if (now := house.dump()) != before:
            assert [now[table][0] for table in OWN] == [PEOPLE] * 3, f"half done at moment {killed}"
            undo_last(house)
            assert {table: house.dump()[table] for table in OWN} == {table: before[table] for table in OWN}
            before = house.dump()
        house.check_files()
    house.finish(*command)
    assert [house.count(table) for table in OWN] == [PEOPLE] * 3
    done = house.dump()
    house.finish(*command)
    assert house.dump() == done
    house.check_ledger()
    house.prepare("sweep")
    assert house.on_disk() == {name for (name,) in house.ask("SELECT stored_as FROM office_file")}


def seconds_of(house: Installation, *command: str) -> float:
    """How long the command works after its first words, undisturbed."""
    process = house.start(*command)
    until(process.words)
    started = time.monotonic()
    assert process.wait() == 0, process.words()
    return time.monotonic() - started


def undo_last(house: Installation) -> None:
    ((key,),) = house.ask("SELECT key FROM office_import WHERE state = 'applied'")
    house.finish("import_roster", "--undo", key, "--apply")


def test_a_certificate_job_goes_on_where_it_was_killed(installation: Installation) -> None:
    house, chance = installation, random.Random(SEED + 1)
    house.prepare("job")
    issued = 0
    for moment in range(1, MOMENTS + 1):
        losses = losses_of(house)
        process = house.start("run_jobs", "--until-idle")
        until(lambda: not process.runs() or has_begun(house, losses))  # noqa: B023
        time.sleep(chance.uniform(0, 0.4))
        assert process.runs(), f"the job was done before moment {moment}"
        assert house.kill_server(process) if moment % 5 == 0 else house.kill(process)
        before, issued = issued, check_certificates(house)
        assert issued >= before
    house.finish("run_jobs", "--until-idle")
    assert house.ask("SELECT state FROM office_job") == [("done",)]
    assert check_certificates(house) == LEARNERS
    assert house.count("office_file") == GROUPS
    house.check_ledger()
    house.prepare("sweep")
    assert len(house.on_disk()) == GROUPS


def losses_of(house: Installation) -> tuple[str, int]:
    ((state, losses),) = house.ask("SELECT state, losses FROM office_job")
    return state, losses


def has_begun(house: Installation, before: tuple[str, int]) -> bool:
    state, losses = losses_of(house)
    return state == "running" and (before[0] == "waiting" or losses > before[1])


def check_certificates(house: Installation) -> int:
    """How many there are: numbered from 1 without a gap, one a learner, each told by the ledger; every file of the
    job's note is there once, whole."""
    numbers = sorted(int(n.split("/")[0]) for (n,) in house.ask("SELECT number FROM training_certificate"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert house.ask("SELECT count(DISTINCT enrolment_id) FROM training_certificate") == [(len(numbers),)]
    told = "SELECT coalesce(sum((about->>'count')::int), 0) FROM ledger_entry WHERE act LIKE '%issue_certificates'"
    assert house.ask(told) == [(len(numbers),)]
    noted = house.ask("SELECT f.key, f.value FROM office_job, jsonb_each_text(checkpoint->'files') f ORDER BY 1")
    assert noted == house.ask("SELECT name, key FROM office_file ORDER BY 1")
    house.check_files()
    return len(numbers)
