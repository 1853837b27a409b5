"""A programme file is read strictly: every fault has its line, its key, its reason and its value."""

import pytest

from lantoa.training.rules.plan import PlanFaults, read_plan, read_plan_bytes
from lantoa.training.rules.plan.nodes import LARGEST


def faults(text: str | bytes) -> list[str]:
    try:
        read_plan(text) if isinstance(text, str) else read_plan_bytes(text)
    except PlanFaults as found:
        return [str(fault) for fault in found.faults]
    return []


def test_the_small_file_has_no_fault(small: str) -> None:
    assert faults(small) == []


def test_all_faults_are_told_at_once_in_the_order_of_the_file(small: str) -> None:
    text = (
        small.replace("from: 01/10/2020", "from: 31/2/2020")
        .replace("hours: 8, outcomes", "hours: tám, outcomes")
        .replace("capacity: 40\n    room: Phòng 2", "capacty: 40\n    room: Phòng 3")
        .replace("lecturer: gv-2", "lecturer: gv-9")
    )
    assert faults(text) == [
        'line 5, column 18: programme.period.from: "31/2/2020" is no day of the calendar.',
        'line 23, column 35: courses[1].topics[1].hours: "tám" is not a number with at most 1 decimals.',
        'line 37, column 67: classes[1].meetings[2].lecturer: There is no lecturer "gv-9" in this file. Is "gv-2" meant?',  # noqa: E501
        "line 38, column 5: classes[2]: The key capacity is missing.",
        'line 40, column 5: classes[2].capacty: There is no key "capacty" here. Is capacity meant?',
        'line 41, column 11: classes[2].room: There is no room "Phòng 3" in this file. Is "Phòng 2" meant?',
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lantoa: 1", "lantoa: 2", 'line 1, column 9: lantoa: This is version "2" of programme files; this house reads version 1.'),  # noqa: E501
        ("to: 31/12/2020", "to: 30/09/2020", "line 5, column 34: programme.period.to: The programme ends on 30/09/2020, before it starts on 01/10/2020."),  # noqa: E501
        ("to: 31/12/2020", "to: cuối năm", 'line 5, column 34: programme.period.to: "cuối năm" is not a date. Write 01/10/2020 or 2020-10-01.'),  # noqa: E501
        ("role: teaching", "role: bạn", 'line 10, column 44: programme.partners[1].role: "bạn" is not one of: host, teaching, partner, donor.'),  # noqa: E501
        ("time: 13:30-16:30", "time: 16:30-13:30", 'line 36, column 34: classes[1].meetings[1].time: "16:30-13:30" ends before it starts.'),  # noqa: E501
        ("time: 13:30-16:30", "time: chiều", 'line 36, column 34: classes[1].meetings[1].time: "chiều" is not a time of day. Write 13:30-16:30.'),  # noqa: E501
        ("topic: 1, lecturer: gv-1", "topic: 5, lecturer: gv-1", 'line 36, column 54: classes[1].meetings[1].topic: There is no topic "5": the course has topics 1 to 2.'),  # noqa: E501
        ("presence: 80%", "presence: 120%", 'line 28, column 13: completion.presence: "120%" is not a share. Write 80% or 0.8.'),  # noqa: E501
        ("assessment: bai", "assessment: thi", "line 28, column 3: completion: Cannot read the completion rule: there is no assessment called thi."),  # noqa: E501
        ("at_least: 5", "at_least: 11", "line 28, column 3: completion: Cannot read the completion rule: bai asks for a mark of 11; marks go from 0 to 10."),  # noqa: E501
        ("code: Q9-2", "code: Q9-1", 'line 38, column 5: classes[2]: "Q9-1" stands here a second time; the first is in line 31.'),  # noqa: E501
        ("code: quan-9-2020", "code: quận 9", 'line 3, column 9: programme.code: "quận 9" is not a code: letters, digits, - . _ / and no spaces, at most 40.'),  # noqa: E501
        ("capacity: 40\n    room: Phòng 1", "capacity: 50\n    room: Phòng 1", "line 33, column 15: classes[1].capacity: The class has 50 places, but room Phòng 1 holds 45."),  # noqa: E501
        ("    room: Phòng 1\n", "", "line 31, column 5: classes[1]: Say where the class meets: place, room or online."),  # noqa: E501
        ("{number}/CN-BQ9", "CN-BQ9", 'line 47, column 11: certificate.number: "CN-BQ9" is no pattern of numbers. It holds {number} once and may hold {year}: {number}/CN-BQ9.'),  # noqa: E501
        ("https://example.vn/749", "javascript:x", 'line 24, column 81: courses[1].topics[2].materials[1].url: "javascript:x" is not an address that begins with https://.'),  # noqa: E501
        ("date: 08/10/2020", "date: 05/10/2020", "line 36, column 7: classes[1].meetings: The class meets twice at 13:30 05/10/2020."),  # noqa: E501
        ("name: Chuyển đổi số Quận 9", "name: ChuyÓn ®æi sè QuËn 9", 'line 4, column 9: programme.name: "ChuyÓn ®æi sè QuËn 9" is written in the old encoding TCVN3. Convert the file to Unicode first.'),  # noqa: E501
        ("name: Chuyển đổi số Quận 9", "name:", "line 4, column 3: programme.name: The key name is empty. Give a value or leave the key out."),  # noqa: E501
    ],
)  # fmt: skip
def test_a_fault_names_line_key_reason_and_value(small: str, old: str, new: str, said: str) -> None:
    assert faults(small.replace(old, new, 1)) == [said]


