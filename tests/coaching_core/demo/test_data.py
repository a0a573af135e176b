"""The demo's data as plain data: the same each time, plausible, and true to its own rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import mean

import pytest

from coaching_core.assessments.models import AssessmentCategory, AssessmentKind, check_groups
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.demo.data import DemoData, generate
from coaching_core.demo.models_asked import MODELS_FOR
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus, Usage
from coaching_core.progression.ema import ema

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def price(model: str, usage: Usage) -> Decimal | None:
    """A price list that knows no self-hosted model."""
    if model.startswith("ollama/"):
        return None
    fresh = usage.input_tokens - usage.cached_tokens
    return (fresh * 10 + usage.cached_tokens * 1 + usage.output_tokens * 40) * Decimal("1e-7")


@pytest.fixture(scope="module")
def data() -> DemoData:
    return generate(2_611, NOW, price)


def test_the_same_seed_and_moment_make_the_same_data(data: DemoData) -> None:
    assert generate(2_611, NOW, price) == data
    assert generate(2_612, NOW, price).coachees != data.coachees


def test_without_a_price_every_cost_is_unknown() -> None:
    sent = (run for run in generate(1, NOW).prompt_runs if run.status is not RunStatus.REFUSED)
    assert {run.cost_usd for run in sent} == {None}


def test_it_has_the_size_of_a_real_organisation(data: DemoData) -> None:
    assert 130 <= len(data.coachees) <= 150
    assert 5 <= len(data.focuses) <= 6
    assert 5_000 <= len(data.assessments) <= 7_000
    assert 18_000 <= len(data.prompt_runs) <= 22_000
    assert len({coachee.name for coachee in data.coachees}) == len(data.coachees)


def test_everything_lies_in_the_90_days_and_is_marked_as_demo(data: DemoData) -> None:
    groups = (data.coachees, data.interactions, data.assessments, data.prompt_runs)
    moments = [record.created_at for group in groups for record in group]
    tenants = {
        record.tenant_id for group in (*groups, data.focuses, data.user_focuses, data.sessions) for record in group
    }

    assert min(moments) >= NOW - timedelta(days=90)
    assert max(moments) <= NOW
    assert all(session.ended_at is not None and session.ended_at <= NOW for session in data.sessions)
    assert tenants == {DEMO_TENANT}


def test_ids_are_unique_and_lead_somewhere(data: DemoData) -> None:
    for group in (
        data.coachees,
        data.sessions,
        data.interactions,
        data.assessments,
        data.prompt_runs,
        data.user_focuses,
    ):
        ids = [record.id for record in group]
        assert len(set(ids)) == len(ids)
    sessions = {session.id: session for session in data.sessions}
    turns = {turn.id: turn for turn in data.interactions}
    chosen = {(one.user_id, one.focus_id) for one in data.user_focuses}
    for assessment in data.assessments:
        assert sessions[assessment.session_id].user_id == assessment.user_id
        assert {turns[name].session_id for name in assessment.interaction_ids} <= {assessment.session_id}
        assert assessment.focus_id is None or (assessment.user_id, assessment.focus_id) in chosen
    for run in data.prompt_runs:
        assert run.session_id is None or sessions[run.session_id].user_id == run.user_id
        assert set(run.interaction_ids) <= turns.keys()


def test_the_rules_of_assessments_hold(data: DemoData) -> None:
    check_groups(data.assessments)
    kinds = {(one.kind, one.category) for one in data.assessments}
    keys = {error.key for one in data.assessments for error in one.errors}
    positions: dict[str, list[int]] = defaultdict(list)
    for chosen in data.user_focuses:
        positions[chosen.user_id].append(chosen.position)

    assert {kind for kind, _ in kinds} == set(AssessmentKind)
    assert {category for _, category in kinds} == set(AssessmentCategory)
    assert len(keys) == 12
    assert all(taken == list(range(1, len(taken) + 1)) and len(taken) <= 3 for taken in positions.values())


def test_texts_vary_and_hold_no_gaps(data: DemoData) -> None:
    told = [turn.user_text for turn in data.interactions]
    answered = [turn.ai_response for turn in data.interactions]
    explained = [one.explanation_text for one in data.assessments]

    assert len(set(told)) >= 0.99 * len(told)
    assert len(set(answered)) >= 0.99 * len(answered)
    assert len(set(explained)) >= 0.6 * len(explained)
    for text in (*told, *answered, *explained):
        assert text
        assert text[0].isupper() or text[0] == "“"
        assert not set("{}") & set(text)
        assert "  " not in text
        assert len(text) < 400


def test_most_people_get_better_and_some_do_not(data: DemoData) -> None:
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in data.assessments:
        if one.score is not None and one.focus_id is not None:
            scores[one.user_id, one.focus_id].append(one.score)
    changes = [(ema(values) or 0) - mean(values[:4]) for values in scores.values() if len(values) >= 10]

    assert len(changes) > 100
    assert 0.5 < sum(change > 0.75 for change in changes) / len(changes) < 0.85
    assert 0.03 < sum(change < -0.75 for change in changes) / len(changes) < 0.25
    assert sum(abs(change) <= 0.75 for change in changes) / len(changes) > 0.1


def test_calls_have_exact_costs_or_unknown_ones(data: DemoData) -> None:
    for run in data.prompt_runs:
        if run.status is not RunStatus.OK:
            cost = Decimal(0) if run.status is RunStatus.REFUSED else None
            assert (run.cost_usd, run.input_tokens, run.price_version) == (cost, None, None)
            assert run.error
            continue
        if run.saved_usd is not None:
            assert (run.cost_usd, run.latency_ms, run.ttft_ms) == (0, 0, None)
            continue
        assert run.input_tokens is not None
        assert run.output_tokens is not None
        assert run.cached_tokens is not None
        assert 0 <= run.cached_tokens <= run.input_tokens
        usage = Usage(run.input_tokens, run.output_tokens, run.cached_tokens)
        assert run.cost_usd == price(run.model, usage)
    unknown = {run.model for run in data.prompt_runs if run.status is RunStatus.OK and run.cost_usd is None}
    assert unknown == {"ollama/qwen3:14b"}
    assert any(run.cached_tokens for run in data.prompt_runs)


def test_every_call_has_one_last_attempt_and_all_before_it_failed(data: DemoData) -> None:
    calls: dict[str | None, list[PromptRun]] = defaultdict(list)
    for run in data.prompt_runs:
        calls[run.call_id].append(run)
    for attempts in calls.values():
        assert attempts[0].id == attempts[0].call_id
        assert [run.attempt for run in attempts] == list(range(1, len(attempts) + 1))
        assert [run.final for run in attempts] == [False] * (len(attempts) - 1) + [True]
        assert all(run.status in (RunStatus.ERROR, RunStatus.TIMEOUT) for run in attempts[:-1])
    assert any(len(attempts) == 2 for attempts in calls.values())


def test_there_are_stand_ins_refusals_kept_answers_and_written_caches(data: DemoData) -> None:
    stand_ins = [run for run in data.prompt_runs if run.asked_model]
    assert len(stand_ins) > 20
    assert all(run.model != run.asked_model and run.attempt == 2 for run in stand_ins)
    assert not any(run.purpose in (Purpose.EVALUATION, Purpose.JUDGE) for run in stand_ins)
    assert any(run.status is RunStatus.REFUSED for run in data.prompt_runs)
    assert any(run.saved_usd for run in data.prompt_runs)
    assert any(run.cache_write_tokens for run in data.prompt_runs)
    assert any(run.held_usd for run in data.prompt_runs)


def test_about_one_call_in_a_hundred_fails(data: DemoData) -> None:
    failed = sum(run.status in (RunStatus.ERROR, RunStatus.TIMEOUT) for run in data.prompt_runs)

    assert 0.005 < failed / len(data.prompt_runs) < 0.02


def test_several_providers_and_all_purposes_are_used_and_simulated_ones_are_marked(data: DemoData) -> None:
    assert {run.provider for run in data.prompt_runs} == {"anthropic", "openai", "bedrock", "ollama", "simulated"}
    assert {run.purpose for run in data.prompt_runs} == set(MODELS_FOR)
    assert all(run.simulated == run.model.startswith("simulated/") for run in data.prompt_runs)
    assert all(run.model.startswith(f"{run.provider}/") for run in data.prompt_runs)


def test_working_days_are_busier_and_nights_are_quiet(data: DemoData) -> None:
    days = Counter(turn.created_at.weekday() for turn in data.interactions)
    hours = Counter(turn.created_at.hour for turn in data.interactions)

    assert min(days[day] for day in range(5)) > 1.5 * max(days[day] for day in (5, 6))
    assert hours[10] > 2 * hours[19]
    assert hours[3] == 0


def test_timings_look_like_those_of_models(data: DemoData) -> None:
    streamed = sorted(run.ttft_ms for run in data.prompt_runs if run.ttft_ms is not None)

    assert 250 < streamed[len(streamed) // 2] < 700
    assert streamed[int(0.95 * len(streamed))] < 2_000
    assert all(run.latency_ms >= (run.ttft_ms or 0) for run in data.prompt_runs)
    assert sum((run.loop_lag_ms or 0) > 100 for run in data.prompt_runs) < 0.01 * len(data.prompt_runs)


def _mean_cost(runs: list[PromptRun]) -> float:
    return mean(float(run.cost_usd) for run in runs if run.cost_usd is not None)


def test_versions_change_over_time_and_one_of_them_costs_more(data: DemoData) -> None:
    versions: dict[str, list[int]] = defaultdict(list)
    for run in data.prompt_runs:
        if run.topic_id is not None and run.prompt_version is not None:
            versions[run.topic_id].append(run.prompt_version)
    assert all(numbers == sorted(numbers) for numbers in versions.values())
    assert set(versions["core_values"]) == {1, 2, 3, 4}
    purpose = [
        run
        for run in data.prompt_runs
        if (run.topic_id, run.purpose, run.model) == ("purpose", Purpose.CHAT, "anthropic/claude-haiku-4-5")
    ]
    before = [run for run in purpose if run.prompt_version == 2]
    after = [run for run in purpose if run.prompt_version == 3]

    assert _mean_cost(after) > 1.1 * _mean_cost(before)
