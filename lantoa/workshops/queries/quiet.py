"""A site of which nothing is told yet: what its page shows is the same for all of them (decision 0038)."""

import json
import time
from collections import OrderedDict
from typing import Any, Final

from django.db import connection

from lantoa.workshops.models import Site

COUNTED_SECONDS: Final = 60.0  # how many sites there are decides over how long their pages ask again, and no more
KEPT: Final = 100
# One row, or none when something stands of this very site: its turn, a report, a hand, a fault, a vote.
QUIET = """
    SELECT r.number, r.opened_at, r.closed_at, coalesce(c.hands_open, true), coalesce(c.questions_open, true),
           coalesce((SELECT rung FROM workshops_screen WHERE site_id = s.id), 'video'), g.said, a.text, a.text_en
      FROM workshops_site s
      LEFT JOIN LATERAL (SELECT id, number, opened_at, closed_at, calling_id FROM workshops_rollcall
                          WHERE workshop_id = s.workshop_id ORDER BY number DESC LIMIT 1) r ON true
      LEFT JOIN workshops_conduct c ON c.workshop_id = s.workshop_id
      LEFT JOIN workshops_showing g ON g.workshop_id = s.workshop_id
      LEFT JOIN LATERAL (SELECT text, text_en FROM workshops_announcement
                          WHERE workshop_id = s.workshop_id AND ended_at IS NULL ORDER BY id DESC LIMIT 1) a ON true
     WHERE s.id = %s AND r.calling_id IS DISTINCT FROM s.id
       AND NOT EXISTS (SELECT 1 FROM workshops_sitestate t WHERE t.roll_call_id = r.id AND t.site_id = s.id)
       AND NOT EXISTS (SELECT 1 FROM workshops_hand h
                        WHERE h.site_id = s.id AND h.state IN ('waiting', 'invited', 'speaking'))
       AND NOT EXISTS (SELECT 1 FROM workshops_fault f WHERE f.site_id = s.id AND f.ended_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM workshops_poll p
                        WHERE p.workshop_id = s.workshop_id AND p.state = 'open' AND p.voices <> 'people')
"""
_counted: OrderedDict[int, tuple[float, int]] = OrderedDict()


def quiet(site: Site) -> dict[str, Any] | None:
    """What the page of such a site is told apart by, as plain values; None when there is more to say. One query."""
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [site.pk])
        found = cursor.fetchone()
    if found is None:
        return None
    number, opened_at, closed_at, hands_open, questions_open, rung, slide, text, text_en = found
    called = number and [number, opened_at.isoformat(), closed_at.isoformat() if closed_at else ""]
    return {
        "called": called,
        "hands": hands_open,
        "questions": questions_open,
        "rung": rung,
        "slide": json.loads(slide) if isinstance(slide, str) else slide or {},
        "announced": [text or "", text_en or text or ""],
    }


def about_so_many(workshop: int) -> int:
    """How many sites it has, or had a minute ago."""
    now = time.monotonic()
    at, count = _counted.get(workshop, (0.0, 0))
    if not count or now - at > COUNTED_SECONDS:
        count = Site.objects.filter(workshop=workshop).count()
        _counted[workshop] = (now, count)
        if len(_counted) > KEPT:
            _counted.popitem(last=False)
    return count
