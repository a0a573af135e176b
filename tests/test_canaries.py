"""A canary key and a canary address go in everywhere, and come out nowhere they should not (issue 3, judged 7)."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.application import create_api
from coaching_core.clock import utc_now
from coaching_core.errors import ModelCallError
from coaching_core.health.models import Measure, Stage
from coaching_core.jobs.scheduler import Scheduler
from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Metric, Period
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose, TextDelta
from coaching_core.logs import take_over
from coaching_core.settings import Settings
from coaching_core.telemetry.instruments import secret_values
from coaching_core.telemetry.tracing import build_tracer
from evals.bootstrap import Workbench, build_workbench
from evals.current import running, set_running
from tests.api.asking import ask
from tests.conftest import make_settings
from tests.log_lines import Lines, recorded_logs
from tests.server_process import start_server

KEY = "sk-canary-77315577315577"
MAIL = "canary.7731@example.com"
SAID = "canarysaid I am afraid of Monday"
ODD = "canaryodd-9f3b/plain=secret"
CANARIES = ("canary", "CANARY", "7731")


def found_in(text: str) -> list[str]:
    """The canaries in a text."""
    return [canary for canary in CANARIES if canary in text]


@pytest.fixture(scope="module")
def quoting_provider() -> Iterator[str]:
    """A provider that puts the key and the whole question into its error texts, as real ones do."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status = 400 if "four-hundred" in body else 500
            said = f"Incorrect API key provided: {self.headers.get('Authorization')}. You sent: {body}"
            answer = json.dumps({"error": {"message": said, "type": "x", "code": said}}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("x-request-id", MAIL)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path, quoting_provider: str) -> Settings:
    return make_settings(
        tmp_path / "home",
        openai_api_key=KEY,
        openai_base_url=f"{quoting_provider}/v1",
        anthropic_api_key=ODD,
        anthropic_base_url=quoting_provider,
        alert_webhook_url=f"{quoting_provider}/{KEY}",
        alert_webhook_secret=ODD,
        model_attempts=1,
    )


@pytest.fixture
def lines(settings: Settings) -> Iterator[Lines]:
    with recorded_logs(secret_values(settings)) as found:
        yield found


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def workbench(
    settings: Settings, lines: Lines, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workbench]:
    tracer = build_tracer(None, spans)
    monkeypatch.setattr("coaching_core.telemetry.instruments.build_tracer", lambda endpoint: tracer)
    before = running()
    opened = build_workbench(settings)
    set_running(opened)
    yield opened
    opened.close()
    if before is not None:
        set_running(before)


def question(model: str, extra: str = "") -> CompletionRequest:
    context = CallContext(
        tenant_id="acme", purpose=Purpose.CHAT, user_id=MAIL, session_id=MAIL, group_id=MAIL, request_id=KEY
    )
    said = (Message("system", f"{SAID} {KEY} {extra}"), Message("user", f"{SAID}, write to {MAIL}"))
    return CompletionRequest(model, said, context)


def call(workbench: Workbench, model: str, extra: str = "", stream: bool = False) -> None:
    async def once() -> None:
        request = question(model, extra)
        if stream:
            async for piece in workbench.core.gateway.stream(request):
                assert isinstance(piece, TextDelta) or piece is not None
        else:
            await workbench.core.gateway.complete(request)

    shown = ""
    try:
        workbench.core.model_loop.run(once)
    except ModelCallError as error:
        logging.getLogger("pages").exception("shown to a person")
        shown = str(error)
    assert not found_in(shown)


