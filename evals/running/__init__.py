"""Carries a plan out: cells are answered and judged once, and every line is durable in the folder of the run."""
