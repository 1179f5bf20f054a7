"""The best one-to-one pairs of two sides, by the scores of those that may be pairs.

The candidates fall into groups that have nothing to do with each other; each is solved on its own:
exactly, by the Hungarian method (Kuhn 1955, in the form of Jonker and Volgenant), or best score
first where a group is so large that it can hold nothing but sessions of one title.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

_EXACT = 80
"""Members of the larger side of a group up to which it is solved exactly."""

Scores = Mapping[tuple[int, int], float]
"""Score of every candidate, by its place on the left and on the right."""


def assign(scores: Scores) -> dict[int, int]:
    """Return left → right so that the sum of scores is the greatest; nobody twice."""
    pairs: dict[int, int] = {}
    for lefts, rights in _groups(scores):
        if max(len(lefts), len(rights)) <= _EXACT:
            pairs |= _solved(lefts, rights, scores)
        else:
            pairs |= _best_first(lefts, scores)
    return pairs


def _groups(scores: Scores) -> list[tuple[list[int], list[int]]]:
    """Return the connected parts of the candidates, in order of their first left."""
    rights_of: dict[int, list[int]] = defaultdict(list)
    lefts_of: dict[int, list[int]] = defaultdict(list)
    for left, right in sorted(scores):
        rights_of[left].append(right)
        lefts_of[right].append(left)
    seen: set[int] = set()
    groups: list[tuple[list[int], list[int]]] = []
    for start in rights_of:
        if start in seen:
            continue
        lefts, rights, waiting = {start}, set[int](), [start]
        while waiting:
            for right in rights_of[waiting.pop()]:
                if right not in rights:
                    rights.add(right)
                    new = [left for left in lefts_of[right] if left not in lefts]
                    lefts.update(new)
                    waiting.extend(new)
        seen |= lefts
        groups.append((sorted(lefts), sorted(rights)))
    return groups


def _best_first(lefts: Sequence[int], scores: Scores) -> dict[int, int]:
    wanted = set(lefts)
    ranked = sorted((-score, pair) for pair, score in scores.items() if pair[0] in wanted)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, (left, right) in ranked:
        if left not in pairs and right not in taken:
            pairs[left] = right
            taken.add(right)
    return pairs


def _solved(lefts: Sequence[int], rights: Sequence[int], scores: Scores) -> dict[int, int]:
    """Return the best pairs of one group; a pair that is no candidate counts nothing."""
    if len(lefts) == 1 and len(rights) == 1:
        return {lefts[0]: rights[0]}
    size = max(len(lefts), len(rights))
    cost = [[0.0] * size for _ in range(size)]
    for row, left in enumerate(lefts):
        for column, right in enumerate(rights):
            cost[row][column] = -scores.get((left, right), 0.0)
    owner = _hungarian(cost)
    pairs: dict[int, int] = {}
    for column, row in enumerate(owner):
        if row < len(lefts) and column < len(rights) and (lefts[row], rights[column]) in scores:
            pairs[lefts[row]] = rights[column]
    return pairs


def _hungarian(cost: Sequence[Sequence[float]]) -> list[int]:
    """Return the row of each column of a square matrix so that the sum is the least."""
    size = len(cost)
    u, v = [0.0] * (size + 1), [0.0] * (size + 1)
    owner, way = [0] * (size + 1), [0] * (size + 1)
    for row in range(1, size + 1):
        owner[0], column = row, 0
        least = [float("inf")] * (size + 1)
        used = [False] * (size + 1)
        while True:
            used[column] = True
            here, delta, following = owner[column], float("inf"), 0
            for other in range(1, size + 1):
                if used[other]:
                    continue
                reduced = cost[here - 1][other - 1] - u[here] - v[other]
                if reduced < least[other]:
                    least[other], way[other] = reduced, column
                if least[other] < delta:
                    delta, following = least[other], other
            for other in range(size + 1):
                if used[other]:
                    u[owner[other]] += delta
                    v[other] -= delta
                else:
                    least[other] -= delta
            column = following
            if owner[column] == 0:
                break
        while column:
            owner[column] = owner[way[column]]
            column = way[column]
    return [row - 1 for row in owner[1:]]
