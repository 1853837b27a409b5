"""Short forms asked after a meeting, after a course and months later: what a form is, which answers fit, what may be
told of them. The file of a form is documented in docs/feedback.md and read by `feedback.reading`, which the
models do not need."""

from .form import Choice, Form, FormFaults, Kind, Question, Said, fitting

__all__ = [
    "Choice",
    "Form",
    "FormFaults",
    "Kind",
    "Question",
    "Said",
    "fitting",
]
