"""What the latest run says of one version against another, and what the topic's rule makes of it; ready for a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from coaching_core.prompts.gate import GateEvidence, GateFinding, GateStatus
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models.words import count, interval, plural, signed

_ROOM = 1.25
"""How much wider than the interval the strip's axis is."""

_UNDER_WAY = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class Pair:
    """A run and the two of its variants that stand for the two versions: ids of baseline and candidate."""

    run: RunSummary
    baseline: str
    candidate: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Candidate − baseline, higher is better.

    Attributes:
        mean: Mean difference in points; None when no item has a score from both.
        low, high: 95 % interval; None when there are too few pairs.
        word: better, worse, unclear or same.
        margin: Differences up to this do not matter.
        baseline_cost, candidate_cost: USD per answer; None when unknown.
        failed_judgements, failed_answers: Answers left out because of them.
        part: Why the run did not finish, as a word; empty when it did.
    """

    run_id: str
    simulated: bool
    demo: bool
    mean: float | None
    low: float | None
    high: float | None
    word: str
    margin: float
    paired: int
    better: int
    worse: int
    baseline_cost: Decimal | None
    candidate_cost: Decimal | None
    failed_judgements: int
    failed_answers: int
    part: str


@dataclass(frozen=True, slots=True)
class GateCard:
    """What a publishing rule says, ready to be shown.

    Attributes:
        sentence: The rule and what was found.
        next_step: What to do; empty when the rule is met.
        notes: What belongs beside it.
        others: Older runs of the same two versions, newest first, with what they say.
    """

    status: GateStatus
    sentence: str
    next_step: str
    notes: tuple[str, ...]
    others: tuple[str, ...]
    simulated: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """An interval's places on a symmetric axis, per cent of its width."""

    low: float
    high: float
    mean: float
    zone_low: float
    zone_high: float


def pairs(runs: Iterable[RunSummary], old: int, new: int) -> tuple[Pair, ...]:
    """The runs that have both versions with the same model, in the order given."""
    return tuple(pair for run in runs if (pair := _pair(run, old, new)) is not None)


def under_way(found: Iterable[Pair]) -> RunSummary | None:
    """The newest of these runs that is being worked on."""
    return next((pair.run for pair in found if pair.run.status in _UNDER_WAY), None)


def ended(found: Iterable[Pair]) -> tuple[Pair, ...]:
    """Those of these runs that say something, newest first."""
    return tuple(pair for pair in found if pair.run.status not in _UNDER_WAY and pair.run.summary)


def kept_comparison(pair: Pair) -> Mapping[str, Any] | None:
    """The comparison in the run's summary, when it is about this pair (in either direction)."""
    comparison = pair.run.summary.get("comparison")
    if not comparison:
        return None
    ids = {comparison["baseline"]["variant"], comparison["candidate"]["variant"]}
    return comparison if ids == {pair.baseline, pair.candidate} else None


def evidence(pair: Pair, comparison: Mapping[str, Any], demo_tenant: str) -> Evidence:
    """The card's figures from a comparison as plain JSON; one that runs the other way is turned round."""
    turned = comparison["baseline"]["variant"] != pair.baseline
    overall, sides = comparison["overall"], ("candidate", "baseline") if turned else ("baseline", "candidate")
    interval, mean, sign = overall.get("interval"), overall.get("mean"), -1 if turned else 1
    ends = sorted(sign * interval[end] for end in ("low", "high")) if interval else (None, None)
    counts = comparison["worse"], comparison["better"]
    left_out = {(one["item_id"], one["variant"]): one["status"] for one in comparison.get("left_out", ())}
    return Evidence(
        run_id=pair.run.run_id,
        simulated=pair.run.simulated,
        demo=pair.run.tenant_id == demo_tenant,
        mean=None if mean is None else sign * mean,
        low=ends[0],
        high=ends[1],
        word=_turned_word(comparison["verdict"]) if turned else comparison["verdict"],
        margin=comparison.get("margin", 0.0),
        paired=overall["n"],
        better=counts[0] if turned else counts[1],
        worse=counts[1] if turned else counts[0],
        baseline_cost=_money(comparison[sides[0]]["cost_per_answer"]),
        candidate_cost=_money(comparison[sides[1]]["cost_per_answer"]),
        failed_judgements=sum(status not in ("failed", "waiting") for status in left_out.values()),
        failed_answers=sum(status == "failed" for status in left_out.values()),
        part="" if pair.run.status is RunState.FINISHED else str(pair.run.status),
    )


