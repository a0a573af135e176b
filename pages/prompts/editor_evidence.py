"""Beside the diff: what runs say of the two versions, and what the simulated coach hears in the newer one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import WorkbenchError
from coaching_core.prompts.gate import GateFinding
from evals.ingest import comparison_figures, plain
from evals.results.reading import load_results
from evals.running.folder import RunFolder
from evals.runs import RunSummary
from pages.components.chrome import Tag, tag
from pages.components.evidence_card import evidence_html, gate_html, no_evidence_html, waiting_words
from pages.components.judge_trust import trust_html
from pages.components.links import link_to
from pages.prompts.editor_desk import Desk
from pages.view_models.evidence import Evidence, Pair, ended, evidence, gate_card, kept_comparison, pairs, under_way
from pages.view_models.instructions import HeardInstruction, heard


def show_evidence(desk: Desk) -> None:
    """The evidence card for the two versions in view."""
    show_evidence_for(desk, desk.place.old, desk.place.new)


def show_evidence_for(desk: Desk, old: int, new: int, with_links: bool = True) -> None:
    """The evidence card for any two versions.

    Args:
        desk: The topic.
        old: The baseline.
        new: The candidate.
        with_links: Offer to open the run, or to plan one.
    """
    if old == new:
        return
    found = pairs(desk.workbench.runs.list(topic_id=desk.topic.topic_id), old, new)
    known, working = _latest(found), under_way(found)
    finding = _finding(desk, old, new)
    with st.container(border=True):
        if known is not None:
            st.html(evidence_html(known, f"v{old}", f"v{new}"))
            run = next(pair.run for pair in found if pair.run.run_id == known.run_id)
            st.html(trust_html(desk.workbench, run.judge, run.rubric))
        else:
            done = waiting_words(working.answers_done + working.verdicts_done, working.calls_planned) if working else ""
            st.html(no_evidence_html(f"v{old}", f"v{new}", done))
        if finding is not None:
            st.html(gate_html(gate_card(finding), known is not None and known.run_id == finding.run_id))
        if with_links:
            _links(desk, (old, new), known.run_id if known else None, working, finding)


def plan_run_link(desk: Desk, old: int, new: int, finding: GateFinding | None = None) -> None:
    """A link to a planned run of two versions, with as many items as a rule needs."""
    query = {"topic": desk.topic.topic_id, "from": str(old), "to": str(new), "new": "1"}
    if finding is not None and finding.needed_items is not None:
        query["items"] = str(finding.needed_items)
    link_to("Plan run", "runs", query, icon=":material/checklist:")


def _finding(desk: Desk, old: int, new: int) -> GateFinding | None:
    """What the topic's rule says of these two, when it is about them."""
    if old != desk.topic.published_version:
        return None
    return desk.workbench.core.prompts.rules.finding(desk.topic.topic_id, new)


def _links(
    desk: Desk, pair: tuple[int, int], known: str | None, working: RunSummary | None, finding: GateFinding | None
) -> None:
    if known is not None:
        link_to("Open comparison", "runs", {"run": known}, icon=":material/compare_arrows:")
        trend = {"view": "trend", "topic": desk.topic.topic_id}
        link_to("Show trend over versions", "benchmarks", trend, icon=":material/show_chart:")
    elif working is not None:
        link_to("Open run", "runs", {"run": working.run_id}, icon=":material/checklist:")
    undecided = finding is not None and finding.needed_items is not None
    if undecided or (known is None and working is None):
        plan_run_link(desk, *pair, finding)


def _latest(found: tuple[Pair, ...]) -> Evidence | None:
    for pair in ended(found):
        comparison = kept_comparison(pair) or _computed(pair)
        if comparison is not None:
            return evidence(pair, comparison, DEMO_TENANT)
    return None


def _computed(pair: Pair) -> Mapping[str, Any] | None:
    """The comparison of two variants that the run's summary does not hold; None when its files are gone."""
    try:
        return _read(pair.run.folder, pair.candidate, pair.baseline, pair.run.updated_at.isoformat())
    except WorkbenchError:
        return None


@lru_cache(maxsize=64)
def _read(folder: Path, candidate: str, baseline: str, _as_of: str) -> Mapping[str, Any] | None:
    comparison = load_results(RunFolder(folder)).comparison(candidate, baseline)
    return None if comparison is None else dict(plain(comparison_figures(comparison)))


def show_heard(desk: Desk) -> None:
    """The instructions the simulated coach recognises, with what is new against the older version."""
    place, editing = desk.place, desk.place.view != "diff"
    before = (desk.working.base if editing else desk.version(place.old)).prompts.get("system")
    now = (desk.working.prompts if editing else desk.version(place.new).prompts).get("system")
    if now is None:
        return
    found = heard(now, before)
    st.subheader("What the simulated coach hears", anchor=False)
    told = "".join(_heard(one) for one in found.told) or '<div class="m">No instruction it knows.</div>'
    untold = ", ".join(html.escape(label) for label in found.untold)
    rest = f'<div class="m">Not told: {untold}.</div>' if untold else ""
    lost = "".join(
        f"<div><b>{html.escape(label)}</b> {tag(Tag('no longer told', 'warn'))}</div>" for label in found.lost
    )
    st.html(f'<div class="cw cw-heard">{told}{lost}{rest}</div>')


def _heard(one: HeardInstruction) -> str:
    tags = tag(Tag(one.tag)) + (tag(Tag("new", "live")) if one.is_new else "")
    return (
        f'<div><div class="row"><b>{html.escape(one.label)}</b>{tags}</div>'
        f'<div class="q">{html.escape(one.sentence)}</div></div>'
    )
