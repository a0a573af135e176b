"""One run: live while it works, its results when it ended; what stands above both."""

from __future__ import annotations

from functools import partial

import streamlit as st

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import RunNotFoundError
from evals.bootstrap import Workbench
from evals.running.folder import RunFolder, RunState
from evals.runs import RunSummary
from pages.components.address import carry_only
from pages.components.chrome import DEMO, SIMULATED, Tag, page_title
from pages.components.judge_trust import trust_text
from pages.components.links import go, link_to
from pages.components.messages import show_notice, show_problem
from pages.components.viewer import viewer_zone
from pages.evaluation.runs_actions import draw_resume, draw_retry, stand_of
from pages.evaluation.runs_live import render_live
from pages.evaluation.runs_reading import compared, failures_of, report_of, table_of
from pages.evaluation.runs_results import render_results
from pages.view_models import words
from pages.view_models.compare import Choice
from pages.view_models.run_list import run_title
from pages.view_models.run_progress import Stand, failures_words

_SAID_ALREADY = "Stopped."
"""What a run's process gives as its reason when a person stopped it."""


def render_run(workbench: Workbench, run_id: str) -> None:
    """Show the run that the address names."""
    try:
        summary = workbench.runs.get(run_id)
    except RunNotFoundError as error:
        page_title("Run")
        show_problem(error)
        st.button("Show all runs", icon=":material/arrow_back:", on_click=carry_only)
        return
    folder = RunFolder(summary.folder)
    if not folder.path.is_dir():
        _title(workbench, summary, folder, ended=False)
        show_problem(f"The files of this run are gone from {folder.path}. Put the folder back to see its results.")
        return
    status = folder.status()
    where = stand_of(summary, status.state)
    _title(workbench, summary, folder, ended=not where.live and folder.journal.exists())
    if where.live:
        render_live(workbench, run_id)
        with st.container(horizontal=True, vertical_alignment="center"):
            wanted = st.toggle("Show results so far", key=f"so_far_{run_id}")
            if wanted:
                st.button("Read results again", icon=":material/refresh:", type="tertiary")
        if not wanted:
            return
    elif where.state is not RunState.FINISHED:
        _unfinished(workbench, folder, where, status.reason)
    elif summary.failed:
        _failed(workbench, folder, status.reason)
    if folder.journal.exists():
        render_results(workbench, summary, folder, so_far=where.state is not RunState.FINISHED)


def _title(workbench: Workbench, summary: RunSummary, folder: RunFolder, ended: bool) -> None:
    tags: list[Tag | str] = [DEMO] if summary.tenant_id == DEMO_TENANT else []
    tags += [SIMULATED] if summary.simulated else []
    facts = [
        f"run {summary.run_id}",
        f"{words.plural(summary.items, 'item')} of {summary.dataset}",
        words.moment(summary.created_at, viewer_zone()),
    ]
    with page_title(run_title(summary), [*tags, *facts]):
        st.button("Show all runs", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
        if ended:
            if summary.answers_done and len(summary.variants) > 1:
                link_to("Open in Compare", "compare", {"run": summary.run_id}, icon=":material/compare_arrows:")
            if summary.answers_done:
                link_to("Label answers", "labelling", {"new": summary.run_id}, icon=":material/rate_review:")
            _downloads(workbench, folder)
            _publish(workbench, summary, folder)


def _downloads(workbench: Workbench, folder: RunFolder) -> None:
    with st.popover("Download results", icon=":material/download:"):
        for label, kind, mime in (("Download report", "html", "text/html"), ("Download CSV", "csv", "text/csv")):
            st.download_button(
                label,
                data=partial(_report, workbench, folder, kind),
                file_name=f"{folder.run_id}.{kind}",
                mime=mime,
                icon=":material/draft:" if kind == "html" else ":material/table:",
                on_click="ignore",
                width="stretch",
            )
        if folder.results.exists():
            st.download_button(
                "Download Parquet",
                data=folder.results.read_bytes,
                file_name=f"{folder.run_id}.parquet",
                icon=":material/database:",
                on_click="ignore",
                width="stretch",
            )
        else:
            st.caption("The Parquet file is written when the run ends.")


def _report(workbench: Workbench, folder: RunFolder, kind: str) -> bytes:
    return report_of(folder, kind, trust_text(workbench, folder.plan().panels[0]))


def _publish(workbench: Workbench, summary: RunSummary, folder: RunFolder) -> None:
    """The next step when the candidate is better and not published yet."""
    variants = table_of(folder).plan.variants
    if folder.status().state is not RunState.FINISHED or len(variants) < 2 or summary.topic_id is None:
        return
    baseline, candidate = variants[0], variants[1]
    if candidate.topic_version in (None, baseline.topic_version):
        return
    if summary.topic_id not in workbench.core.prompts.topic_ids():
        return
    if candidate.topic_version == workbench.core.prompts.topic(summary.topic_id).published_version:
        return
    found = compared(Choice(folder.run_id), folder).findings
    if found is None or found.verdict != "better":
        return
    if st.button(f"Publish v{candidate.topic_version}", type="primary", icon=":material/publish:"):
        link = {"topic": summary.topic_id, "to": str(candidate.topic_version), "view": "diff"}
        go("editor", link | ({"from": str(baseline.topic_version)} if baseline.topic_version else {}))


def _failed(workbench: Workbench, folder: RunFolder, reason: str) -> None:
    """What failed, and the way to have it asked again; a run that stopped early keeps its failures."""
    words_of_failures = failures_words(failures_of(folder))
    if not words_of_failures or table_of(folder).decision is not None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="failed_again"):
        st.caption(f"{words_of_failures} {reason}".strip(), width="content")
        draw_retry(workbench, folder.run_id)


def _unfinished(workbench: Workbench, folder: RunFolder, where: Stand, reason: str) -> None:
    if not folder.journal.exists():
        show_notice(f"This run ended before it began; {folder.log} says why. Resume the run to try again.")
        draw_resume(workbench, folder.run_id)
        return
    told = {
        RunState.STOPPED: "This run was stopped before its end.",
        RunState.INTERRUPTED: "This run was interrupted: its process is gone.",
        RunState.FAILED: "This run failed.",
    }
    why = f" {reason}" if reason and where.state is not RunState.INTERRUPTED and reason != _SAID_ALREADY else ""
    show_notice(f"{told[where.state]}{why} What is done is kept. Resume the run to do the rest; nothing is paid twice.")
    draw_resume(workbench, folder.run_id)