def calls(workbench: Workbench) -> None:
    for model in ("openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "simulated/coach-steady"):
        for extra in ("four-hundred", "five-hundred"):
            call(workbench, model, extra)
        call(workbench, model, stream=True)


def test_calls_leave_no_canary_in_lines_spans_metrics_or_records(
    workbench: Workbench, lines: Lines, spans: InMemorySpanExporter
) -> None:
    calls(workbench)
    told = [line for line in lines.all() if line["message"] == "call"]
    assert len(told) == 9
    assert {line["status"] for line in told} == {"ok", "error"}
    assert all(line["userId"] and line["sessionId"] and line["groupId"] for line in told)
    assert not found_in(lines.getvalue())
    workbench.core.instruments.close()
    made = spans.get_finished_spans()
    assert len(made) == 18
    assert not found_in("".join(span.to_json() for span in made).replace(KEY, ""))
    exposition = workbench.core.instruments.metrics.exposition().decode()
    assert not found_in("\n".join(line.rpartition(" ")[0] for line in exposition.splitlines()))  # names, not figures
    with workbench.core.database.read() as connection:
        rows = connection.execute(sa.select(prompt_runs)).mappings().all()
    own = ("user_id", "session_id", "group_id", "request_id")  # the caller's own ids, which the owner may see
    assert not found_in(
        json.dumps([{name: str(value) for name, value in row.items() if name not in own} for row in rows])
    )
    assert len(rows) == 9


def test_litellm_leaves_no_canary_either(settings: Settings, quoting_provider: str) -> None:
    slower = settings.model_copy(update={"native_adapters": False, "workbench_home": settings.home / "litellm"})
    with recorded_logs(secret_values(slower)) as lines:
        opened = build_workbench(slower)
        try:
            call(opened, "openai/gpt-4o-mini", "four-hundred")
            call(opened, "anthropic/claude-sonnet-4-5", "five-hundred", stream=True)
        finally:
            opened.close()
    assert [line["status"] for line in lines.all() if line["message"] == "call"] == ["error", "error"]
    assert not found_in(lines.getvalue())


def test_errors_of_routes_jobs_threads_and_libraries_leave_none(
    workbench: Workbench, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dependencies.running", lambda: workbench)
    api: FastAPI = create_api()

    def boom() -> None:
        raise RuntimeError(f"{KEY} {MAIL} {ODD}") from ValueError(SAID)

    api.add_api_route("/people/{who}", boom)
    assert not found_in(ask(api, f"/people/{MAIL}?key={KEY}", headers={"X-Request-Id": KEY}).text)
    ask(api, f"/nowhere/{MAIL}", headers={"Authorization": f"Bearer {KEY}"})
    scheduler = Scheduler()
    done = threading.Event()

    def job() -> None:
        done.set()
        boom()

    scheduler.every(3_600, "job", job)
    assert done.wait(30)
    scheduler.close()
    thread = threading.Thread(target=boom)
    thread.start()
    thread.join()
    take_over("streamlit", "uvicorn")
    for name in ("streamlit.web", "uvicorn.error", "LiteLLM", "botocore.endpoint", "some.library"):
        logger = logging.getLogger(name)
        logger.warning("request by %s with %s", MAIL, {"headers": {"x-api-key": ODD}, "said": [KEY]})
        logger.debug(SAID)
        try:
            boom()
        except RuntimeError:
            logger.exception("failed for %s", MAIL, extra={"deep": {"user": {"mail": MAIL, "key": KEY}}})
    written = lines.getvalue()
    assert not found_in(written)
    assert "RuntimeError" in written
    assert "/people/{who}" in written
    assert not found_in(workbench.core.instruments.metrics.exposition().decode())


def test_health_metrics_and_local_answers_have_none(
    workbench: Workbench, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.dependencies.running", lambda: workbench)
    calls(workbench)
    api = create_api()
    for path in ("/health", "/metrics"):
        answer = ask(api, path)
        assert answer.status_code == 200
        assert not found_in(answer.text)
    assert not found_in(repr(workbench.core.settings).replace("canary.7731", "canary.7731"))


def test_the_webhook_is_told_no_name_and_its_address_is_shown_nowhere(workbench: Workbench, lines: Lines) -> None:
    core, now = workbench.core, utc_now()
    draft = LimitDraft(Metric.TURNS, Period.DAY, Decimal(1), Action.ALARM, 0.5, "Turns a day", each=Each.USER)
    core.limits.set(draft, MAIL)
    call(workbench, "simulated/coach-steady")
    rule = next(rule for rule in core.health.rules() if rule.measure is Measure.LIMIT_USED)
    core.health.change(replace(rule, name=f"Limit of {MAIL} {KEY}"), MAIL)
    assert core.health.evaluate()
    assert any(alert.state.stage is Stage.FIRING for alert in core.health.alerts())
    core.health.deliver()
    sent = core.health.deliveries()
    assert sent
    assert not found_in("".join(f"{each.body} {each.answer}" for each in sent))
    assert not found_in(lines.getvalue())
    assert now - timedelta(minutes=1) < sent[0].created_at


def test_a_running_server_writes_lines_without_them(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    server = start_server(
        tmp_path / "home",
        log,
        OPENAI_API_KEY=KEY,
        MISTRAL_API_KEY=ODD,
        ALERT_WEBHOOK_URL=f"http://user:{KEY}@127.0.0.1:9/{ODD}",
        ALERT_WEBHOOK_SECRET=ODD,
        AUTHOR=MAIL,
    )
    with httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
        assert client.get("/api/health", headers={"X-Request-Id": KEY}).status_code == 200
        assert client.get(f"/api/nowhere/{MAIL}?key={KEY}").status_code == 404
        client.post("/api/local/resolve", headers={"X-Holder-Token": KEY}, json={"topic_id": MAIL, "reference": KEY})
        metrics = client.get("/api/metrics")
    code, _ = server.stop()
    assert code == 0
    assert metrics.headers["content-type"].startswith("text/plain")
    assert "request_count_total" in metrics.text
    assert not found_in(metrics.text)
    written = log.read_text(encoding="utf-8")
    assert not found_in(written)
    told = [json.loads(line) for line in written.splitlines()]
    assert {"/api/health", "unmatched", "/api/local/resolve"} <= {line.get("route") for line in told}
