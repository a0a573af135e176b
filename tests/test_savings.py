"""The benchmark of what saving saves, shortened: its books agree, and it says so when they do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from benchmarks.savings import MODELS, TARGET_PERCENT, measure
from benchmarks.savings_replay import Replay
from benchmarks.savings_workload import conversations
from tests.conftest import PROJECT
from tests.wire import MeteredCall
from tests.wire.client import WireServer

LARGE = "openai/gpt-5.1"


def test_every_means_is_measured_for_every_provider() -> None:
    rows = list(measure(8))
    assert len(rows) == 4 * len(MODELS)
    for row in rows:
        assert row.measured is not None
        assert row.measured >= TARGET_PERCENT, row.what
        assert row.note.startswith("$"), row.what


def test_a_replay_asks_the_same_every_time() -> None:
    first, second = (conversations(PROJECT / "datasets", 50) for _ in range(2))
    assert first == second
    assert {len(one.said) for one in first} == set(range(6, 13))
    assert len({one.item.id for one in first}) == 50


def test_a_bill_that_is_not_in_the_records_is_an_error(tmp_path: Path) -> None:
    class Padded(WireServer):
        def meter(self) -> list[MeteredCall]:
            first, *others = super().meter()
            return [dataclasses.replace(first, output_tokens=first.output_tokens + 1), *others]

    with Padded() as server:
        replay = Replay(server, tmp_path, conversations(PROJECT / "datasets", 2))
        replay.chat(LARGE, cached=False)
        with pytest.raises(RuntimeError, match="metered"):
            replay.end()
