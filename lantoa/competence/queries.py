"""What competence can tell: the courses, and what stands in them."""

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from lantoa.competence.models import Course, Material, Topic


def find_courses(courses: "QuerySet[Course]", *, text: str = "") -> "QuerySet[Course]":
    """Courses whose title or code holds `text`, with `topic_count` and `hour_count`, by title."""
    if text:
        courses = courses.filter(Q(title__icontains=text) | Q(code__icontains=text))
    return courses.annotate(topic_count=Count("topics"), hour_count=Sum("topics__hours")).order_by("title", "code")


def topics_with_materials(course: Course) -> "QuerySet[Topic]":
    """The topics of a course in their order, each with its materials and their files; two queries."""
    materials = Material.objects.order_by("position", "id").select_related("file")
    return course.topics.order_by("position").prefetch_related(Prefetch("materials", queryset=materials))
