"""Four characters are a token."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coaching_core.llm.providers.simulated.tokens import count_tokens, cut_to_tokens


def test_a_token_is_counted_when_it_begins() -> None:
    assert [count_tokens("x" * length) for length in (0, 1, 4, 5, 8, 9)] == [0, 1, 1, 2, 2, 3]


@given(text=st.text(max_size=60), limit=st.integers(-3, 20))
def test_a_cut_text_is_the_longest_beginning_that_fits(text: str, limit: int) -> None:
    cut = cut_to_tokens(text, limit)

    assert text.startswith(cut)
    assert count_tokens(cut) == min(max(limit, 0), count_tokens(text))
    assert cut == text or len(cut) == 4 * max(limit, 0)
