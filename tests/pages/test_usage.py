"""The Usage & cost screen, clicked, and the words and rows it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from coaching_core.clock import utc_now
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.usage.forecast import DailyCost, forecast, smooth
from coaching_core.usage.models import (
    NO_USAGE,
    NO_VERSION,
    WITHOUT,
    Dimension,
    Only,
    Timings,
    UsageRow,
    UsageSums,
    UsageTimings,
)
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.insights import usage_data
from pages.view_models.usage import (
    before_words,
    bound_words,
    costliest_step,
    facts,
    figures,
    simulated_words,
    stacked,
    unknown_words,
)
from pages.view_models.usage_choice import UsageChoice, narrow, read_choice, usage_filter
from pages.view_models.usage_outlook import cost_per_user, outlooks
from pages.view_models.usage_rows import CALL_FIELDS, breakdown_cells, call_cells, exact, group_name, total_words
from tests.conftest import make_settings

TODAY = date(2026, 11, 20)


def _screen() -> None:
    from evals.current import running
    from pages.insights.usage import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def call(number: int, **changes: Any) -> PromptRun:
    usual = PromptRun(
        id=f"call-{number:04d}",
        tenant_id="local",
        purpose=Purpose.CHAT,
        provider="simulated",
        model="simulated/coach-steady",
        simulated=True,
        latency_ms=900.0 + number,
        status=RunStatus.OK,
        created_at=utc_now() - timedelta(minutes=number + 1),
        topic_id="core_values",
        prompt_version=1,
        input_tokens=100,
        output_tokens=20,
        cached_tokens=0,
        ttft_ms=300.0,
        cost_usd=Decimal("0.000123456789"),
    )
    return replace(usual, **changes)


def keep(workbench: Workbench, *calls: PromptRun) -> None:
    with workbench.core.database.unit_of_work() as work:
        work.connection.execute(prompt_runs.insert(), [one.as_row() for one in calls])


def open_screen(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def texts(screen: AppTest) -> str:
    return " ".join(each.value for each in (*screen.caption, *screen.subheader)).replace("\\", "")


def metrics(screen: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\\", "") for metric in screen.metric}


def test_nothing_yet_offers_the_playground_and_the_demo(workbench: Workbench) -> None:
    screen = open_screen()
    assert not screen.exception
    assert [button.label for button in screen.button] == ["Open playground", "Load the demo data"]
    assert not screen.metric


def test_the_demo_is_loaded_with_one_click_and_its_sums_agree(workbench: Workbench) -> None:
    screen = open_screen()
    screen.button[1].click().run()
    assert not screen.exception
    assert workbench.core.demo.is_loaded()
    table = screen.dataframe[0].value
    assert table["calls"].sum() == int("".join(filter(str.isdigit, metrics(screen)["Calls"])))
    assert "exactly the totals above" in texts(screen)
    assert "lower bound" in texts(screen)
    assert "went to simulated models" in texts(screen)


def test_the_exact_total_is_the_sum_of_the_rows(workbench: Workbench) -> None:
    keep(workbench, *(call(number) for number in range(7)), call(8, model="simulated/x", cost_usd=None))
    screen = open_screen()
    assert metrics(screen)["Calls"] == "8"
    assert "$0.000864197523" in texts(screen)
    assert "1 attempt has no known price or no token counts, so the total is a lower bound." in texts(screen)
    assert screen.dataframe[0].value["cost"].isna().sum() == 1


def test_calls_are_paged_fifty_at_a_time_with_every_field(workbench: Workbench) -> None:
    keep(workbench, *(call(number) for number in range(120)))
    screen = open_screen()
    calls = screen.dataframe[1].value
    assert calls["id"].tolist() == [f"call-{number:04d}" for number in range(50)]
    assert set(calls.columns) == {field.name for field in fields(PromptRun)}
    assert "1 to 50 of 120 attempts." in texts(screen)
    screen.selectbox(key="usage_order").select("slowest").run()
    assert screen.dataframe[1].value["id"].iloc[0] == "call-0119"


def test_a_row_leads_to_its_calls(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, model="simulated/coach-keen"))
    screen = open_screen(row="simulated/coach-keen")
    assert screen.dataframe[1].value["id"].tolist() == ["call-0002"]
    assert "Calls of simulated/coach-keen" in texts(screen)


def test_a_sort_of_attempts_is_listed_alone(workbench: Workbench) -> None:
    failed = {"status": RunStatus.ERROR, "error": "ProviderDownError", "cost_usd": None, "call_id": "call-0002"}
    answered = {"attempt": 2, "call_id": "call-0002", "asked_model": "simulated/coach-keen"}
    keep(workbench, call(1), call(2, final=False, **failed), call(3, **answered), call(4, saved_usd=Decimal(1)))
    screen = open_screen()
    assert screen.dataframe[1].value["id"].size == 4
    pills = screen.button_group(key="usage_only")
    assert pills.options == ["Unknown cost 1", "Fallbacks 1", "Retries 1", "Kept answers 1"]
    pills.set_value("retries").run()
    assert screen.query_params["only"] == "retries"
    assert screen.dataframe[1].value["id"].tolist() == ["call-0002"]


def test_a_call_is_shown_with_all_its_attempts(workbench: Workbench) -> None:
    first = call(5, final=False, status=RunStatus.TIMEOUT, error="ModelTimeoutError", call_id="call-0005")
    keep(workbench, call(1), first, call(4, attempt=2, call_id="call-0005"))
    screen = open_screen(call="call-0005", only="retries")
    assert screen.dataframe[1].value["id"].tolist() == ["call-0005"]
    assert screen.dataframe[2].value["id"].tolist() == ["call-0005", "call-0004"]
    assert "2 attempts at this call" in texts(screen)
    assert "not in the period" in texts(open_screen(call="gone"))


def test_percentiles_of_many_calls_come_after_the_sums(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_data, "_AT_ONCE", 2)
    keep(workbench, *(call(number) for number in range(5)))
    screen = open_screen()
    assert not screen.exception
    assert metrics(screen)["Calls"] == "5"
    assert metrics(screen)["Time to first token, p95"] == "…"
    assert screen.dataframe[0].value["latency_p95"].isna().all()
    monkeypatch.setattr(usage_data, "_AT_ONCE", 100)
    assert metrics(screen.run())["Time to first token, p95"] == "0.30 s"


def test_tenants_are_compared_over_everybody(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, tenant_id="acme"), call(3, tenant_id="acme"))
    assert metrics(open_screen())["Calls"] == "1"
    screen = open_screen(by="tenant")
    assert metrics(screen)["Calls"] == "3"
    assert screen.dataframe[0].value["group"].tolist() == ["acme", "local"]
    assert len(open_screen(by="tenant", row="acme").dataframe[1].value) == 2


def test_a_short_period_is_drawn_by_the_hour(workbench: Workbench) -> None:
    keep(workbench, call(0))
    screen = open_screen(range="1", by="hour")
    assert not screen.exception
    assert "Costliest hour" in texts(screen)
    assert len(screen.dataframe[0].value) == 1


def test_one_version_of_a_topic(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, prompt_version=2), call(3, prompt_version=None), call(4, topic_id=None))
    screen = open_screen(topic="core_values")
    assert metrics(screen)["Calls"] == "3"
    screen.selectbox(key="usage_version").select(2).run()
    assert screen.query_params["version"] == "2"
    assert metrics(screen)["Calls"] == "1"
    screen.selectbox(key="usage_version").select(NO_VERSION).run()
    assert screen.dataframe[1].value["id"].tolist() == ["call-0003"]
    screen.selectbox(key="usage_topic").select("").run()
    assert screen.dataframe[1].value["id"].tolist() == ["call-0004"]
    assert "version" not in screen.query_params


def test_one_user_of_many(workbench: Workbench) -> None:
    keep(workbench, call(1, user_id="u1"), call(2, user_id="u2"), call(3))
    screen = open_screen()
    screen.text_input(key="usage_user").set_value("u2").run()
    assert metrics(screen)["Calls"] == "1"
    assert screen.query_params["user"] == "u2"


def test_filters_stand_in_the_address_and_can_be_reset(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, topic_id="purpose"), call(3, purpose=Purpose.JUDGE))
    screen = open_screen()
    screen.selectbox(key="usage_topic").select("purpose").run()
    assert metrics(screen)["Calls"] == "1"
    assert screen.query_params["topic"] == "purpose"
    screen.selectbox(key="usage_purpose").select("judge").run()
    assert metrics(screen)["Calls"] == "0"
    next(button for button in screen.button if button.label == "Reset filters").click().run()
    assert metrics(screen)["Calls"] == "3"
    assert "topic" not in screen.query_params
    screen.selectbox(key="usage_simulated").select(False).run()
    assert metrics(screen)["Calls"] == "0"


def test_grouping_by_day_and_custom_dates(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, created_at=utc_now() - timedelta(days=3)))
    screen = open_screen()
    screen.selectbox(key="usage_by").select(Dimension.DAY).run()
    assert not screen.exception
    assert len(screen.dataframe[0].value) == 2
    screen.selectbox(key="usage_range").select(0).run()
    day = (utc_now() - timedelta(days=3)).date()
    screen.date_input(key="usage_dates").set_value((day, day)).run()
    assert metrics(screen)["Calls"] == "1"
    assert screen.query_params["from"] == day.isoformat()


def test_a_new_call_is_there_at_the_next_look(workbench: Workbench) -> None:
    screen = open_screen()
    assert not screen.metric
    keep(workbench, call(1))
    assert metrics(screen.run())["Calls"] == "1"


def sums(**changes: Any) -> UsageSums:
    return replace(NO_USAGE, **changes)


def late(now: float | None, before: float | None = None) -> UsageTimings:
    return UsageTimings(Timings(ttft_p95=now), Timings(ttft_p95=before), {}, {})


def test_cheaper_and_faster_is_better() -> None:
    found = figures(
        sums(calls=100, attempts=101, errors=2, cost_known=Decimal("2.5")),
        sums(calls=90, attempts=90, errors=9, cost_known=Decimal("3.5")),
        late(800.0, 700.0),
    )
    assert [(one.value, one.delta, one.note) for one in found] == [
        ("$2.50", "-$1.00", "better than before"),
        ("100", "+10", "more than before"),
        ("2.0 %", "-8.0 pp", "better than before"),
        ("0.80 s", "+0.10 s", "worse than before"),
    ]
    assert [one.colour for one in found] == ["inverse", "off", "inverse", "inverse"]


def test_unknown_is_a_dash_and_is_compared_with_nothing() -> None:
    unknown = sums(calls=4, attempts=4, unknown_cost_calls=4, unbounded_cost_calls=4)
    cost, calls, errors, wait = figures(unknown, NO_USAGE, late(None))
    assert (cost.value, cost.delta, cost.note) == ("—", None, "no known price")
    assert (calls.value, calls.delta) == ("4", None)
    assert (errors.value, errors.note) == ("0.0 %", "no calls before")
    assert (wait.value, wait.note) == ("—", "nothing was streamed")
    assert figures(unknown, NO_USAGE, None)[3].note == "being worked out"
    assert unknown_words(unknown).endswith("so the cost is unknown.")
    assert unknown_words(sums(calls=3, attempts=3)) == ""
    assert before_words(NO_USAGE, "the 7 days before") == "There was no call in the 7 days before."


def test_unknown_costs_are_bounded_in_words() -> None:
    assert bound_words(sums(attempts=4)) == "every cost is known"
    some_known = sums(attempts=4, unknown_cost_calls=3, unbounded_cost_calls=1, held=Decimal("0.5"))
    assert bound_words(some_known) == "at most $0.5000 more, 1 without bound"
    assert bound_words(replace(some_known, unbounded_cost_calls=0)) == "at most $0.5000 more"


def test_what_the_headline_leaves_out() -> None:
    usage = sums(
        **{"calls": 10, "attempts": 13, "fallbacks": 2, "refused": 1, "kept": 1, "saved": Decimal("0.25")},
        input_tokens=400,
        cached_tokens=100,
    )
    found = {one.label: one.value for one in facts(usage, Decimal("0.5"), users_known=True)}
    assert found == {
        "Unknown costs": "0",
        "Fallback answers": "20.0 %",
        "Retries": "3",
        "Refused": "1",
        "Cached input": "25.0 %",
        "Saved": "$0.2500",
        "Daily active user": "$0.5000",
    }
    assert facts(usage, None, users_known=False)[-1].value == "…"
    assert facts(usage, None, users_known=True)[-1].value == "—"


def test_a_change_too_small_to_see_is_none() -> None:
    same = sums(calls=10, attempts=10, cost_known=Decimal(1))
    assert [one.delta for one in figures(same, same, late(500.0, 501.0))] == [0, 0, 0, 0]


def test_simulated_money_was_not_paid() -> None:
    total, real = sums(calls=5, cost_known=Decimal(3)), sums(calls=2, cost_known=Decimal(1))
    assert simulated_words(total, real) == "3 of 5 calls went to simulated models; their $2.00 was not paid by anybody."
    assert simulated_words(real, real) == ""


def row(key: str | None, cost: str, **changes: Any) -> UsageRow:
    version = {name: changes.pop(name) for name in ("topic_id", "prompt_version") if name in changes}
    return UsageRow(key, sums(**{"calls": 1, "attempts": 1, "cost_known": Decimal(cost)} | changes), **version)


@given(some.lists(some.tuples(some.decimals(0, 9, places=12), some.decimals(0, 9, places=12)), min_size=1, max_size=9))
def test_every_stacked_day_adds_up_exactly(costs: list[tuple[Decimal, Decimal]]) -> None:
    days = [row(f"2026-11-{place + 1:02d}", str(one + other)) for place, (one, other) in enumerate(costs)]
    shown = stacked(days, {"a": [one for one, _ in costs]})
    for place, day in enumerate(days):
        assert sum(series.costs[place] for series in shown) == day.usage.cost_known


def test_rows_and_words_of_the_breakdown() -> None:
    rows = [
        row("core_values v3", "0.1", topic_id="core_values", prompt_version=3),
        row("core_values v0", "0", topic_id="core_values"),
        row(None, "0", unknown_cost_calls=1),
    ]
    timings = UsageTimings(Timings(), Timings(), {}, {"core_values v3": Timings(latency_p50=1500.0)})
    cells = breakdown_cells(rows, Dimension.PROMPT_VERSION, {"core_values": "Core values"}, timings)
    assert [cell["group"] for cell in cells] == ["Core values v3", "Core values without version", "No topic"]
    assert [cell["cost"] for cell in cells] == [0.1, 0.0, None]
    assert [cell["latency_p50"] for cell in cells] == [1.5, None, None]
    assert "$0.10" in total_words(rows)
    assert exact(Decimal("12.340000000000")) == "12.34"
    assert group_name(row("judge", "0"), Dimension.PURPOSE, {}) == "Judge"
    assert group_name(row(None, "0"), Dimension.USER, {}) == "No user"
    assert costliest_step([row("2026-11-01", "1"), row("2026-11-02", "2")]) == "Costliest day: 2 Nov 2026, $2.00"
    assert costliest_step([row("2026-11-01T07", "1")]) == "Costliest hour: 1 Nov, 07:00 UTC, $1.00"
    assert costliest_step([row("2026-11-01", "0")]) == "Cost, calls, tokens and times per day"


def test_what_is_to_come_in_words() -> None:
    start = date(2026, 11, 1)
    days = [DailyCost(start + timedelta(days=number), Decimal(2), number % 2) for number in range(14)]
    at = datetime(2026, 11, 15, tzinfo=UTC)
    day, month, mean, user = outlooks(forecast(days, at), smooth(days), users_known=True)
    assert (day.value, day.note) == ("$2.00", "90 % interval [$2.00, $2.00]")
    assert (month.value, month.note) == ("$60.00", "$28.00 so far; 90 % interval [$60.00, $60.00]")
    assert mean.value == "$2.00"
    assert user.value == "$3.00"
    few = outlooks(forecast(days[:3], at), smooth(days[:2]), users_known=True)
    assert [one.value for one in few] == ["—"] * 4
    assert "7 whole days" in few[0].note
    assert cost_per_user(days, start + timedelta(days=12)) == 4
    assert cost_per_user(days[:1], start) is None


def test_a_call_shows_every_field() -> None:
    assert set(CALL_FIELDS) == {field.name for field in fields(PromptRun)}
    (cells,) = call_cells([call(1, interaction_ids=("a", "b"), cost_usd=None)], UTC)
    assert cells["interaction_ids"] == "a, b"
    assert cells["cost_usd"] is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"range": "7", "provider": "openai", "simulated": "0", "by": "day", "row": "2026-11-19"},
        {"range": "custom", "from": "2026-10-01", "to": "2026-10-09", "row": ""},
        {"topic": "goals", "version": "3", "user": "u1", "by": "tenant", "only": "errors", "call": "c1"},
        {"topic": "", "user": "", "by": "hour"},
    ],
)
def test_a_link_comes_back_as_it_was(query: dict[str, str]) -> None:
    assert read_choice(query, TODAY).query() == query


@pytest.mark.parametrize(
    "query",
    [
        {"range": "5"},
        {"range": "custom", "from": "2026-10-09", "to": "2026-10-01"},
        {"range": "custom", "from": "x", "to": "2026-10-01"},
        {"by": "nothing"},
        {"purpose": "'; drop table"},
        {"only": "everything"},
        {"version": "2"},
    ],
)
def test_a_bad_link_shows_the_usual(query: dict[str, str]) -> None:
    assert read_choice(query, TODAY) == UsageChoice(30, date(2026, 10, 22), TODAY)


def test_every_row_narrows_the_filter_to_its_calls() -> None:
    wanted = usage_filter(read_choice({}, TODAY), "local")
    day = narrow(wanted, Dimension.DAY, "2026-11-20")
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    assert (day.since, day.until) == (midnight, midnight + timedelta(days=1))
    hour = narrow(wanted, Dimension.HOUR, "2026-11-20T14")
    assert (hour.since, hour.until) == (midnight + timedelta(hours=14), midnight + timedelta(hours=15))
    assert narrow(wanted, Dimension.USER, "u1").user_id == "u1"
    assert narrow(wanted, Dimension.USER, "").user_id == WITHOUT
    assert narrow(wanted, Dimension.MODEL, "a/b").model == "a/b"
    assert narrow(wanted, Dimension.TENANT, "acme").tenant_id == "acme"
    assert narrow(wanted, Dimension.PURPOSE, "judge").purpose is Purpose.JUDGE
    version = narrow(wanted, Dimension.PROMPT_VERSION, "core_values v3")
    assert (version.topic_id, version.prompt_version) == ("core_values", 3)
    none = narrow(wanted, Dimension.PROMPT_VERSION, "")
    assert (none.topic_id, none.prompt_version) == (WITHOUT, NO_VERSION)
    assert narrow(wanted, Dimension.TOPIC, "").topic_id == WITHOUT
    assert narrow(wanted, Dimension.DAY, "nonsense") == wanted
    assert read_choice({"only": "refused"}, TODAY).only is Only.REFUSED


def test_people_under_a_filter_come_with_the_percentiles(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_data, "_AT_ONCE", 1)
    keep(workbench, call(1, user_id="u1"), call(2, user_id="u2"), call(3, user_id="u2", topic_id="goals"))
    screen = open_screen(by="user", topic="core_values")
    assert not screen.exception
    assert "People are being counted" in texts(screen)
    monkeypatch.setattr(usage_data, "_AT_ONCE", 100)
    assert sorted(screen.run().dataframe[0].value["group"]) == ["u1", "u2"]
