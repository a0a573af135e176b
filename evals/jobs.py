"""Jobs of the running workbench that concern evaluations."""

from __future__ import annotations

import logging

from coaching_core.jobs.scheduler import Scheduler
from coaching_core.prompts.projection import project_published
from evals.bootstrap import Workbench

_log = logging.getLogger(__name__)
_INGEST_SECONDS = 1.0
_PROJECTION_SECONDS = 5.0


def schedule_jobs(scheduler: Scheduler, workbench: Workbench) -> None:
    """Take runs into the store, and keep the Markdown files of published prompts as the store has them."""
    core = workbench.core
    scheduler.every(_INGEST_SECONDS, "take-in-runs", lambda: workbench.runs.ingest.take_in_all(_report))

    def project() -> None:
        project_published(core.prompts, core.settings.home / "prompts")

    scheduler.every(_PROJECTION_SECONDS, "project-prompts", project)


def _report(run_id: str, error: Exception) -> None:
    _log.error("a run could not be taken in", exc_info=error, extra={"runId": run_id})
