"""What desks show that joins rooms: programmes under way, the ledger and the looks, the words of their things."""

from lantoa.web.queries.desks import running_programmes

__all__ = ["running_programmes"]
