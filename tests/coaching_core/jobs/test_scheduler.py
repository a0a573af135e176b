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


def test_a_job_that_was_put_off_runs_once_under_its_name() -> None:
    ran, names = threading.Event(), []

    def job() -> None:
        names.append(threading.current_thread().name)
        ran.set()

    scheduler = Scheduler()
    scheduler.later(0, "warm-up", job)
    assert ran.wait(30)
    scheduler.close()
    assert names == ["warm-up"]


def test_a_job_that_was_put_off_and_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    ran = threading.Event()

    def job() -> None:
        ran.set()
        raise RuntimeError("No room.")

    scheduler = Scheduler()
    scheduler.later(0, "warm-up", job)
    assert ran.wait(30)
    scheduler.close()
    (record,) = [one for one in caplog.records if one.message == "job failed"]
    assert getattr(record, "job", None) == "warm-up"
    assert record.exc_info is not None


def test_a_job_waits_its_time_before_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    twice, waits, calls = threading.Event(), [], []
    scheduler = Scheduler()
    wait = scheduler._stop.wait

    def watched(seconds: float | None = None) -> bool:
        waits.append(seconds)
        return wait(0)

    monkeypatch.setattr(scheduler._stop, "wait", watched)

    def job() -> None:
        calls.append(len(waits))
        if len(calls) == 3:
            twice.set()
            scheduler._stop.set()

    scheduler.every(1234, "job", job)
    assert twice.wait(30)
    scheduler.close()
    assert calls == [0, 1, 2]
    assert waits == [1234, 1234, 1234]


def test_jobs_do_not_keep_the_process_alive() -> None:
    begun, release, daemons = threading.Event(), threading.Event(), []

    def job() -> None:
        daemons.append(threading.current_thread().daemon)
        begun.set()
        release.wait(30)

    scheduler = Scheduler()
    scheduler.every(3600, "job", job)
    assert begun.wait(30)
    scheduler.later(0, "later", lambda: daemons.append(threading.current_thread().daemon))
    release.set()
    scheduler.close()
    assert set(daemons) == {True}
