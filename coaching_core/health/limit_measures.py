"""How near limits are to the level at which they alarm or switch."""

from __future__ import annotations

from collections.abc import Iterable

from coaching_core.health.models import Sample
from coaching_core.limits.models import Headroom
from coaching_core.llm.limits import Action, Each, in_unit
from coaching_core.logs import hashed

_WATCHED = (Action.ALARM, Action.SWITCH)


def limit_samples(headroom: Iterable[Headroom]) -> list[Sample]:
    """Used and held as a share of the level, 1 being there; limits that only refuse are left out.

    People among the subjects are named by a digest: what is measured here leaves the process by webhook.
    """
    return [_sample(each) for each in headroom if each.limit.action in _WATCHED]


def _sample(headroom: Headroom) -> Sample:
    limit = headroom.limit
    who = hashed(headroom.subject) if limit.each is Each.USER else headroom.subject
    return Sample(
        value=headroom.share / limit.threshold if limit.threshold else None,
        count=1,
        subject=f"{limit.name}: {who}" if who else limit.name,
        reason="Its alarm level is 0 %.",
        detail=f"{headroom.share:.0%} of {in_unit(limit.metric, limit.cap)}; its level is {limit.threshold:.0%}",
    )
