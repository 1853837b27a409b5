"""How the files of this room are read, applied and undone."""

from lantoa.programmes.importers import budget, figures, inventory

__all__ = ["budget", "figures", "inventory"]
