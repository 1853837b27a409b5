"""Codes as numbers, names as keys, and what people write when they mean a unit."""

import re
from dataclasses import dataclass
from hashlib import sha256

from lantoa.common.vietnamese import clean, fold, sort_key

LEVELS = ("country", "province", "district", "commune", "agency")
_RANK = {level: rank for rank, level in enumerate(LEVELS)}


def level_rank(level: str) -> int:
    """0 for the country, then downwards; agencies last."""
    return _RANK[level]


def code_number(level: str, code: str) -> int | None:
    """Level and code as one number below 2**62, so that the database can keep a code from meaning two units at once.

    Official codes are digits: commune 26851 is 3_000_026_851. Other codes are hashed. None for no code.
    """
    if not code:
        return None
    if code.isascii() and code.isdigit() and len(code) < 10:
        return _RANK[level] * 1_000_000_000 + int(code)
    return int.from_bytes(sha256(f"{level}:{code}".encode()).digest()[:8], "big") >> 2 | 1 << 50


def folded_name(kind: str, name: str) -> str:
    """What search compares: "phuong phuoc long a", "tinh ba ria vung tau", "xa ea hleo"."""
    return flat(f"{kind} {name}")


def unit_sort_key(name: str) -> str:
    """The stored key that sorts units: Vietnamese order, numbers by their value (Quận 2 before Quận 10)."""
    return sort_key(re.sub(r"\d+", lambda number: number[0].zfill(4), name))


# The words for a kind, folded, as people write them; longest first where one begins another.
KIND_WORDS: dict[str, tuple[str, ...]] = {
    "phuong": ("phuong", "phg", "p"),
    "xa": ("xa", "x"),
    "thi tran": ("thi tran", "tt"),
    "dac khu": ("dac khu", "dk"),
    "quan": ("quan", "q"),
    "huyen": ("huyen", "h"),
    "thi xa": ("thi xa", "tx"),
    "thanh pho": ("thanh pho", "tp"),
    "tinh": ("tinh", "t"),
}
_WRITTEN = sorted(((word, kind) for kind, words in KIND_WORDS.items() for word in words), key=lambda w: -len(w[0]))
_COMMITTEE = re.compile(r"^(?:ubnd|uy ban nhan dan|u b n d|hdnd|hoi dong nhan dan|dang uy|ub)\b[ .:]*(?:va ubnd )?")
_PUNCTUATION = re.compile(r"[.,;:()/\-–_\"]+")
_APOSTROPHES = re.compile(r"['’`ʼ]+")
_GLUED = re.compile(r"^(p|q|h|x|tx|tt|tp)(\d{1,2})$")
_LEVEL_OF_KIND = {
    "phuong": "commune",
    "xa": "commune",
    "thi tran": "commune",
    "dac khu": "commune",
    "quan": "district",
    "huyen": "district",
    "thi xa": "district",
    "tinh": "province",
}
_SHORT_PROVINCES = {
    "hcm": "ho chi minh",
    "tphcm": "thanh pho ho chi minh",
    "hcmc": "ho chi minh",
    "sai gon": "ho chi minh",
    "hn": "ha noi",
    "brvt": "ba ria vung tau",
}


@dataclass(frozen=True)
class Wanted:
    """What somebody means: the name without kind, the kind if they wrote one, both folded."""

    name: str
    kind: str = ""
    committee: bool = False  # they wrote "UBND …"

    @property
    def level(self) -> str:
        """The level that the kind settles; "" when it does not (a "thành phố" is a province or a district)."""
        return _LEVEL_OF_KIND.get(self.kind, "")

    @property
    def full(self) -> str:
        return f"{self.kind} {self.name}".strip()


def flat(text: str) -> str:
    """Folded, without punctuation: how names are compared here ("Bà Rịa - Vũng Tàu" = "ba ria vung tau")."""
    return " ".join(_PUNCTUATION.sub(" ", _APOSTROPHES.sub("", fold(text))).split())


def wanted(text: str) -> Wanted:
    """ "UBND P. Phước Long A" -> name "phuoc long a", kind "phuong", committee."""
    written = flat(text)
    without = _COMMITTEE.sub("", written)
    committee, written = without != written, without
    written = _SHORT_PROVINCES.get(written, written)
    glued = _GLUED.match(written)
    if glued:
        written = f"{glued[1]} {glued[2]}"
    for word, kind in _WRITTEN:
        if written.startswith(word + " "):
            name = written[len(word) + 1 :]
            name = _SHORT_PROVINCES.get(name, name).removeprefix("thanh pho ")
            return Wanted(_number(name), kind, committee)
    return Wanted(_number(written), "", committee)


def _number(name: str) -> str:
    """ "09" is district 9."""
    return str(int(name)) if name.isdigit() else name


def parts_of(text: str) -> list[str]:
    """An address-like text taken apart, from small to large: "Phường Phước Long A, Quận 9" -> two parts."""
    parts = [clean(part) for part in re.split(r"[,;\n]| - | – ", text)]
    return [part for part in parts if part]
