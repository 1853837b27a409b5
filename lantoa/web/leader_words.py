"""How the page of a leader says what was found: sentences with the addresses of their rows, pictures, rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from lantoa.common.pictures import Bar, bars
from lantoa.common.templatetags.lantoa import percent, vdate, vnumber
from lantoa.directory.access import today
from lantoa.directory.models import Unit
from lantoa.programmes.models import Target
from lantoa.programmes.queries.targets import Line
from lantoa.programmes.rules.judging import MET, MISSED, UNKNOWN
from lantoa.programmes.words import STATE_KINDS, STATE_WORDS, figure_words, goal_words
from lantoa.readiness.queries.indices import index_of
from lantoa.readiness.queries.standing import Measured, Standing
from lantoa.readiness.rules.numbers import SCALE
from lantoa.training.rules.exams import FEWEST
from lantoa.web.queries.leader import Below, Leading

MOST: Final = 8  # pilots, deadlines, targets in a list of this page; the rest is one link away
STAGES: Final = {
    "waiting": ("wait", gettext_lazy("fixed, not begun")),
    "running": ("now", gettext_lazy("running")),
    "undecided": ("late", gettext_lazy("over, not decided")),
    "decided": ("ok", gettext_lazy("decided")),
}
DEADLINES: Final = {
    "figures": gettext_lazy("Report figures"),
    "call": gettext_lazy("Nominate people"),
    "readiness": gettext_lazy("Answer the index of readiness"),
    "gate": gettext_lazy("Gate of a pilot"),
    "wave": gettext_lazy("A wave begins"),
    "exam": gettext_lazy("Exam"),
    "task": gettext_lazy("Task of a workshop"),
}
OPENS: Final = {"exam": "exams.hold", "task": "workshops.answer"}  # who may open what is no page of every leader
BARS: Final = {MET: "held", MISSED: "s2", UNKNOWN: "rest"}


@dataclass(frozen=True)
class Addresses:
    """Where numbers open to their rows, as of the day."""

    on: date

    def of(self, name: str, key: str = "", **query: str) -> str:
        """The address of a page of a thing, of the day when it is not today."""
        if self.on != today():
            query = {"on": self.on.isoformat(), **query}
        url = reverse(name, args=[key] if key else [])
        return f"{url}?{urlencode(query)}" if query else url

    def trained(self, key: str) -> str:
        return self.of("training:unit", key, state="completed")

    def results(self, key: str) -> str:
        return self.of("training:unit_results", key)

    def targets(self, key: str, state: str) -> str:
        return self.of("programmes:plan", key, **({"approved": "1"} if self.on != today() else {}), state=state)

    def running(self, key: str) -> str:
        return self.of("pilots:pilots", unit=key, show="running")

    def adoptions(self, key: str, show: str = "") -> str:
        return self.of("pilots:adoptions", unit=key, **({"show": show} if show else {}))


@dataclass(frozen=True)
class Readiness:
    """Readiness by pillar, of the unit itself or the mean of the units below it."""

    title: str
    score: str
    words: str
    url: str
    pillars: list[dict[str, Any]]
    picture: SafeString | str


@dataclass(frozen=True)
class Said:
    """Everything the page says, in the reader's language."""

    found: Leading
    at: Addresses
    key: str
    may: frozenset[str] = frozenset()  # what the reader may do, for links

    @cached_property
    def unit_url(self) -> str:
        return self.at.of("directory:unit", self.key)

    @cached_property
    def invented(self) -> bool:
        """Whether something of it is of the demonstration."""
        campaigns = [one.campaign for one in (self.found.own, self.found.theirs) if one]
        tried = self.found.trying
        return any(
            [
                *(one.is_demonstration for one in campaigns),
                *(line.target.is_demonstration for line in self.found.targets),
                *(row.invented for row in tried.pilots),
                *(row.invented for row in tried.adoptions),
            ]
        )

    @cached_property
    def numbers(self) -> list[dict[str, Any]]:
        """The page in a handful of sentences, each with its rows behind it."""
        found, at, key = self.found, self.at, self.key
        said: list[dict[str, Any]] = []
        if found.trained.people:
            words = ngettext("person has completed a class", "people have completed a class", found.trained.trained)
            numbers = {"count": found.trained.trained, "total": found.trained.people}
            said.append({**numbers, "words": words, "url": at.trained(key)})
        if found.results.count:
            mean = found.results.mean
            results = ngettext("%(count)s exam result", "%(count)s exam results", found.results.count)
            results %= {"count": vnumber(found.results.count)}
            if mean is None:
                words = _("exam results in twelve months; of fewer than %(least)s no mean is told")
                words %= {"least": FEWEST}
                said.append({"count": found.results.count, "words": words, "url": at.results(key)})
            else:
                words = _("of the points on average: %(results)s in twelve months") % {"results": results}
                said.append({"count": percent(mean), "words": words, "url": at.results(key)})
        if ready := self.readiness:
            said.append({"count": ready.score, "words": ready.words, "url": ready.url})
        if found.targets:
            met = sum(line.verdict == MET for line in found.targets)
            words = ngettext("target is met", "targets are met", met)
            said.append({"count": met, "total": len(found.targets), "words": words, "url": at.targets(key, MET)})
        tried = found.trying.whole
        if found.trying.pilots:
            words = ngettext("pilot is running", "pilots are running", tried.running)
            said.append({"count": tried.running, "words": words, "url": at.running(key)})
        if found.trying.adoptions:
            total = tried.adopted + tried.adopting
            words = ngettext(
                "playbook taken on has every step done", "playbooks taken on have every step done", tried.adopted
            )
            url = at.adoptions(key, "adopted")
            said.append({"count": tried.adopted, "total": total, "words": words, "url": url})
        return said

    @cached_property
    def readiness(self) -> Readiness | None:
        """What the unit itself was found to be last; else the mean of the units below it."""
        if self.found.own:
            return self._own(self.found.own)
        return self._mean(self.found.theirs) if self.found.theirs else None

    def _own(self, found: Measured) -> Readiness:
        one, places = found.standings[0], places_of(found)
        words = _("readiness in %(year)s") % {"year": one.year}
        if one.rank is not None:
            words = _("readiness in %(year)s, place %(place)s of %(count)s") % {
                "year": one.year,
                "place": one.rank,
                "count": one.of,
            }
        if one.change:
            words += "; " + _since_before(one.change.total, places)
        pillars = [(pillar.title, pillar.score, pillar.change) for pillar in one.pillars]
        return _readiness(found, figure(one.score, places), words, pillars, _result(one))

    def _mean(self, found: Measured) -> Readiness:
        scored = [one for one in found.standings if one.score is not None]
        places = places_of(found)
        words = ngettext(
            "mean readiness of %(count)s unit in %(year)s",
            "mean readiness of %(count)s units in %(year)s",
            len(scored),
        ) % {"count": vnumber(len(scored)), "year": found.campaign.year}
        change = _mean_of(one.change.total if one.change else None for one in scored)
        if change is not None:
            words += "; " + _since_before(change, places)
        pillars = [
            (
                pillar.title,
                _mean_of(one.pillars[at].score for one in scored),
                _mean_of(one.pillars[at].change for one in scored),
            )
            for at, pillar in enumerate(scored[0].pillars if scored else ())
        ]
        url = reverse("readiness:results", args=[found.campaign.key])
        return _readiness(found, figure(_mean_of(one.score for one in scored), places), words, pillars, url)

    @cached_property
    def targets(self) -> list[dict[str, Any]]:
        """The targets, those that are missed first."""
        order = {MISSED: 0, UNKNOWN: 1}
        lines = sorted(self.found.targets, key=lambda line: order.get(line.verdict, 2))
        return [self._target(line) for line in lines[:MOST]]

    def _target(self, line: Line) -> dict[str, Any]:
        target, actual = line.target, line.actual
        return {
            "code": target.code,
            "name": _name_of(target),
            "url": self.at.of("programmes:target", target.key),
            "goal": f"{goal_words(target, line.ahead[1])} ({line.ahead[0]})" if line.ahead else "–",
            "actual": f"{figure_words(target, actual.value)} ({actual.span.code})" if actual else "–",
            "kind": STATE_KINDS[line.verdict],
            "state": str(STATE_WORDS[line.verdict]),
            "late": line.is_late,
        }

    @cached_property
    def targets_picture(self) -> SafeString | str:
        """How much of the way to the next milestone is behind, target by target."""
        rows = [
            Bar(
                f"{line.target.code} {_name_of(line.target)}",
                float(line.gone or 0),
                percent(line.gone) if line.gone is not None else "–",
                self.at.of("programmes:target", line.target.key),
                BARS.get(line.verdict, "rest"),
            )
            for line in self.found.targets[:MOST]
        ]
        title, described = (
            _("The way to the next milestone"),
            _("The table below says the same, with plan and figure."),
        )
        return bars(rows, title=title, description=described, most=1) if rows else ""

    @cached_property
    def targets_url(self) -> str:
        return self.at.targets(self.key, "")

    @cached_property
    def pilots(self) -> list[dict[str, Any]]:
        """The pilots, those that run first."""
        return [
            {
                "name": row.name,
                "url": self.at.of("pilots:pilot", row.key),
                "when": f"{vdate(row.first)} – {vdate(row.last)}",
                "gate": vdate(row.gate) if row.gate and row.stage in {"running", "waiting"} else "–",
                "kind": STAGES[row.stage][0],
                "state": str(STAGES[row.stage][1]),
            }
            for row in self.found.trying.pilots[:MOST]
        ]

    @cached_property
    def pilots_url(self) -> str:
        return self.at.of("pilots:pilots", unit=self.key)

    @cached_property
    def adoptions(self) -> list[dict[str, Any]]:
        """The spreads the unit takes part in: units with every step done, of all that take part."""
        by_name: dict[str, list[int]] = {}
        for row in self.found.trying.adoptions:
            said = by_name.setdefault(row.name, [0, 0, 0, 0])
            said[0] += row.done == row.total
            said[1] += 1
            said[2] += row.done
            said[3] += row.total
        return [
            {"name": name, "done": done, "units": units, "share": steps / all_steps if all_steps else 0}
            for name, (done, units, steps, all_steps) in sorted(by_name.items())[:MOST]
        ]

    @cached_property
    def adoptions_url(self) -> str:
        return self.at.adoptions(self.key)

    @cached_property
    def deadlines(self) -> list[dict[str, Any]]:
        """What is due next; what is late stands first."""
        to = {
            "figures": lambda key: self.at.of("programmes:plan", self.key),
            "call": lambda key: self.at.of("training:unit_year", self.key, show="calls"),
            "readiness": lambda key: reverse("readiness:campaign", args=[key]),
            "gate": lambda key: self.at.of("pilots:pilot", key),
            "wave": lambda key: self.at.of("pilots:spread", key),
            "exam": lambda key: reverse("exams:sitting", args=[key]),
            "task": lambda key: reverse("workshops:task", args=[key]),
        }
        return [
            {
                "day": one.day,
                "late": one.day < self.at.on,
                "what": str(DEADLINES[one.what]),
                "title": one.title,
                "url": to[one.what](one.key) if OPENS.get(one.what, "") in {"", *self.may} else "",
            }
            for one in self.found.deadlines[:MOST]
        ]

    @cached_property
    def next(self) -> str:
        """The next deadline in one sentence."""
        if not self.found.deadlines:
            return ""
        one = self.found.deadlines[0]
        words = (
            _("%(what)s, was due on %(day)s: %(title)s")
            if one.day < self.at.on
            else _("%(what)s by %(day)s: %(title)s")
        )
        return words % {"what": DEADLINES[one.what], "day": vdate(one.day), "title": one.title}

    @cached_property
    def ended(self) -> str:
        """How many units that have ended count here, in words."""
        ended = self.found.tops.ended
        if not ended:
            return ""
        return ngettext(
            "%(count)s unit that had ended by this day counts with its default heir.",
            "%(count)s units that had ended by this day count with their default heirs.",
            ended,
        ) % {"count": vnumber(ended)}

    def rows(self, below: list[Below]) -> SafeString:
        """The rows of the table, a unit each. Made as one text: 168 units are 1,344 cells."""
        marked = {
            name: address.replace("&", "&amp;")
            for name, address in (
                ("leader", self.at.of("web:leader", "0")),
                ("trained", self.at.trained("0")),
                ("results", self.at.results("0")),
                ("targets", self.at.targets("0", MET)),
                ("running", self.at.running("0")),
                ("adoptions", self.at.adoptions("0")),
                ("result", reverse("readiness:result", args=["0"])),
            )
        }
        to = {name: _around(address) for name, address in marked.items()}
        places = places_of(self.found.theirs)
        return mark_safe("\n".join(self._row(row, to, places) for row in below))

    def _row(self, row: Below, to: dict[str, tuple[str, str]], places: int) -> str:
        key = row.unit.key

        def cell(name: str, text: str) -> str:
            before, after = to[name]
            return f'<td class="lt-num"><a href="{before}{key}{after}">{text}</a></td>'

        none = '<td class="lt-num">–</td>'
        trained, results, tried, ready = row.trained, row.results, row.tried, row.ready
        mean = results.mean
        cells = [
            cell("trained", f"{_whole(trained.trained)}/{_whole(trained.people)}") if trained.people else none,
            cell("results", percent(mean) if mean is not None else f"&lt;{FEWEST}") if results.count else none,
        ]
        if ready is None or ready.score is None:
            cells += [none, none]
        else:
            url = ready.result.key.join(to["result"])
            change = signed(ready.change.total, places) if ready.change else "–"
            cells += [
                f'<td class="lt-num"><a href="{url}">{figure(ready.score, places)}</a></td>',
                f'<td class="lt-num"><a href="{url}">{change}</a></td>' if ready.change else none,
            ]
        cells.append(cell("targets", f"{row.targets.met}/{row.targets.total}") if row.targets.total else none)
        cells.append(cell("running", _whole(tried.running)) if tried.running else none)
        taken = tried.adopted + tried.adopting
        cells.append(cell("adoptions", f"{tried.adopted}/{taken}") if taken else none)
        url, name = key.join(to["leader"]), escape(row.unit.full_name)
        return f'<tr><th scope="row" class="lt-unit"><a href="{url}">{name}</a></th>{"".join(cells)}</tr>'


