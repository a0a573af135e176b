"""What a caller hears when a limit refuses its call: which one, when it resets, and when to come back."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from api.errors import add_error_handlers
from coaching_core.errors import (
    LimitReachedError,
    ModelCallError,
    ProviderDownError,
    ProviderPausedError,
    RateLimitedError,
    UnknownPriceError,
    WorkbenchError,
)
from coaching_core.llm.limit_book import Counter, LimitBook
from coaching_core.llm.limits import Metric, Period
from tests.api.asking import ask
from tests.coaching_core.llm.holding import NOON, attempt, limit


def answer_to(error: WorkbenchError) -> tuple[int, dict[str, object], str | None]:
    """Status, body and Retry-After of a route that raises this error."""
    api = FastAPI()
    add_error_handlers(api)

    @api.get("/")
    def fail() -> None:
        raise error

    answer = ask(api, "/")
    return answer.status_code, answer.json()["error"], answer.headers.get("retry-after")


def refused_by(**changes: object) -> LimitReachedError:
    book = LimitBook([limit(**changes)], lambda _limit, _key: Counter())
    for number in range(1_000):
        try:
            book.admit(attempt(f"run{number}", streaming=True), NOON)
        except LimitReachedError as error:
            return error
    pytest.fail("nothing was refused")


def test_a_refusal_names_the_limit_and_its_reset() -> None:
    error = refused_by(id="01HLIMIT", name="Acme a day")
    status, body, retry_after = answer_to(error)
    assert status == 429
    assert body == {
        "type": "LimitReachedError",
        "message": str(error),
        "limit": {"id": "01HLIMIT", "name": "Acme a day"},
        "resetsAt": "2026-11-21T00:00:00+00:00",
        "retryAfterSeconds": 12 * 60 * 60,
    }
    assert retry_after == str(12 * 60 * 60)


def test_streams_at_once_reset_at_no_moment() -> None:
    status, body, retry_after = answer_to(refused_by(metric=Metric.STREAMS, period=Period.AT_ONCE, cap=4))
    assert (status, body["resetsAt"], body["retryAfterSeconds"], retry_after) == (429, None, 1, "1")


@pytest.mark.parametrize(("seconds", "header"), [(0.0, "1"), (0.2, "1"), (11.0, "11"), (11.01, "12")])
def test_seconds_are_whole_and_rounded_up(seconds: float, header: str) -> None:
    for error in (LimitReachedError("no", "id", seconds, None), ProviderPausedError("paused", seconds)):
        _, body, retry_after = answer_to(error)
        assert (body["retryAfterSeconds"], retry_after) == (int(header), header)


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (UnknownPriceError("no price"), 422, None),
        (ProviderPausedError("paused", 8.5), 503, "9"),
        (RateLimitedError("slow down", retry_after=12), 429, "12"),
        (RateLimitedError("slow down"), 429, None),
        (ProviderDownError("down"), 502, None),
        (ModelCallError("odd"), 502, None),
    ],
)
def test_other_errors_say_whether_waiting_helps(error: WorkbenchError, status: int, retry_after: str | None) -> None:
    found, body, header = answer_to(error)
    assert (found, body["type"], header) == (status, type(error).__name__, retry_after)
    assert "limit" not in body
