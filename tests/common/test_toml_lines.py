"""A TOML file of a stranger: read as it is written, or refused with the line of what nobody can mean."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.toml_lines import LinedFault, LinedFaults, NoToml, read_toml, toml_of
from lantoa.pilots.rules.playbook import PlaybookFaults, read_playbook
from lantoa.programmes.rules.target_file import read_target_file
from lantoa.readiness.rules.file import IndexFaults, read_index

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path for place in ("lantoa", "examples") for path in (ROOT / place).rglob("*.toml"))
TOO_MUCH = [
    ("a = " + "9" * 5_000, 1, "The number 99999999999999999999… is longer or larger than can be read."),
    ("a = 0x" + "f" * 5_000, 1, "The number 0xffffffffffffffffff… is longer or larger than can be read."),
    ("b = [\n1,\n-1e100000000]", 3, "The number -1e100000000 is longer or larger than can be read."),
    ("b = 0e1_0_0_0", 1, "The number 0e1_0_0_0 is longer or larger than can be read."),
    ("\ncode" + ".a" * 3_000 + " = 1", 2, "A key here has more than 10 dots."),
    ("b = {" + '"a\\"b" . ' * 2_000 + "a = 1}", 1, "A key here has more than 10 dots."),
    ("[" + "'a'." * 11 + "a]", 1, "A key here has more than 10 dots."),
    ('b = """\n"""""\nc' + ".a" * 11 + "=1", 3, "A key here has more than 10 dots."),
    ("b = " + "[" * 60 + "]" * 60, 1, "Values stand more than 50 deep in each other here."),
    ('b = 1\n[c]\nd = "a\\u0000b"', 3, "A letter that nobody sees (U+0000) stands here. Write the text without it."),
    ('b = 1\nc = ["\\u202Eb"]', 2, "A letter that nobody sees (U+202E) stands here. Write the text without it."),
    ("b = 1 # \u202ea", 1, "A letter that nobody sees (U+202E) stands here. Write the text without it."),
    ("b = 1\n'c\u2066' = 1", 2, "A letter that nobody sees (U+2066) stands here. Write the text without it."),
    ("b = '" + "a" * 20_000 + "'", 1, "The line is longer than 20000 letters."),
]


def targets(text: str) -> None:
    read_target_file(text.encode())


@pytest.mark.parametrize("read", [targets, read_index, read_playbook], ids=["targets", "index", "playbook"])
@pytest.mark.parametrize(("text", "line", "words"), TOO_MUCH)
def test_what_nobody_can_mean_is_refused_with_its_line_by_every_reader(
    read: Callable[[str], object], text: str, line: int, words: str
) -> None:
    with pytest.raises((LinedFaults, IndexFaults, PlaybookFaults)) as told:
        read(text)
    found: Any = told.value
    faults = [(one.line, str(one.reason if isinstance(one, LinedFault) else one.words)) for one in found.faults]
    assert faults == [(line, words)]


def test_texts_and_comments_may_say_what_would_be_too_much_outside_of_them() -> None:
    much = "1.1" * 40 + " " + "9" * 50
    comment, basic, literal = f"# \"don't {much}\n", f'a = "\\"{much}"\n', f"b = '{much}' # {much}\n"
    text = f'{comment}{basic}{literal}c = """\n"{much}\\""""""\nd = \'\'\'\n{much}\'\'\'\n'

    assert toml_of(text).values == tomllib.loads(text)


def test_numbers_and_days_of_usual_length_stay() -> None:
    text = "a = 1979-05-27T00:32:00.999999-07:00\nb = 1e30\nc = [1.25, -0.5, 1_000]\nd = 0xff\ne.f.g = inf\n"

    assert toml_of(text).values == tomllib.loads(text)
    assert read_toml(b"a = 1.10").values == {"a": Decimal("1.10")}


def test_of_many_faults_the_first_hundred_are_told() -> None:
    with pytest.raises(LinedFaults) as told:
        toml_of("\n".join(f"a{number} = 1e999" for number in range(5_000)))
    assert [fault.line for fault in told.value.faults] == list(range(1, 101))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_files_of_the_house_are_read_as_they_are_written(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert toml_of(text).values == tomllib.loads(text)


PIECES = st.sampled_from(
    ['"', "'", '"""', "'''", "\\", "#", "\n", "=", ".", "[", "]", "{", "}", "a", "1e9", " ", ","]
)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_whatever_is_read_is_what_toml_says(text: str) -> None:
    try:
        said = toml_of(text).values
    except (LinedFaults, NoToml) as told:
        assert told
    else:
        assert said == tomllib.loads(text)
