"""The difference within each phase, topic, difficulty, split and tag, drawn like those by criterion."""

from __future__ import annotations

from collections.abc import Sequence

from evals.comparing.compare import Comparison, PartDifference
from evals.reports.interval_strips import Axis, draw_strips, fitting_step
from evals.reports.markup import Html, element, fragment
from evals.reports.part_strips import part_strip

_UNNAMED = "(none)"


def group_sections(comparison: Comparison, scale_width: float) -> Html:
    """One folded part for each way to group the items that has more than one group.

    Args:
        scale_width: From the lowest to the highest score there is.
    """
    groups = (
        ("phase", comparison.by_phase),
        ("topic", comparison.by_topic),
        ("difficulty", comparison.by_difficulty),
        ("split", comparison.by_split),
        ("tag", comparison.by_tag),
    )
    return fragment(*(_group(name, parts, comparison, scale_width) for name, parts in groups if len(parts) > 1))


def _group(name: str, parts: Sequence[PartDifference], comparison: Comparison, scale_width: float) -> Html:
    names = {part.name: f"{part.name or _UNNAMED} ({part.difference.n})" for part in parts}
    strips = [part_strip(part, names, comparison.margin) for part in parts]
    step = fitting_step(strips, comparison.margin, scale_width)
    axis = Axis(step, comparison.margin, comparison.baseline.label, comparison.candidate.label)
    words = [strip.word for strip in strips]
    found = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words)))
    caption = "In brackets: paired items."
    if name == "tag":
        caption += " Tags of five pairs and more; an item stands under each of its tags."
    body = element("div", draw_strips(strips, axis, name.capitalize()), element("p", caption, class_="caption"))
    return element("details", element("summary", element("b", f"By {name}"), f": {found}"), body)
