"""What is drawn at the shell while a run works."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from types import SimpleNamespace

import pytest

import evals.running.events
import evals.running.progress_line
from coaching_core.settings import Settings
from evals.running.events import Advanced, Ended, Paused, Progress
from evals.running.folder import RunState
from evals.running.progress_line import ProgressLine
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
        cells=10,
        answers=5,
        verdicts=4,
        done=5,
        failed_answers=1,
        unscored=2,
        calls=9,
        cost=Decimal("1.5"),
        unknown_costs=1,
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
    monkeypatch.setattr(evals.running.events, "time", SimpleNamespace(monotonic=lambda: 130.0))
    assert Progress(cells=10, done=6, done_before=4, begun=100.0).seconds_left() == 60
    assert Progress(cells=10, done=4, done_before=4, begun=100.0).seconds_left() is None


@pytest.mark.parametrize(("done_before", "done", "left"), [(0, 1, 270), (0, 10, 0), (0, 2, 120), (5, 6, 120)])
def test_the_time_left_goes_by_the_speed_so_far(
    done_before: int, done: int, left: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evals.running.events, "time", SimpleNamespace(monotonic=lambda: 130.0))
    now = Progress(cells=10, done=done, done_before=done_before, begun=100.0)
    assert now.seconds_left() == left


def test_a_run_without_failures_and_unknown_costs_in_words(settings: Settings) -> None:
    stream = io.StringIO()
    plan = make_plan(settings, limit=5)
    line = ProgressLine(stream, plan)
    line.hear(
        Ended(
            RunState.FINISHED, "", Progress(cells=10, answers=10, verdicts=10, done=10, calls=20, cost=Decimal("0.5"))
        )
    )
    line.close()
    first, last = stream.getvalue().splitlines()
    assert first == f"Run {plan.run_id}: 5 items × 2 variants, simulated models, 20 calls."
    assert last == "10/10 done, 0 failed, 20 calls, $0.5000"


def test_a_real_run_is_not_called_simulated(settings: Settings) -> None:
    stream = io.StringIO()
    plan = make_plan(settings, limit=5).model_copy(update={"simulated": False})
    ProgressLine(stream, plan)
    assert stream.getvalue() == f"Run {plan.run_id}: 5 items × 2 variants, 20 calls.\n"


def test_the_time_left_is_told_while_there_is_some(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evals.running.events, "time", SimpleNamespace(monotonic=lambda: 130.0))
    stream = io.StringIO()
    line = ProgressLine(stream, make_plan(settings, limit=5))
    line.hear(Advanced(Progress(cells=10, done=4, begun=100.0)))
    assert stream.getvalue().splitlines()[-1] == "4/10 done, 0 failed, 0 calls, $0.0000, about 45 s left"


def test_json_lines_word_by_word(settings: Settings) -> None:
    stream = io.StringIO()
    plan = make_plan(settings, limit=5)
    line = ProgressLine(stream, plan, as_json=True)
    line.hear(Ended(RunState.FINISHED, "", progress()))
    line.close()
    assert [json.loads(text) for text in stream.getvalue().splitlines()] == [
        {"event": "started", "run_id": plan.run_id, "calls": 20, "simulated": True},
        {
            "event": "progress",
            "done": 5,
            "cells": 10,
            "failed": 3,
            "calls": 9,
            "cost_usd": "1.5",
            "unknown_costs": 1,
            "seconds_left": None,
        },
    ]


@pytest.mark.parametrize(("kind", "seconds"), [(Terminal, 0.1), (io.StringIO, 2.0)])
def test_it_is_drawn_now_and_then_and_always_at_the_end(
    settings: Settings, kind: type[io.StringIO], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(evals.running.progress_line, "time", SimpleNamespace(monotonic=lambda: now[0]))
    stream = kind()
    line = ProgressLine(stream, make_plan(settings, limit=5))

    def drawn_so_far() -> int:
        return stream.getvalue().count("/10 done")

    line.hear(Advanced(progress()))
    assert drawn_so_far() == 1
    now[0] += seconds * 0.9
    line.hear(Advanced(progress()))
    assert drawn_so_far() == 1
    now[0] += seconds * 0.2
    line.hear(Advanced(progress()))
    line.hear(Advanced(progress()))
    assert drawn_so_far() == 2
    line.hear(Ended(RunState.FINISHED, "", progress()))
    assert drawn_so_far() == 3


def test_a_terminal_line_is_wiped_before_it_is_drawn_anew(settings: Settings) -> None:
    stream = Terminal()
    line = ProgressLine(stream, make_plan(settings, limit=5))
    line.hear(Ended(RunState.FINISHED, "", progress()))
    assert stream.getvalue().splitlines()[0].endswith("20 calls.")
    assert stream.getvalue().endswith("\n\r\x1b[2K5/10 done, 3 failed, 9 calls, $1.5000 or more")
    line.close()
    assert stream.getvalue().endswith("or more\n")


def test_a_file_ends_with_its_last_line(settings: Settings) -> None:
    assert drawn(settings, io.StringIO(), progress()).endswith("or more\n")
    assert not drawn(settings, io.StringIO(), progress()).endswith("\n\n")


class Piped(io.StringIO):
    """What its reader has by now."""

    seen = ""

    def flush(self) -> None:
        self.seen = self.getvalue()


def test_every_line_leaves_at_once(settings: Settings) -> None:
    class PipedTerminal(Piped, Terminal):
        pass

    for stream in (Piped(), PipedTerminal()):
        line = ProgressLine(stream, make_plan(settings, limit=5))
        assert stream.seen == stream.getvalue() != ""
        for event in (Advanced(progress()), Paused("Full."), Ended(RunState.FINISHED, "", progress())):
            before = stream.seen
            line.hear(event)
            assert stream.seen == stream.getvalue() != before
        line.close()
        assert stream.seen == stream.getvalue()
