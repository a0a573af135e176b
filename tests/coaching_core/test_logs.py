"""Log lines: always JSON, with the request's id, and with nothing that somebody typed."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coaching_core import logs
from coaching_core.errors import InvalidInputError
from coaching_core.logs import JsonFormatter, configure_logging, describe_error, hashed, installation_salt, use_salt
from tests.log_lines import Lines, recorded_logs

SAID = "I am afraid of Monday"
KEY = "sk-canary-7731-abcdef"
MAIL = "canary@example.com"


@pytest.fixture
def lines() -> Iterator[Lines]:
    with recorded_logs([KEY, "own secret"]) as found:
        yield found


def test_a_line_has_the_fields_of_every_line_and_its_own(lines: Lines) -> None:
    token = logs.request_id.set("req-1")
    logging.getLogger("api").info("request", extra={"route": "/health", "status": 200, "latencyMs": 1.5})
    logs.request_id.reset(token)
    line = lines.only
    assert line["ts"].endswith("+00:00")
    assert "T" in line["ts"]
    del line["ts"]
    assert line == {
        "level": "INFO",
        "logger": "api",
        "message": "request",
        "requestId": "req-1",
        "route": "/health",
        "status": 200,
        "latencyMs": 1.5,
    }


def test_secrets_and_addresses_are_masked_wherever_they_stand(lines: Lines) -> None:
    logging.getLogger("evals").warning(
        "%s asked with %s and own secret", MAIL, KEY, extra={"deep": [{"who": MAIL, "api_key": "abc"}], MAIL: 1}
    )
    written = lines.getvalue()
    assert not any(canary in written for canary in (MAIL, KEY, "own secret", "abc"))
    assert lines.only["message"] == "[e-mail] asked with [secret] and [secret]"


def test_an_error_says_where_and_what_kind_but_quotes_nobody(lines: Lines) -> None:
    try:
        int(SAID)
    except ValueError:
        logging.getLogger("api").exception("it failed")
    told = lines.only["exception"]
    assert "test_logs.py" in told
    assert "ValueError: (text of" in told
    assert SAID not in lines.getvalue()


def test_words_that_code_wrote_are_told(lines: Lines) -> None:
    try:
        try:
            raise InvalidInputError("PORT must be a number.")
        except InvalidInputError as error:
            raise RuntimeError(f"no start for {MAIL}") from error
    except RuntimeError:
        logging.getLogger("api").exception("it failed")
    told = lines.only["exception"]
    assert "InvalidInputError: PORT must be a number." in told
    assert "RuntimeError: no start for [e-mail]" in told


def test_groups_and_circles_of_errors_end() -> None:
    group = ExceptionGroup("many", [ValueError(SAID), RuntimeError("boom")])
    told = describe_error(group)
    assert "ValueError" in told
    assert "RuntimeError: boom" in told
    assert SAID not in told
    one, two = ValueError("1"), ValueError("2")
    one.__cause__, two.__cause__ = two, one
    assert describe_error(one).count("Traceback") == 2


def test_an_error_given_as_an_argument_quotes_nobody_either(lines: Lines) -> None:
    logging.getLogger("some.library").warning("retrying after %s", ValueError(SAID))
    assert "ValueError" in lines.only["message"]
    assert SAID not in lines.getvalue()


def test_a_line_that_cannot_be_written_says_so_without_its_arguments(lines: Lines) -> None:
    record = logging.makeLogRecord({"name": "api", "msg": "%d calls by %s", "args": (MAIL, SAID), "levelname": "INFO"})
    logging.getLogger().handlers[0].handle(record)
    assert lines.only["message"] == "a log line could not be written"
    assert MAIL not in lines.getvalue()
    assert SAID not in lines.getvalue()


def test_stray_errors_and_warnings_become_lines(lines: Lines) -> None:
    def fail() -> None:
        raise KeyError(SAID)

    thread = threading.Thread(target=fail, name="stray")
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(f"ask {MAIL}", UserWarning, stacklevel=1)
    sys.excepthook(ValueError, ValueError(SAID), None)
    texts = lines.getvalue()
    assert [line["level"] for line in lines.all()] == ["ERROR", "WARNING", "CRITICAL"]
    assert SAID not in texts
    assert MAIL not in texts


def test_a_task_that_nobody_awaited_is_told_without_its_error(lines: Lines) -> None:
    async def fail() -> None:
        raise ValueError(SAID)

    async def main() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    asyncio.run(main())
    assert lines.only["logger"] == "asyncio"
    assert SAID not in lines.getvalue()


def test_debug_is_for_our_own_code(lines: Lines) -> None:
    configure_logging("DEBUG")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(lines)
    for name in ("coaching_core.llm", "botocore.auth", "httpcore.http11", "LiteLLM", "sqlalchemy.engine.Engine"):
        logging.getLogger(name).debug(SAID)
    logging.getLogger("httpx").info("HTTP Request: GET %s", SAID)
    assert [line["logger"] for line in lines.all()] == ["coaching_core.llm"]


def test_ids_are_digests_that_only_this_installation_can_make(tmp_path: Path) -> None:
    use_salt(installation_salt(tmp_path / "one"))
    first = hashed(MAIL)
    use_salt(installation_salt(tmp_path / "two"))
    second = hashed(MAIL)
    use_salt(installation_salt(tmp_path / "one"))
    assert first == hashed(MAIL) != second
    assert first is not None
    assert len(first) == 16
    assert hashed(None) is None
    assert hashed("") is None
    assert stat.S_IMODE((tmp_path / "one" / "log_salt").stat().st_mode) == 0o600


def test_an_empty_salt_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "log_salt").touch()
    salt = installation_salt(tmp_path)
    assert len(salt) == 32
    assert installation_salt(tmp_path) == salt


@given(some.text(), some.dictionaries(some.text(min_size=1), some.text() | some.integers() | some.none(), max_size=3))
def test_every_line_is_one_line_of_json(message: str, extra: dict[str, object]) -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": (message,), "levelname": "INFO", "name": "x", "deep": extra})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert set(json.loads(line)) == {"ts", "level", "logger", "message", "deep"}


def test_a_pid_is_no_secret(lines: Lines) -> None:
    logging.getLogger("api").info("started", extra={"pid": os.getpid()})
    assert lines.only["pid"] == os.getpid()
