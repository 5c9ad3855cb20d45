"""Justice: from cases identified formally to suspects, investigations and convictions (report sections 5 and 7)."""

from collections.abc import Sequence
from typing import Protocol

from cyclesim.model.compiled import compiled
from cyclesim.model.parameters import Parameters


class Investigations(Protocol):
    """Investigations of one crisis, as expected numbers; suspects and convictions are whole, from keyed ladders.

    Attributes
    ----------
    open_cases, with_witness
        Suspects under investigation or waiting for an investigator, and those of them against whom a survivor can
        testify.
    expected_suspects, expected_convictions
        Expected numbers of the month.
    """

    open_cases: float
    with_witness: float
    expected_suspects: float
    expected_convictions: float


@compiled
def step(
    completed: float, assisted: float, investigators: float, cases: Sequence[Investigations], ps: Sequence[Parameters]
) -> None:
    """Open, work on and close investigations for a month   (J1, J2).

    suspects = completed * suspects_per_case
    worked on = min(open, investigators * investigator_caseload)
    convictions = worked on / investigation_months * conviction * (1 - testimony * (1 - share with a witness))

    A case that nobody works on is closed at the same pace as one that is worked on, without a result (M3).

    Parameters
    ----------
    completed, assisted
        Cases of survivors whose casework ended, and those of them who are assisted and so can testify (M39).
    investigators
        Investigators in full use.
    cases
        A sequence of one.
    """
    now, p = cases[0], ps[0]
    pace = 1.0 / p.investigation_months
    witness = now.with_witness / now.open_cases if now.open_cases > 0.0 else 1.0
    worked_on = min(now.open_cases, investigators * p.investigator_caseload)
    now.expected_convictions = worked_on * pace * p.conviction * (1.0 - p.testimony * (1.0 - witness))
    now.expected_suspects = completed * p.suspects_per_case
    now.open_cases += now.expected_suspects - now.open_cases * pace
    now.with_witness += assisted * p.suspects_per_case - now.with_witness * pace
