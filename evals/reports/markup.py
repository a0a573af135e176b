"""Builds HTML so that text cannot become markup: whatever is not :class:`Html` is escaped on its way in."""

from __future__ import annotations

import html


class Html(str):
    """Markup that is ready to be sent. Joining it with a plain string gives a plain string, which is escaped again."""

    __slots__ = ()


def fragment(*children: object) -> Html:
    """Children side by side; None is left out."""
    return Html("".join(_escaped(child) for child in children if child is not None))


def element(name: str, *children: object, **attributes: object) -> Html:
    """An element with its children; ``class_`` becomes ``class``, other underscores hyphens, None is left out.

    Example:
        ``element("p", "a < b", class_="m")`` → ``<p class="m">a &lt; b</p>``
    """
    pairs = (
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{''.join(pairs)}>{fragment(*children)}</{name}>")


def stored_text(name: str, text: str, class_: str | None = None) -> Html:
    """An element for words of a person or a model: line breaks kept, and a direction of its own."""
    return element(name, text, class_=f"stored {class_}" if class_ else "stored", dir="auto")


def _escaped(child: object) -> str:
    return child if isinstance(child, Html) else html.escape(str(child))
