"""Turns a difference into one that holds at every look at once, for runs that may stop early (ledger E6)."""

from __future__ import annotations

import math
from dataclasses import replace

from evals.plan import Stopping
from evals.statistics import Interval, PairedDifference
from evals.statistics._confidence_sequence import at_look
from evals.statistics._distributions import normal_quantile, t_quantile


def always_valid(difference: PairedDifference, rule: Stopping, level: float = 0.95) -> PairedDifference:
    """The same mean with the interval and the p-value of the confidence sequence.

    The sequence takes as its values what each cluster contributes to the mean of all items, so that its standard
    error is the cluster-robust one of the comparison (Miller 2024). It is never narrower than Student's interval,
    which matters for a handful of clusters.

    The sequence needs the spread of a difference, and early on the sample's is too small where few items differ
    much: small gains hide a rare large loss that nobody has seen yet. So one difference of ``rule.unseen`` points
    more is counted into the spread; that keeps the error rate where it would be 14 to 33 % (docs/planning.md).

    Args:
        rule: How the run looks.
        level: Confidence of the interval.
    """
    mean, error, clusters = difference.mean, difference.standard_error, difference.n_clusters
    if mean is None or not error:
        return difference
    look = at_look(mean, _spread(error, clusters, rule.unseen), clusters, rule.tau, level)
    if look.half_width is None or look.p_value is None:
        return replace(difference, interval=None, p_value=None, reason=look.reason)
    half = max(look.half_width, t_quantile((1 + level) / 2, clusters - 1) * error)
    return replace(
        difference,
        interval=Interval(mean - half, mean + half, level),
        p_value=max(look.p_value, difference.p_value or 0.0),
    )


def detectable_at_every_look(
    standard_error: float, clusters: int, rule: Stopping, level: float = 0.95, power: float = 0.8
) -> float | None:
    """The smallest difference that a run which may stop early shows at its last look with this power, at least.

    Half the interval's width there, and z_β standard errors more; looks before the last add a little to the power.

    Returns:
        None where the spread is 0 or too far from the rule's ``tau``.
    """
    if not standard_error > 0 or clusters < 1:
        return None
    half = at_look(0.0, _spread(standard_error, clusters, rule.unseen), clusters, rule.tau, level).half_width
    return None if half is None else half + normal_quantile(power) * standard_error


def _spread(standard_error: float, clusters: int, unseen: float) -> float:
    """The standard deviation of one value, with one deviation of ``unseen`` points more."""
    squares = standard_error**2 * clusters * (clusters - 1)
    return math.sqrt((squares + unseen**2) / max(1, clusters - (0 if unseen else 1)))
