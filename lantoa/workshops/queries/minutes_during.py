"""What the minutes say of what happened: questions with their answers, what is still to be answered, polls, what was
concluded."""

from collections.abc import Sequence

from django.utils import timezone

from lantoa.directory.queries.units import names
from lantoa.office.rules.papers.model import Clause, Point, Section
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.conclusions import conclusions_of
from lantoa.workshops.queries.polls import results_of
from lantoa.workshops.queries.questions import answered, unanswered


def questions(workshop: Workshop) -> Sequence[Section]:
    """Each question with the answer that stands, in Vietnamese where there is one; then those without. Who asked is
    left out: the site stands where one asked."""
    found = []
    for one in answered(workshop):
        replies = sorted(one.replies.all(), key=lambda reply: reply.language != "vi")
        where = f" ({one.site.name})" if one.site else ""
        said = tuple(Point(f"Trả lời: {reply.text.rstrip('.')}.") for reply in replies[:1])
        found.append(Clause(title=f"{one.text}{where}", parts=said))
    found += [Clause(f"Chưa trả lời: {one.text}") for one in unanswered(workshop)]
    return [Section("Câu hỏi và trả lời", tuple(found))] if found else []


def polls(workshop: Workshop) -> Sequence[Section]:
    """The polls that are closed with their results; of too few voices nothing is told."""
    found = []
    for poll, told in results_of(workshop):
        if told.withheld:
            said: tuple[Point, ...] = (Point("Số người trả lời quá ít nên không công bố."),)
        else:
            said = tuple(
                Point(f"{option.get('vi', '')}: {count}.")
                for option, count in zip(poll.options, told.counts, strict=True)
            )
        found.append(Clause(title=poll.title, parts=said))
    return [Section("Lấy ý kiến", tuple(found))] if found else []


def conclusions(workshop: Workshop) -> Sequence[Section]:
    """What was concluded; of a task the unit, under the name it had that day, and its deadline."""
    rows = list(conclusions_of(workshop))
    called = names({one.unit_id for one in rows if one.unit_id}, on=timezone.localdate(workshop.during.lower))
    found = []
    for one in rows:
        words = one.text.rstrip(".")
        if one.unit is None or one.due_on is None:
            found.append(Clause(f"{words}."))
            continue
        unit = called[one.unit_id].full_name if one.unit_id in called else one.unit.key
        found.append(Clause(f"Giao {unit} thực hiện, hoàn thành chậm nhất ngày {one.due_on:%d/%m/%Y}: {words}."))
    return [Section("Kết luận, giao nhiệm vụ", tuple(found))] if found else []
