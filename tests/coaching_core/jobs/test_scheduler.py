"""Jobs: repeated, alone with their troubles, ended with the process."""

from __future__ import annotations

import threading

import pytest

from coaching_core.jobs.scheduler import Scheduler


def test_a_job_that_fails_is_logged_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    third, calls = threading.Event(), []

    def job() -> None:
        calls.append(1)
        if len(calls) == 3:
            third.set()
        raise RuntimeError("The folder is gone.")

    scheduler = Scheduler()
    scheduler.every(0, "take-in-runs", job)
    assert third.wait(30)
    scheduler.close()
    assert "job failed" in caplog.text
    assert getattr(caplog.records[0], "job", None) == "take-in-runs"


def test_a_slow_job_holds_up_no_other() -> None:
    quick, release = threading.Event(), threading.Event()
    scheduler = Scheduler()
    scheduler.every(0, "slow", lambda: release.wait(30) and None)
    scheduler.every(3600, "quick", quick.set)
    assert quick.wait(30)
    release.set()
    scheduler.close()


def test_closing_waits_for_the_job_under_way_and_starts_none_again() -> None:
    begun, ended, calls = threading.Event(), threading.Event(), []

    def job() -> None:
        calls.append(1)
        begun.set()
        ended.wait(30)

    scheduler = Scheduler()
    scheduler.every(3600, "job", job)
    assert begun.wait(30)
    closing = threading.Thread(target=scheduler.close)
    closing.start()
    assert closing.is_alive()
    ended.set()
    closing.join(30)
    assert not closing.is_alive()
    assert not any(thread.name == "job" for thread in threading.enumerate())
    assert calls == [1]


def test_closing_drops_a_job_that_was_put_off() -> None:
    calls: list[int] = []
    scheduler = Scheduler()
    scheduler.later(3600, "later", lambda: calls.append(1))
    scheduler.close()
    assert not any(thread.name == "later" for thread in threading.enumerate())
    assert calls == []
