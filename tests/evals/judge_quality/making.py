"""Makes runs whose verdicts, preferences and labels a test writes down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from evals.agreement.labels import HUMAN, PairLabel, ScoreLabel, Winner
from evals.plan import Cell
from evals.preference import Choice, Preference
from evals.results.run_results import Answer, RunResults
from evals.rubric import Criterion, Rubric
from evals.verdict import CriterionScore, Verdict, VerdictStatus
from tests.evals.report_making import CASES, make_results

ONE, OTHER = "id-14", "id-15"


def rubric(minimum: float = 1.0, maximum: float = 10.0) -> Rubric:
    def criterion(name: str, weight: float) -> Criterion:
        return Criterion(id=name, name=name.title(), weight=weight, description="What it is.", levels={})

    criteria = (criterion("listening", 0.75), criterion("brevity", 0.25))
    return Rubric(
        name="coaching_quality", version="1", description="", minimum=minimum, maximum=maximum, criteria=criteria
    )


def verdict(scores: tuple[float, float] | None, ruler: Rubric, flags: tuple[str, ...] = ()) -> Verdict:
    if scores is None:
        return Verdict(VerdictStatus.UNSCORED, None, (), "No JSON.", "j", ruler.label, (), 1, flags=flags)
    pairs = zip(("listening", "brevity"), scores, strict=True)
    criteria = tuple(CriterionScore(name, score, "So.") for name, score in pairs)
    whole = ruler.weighted_score({one.id: one.score for one in criteria})
    return Verdict(VerdictStatus.SCORED, whole, criteria, "", "j", ruler.label, (), 1, flags=flags)


def judged_run(
    scores: Mapping[tuple[str, str, int], tuple[float, float] | None],
    texts: Mapping[tuple[str, str], str] | None = None,
    ruler: Rubric | None = None,
    clusters: Mapping[str, str] | None = None,
    flags: Mapping[str, tuple[str, ...]] | None = None,
) -> RunResults:
    """A run whose judge gave these (listening, brevity) scores to (item, variant, repeat)."""
    plain, ruler = make_results(CASES["two variants"]), ruler or rubric()
    sample, shown = plain.plan.dataset.items[0], plain.plan.variants[0]
    names = dict.fromkeys(item for item, _, _ in scores)
    items = tuple(sample.model_copy(update={"id": n, "cluster": (clusters or {}).get(n, n)}) for n in names)
    variants = tuple(
        shown.model_copy(update={"id": name, "label": name}) for name in dict.fromkeys(v for _, v, _ in scores)
    )
    judges = tuple(judge.model_copy(update={"rubric": ruler}) for judge in plain.plan.judges)
    dataset = plain.plan.dataset.model_copy(update={"items": items})
    plan = plain.plan.model_copy(update={"dataset": dataset, "variants": variants, "judges": judges})
    answers = tuple(
        Answer(
            Cell(*key),
            (texts or {}).get(key[:2], "What matters?"),
            "",
            verdict(given, ruler, (flags or {}).get(key[1], ())),
            (),
        )
        for key, given in scores.items()
    )
    return RunResults(plan, answers)


def with_choices(
    results: RunResults, choices: Mapping[tuple[str, str, str], Sequence[Choice | None]], judge: str = "pairs"
) -> RunResults:
    """The same run, compared: (item, one, other) to the choices in order 1 and 2, and again for each repeat."""
    found: list[tuple[Cell, Preference]] = []
    for (item, one, other), given in choices.items():
        for place, choice in enumerate(given):
            order: Literal[1, 2] = 2 if place % 2 else 1
            said = Preference(one, other, order, choice, "So.", judge, "m", "r", "pairwise 1")
            found.append((Cell(item, other, place // 2), said))
    return replace(results, preferences=(*results.preferences, *found))


def scored(
    item: str, score: float | None, labeller: str = "ada", criterion: str = "listening", by: str = ONE
) -> ScoreLabel:
    return ScoreLabel(item_id=item, labeller=labeller, criterion=criterion, score=score, line=0, candidate=by)


def chosen(item: str, winner: Winner | None, judge: str = "ada", first: str = ONE, second: str = OTHER) -> PairLabel:
    return PairLabel(item_id=item, first=first, second=second, winner=winner, judge=judge, kind=HUMAN, line=0)
