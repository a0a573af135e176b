"""Jobs of the running workbench that concern evaluations."""

from __future__ import annotations

import logging

from coaching_core.jobs.health import schedule_health
from coaching_core.jobs.scheduler import Scheduler
from coaching_core.llm.shared_ledger import SharedLedger
from coaching_core.prompts.projection import project_published
from evals.bootstrap import Workbench

_log = logging.getLogger(__name__)
_INGEST_SECONDS = 1.0
_PROJECTION_SECONDS = 5.0
_MODELS_SECONDS = 5.0
_EXPIRY_SECONDS = 30.0
_USAGE_SECONDS = 30.0
_WARM_SECONDS = 15.0
"""Loading LiteLLM takes seconds of CPU; the first screen comes first."""


def schedule_jobs(scheduler: Scheduler, workbench: Workbench) -> None:
    """Take runs into the store, keep prompt files and models up to date, and load what real models need.

    On a shared store also: give up calls whose process is gone.
    """
    core = workbench.core
    known: set[tuple[str, str]] = set()

    def report(run_id: str, error: Exception) -> None:
        if (run_id, str(error)) not in known:
            known.add((run_id, str(error)))
            _log.error("a run could not be taken in", exc_info=error, extra={"runId": run_id})

    scheduler.every(_INGEST_SECONDS, "take-in-runs", lambda: workbench.runs.ingest.take_in_all(report))
    scheduler.later(_WARM_SECONDS, "warm-models", core.warm_models)

    def project() -> None:
        project_published(core.prompts, core.settings.home / "prompts")

    scheduler.every(_PROJECTION_SECONDS, "project-prompts", project)
    scheduler.every(_USAGE_SECONDS, "sum-up-usage", core.usage.keep_up)
    schedule_health(scheduler, core.health, core.settings.url)
    if core.database.kind == "postgresql":  # another process may have changed them
        scheduler.every(_MODELS_SECONDS, "refresh-models", core.models.refresh)
    ledger = core.ledger
    if isinstance(ledger, SharedLedger):
        scheduler.every(_EXPIRY_SECONDS, "expire-calls", lambda: _expire(ledger))


def _expire(ledger: SharedLedger) -> None:
    if expired := ledger.expire():
        _log.warning("calls whose process is gone were recorded with unknown cost", extra={"calls": expired})
