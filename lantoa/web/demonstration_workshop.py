"""The workshop of 30 September 2020 in the demonstration: 80 sites in Vietnam and Singapore, finished.

That it was held, by whom, what was said and by which speakers stood in the newspapers. Which sites they were, their
hours, operators, numbers and checks are invented; the people are marked so.
"""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import connection, transaction

from lantoa.common.bulk import add_rows
from lantoa.directory.actions.rosters import Listed, add_people
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import unit_finder
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.training.rules.roster.numbers import read_phone
from lantoa.web.demonstration_workshop_held import hold_it, write_minutes
from lantoa.workshops.actions.agenda import add_item
from lantoa.workshops.actions.sites import folded_names, settle_tree
from lantoa.workshops.actions.workshops import change_state, create_workshop
from lantoa.workshops.models import AgendaItem, Check, Invitation, Site, Workshop
from lantoa.workshops.rules.words import ZONES

CODE: Final = "ht-2020-09-30"
BEGINS: Final = datetime(2020, 9, 30, 1, 30, tzinfo=UTC)  # 8:30 in Vietnam
ENDS: Final = BEGINS + timedelta(hours=3)
BEFORE: Final = BEGINS - timedelta(days=7)
AGENDA: Final = (
    # title, in English, speaker, in English, language, minutes planned, minutes it took
    ("Phát biểu khai mạc", "Opening", "Ông Dương Anh Đức, Phó Chủ tịch UBND Thành phố Hồ Chí Minh",
     "Mr Duong Anh Duc, Vice Chairman of the People's Committee of Ho Chi Minh City", "vi", 15, 18),
    ("Ba vấn đề mấu chốt của chuyển đổi số", "Three keys to digital transformation",
     "Bà Carolyn Turk, Giám đốc Quốc gia Ngân hàng Thế giới tại Việt Nam",
     "Ms Carolyn Turk, Country Director of the World Bank in Vietnam", "en", 25, 24),
    ("Kinh nghiệm 30 năm chuyển đổi số của Singapore", "Thirty years of digital transformation in Singapore",
     "Ông Chan Cheow Hoe, Giám đốc Công nghệ số của Chính phủ Singapore",
     "Mr Chan Cheow Hoe, Government Chief Digital Technology Officer of Singapore", "en", 50, 55),
    ("Thảo luận giữa các điểm cầu", "Discussion between the sites", "", "", "vi", 70, 66),
    ("Bế mạc", "Closing", "Ông Dương Anh Đức, Phó Chủ tịch UBND Thành phố Hồ Chí Minh",
     "Mr Duong Anh Duc, Vice Chairman of the People's Committee of Ho Chi Minh City", "vi", 10, 9),
)  # fmt: skip


