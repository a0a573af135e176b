"""The list of topics: which are shown, and the last score of what readers get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coaching_core.prompts.gate import GateKind, GateRequirement
from coaching_core.prompts.models import TopicSummary
from evals.running.folder import RunState
from evals.runs import RunSummary


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """What a person wants to see. None means all."""

    text: str = ""
    topic_type: str | None = None
    category: str | None = None
    with_inactive: bool = True

    def accepts(self, summary: TopicSummary) -> bool:
        """Whether a topic is wanted; every word of the text must occur in its id, name or description."""
        topic = summary.topic
        haystack = f"{topic.topic_id} {topic.name} {topic.description}".casefold()
        return (
            (self.topic_type is None or topic.topic_type == self.topic_type)
            and (self.category is None or topic.category == self.category)
            and (self.with_inactive or topic.is_active)
            and all(word in haystack for word in self.text.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class LastScore:
    """What the latest finished run says of one version.

    Attributes:
        score: Mean rubric score; None when nothing was scored.
        cost: USD per answer; None when unknown.
    """

    score: float | None
    cost: Decimal | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One row of the table; None stands for what there is not."""

    topic_id: str
    name: str
    topic_type: str
    category: str
    published: str | None
    published_by: str | None
    published_at: datetime | None
    draft: str | None
    rule: str | None
    score: float | None
    cost: Decimal | None
    is_active: bool


ScoreKey = tuple[str, int]
"""Topic id and version."""


def latest_scores(runs: Iterable[RunSummary]) -> dict[ScoreKey, LastScore]:
    """What the newest finished run that has a version says of it; ``runs`` newest first.

    A version that a run tried with several models is represented by the first of them.
    """
    found: dict[ScoreKey, LastScore] = {}
    for run in runs:
        if run.status is not RunState.FINISHED or run.topic_id is None:
            continue
        figures = {one["id"]: one for one in run.summary.get("variants", ())}
        for variant in run.variants:
            number, one = variant.get("topic_version"), figures.get(variant["id"])
            if number is not None and one is not None:
                found.setdefault((run.topic_id, number), _last_score(one, run.simulated))
    return found


def topic_rows(
    summaries: Sequence[TopicSummary],
    scores: Mapping[ScoreKey, LastScore],
    wanted: TopicFilter,
    rules: Mapping[str, GateRequirement] | None = None,
) -> tuple[TopicRow, ...]:
    """The wanted topics, active ones first, in the order of their display.

    Args:
        rules: Publishing rules by topic; a topic without one is missing.
    """
    chosen = [summary for summary in summaries if wanted.accepts(summary)]
    chosen.sort(key=lambda summary: not summary.topic.is_active)
    return tuple(_row(summary, scores, (rules or {}).get(summary.topic.topic_id)) for summary in chosen)


def spoken(value: str) -> str:
    """``conversation_coaching`` as people read it."""
    acronyms = {"kpi": "KPI"}
    words = [acronyms.get(word, word) for word in value.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _rule(rule: GateRequirement | None) -> str | None:
    if rule is None or not rule.is_set:
        return None
    return "Better" if rule.kind is GateKind.BETTER else f"Not worse, {rule.margin:.2f}"


def _row(summary: TopicSummary, scores: Mapping[ScoreKey, LastScore], rule: GateRequirement | None) -> TopicRow:
    topic = summary.topic
    last = scores.get((topic.topic_id, topic.published_version or 0), LastScore(None, None, False))
    return TopicRow(
        topic_id=topic.topic_id,
        name=topic.name,
        topic_type=spoken(topic.topic_type),
        category=spoken(topic.category),
        published=None if topic.published_version is None else f"v{topic.published_version}",
        published_by=summary.published_by,
        published_at=summary.published_at,
        draft=f"v{topic.latest_version}" if topic.has_draft else None,
        rule=_rule(rule),
        score=last.score,
        cost=last.cost,
        is_active=topic.is_active,
    )


def _last_score(figures: Mapping[str, object], simulated: bool) -> LastScore:
    mean, cost = figures.get("mean"), figures.get("cost_per_answer")
    return LastScore(
        score=float(mean) if isinstance(mean, int | float) else None,
        cost=None if cost is None else Decimal(str(cost)),
        simulated=simulated,
    )
