"""A comparison in words: the sentence says what is known, the notes what belongs beside it, to the letter."""

from __future__ import annotations

import pytest

from evals.comparing.comparison import ComparisonVerdict, LeftOut
from evals.comparing.words import notes, sentence
from evals.statistics import Interval, PairedDifference

BETTER, WORSE, UNCLEAR, SAME = (
    ComparisonVerdict.BETTER,
    ComparisonVerdict.WORSE,
    ComparisonVerdict.UNCLEAR,
    ComparisonVerdict.SAME,
)


def found(
    mean: float | None, low: float | None = None, high: float = 0.0, n: int = 240, error: float = 0.1
) -> PairedDifference:
    interval = None if low is None else Interval(low, high)
    return PairedDifference(mean, error, interval, 0.01, n, n)


@pytest.mark.parametrize(
    ("verdict", "overall", "margin", "said"),
    [
        (
            BETTER,
            found(0.314, 0.12, 0.5),
            0.1,
            "new scores 0.31 points higher than old, 95 % interval +0.12 to +0.50, ",
        ),
        (
            WORSE,
            found(-0.314, -0.5, -0.12),
            0.1,
            "new scores 0.31 points lower than old, 95 % interval −0.50 to −0.12, ",
        ),
        (BETTER, found(0.004, 0.003, 0.005), 0, "new scores less than 0.01 points higher than old, 95 % interval "),
        (BETTER, found(0.005, 0.003, 0.007), 0, "new scores 0.01 points higher than old, "),
        (
            SAME,
            found(0.02, -0.03, 0.07),
            0.1,
            "new scores the same as old within 0.10 points: +0.02 [−0.03, +0.07], on ",
        ),
        (SAME, found(0.0, 0.0, 0.0), 0, "new scores the same as old: 0.00 [0.00, 0.00], on "),
    ],
)
def test_a_finding(verdict: ComparisonVerdict, overall: PairedDifference, margin: float, said: str) -> None:
    text = sentence(verdict, overall, margin, "old", "new")
    assert text.startswith(said)
    assert text.endswith("on 240 paired items.")


@pytest.mark.parametrize(
    ("overall", "said"),
    [
        (found(None), "Nothing can be compared yet: no item has a score from both."),
        (found(0.5, n=1), "Too few pairs to tell: +0.50 on 1 paired item."),
        (found(0.5, 0.5, 0.5, n=5, error=0.0), "Too few pairs to tell: +0.50 on 5 paired items."),
        (found(-0.1, -0.4, 0.2), "No clear difference yet: −0.10 [−0.40, +0.20]."),
        (found(0.5, n=2_400), "Too few pairs to tell: +0.50 on 2\u2009400 paired items."),
    ],
)
def test_no_finding(overall: PairedDifference, said: str) -> None:
    assert sentence(UNCLEAR, overall, 0.1, "old", "new") == said


def test_the_level_of_the_interval_is_named() -> None:
    overall = PairedDifference(0.3, 0.1, Interval(0.1, 0.5, 0.9), 0.01, 3, 3)
    assert ", 90 % interval +0.10" in sentence(BETTER, overall, 0.1, "old", "new")


def left(item: str, variant: str = "v", status: str = "failed") -> LeftOut:
    return LeftOut(item, variant, status, "")


@pytest.mark.parametrize(
    ("detectable", "left_out", "repeats", "lines"),
    [
        (None, [], 0, ()),
        (0.314, [], 0, ("This run could detect 0.31 or more.",)),
        (0.0049, [], 0, ("This run could detect less than 0.01 or more.",)),
        (0.005, [], 0, ("This run could detect 0.01 or more.",)),
        (None, [left("a")], 0, ("1 item is left out (1 failed).",)),
        (None, [left("a"), left("a", "w", "unscored")], 0, ("1 item is left out (1 failed, 1 unscored).",)),
        (None, [left("a"), left("b"), left("b", "w")], 0, ("2 items are left out (3 failed).",)),
        (None, [], 1, ("1 repeat without a score does not count.",)),
        (None, [], 2, ("2 repeats without a score do not count.",)),
        (
            0.3,
            [left("a", status="waiting"), left("b", status="missing")],
            1_500,
            (
                "This run could detect 0.30 or more.",
                "2 items are left out (1 missing, 1 waiting).",
                "1\u2009500 repeats without a score do not count.",
            ),
        ),
    ],
)
def test_notes(detectable: float | None, left_out: list[LeftOut], repeats: int, lines: tuple[str, ...]) -> None:
    assert notes(detectable, left_out, repeats) == lines