@transaction.atomic
def hold_workshop(*, by: Actor, folder: Path) -> Workshop:
    """The workshop with its agenda, sites, answers and checks, held and over; nothing when it stands already."""
    finder = unit_finder()
    on = BEGINS.date()
    found = finder.resolve("Thành phố Hồ Chí Minh", on=on).unit
    assert found is not None
    city = Unit.objects.get(pk=found)
    if standing := Workshop.objects.filter(unit=city, code=CODE).first():
        return standing
    held = create_workshop(
        by=by,
        unit=city,
        code=CODE,
        name="Hội thảo nâng cao nhận thức và năng lực chuyển đổi số cho Thành phố Hồ Chí Minh",
        name_en="Workshop on awareness of and capacity for digital transformation, Ho Chi Minh City",
        begins=BEGINS,
        ends=ENDS,
        languages=["vi", "en"],
        at=BEFORE,
    )
    _agenda(held, by=by)
    with (folder / "diem-cau.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    units = {row["Đơn vị"]: finder.resolve(row["Đơn vị"], on=on).unit for row in rows if row["Đơn vị"]}
    _sites(held, rows, units, by=by)
    for state, moment in (("ready", BEFORE), ("live", BEGINS)):
        change_state(by=by, workshop=held, to=state, at=moment)
    hold_it(held, by=by, begins=BEGINS)
    held = change_state(by=by, workshop=held, to="over", at=ENDS)
    write_minutes(held, by=by, at=ENDS + timedelta(days=1))
    return held


def _agenda(held: Workshop, *, by: Actor) -> None:
    planned = really = BEGINS
    for title, title_en, speaker, speaker_en, language, minutes, took in AGENDA:
        made = add_item(
            by=by,
            workshop=held,
            values={
                "title": title,
                "title_en": title_en,
                "speaker": speaker,
                "speaker_en": speaker_en,
                "language": language,
            },
            begins=planned,
            ends=planned + timedelta(minutes=minutes),
            at=BEFORE,
        )
        planned += timedelta(minutes=minutes)
        AgendaItem.objects.filter(pk=made.pk).update(started_at=really, ended_at=really + timedelta(minutes=took))
        really += timedelta(minutes=took)


def _sites(held: Workshop, rows: list[dict[str, str]], units: Mapping[str, int | None], *, by: Actor) -> None:
    people = []
    for row in rows:
        unit = units.get(row["Đơn vị"]) or held.unit_id
        for name, phone in (
            (row["Người trực"], row["Điện thoại người trực"]),
            (row["Người thay thế"], row["Điện thoại người thay thế"]),
        ):
            people.append(Listed(name, unit, phone=read_phone(phone)[0], is_demonstration=True))
    source = f"workshops.workshop:{held.key}"
    taken = [one.person for one in add_people(by=by, people=people, since=BEFORE.date(), source=source)]
    columns = (
        "workshop_id", "code", "name", "name_en", "folded", "unit_id", "place", "country", "zone", "operator_id",
        "deputy_id", "equipment", "line", "seats", "language", "expected",
    )  # fmt: skip
    made = add_rows(
        Site,
        columns,
        [
            (
                held.pk,
                row["Mã điểm cầu"],
                row["Tên điểm cầu"],
                row["Tên tiếng Anh"],
                folded_names(row["Mã điểm cầu"], row["Tên điểm cầu"], row["Tên tiếng Anh"]),
                units.get(row["Đơn vị"]),
                int(row["Thứ tự mời"]),
                row["Quốc gia"],
                ZONES[row["Quốc gia"]],
                taken[2 * number],
                taken[2 * number + 1],
                row["Thiết bị"],
                row["Đường truyền"],
                int(row["Số chỗ"]),
                row["Ngôn ngữ"],
                int(row["Số người dự kiến"]),
            )
            for number, row in enumerate(rows)
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workshops_site s SET above_id = a.id
                 FROM workshops_site a, unnest(%s::text[], %s::text[]) v(code, up)
                WHERE s.workshop_id = %s AND a.workshop_id = s.workshop_id AND s.code = v.code AND a.code = v.up""",
            [[row["Mã điểm cầu"] for row in rows], [row["Mã điểm cầu cấp trên"] for row in rows], held.pk],
        )
    settle_tree(held)
    actor = by.actor_key
    answered = BEFORE + timedelta(days=2)
    add_rows(
        Invitation,
        ("site_id", "invited_at", "answer", "people", "answered_at", "answered_by"),
        [
            (pk, BEFORE, "yes", int(row["Số người dự kiến"]), answered, actor)
            for (pk, _key), row in zip(made, rows, strict=True)
        ],
    )
    results = '{"camera": "ok", "microphone": "ok", "speaker": "ok", "stream": "ok", "down": "42.0", "up": "18.5"}'
    add_rows(
        Check,
        ("site_id", "results", "colour", "made_at", "signed_by"),
        [(pk, results, "green", BEGINS - timedelta(days=1), actor) for pk, _key in made],
    )
    record(by=by, act="workshops.load_sites", thing=held, about={"sites": len(made)})
