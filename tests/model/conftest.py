"""What Hypothesis times is the test: functions that it calls by themselves are compiled before."""

import pytest

from cyclesim.model import arithmetic
from cyclesim.model.luck import Luck


@pytest.fixture(autouse=True, scope="session")
def compiled_before_the_clock_runs():
    for function in (arithmetic.exp, arithmetic.expm1, arithmetic.log, arithmetic.log1p, arithmetic.exponential):
        function(0.5)
    arithmetic.power(0.5, 0.5)
    Luck().stream("anybody").records(0, 1)
