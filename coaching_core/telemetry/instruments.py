"""Everything that listens, put together: log lines, metrics, traces, and the times of this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from pydantic import SecretStr

from coaching_core.llm.equipment import CallListener
from coaching_core.settings import Settings
from coaching_core.telemetry.call_log import log_call
from coaching_core.telemetry.metrics import Metrics
from coaching_core.telemetry.rolling import RollingTimes
from coaching_core.telemetry.tracing import CallTracer, build_tracer

_SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "OTEL_EXPORTER_OTLP_HEADERS",
)


@dataclass(slots=True)
class Instruments:
    """What watches this process.

    Attributes:
        store: Times of reads and transactions.
        retrieval: Times of prompts read for use.
        tracer: None where no collector is configured.
    """

    metrics: Metrics = field(default_factory=Metrics)
    store: RollingTimes = field(default_factory=RollingTimes)
    retrieval: RollingTimes = field(default_factory=RollingTimes)
    tracer: CallTracer | None = None

    @property
    def listeners(self) -> tuple[CallListener, ...]:
        """What hears of every record of a call."""
        traced = () if self.tracer is None else (self.tracer.on_call,)
        return (log_call, self.metrics.on_call, *traced)

    def store_used(self, seconds: float, ok: bool) -> None:
        """Hear of a read or a transaction."""
        self.store.record(seconds, ok)
        self.metrics.on_store(seconds, ok)

    def prompt_read(self, topic: str, seconds: float, ok: bool) -> None:
        """Hear of a prompt that was read for use."""
        self.retrieval.record(seconds, ok)
        self.metrics.on_retrieval(topic, seconds, ok)

    def close(self) -> None:
        """Send what is left."""
        if self.tracer is not None:
            self.tracer.close()


def build_instruments(settings: Settings) -> Instruments:
    """The instruments of this installation."""
    return Instruments(tracer=build_tracer(settings.otel_exporter_otlp_endpoint))


def secret_values(settings: Settings) -> Iterator[str]:
    """Every secret that this process knows, to be masked wherever it turns up."""
    fields = (getattr(settings, name) for name in type(settings).model_fields)
    for value in (*fields, *settings.secret_keys.values()):
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
    if settings.database_url is not None:
        yield from _password(settings.database_url)
    for name, text in os.environ.items():
        if name.endswith("_API_KEY") or name in _SECRET_VARIABLES:
            yield text


def _password(url: str) -> Iterator[str]:
    try:
        password = sa.make_url(url).password
    except sa.exc.ArgumentError:
        return
    if password is not None:
        yield str(password)
