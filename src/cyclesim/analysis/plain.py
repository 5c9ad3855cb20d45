"""Numbers as JSON has them."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """Return a value, or a dictionary of values however deep, in which what is no finite number is None."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
