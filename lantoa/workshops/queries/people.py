"""The people of the sites of a workshop: found by name and telephone, and called by their names."""

from collections.abc import Sequence

from lantoa.directory.queries.people import find_candidates
from lantoa.directory.rules.people import Known, Sought

Named = tuple[str, str, int | None]  # name, telephone, unit


def namesakes(people: Sequence[Named]) -> dict[Named, list[Known]]:
    """For each of these those on record who have the name. Three queries, however many."""
    wanted = list(dict.fromkeys(one for one in people if one[0]))
    by_name = list(dict.fromkeys(name for name, _phone, _unit in wanted))
    found = find_candidates([Sought(name) for name in by_name])
    of_name = {name: [known for _sure, known in found.get(place, [])] for place, name in enumerate(by_name)}
    return {one: of_name[one[0]] for one in wanted}
