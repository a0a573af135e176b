"""The published prompts as plain files, for everybody who reads files and not our store (ledger P4)."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.service import PromptService


@dataclass(frozen=True, slots=True)
class Projection:
    """What a projection had to do; both empty when the files were right already."""

    written: tuple[Path, ...]
    removed: tuple[Path, ...]


def project_published(service: PromptService, target: Path) -> Projection:
    """Bring the files ``{topic_id}/{prompt_type}.md`` of a folder in line with what is published.

    Each file changes at once (a rename); files that are right are not touched; ``.md`` files of types that the
    published version no longer has are removed. Safe to repeat at any time.

    Args:
        service: Knows what is published.
        target: The folder ``prompts`` of the content store; made when it is not there.
    """
    written: list[Path] = []
    removed: list[Path] = []
    for version in service.published_versions():
        folder = target / version.topic_id
        folder.mkdir(parents=True, exist_ok=True)
        written += _write(folder, version)
        removed += _remove_others(folder, version)
    return Projection(tuple(written), tuple(removed))


def _write(folder: Path, version: TopicVersion) -> list[Path]:
    written = []
    for prompt_type, text in version.prompts.items():
        file, content = folder / f"{prompt_type}.md", text.encode("utf-8")
        if not file.is_file() or file.read_bytes() != content:
            _replace(file, content)
            written.append(file)
    return written


def _remove_others(folder: Path, version: TopicVersion) -> list[Path]:
    removed = [file for file in sorted(folder.glob("*.md")) if file.stem not in version.prompts and file.is_file()]
    for file in removed:
        file.unlink(missing_ok=True)
    return removed


def _replace(file: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.stem}.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
