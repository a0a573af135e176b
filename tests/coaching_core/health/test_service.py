"""Alerts from the first bad look to the webhook's answer, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from coaching_core.errors import ConflictError, InvalidInputError, NotFoundError
from coaching_core.health.call_measures import CallMeasures
from coaching_core.health.defaults import DEFAULT_RULES
from coaching_core.health.models import Alert, DeliveryState, EventKind, Measure, Sample, Stage
from coaching_core.health.service import HealthService
from coaching_core.health.sources import Sources
from coaching_core.health.webhook import DELIVERY_HEADER, MOST_ATTEMPTS, SIGNATURE_HEADER, Webhook, is_signed
from coaching_core.llm.types import RunStatus
from coaching_core.storage.database import Database
from coaching_core.telemetry.rolling import RollingTimes
from tests.coaching_core.health.calls import NOW, call, keep

SECRET = "whsec-of-this-test"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Receiver:
    """A receiver that answers as it is told, and keeps what it got."""

    url: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((dict(self.headers), body))
            status, headers = told.answers.pop(0) if told.answers else (204, {})
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook/secret-path"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(database: Database, clock: Clock, webhook: Webhook | None = None, **sources: object) -> HealthService:
    found = Sources(CallMeasures(database, "demo"), database, **sources)  # type: ignore[arg-type]
    return HealthService(database, found, webhook, "http://localhost:8501", clock)


def alert(health: HealthService, rule_id: str, subject: str = "") -> Alert:
    return next(each for each in health.alerts() if (each.rule.id, each.state.subject) == (rule_id, subject))


def fail(database: Database, clock: Clock, number: int, many: int = 40) -> None:
    """Calls of which every second fails, just before now."""
    ago = {"created_at": clock.now - timedelta(seconds=5)}
    failed = {"status": RunStatus.ERROR, "error": "ProviderDownError"}
    keep(database, *(call(number * 1000 + each, **ago, **(failed if each % 2 else {})) for each in range(many)))


def look(health: HealthService, clock: Clock, times: int) -> None:
    for _ in range(times):
        clock.go(15)
        assert health.evaluate()


def test_a_new_installation_has_every_rule_once(database: Database, clock: Clock) -> None:
    make(database, clock)
    health = make(database, clock)
    assert [rule.id for rule in health.rules()] == [rule.id for rule in DEFAULT_RULES]
    assert health.rules() == DEFAULT_RULES
    assert {alert.state.stage for alert in health.alerts()} == {Stage.OK}
    assert all(rule.note for rule in health.rules() if not rule.enabled)


def test_an_alert_from_its_beginning_to_its_end(database: Database, clock: Clock) -> None:
    health, model = make(database, clock), "openai/gpt-4o-mini"
    for number in range(4):
        fail(database, clock, number)
        look(health, clock, 5)
    assert alert(health, "provider-errors", model).state.stage is Stage.PENDING
    for number in range(4, 6):
        fail(database, clock, number)
        look(health, clock, 5)
    state = alert(health, "provider-errors", model).state
    assert (state.stage, state.value) == (Stage.FIRING, 0.5)
    assert "attempts" in state.detail
    looked = health.acknowledge("provider-errors", model, "Ada", "asked them")
    assert looked.stage is Stage.ACKNOWLEDGED
    with pytest.raises(ConflictError):
        health.acknowledge("provider-errors", model, "Ben")
    with pytest.raises(NotFoundError):
        health.acknowledge("provider-errors", "nobody", "Ben")
    look(health, clock, 22)
    assert alert(health, "provider-errors", model).state.stage is Stage.ACKNOWLEDGED  # no calls: no news
    assert alert(health, "provider-errors", model).state.no_data
    for number in range(24):
        ago = {"created_at": clock.now}
        keep(database, *(call(90_000 + 100 * number + each, **ago) for each in range(40)))
        look(health, clock, 1)
    assert alert(health, "provider-errors", model).state.stage is Stage.OK
    events, many = health.history()
    kinds = [event.kind for event in events if event.rule_id == "provider-errors"]
    assert kinds == [EventKind.RESOLVED, EventKind.ACKNOWLEDGED, EventKind.FIRING]
    assert many >= 3


def test_a_subject_that_was_never_raised_is_forgotten_when_it_is_quiet(database: Database, clock: Clock) -> None:
    health = make(database, clock)
    keep(database, *(call(number, 5) for number in range(40)))
    look(health, clock, 1)
    assert alert(health, "provider-errors", "openai/gpt-4o-mini").state.value == 0
    look(health, clock, 30)
    assert alert(health, "provider-errors").state.value is None


def test_ten_timeouts_in_a_row_fire_at_once(database: Database, clock: Clock) -> None:
    health = make(database, clock)
    late = {"status": RunStatus.TIMEOUT, "error": "ModelTimeoutError"}
    keep(database, *(call(number, 30 - number, **late) for number in range(9)))
    look(health, clock, 2)
    assert alert(health, "provider-timeouts", "openai/gpt-4o-mini").state.stage is Stage.OK
    keep(database, call(100, created_at=clock.now, **late))
    look(health, clock, 1)
    assert alert(health, "provider-timeouts", "openai/gpt-4o-mini").state.stage is Stage.FIRING


def test_what_this_process_sees_of_its_store(database: Database, clock: Clock) -> None:
    store = RollingTimes(lambda: clock().timestamp())
    health = make(database, clock, store=store)
    health.change(replace(next(rule for rule in health.rules() if rule.id == "store-slow"), for_seconds=0), "Ada")
    for _ in range(60):
        store.record(0.9)
    look(health, clock, 1)
    assert alert(health, "store-slow").state.stage is Stage.FIRING
    assert alert(health, "store-errors").state.value == 0


def test_limits_are_asked_where_there_are_any(database: Database, clock: Clock) -> None:
    health = make(
        database,
        clock,
        limits=lambda now: [Sample(1.05, 1, "Tenant: $ per month", detail="84 % of $20"), Sample(0.2, 1, "other")],
    )
    look(health, clock, 1)
    assert alert(health, "limit-threshold", "Tenant: $ per month").state.stage is Stage.FIRING
    assert alert(health, "limit-threshold", "other").state.stage is Stage.OK


def test_a_measure_that_breaks_silences_no_other(database: Database, clock: Clock) -> None:
    def broken(now: datetime) -> list[Sample]:
        raise ZeroDivisionError

    health = make(database, clock, limits=broken)
    keep(database, *(call(number, 5) for number in range(40)))
    look(health, clock, 1)
    assert alert(health, "limit-threshold").state.no_data == "It could not be measured (ZeroDivisionError)."
    assert alert(health, "chat-turn-slow").state.value == pytest.approx(1.0)


def test_probes_make_the_availability(database: Database, clock: Clock) -> None:
    health = make(database, clock)
    for number in range(40):
        health.note_probe(ok=number > 0, latency_ms=3.0)
        clock.go(15)
    look(health, clock, 6)
    found = alert(health, "availability").state
    assert (found.value, found.stage) == (pytest.approx(39 / 40), Stage.FIRING)
    clock.go(9 * 86_400)
    health.tidy()
    look(health, clock, 1)
    assert alert(health, "availability").state.no_data


def test_a_changed_rule_holds_from_the_next_look(database: Database, clock: Clock) -> None:
    health = make(database, clock)
    slow = next(rule for rule in health.rules() if rule.measure is Measure.CHAT_TURN_P95)
    with pytest.raises(InvalidInputError):
        health.change(replace(slow, window_seconds=1), "Ada")
    with pytest.raises(NotFoundError):
        health.change(replace(slow, id="none"), "Ada")
    health.change(replace(slow, threshold=0.5, clear_threshold=0.4, for_seconds=0), "Ada")
    keep(database, *(call(number, 5) for number in range(40)))
    look(health, clock, 1)
    assert alert(health, "chat-turn-slow").state.stage is Stage.FIRING
    health.change(replace(slow, enabled=False), "Ada")
    assert alert(health, "chat-turn-slow").state.stage is Stage.OK
    events, _ = health.history()
    assert [(event.kind, event.by) for event in events[:2]] == [
        (EventKind.CHANGED, "Ada"),
        (EventKind.RESOLVED, "Ada"),
    ]
    with pytest.raises(InvalidInputError):
        health.history(limit=0)


def fire(database: Database, clock: Clock, webhook: Webhook) -> HealthService:
    health = make(database, clock, webhook)
    slow = next(rule for rule in health.rules() if rule.measure is Measure.CHAT_TURN_P95)
    health.change(replace(slow, threshold=0.5, clear_threshold=0.4, for_seconds=0), "Ada")
    keep(database, *(call(number, 5) for number in range(40)))
    look(health, clock, 1)
    return health


def test_the_webhook_is_told_signed_and_once(database: Database, clock: Clock, receiver: Receiver) -> None:
    health = fire(database, clock, Webhook(receiver.url, SECRET))
    assert health.deliver() == 1
    assert health.deliver() == 0
    ((headers, body),) = receiver.got
    document = json.loads(body)
    assert document["type"] == "alert.firing"
    assert document["rule"]["id"] == "chat-turn-slow"
    assert document["rule"]["threshold"] == 0.5
    assert document["value"] == pytest.approx(1.0)
    assert document["id"] == headers[DELIVERY_HEADER]
    signed = headers[SIGNATURE_HEADER]
    assert is_signed(SECRET, signed, body, clock.now.timestamp())
    assert not is_signed(SECRET, signed, body + b" ", clock.now.timestamp())
    assert not is_signed("another", signed, body, clock.now.timestamp())
    assert not is_signed(SECRET, signed, body, clock.now.timestamp() + 301)
    assert not is_signed(SECRET, "nonsense", body, clock.now.timestamp())
    (delivery,) = health.deliveries()
    assert delivery.state is DeliveryState.DELIVERED
    assert "secret-path" not in delivery.answer


def test_a_restart_loses_no_message_and_a_failing_one_is_tried_again(
    database: Database, clock: Clock, receiver: Receiver
) -> None:
    fire(database, clock, Webhook(receiver.url)).close()
    again = make(database, clock, Webhook(receiver.url))
    receiver.answers = [(503, {"Retry-After": "120"}), (302, {"Location": receiver.url})]
    assert again.deliver() == 0
    clock.go(119)
    assert again.deliver() == 0
    assert len(receiver.got) == 1
    clock.go(2)
    assert again.deliver() == 0
    assert len(receiver.got) == 2  # the redirect was not followed
    assert "redirects are not followed" in again.deliveries()[0].answer
    clock.go(3_601)
    assert again.deliver() == 1
    assert len({headers[DELIVERY_HEADER] for headers, _ in receiver.got}) == 1
    assert SIGNATURE_HEADER not in receiver.got[0][0]


def test_a_receiver_that_is_gone_is_given_up_at_last(database: Database, clock: Clock) -> None:
    health = fire(database, clock, Webhook("http://127.0.0.1:9/hook", seconds=2))
    for _ in range(MOST_ATTEMPTS):
        assert health.deliveries()[0].state is DeliveryState.WAITING
        assert health.deliver() == 0
        clock.go(3_601)
    (delivery,) = health.deliveries()
    assert (delivery.state, delivery.attempts) == (DeliveryState.GIVEN_UP, MOST_ATTEMPTS)
    assert "cannot be reached" in delivery.answer
    health.tidy()
    assert health.deliveries()
    clock.go(9 * 86_400)
    health.tidy()
    assert not health.deliveries()


def test_a_test_message_says_how_it_ended(database: Database, clock: Clock, receiver: Receiver) -> None:
    with pytest.raises(InvalidInputError, match="ALERT_WEBHOOK_URL"):
        make(database, clock).test_webhook("Ada")
    told = make(database, clock, Webhook(receiver.url)).test_webhook("Ada")
    assert told.state is DeliveryState.DELIVERED
    assert json.loads(receiver.got[0][1])["type"] == "alert.test"


@pytest.mark.parametrize(
    "url", ["", "ftp://x/y", "file:///etc/passwd", "https://", "http://a b/", "x", "http://h:99999/"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match="ALERT_WEBHOOK_URL"):
        Webhook(url)


def test_on_a_shared_store_one_process_looks_until_it_is_gone(database: Database, clock: Clock) -> None:
    if database.kind != "postgresql":
        pytest.skip("a DuckDB file has one process")
    one, two = make(database, clock), make(database, clock)
    assert one.evaluate()
    assert not two.evaluate()
    clock.go(61)
    assert two.evaluate()
    assert not one.evaluate()
    two.close()
    assert one.evaluate()
