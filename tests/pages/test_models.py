"""The Models screen, clicked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.clock import utc_now
from coaching_core.errors import InvalidInputError
from coaching_core.llm.configuration import Task
from coaching_core.llm.types import Usage
from coaching_core.models.models import PriceDraft, PriceEffect
from coaching_core.usage.models import UsageFilter
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.view_models.models import beginning_of, draft_of, effect_in_words, per_million, price_lines
from tests.conftest import make_settings

STEADY, GPT = "simulated/coach-steady", "openai/gpt-5.1"


def _screen() -> None:
    from evals.current import running
    from pages.admin.models import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    for variable in [name for name in os.environ if name.endswith("_API_KEY") or name.startswith("AWS_")]:
        monkeypatch.delenv(variable)
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def opened(model: str | None = None) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    if model is not None:
        screen.query_params["model"] = model
    screen.run()
    assert not screen.exception
    return screen


def said(screen: AppTest) -> str:
    texts = [html.body for html in screen.get("html")]
    return " ".join([*texts, *(part.value for kind in ("caption", "error", "markdown") for part in screen.get(kind))])


def test_all_models_are_listed_with_prices_keys_and_roles(workbench: Workbench) -> None:
    screen = opened()
    table = screen.dataframe[0].value.set_index("name")
    assert list(table.index) == [info.name for info in workbench.core.catalogue.models()]
    assert table.loc[STEADY, "roles"] == "Live chat (primary), Background (primary)"
    assert (table.loc[GPT, "state"], table.loc[GPT, "price_from"]) == ("No key", "List price")
    assert (table.loc[GPT, "input"], table.loc[GPT, "cached"], table.loc[GPT, "output"]) == (1.25, 0.125, 10.0)
    assert "OPENAI_API_KEY" in said(screen)
    assert "no key of a provider is set" in said(screen)


def test_settings_are_saved_and_wrong_ones_refused_in_words(workbench: Workbench) -> None:
    screen = opened(STEADY)
    screen.text_input(key=f"model_label_{STEADY}").set_value("Steady one")
    screen.number_input(key=f"model_temperature_{STEADY}").set_value(0.3)
    screen.toggle(key=f"model_enabled_{STEADY}").set_value(False)
    screen.button(key="model_save").click().run()
    info = workbench.core.catalogue.info(STEADY)
    assert (info.label, info.available) == ("Steady one", False)
    assert workbench.core.catalogue.defaults(STEADY).temperature == 0.3
    assert screen.button(key="model_test").disabled
    screen.text_input(key=f"model_label_{STEADY}").set_value("x" * 81)
    screen.button(key="model_save").click().run()
    assert "at most 80" in said(screen)
    assert workbench.core.catalogue.info(STEADY).label == "Steady one"


def test_a_price_is_set_from_a_day_previewed_and_withdrawn(workbench: Workbench) -> None:
    screen = opened(GPT)
    screen.button(key="model_price").click().run()
    assert screen.text_input(key="price_input").value == "1.25"
    assert r"\$0.00425 → \$0.00425." in said(screen)
    screen.text_input(key="price_input").set_value("2,5")
    screen.button(key="price_set").click().run()
    assert workbench.core.models.price_history(GPT) == ()
    screen.button(key="model_price").click().run()
    screen.text_input(key="price_input").set_value("2.5")
    screen.button(key="price_set").click().run()
    found = workbench.core.catalogue.price(GPT)
    assert found is not None
    assert (found.source, found.price.input) == ("own", Decimal("0.0000025"))
    screen = opened(GPT)
    assert list(screen.dataframe[1].value["state"]) == ["In force"]
    screen.button(key="model_withdraw").click().run()
    assert not screen.exception
    assert workbench.core.catalogue.price(GPT) != found
    assert list(screen.dataframe[1].value["state"]) == ["Takes one back", "Withdrawn"]


def test_the_matrix_is_saved_whole_or_not_at_all(workbench: Workbench) -> None:
    screen = opened()
    screen.selectbox(key="matrix_live_chat_1").select("simulated/coach-brief")
    screen.toggle(key="matrix_live_chat_swap").set_value(True)
    screen.button(key="matrix_save").click().run()
    models = workbench.core.models
    assert models.chain(Task.LIVE_CHAT) == ("simulated/coach-brief", STEADY)
    screen.selectbox(key="matrix_live_chat_0").select(GPT)
    screen.selectbox(key="matrix_judge_1").select("simulated/judge-strict")
    screen.button(key="matrix_save").click().run()
    assert "never stands in for a real one" in said(screen)
    assert models.chain(Task.LIVE_CHAT) == ("simulated/coach-brief", STEADY)
    assert models.chain(Task.JUDGE) == ("simulated/judge",)


def test_a_model_is_added_and_removed(workbench: Workbench) -> None:
    screen = opened()
    next(button for button in screen.button if button.label == "Add model").click().run()
    screen.selectbox(key="new_model").select("openai/gpt-4o")
    screen.button(key="new_model_add").click().run()
    assert "openai/gpt-4o" in [info.name for info in workbench.core.catalogue.models()]
    screen = opened("openai/gpt-4o")
    screen.button(key="model_remove").click().run()
    assert "openai/gpt-4o" not in [info.name for info in workbench.core.catalogue.models()]


def test_a_trial_is_one_recorded_call_and_says_that_it_is_simulated(workbench: Workbench) -> None:
    screen = opened(STEADY)
    screen.button(key="model_test").click().run()
    assert not screen.exception
    assert "Simulated: no real model was asked" in said(screen)
    now = utc_now()
    lately = UsageFilter(workbench.core.settings.tenant_id, now - timedelta(hours=1), now + timedelta(hours=1))
    page = workbench.core.usage.prompt_runs(lately)
    assert page.total == 1
    assert page.runs[0].id in said(screen)
    assert opened(GPT).button(key="model_test").disabled


def test_a_trial_that_fails_says_so_in_words(workbench: Workbench) -> None:
    trial = workbench.core.model_trial.run(GPT)
    assert trial.error is not None
    assert "OPENAI_API_KEY" in trial.error
    assert (trial.cost, trial.usage, trial.prompt_run_id) == (None, None, None)


def test_a_link_to_an_unknown_model_says_so(workbench: Workbench) -> None:
    screen = opened("openai/gpt-99")
    assert any("There is no model" in notice.value for notice in screen.warning)


@pytest.mark.parametrize(
    ("per_token", "written"),
    [
        ("0.0000025", "$2.50"),
        ("0.00000001", "$0.01"),
        ("0.00000000875", "$0.00875"),
        ("0.0003", "$300.00"),
        ("0", "$0.00"),
    ],
)
def test_prices_are_written_with_all_their_digits(per_token: str, written: str) -> None:
    assert per_million(Decimal(per_token)) == written
    assert per_million(None) == "—"


def test_an_effect_is_told_with_its_sign_and_an_unknown_one_with_a_dash() -> None:
    effect = PriceEffect(Usage(1_000, 300), Decimal("0.0045"), Decimal("0.0030"))
    assert effect_in_words(effect) == "A call of 1\u202f000 + 300 tokens: $0.0045 → $0.0030 (−$0.0015)."
    assert effect_in_words(PriceEffect(Usage(1, 1), None, Decimal(1))).endswith("— → $1.0000.")


def test_what_was_typed_is_read_exactly() -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    read = draft_of(GPT, {"input": " $2.50", "output": "10", "cached_input": ""}, now)
    assert read == PriceDraft(GPT, now, Decimal("2.50"), Decimal(10))
    for texts in ({"input": "2"}, {"input": "2,5", "output": "1"}, {"input": "a", "output": "1"}):
        with pytest.raises(InvalidInputError):
            draft_of(GPT, texts, now)


def test_a_day_begins_where_the_viewer_is() -> None:
    from zoneinfo import ZoneInfo

    day = datetime(2026, 11, 21, tzinfo=UTC).date()
    assert beginning_of(day, ZoneInfo("Asia/Tokyo")) == datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_a_price_that_does_not_hold_yet_says_so(workbench: Workbench) -> None:
    now = utc_now()
    draft = PriceDraft(GPT, now + timedelta(days=3), Decimal(1), Decimal(2))
    workbench.core.models.set_price(draft, "Ada")
    lines = price_lines(workbench.core.models.price_history(GPT), workbench.core.catalogue.price(GPT), now, UTC)
    assert [line.state for line in lines] == ["Not yet"]
