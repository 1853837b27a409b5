"""The tour shows the code as it is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOP = re.compile(r"\*\*\d\. .*?\(`(?P<file>[^`]+)`\)(?P<text>.*?)(?=\n\*\*\d\. |\Z)", re.DOTALL)


def test_every_snippet_of_the_tour_stands_in_its_file() -> None:
    tour = (ROOT / "docs/tour.md").read_text()
    stops = list(STOP.finditer(tour))
    assert len(stops) == 5
    for stop in stops:
        code = (ROOT / stop["file"]).read_text()
        for snippet in re.findall(r"```python\n(.*?)```", stop["text"], re.DOTALL):
            assert snippet in code, f"docs/tour.md shows lines that are not in {stop['file']}:\n{snippet}"
