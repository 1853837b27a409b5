"""Identity numbers, telephone numbers and e-mail addresses as lists give them."""

import re

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean
from lantoa.office.rules.sheets import Cell
from lantoa.training.rules.roster.names import Remark
from lantoa.training.rules.roster.people import Birth, Gender

_EXPONENT = re.compile(r"\d[.,]?\d*e\+?\d+$", re.IGNORECASE)

# Provinces as the first three digits of a 12-digit number name them (the 63 codes in use until 30 June 2025).
_PROVINCES = frozenset(
    [
        *[
            "001",
            "002",
            "004",
            "006",
            "008",
            "010",
            "011",
            "012",
            "014",
            "015",
            "017",
            "019",
            "020",
            "022",
            "024",
            "025",
        ],
        *[
            "026",
            "027",
            "030",
            "031",
            "033",
            "034",
            "035",
            "036",
            "037",
            "038",
            "040",
            "042",
            "044",
            "045",
            "046",
            "048",
        ],
        *[
            "049",
            "051",
            "052",
            "054",
            "056",
            "058",
            "060",
            "062",
            "064",
            "066",
            "067",
            "068",
            "070",
            "072",
            "074",
            "075",
        ],
        *["077", "079", "080", "082", "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096"],
    ]
)


def _end_of(number: str) -> str:
    return "…" + number[-3:]


def read_id_number(value: Cell) -> tuple[str, list[Remark]]:
    """The digits of an identity number: 9 (old card) or 12 (citizen identity); "" with an error for anything else.

    Messages show the last three characters only: a number is never repeated in clear.
    Zeros that Excel dropped from the front of a number are put back: every 12-digit number begins with 0.
    """
    text = clean(str(value)) if value is not None else ""
    if not text:
        return "", []
    if isinstance(value, float) or _EXPONENT.match(text.replace(" ", "")):
        message = N_('The identity number "%(value)s" has lost digits; type it again as text.')
        return "", [Remark("error", message, {"value": _end_of(text)})]
    digits = re.sub(r"[\s.\-'’]", "", text)
    if not (digits.isascii() and digits.isdigit()):
        message = N_('The identity number "%(value)s" has other signs than digits.')
        return "", [Remark("error", message, {"value": _end_of(text)})]
    full = {8: 9, 10: 12, 11: 12}.get(len(digits), len(digits))
    remarks: list[Remark] = []
    if full != len(digits) and (isinstance(value, int) or len(digits) == 11) and digits[0] != "0":
        message = N_('The identity number "%(value)s" has %(found)d digits; missing zeros in front were put back.')
        remarks.append(Remark("warning", message, {"value": _end_of(digits), "found": len(digits)}))
        digits = digits.zfill(full)
    if len(digits) not in (9, 12):
        message = N_('The identity number "%(value)s" has %(found)d digits; it must have 12, or 9 for an old card.')
        return "", [Remark("error", message, {"value": _end_of(digits), "found": len(digits)})]
    if len(set(digits)) == 1:
        return "", [
            Remark(
                "error", N_('The identity number "%(value)s" is no number of a person.'), {"value": _end_of(digits)}
            )
        ]
    if len(digits) == 12 and digits[:3] not in _PROVINCES:
        message = N_('The identity number "%(value)s" begins with %(code)s, which is no province; please check.')
        remarks.append(Remark("warning", message, {"value": _end_of(digits), "code": digits[:3]}))
    return digits, remarks


def compare_id_number(digits: str, birth: Birth | None, gender: Gender) -> list[Remark]:
    """What a 12-digit number says otherwise than the row does.

    Its fourth digit tells century and gender (0 and 1: men and women born 1900-1999, 2 and 3: 2000-2099), its
    fifth and sixth the year of birth (Decree 137/2015/NĐ-CP, Article 13; kept by the Law on Identification of
    2023).
    """
    if len(digits) != 12:
        return []
    remarks: list[Remark] = []
    year = 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])
    if birth is not None and birth.year != year:
        message = N_("The identity number says born in %(number_year)d, the list says %(list_year)d; please check.")
        remarks.append(Remark("warning", message, {"number_year": year, "list_year": birth.year}))
    if gender and gender != ("female" if int(digits[3]) % 2 else "male"):
        remarks.append(Remark("warning", N_("The identity number says the other gender; please check."), {}))
    return remarks


