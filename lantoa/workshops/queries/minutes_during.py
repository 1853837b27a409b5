"""What the minutes say of what happened: questions with their answers, what is still to be answered, polls."""

from collections.abc import Sequence

from lantoa.office.rules.papers.model import Clause, Point, Section
from lantoa.workshops.models import Workshop
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
