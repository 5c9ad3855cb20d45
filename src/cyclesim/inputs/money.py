"""Splits of money, or of people, that lose nothing."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from cyclesim.inputs.quantity import added


def cents(usd: float) -> int:
    """Return US dollars as whole cents, halves to even."""
    return int((Decimal(str(usd)) * 100).to_integral_value(ROUND_HALF_EVEN))


def split(total: int, weights: Iterable[float]) -> list[int]:
    """Split a whole number (of cents, or of people) in proportion to weights, by largest remainder.

    The arithmetic is exact, the parts add up to the total, and of equal remainders the earlier comes first. Raises
    ValueError if the total or a weight is negative, or if there is something to split and every weight is zero.
    """
    ratios = [float(weight).as_integer_ratio() for weight in weights]
    common = max((denominator for _, denominator in ratios), default=1)  # denominators of floats are powers of two
    parts = [numerator * (common // denominator) for numerator, denominator in ratios]
    whole = added(parts)
    if total < 0 or any(part < 0 for part in parts):
        raise ValueError("neither the total nor a weight may be negative")
    if total == 0:
        return [0] * len(parts)
    if whole == 0:
        raise ValueError(f"cannot split {total} by weights that are all zero")
    shares = [divmod(int(total) * part, whole) for part in parts]
    result = [quotient for quotient, _ in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: -shares[i][1])
    for i in by_remainder[: int(total) - added(result)]:
        result[i] += 1
    return result
