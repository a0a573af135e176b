"""Judges: one context in, one verdict with its reasons out; a judge that fails gives no score."""

from evals.judges.pointwise import JudgeContext, PointwiseJudge
from evals.judges.reply import MalformedReplyError, read_reply

__all__ = ["JudgeContext", "MalformedReplyError", "PointwiseJudge", "read_reply"]
