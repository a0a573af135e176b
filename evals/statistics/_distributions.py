"""The distribution functions the statistics need; SciPy is loaded by the first one that is called.

``scipy.special`` rather than ``scipy.stats``: the same numbers, without the second and a half of import.
"""

from __future__ import annotations


def normal_quantile(probability: float) -> float:
    """The z below which a standard normal variable falls with this probability."""
    from scipy.special import ndtri

    return float(ndtri(probability))


def t_quantile(probability: float, df: int) -> float:
    """The t below which Student's t with ``df`` degrees of freedom falls with this probability."""
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def t_two_sided_p(t: float, df: int) -> float:
    """The probability of a Student's t at least as far from zero as this one."""
    from scipy.special import stdtr

    return min(1.0, 2.0 * float(stdtr(df, -abs(t))))


def chi_square_p(statistic: float, df: int) -> float:
    """The probability of a χ² at least as large as this one."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def fair_coin_at_most(successes: int, n: int) -> float:
    """The probability of at most so many heads in ``n`` throws of a fair coin."""
    from scipy.special import bdtr

    return float(bdtr(successes, n, 0.5))
