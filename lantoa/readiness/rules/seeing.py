"""Who may see what of a campaign, and when. The whole rule stands here; pages and tests ask it.

`office`: may review the campaign's unit. `own`: may answer for the sheet's unit. Whoever is neither sees what is
published: score, pillars and place of every unit, never single answers, papers or reasons.
"""

from typing import Final

DRAFT, OPEN, REVIEW, APPEAL, PUBLISHED = "draft", "open", "review", "appeal", "published"
ORDER: Final = (DRAFT, OPEN, REVIEW, APPEAL, PUBLISHED)
FILLING, HANDED_IN, RETURNED, REVIEWED = "filling", "handed_in", "returned", "reviewed"


def sees_answer(*, office: bool, own: bool, campaign: str, sheet: str, ruling: str = "") -> bool:
    """Whether what the unit declared is shown. The office sees nothing of a sheet before it is handed in, and not
    what is being corrected before it is handed in again; the unit sees its own from the day the campaign opens."""
    if own and campaign != DRAFT:
        return True
    if not office or sheet == FILLING:
        return False
    return not (sheet == RETURNED and ruling == "returned")


def sees_ruling(*, office: bool, own: bool, campaign: str, sheet: str, ruling: str) -> bool:
    """Whether what reviewers said is shown. To the unit: what came back to be corrected, when it comes back; all of
    it from the day appeals open. Never while the review goes on."""
    if office:
        return True
    if not own:
        return False
    if sheet == RETURNED and ruling == "returned":
        return True
    return campaign in (APPEAL, PUBLISHED) and sheet == REVIEWED


def may_write(*, campaign: str, sheet: str, ruling: str = "") -> bool:
    """Whether an answer may be changed: while answers are taken, and what came back until it is handed in again."""
    if sheet == RETURNED:
        return campaign in (OPEN, REVIEW) and ruling in ("returned", "")
    return campaign == OPEN and sheet == FILLING


def may_rule(*, campaign: str, sheet: str) -> bool:
    """Whether reviewers work on the sheet."""
    return campaign in (OPEN, REVIEW) and sheet == HANDED_IN


def may_appeal(*, campaign: str, sheet: str, ruling: str, appeal: str) -> bool:
    """Whether the unit may object: once, against a lowering, while appeals are open."""
    return campaign == APPEAL and sheet == REVIEWED and ruling == "lowered" and not appeal


def may_add_to_appeal(*, campaign: str, appeal: str) -> bool:
    """Whether the unit may hand in, or take away, papers of its objection: while nobody has decided on it."""
    return campaign == APPEAL and appeal == "made"
