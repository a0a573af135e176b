"""Draws a run's events at the shell: one line that renews itself on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import json
import time
from typing import TextIO

from evals.plan import RunPlan
from evals.running.events import Advanced, Ended, Paused, Progress, RunEvent

_TERMINAL_SECONDS = 0.1
_FILE_SECONDS = 2.0


class ProgressLine:
    """Hears a run's events and writes them to a stream.

    Args:
        stream: Usually stderr.
        plan: The run.
        as_json: Write JSON lines instead of words.
    """

    def __init__(self, stream: TextIO, plan: RunPlan, as_json: bool = False) -> None:
        self._stream = stream
        self._as_json = as_json
        self._renewing = stream.isatty() and not as_json
        self._pause = _TERMINAL_SECONDS if self._renewing else _FILE_SECONDS
        self._next = 0.0
        self._simulated = "simulated models, " if plan.simulated else ""
        self._replay = f"replay ({plan.dataset.replay}), " if plan.dataset.replay else ""
        self._write(
            f"Run {plan.run_id}: {len(plan.dataset.items)} items × {len(plan.variants)} variants, "
            f"{self._replay}{self._simulated}{plan.calls} calls.",
            {"event": "started", "run_id": plan.run_id, "calls": plan.calls, "simulated": plan.simulated},
        )

    def hear(self, event: RunEvent) -> None:
        """Draw an event, or leave it out when the last was drawn a moment ago."""
        if isinstance(event, Paused):
            self._write(
                event.reason or "There is room again; the run goes on.", {"event": "paused", "reason": event.reason}
            )
        elif isinstance(event, Ended):
            self._draw(event.progress, last=True)
        elif isinstance(event, Advanced) and time.monotonic() >= self._next:
            self._next = time.monotonic() + self._pause
            self._draw(event.progress)

    def close(self) -> None:
        """Leave the line."""
        if self._renewing:
            self._stream.write("\n")
            self._stream.flush()

    def _draw(self, progress: Progress, last: bool = False) -> None:
        left = None if last else progress.seconds_left()
        failed = progress.failed_answers + progress.unscored
        words = (
            f"{progress.done}/{progress.cells} done, {failed} failed, {progress.calls} calls, "
            f"${progress.cost:.4f}{' or more' if progress.unknown_costs else ''}"
            f"{f', about {left:.0f} s left' if left is not None else ''}"
        )
        document = {
            "event": "progress",
            "done": progress.done,
            "cells": progress.cells,
            "failed": failed,
            "calls": progress.calls,
            "cost_usd": str(progress.cost),
            "unknown_costs": progress.unknown_costs,
            "seconds_left": left,
        }
        self._write(words, document, renew=True)

    def _write(self, words: str, document: dict[str, object], renew: bool = False) -> None:
        if self._as_json:
            self._stream.write(json.dumps(document) + "\n")
        elif renew and self._renewing:
            self._stream.write(f"\r\x1b[2K{words}")
        else:
            self._stream.write(words + "\n")
        self._stream.flush()
