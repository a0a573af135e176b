"""The demo that everybody sees is the same in every release: its figures, one table for each side.

Guides and pictures show these numbers. Whoever changes the demo on purpose writes the new ones down here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import mean

import pytest

from coaching_core.demo.data import DemoData, generate
from coaching_core.demo.service import DEMO_SEED
from coaching_core.llm.types import Purpose
from tests.coaching_core.demo.test_data import NOW, price


@pytest.fixture(scope="module")
def data() -> DemoData:
    return generate(DEMO_SEED, NOW, price)


def test_how_much_there_is(data: DemoData) -> None:
    assert len(data.coachees) == 142
    assert len(data.user_focuses) == 369
    assert len(data.sessions) == 1_508
    assert len(data.interactions) == 6_857
    assert len(data.assessments) == 6_282
    assert len(data.prompt_runs) == 20_699


@pytest.mark.parametrize(
    ("purpose", "calls", "questions", "answers", "cached", "cost"),
    [
        (Purpose.CHAT, 6_910, 9_371_706, 677_899, 2_481_212, "9.5497722"),
        (Purpose.ASSESSMENT, 4_507, 3_488_130, 697_430, 0, "6.2778500"),
        (Purpose.SUMMARY, 949, 1_396_750, 204_351, 0, "2.2141540"),
        (Purpose.ANALYSIS, 1_357, 2_016_971, 733_889, 0, "4.2085720"),
        (Purpose.EVALUATION, 3_487, 4_866_650, 339_138, 0, "5.4961700"),
        (Purpose.JUDGE, 3_489, 5_603_221, 901_844, 0, "9.2105970"),
    ],
)
def test_what_the_calls_of_a_purpose_took(
    data: DemoData, purpose: Purpose, calls: int, questions: int, answers: int, cached: int, cost: str
) -> None:
    runs = [run for run in data.prompt_runs if run.purpose is purpose]

    assert len(runs) == calls
    assert sum(run.input_tokens or 0 for run in runs) == questions
    assert sum(run.output_tokens or 0 for run in runs) == answers
    assert sum(run.cached_tokens or 0 for run in runs) == cached
    assert f"{sum(run.cost_usd or 0 for run in runs):.7f}" == cost


def _total(values: Iterable[float | None]) -> int:
    return round(sum(value or 0 for value in values))


def test_how_long_the_calls_took(data: DemoData) -> None:
    runs = data.prompt_runs

    assert _total(run.latency_ms for run in runs) == pytest.approx(54_972_645, abs=2)
    assert _total(run.ttft_ms for run in runs) == pytest.approx(4_051_186, abs=2)
    assert _total(run.loop_lag_ms for run in runs) == pytest.approx(46_432, abs=2)
    assert {run.purpose for run in runs if run.ttft_ms is not None} == {Purpose.CHAT, Purpose.ANALYSIS}


def test_how_the_calls_ended(data: DemoData) -> None:
    assert Counter((str(run.status), run.error) for run in data.prompt_runs) == {
        ("ok", None): 20_485,
        ("error", "ProviderDownError"): 70,
        ("error", "RateLimitedError"): 56,
        ("timeout", "ModelTimeoutError"): 41,
        ("error", "IncompleteReplyError"): 23,
        ("cancelled", "CancelledError"): 20,
        ("refused", "LimitReachedError"): 4,
    }


def test_which_versions_were_asked(data: DemoData) -> None:
    asked: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for run in data.prompt_runs:
        if run.topic_id is not None and run.prompt_version is not None:
            asked[run.topic_id][run.prompt_version] += 1

    assert asked == {
        "core_values": {1: 1_666, 2: 1_916, 3: 971, 4: 565},
        "purpose": {1: 1_498, 2: 2_554, 3: 511},
        "vision": {1: 1_541, 2: 620},
        "goals": {1: 351, 2: 1_483, 3: 210},
        "alignment_analysis": {1: 262, 2: 197},
        "strategy_alignment": {1: 276},
        "business_insight": {1: 339, 2: 71},
        "revenue_salesforce": {1: 212},
    }


def test_what_was_assessed(data: DemoData) -> None:
    assert Counter((str(one.kind), str(one.category)) for one in data.assessments) == {
        ("interaction", "progress"): 3_164,
        ("interaction", "error"): 1_344,
        ("session_summary", "progress"): 938,
        ("multi_turn", "progress"): 836,
    }
    assert [Counter(one.score for one in data.assessments)[score] for score in range(1, 11)] == [
        *(115, 248, 429, 641, 852),
        *(881, 719, 494, 248, 131),
    ]


def test_which_mistakes_were_made(data: DemoData) -> None:
    assert Counter(error.key for one in data.assessments for error in one.errors) == {
        "judges_the_person": 199,
        "two_questions_in_one": 192,
        "no_single_message": 168,
        "advice_before_asking": 145,
        "closed_question": 123,
        "leading_question": 99,
        "no_date_agreed": 87,
        "vague_no": 83,
        "takes_the_task_back": 79,
        "over_explains": 74,
        "interrupts": 48,
        "skips_the_feeling": 47,
    }


def test_calls_carry_what_they_are_about(data: DemoData) -> None:
    users = {session.id: session.user_id for session in data.sessions}
    for run in data.prompt_runs:
        spoken = run.purpose in (Purpose.CHAT, Purpose.ASSESSMENT, Purpose.SUMMARY)
        batched = run.purpose in (Purpose.EVALUATION, Purpose.JUDGE)
        assert (run.session_id is not None) is spoken
        assert run.user_id == users[run.session_id] if run.session_id else not spoken
        assert (run.topic_id is None) is (run.purpose in (Purpose.ASSESSMENT, Purpose.SUMMARY))
        assert (run.prompt_version is None) is (run.topic_id is None)
        assert (run.rubric_version is None) is (run.purpose not in (Purpose.ASSESSMENT, Purpose.JUDGE))
        assert not batched or str(run.group_id).startswith("demo-batch-")
        assert run.purpose is not Purpose.CHAT or len(run.interaction_ids) == 1
        assert (run.user_id or "").startswith("demo-analyst-") is (run.purpose is Purpose.ANALYSIS)
    assert [run.id for run in data.prompt_runs[:2]] == ["demo-run-00001", "demo-run-00002"]
    assert [run.request_id for run in data.prompt_runs[:2]] == ["demo-request-00001", "demo-request-00002"]


def test_calls_come_in_the_order_of_time(data: DemoData) -> None:
    for moments in ([run.created_at for run in data.prompt_runs], [one.created_at for one in data.assessments]):
        assert moments == sorted(moments)
    assert [session.started_at for session in data.sessions] == sorted(one.started_at for one in data.sessions)


def test_an_assessment_is_called_before_it_is_there(data: DemoData) -> None:
    made = {one.interaction_ids: one.created_at for one in data.assessments if one.interaction_ids}
    for run in data.prompt_runs:
        if run.purpose is Purpose.ASSESSMENT and run.interaction_ids in made:
            early = (made[run.interaction_ids] - run.created_at).total_seconds()
            assert -120 < early < 15


def test_a_bad_day_of_one_provider_shows(data: DemoData) -> None:
    failed: dict[str, list[bool]] = defaultdict(list)
    for run in data.prompt_runs:
        age = (NOW - run.created_at).total_seconds() / 86_400
        if 18.6 <= age <= 19.1:
            failed[run.provider].append(run.error is not None)

    assert mean(failed["bedrock"]) > 0.15
    assert mean(failed["openai"]) < 0.1
    assert not any(run.error for run in data.prompt_runs if run.simulated)


def test_caching_began_in_the_course_of_it(data: DemoData) -> None:
    cached = [run for run in data.prompt_runs if run.cached_tokens]

    assert 54 < (NOW - cached[0].created_at).total_seconds() / 86_400 < 55
    assert all((run.cached_tokens or 0) % 128 == 0 or run.cached_tokens == run.input_tokens for run in cached)
    assert {run.provider for run in cached} == {"anthropic", "openai"}