# The mobile numbers of eleven digits became ten on 15 September 2018.
_OLD_MOBILE = {
    old: new
    for pairs in (
        "120:70 121:79 122:77 126:76 128:78",
        "123:83 124:84 125:85 127:81 129:82",
        "162:32 163:33 164:34 165:35 166:36 167:37 168:38 169:39",
        "186:56 188:58 199:59",
    )
    for old, new in (pair.split(":") for pair in pairs.split())
}
_MOBILE = re.compile(r"(3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}$")
_LANDLINE = re.compile(r"2\d{8,9}$")


def read_phone(value: Cell) -> tuple[str, list[Remark]]:
    """A telephone number as +84…; "" with a warning where it cannot be one.

    A zero that Excel dropped is put back; mobile numbers of eleven digits are converted by the table of 2018; of
    several numbers the first is taken; a foreign number keeps its + and country code.
    """
    text = clean(str(value)) if value is not None else ""
    if not text:
        return "", []
    remarks: list[Remark] = []
    found = [number for part in re.split(r"[/;,\n]| - |\bhoặc\b", text) if (number := re.sub(r"[^\d+]", "", part))]
    if len(found) > 1 and len(found[0]) >= 9:
        remarks.append(
            Remark("warning", N_('Of the telephone numbers "%(value)s" the first was taken.'), {"value": text})
        )
    elif len(found) > 1:
        found = [re.sub(r"[^\d+]", "", text)]
    number = found[0] if found else ""
    if number.startswith("+") and not number.startswith("+84"):
        if re.fullmatch(r"\+[1-9]\d{7,14}", number):
            return number, remarks
        return "", [_no_phone(text)]
    number = number.removeprefix("+")
    national = number.removeprefix("00") if number.startswith("0084") else number
    national = national.removeprefix("84") if len(national) >= 11 and national.startswith("84") else national
    national = national.removeprefix("0")
    if len(national) == 10 and national[:3] in _OLD_MOBILE:
        national = _OLD_MOBILE[national[:3]] + national[3:]
        message = N_('The old telephone number "%(value)s" was changed to %(number)s, as all were in 2018.')
        remarks.append(Remark("warning", message, {"value": text, "number": "0" + national}))
    if _MOBILE.match(national) or _LANDLINE.match(national):
        return "+84" + national, remarks
    return "", [_no_phone(text)]


def _no_phone(text: str) -> Remark:
    return Remark("warning", N_('"%(value)s" is no telephone number; it was left out.'), {"value": text[:40]})


_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)


def read_email(value: Cell) -> tuple[str, list[Remark]]:
    """An e-mail address with its domain in small letters; "" with a warning where it cannot be one."""
    text = clean(str(value)) if value is not None else ""
    if not text:
        return "", []
    first = re.split(r"[;,\s]+", text.removeprefix("mailto:"))[0].strip("<>.")
    if len(first) > 254 or not _EMAIL.match(first) or ".." in first:
        return "", [Remark("warning", N_('"%(value)s" is no e-mail address; it was left out.'), {"value": text[:60]})]
    name, _, domain = first.rpartition("@")
    return f"{name}@{domain.lower()}", []


_GENDERS: dict[str, Gender] = {
    **dict.fromkeys(["nam", "ông", "m", "male", "trai", "man", "anh"], "male"),
    **dict.fromkeys(["nữ", "nu", "nử", "bà", "f", "female", "gái", "woman", "chị"], "female"),
}


def read_gender(value: Cell) -> tuple[Gender, list[Remark]]:
    """Nam or Nữ, M or F; "" with a warning for anything else."""
    text = clean(str(value)) if value is not None else ""
    if not text:
        return "", []
    gender = _GENDERS.get(text.casefold().strip(" ."))
    if gender is None:
        return "", [Remark("warning", N_('"%(value)s" is no gender; write Nam or Nữ.'), {"value": text[:40]})]
    return gender, []
