"""Whether a judge says the same when the same is asked again."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from evals.judge_quality.shares import share_of
from evals.plan import Cell
from evals.preference import Choice, Preference
from evals.results.run_results import RunResults
from evals.statistics import MeanInterval


@dataclass(frozen=True, slots=True)
class Repeatability:
    """What changes when nothing has changed.

    Attributes:
        answers: Answers that were judged more than once.
        times: How often each was, at most.
        sd: Standard deviation of the weighted score of one answer, points, pooled over answers; None with none.
        same: Share of criterion scores that came out alike, over every two times of one answer.
        same_choice: Share of pairwise choices that came out alike, the answers standing in the same order.
    """

    answers: int
    times: int
    sd: float | None
    same: MeanInterval
    same_choice: MeanInterval


def repeatability(results: RunResults) -> Repeatability:
    """From a run in which the very same answers were judged several times (its repeats)."""
    clusters = {item.id: item.cluster for item in results.plan.dataset.items}
    scores: dict[tuple[str, str], list[Mapping[str, float | None]]] = {}
    wholes: dict[tuple[str, str], list[float]] = {}
    for answer in results.answers:
        if answer.verdict is not None and answer.verdict.score is not None:
            key = (answer.cell.item, answer.cell.variant)
            scores.setdefault(key, []).append(answer.verdict.criterion_scores)
            wholes.setdefault(key, []).append(answer.verdict.score)
    several = {key: times for key, times in scores.items() if len(times) > 1}
    same = [(float(hit), clusters[key[0]]) for key, times in several.items() for hit in _alike(times)]
    return Repeatability(
        answers=len(several),
        times=max((len(times) for times in several.values()), default=0),
        sd=_pooled([wholes[key] for key in several]),
        same=_share(same),
        same_choice=_share(list(_choices(results.preferences, clusters))),
    )


def _alike(times: Sequence[Mapping[str, float | None]]) -> Iterable[bool]:
    for one, other in combinations(times, 2):
        yield from (score == other.get(name) for name, score in one.items() if score is not None)


def _choices(
    preferences: Iterable[tuple[Cell, Preference]], clusters: Mapping[str, str]
) -> Iterable[tuple[float, str]]:
    said: dict[tuple[str, str, str, str, int], list[Choice]] = {}
    for cell, preference in preferences:
        if preference.choice is not None:
            key = (cell.item, preference.one, preference.other, preference.judge, preference.order)
            said.setdefault(key, []).append(preference.choice)
    for (item, *_), choices in said.items():
        yield from ((float(one == other), clusters[item]) for one, other in combinations(choices, 2))


def _pooled(groups: Sequence[Sequence[float]]) -> float | None:
    free = sum(len(group) - 1 for group in groups)
    if free == 0:
        return None
    means = [math.fsum(group) / len(group) for group in groups]
    squares = math.fsum((x - mean) ** 2 for group, mean in zip(groups, means, strict=True) for x in group)
    return math.sqrt(squares / free)


def _share(hits: Sequence[tuple[float, Hashable]]) -> MeanInterval:
    return share_of((hit > 0 for hit, _ in hits), [cluster for _, cluster in hits])
