"""Figures of a run beyond its first comparison, short enough for the store's table of runs."""

from __future__ import annotations

from typing import Any

from evals.comparing.candidates import counted_together
from evals.comparing.comparison import ItemResult
from evals.comparing.flips import Flips, find_flips, pass_mark
from evals.comparing.pairing import paired, rows_by_item
from evals.comparing.pairwise_figures import PairFigures, pairwise_figures
from evals.results.benchmark_facts import benchmark_facts
from evals.results.notes import notes_of_results
from evals.results.run_results import RunResults
from evals.results.samples import facts_of_results
from evals.statistics import Interval


def further_figures(results: RunResults, candidate: str | None = None, baseline: str | None = None) -> dict[str, Any]:
    """All candidates counted together, flips, pairs, notes, and what the run brings to the benchmarks.

    Args:
        candidate, baseline: Ids of the variants whose flips are wanted; by default the second and the first.
    """
    flips = flips_in(results, candidate, baseline)
    pairs = pairwise_figures(results.plan, facts_of_results(results), results.preferences)
    notes = notes_of_results(results)
    return {
        "candidates": _candidates(results),
        "flips": None if flips is None else _flips(flips),
        "pairwise": [_pair(figures) for figures in pairs],
        "run_notes": [{"kind": note.kind, "text": note.text, "variant": note.variant} for note in notes],
        "benchmark": benchmark_facts(results).as_json(),
    }


def flips_in(results: RunResults, candidate: str | None = None, baseline: str | None = None) -> Flips | None:
    """What passes with one variant and fails with the other; None for a run of one variant.

    Args:
        candidate, baseline: Ids of variants; by default the second and the first.
    """
    ids = [variant.id for variant in results.plan.variants]
    if len(ids) < 2:
        return None
    rows: list[ItemResult] = list(results.counted_rows())
    before, after = rows_by_item(rows, baseline or ids[0]), rows_by_item(rows, candidate or ids[1])
    return find_flips(paired(before, after), pass_mark(results.plan.panels[0]))


def _candidates(results: RunResults) -> list[dict[str, Any]]:
    found = [results.comparison(variant.id) for variant in results.plan.variants[1:]]
    return [
        {
            "variant": contrast.comparison.candidate.variant,
            "mean": contrast.comparison.overall.mean,
            **_ends(contrast.comparison.overall.interval),
            "n": contrast.comparison.overall.n,
            "adjusted_p": contrast.adjusted_p,
            "verdict": str(contrast.verdict),
            "reason": contrast.reason,
        }
        for contrast in counted_together([comparison for comparison in found if comparison is not None])
    ]


def _flips(flips: Flips) -> dict[str, Any]:
    return {
        "mark": flips.mark.score,
        "to_fail": len(flips.to_fail),
        "to_pass": len(flips.to_pass),
        "pass_both": flips.pass_both,
        "fail_both": flips.fail_both,
        "mid_p": flips.test.mid_p if flips.test is not None else None,
        "sentence": flips.sentence,
    }


def _pair(figures: PairFigures) -> dict[str, Any]:
    rate = figures.overall.rate
    return {
        "one": figures.one,
        "other": figures.other,
        "rate": rate.rate,
        **_ends(rate.interval),
        "wins": rate.wins,
        "ties": rate.ties,
        "losses": rate.losses,
        "unscored": figures.unscored,
        "adjusted_p": figures.adjusted_p,
        "consistency": [judge.orders.consistency for judge in figures.judges],
        "sentence": figures.sentence,
    }


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {"low": interval.low if interval else None, "high": interval.high if interval else None}
