"""What a comparison says of a run that looked at the difference while it worked (ledger E6).

Student's interval is wrong after optional stopping: who looks twenty times finds something in one of five runs without
any difference. So all intervals and p-values of such a run, stopped early or not, are those of the confidence sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evals.comparing.compare import Comparison, put_in_words, verdict_of
from evals.comparing.comparison import PartDifference
from evals.plan import RunPlan, Stopping
from evals.statistics import holm
from evals.stopping.always_valid import always_valid, detectable_at_every_look
from evals.stopping.sequential import Decision

NOTE = "The run looked at the difference while it worked; intervals and p-values hold at every look."


def counted_items(decision: Decision | None) -> frozenset[str] | None:
    """Ids of the items that count in a run that stopped early; None where all do."""
    return None if decision is None else frozenset(decision.item_ids)


def hold_at_every_look(comparison: Comparison, plan: RunPlan, decision: Decision | None) -> Comparison:
    """The comparison with what holds at every look; as it was, where the run did not look.

    Args:
        comparison: Of :func:`counted_items`.
        plan: Of the run; its items are not looked at.
        decision: Why the run stopped early, if it did.
    """
    if plan.stopping is None:
        return comparison
    rule = plan.stopping
    overall = always_valid(comparison.overall, rule)
    detectable = detectable_at_every_look(overall.standard_error or 0.0, overall.n_clusters, rule)
    changed = replace(
        comparison,
        overall=overall,
        verdict=verdict_of(overall, comparison.margin),
        minimum_detectable_effect=None if decision else detectable,
        criteria=_parts(comparison.criteria, rule),
        by_phase=_parts(comparison.by_phase, rule),
        by_topic=_parts(comparison.by_topic, rule),
        by_difficulty=_parts(comparison.by_difficulty, rule),
        by_tag=_parts(comparison.by_tag, rule),
        by_split=_parts(comparison.by_split, rule),
    )
    said = put_in_words(changed)
    return replace(
        said,
        sentence=said.sentence if decision is None else _stopped(said.sentence, decision),
        notes=(*said.notes, NOTE),
    )


def _parts(parts: Sequence[PartDifference], rule: Stopping) -> tuple[PartDifference, ...]:
    valid = [always_valid(part.difference, rule) for part in parts]
    adjusted = holm([difference.p_value for difference in valid])
    return tuple(
        PartDifference(part.name, difference, p) for part, difference, p in zip(parts, valid, adjusted, strict=True)
    )


def _stopped(sentence: str, decision: Decision) -> str:
    return f"{sentence.removesuffix('.')}; stopped early after {decision.items} of {decision.planned} items."
