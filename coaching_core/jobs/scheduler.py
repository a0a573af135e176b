"""Small jobs that a process repeats while it lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Scheduler:
    """Repeats jobs, each in a thread of its own, so that a slow one does not hold up another."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def every(self, seconds: float, name: str, job: Callable[[], object]) -> None:
        """Run a job now and then again, ``seconds`` after it ended. A failure is logged and the job goes on."""
        thread = threading.Thread(target=self._repeat, args=(seconds, name, job), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def later(self, seconds: float, name: str, job: Callable[[], object]) -> None:
        """Run a job once, unless the process ends before. A failure is logged."""

        def wait_and_run() -> None:
            if not self._stop.wait(seconds):
                self._run(name, job)

        thread = threading.Thread(target=wait_and_run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        """Let jobs under way end, start none again."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def _repeat(self, seconds: float, name: str, job: Callable[[], object]) -> None:
        while not self._stop.is_set():
            self._run(name, job)
            self._stop.wait(seconds)

    @staticmethod
    def _run(name: str, job: Callable[[], object]) -> None:
        try:
            job()
        except Exception:  # noqa: BLE001 - logged whole; a job that fails once goes on
            _log.exception("job failed", extra={"job": name})
