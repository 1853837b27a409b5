"""Vietnamese text: cleaning, searching, comparing, sorting, naming, and recognising what is not Unicode.

Three forms of one text, each for one purpose:

* ``clean`` is what people see: NFC, trimmed, single spaces;
* ``fold`` is what search compares: lower case, no marks ("Đặng Thuỷ" and "dang thuy" meet);
* ``spell`` is what equality compares: marks kept, tone marks in one place ("hoà" and "hòa" meet, "hóa" not).

The database never sorts Vietnamese by itself: ``sort_key`` and ``person_sort_key`` are stored and compared
bytewise.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

LegacyKind = Literal["TCVN3", "VNI", "VIQR"]

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_SHAPES = {"\u0306": "breve", "\u0302": "circumflex", "\u031b": "horn"}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c]")
_STRANGE_D = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"})
_SEARCH_D = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})
_WORDS = re.compile(r"[^\W_]+")


def nfc(text: str) -> str:
    """The text with its marks composed (NFC): one code point for each Vietnamese letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """The text as people should see it: NFC, nothing invisible, trimmed, every run of spaces a single one."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(text.split())


def fold(text: str) -> str:
    """The text as search compares it: lower case, no marks, đ as d, single spaces.

    Old and new tone placement become equal by construction. Applying it twice changes nothing.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    plain = " ".join(text.translate(_PLAIN_LETTERS).split())
    if plain.isascii():
        return plain
    plain = " ".join(_without_marks(plain).split())
    while True:
        again = " ".join(_without_marks(plain).split())
        if again == plain:
            return plain
        plain = again


def _without_marks(text: str) -> str:
    lower = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold().translate(_SEARCH_D)
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.category(c).startswith("M"))


_PLAIN_LETTERS = {
    code: _without_marks(chr(code))
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))
}


def spell(text: str) -> str:
    """The text as equality compares it: case-folded NFC with each syllable's tone mark in its standard place.

    ``spell("Hoà") == spell("HÒA")``, ``spell("Thuỷ") == spell("Thủy")``, ``spell("Úy") == spell("Uý")``.
    The standard taken is the older one (hòa, thủy). Words that are no Vietnamese syllable keep their marks
    where they are. The Icelandic Ð of old fonts counts as Đ.
    """
    text = clean(text)
    if text.isascii():
        return text.lower()
    return " ".join(_spelled(word) for word in text.split(" "))


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> str:
    lower = unicodedata.normalize("NFC", word.translate(_STRANGE_D).casefold())
    return _WORDS.sub(lambda match: _with_standard_tone(match.group()), lower)


def _with_standard_tone(word: str) -> str:
    if word.isascii():
        return word
    syllable = _syllable(word)
    if syllable is None or not syllable.tone:
        return word
    place = len(syllable.onset) + syllable.places[0]
    toneless = syllable.toneless
    return unicodedata.normalize("NFC", toneless[: place + 1] + syllable.tone + toneless[place + 1 :])


class _Syllable(NamedTuple):
    """A syllable: its three parts without the tone, the tone mark, where it stood and where it may stand."""

    onset: str
    vowels: str
    coda: str
    tone: str
    tone_at: int
    places: tuple[int, ...]

    @property
    def toneless(self) -> str:
        return self.onset + self.vowels + self.coda


_PARTS = re.compile(
    r"(qu(?=[aăâeêioôơy])|gi(?=[aăâeêoôơuư])|[^aăâeêioôơuưy]*)([aăâeêioôơuưy]{1,3})([^aăâeêioôơuưy]*)"
)
_MARKED_VOWELS = "ăâêôơư"