def test_a_key_that_stands_twice_is_refused(small: str) -> None:
    assert faults(small.replace("  fields:", "  name: Tên khác\n  fields:")) == [
        "line 8, column 3: programme.name: The key name stands here a second time; the first is in line 4."
    ]


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_is_told_where_it_belongs(beginning: bytes) -> None:
    assert faults(beginning + b"\0" * 100) == [
        "line 1, column 1: This is a spreadsheet, and a programme file is a text (YAML). A list of people is loaded "
        "on the progress page of its programme, by “Load a roster from a file”."
    ]


# ---- hostile files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1: The file is empty."),
        ("a: &x [1]\nb: *x\n", "line 1, column 4: Anchors and aliases (& and *) are not used in programme files. Write the value again."),  # noqa: E501
        ("a: !!python/object/apply:os.system [x]\n", "line 1, column 4: Tags (tag:yaml.org,2002:python/object/apply:os.system) are not used in programme files."),  # noqa: E501
        ("a: 1\n---\nb: 2\n", "line 2, column 1: A second document begins here. A programme file is one document."),
        ("a:\n\tb: 1\n", "line 2, column 1: The line begins with a tab. Use spaces to move a line to the right."),
        ("a: x\x07\n", "line 1, column 5: There is a character that is no text (U+0007)."),
        ("[" * 50 + "]" * 50, "line 1, column 14: The file is nested too deeply here."),
        ("a: [1\n", "line 2, column 1: This is not YAML: while parsing a flow sequence expected ',' or ']', but got '<stream end>'."),  # noqa: E501
        ("just words\n", "line 1, column 1: Here stand keys with values (lantoa, shift, programme, acts, budget, agencies, lecturers, rooms, courses, assessments, completion, classes, certificate, report)."),  # noqa: E501
        (b"lantoa: 1\nname: Qu\xcbn\n", "line 2, column 9: The file is not written in Unicode (UTF-8): byte 0xcb. Save it again as UTF-8."),  # noqa: E501
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_clearly(text: str | bytes, said: str) -> None:
    assert faults(text) == [said]


def test_a_huge_file_is_refused_unread() -> None:
    assert faults("a: 1\n" * (LARGEST // 4)) == [
        "The file is too large: 640 KB; a programme file has at most 512 KB."
    ]


def test_a_file_full_of_faults_stops_at_two_hundred(small: str) -> None:
    assert len(faults(small + "".join(f"k{number}: 1\n" for number in range(3000)))) == 200


def test_utf_16_and_a_byte_order_mark_are_read(small: str) -> None:
    assert read_plan_bytes(small.encode("utf-16")) == read_plan(small)
    assert read_plan_bytes(b"\xef\xbb\xbf" + small.encode()) == read_plan(small)


def test_decomposed_text_is_composed(small: str) -> None:
    import unicodedata

    assert read_plan(unicodedata.normalize("NFD", small)) == read_plan(small)


# ---- patterns


def test_a_pattern_lays_out_meetings_day_after_day(small: str) -> None:
    pattern = """\
    pattern:
      from: 05/10/2020
      days: [thứ hai, t5]
      time: [08:00-11:00, 13:30-16:30]
      skip: [08/10/2020]
      topics:
        - {topic: 1, meetings: 3, lecturer: gv-1}
        - {topic: 2, meetings: 1}
"""
    start = small.index("    meetings:\n      - {date: 06/10")
    plan = read_plan(small[:start] + pattern + small[small.index("certificate:") :])
    assert [
        (f"{m.date:%d/%m}", f"{m.starts:%H:%M}", m.topic, m.lecturer, m.room) for m in plan.classes[1].meetings
    ] == [
        ("05/10", "08:00", 1, "gv-1", "Phòng 2"),
        ("05/10", "13:30", 1, "gv-1", "Phòng 2"),
        ("12/10", "08:00", 1, "gv-1", "Phòng 2"),
        ("12/10", "13:30", 2, "", "Phòng 2"),
    ]


def test_a_faulty_pattern_says_what_is_wrong(small: str) -> None:
    pattern = "    pattern: {from: 05/10/2020, days: [thứ tám], time: [08:00-11:00, 10:00-12:00], topics: [{topic: 3, meetings: 1}]}\n"  # noqa: E501
    start = small.index("    meetings:\n      - {date: 06/10")
    assert faults(small[:start] + pattern + small[small.index("certificate:") :]) == [
        'line 42, column 40: classes[2].pattern.days[1]: "thứ tám" is no day of the week. Write thứ hai … chủ nhật, or monday … sunday.',  # noqa: E501
        'line 42, column 56: classes[2].pattern.time: Two times of the day overlap: "10:00".',
        'line 42, column 101: classes[2].pattern.topics[1].topic: "3" is not a whole number from 1 to 2.',
    ]


def test_a_file_of_too_many_values_is_refused_at_the_one_too_many() -> None:
    with pytest.raises(PlanFaults) as refused:
        read_plan("lantoa: 1\nclasses:\n" + "  - x\n" * 20_000)
    assert [str(fault.message % fault.values) for fault in refused.value.faults] == [
        "The file holds too many values: at most 15000."
    ]
