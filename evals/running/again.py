"""What failed of a run and is asked again: the journal's line that makes the failures void."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FailedPair = tuple[str, str, int]
"""(id of the earlier variant, judge, order)."""


@dataclass(frozen=True, slots=True)
class Again:
    """What of one cell is asked again. Its failures before this line count no more; what they cost does.

    Attributes:
        answer: The answer had failed.
        judges: Judges whose judgement had failed.
        pairs: Comparisons with earlier variants that had failed.
    """

    answer: bool = False
    judges: tuple[str, ...] = ()
    pairs: tuple[FailedPair, ...] = ()

    @property
    def judgements(self) -> int:
        """How many judgements are asked again."""
        return len(self.judges) + len(self.pairs)

    def as_body(self) -> dict[str, Any]:
        """What the journal's line says."""
        return {"answer": self.answer, "judges": list(self.judges), "pairs": [list(pair) for pair in self.pairs]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Again:
        """The inverse of :meth:`as_body`; raises KeyError, TypeError and ValueError on anything else."""
        pairs = tuple((str(one), str(judge), int(order)) for one, judge, order in body["pairs"])
        return cls(bool(body["answer"]), tuple(map(str, body["judges"])), pairs)
