"""A simulated model answers today as it did in the last release.

Runs that were recorded stay comparable with new ones only as long as this holds. Whoever changes the answers on
purpose writes the new ones into ``answers.json`` and says so in the changelog.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose

RECORDS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record['model']}-{record['seed']}")
def test_the_answer_is_the_recorded_one(record: dict[str, Any]) -> None:
    messages = tuple(Message(role, content) for role, content in record["messages"])
    request = CompletionRequest(record["model"], messages, CallContext("t", Purpose.EVALUATION), seed=record["seed"])

    assert asyncio.run(SimulatedProvider(0).complete(request)).text == record["answer"]
