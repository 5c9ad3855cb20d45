"""Estimators in closed form: Lincoln-Petersen, Chapman and Chao."""

import math

from cyclesim.estimation.histories import Counts, MethodAnswer, RefusedError

NO_OVERLAP = "nobody is on two lists, so nothing in the table says how many are on none"


def lincoln_petersen(counts: Counts) -> MethodAnswer:
    """Return n1 n2 / m for two independent lists of n1 and n2 people, m of them on both (Petersen 1896).

    Its variance is n1 n2 (n1 - m)(n2 - m) / m^3 (Seber 1982, section 3.1).
    """
    first, second, both = _two(counts)
    if both == 0:
        raise RefusedError(NO_OVERLAP)
    variance = first * second * (first - both) * (second - both) / both**3
    return MethodAnswer(first * second / both, math.sqrt(variance))


def chapman(counts: Counts) -> MethodAnswer:
    """Return (n1 + 1)(n2 + 1) / (m + 1) - 1 for two independent lists (Chapman 1951): nearly unbiased, always finite.

    Its variance is (n1 + 1)(n2 + 1)(n1 - m)(n2 - m) / ((m + 1)^2 (m + 2)) (Seber 1970).
    """
    first, second, both = _two(counts)
    product = (first + 1) * (second + 1)
    variance = product * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    note = "" if both else "nobody is on both lists: a lower bound at best"
    return MethodAnswer(product / (both + 1) - 1, math.sqrt(variance), note=note)


def chao(counts: Counts, corrected: bool = False) -> MethodAnswer:
    """Return Chao's estimate n + A f1^2 / (2 f2), A = (t - 1) / t, with f_k of n people on exactly k of t lists.

    A lower bound if people differ in how easily they are found and lists are alike in size, the truth if they do not
    differ (Chao 1987, 1989). Its variance is f2 (A^2 r^4 / 4 + A^2 r^3 + A r^2 / 2) with r = f1 / f2 (Chao 1987, with A
    as in Chao & Chiu 2016). Corrected: n + A f1 (f1 - 1) / (2 (f2 + 1)), nearly unbiased and finite; variance of Chao
    (1989) with f2 + 1.
    """
    once, twice = float(counts.on[1]), float(counts.on[2])
    lists = max(sum(counts.margins[1 << k] > 0 for k in range(len(counts.lists))), 1)  # one with nobody on it is none
    part = (lists - 1) / lists
    note = "a lower bound if people differ and lists do not; too high where lists differ in size"
    if corrected:
        more = twice + 1
        variance = (
            part * once * (once - 1) / (2 * more)
            + part**2 * once * (2 * once - 1) ** 2 / (4 * more**2)
            + part**2 * once**2 * twice * (once - 1) ** 2 / (4 * more**4)
        )
        unseen = part * once * (once - 1) / (2 * more)
        return MethodAnswer(counts.observed + unseen, math.sqrt(max(variance, 0.0)), note=note)
    if twice == 0:
        raise RefusedError("nobody is on exactly two lists, so the lower bound is infinite")
    ratio = once / twice
    variance = twice * (part**2 * ratio**4 / 4 + part**2 * ratio**3 + part * ratio**2 / 2)
    return MethodAnswer(counts.observed + part * once**2 / (2 * twice), math.sqrt(variance), note=note)


def _two(counts: Counts) -> tuple[float, float, float]:
    """Return the sizes of the two lists and of their overlap."""
    if len(counts.lists) != 2:
        raise RefusedError(f"it is for two lists, and this table has {len(counts.lists)}")
    return float(counts.margins[1]), float(counts.margins[2]), float(counts.margins[3])
