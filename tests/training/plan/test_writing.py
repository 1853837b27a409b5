"""What is written is read back as the same plan, whatever stands in it."""

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.common.vietnamese import clean, looks_legacy
from lantoa.training.rules.completion import Rule
from lantoa.training.rules.plan import (
    ActPlan,
    Agency,
    Assessment,
    CertificateSettings,
    ClassPlan,
    CoursePlan,
    DecisionPlan,
    LecturerPlan,
    MaterialLink,
    MeetingPlan,
    PartnerPlan,
    Plan,
    ProgrammePart,
    ReportSettings,
    RoomPlan,
    Signer,
    TopicPlan,
    UnitName,
    read_plan,
    write_plan,
)


def _text(most: int) -> st.SearchStrategy[str]:
    letters = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufffd")
    hard = st.sampled_from(
        ["null", "yes", "- a", "a: b", "# x", "'", '"', "1", "2020-10-01", "{x}", "a,b", "&a", "*b", "Đặng"]
    )
    return (
        st.one_of(st.text(letters, min_size=1, max_size=most), hard)
        .map(clean)
        .filter(lambda text: 0 < len(text) <= most and not looks_legacy(text))
    )


codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,12}", fullmatch=True)
days = st.dates(date(1995, 1, 1), date(2095, 1, 1))
units = st.one_of(
    st.lists(_text(20), min_size=2, max_size=3).map(lambda names: UnitName(tuple(names))),
    st.builds(UnitName, names=st.just(()), code=codes, level=st.sampled_from(["province", "commune"])),
)
signers = st.builds(Signer, _text(30), _text(30))
numbers = st.decimals(Decimal("0.01"), Decimal(900), places=2).map(Decimal)


@st.composite
def acts_of(draw: st.DrawFn) -> tuple[ActPlan, ...]:
    """Up to three acts, the earliest first; the last may replace or amend the first."""
    kinds, marks = st.sampled_from(["law", "plan"]), st.sampled_from(["", "F"])
    ends, urls = st.none() | st.just(date(2099, 1, 1)), st.sampled_from(["", "https://example.vn/a"])
    one = st.builds(ActPlan, _text(30), days, _text(20), _text(40), kinds, st.none() | days, ends, urls, mark=marks)
    found = sorted(draw(st.lists(one, max_size=3, unique_by=lambda act: act.number)), key=lambda act: act.issued_on)
    if len(found) > 1:
        way = draw(st.sampled_from(["replaces", "amends"]))
        found[-1] = replace(found[-1], **{way: (found[0].number,)})
    return tuple(found)


def _named(strategy: "st.SearchStrategy[object]", by: str) -> "st.SearchStrategy[tuple[object, ...]]":
    return st.lists(strategy, max_size=3, unique_by=lambda one: getattr(one, by)).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    first = draw(days)
    programme = ProgrammePart(
        draw(codes),
        draw(_text(60)),
        draw(units),
        first,
        first + timedelta(days=draw(st.integers(0, 400))),
        draw(st.none() | st.builds(DecisionPlan, _text(30), days, _text(40), _text(60))),
        audience=draw(st.just("") | _text(40)),
        fields=tuple(draw(st.lists(codes, max_size=3, unique=True))),
        partners=tuple(
            draw(
                st.lists(
                    st.builds(PartnerPlan, _text(30), st.sampled_from(["host", "donor"]), st.none() | units),
                    max_size=2,
                )
            )
        ),
        demonstration=draw(st.booleans()),
    )
    lecturers = draw(
        _named(st.builds(LecturerPlan, codes, _text(30), st.just("") | _text(20)), "code").filter(
            lambda all_: len({f"{one.full_name} ({one.organisation})" for one in all_}) == len(all_)
        )
    )  # type: ignore[attr-defined]
    rooms = draw(_named(st.builds(RoomPlan, _text(20), st.none() | units, st.none()), "name"))
    topics = st.lists(
        st.builds(
            TopicPlan,
            _text(40),
            st.decimals(Decimal("0.1"), Decimal(99), places=1).map(Decimal),
            st.lists(_text(30), max_size=2).map(tuple),
            st.lists(st.builds(MaterialLink, _text(20), st.just("https://example.vn/a?b=c#d")), max_size=2).map(
                tuple
            ),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple)
    prose = st.just("") | st.lists(_text(20), min_size=1, max_size=3).map("\n".join)
    courses = draw(st.lists(st.builds(CoursePlan, codes, _text(40), topics, prose, st.none() | units),
                            min_size=1, max_size=2, unique_by=lambda one: one.code).map(tuple))  # fmt: skip
    assessments = draw(
        _named(
            st.builds(Assessment, codes, _text(30), st.sampled_from(["test", "plan"]), numbers, st.none() | days),
            "code",
        )
    )
    completion = Rule(
        draw(st.none() | st.decimals(Decimal("0.01"), Decimal(1), places=2).map(Decimal)),
        handed_in=tuple(one.code for one in assessments[:1]),  # type: ignore[attr-defined]
    )
    classes = []
    for number in range(draw(st.integers(0, 3))):
        course = draw(st.sampled_from(courses))
        meetings = [
            MeetingPlan(
                first + timedelta(days=day),
                time(draw(st.integers(7, 11)), 30),
                time(draw(st.integers(12, 20)), 15),
                draw(st.integers(1, len(course.topics))),
                draw(st.sampled_from(["", *(one.code for one in lecturers)])),  # type: ignore[attr-defined]
                draw(st.sampled_from(["", *(one.name for one in rooms)])),  # type: ignore[attr-defined]
            )
            for day in range(draw(st.integers(0, 3)))
        ]
        own = draw(st.none() | st.just(()))
        own = None if own == assessments else own
        rule = None if own is None else (None if completion == Rule() else Rule())
        if own is None and draw(st.booleans()) and completion != Rule(Decimal("0.5")):
            rule = Rule(Decimal("0.5"))
        classes.append(
            ClassPlan(f"L{number}", course.code, draw(st.integers(1, 500)), draw(st.none() | units), draw(_text(20)), "",  # noqa: E501
                      tuple(sorted(meetings)), rule, own)
        )  # fmt: skip
    return Plan(
        programme=programme,
        acts=draw(acts_of()),
        agencies=tuple(draw(st.lists(st.builds(Agency, _text(20), st.none() | units, st.just(""), st.none() | days), max_size=2))),  # noqa: E501
        lecturers=lecturers,  # type: ignore[arg-type]
        rooms=rooms,  # type: ignore[arg-type]
        courses=courses,
        assessments=assessments,  # type: ignore[arg-type]
        completion=completion,
        classes=tuple(classes),
        certificate=draw(st.none() | st.builds(CertificateSettings, _text(20), _text(20), st.just("{number}/CN"), signers)),  # noqa: E501
        report=draw(st.none() | st.builds(ReportSettings, _text(20), _text(10), _text(20), signers, to=st.lists(_text(9), max_size=2).map(tuple))),  # noqa: E501
        shift=draw(st.none() | days),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans())
def test_what_is_written_is_read_back_as_the_same_plan(plan: Plan) -> None:
    text = write_plan(plan)
    assert read_plan(text) == plan
    assert write_plan(read_plan(text)) == text


def test_a_written_file_begins_with_what_it_is(small: str) -> None:
    assert write_plan(read_plan(small)).startswith("# Tệp chương trình Lan tỏa")


def test_the_small_file_is_written_and_read_back(small: str) -> None:
    assert read_plan(write_plan(read_plan(small))) == read_plan(small)
