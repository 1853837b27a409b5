"""A key that was wrong, put right for one sitting: what it makes of the key of a variant. Nothing frozen is touched.

| rule | what it means |
|---|---|
| key | another key counts: `options` {letter of the bank: share}, or `answers` as in a key |
| everyone | everybody whose paper has the question gets its points, whatever they answered |
| dropped | the question counts for nobody: neither its points nor those it could give |
| paper | the key of the paper counts again: a correction is taken back |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lantoa.common.refused import N_

KEY, EVERYONE, DROPPED, PAPER = "key", "everyone", "dropped", "paper"
RULES: Final = {
    KEY: N_("Another answer is right."),
    EVERYONE: N_("Everybody gets the points."),
    DROPPED: N_("The question does not count."),
    PAPER: N_("The key of the paper counts again."),
}
WITH_A_KEY: Final = frozenset(
    {"single", "multiple", "truefalse", "numeric", "short"}
)  # another can be named for these


@dataclass(frozen=True)
class Correction:
    """What counts instead of the key of one question."""

    rule: str
    key: Mapping[str, Any] = field(default_factory=dict)


def corrected(key: Mapping[str, Any], correction: Correction | None) -> Mapping[str, Any]:
    """The key that counts, in the letters of its variant. `given` in it: "everyone" or "dropped"."""
    if correction is None or correction.rule == PAPER:
        return key
    if correction.rule in (EVERYONE, DROPPED):
        return {**key, "given": correction.rule}
    made = dict(key)
    if "options" in correction.key:
        origin = key.get("origin", {})
        shares = correction.key["options"]
        made["options"] = {letter: shares.get(origin.get(letter, letter), "0") for letter in key["options"]}
    if "answers" in correction.key:
        made["answers"] = correction.key["answers"]
    return made


def corrected_keys(
    keys: Mapping[str, Mapping[str, Any]], corrections: Mapping[str, Correction]
) -> dict[str, Mapping[str, Any]]:
    """All keys of a variant, those that were corrected in their new form."""
    return {question: corrected(key, corrections.get(question)) for question, key in keys.items()}
