"""Reading lists of units from folders; the ones that come with the house lie in `data/`."""

from pathlib import Path

from lantoa.common.refused import N_, Refused
from lantoa.directory.rules.unit_lists import COLUMNS, UnitList, only, read, together

BUILT_IN = Path(__file__).parents[1] / "data"


def built_in(*, provinces: list[str] | None = None) -> UnitList:
    """The lists that come with the house, in their order; `provinces`: only those with these codes."""
    folders = sorted(folder for folder in BUILT_IN.iterdir() if folder.is_dir())
    listed = together("built-in", (_read(folder) for folder in folders))
    return only(listed, provinces) if provinces else listed


def from_path(path: Path, *, provinces: list[str] | None = None) -> UnitList:
    """The list in a folder, or in a single file of such a folder (the folder's sources are read along)."""
    if path.is_file() and path.name in COLUMNS:
        listed = _read(path.parent, {path.name, "decisions.csv", "snapshots.csv"})
    elif path.is_dir():
        listed = _read(path)
    else:
        raise Refused(
            N_("Cannot import %(path)s: it is neither a folder of a list of units nor one of its files (%(known)s)."),
            path=str(path),
            known=", ".join(COLUMNS),
        )
    return only(listed, provinces) if provinces else listed


def _read(folder: Path, names: set[str] | None = None) -> UnitList:
    texts = {}
    for file in sorted(folder.glob("*.csv")):
        if names is not None and file.name not in names:
            continue
        try:
            texts[file.name] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise Refused(
                N_("Cannot read %(file)s: it is not UTF-8 (byte %(byte)d)."), file=str(file), byte=error.start
            ) from error
    return read(folder.name, texts)
