"""Looks at a run while it works and says when the answer is clear, with an error rate that holds at every look.

Items enter in the plan's order, not in the order answers happen to come home: a slow answer is no random one. Items of
one cluster enter together, so that what is clear after so many items rests on whole clusters (ledger E6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.dataset import GoldenItem
from evals.plan import RunPlan
from evals.statistics import Interval, paired_difference
from evals.stopping.always_valid import always_valid

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Look:
    """What one candidate looked like at one look.

    Attributes:
        items: Items that had entered, scored or not.
        n: Independent values (clusters) with a difference.
        mean, low, high: Difference to the baseline with an interval that is valid at every look at once; with several
            candidates for all of them together.
        p_value: Always-valid, of this candidate alone.
        clear: better, worse, same (surely within the margin) or empty.
    """

    candidate: str
    items: int
    n: int
    mean: float | None
    low: float | None
    high: float | None
    p_value: float | None
    clear: str

    @property
    def interval(self) -> Interval | None:
        """The interval, where there is one."""
        return None if self.low is None or self.high is None else Interval(self.low, self.high, LEVEL)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the journal."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a run stopped early.

    Attributes:
        item_ids: The items that it rests on; answers to others came home too late to count.
        planned: Items of the plan.
    """

    looks: tuple[Look, ...]
    item_ids: tuple[str, ...]
    planned: int

    @property
    def items(self) -> int:
        """How many items it rests on."""
        return len(self.item_ids)

    @property
    def words(self) -> str:
        """Clear after 90 of 240 items."""
        return f"Clear after {self.items} of {self.planned} items."

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for the journal."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Decision:
        """The inverse of :meth:`as_json`."""
        looks = tuple(Look(**look) for look in document["looks"])
        return cls(looks, tuple(document["item_ids"]), document["planned"])


def order_of_entering(items: Iterable[GoldenItem]) -> tuple[GoldenItem, ...]:
    """The items with those of one cluster together, each cluster where its first item stands."""
    clusters: dict[str, list[GoldenItem]] = {}
    for item in items:
        clusters.setdefault(item.cluster, []).append(item)
    return tuple(item for members in clusters.values() for item in members)


class Watch:
    """Hears every score and says when nothing is open any more.

    Args:
        plan: With ``stopping``; its first variant is the baseline.
    """

    def __init__(self, plan: RunPlan) -> None:
        if plan.stopping is None:
            raise ValueError("this run does not stop early")
        self._stopping = plan.stopping
        self._items = order_of_entering(plan.dataset.items)
        self._baseline, *self._candidates = (variant.id for variant in plan.variants)
        self._scores: dict[tuple[str, str], float | None] = {}
        self._heard_of = 0
        self._next = self._stopping.least
        self.looks: tuple[Look, ...] = ()

    def heard(self, item: str, variant: str, score: float | None) -> None:
        """A cell is done; ``score`` is None where there is none."""
        self._scores[item, variant] = score

    def decide(self) -> Decision | None:
        """Look, if it is time; the decision when every candidate is clear.

        There is no look at the last item: nothing is left to be saved.
        """
        items = self._whole_clusters()
        if items < self._next or items == len(self._items):
            return None
        self._next = items + self._stopping.every
        self.looks = tuple(self._look(candidate, self._items[:items]) for candidate in self._candidates)
        if not all(look.clear for look in self.looks):
            return None
        return Decision(self.looks, tuple(item.id for item in self._items[:items]), len(self._items))

    def _whole_clusters(self) -> int:
        """How many items have entered: all before them heard of, no cluster begun and not ended."""
        variants = (self._baseline, *self._candidates)
        while self._heard_of < len(self._items) and all(
            (self._items[self._heard_of].id, variant) in self._scores for variant in variants
        ):
            self._heard_of += 1
        items = self._heard_of
        while 0 < items < len(self._items) and self._items[items].cluster == self._items[items - 1].cluster:
            items -= 1
        return items

    def _look(self, candidate: str, items: Sequence[GoldenItem]) -> Look:
        after, before, clusters = [], [], []
        for item in items:
            old, new = self._scores[item.id, self._baseline], self._scores[item.id, candidate]
            if old is not None and new is not None:
                after.append(new)
                before.append(old)
                clusters.append(item.cluster)
        difference = paired_difference(after, before, clusters)
        level = 1 - (1 - LEVEL) / len(self._candidates)
        found = always_valid(difference, self._stopping, level)
        interval = found.interval if found.standard_error else None
        enough = found.n_clusters >= self._stopping.least
        return Look(
            candidate=candidate,
            items=len(items),
            n=found.n_clusters,
            mean=found.mean,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            p_value=found.p_value if interval else None,
            clear=_clear(interval, self._stopping.margin) if enough else "",
        )


def _clear(interval: Interval | None, margin: float) -> str:
    if interval is None:
        return ""
    if interval.low > 0:
        return "better"
    if interval.high < 0:
        return "worse"
    return "same" if -margin <= interval.low and interval.high <= margin else ""