@lru_cache(maxsize=20_000)
def _syllable(word: str) -> _Syllable | None:
    """Take a lower-case word apart; None when it has several groups of vowels or several tone marks."""
    letters, tone, tone_at = "", "", -1
    for character in unicodedata.normalize("NFD", word):
        if character in _TONES:
            if tone:
                return None
            tone, tone_at = character, len(letters) - 1
        elif character in _SHAPES:
            letters = letters[:-1] + unicodedata.normalize("NFC", letters[-1:] + character)
        else:
            letters += character
    parts = _PARTS.fullmatch(letters)
    if parts is None:
        return None
    onset, vowels, coda = parts.groups()
    return _Syllable(onset, vowels, coda, tone, tone_at - len(onset), _tone_places(onset, vowels, coda))


def _tone_places(onset: str, vowels: str, coda: str) -> tuple[int, ...]:
    """Where the tone mark stands: the older standard first, then the newer one where they differ."""
    marked = [i for i, vowel in enumerate(vowels) if vowel in _MARKED_VOWELS]
    if marked:
        return (marked[-1],)
    last = len(vowels) - 1
    if coda:
        return (last,)
    if len(vowels) == 2 and vowels in ("oa", "oe", "uy"):
        return (0, 1)
    return (max(0, last - 1),)


# sorting

_ORDER = {"ă": "a~", "â": "a~~", "đ": "d~", "ê": "e~", "ô": "o~", "ơ": "o~~", "ư": "u~"}


def sort_key(text: str) -> str:
    """An ASCII key whose bytewise order is the order of Vietnamese dictionaries.

    Letters: a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z. Only where all letters
    are equal do tones decide, syllable by syllable: none, huyền, hỏi, ngã, sắc, nặng (a à ả ã á ạ). This is
    the order of *Từ điển tiếng Việt* (Hoàng Phê, ed.) and of the Unicode CLDR collation "vi". Words are
    compared one by one ("An Bình" before "Anh"), case and punctuation do not count, other scripts follow the
    Latin letters.
    A key has at most seven characters and two digits for each character of the text.
    """
    letters, tones = [], []
    for word in _WORDS.findall(nfc(text).translate(_STRANGE_D)):
        word_letters, word_tones = _word_key(word)
        letters.append(word_letters)
        tones.append(word_tones)
    return "-".join(letters) + " " + "".join(tones)


@lru_cache(maxsize=20_000)
def _word_key(word: str) -> tuple[str, str]:
    key: list[str] = []
    tones: list[str] = []
    for letter in _base_letters(word.casefold()):
        if letter in _TONES:
            tones.append(_TONES[letter])
        elif letter in _ORDER:
            key.append(_ORDER[letter])
        elif letter.isascii():
            key.append(letter)
        elif unicodedata.category(letter).startswith("M"):
            tones.append("6")
        else:
            key.append(f"{{{ord(letter):06x}")
    return "".join(key), "+".join(tones) or "0"


def _base_letters(word: str) -> Iterator[str]:
    """The letters of a word, each of ă â ê ô ơ ư kept whole, every other mark following its letter."""
    letter = ""
    for character in unicodedata.normalize("NFKD", word):
        whole = unicodedata.normalize("NFC", letter + character) if character in _SHAPES else ""
        if whole in _ORDER:
            letter = whole
            continue
        if unicodedata.category(character).startswith("M"):
            if letter:
                yield letter
                letter = ""
            yield character
            continue
        if letter:
            yield letter
        letter = character
    if letter:
        yield letter


def person_sort_key(full_name: str) -> str:
    """An ASCII key that sorts people as Vietnamese lists do: given name (last word), family, then middle."""
    family, middle, given = family_middle_given(full_name)
    return f"{sort_key(given)} {sort_key(family)} {sort_key(middle)}"


# names


def family_middle_given(full_name: str) -> tuple[str, str, str]:
    """The three parts of a Vietnamese full name: ("Nguyễn", "Văn", "An"). A single word is a given name."""
    words = clean(full_name).split(" ")
    if len(words) == 1:
        return "", "", words[0]
    return words[0], " ".join(words[1:-1]), words[-1]


