"""One part of a comparison (a criterion, a phase, a tag) as a row of the picture."""

from __future__ import annotations

from evals.comparing.compare import PartDifference
from evals.reports.interval_strips import Strip

_SIGNIFICANT = 0.05


def part_strip(part: PartDifference, names: dict[str, str], margin: float) -> Strip:
    """One part of a comparison as a row of the picture; ``names`` are what people call the parts."""
    found = part.difference
    return Strip(names[part.name], found.mean, found.interval, part_word(part, margin), why=found.reason or "")


def part_word(part: PartDifference, margin: float) -> str:
    """The word of a part: clear when its interval excludes zero and its adjusted p-value bears that out."""
    interval = part.difference.interval
    if interval is None or not _can_tell(part):
        return "unclear"
    if -margin <= interval.low and interval.high <= margin:
        return "same"
    if interval.excludes_zero and (part.adjusted_p is None or part.adjusted_p < _SIGNIFICANT):
        return "better" if interval.low > 0 else "worse"
    return "unclear"


def _can_tell(part: PartDifference) -> bool:
    """Where all differences are alike there is no t-test; a sign test says whether they are enough."""
    return bool(part.difference.standard_error) or 2 * 0.5**part.difference.n_clusters < _SIGNIFICANT
