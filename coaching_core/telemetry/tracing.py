"""OpenTelemetry traces of calls to models, where a collector is configured: who, how long, how much, never a text.

A call is one span, each attempt at it a child; names follow the GenAI semantic conventions. Spans are made by a thread
of their own after the records are durable, so that no call waits for them; what the thread cannot keep up with is
dropped and counted. The SDK is imported by the first :func:`build_tracer` that has an endpoint.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coaching_core import __version__
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.logs import hashed

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_WAITING = 10_000
_UNFINISHED = 5_000
_EXPORT_SECONDS = 5.0
_log = logging.getLogger(__name__)


class CallTracer:
    """Turns records of calls into spans.

    Args:
        provider: Takes the spans; shut down with the tracer.
    """

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("coaching_core", __version__)
        self._queue: queue.Queue[PromptRun | None] = queue.Queue(_WAITING)
        self._unfinished: OrderedDict[str, list[PromptRun]] = OrderedDict()
        self._thread = threading.Thread(target=self._work, name="tracing", daemon=True)
        self._thread.start()
        self.dropped = 0

    def on_call(self, run: PromptRun) -> None:
        """Hear of a record; takes no time."""
        try:
            self._queue.put_nowait(run)
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Make spans of all that was heard, send them, and stop."""
        self._queue.put(None)
        self._thread.join(timeout=10)
        self._provider.shutdown()

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            try:
                self._take(run)
            except Exception:  # noqa: BLE001 - a span that cannot be made must not end all others
                _log.exception("a span could not be made")

    def _take(self, run: PromptRun) -> None:
        call_id = run.call_id or run.id
        attempts = [*self._unfinished.pop(call_id, []), run]
        if run.final:
            self._trace(attempts)
            return
        self._unfinished[call_id] = attempts
        while len(self._unfinished) > _UNFINISHED:
            self._unfinished.popitem(last=False)

    def _trace(self, attempts: Sequence[PromptRun]) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context

        first, last = attempts[0], attempts[-1]
        call = self._tracer.start_span(
            f"{_operation(last)} {_bare(last.asked_model or last.model, last)}",
            kind=SpanKind.INTERNAL,
            start_time=_start(first),
            attributes=_of_call(last) | {"workbench.attempts": len(attempts)},
        )
        within = set_span_in_context(call)
        for run in attempts:
            span = self._tracer.start_span(
                f"{_operation(run)} {_bare(run.model, run)}",
                context=within,
                kind=SpanKind.CLIENT,
                start_time=_start(run),
                attributes=_of_attempt(run),
            )
            _end(span, run)
        _end(call, last)


def build_tracer(endpoint: str | None, exporter: SpanExporter | None = None) -> CallTracer | None:
    """A tracer that sends to a collector over OTLP/HTTP; None where no endpoint is configured.

    Args:
        endpoint: Root of the collector. Headers come from ``OTEL_EXPORTER_OTLP_HEADERS``.
        exporter: Takes the spans instead of a collector.
    """
    if endpoint is None and exporter is None:
        return None
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    named = {"service.name": "coaching-workbench", "service.version": __version__}
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        provider.add_span_processor(
            BatchSpanProcessor(_over_http(str(endpoint)), schedule_delay_millis=_EXPORT_SECONDS * 1000)
        )
    return CallTracer(provider)


def _over_http(endpoint: str) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=int(_EXPORT_SECONDS))


def _operation(run: PromptRun) -> str:
    return "embeddings" if run.purpose is Purpose.EMBEDDING else "chat"


def _bare(model: str, run: PromptRun) -> str:
    return model.removeprefix(f"{run.provider}/")


def _start(run: PromptRun) -> int:
    return int(run.created_at.timestamp() * 1_000_000_000)


def _end(span: Any, run: PromptRun) -> None:
    from opentelemetry.trace import Status, StatusCode

    if run.status is not RunStatus.OK and run.status is not RunStatus.CANCELLED:
        span.set_status(Status(StatusCode.ERROR, run.error or str(run.status)))
    ended = run.created_at + timedelta(milliseconds=run.latency_ms)
    span.end(int(ended.timestamp() * 1_000_000_000))


def _of_call(run: PromptRun) -> dict[str, Any]:
    return _known(
        {
            "gen_ai.operation.name": _operation(run),
            "gen_ai.request.model": _bare(run.asked_model or run.model, run),
            "gen_ai.response.model": _bare(run.model, run) if run.status is RunStatus.OK else None,
            "gen_ai.conversation.id": hashed(run.session_id),
            "user.hash": hashed(run.user_id),
            "workbench.tenant": hashed(run.tenant_id),
            "workbench.call_id": run.call_id or run.id,
            "workbench.request_id": run.request_id,
            "workbench.purpose": str(run.purpose),
            "workbench.topic": run.topic_id,
            "workbench.prompt_version": run.prompt_version,
            "workbench.rubric_version": run.rubric_version,
            "workbench.simulated": run.simulated,
            "workbench.status": str(run.status),
            "workbench.fell_back": run.asked_model is not None,
        }
    )


def _of_attempt(run: PromptRun) -> dict[str, Any]:
    return _known(
        {
            "gen_ai.operation.name": _operation(run),
            "gen_ai.system": run.provider,
            "gen_ai.provider.name": run.provider,
            "gen_ai.request.model": _bare(run.model, run),
            "gen_ai.usage.input_tokens": run.input_tokens,
            "gen_ai.usage.output_tokens": run.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": run.cached_tokens,
            "gen_ai.response.time_to_first_chunk": None if run.ttft_ms is None else run.ttft_ms / 1000,
            "error.type": run.error,
            "workbench.attempt": run.attempt,
            "workbench.status": str(run.status),
            "workbench.cost_usd": None if run.cost_usd is None else float(run.cost_usd),
        }
    )


def _known(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