def strip(found: Evidence) -> Strip | None:
    """Where the interval lies between "old is better" and "new is better"; None without an interval."""
    if found.mean is None or found.low is None or found.high is None:
        return None
    reach = max(abs(found.low), abs(found.high), found.margin, 0.05) * _ROOM

    def place(value: float) -> float:
        return round(50 + 50 * value / reach, 2)

    return Strip(place(found.low), place(found.high), place(found.mean), place(-found.margin), place(found.margin))


def gate_card(finding: GateFinding) -> GateCard:
    """A finding in words."""
    deciding = finding.deciding
    return GateCard(
        status=finding.status,
        sentence=finding.sentence,
        next_step=_next_step(finding),
        notes=tuple(_notes(finding)),
        others=tuple(_said(run) for run in finding.runs[1:]),
        simulated=deciding is not None and deciding.simulated,
        stale=deciding is not None and bool(deciding.stale),
    )


def _next_step(finding: GateFinding) -> str:
    items = "" if finding.needed_items is None else f" with about {plural(finding.needed_items, 'item')}"
    return {
        GateStatus.MET: "",
        GateStatus.NOT_MET: "Mend the draft, then run it again.",
        GateStatus.INCONCLUSIVE: f"Plan a run{items}.",
        GateStatus.NO_EVIDENCE: f"No finished run compares these two contents. Plan a run{items}.",
    }[finding.status]


def _notes(finding: GateFinding) -> Iterable[str]:
    deciding = finding.deciding
    if deciding is not None:
        yield from (note for note in (deciding.reason, deciding.stale) if note)
        if deciding.level > 0.95:
            yield "The interval is wider than 95 %, because the run tried several candidates (Holm)."
    if len(finding.runs) > 1:
        yield f"The latest run decides. {_agreement(len(finding.runs) - 1, finding.disagreeing)}"
    if finding.unfinished:
        verb = "does" if finding.unfinished == 1 else "do"
        yield f"{plural(finding.unfinished, 'run')} of these two without an end {verb} not count."


def _agreement(older: int, disagreeing: int) -> str:
    if older == 1:
        return "An older one says otherwise." if disagreeing else "An older one says the same."
    if not disagreeing:
        return f"{count(older)} older ones say the same."
    return f"Of {count(older)} older ones, {count(disagreeing)} {'says' if disagreeing == 1 else 'say'} otherwise."


def _said(run: GateEvidence) -> str:
    figures = ""
    if run.mean is not None and run.low is not None and run.high is not None:
        figures = f", {signed(run.mean)} {interval(run.low, run.high)}"
    return f"{run.run_id}: {run.status.words}{figures}, {plural(run.n, 'item')}"


def _pair(run: RunSummary, old: int, new: int) -> Pair | None:
    by_model: dict[tuple[str, int | None], str] = {}
    for variant in run.variants:
        by_model.setdefault((variant["model"], variant.get("topic_version")), variant["id"])
    for model in dict.fromkeys(variant["model"] for variant in run.variants):
        baseline, candidate = by_model.get((model, old)), by_model.get((model, new))
        if baseline and candidate and baseline != candidate:
            return Pair(run, baseline, candidate)
    return None


def _turned_word(word: str) -> str:
    return {"better": "worse", "worse": "better"}.get(word, word)


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
