"""The topics a new store begins with, read from ``datasets/topics`` (ledger P6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from coaching_core.errors import ConflictError, InvalidDatasetError, InvalidPromptError
from coaching_core.people import Person, Role
from coaching_core.prompts.models import TopicDraft
from coaching_core.prompts.service import PromptService
from coaching_core.prompts.validation import decode_prompt, parse_draft
from coaching_core.yaml_text import load_yaml

SEED_AUTHOR = "Workbench"
"""Who has written the seeds' versions."""


def seed_topics(service: PromptService, datasets_dir: Path) -> tuple[str, ...]:
    """Create the topics that are missing, version 1 published; existing ones are never touched.

    Several processes may do this at once: one of them creates the topics.

    Args:
        service: Where the topics go.
        datasets_dir: The folder that holds ``topics/<topic_id>/``.

    Returns:
        The ids of the topics this call created.

    Raises:
        InvalidDatasetError: A seed cannot be read.
        InvalidPromptError: A seed breaks a rule of prompts.
        ConflictError: The store holds a part of a topic that it does not list.
    """
    folders = sorted(file.parent for file in (datasets_dir / "topics").glob("*/topic.yaml"))
    while missing := _missing(service, folders):
        try:
            service.create_topics([load_seed(folder) for folder in missing], Person(SEED_AUTHOR, Role.SYSTEM), True)
        except ConflictError:
            if _missing(service, folders) == missing:
                raise
            continue  # another process was first with some of them
        return tuple(folder.name for folder in missing)
    return ()


def load_seed(folder: Path) -> TopicDraft:
    """One seed: ``topic.yaml``, and a file ``<prompt_type>.md`` for each prompt.

    Raises:
        InvalidDatasetError: A file is missing or cannot be read; names the file, and the line where there is one.
    """
    card = folder / "topic.yaml"
    facts = _read_card(card)
    if facts.get("topic_id") != folder.name:
        raise InvalidDatasetError(str(card), None, f"topic_id must be the folder's name, “{folder.name}”.")
    prompts = {file.stem: _read_prompt(file) for file in sorted(folder.glob("*.md"))}
    try:
        return parse_draft({**facts, "prompts": prompts})
    except InvalidPromptError as error:
        raise InvalidDatasetError(str(card), None, str(error)) from error


def _missing(service: PromptService, folders: Sequence[Path]) -> list[Path]:
    known = service.topic_ids()
    return [folder for folder in folders if folder.name not in known]


def _read_card(file: Path) -> dict[str, Any]:
    try:
        facts = load_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDatasetError(str(file), None, f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "is not valid YAML"
        raise InvalidDatasetError(str(file), mark.line + 1 if mark else None, str(reason)) from error
    if not isinstance(facts, dict):
        raise InvalidDatasetError(str(file), None, "must hold the topic's fields.")
    return facts


def _read_prompt(file: Path) -> str:
    try:
        return decode_prompt(file.read_bytes())
    except (OSError, InvalidPromptError) as error:
        raise InvalidDatasetError(str(file), None, str(error)) from error
