"""The whole country in the database: its counts, its map from old to new, and next year's changes."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from lantoa.directory import queries
from lantoa.directory.actions import Changes, import_units
from lantoa.directory.models import Level, Placement, SuccessionLink, Unit
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)


def country_on(day: date) -> Unit:
    found = queries.unit_at("country", "VN", on=day)
    assert found is not None
    return found


def counts(day: date) -> list[int]:
    under = queries.units_under(country_on(day), on=day)
    return [under.filter(level=level).count() for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)]


def test_63_provinces_696_districts_10035_communes_until_30_june_and_34_and_3321_from_1_july() -> None:
    assert (counts(OLD), counts(NEW)) == ([63, 696, 10_035], [34, 0, 3_321])


def test_13_special_zones_and_the_fewest_communes_are_where_they_are() -> None:
    under = queries.units_under(country_on(NEW), on=NEW)
    lai_chau = queries.unit_at("province", "12", on=NEW)
    assert lai_chau is not None
    assert under.filter(kind="Đặc khu").count() == 13
    assert queries.units_under(lai_chau, on=NEW).count() == 38


def test_every_old_commune_goes_on_or_has_heirs_with_one_default() -> None:
    old = set(Placement.objects.filter(level="commune", period__contains=OLD).values_list("unit_id", flat=True))
    goes_on = set(Placement.objects.filter(level="commune", period__contains=NEW).values_list("unit_id", flat=True))
    links = list(
        SuccessionLink.objects.filter(succession__day=NEW, forebear__in=old).values_list("forebear", "default")
    )
    with_default = [forebear for forebear, default in links if default]
    assert len(old & goes_on) == 121
    assert sorted(with_default) == sorted(old - goes_on)


def test_listing_3321_communes_under_the_country_is_one_query() -> None:
    with CaptureQueriesContext(connection) as asked:
        found = list(queries.units_under(country_on(NEW), on=NEW, level=Level.COMMUNE))
    assert (len(found), len(asked)) == (3_321, 2)  # one finds the country


def test_the_import_wrote_one_line(country: Changes) -> None:
    entry = Entry.objects.get(act="directory.import_units")
    assert (entry.actor, entry.about["units"]) == ("machine:test", country.units)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


DECISIONS = "slug,number,issued_on,issuer,title\nnq,9/NQ-UBTVQH16,2026-11-02,Ủy ban Thường vụ Quốc hội,Về việc thử\n"
PLACEMENTS = "unit,since,until,level,kind,name,code,parent,decision,snapshot,ended_by\n"
LINKS = "day,forebear,heir,whole,default,kind,decision,snapshot\n"


def test_next_years_merger_is_a_folder_and_the_built_in_list_stays_quiet_after_it(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        decisions=DECISIONS,
        endings="unit,until,ended_by\ncommune:26848,2027-01-01,nq\ncommune:26842,2027-01-01,nq\n",
        placements=PLACEMENTS + ",2027-01-01,,commune,Phường,Phước Long Mới,26999,province:79,nq,,\n",
        successions=LINKS
        + "2027-01-01,commune:26848,commune:26999,yes,yes,,nq,\n"
        + "2027-01-01,commune:26842,commune:26999,yes,yes,,nq,\n",
    )
    said = StringIO()
    call_command("import_units", "--file", str(folder), "--apply", "--json", stdout=said)
    changed = json.loads(said.getvalue())
    assert (changed["placements"], changed["ended"], changed["successions"]) == ({"commune": 1}, 2, {"merged": 1})
    city = queries.unit_at("province", "79", on=date(2027, 1, 1))
    assert city is not None
    assert queries.units_under(city, on=date(2027, 1, 1), level=Level.COMMUNE).count() == 167
    again = import_units(by=Machine("test"), listed=queries.built_in(), apply=True)
    assert again.nothing


def test_a_dry_run_writes_nothing_and_says_so(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        decisions=DECISIONS,
        placements=PLACEMENTS + ",2027-01-01,,commune,Xã,Thử,39999,province:79,nq,,\n",
    )
    before = (Unit.objects.count(), Entry.objects.count())
    said = StringIO()
    call_command("import_units", "--file", str(folder), stdout=said)
    assert said.getvalue().splitlines()[-1] == "Nothing was written. To write it: --apply"
    assert (Unit.objects.count(), Entry.objects.count()) == before


def test_a_list_that_contradicts_what_stands_is_refused_whole_and_says_where(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        decisions=DECISIONS,
        placements=PLACEMENTS
        + ",2027-01-01,,commune,Xã,Thử,39999,province:79,nq,,\n"
        + ",2025-05-01,2025-06-01,commune,Phường,Tên Khác,26851,district:769,nq,,nq\n",
    )
    before = Unit.objects.count()
    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("import_units", "--file", str(folder), "--apply", stderr=StringIO())
    assert str(refused.value) == (
        f"Cannot import the list of units {tmp_path.name} (contradictions: 1): placements.csv:3: Phường Tên Khác "
        "(26851) is said to stand under Thành phố Thủ Đức in 2025-05-01..2025-06-01, but the directory has Phường "
        "Phước Long A (26851) under Thành phố Thủ Đức in 2021-01-01..2025-07-01."
    )
    assert Unit.objects.count() == before


def test_a_path_that_is_no_list_is_refused(tmp_path: Path) -> None:
    with translation.override("en"), pytest.raises(CommandError) as refused:
        call_command("import_units", "--file", str(tmp_path / "nowhere"), stderr=StringIO())
    assert str(refused.value) == (
        f"Cannot import {tmp_path / 'nowhere'}: it is neither a folder of a list of units nor one of its files "
        "(decisions.csv, snapshots.csv, placements.csv, endings.csv, successions.csv, coverage.csv)."
    )
