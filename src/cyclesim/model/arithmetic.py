"""Exponentials and logarithms from + - * / alone, so that their bits are the same on every machine.

The libraries of processors and systems differ in last bits; these do not. Coefficients are those of Sun's fdlibm
(1993); a test holds every function to four units in the last place.
"""

import math
from typing import NamedTuple

import numpy as np

from cyclesim.model.arrays import Floats
from cyclesim.model.compiled import compiled, within

_HALF_LN2 = 0.34657359027997264
_INVERSE_LN2 = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_BIG = np.array([2.0 ** (32 * k) for k in range(-33, 32)])
_SMALL = np.array([2.0**k for k in range(32)])
_UP = np.array([2.0 ** (1 << k) for k in range(10)])
_DOWN = np.array([2.0 ** -(1 << k) for k in range(10)])
_ROOT, _HALF_ROOT = math.sqrt(2.0), math.sqrt(0.5)
_FAR, _NEAR = 64.0, 1.0 / 64.0  # between them a few steps of 2 are quicker than ten comparisons

_NUMERATOR = np.array(
    [
        [2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
         13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608],
        [7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
         3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734],
        [2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
         0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772],
    ]
)  # fmt: skip
_DENOMINATOR = np.array(
    [
        [5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
         5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0],
        [1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
         0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0],
        [2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
         0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0],
    ]
)  # fmt: skip


@within
def _power_of_two(k: int) -> float:
    """Return 2^k for whole k from -1022 to 1023."""
    high = k // 32
    return _BIG[high + 33] * _SMALL[k - 32 * high]


@within
def _near_zero(x: float) -> float:
    """Return exp(x) - 1 for x between -0.35 and 0.35."""
    t = x * x
    c = 6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
    c = x - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * c))
    return x + x * c / (2.0 - c)


@compiled
def exp(x: float) -> float:
    """Return e^x; 0 below -708."""
    if x < -708.0:
        return 0.0
    if x > 709.0:
        return math.inf
    k = math.floor(x * _INVERSE_LN2 + 0.5)
    return _power_of_two(k) * (1.0 + _near_zero((x - k * _LN2_HIGH) - k * _LN2_LOW))


@compiled
def expm1(x: float) -> float:
    """Return e^x - 1 without loss of digits near zero."""
    if -_HALF_LN2 < x < _HALF_LN2:
        return _near_zero(x)
    if x < -60.0:
        return -1.0
    if x > 709.0:
        return math.inf
    k = math.floor(x * _INVERSE_LN2 + 0.5)
    scale = _power_of_two(k)
    return scale * _near_zero((x - k * _LN2_HIGH) - k * _LN2_LOW) + (scale - 1.0)


@compiled
def log(x: float) -> float:
    """Return the natural logarithm; minus infinity of 0, not a number below."""
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else (x if x > 0.0 else math.nan)
    k, m = 0, x
    if m > _FAR:
        for j in range(10):
            if m >= _UP[9 - j]:
                m *= _DOWN[9 - j]
                k += 1 << (9 - j)
    elif m < _NEAR:
        for j in range(10):
            if m <= _DOWN[9 - j]:
                m *= _UP[9 - j]
                k -= 1 << (9 - j)
    while m > _ROOT:
        m *= 0.5
        k += 1
    while m < _HALF_ROOT:
        m *= 2.0
        k -= 1
    return _log_near_one(m - 1.0, k)


@within
def _log_near_one(f: float, k: int) -> float:
    """Return log((1 + f) 2^k) for 1 + f between the square roots of 1/2 and 2."""
    s = f / (2.0 + f)
    z = s * s
    r = 1.818357216161805012e-01 + z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01)
    r = 3.999999999940941908e-01 + z * (2.857142874366239149e-01 + z * (2.222219843214978396e-01 + z * r))
    r = z * (6.666666666666735130e-01 + z * r)
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + r) + k * _LN2_LOW)) - f)


@compiled
def log1p(x: float) -> float:
    """Return log(1 + x) without loss of digits near zero."""
    u = 1.0 + x
    return x if u == 1.0 else log(u) * (x / (u - 1.0))


@compiled
def power(x: float, y: float) -> float:
    """Return x^y for x of at least 0."""
    if y == 0.0 or x == 1.0:
        return 1.0
    if x == 0.0:
        return 0.0 if y > 0.0 else math.inf
    return exp(y * log(x))


@compiled
def exponential(uniform: float) -> float:
    """Return a unit exponential from a uniform on [0, 1), a multiple of 2^-53: 1 - uniform is then exact."""
    return -log(1.0 - uniform)


@compiled
def normal_quantile(p: float) -> float:
    """Return the quantile of the standard normal distribution, for p between 0 and 1 (Wichura 1988, AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0, 0.180625 - q * q)
    r = math.sqrt(-log(p if q < 0.0 else 1.0 - p))
    far = _ratio(1, r - 1.6) if r <= 5.0 else _ratio(2, r - 5.0)
    return -far if q < 0.0 else far


@compiled
def _ratio(row: int, r: float) -> float:
    """Return the ratio of two polynomials, for the middle of the distribution, its sides, and its far ends."""
    above, below = 0.0, 0.0
    for k in range(8):
        above = above * r + _NUMERATOR[row, k]
        below = below * r + _DENOMINATOR[row, k]
    return above / below


class Sum(NamedTuple):
    """A sum under way: what has been added, and what rounding has lost so far."""

    rounded: float
    lost: float


@within
def plus(total: Sum, value: float) -> Sum:
    """Return a sum with one number more; `total.rounded + total.lost` at its end is rounded once (Neumaier 1974)."""
    rounded = total.rounded + value
    if abs(total.rounded) >= abs(value):
        return Sum(rounded, total.lost + ((total.rounded - rounded) + value))
    return Sum(rounded, total.lost + ((value - rounded) + total.rounded))


@compiled
def total(values: Floats) -> float:
    """Return the sum of numbers, shape (n,), rounded once."""
    added = Sum(0.0, 0.0)
    for i in range(values.size):
        added = plus(added, values[i])
    return added.rounded + added.lost


@compiled
def nearest(x: float) -> int:
    """Return the nearest whole number, of two the even one."""
    below = math.floor(x)
    rest = x - below
    return below + 1 if rest > 0.5 or (rest == 0.5 and below % 2 == 1) else below
