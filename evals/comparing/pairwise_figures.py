"""What pairwise judges say of every two variants: wins, ties and losses, and whether a judge follows the places.

A judge is asked in both orders; a win counts only where both agree, else it is a tie. Several judges of one panel
settle it by majority. One comparison is an item in one repeat; comparisons of one conversation are one cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coaching_core.errors import NotFoundError
from evals.comparing.compare import FEWEST_OF_A_TAG
from evals.judge_spec import Panel, panels_of
from evals.judges.panel import majority
from evals.plan import Cell, RunPlan
from evals.preference import Choice, Preference, settled
from evals.statistics import (
    Interval,
    SwapConsistency,
    WinRate,
    holm,
    mean_interval,
    swap_consistency,
    win_rate,
)
from evals.statistics._distributions import t_two_sided_p

_POINTS = {"other": 1.0, "tie": 0.5, "one": 0.0}
_NAMES: dict[str, Literal["A", "B", "tie"]] = {"one": "A", "other": "B", "tie": "tie"}


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an item is, as figures are grouped by it."""

    cluster: str
    phase: str = ""
    topic: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """One comparison of two answers, all orders and judges taken together.

    Attributes:
        choice: None when it could not be had.
        by_judge: Judge id to what its two orders come to.
    """

    item: str
    repeat: int
    choice: Choice | None
    by_judge: Mapping[str, Choice | None]


@dataclass(frozen=True, slots=True)
class RateFigures:
    """How often the later variant wins.

    Attributes:
        rate: Wins, ties and losses of the later variant; its interval is clustered, its sign test is not.
        p_value: Two-sided, of a rate of one half, clustered; None when it cannot be tested.
    """

    rate: WinRate
    n_clusters: int
    p_value: float | None


