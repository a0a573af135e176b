"""Copy the chat prices of the installed LiteLLM into our own versioned table.

Run it after an upgrade of LiteLLM, read the diff, commit it::

    python -m coaching_core.llm.copy_prices                  # writes datasets/prices/litellm.json
    python -m coaching_core.llm.copy_prices --output FILE

It reads LiteLLM's file of prices without importing LiteLLM (no network, no five seconds of start). What is copied:

- chat models of the providers in ``PROVIDERS``, under the name ``provider/model`` that one calls them by; where LiteLLM
  lists a model with and without its provider, the entry with it wins, as it does in LiteLLM;
- the standard prices per token, as decimal strings in plain notation, exactly the digits of LiteLLM's file. Prices of
  batches, priority, audio, images and searches are not copied;
- ``context``: the longest question in tokens. ``flat_until``: the length above which LiteLLM knows a higher tier.

Left out are models priced by the hour or the second, and those with a price of 0 for input or output: there, 0 stands
for free, for a preview, or for not known.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

PROVIDERS = {
    "anthropic": "anthropic",
    "azure": "azure",
    "bedrock": "bedrock",
    "bedrock_converse": "bedrock",
    "cohere": "cohere",
    "cohere_chat": "cohere",
    "deepseek": "deepseek",
    "gemini": "gemini",
    "groq": "groq",
    "mistral": "mistral",
    "openai": "openai",
    "xai": "xai",
}
"""LiteLLM's provider, and the one its models are called by here."""

_FIELDS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
_TIER = re.compile(r"(?:input|output)_cost_per_token_above_(\d+)k_tokens")
_DEFAULT_OUTPUT = Path(__file__).resolve().parents[2] / "datasets" / "prices" / "litellm.json"


def plain(amount: Decimal) -> str:
    """A price as text without exponent or trailing zeros: ``Decimal("2.50E-6")`` gives ``0.0000025``."""
    return f"{amount.normalize():f}"


def copy_model(entry: Mapping[str, Any]) -> dict[str, str | int] | None:
    """Our record of one of LiteLLM's entries; None when it has no price per token."""
    amounts = {name: Decimal(entry[key]) for name, key in _FIELDS.items() if entry.get(key) is not None}
    if not amounts.get("input") or not amounts.get("output") or "tiered_pricing" in entry:
        return None
    record: dict[str, str | int] = {name: plain(amount) for name, amount in amounts.items()}
    tiers = [int(tier[1]) * 1000 for key in entry if (tier := _TIER.fullmatch(key))]
    if tiers:
        record["flat_until"] = min(tiers)
    context = entry.get("max_input_tokens")
    if isinstance(context, int):
        record["context"] = context
    return record


def copy_table(entries: Mapping[str, Mapping[str, Any]], version: str) -> dict[str, Any]:
    """Our whole document, made of LiteLLM's map of prices (floats of it read as Decimal)."""
    models: dict[str, dict[str, str | int]] = {}
    for name in sorted(
        entries, key=lambda name: ("/" in name, name)
    ):  # the entry with its provider comes last: it wins
        provider = PROVIDERS.get(str(entries[name].get("litellm_provider")))
        record = copy_model(entries[name]) if provider and entries[name].get("mode") == "chat" else None
        if record is not None:
            models[name if name.startswith(f"{provider}/") else f"{provider}/{name}"] = record
    return {"version": f"litellm-{version}", "unit": "USD per token", "models": dict(sorted(models.items()))}


def render(document: Mapping[str, Any]) -> str:
    """The document as text, one model a line, so that a diff shows each price that changed."""
    lines = [f"    {json.dumps(name)}: {json.dumps(record)}" for name, record in document["models"].items()]
    head = "".join(f"  {json.dumps(key)}: {json.dumps(document[key])},\n" for key in ("version", "unit"))
    return "{\n" + head + '  "models": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the table and say how many models are in it."""
    parser = argparse.ArgumentParser(description="Copy LiteLLM's chat prices into datasets/prices/litellm.json.")
    parser.add_argument("--output", type=Path, default=_DEFAULT_OUTPUT)
    output: Path = parser.parse_args(arguments).output
    installed = metadata.distribution("litellm")
    source = Path(str(installed.locate_file("litellm/model_prices_and_context_window_backup.json")))
    document = copy_table(json.loads(source.read_text(encoding="utf-8"), parse_float=Decimal), installed.version)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(document), encoding="utf-8")
    sys.stdout.write(f"{len(document['models'])} models of {document['version']} written to {output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
