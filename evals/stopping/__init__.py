"""Runs that end as soon as their answer is clear."""
