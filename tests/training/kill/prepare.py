"""Things in a database of its own, made in a process of its own: `prepare.py roster CSV`, `job`, `sweep`."""

import os
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PEOPLE, CLASSES = 2_000, 5
LEARNERS, GROUPS = 1_040, 13
CERTIFICATE = {
    "title": "Chuyển đổi số cho lãnh đạo, quản lý",
    "issuer": "Ủy ban nhân dân Quận 9",
    "number": "{number}/{year}/CN-Q9",
    "place": "Quận 9",
    "signer": {"post": "Chủ tịch", "name": "Nguyễn Văn Mẫu"},
}


def roster(path: Path) -> None:
    """A programme with classes, and a list of new people for them."""
    from factories import meeting, programme, training_class, unit

    district = unit("9", kind="Quận", level="district")
    wards = [f"Thử {n}" for n in range(1, 21)]
    for name in wards:
        unit(name, under=district)
    made = programme(district, code="thu")
    for n in range(1, CLASSES + 1):
        meeting(training_class(made, code=f"L{n}", capacity=PEOPLE // CLASSES))
    lines = ["Họ và tên;Ngày sinh;Chức vụ;Đơn vị;CCCD;Điện thoại;Lớp"]
    for n in range(PEOPLE):
        name = f"Nguyễn Thử {'ABCDEGHIKLMN'[n % 12]}{'aeiou'[n % 5]}n"
        day = f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1960 + n % 30}"
        ward, code = wards[n % len(wards)], f"L{n % CLASSES + 1}"
        lines.append(f"{name};{day};Chuyên viên;Phường {ward};0790{n % 30 + 60:02d}{n:06d};09{n:08d};{code}")
    path.write_text("\n".join(lines))


def job() -> None:
    """Learners who have completed, and the job that issues their certificates."""
    from django.utils import timezone
    from factories import BY, programme, training_class, unit

    from lantoa.common.bulk import add_rows
    from lantoa.directory.actions.rosters import Listed, add_people
    from lantoa.office.actions import start_job
    from lantoa.training.models import Enrolment

    ward = unit("Thử")
    made = programme(ward, code="thu", papers={"certificate": CERTIFICATE})
    people = [Listed(f"Nguyễn Thử {n}", ward.pk, birth=(1980, None, None)) for n in range(LEARNERS)]
    taken = add_people(by=BY, people=people, since=date(2020, 10, 1), source="test:1")
    groups = [training_class(made, code=f"L{n:02d}", capacity=100) for n in range(GROUPS)]
    at = datetime(2020, 10, 1, tzinfo=UTC)
    add_rows(
        Enrolment,
        ("training_class_id", "person_id", "unit_id", "enrolled_at", "source", "completed_at"),
        [
            (groups[n % GROUPS].pk, one.person, ward.pk, at, "test:1", at + timedelta(days=90))
            for n, one in enumerate(taken)
        ],
    )
    arguments = {"programme": made.key, "on": "2020-12-31"}
    start_job(by=BY, kind="training.certificates", arguments=arguments, unit=ward, at=timezone.now())


def sweep() -> None:
    """What the worker does once a day, two days later."""
    from django.utils import timezone

    from lantoa.office.actions import sweep_files

    sweep_files(at=timezone.now() + timedelta(days=2))


if __name__ == "__main__":
    tests = Path(__file__).resolve().parents[2]
    sys.path[0:0] = [str(tests.parent), str(tests)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if sys.argv[1] != "sweep":
        call_command("migrate", verbosity=0)
    {"roster": lambda: roster(Path(sys.argv[2])), "job": job, "sweep": sweep}[sys.argv[1]]()
    connection.close()