@dataclass(frozen=True, slots=True)
class JudgeOrders:
    """One judge in both orders.

    Attributes:
        orders: ``A`` is the earlier variant.
        unscored: Comparisons of which one order could not be had.
    """

    judge: str
    model: str
    orders: SwapConsistency
    unscored: int


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Two variants against each other.

    Attributes:
        one, other: Ids; ``one`` stands earlier in the plan, ``other`` is the one whose wins are counted.
        unscored: Comparisons that no judge could settle.
        open: Comparisons that are not through yet.
        flagged: Comparisons that a judge flagged.
        adjusted_p: Holm's, over all pairs of the run.
        by_tag: Tags of five comparisons and more.
    """

    one: str
    other: str
    labels: tuple[str, str]
    overall: RateFigures
    unscored: int
    open: int
    flagged: int
    adjusted_p: float | None
    judges: tuple[JudgeOrders, ...]
    by_phase: tuple[tuple[str, RateFigures], ...]
    by_topic: tuple[tuple[str, RateFigures], ...]
    by_tag: tuple[tuple[str, RateFigures], ...]

    @property
    def sentence(self) -> str:
        """The finding in one sentence."""
        rate, (one, other) = self.overall.rate, self.labels
        if rate.rate is None:
            return f"No comparison of {other} with {one} could be settled."
        counts = f"{rate.wins} wins, {rate.ties} ties, {rate.losses} losses"
        if rate.interval is None:
            return f"{other} against {one}: {counts}; too few for an interval."
        ends = f"{100 * rate.interval.low:.0f} to {100 * rate.interval.high:.0f} %"
        found = f"wins {100 * rate.rate:.0f} % of the comparisons with {one}, 95 % interval {ends} ({counts})"
        clear = rate.interval.low > 0.5 or rate.interval.high < 0.5
        return f"{other} {found}." if clear else f"No clear preference yet: {other} {found}."


def pairwise_figures(
    plan: RunPlan,
    facts: Mapping[str, ItemFacts],
    preferences: Iterable[tuple[Cell, Preference]],
    panel_id: str | None = None,
) -> tuple[PairFigures, ...]:
    """The figures of every pair that was compared.

    Args:
        plan: Its items are not needed.
        facts: Item id to what it is.
        preferences: As the journal has them: the cell of the later variant, and the preference.
        panel_id: Whose; None for the first pairwise judge or panel.

    Returns:
        In the plan's order; empty where no pairwise judge was asked.

    Raises:
        NotFoundError: No pairwise judge or panel has this id.
    """
    panel = _panel(plan, panel_id)
    if panel is None:
        return ()
    by_pair: dict[tuple[str, str], list[tuple[Cell, Preference]]] = {pair: [] for pair in plan.variant_pairs}
    members = {member.id for member in panel.members}
    for cell, preference in preferences:
        if preference.judge in members and (preference.one, preference.other) in by_pair:
            by_pair[preference.one, preference.other].append((cell, preference))
    labels = {variant.id: variant.label for variant in plan.variants}
    found = [_figures(pair, labels, panel, said, facts) for pair, said in by_pair.items()]
    adjusted = holm([figures.overall.p_value for figures in found])
    return tuple(replace(figures, adjusted_p=p) for figures, p in zip(found, adjusted, strict=True))


def settle(panel: Panel, said: Iterable[tuple[Cell, Preference]]) -> tuple[list[Settled], int]:
    """What each comparison comes to, and how many are not through yet.

    Args:
        said: Of one pair of variants.
    """
    heard: dict[tuple[str, int], dict[tuple[str, int], Preference]] = {}
    for cell, preference in said:
        heard.setdefault((cell.item, cell.repeat), {})[preference.judge, preference.order] = preference
    whole = []
    for (item, repeat), of_pair in sorted(heard.items()):
        if len(of_pair) < 2 * len(panel.members):
            continue
        by_judge = {
            member.id: settled(of_pair[member.id, 1].choice, of_pair[member.id, 2].choice) for member in panel.members
        }
        whole.append(Settled(item, repeat, majority(by_judge.values()), by_judge))
    return whole, len(heard) - len(whole)


def _panel(plan: RunPlan, panel_id: str | None) -> Panel | None:
    panels = panels_of(plan.pairwise_judges)
    if panel_id is None:
        return panels[0] if panels else None
    chosen = next((panel for panel in panels if panel.id == panel_id), None)
    if chosen is None:
        known = ", ".join(panel.id for panel in panels) or "none"
        raise NotFoundError(f"Run {plan.run_id} has no pairwise judge “{panel_id}”. It has: {known}.")
    return chosen


def _figures(
    pair: tuple[str, str],
    labels: Mapping[str, str],
    panel: Panel,
    said: Sequence[tuple[Cell, Preference]],
    facts: Mapping[str, ItemFacts],
) -> PairFigures:
    whole, open_yet = settle(panel, said)
    known = [one for one in whole if one.choice is not None]
    flagged = {(cell.item, cell.repeat) for cell, preference in said if preference.flags}

    def grouped(names_of: Callable[[ItemFacts], Iterable[str]], fewest: int = 1) -> tuple[tuple[str, RateFigures], ...]:
        groups: dict[str, list[Settled]] = {}
        for one in known:
            for name in dict.fromkeys(names_of(facts[one.item])):
                groups.setdefault(name, []).append(one)
        return tuple((name, _rate(groups[name], facts)) for name in sorted(groups) if len(groups[name]) >= fewest)

    return PairFigures(
        one=pair[0],
        other=pair[1],
        labels=(labels[pair[0]], labels[pair[1]]),
        overall=_rate(known, facts),
        unscored=len(whole) - len(known),
        open=open_yet,
        flagged=len(flagged),
        adjusted_p=None,
        judges=tuple(_orders(member.id, member.model, said) for member in panel.members),
        by_phase=grouped(lambda item: (item.phase,)),
        by_topic=grouped(lambda item: (item.topic,)),
        by_tag=grouped(lambda item: item.tags, FEWEST_OF_A_TAG),
    )


def _orders(judge: str, model: str, said: Iterable[tuple[Cell, Preference]]) -> JudgeOrders:
    orders: dict[tuple[str, int], dict[int, Choice | None]] = {}
    for cell, preference in said:
        if preference.judge == judge:
            orders.setdefault((cell.item, cell.repeat), {})[preference.order] = preference.choice
    both = [of_item for of_item in orders.values() if len(of_item) == 2]
    first, second = [], []
    for of_item in both:
        if of_item[1] is not None and of_item[2] is not None:
            first.append(_NAMES[of_item[1]])
            second.append(_NAMES[of_item[2]])
    return JudgeOrders(judge, model, swap_consistency(first, second), len(both) - len(first))


def _rate(known: Sequence[Settled], facts: Mapping[str, ItemFacts]) -> RateFigures:
    choices = [one.choice for one in known]
    plain = win_rate(choices.count("other"), choices.count("tie"), choices.count("one"))
    points = [_POINTS[choice] for choice in choices if choice is not None]
    return clustered_rate(plain, points, [facts[one.item].cluster for one in known])


def clustered_rate(plain: WinRate, points: Sequence[float], clusters: Sequence[Hashable]) -> RateFigures:
    """A win rate whose interval knows that comparisons of one cluster are not independent.

    Args:
        plain: Of the same comparisons, taken as independent.
        points: 1 for a win, ½ for a tie, 0 for a loss.
        clusters: The cluster of each.
    """
    known = mean_interval(points, clusters)
    p_value = None
    if known.mean is not None and known.standard_error:
        p_value = t_two_sided_p((known.mean - 0.5) / known.standard_error, known.n_clusters - 1)
    if known.n_clusters == known.n or known.standard_error == 0:
        return RateFigures(plain, known.n_clusters, p_value)
    interval = None
    if known.interval is not None:
        interval = Interval(max(0.0, known.interval.low), min(1.0, known.interval.high), known.interval.level)
    rate = replace(plain, standard_error=known.standard_error, interval=interval, reason=known.reason or plain.reason)
    return RateFigures(rate, known.n_clusters, p_value)
