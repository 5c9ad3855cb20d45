"""Which inputs agree with observations: by the draws of runs, or by draws and emulators of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cyclesim.analysis import calibration, matching
from cyclesim.analysis.calibration import Calibration
from cyclesim.analysis.matching import Match
from cyclesim.inputs.scenario import Scenario
from cyclesim.runs.results import Runs


def calibrate(
    subject: Runs | Scenario,
    targets: Sequence[str],
    *,
    scenario: str | None = None,
    accept: float = 0.05,
    draws: int = 128,
    check: int = 32,
    replications: int = 1,
    seed: int = 1,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Calibration | Match:
    """Say which inputs agree with what has been observed.

    Of the FOLDER of finished runs, such as a sweep: approximate Bayesian computation with regression adjustment on
    their draws (lhs or sobol, 100 or more), for targets that are totals, with the error with which they are known.

    Of a SCENARIO: some of the targets that a calibration may use (`cyclesim validate` names them), each in worlds of
    its own, matched with emulators over the inputs that move them, and checked by running the model at draws from the
    posterior. The posterior is left as a table of draws, for --draws of other commands and for studies.

    Parameters
    ----------
    targets
        Of a sweep such as ``detected_share = 0.05 +- 0.01``, of a scenario such as ``T1``.
    scenario, accept
        Of a sweep: see `cyclesim.analysis.calibration.calibrate`.
    draws, check, replications, workers, progress
        Of a scenario: see `cyclesim.analysis.matching.match`; there replications are ``seeds``.
    seed
        Of draws, luck and errors.

    Raises
    ------
    UnknownNameError
        If there is no such target, measure or scenario.
    DesignError
        For too few draws, draws that are no sample of a prior, or targets that cannot be read or measured.
    """
    if isinstance(subject, Scenario):
        return matching.match(subject, targets, draws, check, replications, seed, workers, progress)
    return calibration.calibrate(subject, targets, scenario, accept, seed)
