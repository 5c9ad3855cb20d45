"""Sentences about results: numbers rounded to what the worlds support, and no finding where there is none."""

from __future__ import annotations

import math

Interval = tuple[float, float]


def number(x: float, interval: Interval | None = None) -> str:
    """Write a number with thousands separators, rounded to what its interval supports.

    Parameters
    ----------
    x
        The number.
    interval
        Its 5-95 % interval over worlds. Without one (or with one of no width) three significant digits are kept;
        with one, digits below about a third of its half-width are dropped, but never the first two of ``x``.
    """
    if not math.isfinite(x):
        return "no value"
    if x == 0:
        return "0"
    leading = _exponent(x)
    exponent = leading - 2
    if interval is not None and all(map(math.isfinite, interval)) and interval[0] != interval[1]:
        exponent = min(leading - 1, _exponent((interval[1] - interval[0]) / 6))
    exponent = max(exponent, leading - 14)
    return _plain(x, -exponent)


def percent(share: float) -> str:
    """Write a share as a percentage of two significant digits, such as ``0.25 %`` or ``35 %``."""
    if not math.isfinite(share):
        return "no value"
    scaled = 100 * share
    digits = max(0, 1 - _exponent(scaled)) if scaled else 0
    return f"{_plain(scaled, digits)} %"


def points(share: float, interval: Interval | None = None) -> str:
    """Write a difference of shares in percentage points."""
    scaled = None if interval is None else (100 * interval[0], 100 * interval[1])
    written = number(100 * share, scaled)
    return f"{written} percentage point{'' if written == '1' else 's'}"


def dollars(cents: float, interval: Interval | None = None) -> str:
    """Write an amount of cents in US dollars, such as ``US$1,200`` or ``-US$30``."""
    scaled = None if interval is None else (interval[0] / 100, interval[1] / 100)
    written = number(cents / 100, scaled)
    if written == "no value":
        return written
    return f"-US${written[1:]}" if written.startswith("-") else f"US${written}"


def quantity(x: float, unit: str, interval: Interval | None = None) -> str:
    """Write a value with its unit: shares as percentages, cents as dollars, counts in singular or plural."""
    if unit == "share":
        return percent(x)
    if unit == "cents":
        return dollars(x, interval)
    written = number(x, interval)
    bare = written == "no value" or unit in ("", "ratio", "index")
    return written if bare else f"{written} {_noun(written, unit)}"


def finding(measure_title: str, mean: float, low: float, high: float, unit: str, baseline_mean: float) -> str:
    """Say in one sentence (without subject and full stop) what a counterfactual changes.

    Parameters
    ----------
    measure_title
        The measure in words, such as ``person-months of exploitation`` or ``people identified``.
    mean, low, high
        Middle (mean or median) of the paired difference over worlds and its 5-95 % interval. Without an interval
        (NaN) there is one world.
    unit
        Unit of the difference. In ``person-months`` a positive difference is averted; in all others, an increase.
    baseline_mean
        Mean of the baseline, to which the difference is set in proportion; NaN or zero if there is none.
    """
    if not math.isfinite(mean):
        return f"no value for {measure_title}"
    one_world = not (math.isfinite(low) and math.isfinite(high))
    interval = None if one_world else (low, high)
    if mean == 0 and (one_world or low == high == 0):
        return f"no difference in {measure_title}" + (" in this one world" if one_world else "")
    ends = (-high, -low) if unit.startswith("person-months") and high < 0 else (low, high)  # "adds 17 to 68"
    where = " in this one world" if one_world else f" (5-95 % of worlds: {_range(*ends, unit)})"
    if interval is not None and (low <= 0 <= high or mean * low < 0):
        return f"no clear difference in {measure_title}{where}"
    return f"{_change(measure_title, mean, interval, unit)}{where}{_proportion(mean, unit, baseline_mean)}"


def _change(measure_title: str, mean: float, interval: Interval | None, unit: str) -> str:
    size, width = abs(mean), interval
    if unit.startswith("person-months"):
        verb = "averts" if mean > 0 else "adds"
        noun = unit if " of " in unit else f"{unit} of exploitation"
        return f"{verb} about {quantity(size, noun, width)}"
    verb = "raises" if mean > 0 else "lowers"
    amount = points(size, width) if unit == "share" else quantity(size, unit, width)
    return f"{verb} {measure_title} by about {amount}"


def _proportion(mean: float, unit: str, baseline_mean: float) -> str:
    if unit == "share":
        return f", from {percent(baseline_mean)}" if math.isfinite(baseline_mean) else ""
    if not math.isfinite(baseline_mean) or baseline_mean == 0:
        return ""
    return f", {percent(abs(mean / baseline_mean))} of the baseline"


def _range(low: float, high: float, unit: str) -> str:
    factor = {"share": 100.0, "cents": 0.01}.get(unit, 1.0)
    ends = (low * factor, high * factor)
    first, last = (number(end, ends) for end in ends)
    return f"US${first} to US${last}".replace("US$-", "-US$") if unit == "cents" else f"{first} to {last}"


def _noun(written: str, unit: str) -> str:
    """Return the unit in the singular after a written 1."""
    if written.lstrip("-") != "1":
        return unit
    singular = {"people": "person", "person-months": "person-month", "cases": "case", "months": "month"}
    first, *rest = unit.split(" ")
    return " ".join([singular.get(first, first), *rest])


def _plain(x: float, digits: int) -> str:
    """Write a number rounded to so many decimal digits (or, if negative, tens), without idle zeros behind the point."""
    written = f"{round(x, digits):,.{max(0, digits)}f}"
    return written.rstrip("0").rstrip(".") if digits > 0 else written


def _exponent(x: float) -> int:
    return math.floor(math.log10(max(abs(x), 1e-300)))  # a width can underflow to zero
