"""Sentences about results: numbers rounded to what the worlds support, and no finding where there is none."""

import math
from collections.abc import Sequence

from cyclesim.intervals import Spread
from cyclesim.measures import Measure

Interval = tuple[float, float]
TINY = -6
"""Power of ten below which a number is written as such a power."""


def number(x: float, interval: Interval | None = None) -> str:
    """Write a number with thousands separators, rounded to what its interval, where worlds lie, supports.

    Without one (or with one of no width) whole numbers below 10,000 are written in full, and of all others three
    significant digits; with one, digits below about a third of its half-width are dropped, but never the first two of
    ``x``. What has no end is ``endless``, what is no number ``-``.
    """
    if not math.isfinite(x):
        return "endless" if x == math.inf else "-"
    if x == 0:
        return "0"
    leading = _exponent(x)
    if leading < TINY and interval is None:
        return f"{x:.2e}"
    exponent = min(leading - 2, 0) if leading < 4 else leading - 2
    if interval is not None and all(map(math.isfinite, interval)) and interval[0] != interval[1]:
        exponent = min(leading - 1, _exponent((interval[1] - interval[0]) / 6))
    return _plain(x, -max(exponent, leading - 14))


def percent(share: float) -> str:
    """Write a share as a percentage of two significant digits, such as ``0.25 %`` or ``35 %``."""
    if not math.isfinite(share):
        return "no value"
    scaled = 100 * share
    digits = max(0, 1 - _exponent(scaled)) if scaled else 0
    return f"{_plain(scaled, digits)} %"


def points(share: float, interval: Interval | None = None) -> str:
    """Write a difference of shares in percentage points."""
    if not math.isfinite(share):
        return "no value"
    written = number(100 * share, interval and (100 * interval[0], 100 * interval[1]))
    return f"{written} percentage point{'' if written == '1' else 's'}"


def dollars(cents: float, interval: Interval | None = None) -> str:
    """Write an amount of cents in US dollars, such as ``US$1,200`` or ``-US$30``."""
    if not math.isfinite(cents):
        return "no value"
    written = number(cents / 100, interval and (interval[0] / 100, interval[1] / 100))
    return f"-US${written[1:]}" if written.startswith("-") else f"US${written}"


def quantity(x: float, unit: str, interval: Interval | None = None) -> str:
    """Write a value with its unit: shares as percentages, cents as dollars, counts in singular or plural."""
    if unit == "share":
        return percent(x)
    if unit == "cents":
        return dollars(x, interval)
    if not math.isfinite(x):
        return "no value"
    written = number(x, interval)
    return written if unit in ("", "ratio", "index") else f"{written} {_noun(written, unit)}"


def finding(measure: Measure, found: Spread, baseline: float, covers: str = "", brief: bool = False) -> str:
    """Say in one sentence (without subject and full stop) what a counterfactual changes.

    ``found`` is the paired difference over worlds, of an averted measure positive where it is averted; ``baseline`` the
    mean to which it is set in proportion (NaN or zero: none); ``covers`` what the worlds cover (`Ensemble.covers`). A
    brief sentence leaves out whom the interval holds, and the proportion.
    """
    if not math.isfinite(found.mean):
        return f"no value for {measure.words}"
    if found.mean == 0 and (found.worlds == 1 or found.low == found.high == 0):
        return f"no difference in {measure.words}{'' if found.worlds > 1 else _where(found, measure, covers, brief)}"
    less = found.mean < 0 if measure.unit == "person-months" else measure.averted
    shown = -found if less else found  # "adds 17 to 68", "lowers by -30 to -10"
    change = found if measure.unit == "person-months" else shown
    if found.worlds > 1 and not found.clear:
        return f"no clear difference in {measure.words}{_where(change, measure, covers, brief)}"
    proportion = "" if brief and found.worlds > 1 else _proportion(found.mean, measure.unit, baseline)
    return f"{_change(measure, change)}{_where(shown, measure, covers, brief)}{proportion}"


def interval(found: Spread, unit: str, covers: str = "") -> str:
    """Say whom the interval of a spread holds, and from where to where."""
    luck = f"{covers}, " if covers in ("luck only", "inputs only") else ""
    return f"{luck}{found.who}: {_range(found.low, found.high, unit)}"


def pluralise(n: int, noun: str, plural: str = "") -> str:
    """Return a number of things."""
    return f"{n:,} {noun if n == 1 else plural or f'{noun}s'}"


def plain(name: str) -> str:
    """Return a name as words."""
    return name.replace("_", " ")


def capital(words: str) -> str:
    """Return words with their first letter as a capital."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _where(found: Spread, measure: Measure, covers: str, brief: bool) -> str:
    if found.worlds == 1:
        return " in expected values" if covers == "expected values" else " in this one world"
    return f" ({_range(found.low, found.high, measure.unit) if brief else interval(found, measure.unit, covers)})"


def _change(measure: Measure, found: Spread) -> str:
    size, ends = abs(found.mean), None if found.worlds == 1 else (found.low, found.high)
    if measure.unit == "person-months":
        return f"{'averts' if found.mean > 0 else 'adds'} about {quantity(size, measure.words, ends)}"
    amount = points(size, ends) if measure.unit == "share" else quantity(size, measure.unit, ends)
    return f"{'raises' if found.mean > 0 else 'lowers'} {measure.words} by about {amount}"


def _proportion(mean: float, unit: str, baseline_mean: float) -> str:
    if not math.isfinite(baseline_mean) or (baseline_mean == 0 and unit != "share"):
        return ""
    share = percent(baseline_mean if unit == "share" else abs(mean / baseline_mean))
    return f", from {share}" if unit == "share" else f", {share} of the baseline"


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
