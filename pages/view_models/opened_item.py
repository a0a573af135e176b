"""One item of a comparison, opened: both answers, and every judge's words on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evals.dataset import GoldenItem, Turn
from evals.judge_spec import Panel
from evals.plan import RunPlan
from evals.preference import Preference, settled
from evals.results.item_reading import ItemReading
from evals.results.run_results import Answer, variant_names
from evals.verdict import CriterionScore, Verdict
from pages.view_models import words


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """What one judge of a panel said on one criterion."""

    judge: str
    score: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """One cell of the judgement table: a score, or a dash, with the judge's words or why there is none.

    Attributes:
        members: Of a panel, each judge by itself; ``reason`` is empty then.
    """

    score: float | None
    reason: str
    members: tuple[MemberSaid, ...] = ()

    @property
    def score_words(self) -> str:
        """9, 8.5, or a dash."""
        return words.DASH if self.score is None else f"{self.score:.3g}"


@dataclass(frozen=True, slots=True)
class JudgementRow:
    """A criterion with both cells; ``before`` is None in a run with one variant."""

    criterion: str
    before: Said | None
    after: Said

    @property
    def change(self) -> float | None:
        """Candidate − baseline; None when one of both is unknown."""
        if self.before is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class Side:
    """One answer, or why there is none.

    Attributes:
        took: Tokens, cost and time.
        turns: The whole conversation, where a simulated coachee talked with the variant.
        flags: What the judge flagged.
    """

    label: str
    text: str | None
    reason: str
    score: float | None
    took: str
    turns: tuple[Turn, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PairSaid:
    """What one pairwise judge said of the two answers.

    Attributes:
        both: What both orders come to, in words.
        orders: Which answer was shown first, what was said, and why.
    """

    judge: str
    both: str
    orders: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """An item with both answers and all judgements; the rows with the largest loss come first."""

    item: GoldenItem
    before: Side | None
    after: Side
    rows: tuple[JudgementRow, ...]
    pairs: tuple[PairSaid, ...] = ()

    @property
    def change(self) -> float | None:
        """Of the whole score."""
        if self.before is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class ReadSide:
    """Where one side of an opened item comes from.

    Attributes:
        label: What people call the variant.
    """

    reading: ItemReading
    variant: str
    label: str
    panel: Panel

    def answer(self, repeat: int) -> Answer | None:
        """The answer of a repeat; None where there is none."""
        return self.reading.answer(self.variant, repeat)


def open_item(before: ReadSide | None, after: ReadSide, plan: RunPlan, repeat: int = 0) -> OpenedItem:
    """One item of a comparison.

    Args:
        plan: Of the candidate's run; its items are not needed.
    """
    old, new = before.answer(repeat) if before else None, after.answer(repeat)
    known = {criterion.id for criterion in before.panel.rubric.criteria} if before else set()
    rows = [
        JudgementRow(
            criterion.name,
            _said(old, criterion.id, before.panel if criterion.id in known else after.panel) if before else None,
            _said(new, criterion.id, after.panel),
        )
        for criterion in after.panel.rubric.criteria
    ]
    rows.sort(key=lambda row: (row.change is None, row.change or 0.0))
    return OpenedItem(
        item=after.reading.item,
        before=_side(old, before.label) if before else None,
        after=_side(new, after.label),
        rows=tuple(rows),
        pairs=_pairs(before, after, plan, repeat) if before else (),
    )


def _side(answer: Answer | None, label: str) -> Side:
    if answer is None:
        return Side(label, None, "There is no answer yet.", None, "")
    verdict = answer.verdict
    return Side(
        label,
        answer.text,
        answer.reason,
        verdict.score if verdict else None,
        _took(answer),
        answer.turns,
        verdict.flags if verdict else (),
    )


def _took(answer: Answer) -> str:
    runs = answer.prompt_runs
    if not runs:
        return ""
    costs = [run.cost_usd for run in runs]
    known = [cost for cost in costs if cost is not None]
    cost = sum(known[1:], known[0]) if known and len(known) == len(costs) else None
    last = runs[-1]
    tokens = f"{words.count(last.input_tokens)} / {words.count(last.output_tokens)} tokens"
    return f"{tokens}, {words.money_call(cost)}, {words.seconds(last.latency_ms)}"


def _said(answer: Answer | None, criterion: str, panel: Panel) -> Said:
    if answer is None:
        return Said(None, "There is no answer yet.")
    if answer.text is None:
        return Said(None, "Not judged: there is no answer.")
    if answer.verdict is None:
        return Said(None, "Not judged yet.")
    members = _members(answer.verdicts, criterion, panel)
    found = _of_criterion(answer.verdict, criterion)
    if found is None or found.score is None:
        why = found.reason if found and found.reason else f"Not judged: {answer.verdict.reason}"
        return Said(None, "" if members else why, members)
    return Said(found.score, "" if members else found.reason, members)


def _members(verdicts: Mapping[str, Verdict], criterion: str, panel: Panel) -> tuple[MemberSaid, ...]:
    if len(panel.members) < 2:
        return ()
    said = []
    for member in panel.members:
        verdict = verdicts.get(member.id)
        found = _of_criterion(verdict, criterion) if verdict else None
        missing = verdict.reason if verdict else "Not judged yet."
        said.append(
            MemberSaid(member.model or member.id, found.score if found else None, found.reason if found else missing)
        )
    return tuple(said)


def _of_criterion(verdict: Verdict, criterion: str) -> CriterionScore | None:
    return next((score for score in verdict.criteria if score.id == criterion), None)


def _pairs(before: ReadSide, after: ReadSide, plan: RunPlan, repeat: int) -> tuple[PairSaid, ...]:
    """What pairwise judges said of the two; nothing where they are of two runs."""
    if before.reading is not after.reading:
        return ()
    wanted = {before.variant, after.variant}
    heard: dict[str, list[Preference]] = {}
    for cell, said in after.reading.preferences:
        if cell.repeat == repeat and {said.one, said.other} == wanted:
            heard.setdefault(said.judge, []).append(said)
    names = variant_names(plan)
    return tuple(_pair(sorted(said, key=lambda one: one.order), names) for said in heard.values())


def _pair(said: list[Preference], names: Mapping[str, str]) -> PairSaid:
    orders = []
    for one in said:
        first = names[one.one if one.order == 1 else one.other]
        orders.append((first, _chosen(one, names), one.reason))
    return PairSaid(said[0].judge, _both(said, names), tuple(orders))


def _chosen(said: Preference, names: Mapping[str, str]) -> str:
    if said.choice is None:
        return words.DASH
    return {"one": names[said.one], "other": names[said.other], "tie": "Neither"}[said.choice]


def _both(said: list[Preference], names: Mapping[str, str]) -> str:
    if len(said) < 2:
        return "Asked in one order so far."
    choice = settled(said[0].choice, said[1].choice)
    if choice is None:
        return "Not settled: one order could not be had."
    if choice == "tie":
        alike = said[0].choice == said[1].choice
        return "No preference in both orders." if alike else "A tie: the two orders disagree."
    return f"Prefers {_chosen(said[0], names)} in both orders."
