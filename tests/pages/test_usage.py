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
from coaching_core.usage.models import NO_USAGE, Dimension, Headline, Totals, UsageRow, UsageSums
from evals.bootstrap import Workbench, build_workbench
from evals.running import set_running
from pages.view_models.usage import (
    CALL_FIELDS,
    before_words,
    breakdown_cells,
    call_cells,
    costliest_day,
    exact,
    figures,
    group_name,
    simulated_words,
    stacked,
    total_words,
    unknown_words,
)
from pages.view_models.usage_choice import UsageChoice, narrow, read_choice, usage_filter
from tests.conftest import make_settings

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _screen() -> None:
    from evals.running import running
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
    assert "1 call has no known price or no token counts, so the total is a lower bound." in texts(screen)
    assert screen.dataframe[0].value["cost"].isna().sum() == 1


def test_calls_are_paged_fifty_at_a_time_with_every_field(workbench: Workbench) -> None:
    keep(workbench, *(call(number) for number in range(120)))
    screen = open_screen()
    calls = screen.dataframe[1].value
    assert calls["id"].tolist() == [f"call-{number:04d}" for number in range(50)]
    assert set(calls.columns) == {field.name for field in fields(PromptRun)}
    assert "Calls 1 to 50 of 120." in texts(screen)
    screen.selectbox(key="usage_order").select("slowest").run()
    assert screen.dataframe[1].value["id"].iloc[0] == "call-0119"


def test_a_row_leads_to_its_calls(workbench: Workbench) -> None:
    keep(workbench, call(1), call(2, model="simulated/coach-keen"))
    screen = open_screen(row="simulated/coach-keen")
    assert screen.dataframe[1].value["id"].tolist() == ["call-0002"]
    assert "Calls of simulated/coach-keen" in texts(screen)


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


def headline(now: UsageSums, before: UsageSums) -> Headline:
    return Headline(Totals(now, 0, None), Totals(before, 0, None))


def test_cheaper_and_faster_is_better() -> None:
    found = figures(
        headline(
            sums(calls=100, errors=2, cost_known=Decimal("2.5"), ttft_p95=800.0),
            sums(calls=90, errors=9, cost_known=Decimal("3.5"), ttft_p95=700.0),
        )
    )
    assert [(one.value, one.delta, one.note) for one in found] == [
        ("$2.50", "-$1.00", "better than before"),
        ("100", "+10", "more than before"),
        ("2.0 %", "-8.0 pp", "better than before"),
        ("0.80 s", "+0.10 s", "worse than before"),
    ]
    assert [one.colour for one in found] == ["inverse", "off", "inverse", "inverse"]


def test_unknown_is_a_dash_and_is_compared_with_nothing() -> None:
    unknown = sums(calls=4, unknown_cost_calls=4)
    cost, calls, errors, wait = figures(headline(unknown, NO_USAGE))
    assert (cost.value, cost.delta, cost.note) == ("—", None, "no known price")
    assert (calls.value, calls.delta) == ("4", None)
    assert (errors.value, errors.note) == ("0.0 %", "no calls before")
    assert (wait.value, wait.note) == ("—", "nothing was streamed")
    assert unknown_words(unknown).endswith("so the cost is unknown.")
    assert unknown_words(sums(calls=3)) == ""
    assert before_words(headline(unknown, NO_USAGE), "the 7 days before") == "There was no call in the 7 days before."


def test_a_change_too_small_to_see_is_none() -> None:
    same = sums(calls=10, cost_known=Decimal(1), ttft_p95=500.0)
    found = figures(headline(same, replace(same, ttft_p95=501.0)))
    assert [one.delta for one in found] == [0, 0, 0, 0]


def test_simulated_money_was_not_paid() -> None:
    total, real = sums(calls=5, cost_known=Decimal(3)), sums(calls=2, cost_known=Decimal(1))
    assert simulated_words(total, real) == "3 of 5 calls went to simulated models; their $2.00 was not paid by anybody."
    assert simulated_words(real, real) == ""


def row(key: str | None, cost: str, **changes: Any) -> UsageRow:
    return UsageRow(key, sums(calls=1, cost_known=Decimal(cost), **changes))


@given(some.lists(some.tuples(some.decimals(0, 9, places=12), some.decimals(0, 9, places=12)), min_size=1, max_size=9))
def test_every_stacked_day_adds_up_exactly(costs: list[tuple[Decimal, Decimal]]) -> None:
    days = [row(f"2026-11-{place + 1:02d}", str(one + other)) for place, (one, other) in enumerate(costs)]
    shown = stacked(days, {"a": [row(None, str(one)) for one, _ in costs]})
    for place, day in enumerate(days):
        assert sum(series.costs[place] for series in shown) == day.usage.cost_known


def test_rows_and_words_of_the_breakdown() -> None:
    rows = [row("core_values v3", "0.1"), row(None, "0", unknown_cost_calls=1)]
    cells = breakdown_cells(rows, Dimension.PROMPT_VERSION, {"core_values": "Core values"})
    assert [cell["group"] for cell in cells] == ["Core values v3", "No prompt version"]
    assert [cell["cost"] for cell in cells] == [0.1, None]
    assert "$0.10" in total_words(rows)
    assert exact(Decimal("12.340000000000")) == "12.34"
    assert group_name("judge", Dimension.PURPOSE, {}) == "Judge"
    assert costliest_day([row("2026-11-01", "1"), row("2026-11-02", "2")]) == "Costliest day: 2 Nov 2026, $2.00"
    assert costliest_day([row("2026-11-01", "0")]) == "Cost, tokens and latency per day"


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
        {"by": "tenant"},
        {"purpose": "'; drop table"},
    ],
)
def test_a_bad_link_shows_the_usual(query: dict[str, str]) -> None:
    assert read_choice(query, TODAY) == UsageChoice(30, date(2026, 10, 22), TODAY)


def test_rows_narrow_the_filter_exactly_where_the_store_can() -> None:
    wanted = usage_filter(read_choice({}, TODAY), "local", NOW)
    day = narrow(wanted, Dimension.DAY, "2026-11-20")
    assert (day.exact, day.wanted.since, day.wanted.until) == (True, NOW.replace(hour=0), NOW)
    assert narrow(wanted, Dimension.USER, "u1").wanted.user_id == "u1"
    assert narrow(wanted, Dimension.PURPOSE, "judge").wanted.purpose is Purpose.JUDGE
    version = narrow(wanted, Dimension.PROMPT_VERSION, "core_values v3")
    assert (version.exact, version.wanted.topic_id) == (False, "core_values")
    assert narrow(wanted, Dimension.TOPIC, "").exact is False
