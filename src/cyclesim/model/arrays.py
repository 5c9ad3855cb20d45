"""The types of arrays."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.uint64]
Counts = Integers | Floats
"""People or cases counted: whole in the individual ledger, expected numbers in its twin."""
