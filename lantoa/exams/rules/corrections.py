"""A key that was wrong, put right for one sitting: what it makes of the key of a variant. Nothing frozen is touched.

| rule | what it means |
|---|---|
| key | another key counts: `options` {letter: share}, `order` [letter], `pairs` {number: letter}, or `answers` |
| everyone | everybody whose paper has the question gets its points, whatever they answered |
| dropped | the question counts for nobody: neither its points nor those it could give |
| paper | the key of the paper counts again: a correction is taken back |

Letters and numbers of a correction are those of the bank; `origin` in the key of a variant leads there.
"""

from collections.abc import Iterable, Mapping
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
WITH_A_KEY: Final = frozenset(  # another can be named for these
    {"single", "multiple", "truefalse", "ordering", "matching", "numeric", "short"}
)


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
    made, origin = dict(key), key.get("origin", {})
    shown = {of_the_bank: here for here, of_the_bank in origin.items()}
    if "options" in correction.key:
        shares = correction.key["options"]
        made["options"] = {letter: shares.get(origin.get(letter, letter), "0") for letter in key["options"]}
    if "order" in correction.key:
        made["order"] = [shown[letter] for letter in correction.key["order"]]
    if "pairs" in correction.key:
        made["pairs"] = {left: shown[correction.key["pairs"][origin[left]]] for left in key["pairs"]}
    if "answers" in correction.key:
        made["answers"] = correction.key["answers"]
    return made


def can_name_a_key(kind: str, key: Mapping[str, Any]) -> bool:
    """Whether another key can be named: not for a matching question drawn before its letters were led back."""
    return kind in WITH_A_KEY and (kind != "matching" or "origin" in key)


def in_the_bank(key: Mapping[str, Any]) -> Mapping[str, Any]:
    """The right order or pairs of a key of a variant, in the letters of the bank; other keys as they are."""
    origin = key.get("origin", {})
    if "order" in key:
        return {**key, "order": [origin[letter] for letter in key["order"]]}
    if "pairs" in key and origin:
        pairs = {origin[left]: origin[right] for left, right in key["pairs"].items()}
        return {**key, "pairs": dict(sorted(pairs.items(), key=lambda pair: int(pair[0])))}
    return key


def lettered_as_in_the_bank(shown: Mapping[str, Any], key: Mapping[str, Any]) -> dict[str, Any]:
    """A question of `Variant.content` with its choices in the letters and in the order of the bank."""
    origin = key.get("origin", {})

    def moved(choices: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        named = [{**one, "id": origin.get(one["id"], one["id"])} for one in choices]
        return sorted(named, key=lambda one: (len(one["id"]), one["id"])) if origin else named

    return {**shown, **{name: moved(shown[name]) for name in ("options", "lefts", "rights") if name in shown}}


def corrected_keys(
    keys: Mapping[str, Mapping[str, Any]], corrections: Mapping[str, Correction]
) -> dict[str, Mapping[str, Any]]:
    """All keys of a variant, those that were corrected in their new form."""
    return {question: corrected(key, corrections.get(question)) for question, key in keys.items()}
