"""A name as a list gives it: cleaned, its form of address taken off, and checked."""

import re
from typing import NamedTuple

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold, title_name
from lantoa.office.rules.sheets import Severity

MAX_NAME = 100


class Remark(NamedTuple):
    """Something to say about a value; the place is added by the reader of the row."""

    severity: Severity
    message: str
    values: dict[str, object]


_ADDRESS = re.compile(
    r"(?:(?:đ/c|đ\.c\.|đc\.|đồng chí|ông/bà|ông \(bà\)|ông|bà|anh|chị|thầy|cô|mr|mrs|ms|dr"
    r"|ths|ts|pgs\.ts|pgs|gs\.ts|gs|bs|ks|cn)(?=[\s.:,])[.:,]?\s*)+",
    re.IGNORECASE,
)
_SURE = re.compile(r"[./:(]|đồng chí|bà\b|^(mr|mrs|ms|dr|ths|ts|pgs|gs|bs|ks|cn)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*$")
_USUAL = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")
_STRANGE = re.compile(r"[^\w\s.'’\-]|_")
_ETH = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ"})

# Family names common enough to tell "Ông Nguyễn Văn An" (a form of address) from "Ông Ích Khiêm" (a name).
_FAMILIES = frozenset(
    [
        *["nguyen", "tran", "le", "pham", "huynh", "hoang", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo"],
        *[
            "duong",
            "ly",
            "dinh",
            "truong",
            "trinh",
            "doan",
            "dao",
            "mai",
            "lam",
            "cao",
            "luu",
            "luong",
            "ha",
            "thai",
        ],
        *["ta", "tang", "quach", "to", "chau", "la", "ma", "trieu", "nong", "be", "hua", "vuong", "kieu", "tong"],
        *["diep", "phung", "khuat", "chu", "giang", "nghiem", "bach", "lo", "quang", "ca", "vi", "than", "on"],
    ]
)


def read_name(text: str) -> tuple[str, list[Remark]]:
    """The full name and what there is to say about it; an error leaves the name as it was written.

    Capitals become readable, a form of address ("Ông", "Bà", "Đ/c") and a remark in brackets are taken off with a
    warning. Digits, strange signs, more than 100 characters and a missing name are errors.
    """
    name = clean(text).translate(_ETH).strip(" .,;:-")
    remarks: list[Remark] = []
    if not name:
        return "", [Remark("error", N_("The name is missing."), {})]
    if len(name) > MAX_NAME:
        values = {"length": len(name), "limit": MAX_NAME, "start": name[:30]}
        return name, [
            Remark("error", N_('The name "%(start)s…" has %(length)d characters, more than %(limit)d.'), values)
        ]
    name = _without_address(name, remarks)
    if _USUAL.fullmatch(name):
        return title_name(name), remarks
    aside = _ASIDE.search(name)
    if aside and name[: aside.start()].strip():
        remarks.append(Remark("warning", N_('"(%(aside)s)" after the name was left out.'), {"aside": aside.group(1)}))
        name = name[: aside.start()]
    if any(character.isdigit() for character in name):
        return name, [*remarks, Remark("error", N_('The name "%(name)s" has digits in it.'), {"name": name})]
    strange = _STRANGE.search(name)
    if strange or not any(character.isalpha() for character in name):
        sign = strange.group() if strange else name[:1]
        message = N_('The name "%(name)s" has the sign "%(sign)s" in it.')
        return name, [*remarks, Remark("error", message, {"name": name, "sign": sign})]
    name = title_name(name)
    if " " not in name:
        remarks.append(Remark("warning", N_('The name "%(name)s" is a single word.'), {"name": name}))
    return name, remarks


def _without_address(name: str, remarks: list[Remark]) -> str:
    match = _ADDRESS.match(name)
    if match is None:
        return name
    rest = name[match.end() :].strip()
    if " " not in rest or (not _SURE.search(match.group()) and fold(rest.split()[0]) not in _FAMILIES):
        return name
    message = N_('"%(address)s" before the name was left out.')
    remarks.append(Remark("warning", message, {"address": match.group().strip(" ,:")}))
    return rest
