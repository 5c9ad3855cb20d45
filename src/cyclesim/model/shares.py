"""Splits of whole numbers in proportion to weights, by largest remainder; nothing is lost."""

import math
from typing import NamedTuple

from cyclesim.model.arithmetic import Sum, plus
from cyclesim.model.arrays import Floats, Integers
from cyclesim.model.compiled import compiled, within

_HALVES = 134217729.0  # 2^27 + 1 cuts a number into two of 26 bits (Dekker 1971)


class Portion(NamedTuple):
    """What one weight has of a total: whole units, and the remainder over the sum of weights, in two numbers."""

    whole: int
    rest: float
    low: float


@compiled
def split(total: int, weights: Floats, parts: Integers) -> None:
    """Write the parts of a total, of equal remainders the earlier first; nothing where no weight is above zero.

    Remainders are worked out to twice the usual digits, so that they compare as the fractions they are.

    Parameters
    ----------
    total
        At least 0, below 2^53.
    weights, parts
        Shape (parts,). A weight below zero counts as none.
    """
    weight, left = Sum(0.0, 0.0), total
    for i in range(weights.size):
        weight = plus(weight, max(weights[i], 0.0))
    for i in range(weights.size):
        parts[i] = portion(total, weights[i], weight).whole
        left -= parts[i]
    if weight.rounded <= 0.0 or left == 0:
        return
    for i in range(weights.size):
        before, mine = 0, portion(total, weights[i], weight)
        for j in range(weights.size):
            before += 1 if _first(portion(total, weights[j], weight), mine, j < i) else 0
        parts[i] += 1 if before < left else 0


@within
def portion(total: int, weight: float, weights: Sum) -> Portion:
    """Return what one weight has of a total, all weights adding up to `weights`."""
    if weight <= 0.0:
        return Portion(0, 0.0, 0.0)
    product = _product(float(total), weight)
    whole = math.floor(product.rounded / weights.rounded)
    rest = _less(product, whole, weights)
    if rest.rounded + rest.lost < 0.0:
        whole -= 1
        rest = _less(product, whole, weights)
    elif (rest.rounded - weights.rounded) + (rest.lost - weights.lost) >= 0.0:
        whole += 1
        rest = _less(product, whole, weights)
    high = rest.rounded + rest.lost
    return Portion(whole, high, rest.lost - (high - rest.rounded))


@compiled
def _first(one: Portion, other: Portion, earlier: bool) -> bool:
    """Return whether the remainder of one is served before that of another."""
    if one.rest != other.rest:
        return one.rest > other.rest
    return one.low > other.low or (one.low == other.low and earlier)


@within
def _product(a: float, b: float) -> Sum:
    """Return the product of two numbers and what rounding it loses (Dekker 1971)."""
    product, x, y = a * b, a * _HALVES, b * _HALVES
    a_high, b_high = x - (x - a), y - (y - b)
    a_low, b_low = a - a_high, b - b_high
    return Sum(product, a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low))


@within
def _less(product: Sum, whole: int, weights: Sum) -> Sum:
    """Return product - whole * weights."""
    high, low = _product(float(whole), weights.rounded), _product(float(whole), weights.lost)
    rest = plus(plus(Sum(product.rounded, 0.0), -high.rounded), product.lost)
    return plus(plus(rest, -high.lost), -low.rounded)
