"""What stood where on a day: District 9, Thủ Đức City, Bắc Kạn; what is not known is not guessed."""

from datetime import date

import pytest

from lantoa.directory import queries
from lantoa.directory.actions import Changes, import_units
from lantoa.directory.models import Coverage, Level, Placement, SuccessionLink, Unit
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("two_provinces")]

AUTUMN_2020 = date(2020, 10, 1)
AFTER_TET_2021 = date(2021, 2, 1)
JULY_2025 = date(2025, 7, 2)


def unit(level: str, code: str, on: date) -> Unit:
    found = queries.unit_at(level, code, on=on)
    assert found is not None
    return found


def names(placements: "list[Placement]") -> list[str]:
    return [placement.full_name for placement in placements]


def test_district_9_has_13_wards_on_1_october_2020() -> None:
    district = unit("district", "763", AUTUMN_2020)
    wards = queries.units_under(district, on=AUTUMN_2020, level=Level.COMMUNE)
    assert names(list(wards)) == [
        "Phường Hiệp Phú",
        "Phường Long Bình",
        "Phường Long Phước",
        "Phường Long Thạnh Mỹ",
        "Phường Long Trường",
        "Phường Phú Hữu",
        "Phường Phước Bình",
        "Phường Phước Long A",
        "Phường Phước Long B",
        "Phường Tăng Nhơn Phú A",
        "Phường Tăng Nhơn Phú B",
        "Phường Tân Phú",
        "Phường Trường Thạnh",
    ]


def test_there_is_no_thu_duc_city_on_1_october_2020() -> None:
    city = unit("district", "769", AFTER_TET_2021)
    said = queries.standing(city, on=AUTUMN_2020)
    assert (said.state, said.day, said.decision and said.decision.number) == (
        queries.NOT_YET,
        date(2021, 1, 1),
        "1111/NQ-UBTVQH14",
    )


def test_code_769_means_district_2_before_2021_and_thu_duc_city_after() -> None:
    before, after = unit("district", "769", AUTUMN_2020), unit("district", "769", AFTER_TET_2021)
    assert before != after
    assert queries.standing(before, on=AUTUMN_2020).name == "Quận 2"
    assert queries.standing(after, on=AFTER_TET_2021).name == "Thành phố Thủ Đức"


def test_thu_duc_city_stands_in_their_place_with_34_wards_on_1_february_2021() -> None:
    city = unit("district", "769", AFTER_TET_2021)
    assert queries.units_under(city, on=AFTER_TET_2021, level=Level.COMMUNE).count() == 34
    assert queries.standing(unit("district", "763", AUTUMN_2020), on=AFTER_TET_2021).state == queries.ENDED


def test_two_wards_of_district_2_end_in_each_of_two_new_ones() -> None:
    links = SuccessionLink.objects.filter(succession__day=date(2021, 1, 1), heir__placements__level="commune")
    went = sorted(
        (link.forebear.placement(on=AUTUMN_2020).full_name, link.heir.placement(on=AFTER_TET_2021).full_name)  # type: ignore[union-attr]
        for link in links.distinct()
    )
    assert went == [
        ("Phường An Khánh", "Phường Thủ Thiêm"),
        ("Phường Bình An", "Phường An Khánh"),
        ("Phường Bình Khánh", "Phường An Khánh"),
        ("Phường Thủ Thiêm", "Phường Thủ Thiêm"),
    ]


def test_a_ward_of_district_9_is_one_unit_before_and_after_2021() -> None:
    assert unit("commune", "26851", AUTUMN_2020) == unit("commune", "26851", AFTER_TET_2021)


def test_ho_chi_minh_city_has_168_communes_on_2_july_2025() -> None:
    city = unit("province", "79", JULY_2025)
    under = queries.units_under(city, on=JULY_2025)
    assert (under.filter(level=Level.COMMUNE).count(), under.filter(level=Level.DISTRICT).count()) == (168, 0)


def test_bac_kan_has_108_communes_at_the_training_of_december_2020() -> None:
    province = unit("province", "06", date(2020, 12, 16))
    under = queries.units_under(province, on=date(2020, 12, 16))
    kinds = [under.filter(level=Level.COMMUNE, kind=kind).count() for kind in ("Xã", "Phường", "Thị trấn")]
    assert (kinds, under.filter(level=Level.DISTRICT).count()) == ([96, 6, 6], 8)


