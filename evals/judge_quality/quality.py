"""What a check found out about a judge, as it is kept beside the calls that it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evals.agreement.labels import PairLabel, ScoreLabel
from evals.judge_quality.correlation import Coefficient
from evals.judge_quality.human_agreement import CriterionAgreement, agreement_of
from evals.judge_quality.length_bias import length_bias
from evals.judge_quality.pair_agreement import (
    LengthPreference,
    OrderEffects,
    PairAgreement,
    decided_pairs,
    length_preference,
    order_effects,
    pair_agreement,
)
from evals.judge_quality.probes import own_probes
from evals.judge_quality.rated_answers import rated_answers
from evals.judge_quality.repeatability import Repeatability, repeatability
from evals.judge_quality.resistance import Resistance, resistance
from evals.results.run_results import RunResults
from evals.running.folder import JUDGE_QUALITY, RunFolder, write_durably


@dataclass(frozen=True, slots=True)
class JudgeQuality:
    """One check of one judge by one rubric.

    Attributes:
        source: Whose answers it judged, in words.
        source_run: The run they are of; empty where they are not of a run.
        run_id, attack_run_id: Where its calls are; the second is empty where no attacks were tried.
        probes: Version of the product's own probes.
        judged, unscored: Judgements asked for, and those of them that brought no score.
        cost: USD as far as prices are known; ``calls_of_unknown_cost`` are not in it.
        scores: Agreement with people, the weighted score first.
        resistance: None where no attacks were tried.
    """

    judge: str
    rubric: str
    simulated: bool
    source: str
    source_run: str
    run_id: str
    attack_run_id: str
    probes: str
    checked_at: datetime
    judged: int
    unscored: int
    cost: Decimal
    calls_of_unknown_cost: int
    scores: tuple[CriterionAgreement, ...]
    pairs: PairAgreement
    orders: OrderEffects
    length: Coefficient
    longer: LengthPreference
    repeats: Repeatability
    resistance: Resistance | None

    @property
    def overall(self) -> CriterionAgreement:
        """Agreement on the weighted score."""
        return self.scores[0]


@dataclass(frozen=True, slots=True)
class CheckSource:
    """Whose answers were judged, and what people said of them."""

    words: str
    run_id: str
    scores: tuple[ScoreLabel, ...] = ()
    pairs: tuple[PairLabel, ...] = ()


def quality_of(results: RunResults, attacks: RunResults | None, source: CheckSource, at: datetime) -> JudgeQuality:
    """All figures of a check.

    Args:
        results: The run that judged known answers, several times each.
        attacks: The run over the product's own probes.
    """
    rated, pairs = rated_answers(results, source.scores), decided_pairs(results, source.pairs)
    parts = [results] if attacks is None else [results, attacks]
    runs = [run for part in parts for run in part.prompt_runs()]
    scored = [answer.verdict.score for part in parts for answer in part.answers if answer.verdict is not None]
    chosen = [preference.choice for part in parts for _, preference in part.preferences]
    return JudgeQuality(
        judge=results.plan.judge,
        rubric=results.plan.rubric.label,
        simulated=results.plan.simulated,
        source=source.words,
        source_run=source.run_id,
        run_id=results.plan.run_id,
        attack_run_id="" if attacks is None else attacks.plan.run_id,
        probes=own_probes().version,
        checked_at=at,
        judged=len(scored) + len(chosen),
        unscored=sum(score is None for score in scored) + sum(choice is None for choice in chosen),
        cost=sum((part.cost for part in parts), Decimal(0)),
        calls_of_unknown_cost=sum(run.cost_usd is None for run in runs),
        scores=agreement_of(rated, results.plan.rubric),
        pairs=pair_agreement(pairs),
        orders=order_effects(pairs),
        length=length_bias(rated),
        longer=length_preference(pairs),
        repeats=repeatability(results),
        resistance=None if attacks is None else resistance(attacks),
    )


def write_quality(quality: JudgeQuality, folder: RunFolder) -> None:
    """Keep it in the folder of the check's run.

    Raises:
        DiskFullError: No room; what was there before is untouched.
    """
    write_durably(folder.path / JUDGE_QUALITY, _adapter().dump_json(quality, indent=1))


def read_quality(file: Path) -> JudgeQuality | None:
    """What :func:`write_quality` wrote; None where there is none, or one of another version of the workbench."""
    try:
        return _adapter().validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def checks_in(runs_folder: Path) -> tuple[JudgeQuality, ...]:
    """Every check in a folder of runs that has come to its end, newest first."""
    found = [read_quality(file) for file in runs_folder.glob(f"*/{JUDGE_QUALITY}")]
    return tuple(sorted((one for one in found if one), key=lambda one: one.checked_at, reverse=True))


def as_document(quality: JudgeQuality) -> dict[str, object]:
    """Plain JSON, for the shell."""
    found: dict[str, object] = _adapter().dump_python(quality, mode="json")
    return found


def newest(checks: Iterable[JudgeQuality]) -> JudgeQuality | None:
    """The newest of several."""
    return max(checks, key=lambda check: check.checked_at, default=None)


@cache
def _adapter() -> TypeAdapter[JudgeQuality]:
    return TypeAdapter(JudgeQuality)
