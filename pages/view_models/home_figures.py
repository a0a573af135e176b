"""Home's four headline figures and its table of topics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from coaching_core.prompts.models import TopicSummary
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models.home import DAYS, HomeFacts
from pages.view_models.words import DASH, count, money_total, score, seconds

DeltaColour = Literal["normal", "inverse", "off"]
_BEFORE = f"vs {DAYS} days before"


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure.

    Attributes:
        delta: Change as ``+0.18`` or ``-$31.10``, with the plain minus that the metric reads; None when unknown.
        colour: ``normal`` when more is better, ``inverse`` when less is, ``off`` when nothing changed.
        beside: What the change is against, or why there is none.
        series: The values behind it, oldest first; empty when there are too few.
    """

    label: str
    value: str
    delta: str | None
    colour: DeltaColour
    beside: str
    series: tuple[float, ...]
    bars: bool = False
    help: str | None = None


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One row of the table; None stands for what there is not."""

    topic_id: str
    name: str
    published: str | None
    draft: str | None
    score: float | None
    cost: float | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class _Scored:
    run: RunSummary
    summary: TopicSummary
    mean: float
    cost: Decimal | None


def figures(facts: HomeFacts) -> tuple[Figure, ...]:
    """Score, cost, time to first token, failures."""
    return (_score_figure(facts), _cost_figure(facts), _ttft_figure(facts), _failure_figure(facts))


def topic_lines(facts: HomeFacts) -> tuple[TopicLine, ...]:
    """Active topics, the one changed last first, with the last score of what readers get."""
    latest: dict[str, _Scored] = {}
    for one in _published_scores(facts):
        latest.setdefault(one.summary.topic.topic_id, one)
    lines = [
        _line(summary, latest.get(summary.topic.topic_id)) for summary in facts.summaries if summary.topic.is_active
    ]
    return tuple(sorted(lines, key=lambda line: line.changed, reverse=True))


def _line(summary: TopicSummary, last: _Scored | None) -> TopicLine:
    topic = summary.topic
    return TopicLine(
        topic_id=topic.topic_id,
        name=topic.name,
        published=None if topic.published_version is None else f"v{topic.published_version}",
        draft=f"v{topic.latest_version}" if topic.has_draft else None,
        score=last.mean if last else None,
        cost=float(last.cost) if last and last.cost is not None else None,
        changed=max(summary.latest_at, summary.published_at or summary.latest_at),
    )


def _published_scores(facts: HomeFacts) -> list[_Scored]:
    """What finished runs say of the versions that readers get now, newest first; the first model counts."""
    by_id = {summary.topic.topic_id: summary for summary in facts.summaries}
    found = []
    for run in facts.runs:
        summary = by_id.get(run.topic_id or "")
        if run.status is RunState.FINISHED and summary is not None:
            figure = _variant_figure(run, summary.topic.published_version)
            if figure is not None and figure.get("mean") is not None:
                cost = figure.get("cost_per_answer")
                found.append(_Scored(run, summary, figure["mean"], None if cost is None else Decimal(str(cost))))
    return found


def _variant_figure(run: RunSummary, number: int | None) -> dict[str, Any] | None:
    variant = next((one for one in run.variants if number is not None and one.get("topic_version") == number), None)
    known = {one["id"]: one for one in run.summary.get("variants", ())}
    return None if variant is None else known.get(variant["id"])


def _score_figure(facts: HomeFacts) -> Figure:
    known = _published_scores(facts)
    if not known:
        return Figure("Mean rubric score, published", DASH, None, "off", "no finished run has a published version", ())
    last, alike = known[0], [one for one in known if _alike(one.run, known[0].run)]
    topic = last.summary.topic
    series = tuple(one.mean for one in reversed(alike)) if len(alike) > 1 else ()
    figure = Figure(
        f"Mean rubric score, {topic.name} v{topic.published_version}",
        score(last.mean, 2),
        None,
        "off",
        "one run so far",
        series,
        help="Of the version that readers get, in the latest finished run that has it.",
    )
    if len(alike) < 2:
        return figure
    change = round(last.mean - alike[1].mean, 2)
    return replace(figure, delta=f"{change:+.2f}", colour=_colour(change, "normal"), beside="vs the run before")


def _alike(one: RunSummary, other: RunSummary) -> bool:
    """Whether two runs measured the same with the same."""
    names = ("topic_id", "dataset", "rubric", "judge", "items")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _cost_figure(facts: HomeFacts) -> Figure:
    now, before = facts.headline.now.usage, facts.headline.before.usage
    label = f"Cost, {DAYS} days" + (", at least" if now.unknown_cost_calls else "")
    about = None
    if now.unknown_cost_calls:
        about = f"{count(now.unknown_cost_calls)} calls have no known price, so the total is a lower bound."
    value = money_total(now.cost_known) if now.calls else DASH
    series = tuple(float(day.usage.cost_known) for day in facts.days)
    figure = Figure(
        label, value, None, "off", "no calls before", series if sum(map(bool, series)) > 1 else (), True, about
    )
    if not (now.calls and before.calls):
        return figure if now.calls else replace(figure, beside=f"no calls in {DAYS} days")
    change = now.cost_known - before.cost_known
    text = f"{'-' if change < 0 else '+'}{money_total(abs(change))}"
    return replace(figure, delta=text, colour=_colour(float(change), "inverse"), beside=_BEFORE)


def _ttft_figure(facts: HomeFacts) -> Figure:
    now, before = facts.headline.now.usage.ttft_p95, facts.headline.before.usage.ttft_p95
    series = tuple(day.usage.ttft_p95 for day in facts.days if day.usage.ttft_p95 is not None)
    figure = Figure(
        "Time to first token, p95",
        seconds(now),
        None,
        "off",
        "no streamed call before" if now is not None else f"no streamed call in {DAYS} days",
        series if len(series) > 1 else (),
    )
    if now is None or before is None:
        return figure
    change = round((now - before) / 1000, 2)
    return replace(figure, delta=f"{change:+.2f} s", colour=_colour(change, "inverse"), beside=_BEFORE)


def _failure_figure(facts: HomeFacts) -> Figure:
    edge = facts.now - timedelta(days=DAYS)
    now = _failures([run for run in facts.runs if run.created_at >= edge])
    before = _failures([run for run in facts.runs if edge - timedelta(days=DAYS) <= run.created_at < edge])
    figure = Figure("Failed answers and judgements", DASH, None, "off", f"no run in {DAYS} days", (), True)
    if not now[1]:
        return figure
    figure = replace(figure, value=f"{count(now[0])} of {count(now[1])}", beside="no run before")
    if not before[1]:
        return figure
    change = round(100 * (now[0] / now[1] - before[0] / before[1]), 1)
    return replace(figure, delta=f"{change:+.1f} pp", colour=_colour(change, "inverse"), beside=_BEFORE)


def _failures(runs: list[RunSummary]) -> tuple[int, int]:
    return sum(run.failed for run in runs), sum(run.answers_done + run.verdicts_done for run in runs)


def _colour(change: float, direction: DeltaColour) -> DeltaColour:
    return direction if change else "off"
