"""Short forms asked after a meeting, after a course and months later: what a form is, which answers fit, what may be
told of them. The file of a form is documented in docs/feedback.md."""

from .form import Choice, Form, FormFaults, Kind, Question, Said, fitting
from .reading import read_form, read_form_bytes

__all__ = [
    "Choice",
    "Form",
    "FormFaults",
    "Kind",
    "Question",
    "Said",
    "fitting",
    "read_form",
    "read_form_bytes",
]
