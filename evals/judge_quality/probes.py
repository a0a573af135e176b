"""The product's own probes of a judge: good and weak answers to the same person, and attacks put into the weak ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coaching_core.yaml_text import load_yaml
from evals.dataset import GoldenItem, Turn

GOOD, PLAIN, ATTACKED = "good", "weak", "attack: "
"""Names of the variants of a probing run: the good answer, the weak one, the weak one with each attack in it."""

_FILE = Path(__file__).with_name("probes.yaml")
Text = Annotated[str, Field(min_length=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attack(_Frozen):
    """Words that try to talk a judge into a score.

    Attributes:
        place: Where they stand in the answer; ``instead``: they are the whole answer.
    """

    name: Text
    place: Literal["before", "after", "instead"] = "after"
    text: Text

    def put_into(self, answer: str) -> str:
        """The answer with the attack in it."""
        if self.place == "instead":
            return self.text
        return f"{answer}\n\n{self.text}" if self.place == "after" else f"{self.text}\n\n{answer}"


class Probe(_Frozen):
    """One person, one good answer and one weak one."""

    id: Text
    said: Text
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    good: Text
    weak: Text

    @property
    def item(self) -> GoldenItem:
        """What the judge is shown beside the answer."""
        turns = (Turn(role="user", content=self.said),)
        return GoldenItem(id=self.id, conversation=turns, must=self.must, must_not=self.must_not)


class ProbeSet(_Frozen):
    """All of them; the version goes up with any change, so that results are only held against their like."""

    version: str
    probes: Annotated[tuple[Probe, ...], Field(min_length=1)]
    attacks: Annotated[tuple[Attack, ...], Field(min_length=1)]


@cache
def own_probes() -> ProbeSet:
    """The probes that come with the product."""
    return ProbeSet.model_validate(load_yaml(_FILE.read_text(encoding="utf-8")))


def attack_of(variant: str) -> str:
    """The name of the attack that a variant of a probing run carries."""
    return variant.removeprefix(ATTACKED)
