"""Items that pass with one variant and fail with the other."""

from __future__ import annotations

from collections.abc import Sequence

from evals.comparing.compare import ItemPair
from evals.comparing.flips import Flips
from evals.reports import figures
from evals.reports.markup import Html, element

_MOST = 50


def flips_part(flips: Flips, anchors: dict[str, str], heading: str) -> Html:
    """What flipped, with links to the items.

    Args:
        anchors: Item id to where it stands on the page.
        heading: Element of the heading, ``h2`` or ``h3``.
    """
    return element(
        "div",
        element(heading, f"Pass to fail: {len(flips.to_fail)}, fail to pass: {len(flips.to_pass)}"),
        element("p", flips.sentence),
        _list("From pass to fail", flips.to_fail, anchors),
        _list("From fail to pass", flips.to_pass, anchors),
        element("p", f"{flips.pass_both} pass with both, {flips.fail_both} with neither.", class_="caption"),
    )


def _list(title: str, pairs: Sequence[ItemPair], anchors: dict[str, str]) -> Html | None:
    if not pairs:
        return None
    links = [
        element("li", element("a", pair.item_id, href=f"#{anchors[pair.item_id]}"), " ", _scores(pair))
        for pair in pairs[:_MOST]
    ]
    more = element("li", f"and {len(pairs) - _MOST} more") if len(pairs) > _MOST else None
    return element("div", element("p", title, class_="m s"), element("ul", *links, more, class_="s"), class_="item")


def _scores(pair: ItemPair) -> str:
    return f"{figures.score(pair.baseline)} → {figures.score(pair.candidate)}"
