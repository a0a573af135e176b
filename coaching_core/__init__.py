"""The shared core of the Coaching Workbench: prompts, models, accounting, progression, storage."""

__version__ = "0.1.0"
