"""What Home says: where each step of the loop stands, what is next, and the figures of two weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.playground.models import SessionSummary
from coaching_core.prompts.models import Topic, TopicSummary
from coaching_core.usage.models import Headline, UsageRow
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models.evidence import Evidence, evidence, kept_comparison, pairs
from pages.view_models.words import count, interval, moment, money_total, plural, signed

DAYS = 14
_WORKING = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What Home knows; ``runs`` newest first."""

    summaries: tuple[TopicSummary, ...]
    runs: tuple[RunSummary, ...]
    headline: Headline
    days: tuple[UsageRow, ...]
    tried: tuple[SessionSummary, ...]
    author: str
    now: datetime
    zone: tzinfo

    @property
    def drafts(self) -> tuple[TopicSummary, ...]:
        """Topics with something newer than what readers get, newest first."""
        waiting = [one for one in self.summaries if one.has_draft and one.topic.is_active]
        return tuple(sorted(waiting, key=lambda one: one.latest_at, reverse=True))

    @property
    def simulated(self) -> bool:
        """Whether scores come from simulated models."""
        return any(run.simulated for run in self.runs)

    @property
    def last_finished(self) -> RunSummary | None:
        """The newest run that has finished."""
        return next((run for run in self.runs if run.status is RunState.FINISHED), None)

    def name(self, topic_id: str | None) -> str:
        """What a topic is called."""
        known = {one.topic.topic_id: one.topic.name for one in self.summaries}
        return known.get(topic_id or "", topic_id or "several topics")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a draft stands: ``better``, ``worse``, ``unclear``, ``same``, ``working`` or ``unscored``."""

    summary: TopicSummary
    word: str
    found: Evidence | None = None
    run: RunSummary | None = None

    @property
    def topic(self) -> Topic:
        """Whose draft it is."""
        return self.summary.topic

    @property
    def draft(self) -> str:
        """``Core values v15``."""
        return f"{self.topic.name} v{self.topic.latest_version}"

    def diff_query(self) -> dict[str, str]:
        """The query of the Editor's diff of published against draft."""
        old, new = self.topic.published_version or self.topic.latest_version, self.topic.latest_version
        return {"topic": self.topic.topic_id, "view": "diff", "from": str(old), "to": str(new)}