def title_name(text: str) -> str:
    """A name in readable capitals: "NGUYỄN VĂN AN" and "nguyễn văn an" become "Nguyễn Văn An".

    A word of mixed case stays as it was written ("McDonald"). Parts after a hyphen, and after the apostrophe
    of names such as H'Hen, are capitalised too.
    """
    return " ".join(_titled(word) for word in clean(text).translate(_STRANGE_D).split(" "))


@lru_cache(maxsize=20_000)
def _titled(word: str) -> str:
    if not (word.isupper() or word.islower()):
        return word
    parts = re.split(r"([-'’.])", word)
    return "".join(part[:1].upper() + part[1:].lower() for part in parts)


# dates and numbers as Vietnamese papers write them


def written_date(day: date) -> str:
    """A date in digits: 05/10/2020."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def partial_date(year: int, month: int | None = None, day: int | None = None) -> str:
    """A date of which only a part may be known: 1985, 10/1985 or 05/10/1985."""
    if month is None:
        return f"{year:04d}"
    return f"{month:02d}/{year:04d}" if day is None else f"{day:02d}/{month:02d}/{year:04d}"


# texts of the time before Unicode

_TCVN3 = dict(
    zip(
        "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ¡¢£¤¥¦§",
        "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_VNI_SINGLE = dict(zip("ñíìæóòôöîÑÍÌÆÓÒÔÖÎ", "đíìỉĩịơưỵĐÍÌỈĨỊƠƯỴ", strict=True))
_VNI_MARKS = dict(
    zip(
        "ùøûõïâáàåãäêéèúüë",
        ["\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]
        + ["\u0302" + tone for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")]
        + ["\u0306" + tone for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")],
        strict=True,
    )
)
_VNI_PAIR = re.compile(r"([aeouyôö])([ùøûõïâáàåãäêéèúüë])|[ñíìæóòôöî]", re.IGNORECASE)
_VIQR_MARKS = dict(zip("^(+'`?~.", "\u0302\u0306\u031b\u0301\u0300\u0309\u0303\u0323", strict=True)) | {"": ""}
_VIQR_SHAPED = re.compile(r"(?:[aeo]\^|a\((?![^()]*\))|[ou]\+)['`?~.]?(?=[a-z]|\b|\s|$|[,;])", re.IGNORECASE)
_VIQR_LETTER = re.compile(r"([aeiouy])([\^(+]?)(['`?~.]?)|dd|d(?=d)", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Foreign words that would read as a Vietnamese syllable in an old encoding.
_FOREIGN = _words("où dû crû loïc laïc caïn thaï haï maï moï kaï aún mª tª")

_ONSETS = _words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x") | {""}
_OPEN = _words(
    "a e ê i o ô ơ u ư y ai ao au ay âu ây eo êu ia iu iêu yêu oa oai oao oay oe oeo oi ôi ơi "
    "ua uê ui uơ uôi uy uya uyu uây ưa ưi ươi ươu ưu"
)
_CLOSED = _words("a ă â e ê i iê yê o oa oă oe ô ơ u uâ uê uô uy uyê ươ")
_CODAS = _words("c ch m n ng nh p t")
_STOPPED = _words("c ch p t")
_LEGACY_HINT = re.compile("[\u00a1-\u00ff]")
_UNICODE_LETTER = re.compile("[\u0100-\u02af\u0300-\u036f\u0370-\u1fff\u3000-\U0010ffff]")
_LEGACY_SPLIT = re.compile(r"[\s!-&*-/:-@\[-_{-~(),\u2013\u2014]+")


def looks_legacy(text: str) -> LegacyKind | None:
    """The old Vietnamese encoding a text was typed in, when it shows as nonsense today; else None.

    TCVN3 (fonts named .Vn…) shows "NguyÔn V¨n An", VNI (fonts VNI-…) "Nguyeãn Vaên An", VIQR
    "Nguye^~n Va(n An". Give the text as it came, not cleaned. Judged by syllables: the words must read as
    Vietnamese in the old encoding and must not do so as they stand, so that correct Vietnamese and European
    names stay untouched.
    """
    if text.isascii():
        return "VIQR" if _looks_viqr(text) else None
    if not _LEGACY_HINT.search(text) or _UNICODE_LETTER.search(text):
        return None
    best: LegacyKind | None = None
    most = 0
    for kind in ("TCVN3", "VNI"):
        evidence = _legacy_evidence(text, kind)
        if evidence > most:
            best, most = kind, evidence
    return best


def from_legacy(text: str, kind: LegacyKind) -> str:
    """What a text in an old encoding was meant to say: "NguyÔn V¨n An" (TCVN3) is "Nguyễn Văn An"."""
    if kind == "TCVN3":
        return "".join(_TCVN3.get(character, character) for character in text)
    if kind == "VNI":
        return _VNI_PAIR.sub(_from_vni, text)
    return _VIQR_LETTER.sub(_from_viqr, text)


def _from_vni(match: re.Match[str]) -> str:
    letter, mark = match.group(1), match.group(2)
    if letter is None:
        return _VNI_SINGLE[match.group()]
    whole = unicodedata.normalize("NFC", _VNI_SINGLE.get(letter, letter) + _VNI_MARKS[mark.lower()])
    return whole if len(whole) == 1 else match.group()


def _from_viqr(match: re.Match[str]) -> str:
    if match.group(1) is None:
        return {"dd": "đ", "DD": "Đ", "Dd": "Đ"}.get(match.group(), match.group())
    marks = _VIQR_MARKS[match.group(2)] + _VIQR_MARKS[match.group(3)]
    return unicodedata.normalize("NFC", match.group(1) + marks)


def _looks_viqr(text: str) -> bool:
    if not _VIQR_SHAPED.search(text):
        return False
    words = [word for word in text.split() if _VIQR_SHAPED.search(word)]
    if sum(character.isalpha() for word in words for character in word) < 3:
        return False
    return all(reads_as_vietnamese(from_legacy(word, "VIQR").strip(".,;:")) for word in words)


def _legacy_evidence(text: str, kind: LegacyKind) -> int:
    """How many words prove the encoding; 0 when too many words speak against it."""
    proofs = failures = strangers = 0
    for word in _LEGACY_SPLIT.split(text):
        if (
            not word
            or not any("a" <= c <= "z" for c in word.lower())
            or any(c.isdigit() and c.isascii() for c in word)
        ):
            continue
        verdict = _judge_legacy_word(word, kind)
        proofs += verdict == "proof"
        failures += verdict == "failure"
        strangers += verdict == "stranger"
    if proofs == 0 or proofs < 2 * failures:
        return 0
    if proofs * 3 < strangers or (proofs == 1 and strangers):
        return 0
    return proofs


@lru_cache(maxsize=20_000)
def _judge_legacy_word(word: str, kind: LegacyKind) -> str:
    if word.isascii():
        known = word.isupper() or reads_as_vietnamese(word, tones_matter=False)
        return "neutral" if known else "stranger"
    if word.lower() in _FOREIGN or reads_as_vietnamese(word, tones_matter=False):
        return "neutral"
    decoded = from_legacy(word, kind)
    return "proof" if decoded != word and reads_as_vietnamese(decoded) else "failure"


@lru_cache(maxsize=20_000)
def reads_as_vietnamese(word: str, tones_matter: bool = True) -> bool:
    """Is this one Vietnamese syllable, by its letters, its tone and the place of its tone mark?"""
    syllable = _syllable(unicodedata.normalize("NFC", word).lower())
    if syllable is None or syllable.onset not in _ONSETS:
        return False
    if syllable.tone and syllable.tone_at not in syllable.places:
        return False
    if not syllable.coda:
        return syllable.vowels in _OPEN
    if syllable.coda not in _CODAS:
        return False
    if tones_matter and syllable.coda in _STOPPED and syllable.tone not in ("\u0301", "\u0323"):
        return False
    if syllable.vowels == "ư":
        return syllable.coda in ("c", "ng", "t")
    if syllable.vowels == "y":
        return syllable.onset == "qu"
    return syllable.vowels in _CLOSED
