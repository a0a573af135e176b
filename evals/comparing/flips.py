"""Items that pass with one variant and fail with the other: what a mean hides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparing.comparison import ItemPair
from evals.judge_spec import JudgeKind, Panel
from evals.statistics import McNemar, mcnemar

_PASS_OR_FAIL = (JudgeKind.CHECKS, JudgeKind.LABELS, JudgeKind.HEURISTICS)
_SHARE_OF_SCALE = 2 / 3
"""7 on a scale from 1 to 10."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class PassMark:
    """From which score on an answer passes.

    Attributes:
        score: On the rubric's scale.
        by_nature: The judge says yes or no; otherwise the mark is a line drawn through a scale.
    """

    score: float
    by_nature: bool

    def passes(self, score: float) -> bool:
        """Whether a score reaches the mark."""
        return score >= self.score - _ROUNDING


@dataclass(frozen=True, slots=True)
class Flips:
    """Paired items by whether they pass; with repeats, by the mean over them.

    Attributes:
        to_fail: Pass with the baseline and fail with the candidate, largest loss first.
        to_pass: The other way round, largest gain first.
        pass_both, fail_both: Counts of the items that did not flip.
        test: Whether more flipped one way than the other; None where the mark is a line through a scale, for the
            difference of the scores says more then, and where nothing flipped. It takes items as independent.
    """

    mark: PassMark
    to_fail: tuple[ItemPair, ...]
    to_pass: tuple[ItemPair, ...]
    pass_both: int
    fail_both: int
    test: McNemar | None

    @property
    def sentence(self) -> str:
        """What flipped, in words."""
        fell, rose = len(self.to_fail), len(self.to_pass)
        mark = "everything right" if self.mark.by_nature else f"{self.mark.score:.4g} or more"
        if not fell and not rose:
            return f"No item changes between pass and fail (pass: {mark})."
        tail = ""
        if self.test is not None and self.test.mid_p is not None:
            tail = " (p < 0.001)" if self.test.mid_p < 0.001 else f" (p = {self.test.mid_p:.3f}, McNemar)"
        return f"{fell} from pass to fail, {rose} from fail to pass (pass: {mark}){tail}."


def pass_mark(panel: Panel) -> PassMark:
    """What counts as a pass: all labels or checks right, else 7 of 10 or as high on another scale."""
    low, high = panel.rubric.minimum, panel.rubric.maximum
    by_nature = panel.kind in _PASS_OR_FAIL
    return PassMark(high if by_nature else low + _SHARE_OF_SCALE * (high - low), by_nature)


def find_flips(pairs: Sequence[ItemPair], mark: PassMark) -> Flips:
    """Sort paired items by whether each side passes."""
    fell, rose, both = [], [], 0
    for pair in pairs:
        before, after = mark.passes(pair.baseline), mark.passes(pair.candidate)
        both += before and after
        if before and not after:
            fell.append(pair)
        elif after and not before:
            rose.append(pair)
    return flips_of(mark, fell, rose, (both, len(pairs) - both - len(fell) - len(rose)))


def flips_of(
    mark: PassMark, to_fail: Sequence[ItemPair], to_pass: Sequence[ItemPair], stayed: tuple[int, int]
) -> Flips:
    """Put together what flipped and what did not.

    Args:
        stayed: How many pass on both sides, and how many fail on both.
    """
    return Flips(
        mark=mark,
        to_fail=tuple(sorted(to_fail, key=lambda pair: (pair.difference, pair.item_id))),
        to_pass=tuple(sorted(to_pass, key=lambda pair: (-pair.difference, pair.item_id))),
        pass_both=stayed[0],
        fail_both=stayed[1],
        test=mcnemar(len(to_fail), len(to_pass)) if mark.by_nature and (to_fail or to_pass) else None,
    )
