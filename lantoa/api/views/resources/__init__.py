"""What other systems read and write: a file for each kind of thing. Importing them declares their operations."""

from lantoa.api.views.resources import (
    certificates,
    classes,
    exports,
    imports,
    people,
    pilots,
    presence,
    programmes,
    readiness,
    results,
    targets,
    tokens,
    units,
)

__all__ = [
    "certificates",
    "classes",
    "exports",
    "imports",
    "people",
    "pilots",
    "presence",
    "programmes",
    "readiness",
    "results",
    "targets",
    "tokens",
    "units",
]
