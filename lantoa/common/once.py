"""What there may be only one of: two who press at the same moment both pass the question asked before."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from lantoa.common.refused import Refused

TAKEN = "23505"  # unique_violation


@contextmanager
def only_one(taken: Refused) -> Iterator[None]:
    """Says in words what the database says: somebody else has just made it, so the second one is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != TAKEN:
            raise
        raise taken from error
