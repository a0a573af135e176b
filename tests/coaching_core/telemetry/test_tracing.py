"""Traces: a span for a call, a child for each attempt, to a collector over HTTP."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from coaching_core.llm.types import RunStatus
from coaching_core.telemetry.tracing import CallTracer, build_tracer
from tests.coaching_core.health.calls import NOW, call
from tests.conftest import PROJECT


@dataclass
class Collector:
    """An OTLP receiver on this machine."""

    url: str
    got: list[tuple[str, ExportTraceServiceRequest]] = field(default_factory=list)


@pytest.fixture
def collector() -> Iterator[Collector]:
    told = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.path, ExportTraceServiceRequest.FromString(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()


def tracer_into(spans: InMemorySpanExporter) -> CallTracer:
    tracer = build_tracer(None, spans)
    assert tracer is not None
    return tracer


def test_attempts_are_children_of_their_call() -> None:
    spans = InMemorySpanExporter()
    tracer = tracer_into(spans)
    tracer.on_call(call(1, 20, status=RunStatus.ERROR, error="ProviderDownError", final=False, call_id="call-00001"))
    tracer.on_call(
        call(
            2,
            18,
            attempt=2,
            call_id="call-00001",
            model="anthropic/claude",
            provider="anthropic",
            asked_model="openai/x",
        )
    )
    tracer.close()
    failed, answered, whole = spans.get_finished_spans()
    assert whole.parent is None
    assert {span.parent.span_id for span in (failed, answered) if span.parent} == {whole.context.span_id}
    assert len({span.context.trace_id for span in (failed, answered, whole)}) == 1
    assert whole.start_time == int((NOW - timedelta(seconds=20)).timestamp() * 1e9)
    assert whole.end_time == answered.end_time == int((NOW - timedelta(seconds=17)).timestamp() * 1e9)
    assert failed.status.status_code is StatusCode.ERROR
    assert dict(failed.attributes or {})["error.type"] == "ProviderDownError"
    told = dict(answered.attributes or {})
    assert (told["gen_ai.system"], told["gen_ai.request.model"]) == ("anthropic", "claude")
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (100, 20)
    outer = dict(whole.attributes or {})
    assert (outer["workbench.attempts"], outer["workbench.fell_back"]) == (2, True)
    assert outer["user.hash"] != "user-2"


def test_a_cancelled_call_is_no_error() -> None:
    spans = InMemorySpanExporter()
    tracer = tracer_into(spans)
    tracer.on_call(call(1, status=RunStatus.CANCELLED, error="CancelledError"))
    tracer.close()
    assert {span.status.status_code for span in spans.get_finished_spans()} == {StatusCode.UNSET}


def test_a_collector_gets_them_over_http(collector: Collector) -> None:
    tracer = build_tracer(f"{collector.url}/")
    assert tracer is not None
    tracer.on_call(call(1))
    tracer.close()
    ((path, request),) = collector.got
    assert path == "/v1/traces"
    (resource,) = request.resource_spans
    assert [span.name for span in resource.scope_spans[0].spans] == ["chat gpt-4o-mini", "chat gpt-4o-mini"]
    named = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert named["service.name"] == "coaching-workbench"


def test_a_collector_that_is_gone_harms_no_call() -> None:
    tracer = build_tracer("http://127.0.0.1:9")
    assert tracer is not None
    for number in range(50):
        tracer.on_call(call(number))
    tracer.close()
    assert tracer.dropped == 0


def test_without_an_endpoint_nothing_is_loaded() -> None:
    assert build_tracer(None) is None
    code = (
        "import sys, coaching_core.telemetry.instruments; "
        "from coaching_core.telemetry.tracing import build_tracer; "
        "assert build_tracer(None) is None; sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False, timeout=60).returncode == 0