def test_van_tung_becomes_a_town_by_its_decision_and_stays_the_same_unit() -> None:
    before, after = unit("commune", "01954", date(2023, 4, 9)), unit("commune", "01954", date(2023, 4, 10))
    assert before == after
    assert queries.standing(before, on=date(2023, 4, 9)).name == "Xã Vân Tùng"
    now = queries.standing(before, on=date(2023, 4, 10))
    assert (now.name, now.decision and now.decision.number) == ("Thị trấn Vân Tùng", "722/NQ-UBTVQH15")


def test_what_stood_before_the_first_list_is_not_known_and_not_guessed() -> None:
    said = queries.standing(unit("province", "06", date(2020, 2, 1)), on=date(2020, 1, 31))
    assert (said.state, said.placement, said.day) == (queries.NOT_KNOWN, None, date(2020, 2, 1))


def test_ho_chi_minh_citys_districts_of_2020_are_not_known_completely() -> None:
    city = unit("province", "79", AUTUMN_2020)
    assert [queries.coverage_known(city, on=day) for day in (AUTUMN_2020, date(2025, 3, 1))] == [False, True]
    assert names([p for p in queries.children(city, on=AUTUMN_2020) if p.level == Level.DISTRICT]) == [
        "Quận 2",
        "Quận 9",
        "Quận Thủ Đức",
    ]


def test_a_district_that_ended_in_2025_is_in_the_care_of_its_province() -> None:
    city = unit("district", "769", AFTER_TET_2021)
    heirs = queries.life(city, on=JULY_2025).heirs
    assert [kin.placement.full_name for kin in heirs if kin.default and kin.placement] == ["Thành phố Hồ Chí Minh"]
    assert len([kin for kin in heirs if not kin.default]) == 12


def test_a_units_life_is_told_as_of_the_day() -> None:
    city = unit("district", "769", AFTER_TET_2021)
    assert queries.life(city, on=AFTER_TET_2021).heirs == []
    came = queries.life(city, on=AFTER_TET_2021).forebears
    assert [kin.placement.full_name for kin in came if kin.placement] == ["Quận 2", "Quận 9", "Quận Thủ Đức"]


def test_a_divided_ward_has_one_default_heir_among_several() -> None:
    ward = unit("commune", "26833", AUTUMN_2020)
    heirs = queries.life(ward, on=JULY_2025).heirs
    assert {kin.placement.full_name for kin in heirs if kin.placement} == {
        "Phường Long Bình",
        "Phường Tăng Nhơn Phú",
    }
    assert ([kin.default for kin in heirs], [kin.whole for kin in heirs]) == ([True, False], [False, False])


def test_the_path_of_a_ward_is_that_of_the_day() -> None:
    ward = unit("commune", "26851", AUTUMN_2020)
    assert names(queries.path(ward, on=AUTUMN_2020)) == [
        "Nước Việt Nam",
        "Thành phố Hồ Chí Minh",
        "Quận 9",
        "Phường Phước Long A",
    ]
    assert names(queries.path(ward, on=AFTER_TET_2021))[2] == "Thành phố Thủ Đức"
    assert queries.path(ward, on=JULY_2025) == []


def test_a_list_names_units_that_no_longer_stand_as_they_were_called_last() -> None:
    ward = unit("commune", "26851", AUTUMN_2020)
    assert queries.names([ward.pk], on=JULY_2025)[ward.pk].full_name == "Phường Phước Long A"


def test_importing_the_same_list_again_changes_nothing_and_writes_no_line(two_provinces: Changes) -> None:
    lines = Entry.objects.count()
    again = import_units(
        by=Machine("test"), listed=queries.built_in(provinces=["79", "74", "77", "06", "19"]), apply=True
    )
    assert (again.nothing, Entry.objects.count() - lines) == (True, 0)
    assert two_provinces.placements == {
        level: Placement.objects.filter(level=level).count() for level in two_provinces.placements
    }


def test_every_forebear_has_exactly_one_default_heir_a_day() -> None:
    links = SuccessionLink.objects.values_list("succession__day", "forebear_id", "default")
    defaults = [(day, forebear) for day, forebear, default in links if default]
    assert sorted(defaults) == sorted({(day, forebear) for day, forebear, _ in links})


def test_coverage_never_overlaps() -> None:
    assert Coverage.objects.count() == len(
        {(unit_id, period.lower) for unit_id, period in Coverage.objects.values_list("unit_id", "period")}
    )


