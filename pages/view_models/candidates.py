"""All candidates of a run against its baseline, and what pairwise judges said, as tables tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.comparing.candidates import Contrast
from evals.comparing.pairwise_figures import PairFigures, RateFigures
from pages.view_models import words
from pages.view_models.run_findings import SIGNS, Difference


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate.

    Attributes:
        difference: Candidate − baseline; its word counts all candidates.
        p_value: Holm's, in words, or why there is none.
    """

    variant: str
    difference: Difference
    p_value: str
    cost: str
    latency: str


def candidate_rows(contrasts: Sequence[Contrast]) -> tuple[CandidateRow, ...]:
    """Best first."""
    rows = [_candidate(contrast) for contrast in contrasts]
    return tuple(sorted(rows, key=lambda row: -(row.difference.mean if row.difference.mean is not None else -1e9)))


def _candidate(contrast: Contrast) -> CandidateRow:
    overall, side = contrast.comparison.overall, contrast.comparison.candidate
    low, high = (overall.interval.low, overall.interval.high) if overall.interval else (None, None)
    word = str(contrast.verdict)
    difference = Difference(side.label, overall.mean, low, high, overall.n, word, contrast.reason)
    return CandidateRow(
        side.variant,
        difference,
        p_words(contrast.adjusted_p) or contrast.reason,
        words.money_call(side.cost_per_answer),
        words.seconds(side.latency_ms.mean),
    )


def p_words(p_value: float | None) -> str:
    """p < 0.001, 0.012; empty where there is none."""
    if p_value is None:
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


@dataclass(frozen=True, slots=True)
class RateRow:
    """How often the later variant won, of all or of a part.

    Attributes:
        rate, low, high: Per cent; None where there is none.
        word: better, worse, or unclear.
    """

    name: str
    rate: float | None
    low: float | None
    high: float | None
    counts: str
    n: int
    word: str
    overall: bool = False

    @property
    def rate_words(self) -> str:
        """62 %, or a dash."""
        return words.DASH if self.rate is None else f"{self.rate:.0f}\u00a0%"

    @property
    def interval_words(self) -> str:
        """[55, 69], or a dash."""
        return words.DASH if self.low is None or self.high is None else f"[{self.low:.0f}, {self.high:.0f}]"

    @property
    def sign(self) -> str:
        """▲ better, in words."""
        return SIGNS[self.word]


def rate_rows(figures: PairFigures) -> tuple[RateRow, ...]:
    """The whole, then phases, topics and tags where there are several."""
    rows = [_rate("Overall", figures.overall, True)]
    for parts in (figures.by_phase, figures.by_topic, figures.by_tag):
        if len(parts) > 1:
            rows += [_rate(name.replace("_", " ").capitalize() or words.DASH, found) for name, found in parts]
    return tuple(rows)


def _rate(name: str, found: RateFigures, overall: bool = False) -> RateRow:
    rate = found.rate
    low, high = (rate.interval.low, rate.interval.high) if rate.interval else (None, None)
    word = "unclear"
    if low is not None and high is not None:
        word = "better" if low > 0.5 else "worse" if high < 0.5 else "unclear"
    return RateRow(
        name,
        None if rate.rate is None else 100 * rate.rate,
        None if low is None else 100 * low,
        None if high is None else 100 * high,
        f"{rate.wins} / {rate.ties} / {rate.losses}",
        rate.wins + rate.ties + rate.losses,
        word,
        overall,
    )


def order_words(figures: PairFigures) -> tuple[str, ...]:
    """How consistent each judge is over both orders, in sentences."""
    told = []
    for judge in figures.judges:
        share = judge.orders.consistency
        if share is None:
            told.append(f"{judge.model}: no pair was judged in both orders yet.")
            continue
        interval = judge.orders.interval
        ends = f" [{100 * interval.low:.0f}, {100 * interval.high:.0f}]" if interval else ""
        failed = f" {words.plural(judge.unscored, 'pair')} could not be had." if judge.unscored else ""
        same = f"{judge.model} says the same in both orders in {100 * share:.0f}\u00a0%{ends}"
        told.append(f"{same} of {judge.orders.n} pairs.{failed}")
    return tuple(told)


def pair_facts(figures: PairFigures) -> str:
    """What was left out, and p-values over all pairs."""
    facts = ["A win counts only where both orders agree; else it is a tie, worth half."]
    if figures.adjusted_p is not None:
        facts.append(f"p {p_words(figures.adjusted_p)} (Holm over all pairs).")
    for number, what in ((figures.unscored, "could not be settled"), (figures.open, "are not through yet")):
        if number:
            facts.append(f"{words.plural(number, 'comparison')} {what}.")
    if figures.flagged:
        facts.append(f"{words.plural(figures.flagged, 'comparison')} flagged by a judge.")
    return " ".join(facts)
