"""What a call costs: to the last digit, and unknown is never 0."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError
from coaching_core.llm.copy_prices import copy_model, copy_table, main, plain
from coaching_core.llm.prices import PRICE_FILE, Price, PriceTable, load_price_table
from coaching_core.llm.types import Usage

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
TABLE = load_price_table(DATASETS, None)


def overridden(folder: Path, text: str) -> PriceTable:
    file = folder / "my-prices.json"
    file.write_text(text, encoding="utf-8")
    return load_price_table(DATASETS, file)


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(1_000, 500), "0.0075"),  # 1,000 x 2.50 + 500 x 10.00, by the million
        (Usage(1_000, 500, 400), "0.0070"),  # 600 x 2.50 + 400 x 1.25 + 500 x 10.00
        (Usage(1_000, 0, 1_000), "0.00125"),
        (Usage(3, 1), "0.0000175"),
        (Usage(0, 0), "0"),
    ],
)
def test_cost_of_gpt_4o_by_hand(usage: Usage, dollars: str) -> None:
    assert TABLE.cost("openai/gpt-4o", usage) == Decimal(dollars)


def test_a_million_calls_add_up_without_noise() -> None:
    one = TABLE.cost("openai/gpt-4o-mini", Usage(7, 3))
    assert one == Decimal("0.00000285")  # 7 x 0.15 + 3 x 0.60
    assert one * 1_000_000 == Decimal("2.85")


def test_cached_tokens_cost_as_much_as_others_where_there_is_no_discount() -> None:
    price = Price(Decimal("0.000002"), Decimal("0.00001"))
    assert price.cost(Usage(100, 0, 60)) == price.cost(Usage(100, 0)) == Decimal("0.0002")


def test_a_discount_of_everything_is_not_taken_for_no_discount() -> None:
    assert Price(Decimal(1), Decimal(1), cached_input=Decimal(0)).cost(Usage(10, 0, 10)) == 0


def test_an_unknown_price_is_none() -> None:
    assert TABLE.price("openai/gpt-99") is None
    assert TABLE.cost("openai/gpt-99", Usage(1_000, 500)) is None
    assert TABLE.cost("gpt-4o", Usage(1_000, 500)) is None


def test_beyond_the_length_its_price_holds_for_the_cost_is_unknown() -> None:
    price = TABLE.price("gemini/gemini-2.5-pro")
    assert price is not None
    assert price.flat_until == 200_000
    assert price.cost(Usage(200_000, 0)) == Decimal("0.25")
    assert price.cost(Usage(200_001, 0)) is None


@pytest.mark.parametrize("usage", [Usage(10, 5, 11), Usage(-1, 5), Usage(10, -1)])
def test_usage_that_contradicts_itself_has_no_cost(usage: Usage) -> None:
    assert TABLE.cost("openai/gpt-4o", usage) is None


NAMED = [
    ("openai/gpt-4o", "gpt-4o"),
    ("openai/gpt-5-mini", "gpt-5-mini"),
    ("openai/gpt-4.1-mini", "gpt-4.1-mini"),
    ("anthropic/claude-sonnet-4-5", "claude-sonnet-4-5"),
    ("anthropic/claude-haiku-4-5", "claude-haiku-4-5"),
    ("bedrock/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
    ("bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("mistral/mistral-small-latest", "mistral/mistral-small-latest"),
    ("gemini/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
    ("cohere/command-r-08-2024", "command-r-08-2024"),
]


@pytest.mark.parametrize(("ours", "theirs"), NAMED)
def test_the_copy_equals_litellms_own_map(ours: str, theirs: str) -> None:
    import litellm

    entry, price = litellm.model_cost[theirs], TABLE.price(ours)
    assert price is not None

    def amount(key: str) -> Decimal | None:
        return Decimal(repr(entry[key])) if entry.get(key) is not None else None

    assert price.input == amount("input_cost_per_token")
    assert price.output == amount("output_cost_per_token")
    assert price.cached_input == amount("cache_read_input_token_cost")
    assert price.cache_write == amount("cache_creation_input_token_cost")


def test_the_copy_in_the_project_is_what_the_installed_litellm_gives(tmp_path: Path) -> None:
    assert main(["--output", str(tmp_path / "again.json")]) == 0
    again = (tmp_path / "again.json").read_bytes()
    assert again == (DATASETS / PRICE_FILE).read_bytes()
    assert len(again) < 250_000


def test_every_model_is_named_by_its_provider_and_costs_something() -> None:
    for model in TABLE.models():
        price = TABLE.price(model)
        assert price is not None
        assert "/" in model
        assert price.input > 0
        assert price.output > 0


def test_prices_are_written_plainly() -> None:
    assert plain(Decimal("2.50E-6")) == "0.0000025"
    assert plain(Decimal("3E-8")) == "0.00000003"
    assert plain(Decimal(10)) == "10"


def test_what_has_no_price_per_token_is_not_copied() -> None:
    assert copy_model({"input_cost_per_second": 1}) is None
    assert copy_model({"input_cost_per_token": 0, "output_cost_per_token": 0}) is None


def test_the_entry_with_its_provider_wins() -> None:
    def entry(cost: str) -> dict[str, Any]:
        amount = Decimal(cost)
        costs = {"input_cost_per_token": amount, "output_cost_per_token": amount}
        return {"litellm_provider": "deepseek", "mode": "chat", **costs}

    both = {"deepseek/chat": entry("0.2"), "chat": entry("0.1"), "other": {"mode": "embedding"}}
    assert copy_table(both, "1")["models"] == {"deepseek/chat": {"input": "0.2", "output": "0.2"}}


def test_overrides_win_and_add_models(tmp_path: Path) -> None:
    table = overridden(
        tmp_path, '{"openai/gpt-4o": {"input": 2.4, "output": 9}, "own/llama": {"input": 0.1, "output": 0.3}}'
    )
    assert table.version == f"{TABLE.version}+overrides"
    assert table.price("openai/gpt-4o") == Price(Decimal("0.0000024"), Decimal("0.000009"))
    assert table.cost("own/llama", Usage(10, 10)) == Decimal("0.000004")
    assert table.price("openai/gpt-4o-mini") == TABLE.price("openai/gpt-4o-mini")
    assert "own/llama" in table.models()


def test_an_override_has_all_four_prices(tmp_path: Path) -> None:
    entry = {"input": 2, "output": 4, "cached_input": 0.5, "cache_write": 3}
    price = overridden(tmp_path, json.dumps({"own/x": entry})).price("own/x")
    assert price is not None
    assert (price.cached_input, price.cache_write) == (Decimal("0.0000005"), Decimal("0.000003"))


def test_without_overrides_the_version_is_litellms() -> None:
    assert TABLE.version.startswith("litellm-1.")
    assert "+" not in TABLE.version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"openai/gpt-4o": {"input": 2.5', "JSON"),
        ("[1, 2]", "object"),
        ('{"gpt-4o": {"input": 1, "output": 1}}', "gpt-4o"),
        ('{"openai/gpt-4o": 5}', "openai/gpt-4o"),
        ('{"openai/gpt-4o": {"input": 1}}', "output"),
        ('{"openai/gpt-4o": {"input": "1", "output": 1}}', "input"),
        ('{"openai/gpt-4o": {"input": true, "output": 1}}', "input"),
        ('{"openai/gpt-4o": {"input": null, "output": 1}}', "input"),
        ('{"openai/gpt-4o": {"input": -1, "output": 1}}', "input"),
        ('{"openai/gpt-4o": {"input": NaN, "output": 1}}', "NaN"),
        ('{"openai/gpt-4o": {"input": 1, "output": 1, "cached": 1}}', "cached"),
        ("\xff", "JSON"),
    ],
)
def test_a_broken_override_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        overridden(tmp_path, text)
    assert "my-prices.json" in str(caught.value)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"none\.json"):
        load_price_table(DATASETS, tmp_path / "none.json")
    with pytest.raises(InvalidInputError, match=r"litellm\.json"):
        load_price_table(tmp_path, None)


@pytest.mark.parametrize("models", [None, {"openai/x": {"input": "a", "output": "1"}}, {"openai/x": {"input": "1"}}])
def test_a_broken_built_in_table_is_named(tmp_path: Path, models: object) -> None:
    (tmp_path / "prices").mkdir()
    (tmp_path / PRICE_FILE).write_text(json.dumps({"version": "v", "models": models}), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"litellm\.json"):
        load_price_table(tmp_path, None)
