"""What is set up once in each process, before any page (decision 0052)."""

import threading

from django.apps import AppConfig
from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real


class CommonConfig(AppConfig):
    """Pages run in threads and nowhere else: their language, time zone and addresses are kept by thread.

    Django keeps them for each task of an event loop, under a lock; a page asks for them a thousand times, and that
    costs ten times as much.
    """

    name = "lantoa.common"

    def ready(self) -> None:
        for module, names in (
            (trans_real, ("_active",)),
            (timezone, ("_active",)),
            (base, ("_prefixes", "_urlconfs")),
        ):
            for name in names:
                setattr(module, name, threading.local())
