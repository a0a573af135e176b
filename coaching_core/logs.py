"""Structured logs: one JSON object a line on stderr, with the id of the request that caused it.

Message texts of people and models, keys and names never belong in a log line; ids of people are hashed by
:func:`hashed`.
"""

from __future__ import annotations

import contextvars
import hashlib
import json
import logging
import sys
from datetime import UTC, datetime

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
"""The id of the request being served; set by the API's middleware, read by every log line and PromptRun."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as ``{"ts", "level", "logger", "message", "requestId", …extras}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; fields passed by ``extra=`` are added under their own names."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := request_id.get()) is not None:
            line["requestId"] = current
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: str) -> None:
    """Send all logs of this process to stderr as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def take_over(*libraries: str) -> None:
    """Send loggers that libraries gave handlers of their own through ours, from warnings on."""
    known = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in libraries]
    for name in (*libraries, *known):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def hashed(identifier: str | None) -> str | None:
    """A short stable digest to stand for a person's id in a log line."""
    return hashlib.sha256(identifier.encode()).hexdigest()[:12] if identifier else None
