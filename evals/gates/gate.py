"""A gate says whether a candidate may pass: met, not met, or not clear yet.

One rule for the shell (``--gate``) and for publishing (:mod:`evals.gates.publish_gate`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from coaching_core.errors import InvalidInputError
from coaching_core.prompts.gate import GateKind, GateStatus
from evals.comparing.compare import Comparison, ComparisonVerdict
from evals.statistics import Interval, PairedDifference
from evals.statistics._distributions import t_quantile, t_two_sided_p

GATES = ("better", "not-worse")
EXIT_MET, EXIT_NOT_MET, EXIT_INCONCLUSIVE = 0, 100, 101
ALPHA = 0.05

_KINDS = {"better": GateKind.BETTER, "not-worse": GateKind.NOT_WORSE}
_EXIT_CODES = {GateStatus.MET: EXIT_MET, GateStatus.NOT_MET: EXIT_NOT_MET}


def gate_exit_code(gate: str, comparison: Comparison | None, margin: float) -> int:
    """The exit code that a gate gives a comparison.

    Args:
        gate: ``better``: the interval lies above 0. ``not-worse``: it lies above minus the margin (non-inferiority).
        comparison: None when the run has one variant only; nothing can be said then.
        margin: Points of the rubric's scale, 0 or more.

    Returns:
        0 when met, 100 when the interval lies wholly on the wrong side, 101 when it holds the threshold or the pairs
        are too few to tell.

    Raises:
        InvalidInputError: The margin is negative or not finite.
    """
    interval = None if comparison is None else settled_interval(comparison)
    return _EXIT_CODES.get(decide(_KINDS[gate], margin, interval), EXIT_INCONCLUSIVE)


def decide(kind: GateKind, margin: float, interval: Interval | None) -> GateStatus:
    """What an interval of candidate − baseline says to a requirement.

    Args:
        kind: ``better`` or ``not_worse``.
        margin: Points, 0 or more; without meaning for ``better``.
        interval: None where the pairs are too few to tell.

    Raises:
        InvalidInputError: The margin is negative or not finite.
    """
    bound = threshold(kind, margin)
    if interval is None:
        return GateStatus.INCONCLUSIVE
    if interval.low > bound:
        return GateStatus.MET
    return GateStatus.NOT_MET if interval.high <= bound else GateStatus.INCONCLUSIVE


def threshold(kind: GateKind, margin: float) -> float:
    """The difference that must be ruled out: 0 for ``better``, minus the margin for ``not_worse``.

    Raises:
        InvalidInputError: The margin is negative or not finite.
    """
    if not 0 <= margin < math.inf:
        raise InvalidInputError("The margin must be 0 or more.", field="margin")
    return 0.0 if kind is GateKind.BETTER else -margin


def settled_interval(comparison: Comparison) -> Interval | None:
    """The comparison's interval; None where its verdict calls the pairs too few, e.g. two that are exactly alike."""
    return comparison.overall.interval if _is_settled(comparison) else None


def holm_intervals(comparisons: Sequence[Comparison], bound: float) -> tuple[Interval | None, ...]:
    """Intervals that hold together for several candidates against one baseline.

    Each is as wide as Holm's method asks: the clearest of m at 1 − α/m, the next at 1 − α/(m − 1), and so on; from
    the first that does not exclude the bound on, they get no narrower (Holm 1979). One candidate alone has 95 %.

    Args:
        comparisons: All candidates that were tried.
        bound: The difference that must be ruled out.

    Returns:
        In the order given; None where the pairs are too few to tell.
    """
    chances = [_p_value(comparison.overall, bound) if _is_settled(comparison) else 1.0 for comparison in comparisons]
    found: list[Interval | None] = [None] * len(comparisons)
    left, open_yet = len(comparisons), False
    for place in sorted(range(len(comparisons)), key=chances.__getitem__):
        if _is_settled(comparisons[place]):
            found[place] = _interval_at(comparisons[place].overall, 1 - ALPHA / left)
        open_yet = open_yet or chances[place] > ALPHA / left
        left -= not open_yet
    return tuple(found)


def _is_settled(comparison: Comparison) -> bool:
    overall = comparison.overall
    if overall.interval is None or overall.mean is None:
        return False
    return overall.standard_error != 0 or comparison.verdict is not ComparisonVerdict.UNCLEAR


def _p_value(difference: PairedDifference, bound: float) -> float:
    mean, error = difference.mean or 0.0, difference.standard_error
    if not error:
        return 0.0 if mean != bound else 1.0
    return t_two_sided_p((mean - bound) / error, difference.n_clusters - 1)


def _interval_at(difference: PairedDifference, level: float) -> Interval:
    mean, error = difference.mean or 0.0, difference.standard_error or 0.0
    half = t_quantile((1 + level) / 2, difference.n_clusters - 1) * error
    return Interval(mean - half, mean + half, level)
