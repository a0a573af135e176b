"""All candidates of a run against its baseline, counted together: with many, one will look better by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparing.comparison import Comparison, ComparisonVerdict
from evals.statistics import holm

_SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Contrast:
    """One candidate against the baseline.

    Attributes:
        adjusted_p: Holm's over all candidates of the run; the plain one when there is a single candidate; None where
            nothing could be tested.
        verdict: The comparison's, or unclear where the adjusted p-value does not bear it out.
        candidates: How many candidates the run has.
    """

    comparison: Comparison
    adjusted_p: float | None
    verdict: ComparisonVerdict
    candidates: int

    @property
    def is_taken_back(self) -> bool:
        """Whether the finding did not survive counting all candidates."""
        return self.verdict is not self.comparison.verdict

    @property
    def reason(self) -> str:
        """Why there is no p-value; empty where there is one."""
        if self.adjusted_p is not None:
            return ""
        if not self.comparison.overall.n:
            return "No pairs: no item has a score from both."
        return self.comparison.overall.reason or "Nothing could be tested."


def counted_together(comparisons: Sequence[Comparison]) -> tuple[Contrast, ...]:
    """Adjust the p-values of several candidates for each other.

    Args:
        comparisons: Every candidate of the run with the same baseline, in the order wanted.
    """
    adjusted = holm([comparison.overall.p_value for comparison in comparisons])
    return tuple(
        Contrast(comparison, p, _verdict(comparison, p), len(comparisons))
        for comparison, p in zip(comparisons, adjusted, strict=True)
    )


def _verdict(comparison: Comparison, adjusted_p: float | None) -> ComparisonVerdict:
    claimed = comparison.verdict in (ComparisonVerdict.BETTER, ComparisonVerdict.WORSE)
    if claimed and adjusted_p is not None and adjusted_p >= _SIGNIFICANT:
        return ComparisonVerdict.UNCLEAR
    return comparison.verdict
