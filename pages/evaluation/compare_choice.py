"""Whom to compare: run, baseline, candidate and judge, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from coaching_core.errors import RunNotFoundError
from evals.bootstrap import Workbench
from evals.plan import RunPlan
from evals.results.run_results import variant_names
from evals.running.folder import RunFolder
from evals.runs import RunSummary
from pages.components.address import carried, carry
from pages.components.viewer import viewer_zone
from pages.evaluation.runs_reading import table_of
from pages.view_models import words
from pages.view_models.compare import Choice, panel_words
from pages.view_models.run_list import run_title

_SAME = ""
_ITEMS = ("item", "page", "show", "q", "mark", "order", "phase", "topic", "difficulty", "split", "tag")
"""What an address says of the items of a run; it means nothing in another run."""


def comparable(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """Runs with an answer."""
    return [run for run in runs if run.answers_done]


def choose_sides(
    workbench: Workbench, runs: Sequence[RunSummary]
) -> tuple[RunSummary, Choice, tuple[RunFolder, RunFolder | None]]:
    """Draw the choice.

    Returns:
        The candidate's run, what was chosen, and the folders of both runs; the second is None within one run.

    Raises:
        RunNotFoundError: The address names a run that is not there, or its files are gone.
    """
    known = {run.run_id: run for run in runs}
    asked, against = carried("run"), carried("with")
    for name in (asked, against):
        if name is not None and name not in known:
            known[name] = workbench.runs.get(name)
    run_id = _select("Run", "run", _run_labels(known), asked or next(iter(known)), 270)
    other = _select("Baseline from", "with", {_SAME: "The same run"} | _others(known, run_id), against or _SAME, 170)
    folder, before = RunFolder(known[run_id].folder), RunFolder(known[other].folder) if other else None
    plan = _plan_of(folder)
    first = _plan_of(before) if before else plan
    baseline, candidate = _variants(first, plan, bool(before))
    judge = _judge(plan)
    return known[run_id], Choice(run_id, other, baseline, candidate, judge), (folder, before)


def _plan_of(folder: RunFolder) -> RunPlan:
    if not folder.path.is_dir():
        raise RunNotFoundError(folder.run_id)
    return table_of(folder).plan


def _run_labels(known: Mapping[str, RunSummary]) -> dict[str, str]:
    zone = viewer_zone()
    return {
        name: f"{run_title(run)} · {words.moment(run.created_at, zone)} · {words.plural(run.items, 'item')}"
        for name, run in known.items()
    }


def _others(known: Mapping[str, RunSummary], run_id: str) -> dict[str, str]:
    """Other runs, those over the same dataset first."""
    dataset = known[run_id].dataset
    labels = _run_labels(known)
    names = sorted((name for name in known if name != run_id), key=lambda name: known[name].dataset != dataset)
    return {name: labels[name] for name in names}


def _variants(first: RunPlan, second: RunPlan, two_runs: bool) -> tuple[str, str]:
    before, after = variant_names(first), variant_names(second)
    if not two_runs and len(after) == 1:
        return "", next(iter(after))
    default = next(iter(before))
    baseline = _select("Baseline", "baseline", before, carried("baseline") or default, 190)
    others = after if two_runs else {name: label for name, label in after.items() if name != baseline}
    candidate = _select("Candidate", "candidate", others, carried("candidate") or next(iter(others)), 190)
    return baseline, candidate


def _judge(plan: RunPlan) -> str:
    panels = {panel.id: panel_words(panel) for panel in plan.panels}
    if len(panels) == 1:
        carry(judge=None)
        return next(iter(panels))
    headline = next(iter(panels))
    judge = _select("Judged by", "judge", panels, carried("judge") or headline, 220)
    carry(judge=judge if judge != headline else None)
    return judge


def _select(label: str, name: str, options: Mapping[str, str], asked: str, width: int) -> str:
    """A choice whose value stands in the address; what the address names wrongly gives way to the first."""
    names = list(options)
    chosen = st.selectbox(
        label,
        names,
        index=names.index(asked) if asked in options else 0,
        format_func=lambda value: options.get(value, value),
        key=f"run_{name}" if name in ("baseline", "candidate", "judge") else f"compare_{name}",
        width=width,
    )
    if name == "run" and carried("run") not in (None, chosen):
        carry(**dict.fromkeys((*_ITEMS, "with", "baseline", "candidate", "judge")))
    carry(**{name: chosen or None})
    return chosen