def said_of(unit: Unit, found: Leading, may: frozenset[str] = frozenset()) -> Said:
    """What the page of a unit says to a reader of these permissions."""
    return Said(found, Addresses(found.on), unit.key, may)


def _name_of(target: Target) -> str:
    english = (get_language() or "vi").startswith("en")
    return target.name_en if english and target.name_en else target.name


def places_of(found: Measured | None) -> int:
    """How many places after the comma a score has here: the page of the result has them all."""
    return min(2, index_of(found.campaign.version).decimals) if found else 0


def _whole(number: int) -> str:
    """A count as people read it; small ones, of which a table is full, the short way."""
    return str(number) if number < 1000 else vnumber(number)


def _around(address: str) -> tuple[str, str]:
    """An address of the key "0", before and after the key."""
    before, after = address.split("/0/", 1) if "/0/" in address else address.split("unit=0", 1)
    return (f"{before}/", f"/{after}") if "/0/" in address else (f"{before}unit=", after)


def _result(one: Standing) -> str:
    return reverse("readiness:result", args=[one.result.key])


def _readiness(
    found: Measured, score: str, words: str, pillars: list[tuple[Any, int | None, int | None]], url: str
) -> Readiness:
    index, language = index_of(found.campaign.version), get_language() or "vi"
    most = index.times or SCALE
    rows = [
        {
            "title": title.of(language),
            "score": figure(value, 2),
            "change": signed(change, 2),
            "value": (value or 0) / most,
        }
        for title, value, change in pillars
    ]
    picture = bars(
        [Bar(row["title"], row["value"], f"{row['score']} ({row['change']})", url) for row in rows],
        title=_("Readiness by pillar"),
        description=_("The table below says the same."),
        most=1,
    )
    return Readiness(found.campaign.title, score, words, url, rows, picture if rows else "")


def _since_before(change: int, places: int) -> str:
    return _("%(change)s since the campaign before") % {"change": signed(change, places)}


def _mean_of(values: Iterable[int | None]) -> int | None:
    """The mean in whole millionths; None of nothing."""
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known)) if known else None


def figure(value: int | None, places: int) -> str:
    """Millionths as people read them."""
    return "–" if value is None else vnumber(value / SCALE, places)


def signed(value: int | None, places: int) -> str:
    """The same with its sign."""
    return "–" if value is None else ("+" if value > 0 else "") + figure(value, places)
