"""Months of the calendar, written YYYY-MM, and their position in a simulation."""

import re

PATTERN = r"^(19|2[0-2])[0-9]{2}-(0[1-9]|1[0-2])$"
"""Years 1900 to 2299."""


def checked(value: object) -> str:
    """Return ``value`` if it is a month written YYYY-MM; raise ValueError otherwise."""
    if isinstance(value, str) and re.fullmatch(PATTERN, value):
        return value
    raise ValueError("must be a month written YYYY-MM, such as 2023-01")


def index(date: str, start: str) -> int:
    """Return the position of a month relative to ``start``, in months (0 is ``start`` itself); both are YYYY-MM."""
    return _count(checked(date)) - _count(checked(start))


def date(index: int, start: str) -> str:
    """Return the month ``index`` months after ``start``, written YYYY-MM."""
    year, month = divmod(_count(checked(start)) + int(index), 12)
    return f"{year:04d}-{month + 1:02d}"


def _count(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
