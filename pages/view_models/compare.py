"""Two sides to be compared: two variants of a run, or one of each of two runs; and a variant alone."""

from __future__ import annotations

from dataclasses import dataclass

from coaching_core.errors import InvalidInputError
from evals.comparing.candidates import Contrast, counted_together
from evals.judge_spec import JudgeKind, Panel
from evals.results.column_comparison import ComparedSide, compare_columns
from evals.results.joined_columns import BASELINE, CANDIDATE, join_columns, join_search
from evals.results.notes import differences, run_notes
from evals.results.pages import PairView
from evals.results.run_results import variant_names
from evals.results.table import ResultTable
from pages.view_models import words
from pages.view_models.run_findings import Findings, findings_of

KIND_WORDS = {
    JudgeKind.RUBRIC: "Rubric",
    JudgeKind.REFERENCE: "Beside a reference",
    JudgeKind.CONVERSATION: "Whole conversation",
    JudgeKind.CHECKS: "Musts and must-nots",
    JudgeKind.PAIRWISE: "In pairs",
    JudgeKind.LABELS: "Expected labels",
    JudgeKind.HEURISTICS: "Measurements",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What an address names; empty where it names nothing.

    Attributes:
        run: Of the candidate.
        other: Run of the baseline; the same as ``run`` where one run is looked at.
        baseline, candidate: Ids of variants.
        judge: Id of a panel.
    """

    run: str
    other: str = ""
    baseline: str = ""
    candidate: str = ""
    judge: str = ""


@dataclass(frozen=True)
class Compared:
    """What the sections of a comparison draw.

    Attributes:
        before, after: The run of the baseline and that of the candidate; the same where one run is looked at.
        baseline: Variant id; None where a variant stands alone.
        labels: What people call baseline and candidate.
        findings: None where nothing is compared.
        contrasts: All candidates of the run against the baseline, counted together.
        view: Item by item.
        warnings: What makes the scores of the two sides another thing.
        notes: What else is to be known, in sentences.
    """

    before: ResultTable
    after: ResultTable
    baseline: str | None
    candidate: str
    labels: tuple[str, str]
    findings: Findings | None
    contrasts: tuple[Contrast, ...]
    view: PairView
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def within_one_run(self) -> bool:
        """Whether both sides are of one run."""
        return self.before is self.after

    @property
    def panel(self) -> Panel:
        """Who is read."""
        return self.after.panel


def panel_words(panel: Panel) -> str:
    """A judge as a choice names it: Rubric · simulated/judge."""
    kind = KIND_WORDS[panel.kind]
    if len(panel.members) > 1:
        return f"{kind} · panel of {len(panel.members)}"
    return f"{kind} · {panel.label}" if panel.models else kind


def compare_within(table: ResultTable, choice: Choice) -> Compared:
    """Two variants of one run; by default the second against the first.

    Raises:
        InvalidInputError: Both sides are the same.
    """
    names = variant_names(table.plan)
    ids = list(names)
    if len(ids) == 1:
        return _alone(table, ids[0], names[ids[0]])
    baseline = choice.baseline if choice.baseline in names else ids[0]
    others = [name for name in ids if name != baseline]
    candidate = choice.candidate if choice.candidate in names else others[0]
    if candidate == baseline:
        raise InvalidInputError("Choose two variants that differ.", field="candidate")
    comparisons = {name: table.comparison(name, baseline) for name in others}
    contrasts = counted_together([found for found in comparisons.values() if found is not None])
    chosen = next(one for one in contrasts if one.comparison.candidate.variant == candidate)
    return Compared(
        before=table,
        after=table,
        baseline=baseline,
        candidate=candidate,
        labels=(names[baseline], names[candidate]),
        findings=findings_of(chosen, table.panel.rubric),
        contrasts=contrasts,
        view=table.pairs(baseline, candidate),
        notes=_notes(table, {baseline, candidate}),
    )


def compare_between(before: ResultTable, after: ResultTable, choice: Choice) -> Compared:
    """A variant of one run against a variant of another; what is measured on another scale is not compared.

    Raises:
        InvalidInputError: The scales differ.
    """
    first, second = before.panel.rubric, after.panel.rubric
    if (first.minimum, first.maximum) != (second.minimum, second.maximum):
        raise InvalidInputError(
            f"Run {before.plan.run_id} scores on {first.minimum:g}–{first.maximum:g}, run {after.plan.run_id} on "
            f"{second.minimum:g}–{second.maximum:g}. Choose runs or judges of one scale.",
            field="judge",
        )
    names = (variant_names(before.plan), variant_names(after.plan))
    baseline = choice.baseline if choice.baseline in names[0] else next(iter(names[0]))
    candidate = choice.candidate if choice.candidate in names[1] else list(names[1])[-1]
    shared = [one.id for one in second.criteria if one.id in {other.id for other in first.criteria}]
    sides = ((before.columns, baseline), (after.columns, candidate))
    columns = join_columns(*sides, shared)
    labels = _labels(before, after, (names[0][baseline], names[1][candidate]))
    rubric = second.model_copy(update={"criteria": tuple(one for one in second.criteria if one.id in shared)})
    panel = Panel(after.panel.id, after.panel.kind, rubric, after.panel.members)
    found = compare_columns(
        columns, ComparedSide(BASELINE, labels[0]), ComparedSide(CANDIDATE, labels[1]), shared, after.margin
    )
    contrasts = counted_together([found])
    search = join_search(*((*side, table.pairs().search) for side, table in zip(sides, (before, after), strict=True)))
    return Compared(
        before=before,
        after=after,
        baseline=baseline,
        candidate=candidate,
        labels=labels,
        findings=findings_of(contrasts[0], rubric),
        contrasts=contrasts,
        view=PairView(columns, BASELINE, CANDIDATE, panel, after.margin, search),
        warnings=tuple(note.text for note in differences(before.plan, after.plan)),
        notes=_notes(before, {baseline}) + _notes(after, {candidate}),
    )


def _alone(table: ResultTable, variant: str, name: str) -> Compared:
    return Compared(table, table, None, variant, ("", name), None, (), table.pairs(), notes=_notes(table, {variant}))


def _labels(before: ResultTable, after: ResultTable, labels: tuple[str, str]) -> tuple[str, str]:
    """Names that tell two sides apart; a run's end of the id where both are called the same."""
    if labels[0] != labels[1]:
        return labels
    ends = (before.plan.run_id[-4:], after.plan.run_id[-4:])
    return f"{labels[0]} ({ends[0]})", f"{labels[1]} ({ends[1]})"


def _notes(table: ResultTable, variants: set[str]) -> tuple[str, ...]:
    """Replays, flags: what the comparison itself does not say."""
    if not table.plan.dataset.replay and not len(table.columns.flags.rows):
        return ()
    rows = (table.columns.row(number) for number in table.columns.flags.rows.tolist())
    notes = run_notes(table.plan, {(row.item_id, row.variant, row.repeat): row for row in rows}.values())
    return tuple(
        _ended(note.text) for note in notes if note.kind in ("replay", "flagged") and note.variant in ("", *variants)
    )


def _ended(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def what_is_compared(compared: Compared) -> tuple[str, ...]:
    """The facts of the title row: runs, dataset, rubric and judge."""
    before, after = compared.before.plan, compared.after.plan
    ends = (after.run_id[-4:], before.run_id[-4:])
    runs = f"run …{ends[0]}" if compared.within_one_run else f"run …{ends[0]} against run …{ends[1]}"
    return (
        runs,
        f"{words.plural(compared.after.items, 'item')} of {after.dataset.name} {after.dataset.version}",
        f"{compared.panel.rubric.label}, {panel_words(compared.panel).lower()}",
    )
