"""Copy the prices of the installed LiteLLM into our own versioned table.

Run it after an upgrade of LiteLLM, read the diff, commit it::

    python -m coaching_core.llm.copy_prices                  # writes datasets/prices/litellm.json
    python -m coaching_core.llm.copy_prices --output FILE

It reads LiteLLM's file of prices without importing LiteLLM (no network, no five seconds of start). What is copied:

- chat and embedding models of the providers in ``PROVIDERS``, under the name ``provider/model`` that one calls them by;
  where LiteLLM lists a model with and without its provider, the entry with it wins, as it does in LiteLLM;
- the prices per token, as decimal strings in plain notation, exactly the digits of LiteLLM's file: ``above`` those of
  questions longer than so many tokens, ``service`` those of other tiers of service. Where LiteLLM lets a tier begin
  *at* its length (xAI), ``above`` is one token less;
- ``context`` and ``max_output`` in tokens, and what the model ``can``;
- the names of all providers LiteLLM can ask.

Left out are models priced by the hour or the second; chat models with a price of 0 for input or output, also of long
questions only, where 0 stands for free, for a preview, or for not known (an embedding has no output: there 0 is a
price); tiers of service without both an input and an output price; a price of 0 for writing to the cache, which stands
for "nothing on top" (DeepSeek). Not copied are prices of audio, images, searches and regions, which no call here has,
and DeepSeek's cheaper hours: there our figures are too high.
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

_AMOUNTS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
}
_SERVICES = {"flex": "_flex", "priority": "_priority", "ultrafast": "_ultrafast", "batch": "_batches"}
"""Our name of a tier of service, and the end of LiteLLM's keys for it."""

_CAPABILITIES = {
    "prompt_caching": "supports_prompt_caching",
    "functions": "supports_function_calling",
    "json_schema": "supports_response_schema",
    "reasoning": "supports_reasoning",
}
_MODES = ("chat", "embedding")
_LIMITS = {"context": "max_input_tokens", "max_output": "max_output_tokens"}
_THRESHOLD = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_INCLUSIVE = ("xai",)
"""Providers whose tier begins at its length, not above it (as in LiteLLM's cost calculator)."""

_DEFAULT_OUTPUT = Path(__file__).resolve().parents[2] / "datasets" / "prices" / "litellm.json"


def plain(amount: Decimal) -> str:
    """A price as text without exponent or trailing zeros: ``Decimal("2.50E-6")`` gives ``0.0000025``."""
    return f"{amount.normalize():f}"


def copy_model(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Our record of one of LiteLLM's entries; None when it has no price per token."""
    embedding = entry.get("mode") == "embedding"
    priced = {"output_cost_per_token": Decimal(0)} | dict(entry) if embedding else entry
    record = _schedule(priced, "")
    if record is None or "tiered_pricing" in entry or not (Decimal(record["output"]) or embedding):
        return None
    services = {name: found for name, ending in _SERVICES.items() if (found := _schedule(priced, ending))}
    if services:
        record["service"] = services
    if embedding:
        record["kind"] = "embedding"
    record |= {name: entry[key] for name, key in _LIMITS.items() if isinstance(entry.get(key), int)}
    abilities = [name for name, key in _CAPABILITIES.items() if entry.get(key)]
    return record | ({"can": abilities} if abilities else {})


def _schedule(entry: Mapping[str, Any], ending: str) -> dict[str, Any] | None:
    """The prices of one tier of service, with those of longer questions; None where it has none of its own."""
    record = _amounts(entry, ending)
    if record is None:
        return None
    one_less = entry.get("litellm_provider") in _INCLUSIVE
    lengths = sorted(int(found[1]) for key in entry if (found := _THRESHOLD.fullmatch(key)))
    longer = {str(length * 1000 - one_less): _amounts(entry, f"_above_{length}k_tokens{ending}") for length in lengths}
    if not ending and None in longer.values():
        return None
    known = {above: amounts for above, amounts in longer.items() if amounts}
    return {**record, "above": known} if known else dict(record)


def _amounts(entry: Mapping[str, Any], ending: str) -> dict[str, str] | None:
    found = {name: entry.get(key + ending) for name, key in _AMOUNTS.items()}
    amounts = {name: Decimal(amount) for name, amount in found.items() if amount is not None}
    if not amounts.get("input") or "output" not in amounts:
        return None
    return {name: plain(amount) for name, amount in amounts.items() if amount or not name.startswith("cache_write")}


def copy_table(
    entries: Mapping[str, Mapping[str, Any]], version: str, endpoints: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """Our whole document.

    Args:
        entries: LiteLLM's map of prices, its floats read as Decimal.
        version: LiteLLM's.
        endpoints: LiteLLM's list of providers with what each can do.
    """
    providers = [name for name, entry in (endpoints or {}).items() if _talks(entry) and "/" not in name]
    models: dict[str, dict[str, Any]] = {}
    for name in sorted(
        entries, key=lambda name: ("/" in name, name)
    ):  # the entry with its provider comes last: it wins
        provider = PROVIDERS.get(str(entries[name].get("litellm_provider")))
        if not provider or entries[name].get("mode") not in _MODES:
            continue
        ours, record = name if name.startswith(f"{provider}/") else f"{provider}/{name}", copy_model(entries[name])
        models.pop(ours, None)
        if record is not None:
            models[ours] = record
    return {
        "version": f"litellm-{version}",
        "unit": "USD per token",
        "providers": sorted({*providers, *PROVIDERS.values()}),
        "models": dict(sorted(models.items())),
    }


def _talks(entry: Mapping[str, Any]) -> bool:
    abilities = entry.get("endpoints", {})
    return bool(abilities.get("chat_completions") or abilities.get("embeddings"))


def render(document: Mapping[str, Any]) -> str:
    """The document as text, one model a line, so that a diff shows each price that changed."""
    lines = [f"    {json.dumps(name)}: {json.dumps(record)}" for name, record in document["models"].items()]
    head = "".join(f"  {json.dumps(key)}: {json.dumps(document[key])},\n" for key in ("version", "unit", "providers"))
    return "{\n" + head + '  "models": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the table and say how many models are in it."""
    parser = argparse.ArgumentParser(description="Copy LiteLLM's prices into datasets/prices/litellm.json.")
    parser.add_argument("--output", type=Path, default=_DEFAULT_OUTPUT)
    output: Path = parser.parse_args(arguments).output
    installed = metadata.distribution("litellm")
    entries, endpoints = (
        json.loads(Path(str(installed.locate_file(f"litellm/{name}"))).read_text(encoding="utf-8"), parse_float=Decimal)
        for name in ("model_prices_and_context_window_backup.json", "provider_endpoints_support_backup.json")
    )
    document = copy_table(entries, installed.version, endpoints["providers"])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(document), encoding="utf-8")
    sys.stdout.write(f"{len(document['models'])} models of {document['version']} written to {output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