@pytest.mark.parametrize(
    ("words", "on", "first"),
    [
        ("phuoc long a", AUTUMN_2020, "Phường Phước Long A"),
        ("Phước Long A", AUTUMN_2020, "Phường Phước Long A"),
        ("p. phước long a", AUTUMN_2020, "Phường Phước Long A"),
        ("phuoc long", JULY_2025, "Phường Phước Long"),
        ("q9", AUTUMN_2020, "Quận 9"),
        ("Quận 09", AUTUMN_2020, "Quận 9"),
        ("quan 9", JULY_2025, "Quận 9"),
        ("vi huong", date(2020, 12, 16), "Xã Vi Hương"),
        ("Trung Hoà", date(2020, 12, 16), "Xã Trung Hòa"),
        ("Trung Hòa", date(2020, 12, 16), "Xã Trung Hòa"),
        ("ba ria vung tau", date(2025, 4, 1), "Tỉnh Bà Rịa - Vũng Tàu"),
        ("thu duc", AFTER_TET_2021, "Thành phố Thủ Đức"),
        ("tphcm", JULY_2025, "Thành phố Hồ Chí Minh"),
        ("chuyen doi so", date(2025, 3, 28), "Trung tâm Chuyển đổi số Thành phố Hồ Chí Minh"),
    ],
)
def test_search_finds_by_any_spelling_and_old_or_new_name(words: str, on: date, first: str) -> None:
    assert queries.search_units(words, on=on)[0].full_name == first


def test_a_unit_that_ended_is_found_as_it_was_last() -> None:
    found = queries.search_units("phước long a", on=JULY_2025)[0]
    assert (found.full_name, found.period.lower) == ("Phường Phước Long A", date(2021, 1, 1))


def test_search_finds_nothing_for_nothing() -> None:
    assert (queries.search_units("  "), queries.search_units("không có nơi này")) == ([], [])


@pytest.mark.parametrize(
    ("texts", "on", "meant"),
    [
        (("Phường Phước Long A, Quận 9",), AUTUMN_2020, "Phường Phước Long A"),
        (("UBND phường Phước Long A",), AUTUMN_2020, "Phường Phước Long A"),
        (("P. Phước Long A", "Q9"), AUTUMN_2020, "Phường Phước Long A"),
        (("phuoc long a", "Quận 9", "TP.HCM"), AFTER_TET_2021, "Phường Phước Long A"),
        (("UBND Quận 9",), AUTUMN_2020, "Ủy ban nhân dân Quận 9"),
        (("Phòng Nội vụ Quận 9",), AUTUMN_2020, "Phòng Nội vụ Quận 9"),
        (("Phòng Văn hoá Thông tin", "Quận 9"), AUTUMN_2020, "Phòng Văn hóa và Thông tin Quận 9"),
        (("Sở TT&TT", "", "Bắc Kạn"), date(2020, 12, 16), "Sở Thông tin và Truyền thông tỉnh Bắc Kạn"),
        (("Xã Vi Hương", "Bạch Thông", "Bắc Kạn"), date(2020, 12, 16), "Xã Vi Hương"),
        (("xã Vi Hương, huyện Bạch Thông, tỉnh Bắc Kạn",), date(2020, 12, 16), "Xã Vi Hương"),
        (("TT. Phủ Thông",), date(2020, 12, 16), "Thị trấn Phủ Thông"),
        (("Thành phố Thủ Đức",), AFTER_TET_2021, "Thành phố Thủ Đức"),
    ],
)
def test_a_roster_means_one_unit(texts: tuple[str, ...], on: date, meant: str) -> None:
    found = queries.unit_finder().resolve(*texts, on=on)
    assert found.unit is not None
    assert queries.names([found.unit], on=on)[found.unit].full_name == meant


def test_a_name_of_several_units_is_left_to_a_person() -> None:
    found = queries.unit_finder().resolve("Phường Phước Long A", "Bình Chánh", on=AUTUMN_2020)
    assert (found.unit, found.candidates) == (None, ())
    several = queries.unit_finder().resolve("Phường 1", on=date(2025, 4, 1))
    assert (several.unit, len(several.candidates) > 1) == (None, True)


def test_a_unit_of_another_day_is_offered_and_not_taken() -> None:
    ward = unit("commune", "26851", AUTUMN_2020)
    found = queries.unit_finder().resolve("Phường Phước Long A, Quận 9", on=JULY_2025)
    assert (found.unit, found.candidates) == (None, (ward.pk,))


def test_within_decides_between_units_of_one_name() -> None:
    finder = queries.unit_finder()
    meant = finder.resolve("Phường 1", "Bình Thạnh", on=date(2025, 4, 1)).unit
    assert meant is not None
    assert finder.resolve("Phường 1", on=date(2025, 4, 1), within={meant}).unit == meant
