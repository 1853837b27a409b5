"""Small indices for tests."""

from pathlib import Path

from lantoa.readiness.rules.file import read_index
from lantoa.readiness.rules.structure import Index

FOLDER = Path(__file__).parents[2] / "lantoa" / "readiness" / "indices"


def text_of(*parts: str, head: str = "") -> str:
    """A file with these groups and components."""
    start = f'lantoa_index = 1\n[index]\ncode = "thu"\nversion = "1"\nlevel = "commune"\ntitle = "Thử"\n{head}\n'
    return start + "\n".join(parts)


def group(code: str, more: str = "") -> str:
    return f'[[group]]\ncode = "{code}"\ntitle = "{code}"\n{more}\n'


def component(code: str, rule: str, more: str = "points = 10", under: str = "") -> str:
    place = f'under = "{under}"\n' if under else ""
    return f'[[component]]\ncode = "{code}"\ntitle = "{code}"\n{place}{more}\nrule = {{ {rule} }}\n'


YES_NO = 'kind = "yes_no"'
RATIO = 'kind = "ratio"'
LINE = 'kind = "goalposts", low = 0, high = 100'


def index_of(*parts: str, head: str = "") -> Index:
    return read_index(text_of(*parts, head=head))


def shipped(name: str) -> Index:
    return read_index((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
