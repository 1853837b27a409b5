"""Many at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from django.db import connection, transaction

from lantoa.common.refused import Refused


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each came to, begun at the same moment on connections of their own: "done", the refusal, or the error."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        start.wait(60)
        return _came_to(act)

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def meanwhile(
    first: Callable[[], object], second: Callable[[], object], then: Callable[[], object] = lambda: None
) -> str:
    """What the second came to, which begins when the first is done but not yet for good, and has to wait for it.
    `then`: what the first goes on to do while the second waits."""
    came: list[str] = []
    thread = Thread(target=lambda: came.append(_came_to(second)))
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _somebody_waits():
            thread.join(0.05)
        then()
    thread.join(60)
    return came[0]


def _came_to(act: Callable[[], object]) -> str:
    try:
        act()
    except Refused as refused:
        return str(refused)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    else:
        return "done"
    finally:
        connection.close()


def _somebody_waits() -> bool:
    waits = "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
    with connection.cursor() as cursor:
        cursor.execute(waits + " WHERE a.datname = current_database() AND NOT l.granted)")
        (found,) = cursor.fetchone()
    return bool(found)
