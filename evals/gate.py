"""A gate says whether a candidate may pass: met, not met, or not clear yet."""

from __future__ import annotations

from evals.compare import Comparison

GATES = ("better", "not-worse")
EXIT_MET, EXIT_NOT_MET, EXIT_INCONCLUSIVE = 0, 100, 101


def gate_exit_code(gate: str, comparison: Comparison | None, margin: float) -> int:
    """The exit code that a gate gives a comparison.

    Args:
        gate: ``better``: the interval lies above 0. ``not-worse``: it lies above minus the margin (non-inferiority).
        comparison: None when the run has one variant only; nothing can be said then.
        margin: Points of the rubric's scale.

    Returns:
        0 when met, 100 when the interval lies wholly on the wrong side, 101 when it holds the threshold.
    """
    interval = comparison.overall.interval if comparison is not None else None
    if interval is None:
        return EXIT_INCONCLUSIVE
    threshold = 0.0 if gate == "better" else -margin
    if interval.low > threshold:
        return EXIT_MET
    return EXIT_NOT_MET if interval.high <= threshold else EXIT_INCONCLUSIVE
