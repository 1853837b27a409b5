"""Sites in groups, for work that is done group by group."""

from collections.abc import Collection, Mapping


def whole_groups(told: Mapping[int, Collection[int]], *, most: int) -> list[list[int]]:
    """Sites, with whom to tell of each, in groups of at most so many, in their order; larger only where the same
    people look after more. Nobody has sites in two groups, so each group is told by one message a person."""
    together: dict[int, int] = {}  # person -> one who stands for all with whom they share a site

    def stands_for(person: int) -> int:
        while together[person] != person:
            together[person] = person = together[together[person]]
        return person

    for people in told.values():
        for person in people:
            together.setdefault(person, person)
        for first, other in zip(people, list(people)[1:], strict=False):
            together[stands_for(other)] = stands_for(first)
    parts: dict[tuple[str, int], list[int]] = {}
    for site, people in told.items():
        part = ("people", stands_for(next(iter(people)))) if people else ("nobody", site)
        parts.setdefault(part, []).append(site)
    groups: list[list[int]] = []
    for part_sites in parts.values():
        if groups and len(groups[-1]) + len(part_sites) <= most:
            groups[-1] += part_sites
        else:
            groups.append(part_sites)
    return groups
