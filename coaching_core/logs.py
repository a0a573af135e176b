"""Structured logs: one JSON object a line on stderr, with the id of the request that caused it (ledger O3).

Message texts of people and models, keys and names never belong in a log line. So ids of people are digests
(:func:`hashed`), an exception says its class and where, and its words only where we know who wrote them; and whatever
still looks like a secret or an e-mail address is masked.
"""

from __future__ import annotations

import contextvars
import hmac
import json
import logging
import os
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from coaching_core.errors import WorkbenchError
from coaching_core.redaction import Redactor

request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("request_id", default=None)
"""The id of the request being served; set by the API's middleware, read by every log line and PromptRun."""

OUR_LOGGERS = ("coaching_core", "evals", "api", "pages")
"""Packages whose loggers follow LOG_LEVEL."""

_TALKATIVE = (
    *("botocore", "boto3", "urllib3", "httpx", "httpcore", "aiohttp", "LiteLLM", "litellm", "openai", "anthropic"),
    *("opentelemetry", "sqlalchemy", "asyncio", "watchdog", "PIL", "matplotlib", "fsevents"),
)
"""Libraries that write questions, answers, headers or parameters below WARNING."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_SPEAKING = (WorkbenchError, OSError, ImportError, AttributeError, NameError, TypeError, RuntimeError, MemoryError)
"""Errors whose words are written by code; all others may quote what somebody typed."""

_QUOTING = (UnicodeError,)
_MOST_CAUSES = 5
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
_SALT_FILE = "log_salt"
_salt = secrets.token_bytes(32)


class JsonFormatter(logging.Formatter):
    """Formats a record as ``{"ts", "level", "logger", "message", "requestId", …extras}``.

    Args:
        redactor: Masks what should not be in a line.
    """

    def __init__(self, redactor: Redactor | None = None) -> None:
        super().__init__()
        self._redactor = redactor or Redactor()

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; fields passed by ``extra=`` are added under their own names."""
        line: dict[str, Any] = {
            "ts": _moment(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if (current := request_id.get()) is not None:
            line["requestId"] = current
        for name, value in vars(record).items():
            if name not in _STANDARD:
                line[name] = value
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = describe_error(record.exc_info[1])
        text = _encode(line)
        return _encode(self._redactor.value(line)) if self._redactor.is_suspect(text) else text


class JsonHandler(logging.StreamHandler[Any]):
    """Writes lines to a stream; a record that cannot be written says so, and nothing of what was in it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """One line about the trouble, instead of the arguments and the traceback that logging would print."""
        error = sys.exception()
        if isinstance(error, OSError):
            return
        line = {
            "ts": _moment(record.created),
            "level": "ERROR",
            "logger": __name__,
            "message": "a log line could not be written",
            "of": record.name,
            "line": record.lineno,
            "error": type(error).__name__,
        }
        try:
            self.stream.write(json.dumps(line) + self.terminator)
            self.flush()
        except (OSError, ValueError):
            pass


def configure_logging(level: str, secret_values: Iterable[str] = (), salt: bytes | None = None) -> None:
    """Send all logs of this process, warnings and stray exceptions too, to stderr as JSON lines.

    Args:
        level: DEBUG, INFO, WARNING or ERROR, for our own code. Libraries are heard from INFO on, and those that write
            questions, answers or headers from WARNING on.
        secret_values: What is never written, whatever it looks like.
        salt: What the digests of ids are made with; None keeps one that lives as long as this process.
    """
    handler = JsonHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(Redactor(secret_values)))
    root = logging.getLogger()
    root.handlers = [handler]
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(wanted, logging.INFO))
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(wanted)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    if salt is not None:
        use_salt(salt)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable


def take_over(*libraries: str) -> None:
    """Send loggers that libraries gave handlers of their own through ours, from warnings on."""
    known = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in libraries]
    for name in (*libraries, *known):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def use_salt(salt: bytes) -> None:
    """Make digests of ids with this from now on."""
    global _salt  # noqa: PLW0603 - logging is one for the process
    _salt = salt


def installation_salt(home: Path) -> bytes:
    """The salt of this installation, made at the first call; a file in its home that its owner alone can read."""
    file = home / _SALT_FILE
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = file.read_bytes()
        return found if found else _rewrite(file)
    salt = secrets.token_bytes(32)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(salt)
    return salt


def hashed(identifier: str | None) -> str | None:
    """A short digest to stand for an id in a log line: the same for the same id in this installation, and nowhere else.

    A keyed digest (HMAC-SHA256): without the key nobody can try out addresses until one fits.
    """
    return hmac.digest(_salt, identifier.encode(), "sha256").hex()[:16] if identifier else None


def describe_error(error: BaseException) -> str:
    """Where an error was raised, its class, and that of its causes; its words where code wrote them."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(parts) < _MOST_CAUSES:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{_words(current)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n\nwhich came from\n\n".join(parts)


def _words(error: BaseException) -> str:
    kind = type(error).__name__
    if isinstance(error, BaseExceptionGroup):
        inner = "\n".join(f"  | {_words(each)}" for each in error.exceptions[:_MOST_CAUSES])
        return f"{kind} of {len(error.exceptions)}:\n{inner}"
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an error that cannot even be written
        return f"{kind}: (its text cannot be read)"
    if not text:
        return kind
    if isinstance(error, _SPEAKING) and not isinstance(error, _QUOTING):
        return f"{kind}: {text}"
    return f"{kind}: (text of {len(text)} characters withheld)"


def _message(record: logging.LogRecord) -> str:
    """What the line says; of asyncio's reports only the first line, for the rest quotes the error."""
    if record.args and any(isinstance(value, BaseException) for value in _values(record.args)):
        record = logging.makeLogRecord(vars(record) | {"args": _safe(record.args)})
    text = record.getMessage()
    return text.partition("\n")[0] if record.name == "asyncio" else text


def _values(args: Any) -> Iterable[Any]:
    return args.values() if isinstance(args, dict) else args


def _safe(args: Any) -> Any:
    if isinstance(args, dict):
        return {name: _words(each) if isinstance(each, BaseException) else each for name, each in args.items()}
    return tuple(_words(each) if isinstance(each, BaseException) else each for each in args)


def _moment(seconds: float) -> str:
    whole = int(seconds)
    if _second.whole != whole:
        _second.text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second.whole = whole
    return f"{_second.text}.{int((seconds - whole) * 1000):03d}+00:00"


class _Second(threading.local):
    whole = -1
    text = ""


_second = _Second()


def _rewrite(file: Path) -> bytes:
    salt = secrets.token_bytes(32)
    file.write_bytes(salt)
    return salt


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(__name__).critical("the process ends with an error", exc_info=(kind, error, trace))


def _log_thread(stray: threading.ExceptHookArgs) -> None:
    if stray.exc_value is None or isinstance(stray.exc_value, SystemExit):
        return
    where = stray.thread.name if stray.thread else None
    logging.getLogger(__name__).error(
        "a thread ended with an error", exc_info=stray.exc_value, extra={"thread_": where}
    )


def _log_unraisable(stray: Any) -> None:
    logging.getLogger(__name__).error("an error that nobody could be told", exc_info=stray.exc_value)
