"""A comparison in words: one sentence for what was found, short notes for what belongs beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from evals.comparing.comparison import ComparisonVerdict, LeftOut
from evals.statistics import Interval, PairedDifference

MINUS = "\u2212"
_THIN_SPACE = "\u2009"


def signed(value: float) -> str:
    """A difference with its sign and two decimals; what rounds to nothing has no sign."""
    figure = f"{abs(value):.2f}"
    if float(figure) == 0:
        return figure
    return f"{MINUS if value < 0 else '+'}{figure}"


def sentence(
    verdict: ComparisonVerdict, overall: PairedDifference, margin: float, baseline: str, candidate: str
) -> str:
    """The finding in one sentence; ``baseline`` and ``candidate`` are what people call them."""
    mean, interval = overall.mean, overall.interval
    if mean is None:
        return "Nothing can be compared yet: no item has a score from both."
    items = count(overall.n, "paired item")
    if interval is None or (verdict is ComparisonVerdict.UNCLEAR and overall.standard_error == 0):
        return f"Too few pairs to tell: {signed(mean)} on {items}."
    if verdict is ComparisonVerdict.UNCLEAR:
        return f"No clear difference yet: {signed(mean)} {_bracketed(interval)}."
    if verdict is ComparisonVerdict.SAME:
        within = f" within {margin:.2f} points" if margin > 0 else ""
        return f"{candidate} scores the same as {baseline}{within}: {signed(mean)} {_bracketed(interval)}, on {items}."
    points = f"{abs(mean):.2f} points" if abs(mean) >= 0.005 else "less than 0.01 points"
    word = "higher" if verdict is ComparisonVerdict.BETTER else "lower"
    ends = f"{interval.level * 100:g} % interval {signed(interval.low)} to {signed(interval.high)}"
    return f"{candidate} scores {points} {word} than {baseline}, {ends}, on {items}."


def notes(detectable: float | None, left_out: Sequence[LeftOut], unscored_repeats: int) -> tuple[str, ...]:
    """What the run could detect, and what was left out and why."""
    lines = []
    if detectable is not None:
        figure = f"{detectable:.2f}" if detectable >= 0.005 else "less than 0.01"
        lines.append(f"This run could detect {figure} or more.")
    items = len({entry.item_id for entry in left_out})
    if items:
        counts = Counter(entry.status for entry in left_out)
        causes = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        lines.append(f"{count(items, 'item')} {'is' if items == 1 else 'are'} left out ({causes}).")
    if unscored_repeats:
        verb = "does" if unscored_repeats == 1 else "do"
        lines.append(f"{count(unscored_repeats, 'repeat')} without a score {verb} not count.")
    return tuple(lines)


def _bracketed(interval: Interval) -> str:
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 item``, ``2 400 items``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace(",", _THIN_SPACE)
