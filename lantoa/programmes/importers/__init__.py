"""How the files of this room are read, applied and undone."""

from lantoa.programmes.importers import figures, inventory

__all__ = ["figures", "inventory"]
