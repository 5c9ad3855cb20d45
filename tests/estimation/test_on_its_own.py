"""Estimation is a library of its own: it needs numpy, scipy and the errors of cyclesim, and no model."""

import subprocess
import sys
from pathlib import Path

import pytest

from cyclesim import estimation
from cyclesim.errors import DesignError
from cyclesim.estimation import bootstrap
from cyclesim.estimation.histories import Counts
from cyclesim.model.luck import Luck

PARENT = {"cyclesim", "cyclesim.sources", "cyclesim.version"}
"""What `import cyclesim` itself loads."""
EVERY = sorted(f"cyclesim.estimation.{path.stem}" for path in Path(estimation.__file__).parent.glob("[a-z]*.py"))
USE = f"""
import sys, {", ".join(EVERY)}
from cyclesim.estimation.bootstrap import with_interval
from cyclesim.estimation.histories import Counts
for method in ("bic", "stepwise", "chao"):
    assert with_interval(Counts.of({{(1, 0): 40, (0, 1): 30, (1, 1): 6}}), method, 5).interval, method
print(*sys.modules)
"""


def test_nothing_else_of_cyclesim_is_loaded_when_it_is_imported_and_used():
    done = subprocess.run([sys.executable, "-c", USE], check=True, capture_output=True, text=True)
    loaded = {name for name in done.stdout.split() if name.partition(".")[0] == "cyclesim"}
    assert loaded == PARENT | {"cyclesim.errors", "cyclesim.estimation", *EVERY}
    assert not {"mesa", "pandas", "pydantic", "matplotlib"} & set(done.stdout.split())


def test_replicates_have_the_luck_of_worlds():
    """The keys are made here and there alike, so that limits published with earlier versions come out again."""
    for seed, number in ((1, 0), (7, 12)):
        expected = Luck(seed, replication=number).stream("bootstrap").records(0, 2).ravel()
        assert (bootstrap._luck(seed, number).random(20) == expected[:20]).all()


@pytest.mark.parametrize("seed", [-1, 1.5])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(DesignError, match="seed must be"):
        bootstrap.with_interval(Counts.of({(1, 0): 40, (0, 1): 30, (1, 1): 6}), "chao", 5, seed)
