"""One log line for each call to a model (ledger O3): who, what, how long, how much; ids as digests, never a text."""

from __future__ import annotations

import logging

from coaching_core.llm.accounting import PromptRun
from coaching_core.logs import hashed

_log = logging.getLogger(__name__)


def log_call(run: PromptRun) -> None:
    """Write the line of a call that has ended; attempts that another one follows have none."""
    if run.final and _log.isEnabledFor(logging.INFO):
        _log.info("call", extra=fields_of(run))


def fields_of(run: PromptRun) -> dict[str, object]:
    """The fields of the line. What is unknown or does not apply is left out, never 0."""
    known = {
        "requestId": run.request_id,
        "userId": hashed(run.user_id),
        "sessionId": hashed(run.session_id),
        "groupId": hashed(run.group_id),
        "tenantId": hashed(run.tenant_id),
        "route": f"model/{run.purpose}",
        "latencyMs": round(run.waited_ms + run.latency_ms, 1),
        "ttftMs": None if run.ttft_ms is None else round(run.waited_ms + run.ttft_ms, 1),
        "provider": run.provider,
        "modelId": run.model,
        "askedModelId": run.asked_model,
        "rubricVersion": run.rubric_version,
        "topicId": run.topic_id,
        "promptVersion": run.prompt_version,
        "evalRunId": run.eval_run_id,
        "tokensIn": run.input_tokens,
        "tokensOut": run.output_tokens,
        "tokensCached": run.cached_tokens,
        "costCents": None if run.cost_usd is None else float(run.cost_usd * 100),
        "savedCents": None if run.saved_usd is None else float(run.saved_usd * 100),
        "status": str(run.status),
        "error": run.error,
        "attempts": run.attempt,
        "simulated": run.simulated or None,
        "callId": run.call_id or run.id,
    }
    return {name: value for name, value in known.items() if value is not None}
