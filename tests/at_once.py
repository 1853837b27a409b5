"""Many at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from lantoa.common.refused import Refused


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each came to, begun at the same moment on connections of their own: "done", the refusal, or the error."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            start.wait(60)
            act()
        except Refused as refused:
            return str(refused)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))
