"""The simulated judge: reads an answer with plain features of its text and gives a verdict as JSON."""

from __future__ import annotations

import json
import math

from coaching_core.llm.providers.simulated.draws import Draws, key_of
from coaching_core.llm.providers.simulated.marks import Mark, feature_for
from coaching_core.llm.providers.simulated.models import SimulatedModel
from coaching_core.llm.providers.simulated.payload import Criterion, JudgeTask
from coaching_core.llm.providers.simulated.reading import Answer, read_answer

_LOW, _HIGH = 1.0, 10.0


def _noise(model: SimulatedModel, seed: int, answer: Answer, criterion: Criterion) -> int:
    drawn = Draws(key_of(seed, model.name, answer.content, criterion.id)).uniform("noise")
    return -1 if drawn < 0.2 else 1 if drawn >= 0.8 else 0


def _on_scale(mark: float, task: JudgeTask) -> int:
    """A mark of 1 to 10 on the rubric's scale, rounded half up."""
    share = (min(max(mark, _LOW), _HIGH) - _LOW) / (_HIGH - _LOW)
    low, high = min(task.lowest, task.highest), max(task.lowest, task.highest)
    return min(high, max(low, math.floor(low + share * (high - low) + 0.5)))


def _verdict(
    model: SimulatedModel, task: JudgeTask, answer: Answer, criterion: Criterion, seed: int
) -> dict[str, object]:
    feature = feature_for(criterion)
    if feature is None:
        return {"id": criterion.id, "score": None, "reason": "The simulated judge has no way to read this criterion."}
    if not answer.raw.strip():
        return {"id": criterion.id, "score": task.lowest, "reason": "The answer is empty."}
    if not answer.content:
        mark = Mark(_LOW, "Nothing is said to the person.")
    else:
        mark = feature(answer, task)
        noisy = mark.score + _noise(model, seed, answer, criterion)
        mark = Mark(noisy, mark.reason)
    reason = mark.reason
    if answer.aimed:
        reason += f" “{' '.join(answer.aimed.split()[:10])}” is aimed at the judge and was not counted."
    return {"id": criterion.id, "score": _on_scale(mark.score - model.strictness, task), "reason": reason}


def judge(model: SimulatedModel, task: JudgeTask | None, seed: int) -> str:
    """The verdict on ``task`` as a JSON object with one entry for each criterion."""
    if task is None:
        return json.dumps({"criteria": [], "reason": "There was no document to judge in the request."})
    answer = read_answer(task.answer)
    verdicts = [_verdict(model, task, answer, criterion, seed) for criterion in task.criteria]
    return json.dumps({"criteria": verdicts}, ensure_ascii=False)
