"""What is drawn at the shell while a run works."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from types import SimpleNamespace

import pytest

import evals.events
from coaching_core.settings import Settings
from evals.events import Advanced, Ended, Paused, Progress
from evals.progress_line import ProgressLine
from evals.run_folder import RunState
from tests.evals.making import make_plan


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(settings: Settings, stream: io.StringIO, progress: Progress, as_json: bool = False) -> str:
    line = ProgressLine(stream, make_plan(settings, limit=5), as_json)
    for _ in range(100):
        line.hear(Advanced(progress))
    line.hear(Paused("The disk is full."))
    line.hear(Paused(None))
    line.hear(Ended(RunState.FINISHED, "", progress))
    line.close()
    return stream.getvalue()


def progress() -> Progress:
    return Progress(
        cells=10, answers=5, verdicts=4, failed_answers=1, unscored=2, calls=9, cost=Decimal("1.5"), unknown_costs=1
    )


def test_a_terminal_gets_one_line_that_renews_itself(settings: Settings) -> None:
    text = drawn(settings, Terminal(), progress())
    assert "simulated models" in text
    assert text.count("\r") >= 2
    assert "5/10 done, 3 failed, 9 calls, $1.5000 or more" in text
    assert text.endswith("\n")


def test_a_file_gets_few_plain_lines(settings: Settings) -> None:
    text = drawn(settings, io.StringIO(), progress())
    assert "\r" not in text
    assert "\x1b" not in text
    assert text.count("5/10 done") == 2
    assert "The disk is full." in text
    assert "goes on" in text


def test_json_lines_even_on_a_terminal(settings: Settings) -> None:
    events = [json.loads(line) for line in drawn(settings, Terminal(), progress(), as_json=True).splitlines()]
    assert [event["event"] for event in events] == ["started", "progress", "paused", "paused", "progress"]
    assert events[1]["cost_usd"] == "1.5"
    assert events[1]["unknown_costs"] == 1
    assert [event["reason"] for event in events[2:4]] == ["The disk is full.", None]


def test_the_time_left_is_estimated_from_this_sitting_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evals.events, "time", SimpleNamespace(monotonic=lambda: 130.0))
    assert Progress(cells=10, verdicts=6, done_before=4, begun=100.0).seconds_left() == 60
    assert Progress(cells=10, verdicts=4, done_before=4, begun=100.0).seconds_left() is None
