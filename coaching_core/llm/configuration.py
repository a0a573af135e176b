"""What an admin chose about models, as the catalogue needs it: settings, prices of one's own, the provider matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from coaching_core.llm.price import Price
from coaching_core.llm.types import Purpose


class Task(StrEnum):
    """What models are chosen for in the provider matrix (ledger L9)."""

    LIVE_CHAT = "live_chat"
    BACKGROUND = "background"
    JUDGE = "judge"
    EMBEDDING = "embedding"


TASK_OF: Mapping[Purpose, Task] = MappingProxyType(
    {
        Purpose.CHAT: Task.LIVE_CHAT,
        Purpose.ANALYSIS: Task.BACKGROUND,
        Purpose.SUMMARY: Task.BACKGROUND,
        Purpose.PERSONALISATION: Task.BACKGROUND,
        Purpose.ASSESSMENT: Task.BACKGROUND,
        Purpose.JUDGE: Task.JUDGE,
        Purpose.EMBEDDING: Task.EMBEDDING,
    }
)
"""The task a call belongs to. Evaluations belong to none: there the model is what is measured."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """What an admin set for one model.

    Attributes:
        model: ``provider/model``.
        enabled: False: it cannot be asked.
        label: What a person calls it; None: its usual name.
        temperature: For calls that name none, 0 to 2; None leaves the provider's default.
        max_tokens: Longest answer of calls that name none; None leaves the provider's default.
        context: Longest question in tokens, instead of the one on record.
        note: For the people who choose models.
    """

    model: str
    enabled: bool = True
    label: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    context: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A price that holds from a moment on, until a later one does."""

    id: str
    model: str
    valid_from: datetime
    price: Price


@dataclass(frozen=True, slots=True)
class TaskModels:
    """Who answers for a task.

    Attributes:
        models: The primary one, then those that may stand in for it, in this order.
        swapped: The first fallback is used now, and the primary one comes last.
    """

    task: Task
    models: tuple[str, ...]
    swapped: bool = False

    @property
    def chain(self) -> tuple[str, ...]:
        """Who is asked, in this order."""
        if not self.swapped or len(self.models) < 2:
            return self.models
        primary, *others = self.models
        return (*others, primary)


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of it at one moment."""

    settings: tuple[ModelSettings, ...] = ()
    prices: tuple[OwnPrice, ...] = ()
    tasks: tuple[TaskModels, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelDefaults:
    """What a call gets that does not say; None leaves it to the provider."""

    temperature: float | None = None
    max_tokens: int | None = None
