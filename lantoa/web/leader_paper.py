"""The page of a leader for one sheet of A4: what `rules/leader/leader.typ` sets, in the reader's language."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lantoa.common.templatetags.lantoa import percent, vdate, vnumber
from lantoa.web.leader_words import MOST, Said, figure, places_of, signed
from lantoa.web.queries.leader import Below

ENDS: Final = 5
ROOM: Final = 90  # letters of a name on the paper


def paper_of(name: str, said: Said, below: list[Below]) -> dict[str, Any]:
    """The page for the sheet of paper: what `rules/leader/leader.typ` sets."""
    found = said.found
    ready = said.readiness
    heads = [
        _("Unit"),
        _("People trained"),
        _("Exams"),
        _("Readiness"),
        _("Change"),
        _("Targets met"),
        _("Playbooks"),
    ]
    ranked = [row for row in below if row.ready is not None and row.ready.score is not None]
    ends = ranked if len(ranked) <= 2 * ENDS else [*ranked[:ENDS], None, *ranked[-ENDS:]]
    return {
        "title": _("Where %(name)s stands") % {"name": name},
        "day": _("as of %(day)s") % {"day": vdate(said.at.on)},
        "invented": _("Of the demonstration: figures here are invented.") if said.invented else "",
        "numbers": [
            {
                "figure": f"{vnumber(one['count'])}/{vnumber(one['total'])}"
                if "total" in one
                else vnumber(one["count"]),
                "words": str(one["words"]),
            }
            for one in said.numbers
        ],
        "readiness": {
            "title": _("Readiness by pillar"),
            "rows": [[row["title"], row["score"], row["change"], row["value"]] for row in ready.pillars],
        }
        if ready
        else None,
        "targets": {
            "title": _("Targets against plan"),
            "rows": [
                [_short(f"{row['code']} {row['name']}"), _in_words(row["goal"]), row["actual"], row["state"]]
                for row in said.targets
            ],
            "heads": [_("Target"), _("Next milestone"), _("Last figure"), _("State")],
            "rest": _more(len(found.targets) - MOST),
        },
        "pilots": {
            "title": _("Pilots and playbooks"),
            "rows": [[_short(row["name"]), row["when"], row["state"]] for row in said.pilots[:5]],
            "spreads": [
                _("%(name)s: every step done in %(done)s of %(units)s units")
                % {"name": _short(row["name"]), "done": vnumber(row["done"]), "units": vnumber(row["units"])}
                for row in said.adoptions[:3]
            ],
        },
        "deadlines": {
            "title": _("Next deadlines"),
            "rows": [[vdate(row["day"]), row["what"], _short(row["title"])] for row in said.deadlines[:5]],
        },
        "units": {
            "title": _("Units by readiness, the first and the last"),
            "heads": heads,
            "rows": [_paper_row(row, said) if row else ["…"] * len(heads) for row in ends],
        },
        "note": " ".join(filter(None, (_note(), said.ended))),
    }


def _short(text: str) -> str:
    """No more than two lines: the paper is one sheet."""
    return text if len(text) <= ROOM else f"{text[: ROOM - 1].rstrip()}…"


def _in_words(goal: str) -> str:
    """A goal without signs: the typeface of papers has none for them."""
    return goal.replace("≥", _("at least")).replace("≤", _("at most")).replace("−", "-")


def _note() -> str:
    return _(
        "Nothing after this day counts: people with a post on it and classes completed by it; exams published in the "
        "twelve months to it; readiness published, figures approved, plans fixed by it."
    )


def _more(rest: int) -> str:
    words = ngettext("and %(count)s more target", "and %(count)s more targets", rest)
    return words % {"count": vnumber(rest)} if rest > 0 else ""


def _paper_row(row: Below, said: Said) -> list[str]:
    places = places_of(said.found.theirs)
    ready, mean = row.ready, row.results.mean
    taken = row.tried.adopted + row.tried.adopting
    return [
        row.unit.full_name,
        f"{vnumber(row.trained.trained)}/{vnumber(row.trained.people)}" if row.trained.people else "–",
        percent(mean) if mean is not None else "–",
        figure(ready.score if ready else None, places),
        signed(ready.change.total if ready and ready.change else None, places),
        f"{row.targets.met}/{row.targets.total}" if row.targets.total else "–",
        f"{row.tried.adopted}/{taken}" if taken else "–",
    ]
