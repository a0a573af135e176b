"""What a report is made of, gathered once: names people can tell apart, comparisons, and each answer with its row."""

from __future__ import annotations

from dataclasses import dataclass

from evals.comparing.candidates import Contrast, counted_together
from evals.comparing.compare import ItemResult
from evals.comparing.flips import Flips
from evals.comparing.pairwise_figures import PairFigures, pairwise_figures
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.results.notes import Note, notes_of_results
from evals.results.run_results import Answer, RunResults, VariantSummary, variant_names
from evals.results.samples import facts_of_results
from evals.results.summary import flips_in

__all__ = ["Contrast", "Entry", "RunEvidence", "gather"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer and the row that statistics read from it."""

    answer: Answer
    row: ItemResult


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """A run, ready to be written up.

    Attributes:
        names: Variant id to a name that no other variant of the run has.
        entries: By cell; cells without an answer are missing.
        contrasts: The baseline (the first variant) against each other one; empty with a single variant.
        flips: Candidate's id to what passes with it and failed before, or the other way round.
        pairs: What pairwise judges said of every two variants.
        preferences: Item id to what pairwise judges said of its answers.
        notes: What is to be known before trusting the figures.
    """

    results: RunResults
    plan: RunPlan
    names: dict[str, str]
    summaries: tuple[VariantSummary, ...]
    entries: dict[Cell, Entry]
    contrasts: tuple[Contrast, ...]
    flips: dict[str, Flips]
    pairs: tuple[PairFigures, ...]
    preferences: dict[str, list[tuple[Cell, Preference]]]
    notes: tuple[Note, ...]

    @property
    def baseline(self) -> str:
        """Id of the variant that the others are held against."""
        return self.plan.variants[0].id

    @property
    def margin(self) -> float:
        """Differences up to this many points do not matter."""
        return self.contrasts[0].comparison.margin if self.contrasts else 0.0


def gather(results: RunResults) -> RunEvidence:
    """Everything a report needs, computed once."""
    rows, plan, facts = results.rows(), results.plan, facts_of_results(results)
    contrasts = _contrasts(results)
    preferences: dict[str, list[tuple[Cell, Preference]]] = {}
    for cell, preference in results.preferences:
        preferences.setdefault(cell.item, []).append((cell, preference))
    return RunEvidence(
        results=results,
        plan=plan,
        names=variant_names(plan),
        summaries=tuple(results.variants()),
        entries={answer.cell: Entry(answer, row) for answer, row in zip(results.answers, rows, strict=True)},
        contrasts=contrasts,
        flips=_flips(results, contrasts),
        pairs=pairwise_figures(plan, facts, results.preferences),
        preferences=preferences,
        notes=notes_of_results(results),
    )


def _contrasts(results: RunResults) -> tuple[Contrast, ...]:
    baseline, *candidates = [variant.id for variant in results.plan.variants]
    compared = [results.comparison(candidate, baseline) for candidate in candidates]
    return counted_together([comparison for comparison in compared if comparison is not None])


def _flips(results: RunResults, contrasts: tuple[Contrast, ...]) -> dict[str, Flips]:
    sides = ((one.comparison.candidate.variant, one.comparison.baseline.variant) for one in contrasts)
    found = {candidate: flips_in(results, candidate, baseline) for candidate, baseline in sides}
    return {candidate: flips for candidate, flips in found.items() if flips is not None}
