"""``/api/metrics``: what this process has counted, in Prometheus form; anonymous, and for this machine only."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import WorkbenchDependency
from coaching_core.telemetry.metrics import CONTENT_TYPE

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response)
def metrics(workbench: WorkbenchDependency) -> Response:
    """Counters and histograms; ``docs/metrics.md`` explains each."""
    return Response(workbench.core.instruments.metrics.exposition(), media_type=CONTENT_TYPE)