@dataclass(frozen=True, slots=True)
class LoopStep:
    """One step of the loop: a strong and a quiet line, and where it leads."""

    title: str
    strong: str
    quiet: str
    screen: str
    query: Mapping[str, str]
    now: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something that waits.

    Attributes:
        kind: The tag's kind.
        action: Verb and object.
        resume: The run that the action resumes; else it opens ``screen``.
    """

    title: str
    tag: str
    kind: str
    text: str
    action: str
    screen: str = ""
    query: Mapping[str, str] | None = None
    resume: str | None = None


def standings(facts: HomeFacts) -> tuple[Standing, ...]:
    """How each draft stands against the published version."""
    return tuple(_standing(one, facts.runs) for one in facts.drafts if one.topic.published_version is not None)


def title_facts(facts: HomeFacts) -> list[str]:
    """Topics, drafts, the last run."""
    drafts = len(facts.drafts)
    words = [
        plural(len(facts.summaries), "topic"),
        f"{plural(drafts, 'draft')} waiting" if drafts else "no draft waiting",
    ]
    if facts.last_finished is not None:
        words.append(f"last run finished {moment(facts.last_finished.updated_at, facts.zone)}")
    return words


def loop_steps(facts: HomeFacts, drafts: Sequence[Standing]) -> tuple[LoopStep, ...]:
    """The six steps; the one where something waits longest to be done is marked."""
    steps = (
        _edit(facts),
        _diff(drafts),
        _try(facts),
        _score(facts, drafts),
        _publish(drafts),
        _watch(facts.headline),
    )
    unscored = any(one.word in ("unscored", "unclear") for one in drafts)
    now = "Publish" if any(one.word == "better" for one in drafts) else "Score" if unscored else ""
    return tuple(
        LoopStep(one.title, one.strong, one.quiet, one.screen, one.query, now=one.title == now) for one in steps
    )


def next_steps(facts: HomeFacts, drafts: Sequence[Standing]) -> tuple[NextStep, ...]:
    """What waits: runs that were interrupted, then drafts, the clearest first."""
    broken = [run for run in facts.runs if run.status is RunState.INTERRUPTED]
    order = ("better", "worse", "working", "unclear", "same", "unscored")
    waiting = sorted(drafts, key=lambda one: order.index(one.word))
    return (*(_resume(run, facts) for run in broken), *(_for_draft(one) for one in waiting))


def _standing(summary: TopicSummary, runs: Iterable[RunSummary]) -> Standing:
    topic = summary.topic
    mine = [run for run in runs if run.topic_id == topic.topic_id]
    found = pairs(mine, topic.published_version or 0, topic.latest_version)
    working = next((pair.run for pair in found if pair.run.status in _WORKING), None)
    if working is not None:
        return Standing(summary, "working", run=working)
    for pair in found:
        comparison = kept_comparison(pair) if pair.run.status is RunState.FINISHED else None
        if comparison is not None:
            known = evidence(pair, comparison, DEMO_TENANT)
            return Standing(summary, known.word, known, pair.run)
    return Standing(summary, "unscored")


def _edit(facts: HomeFacts) -> LoopStep:
    drafts = facts.drafts
    if not drafts:
        return LoopStep("Edit", plural(len(facts.summaries), "topic"), "no draft waiting", "topics", {})
    yours = sum(one.latest_author == facts.author for one in drafts)
    quiet = "all yours" if yours == len(drafts) else f"{yours or 'none'} of them yours"
    return LoopStep("Edit", plural(len(drafts), "draft"), quiet, "topics", {})


def _diff(drafts: Sequence[Standing]) -> LoopStep:
    if not drafts:
        return LoopStep("Diff", "Any two versions", "down to words", "editor", {"view": "diff"})
    newest = drafts[0]
    return LoopStep("Diff", newest.draft, f"against v{newest.topic.published_version}", "editor", newest.diff_query())


def _try(facts: HomeFacts) -> LoopStep:
    if not facts.tried:
        return LoopStep("Try", "Side by side", "no conversation yet", "playground", {})
    last = facts.tried[0]
    when = moment(last.updated_at, facts.zone)
    return LoopStep("Try", facts.name(last.topic_id), f"last tried {when}", "playground", {"session": last.id})


def _score(facts: HomeFacts, drafts: Sequence[Standing]) -> LoopStep:
    working = [run for run in facts.runs if run.status in _WORKING]
    if working:
        done = f"{count(working[0].answers_done + working[0].verdicts_done)} of {count(working[0].calls_planned)} calls"
        return LoopStep("Score", plural(len(working), "run") + " working", done, "runs", {"run": working[0].run_id})
    if drafts:
        missing = sum(one.word == "unscored" for one in drafts)
        quiet = f"{count(missing)} without a run" if missing else "all have a run"
        return LoopStep(
            "Score", f"{count(len(drafts) - missing)} of {plural(len(drafts), 'draft')} scored", quiet, "runs", {}
        )
    if facts.last_finished is None:
        return LoopStep("Score", "No run yet", "golden items, a rubric, a judge", "runs", {"new": "1"})
    last = facts.last_finished
    return LoopStep("Score", facts.name(last.topic_id), "run finished", "runs", {"run": last.run_id})


def _publish(drafts: Sequence[Standing]) -> LoopStep:
    better = [one for one in drafts if one.word == "better"]
    if not better:
        quiet = "no draft is better yet" if drafts else "no draft waiting"
        return LoopStep("Publish", "Nothing ready", quiet, "topics", {})
    gain = better[0].found.mean if better[0].found else None
    return LoopStep("Publish", better[0].draft, f"{signed(gain)} points, better", "editor", better[0].diff_query())


def _watch(headline: Headline) -> LoopStep:
    usage = headline.now.usage
    if not usage.calls:
        return LoopStep("Watch", "No calls", f"in {DAYS} days", "usage", {})
    least = "at least " if usage.unknown_cost_calls else ""
    quiet = f"{plural(usage.calls, 'call')} in {DAYS} days"
    return LoopStep("Watch", f"{least}{money_total(usage.cost_known)}", quiet, "usage", {})


def _resume(run: RunSummary, facts: HomeFacts) -> NextStep:
    done = f"{count(run.answers_done + run.verdicts_done)} of {plural(run.calls_planned, 'call')}"
    return NextStep(
        title=f"A run of {facts.name(run.topic_id)} was interrupted",
        tag="Interrupted",
        kind="warn",
        text=f"Its process is gone. {done} are done and kept.",
        action="Resume run",
        resume=run.run_id,
    )


def _for_draft(one: Standing) -> NextStep:
    topic = one.topic
    plan = {"topic": topic.topic_id, "to": str(topic.latest_version), "new": "1"}
    plan |= {"from": str(topic.published_version)} if topic.published_version else {}
    if one.word == "working" and one.run is not None:
        done = f"{count(one.run.answers_done + one.run.verdicts_done)} of {plural(one.run.calls_planned, 'call')} done."
        return NextStep(
            f"{one.draft} is being scored", "Running", "live", done, "Open run", "runs", {"run": one.run.run_id}
        )
    if one.found is None:
        text = f"No run compares the draft with the published v{topic.published_version}."
        return NextStep(f"{one.draft} has no evidence", "Not scored", "", text, "Plan run", "runs", plan)
    found = _finding(one.found, topic)
    if one.word == "better":
        action = f"Publish v{topic.latest_version}"
        return NextStep(f"{one.draft} is better", "▲ Better", "better", found, action, "editor", one.diff_query())
    if one.word == "worse":
        return NextStep(f"{one.draft} is worse", "▼ Worse", "worse", found, "Open diff", "editor", one.diff_query())
    if one.word == "same":
        text = f"{found} The difference does not matter."
        return NextStep(f"{one.draft} scores the same", "Same", "", text, "Open diff", "editor", one.diff_query())
    return NextStep(f"{one.draft} is undecided", "Unclear", "warn", found, "Plan run", "runs", plan)


def _finding(found: Evidence, topic: Topic) -> str:
    known = f" {interval(found.low, found.high)}" if found.low is not None and found.high is not None else ""
    simulated = " Simulated models." if found.simulated else ""
    mean = None if found.mean is None else round(found.mean, 2)
    return f"{signed(mean)}{known} against v{topic.published_version} on {plural(found.paired, 'item')}.{simulated}"
