"""Variants beside each other: differences with intervals, flips, pairs, candidates counted together."""
