"""A run while it works, renewed every second from the store's counts."""

from __future__ import annotations

import html
import time

import streamlit as st

from evals.bootstrap import Workbench
from evals.running.folder import RunFolder, RunState
from evals.runs import RunSummary
from pages.components.chrome import Tag, tag
from pages.components.state import Slot
from pages.evaluation.runs_actions import draw_stop, settle, stand_of
from pages.evaluation.runs_reading import failures_of
from pages.view_models import words
from pages.view_models.run_progress import (
    Asked,
    Failures,
    LiveFigures,
    Sample,
    Stand,
    live_figures,
    speed_words,
    time_left_words,
    with_sample,
)

_SAMPLES: Slot[tuple[Sample, ...]] = Slot("run_samples", ())


@st.fragment(run_every=1.0)
def render_live(workbench: Workbench, run_id: str) -> None:
    """Progress, figures and Stop; brings the whole page round when the run has ended."""
    summary = workbench.runs.get(run_id)
    folder = RunFolder(summary.folder)
    where = stand_of(summary, folder.status().state)
    if not where.live:
        settle()
        st.rerun(scope="app")
    if where.state is RunState.RUNNING and where.pending is Asked.RESUME:
        settle()
    content = _content(workbench, summary, where, _figures(summary, folder))
    with st.container(border=True, key="live_run"):
        st.html(content)
        draw_stop(workbench, run_id, disabled=where.state is not RunState.RUNNING or where.pending is Asked.STOP)


def _content(workbench: Workbench, summary: RunSummary, where: Stand, figures: LiveFigures) -> str:
    """Everything but the button as one piece: a renewal shows whole or not at all."""
    bar = (
        f'<div class="cw-progress" role="progressbar" aria-label="Answers done" aria-valuemin="0" '
        f'aria-valuemax="{figures.total}" aria-valuenow="{figures.done}">'
        f'<i style="width:{figures.share * 100:.1f}%"></i></div>'
    )
    cells = _figures_html(workbench, summary, figures)
    return f'{_headline(where, figures)}{bar}{cells}<div class="cw m cw-notes"><p>{_hint(where)}</p></div>'


def _figures(summary: RunSummary, folder: RunFolder) -> LiveFigures:
    failures = failures_of(folder) if summary.failed else Failures()
    done = summary.verdicts_done + failures.answers
    samples = with_sample(_SAMPLES.get(), Sample(summary.run_id, time.monotonic(), done))
    _SAMPLES.set(samples)
    return live_figures(summary, failures, samples)


def _headline(where: Stand, figures: LiveFigures) -> str:
    state = tag(Tag(where.word, "warn" if where.pending is Asked.STOP else "live"))
    return (
        f'<div class="cw-item" role="status">{state}'
        f"<b>{words.count(figures.done)} of {words.plural(figures.total, 'answer')} done</b></div>"
    )


def _figures_html(workbench: Workbench, summary: RunSummary, figures: LiveFigures) -> str:
    cells = (
        ("Failed answers", words.count(figures.failures.answers)),
        ("Failed judgements", words.count(figures.failures.judgements)),
        ("Speed, answers", speed_words(figures.per_minute)),
        ("Money so far", f"${figures.cost:.4f}"),
        ("Time left, about", time_left_words(figures.seconds_left)),
    )
    listed = "".join(f'<div><span class="m">{name}</span><b>{value}</b></div>' for name, value in cells)
    unknown = _without_price(workbench, summary)
    note = (
        f'<p class="m">The price of {html.escape(", ".join(unknown))} is unknown, so the money is a lower bound.</p>'
        if unknown
        else ""
    )
    return f'<div class="cw-figures">{listed}</div><div class="cw">{note}</div>'


def _without_price(workbench: Workbench, summary: RunSummary) -> list[str]:
    models = dict.fromkeys([*(str(variant["model"]) for variant in summary.variants), summary.judge])
    return [model for model in models if workbench.core.catalogue.price_version(model) is None]


def _hint(where: Stand) -> str:
    if where.pending is Asked.STOP:
        return "Nothing new starts. Calls under way may still come home, for 15 s at most."
    if where.state is RunState.WAITING:
        return "Its process is starting. You can leave this page."
    return "You can leave this page. The run goes on."
